//! What programmes look like in JSON.

use crate::{
    catalogue::{
        audience::{AudienceIn, AudienceView},
        words::{ProgrammeKindWord, ProgrammeStateWord},
    },
    http::{
        Etag,
        fields::{CONTENT_KEY_LENGTH_MAX, content_key, fault, not_blank, trimmed, trimmed_opt},
        page::{list_of, list_query, sort_of},
    },
    problem::{ApiError, Code},
    wire::{
        AccountRef, AreaText, DeliveryFormWord, HoursText, InstantText, LevelWord, OneOf, OrganisationRef,
        ProgrammeRef, RouteWord, Text, ThemeText, YuanText,
    },
};
use serde::{Deserialize, Serialize};
use shixun_domain::{
    Hours, Route,
    catalogue::{CurriculumItem, Lecturer, ProgrammeContent, programme::default_content_key},
    id::OrganisationId,
};
use shixun_persistence::{
    catalogue::programmes::{ProgrammeFilter, ProgrammeRow},
    columns::search_name,
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// The most hours that a programme has.
const HOURS_MAX: i32 = 9_999;

/// One course of a curriculum.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "单元整体备课", "lecturer": "周晓", "hours": "8"}))]
pub struct CurriculumItemIn {
    /// What is taught.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Who teaches it.
    #[validate(length(min = 1, max = 50), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 50)]
    pub lecturer: String,
    /// For how many hours, above 0.
    pub hours: HoursText,
}

/// A lecturer as the declaration presents them.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "周晓", "title": "特级教师", "employer": "师范学院"}))]
pub struct LecturerIn {
    /// Name.
    #[validate(length(min = 1, max = 50), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
    /// Title or post.
    #[validate(length(max = 50))]
    #[schema(max_length = 50)]
    pub title: Option<String>,
    /// Where they work.
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    pub employer: Option<String>,
}

/// A programme to be declared, or as it shall be. A draft may be incomplete; filing says what is missing.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "org_a3bk65mwvj56g000gf", "name": "小学语文单元整体教学", "kind": "short_course", "level": "county",
    "delivery_form": "topical", "route": "self_selected", "themes": ["subject", "practice"], "aims": "能设计并实施单元整体教学。",
    "curriculum": [{"title": "单元整体备课", "lecturer": "周晓", "hours": "8"}, {"title": "课堂实践", "lecturer": "周晓", "hours": "16"}],
    "lecturers": [{"name": "周晓", "title": "特级教师", "employer": "师范学院"}], "class_head": "吴敏", "budget": "20000.00",
    "audience": {"stages": ["primary"], "subjects": ["语文"]}, "hours": "24", "practice_hours": "16"
}))]
pub struct ProgrammeIn {
    /// The institution that declares it; it cannot change afterwards.
    pub organisation_id: OrganisationRef,
    /// Name.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it is.
    pub kind: ProgrammeKindWord,
    /// The level at which it is organised.
    pub level: LevelWord,
    /// How it is delivered.
    pub delivery_form: DeliveryFormWord,
    /// By which route its hours count; not `converted`, which is hours earned outside the catalogue.
    pub route: RouteWord,
    /// What it is about.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub themes: Vec<ThemeText>,
    /// What trainees shall be able to do.
    #[serde(default)]
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub aims: String,
    /// The courses; their hours add up to the programme's.
    #[serde(default)]
    #[validate(length(max = 200), nested)]
    #[schema(max_items = 200)]
    pub curriculum: Vec<CurriculumItemIn>,
    /// The lecturers.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    pub lecturers: Vec<LecturerIn>,
    /// The dedicated class head (专职班主任).
    #[validate(length(max = 50))]
    #[schema(max_length = 50)]
    pub class_head: Option<String>,
    /// Budget for one session, in yuan, 0 or more.
    pub budget: YuanText,
    /// For whom it is; everybody where it is left out.
    #[serde(default)]
    #[validate(nested)]
    pub audience: AudienceIn,
    /// Hours in all, above 0 and at most 9999.
    pub hours: HoursText,
    /// Of these, hours of practice.
    pub practice_hours: Option<HoursText>,
    /// What the same content is recognised by: hours for one key count once in a cycle. Made from institution and name where it
    /// is left out. Kept in lower case, half-width and without blanks.
    #[validate(length(max = CONTENT_KEY_LENGTH_MAX))]
    #[schema(max_length = 300)]
    pub content_key: Option<String>,
}

impl ProgrammeIn {
    /// Reads it into what the domain declares.
    ///
    /// # Errors
    /// `invalid_field` with every fault.
    pub fn read(self) -> Result<(OrganisationId, ProgrammeContent), ApiError> {
        let mut faults = Vec::new();
        let organisation = self.organisation_id.0;
        let hours = self.hours.0;
        let practice_hours = self.practice_hours.map_or(Hours::ZERO, |hours| hours.0);
        if hours <= Hours::ZERO || hours > Hours::whole(HOURS_MAX) {
            faults.push(fault("/hours", "range", "学时须大于0且不超过9999", "hours must be above 0 and at most 9999"));
        }
        if practice_hours < Hours::ZERO || practice_hours > hours {
            faults.push(fault(
                "/practice_hours",
                "range",
                "实践学时须在0与总学时之间",
                "hours of practice must lie between 0 and the hours in all",
            ));
        }
        if self.budget.0.is_negative() {
            faults.push(fault("/budget", "range", "预算不能为负", "the budget must not be negative"));
        }
        if self.route.0 == Route::Converted {
            faults.push(fault(
                "/route",
                "invalid_value",
                "“转换”学时不通过培训项目取得",
                "converted hours are not earned in a programme",
            ));
        }
        for (index, item) in self.curriculum.iter().enumerate() {
            if item.hours.0 <= Hours::ZERO || item.hours.0 > Hours::whole(HOURS_MAX) {
                let pointer = format!("/curriculum/{index}/hours");
                faults.push(fault(
                    pointer,
                    "range",
                    "学时须大于0且不超过9999",
                    "hours must be above 0 and at most 9999",
                ));
            }
        }
        let mut themes = Vec::new();
        for theme in &self.themes {
            if !themes.contains(&theme.0) {
                themes.push(theme.0);
            }
        }
        let audience = self.audience.read(&mut faults);
        if !faults.is_empty() {
            return Err(ApiError::new(Code::InvalidField).with_faults(faults));
        }
        let name = trimmed(&self.name);
        let by_name = || default_content_key(organisation, &search_name(&name));
        let content_key = content_key(self.content_key.as_deref(), by_name);
        let course = |item: CurriculumItemIn| CurriculumItem {
            title: trimmed(&item.title),
            lecturer: trimmed(&item.lecturer),
            hours: item.hours.0,
        };
        let lecturer = |lecturer: LecturerIn| Lecturer {
            name: trimmed(&lecturer.name),
            title: trimmed_opt(lecturer.title.as_deref()),
            employer: trimmed_opt(lecturer.employer.as_deref()),
        };
        let content = ProgrammeContent {
            name,
            kind: self.kind.0,
            level: self.level.0,
            delivery_form: self.delivery_form.0,
            route: self.route.0,
            themes,
            aims: trimmed(&self.aims),
            curriculum: self.curriculum.into_iter().map(course).collect(),
            lecturers: self.lecturers.into_iter().map(lecturer).collect(),
            class_head: trimmed_opt(self.class_head.as_deref()),
            budget: self.budget.0,
            audience,
            hours,
            practice_hours,
            content_key,
        };
        Ok((organisation, content))
    }
}

/// One course of a curriculum.
#[derive(Debug, Serialize, ToSchema)]
pub struct CurriculumItemView {
    /// What is taught.
    pub title: String,
    /// Who teaches it.
    pub lecturer: String,
    /// For how many hours.
    pub hours: HoursText,
}

/// A lecturer as the declaration presents them.
#[derive(Debug, Serialize, ToSchema)]
pub struct LecturerView {
    /// Name.
    pub name: String,
    /// Title or post.
    pub title: Option<String>,
    /// Where they work.
    pub employer: Option<String>,
}

/// A programme.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgrammeView {
    /// Identifier.
    pub id: ProgrammeRef,
    /// The area it belongs to.
    pub area: AreaText,
    /// The institution that declares it.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: ProgrammeKindWord,
    /// The level at which it is organised.
    pub level: LevelWord,
    /// How it is delivered.
    pub delivery_form: DeliveryFormWord,
    /// By which route its hours count.
    pub route: RouteWord,
    /// What it is about.
    pub themes: Vec<ThemeText>,
    /// What trainees shall be able to do.
    pub aims: String,
    /// The courses.
    pub curriculum: Vec<CurriculumItemView>,
    /// The lecturers.
    pub lecturers: Vec<LecturerView>,
    /// The dedicated class head (专职班主任).
    pub class_head: Option<String>,
    /// Budget for one session, in yuan.
    pub budget: YuanText,
    /// For whom it is.
    pub audience: AudienceView,
    /// Hours in all.
    pub hours: HoursText,
    /// Of these, hours of practice.
    pub practice_hours: HoursText,
    /// What the same content is recognised by: hours for one key count once in a cycle.
    pub content_key: String,
    /// Where it stands: entered as `draft`, `submitted` within a filing window, then `approved`, or `returned` with a note to be changed
    /// and submitted again. It is `cancelled` from any of them, once no session of it is alive.
    pub state: ProgrammeStateWord,
    /// What the reviewer noted when returning it, or why it was cancelled.
    pub state_note: Option<String>,
    /// Who filed it.
    pub submitted_by: Option<AccountRef>,
    /// When it was filed.
    pub submitted_at: Option<InstantText>,
    /// Who decided on it, never who filed it.
    pub decided_by: Option<AccountRef>,
    /// When it was decided on.
    pub decided_at: Option<InstantText>,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was entered.
    pub created_at: InstantText,
    /// When it was last changed.
    pub updated_at: InstantText,
}

list_of! {
    /// Programmes, the newest first.
    ProgrammeList of ProgrammeView
}

impl ProgrammeView {
    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

impl From<&ProgrammeRow> for ProgrammeView {
    fn from(row: &ProgrammeRow) -> Self {
        let content = &row.content;
        let course = |item: &CurriculumItem| CurriculumItemView {
            title: item.title.clone(),
            lecturer: item.lecturer.clone(),
            hours: Text(item.hours),
        };
        let lecturer = |lecturer: &Lecturer| LecturerView {
            name: lecturer.name.clone(),
            title: lecturer.title.clone(),
            employer: lecturer.employer.clone(),
        };
        ProgrammeView {
            id: Text(row.id),
            area: Text(row.id.area()),
            organisation_id: Text(row.organisation),
            organisation_name: row.organisation_name.clone(),
            name: content.name.clone(),
            kind: OneOf(content.kind),
            level: OneOf(content.level),
            delivery_form: OneOf(content.delivery_form),
            route: OneOf(content.route),
            themes: content.themes.iter().map(|theme| Text(*theme)).collect(),
            aims: content.aims.clone(),
            curriculum: content.curriculum.iter().map(course).collect(),
            lecturers: content.lecturers.iter().map(lecturer).collect(),
            class_head: content.class_head.clone(),
            budget: Text(content.budget),
            audience: AudienceView::from(&content.audience),
            hours: Text(content.hours),
            practice_hours: Text(content.practice_hours),
            content_key: content.content_key.clone(),
            state: OneOf(row.state),
            state_note: row.state_note.clone(),
            submitted_by: row.submitted_by.map(Text),
            submitted_at: row.submitted_at.map(Text),
            decided_by: row.decided_by.map(Text),
            decided_at: row.decided_at.map(Text),
            version: row.version,
            created_at: Text(row.created_at),
            updated_at: Text(row.updated_at),
        }
    }
}

/// The programme an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ProgrammePath {
    /// Identifier of the programme.
    pub programme_id: ProgrammeRef,
}

sort_of! {
    /// The order of programmes.
    ProgrammeSort = "created" | "-created", usually Descending
}

list_query! {
    /// Which programmes are wanted.
    ProgrammeQuery by ProgrammeSort {
        /// The area; the caller's own where it is not given. The city and province above show what they offer to the counties.
        pub area: Option<AreaText>,
        /// Only in this state.
        pub state: Option<ProgrammeStateWord>,
        /// Only of this kind.
        pub kind: Option<ProgrammeKindWord>,
        /// Only at this level.
        pub level: Option<LevelWord>,
        /// Only of this institution.
        pub organisation_id: Option<OrganisationRef>,
        /// Only with this theme.
        pub theme: Option<ThemeText>,
        /// Only those whose name contains this.
        #[param(max_length = 100)]
        pub q: Option<String>,
    }
}

impl ProgrammeQuery {
    /// The filter.
    pub fn filter(&self) -> ProgrammeFilter {
        ProgrammeFilter {
            state: self.state.map(|state| state.0),
            kind: self.kind.map(|kind| kind.0),
            level: self.level.map(|level| level.0),
            organisation: self.organisation_id.map(|id| id.0),
            theme: self.theme.map(|theme| theme.0),
            name: trimmed_opt(self.q.as_deref()),
        }
    }
}
