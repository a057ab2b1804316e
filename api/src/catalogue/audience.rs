//! For whom a programme is, in JSON.

use crate::{
    http::fields::fault,
    problem::FieldFault,
    wire::{AreaText, OneOf, OrganisationRef, PostWord, SettingWord, StageWord, Text, TitleWord, WireText},
};
use serde::{Deserialize, Serialize};
use shixun_domain::catalogue::Audience;
use std::{borrow::Cow, fmt};
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, Schema, Type},
};
use validator::Validate;

/// A subject as a teacher's record writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(String);

impl WireText for Subject {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Subject")
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A subject as the teacher's record writes it."))
            .min_length(Some(1))
            .max_length(Some(40))
            .examples(["语文"])
            .into()
    }

    fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 40 {
            return Err("应为1到40个字的学科名称|a subject of 1 to 40 characters".to_owned());
        }
        Ok(Subject(text.to_owned()))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A [`Subject`] as text.
pub type SubjectText = Text<Subject>;

/// For whom a programme is. Each field narrows the audience and all that narrow must match; an empty list narrows nothing, and
/// `{}` is everybody.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"stages": ["primary"], "subjects": ["语文"], "settings": ["rural"], "service_years_max": 5}))]
pub struct AudienceIn {
    /// Areas whose people may come; a city or province stands for the counties inside.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub areas: Vec<AreaText>,
    /// Schools or other organisations whose people may come; one stands for everything below it.
    #[validate(length(max = 200))]
    #[schema(max_items = 200)]
    pub organisations: Vec<OrganisationRef>,
    /// Stages of which one must be taught.
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub stages: Vec<StageWord>,
    /// Subjects of which one must be taught, as the teacher's record writes them.
    #[validate(length(max = 40))]
    #[schema(max_items = 40)]
    pub subjects: Vec<SubjectText>,
    /// Professional titles; `none` stands for teachers without a title yet.
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub titles: Vec<TitleWord>,
    /// Posts of which one must be held; `none` stands for teachers without a post.
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub posts: Vec<PostWord>,
    /// Where the person's school stands.
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub settings: Vec<SettingWord>,
    /// Only teachers of schools with small classes (小班化).
    pub small_class_only: bool,
    /// Only teachers in their probation (见习期).
    pub new_teachers_only: bool,
    /// Full years in the profession at least.
    #[validate(range(max = 60))]
    #[schema(minimum = 0, maximum = 60)]
    pub service_years_min: Option<u8>,
    /// Full years in the profession at most.
    #[validate(range(max = 60))]
    #[schema(minimum = 0, maximum = 60)]
    pub service_years_max: Option<u8>,
}

fn once<T: PartialEq>(list: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for item in list {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

impl AudienceIn {
    /// Reads it, each word once. Faults are added to `faults`, with pointers below `/audience`.
    pub(super) fn read(self, faults: &mut Vec<FieldFault>) -> Audience {
        if let (Some(min), Some(max)) = (self.service_years_min, self.service_years_max)
            && min > max
        {
            faults.push(fault(
                "/audience/service_years_max",
                "range",
                "教龄上限小于下限",
                "the most years are fewer than the least",
            ));
        }
        Audience {
            areas: once(self.areas.into_iter().map(|area| area.0)),
            organisations: once(self.organisations.into_iter().map(|id| id.0)),
            stages: once(self.stages.into_iter().map(|word| word.0)),
            subjects: once(self.subjects.into_iter().map(|subject| subject.0.0)),
            titles: once(self.titles.into_iter().map(|word| word.0)),
            posts: once(self.posts.into_iter().map(|word| word.0)),
            settings: once(self.settings.into_iter().map(|word| word.0)),
            small_class_only: self.small_class_only,
            new_teachers_only: self.new_teachers_only,
            service_years_min: self.service_years_min,
            service_years_max: self.service_years_max,
        }
    }
}

/// For whom a programme is. Each field narrows the audience and all that narrow must match; an empty list narrows nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"areas": [], "organisations": [], "stages": ["primary"], "subjects": ["语文"], "titles": [], "posts": [],
    "settings": ["rural"], "small_class_only": false, "new_teachers_only": false, "service_years_min": null, "service_years_max": 5}))]
pub struct AudienceView {
    /// Areas whose people may come; a city or province stands for the counties inside.
    pub areas: Vec<AreaText>,
    /// Organisations whose people may come; one stands for everything below it.
    pub organisations: Vec<OrganisationRef>,
    /// Stages of which one must be taught.
    pub stages: Vec<StageWord>,
    /// Subjects of which one must be taught.
    pub subjects: Vec<SubjectText>,
    /// Professional titles.
    pub titles: Vec<TitleWord>,
    /// Posts of which one must be held.
    pub posts: Vec<PostWord>,
    /// Where the person's school stands.
    pub settings: Vec<SettingWord>,
    /// Only teachers of schools with small classes (小班化).
    pub small_class_only: bool,
    /// Only teachers in their probation (见习期).
    pub new_teachers_only: bool,
    /// Full years in the profession at least.
    #[schema(minimum = 0, maximum = 60)]
    pub service_years_min: Option<u8>,
    /// Full years in the profession at most.
    #[schema(minimum = 0, maximum = 60)]
    pub service_years_max: Option<u8>,
}

impl From<&Audience> for AudienceView {
    fn from(audience: &Audience) -> Self {
        fn words<W: Copy>(list: &[W]) -> Vec<OneOf<W>> {
            list.iter().map(|word| OneOf(*word)).collect()
        }
        AudienceView {
            areas: audience.areas.iter().map(|area| Text(*area)).collect(),
            organisations: audience.organisations.iter().map(|id| Text(*id)).collect(),
            stages: words(&audience.stages),
            subjects: audience.subjects.iter().map(|subject| Text(Subject(subject.clone()))).collect(),
            titles: words(&audience.titles),
            posts: words(&audience.posts),
            settings: words(&audience.settings),
            small_class_only: audience.small_class_only,
            new_teachers_only: audience.new_teachers_only,
            service_years_min: audience.service_years_min,
            service_years_max: audience.service_years_max,
        }
    }
}
