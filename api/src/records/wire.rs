//! What records look like in JSON.

use crate::{
    http::{
        Etag,
        fields::{CONTENT_KEY_LENGTH_MAX, check_year, content_key, fault, not_blank, trimmed, trimmed_opt},
        page::{list_of, list_query},
    },
    ledger::wire::check_days,
    problem::{ApiError, Code},
    wire::{
        AccountRef, ActivityText, AreaText, DaysText, DeliveryFormWord, HourEntryRef, HoursText, InstantText,
        LevelWord, OneOf, OrganisationRef, RecordCategoryWord, RecordRef, RecordStateWord, RecordStepWord, RouteWord,
        TeacherRef, Text, ThemeText,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    Hours, fold,
    ledger::{Circumstances, default_content_key},
    policy::Provider,
    records::{Claim, ClaimedActivity},
    words::Route,
};
use shixun_persistence::{
    columns::search_name,
    records::{Content, RecordFilter, RecordRow, StepRow},
};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

/// A piece of evidence: a file that is kept somewhere, recognised by its digest. The file itself is not kept here.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// What it is, such as `certificate`, `transcript`, `photo`; conversion tables of policy packs ask for kinds.
    pub kind: ActivityText,
    /// The name of the file.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub file_name: String,
    /// SHA-256 of the file, in lower-case hexadecimal.
    #[validate(custom(function = "hexadecimal"))]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// Its media type.
    #[validate(length(min = 3, max = 100))]
    #[schema(min_length = 3, max_length = 100)]
    pub media_type: String,
    /// Where it is kept: an archive number or an address.
    #[validate(length(min = 1, max = 300), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 300)]
    pub kept_at: String,
}

fn hexadecimal(text: &str) -> Result<(), ValidationError> {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() == 64 && text.bytes().all(digit) {
        return Ok(());
    }
    let words = "应为64位小写十六进制的SHA-256|must be a SHA-256 in 64 lower-case hexadecimal digits";
    Err(ValidationError::new("sha256").with_message(words.into()))
}

/// What somebody did, in the words of the conversion tables of policy packs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityIn {
    /// The kind of activity.
    pub kind: ActivityText,
    /// The part in it.
    pub role: Option<ActivityText>,
    /// How it ended.
    pub result: Option<ActivityText>,
}

/// An institution that did not pass the review, and the school's consent.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UnreviewedConsentIn {
    /// The day on which the school agreed: it must lie before the first day of the training.
    pub consent_on: Option<NaiveDate>,
    /// The document in which it agreed.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub consent_reference: Option<String>,
}

/// Hours from outside, to be entered or as they shall be.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "category": "degree", "level": "national", "delivery_form": "blended",
    "themes": ["subject"], "title": "教育硕士2025学年课程", "provider": "浙江师范大学", "starts_on": "2025-09-01", "ends_on": "2026-06-30",
    "hours": "15.00", "source": "certificate", "source_key": "浙师大研证2026-01873", "evidence": [{"kind": "transcript",
    "file_name": "成绩单.pdf", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "application/pdf", "kept_at": "学校师训档案2026-017"}]
}))]
pub struct RecordIn {
    /// What kind of training.
    pub category: RecordCategoryWord,
    /// What was done, by the conversion tables of the packs; left out where there is nothing to convert.
    pub activity: Option<ActivityIn>,
    /// Level.
    pub level: LevelWord,
    /// Route; `converted` where it is not given.
    pub route: Option<RouteWord>,
    /// Delivery form.
    pub delivery_form: DeliveryFormWord,
    /// Themes.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub themes: Vec<ThemeText>,
    /// The concentrated block (集中培训) the hours belong to; entries with the same key make one block.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub block_key: Option<String>,
    /// What it was.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// What the same content in one cycle is recognised by; a programme's `content_key`, or the title where it is not given.
    /// Kept in lower case, half-width and without blanks.
    #[validate(length(min = 1, max = CONTENT_KEY_LENGTH_MAX))]
    #[schema(min_length = 1, max_length = 300)]
    pub content_key: Option<String>,
    /// Who gave the training.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// Given where the institution did not pass the review: the hours count only where the school agreed before.
    #[validate(nested)]
    pub unreviewed: Option<UnreviewedConsentIn>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, to which the hours belong.
    pub ends_on: NaiveDate,
    /// Hours claimed: at most what the packs in force on the last day give for the activity, where they convert activities.
    pub hours: HoursText,
    /// Of these, practice.
    pub practice: Option<HoursText>,
    /// Days of training it took, from 0 to 366, for rules that ask for days; where they are not given, hours stand for them.
    pub days: Option<DaysText>,
    /// What proves it; at least one piece.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    pub evidence: Vec<EvidenceFile>,
    /// Where it comes from, such as `certificate` or `zj_platform`.
    pub source: ActivityText,
    /// Its number there: taken once per teacher.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100)]
    pub source_key: String,
    /// Why the same content counts once more in the cycle. Only the training centre may say so.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub duplicate_reason: Option<String>,
}

/// A record that was read from a request or a file.
#[derive(Debug, Clone)]
pub struct RecordInput {
    /// What it says.
    pub content: Content,
    /// What rules look at.
    pub claim: Claim,
    /// Why the same content counts once more.
    pub duplicate_reason: Option<String>,
}

impl RecordIn {
    /// Checks what the fields say together.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn read(self) -> Result<RecordInput, ApiError> {
        check_days("/days", self.days)?;
        let mut faults = Vec::new();
        check_year("/starts_on", self.starts_on, &mut faults);
        check_year("/ends_on", self.ends_on, &mut faults);
        if self.ends_on < self.starts_on {
            faults.push(fault(
                "/ends_on",
                "days_reversed",
                "结束日期早于开始日期",
                "the last day lies before the first",
            ));
        }
        if !faults.is_empty() {
            return Err(ApiError::new(Code::InvalidField).with_faults(faults));
        }
        let mut themes = Vec::new();
        for theme in &self.themes {
            if !themes.contains(&theme.0) {
                themes.push(theme.0);
            }
        }
        let (starts_on, level, title) = (self.starts_on, self.level.0, trimmed(&self.title));
        let unreviewed = self.unreviewed.as_ref();
        let provider = unreviewed.map_or(Provider::Reviewed, |unreviewed| Provider::Unreviewed {
            consent_on: unreviewed.consent_on,
            starts_on,
        });
        let activity = self.activity.map(|activity| ClaimedActivity {
            kind: activity.kind.0,
            level,
            role: activity.role.map(|word| word.0),
            result: activity.result.map(|word| word.0),
        });
        let category = self.category.0;
        let kind = activity.as_ref().map_or(category.as_str(), |activity| activity.kind.as_str());
        let by_title = || default_content_key(kind, &search_name(&title));
        let content_key = content_key(self.content_key.as_deref(), by_title);
        let practice = self.practice.map_or(Hours::ZERO, |hours| hours.0);
        let evidence = serde_json::to_string(&self.evidence).map_err(|error| ApiError::internal(error.to_string()))?;
        let content = Content {
            category,
            activity,
            level,
            route: self.route.map_or(Route::Converted, |route| route.0),
            form: self.delivery_form.0,
            themes,
            block_key: trimmed_opt(self.block_key.as_deref()),
            content_key,
            title,
            provider: trimmed_opt(self.provider.as_deref()),
            circumstances: Circumstances { provider, days: self.days.map(|days| days.0), ..Circumstances::ORDINARY },
            consent_reference: unreviewed.and_then(|one| trimmed_opt(one.consent_reference.as_deref())),
            starts_on,
            ends_on: self.ends_on,
            hours: self.hours.0,
            practice,
            evidence,
            source: self.source.0.to_string(),
            source_key: fold::tidy(&self.source_key),
        };
        let claim = Claim {
            starts_on,
            ends_on: self.ends_on,
            hours: self.hours.0,
            practice,
            provider,
            evidence: self.evidence.iter().map(|file| file.kind.0).collect(),
        };
        Ok(RecordInput { content, claim, duplicate_reason: trimmed_opt(self.duplicate_reason.as_deref()) })
    }
}

/// Why a record is returned, rejected or withdrawn.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "凭证看不清，请补传加盖公章的成绩单。"}))]
pub struct RecordReasonIn {
    /// The reason, for everybody who reads the record.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Hours from outside, and how far they have come.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordView {
    /// Identifier.
    pub id: RecordRef,
    /// Whose hours.
    pub teacher_id: TeacherRef,
    /// The teacher's name.
    pub teacher_name: String,
    /// The school of the last day.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// How far it has come.
    pub state: RecordStateWord,
    /// What kind of training.
    pub category: RecordCategoryWord,
    /// What was done.
    pub activity: Option<ActivityIn>,
    /// Level.
    pub level: LevelWord,
    /// Route.
    pub route: RouteWord,
    /// Delivery form.
    pub delivery_form: DeliveryFormWord,
    /// Themes.
    pub themes: Vec<ThemeText>,
    /// The concentrated block.
    pub block_key: Option<String>,
    /// What it was.
    pub title: String,
    /// What the same content in one cycle is recognised by.
    pub content_key: String,
    /// Who gave the training.
    pub provider: Option<String>,
    /// The institution did not pass the review.
    pub unreviewed: bool,
    /// The day on which the school agreed.
    pub consent_on: Option<NaiveDate>,
    /// The document in which it agreed.
    pub consent_reference: Option<String>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, to which the hours belong.
    pub ends_on: NaiveDate,
    /// Hours claimed; they are posted when the record is verified.
    pub hours: HoursText,
    /// Of these, practice.
    pub practice: HoursText,
    /// Days of training, where they were recorded.
    pub days: Option<DaysText>,
    /// What proves it.
    pub evidence: Vec<EvidenceFile>,
    /// Where it comes from.
    pub source: ActivityText,
    /// Its number there.
    pub source_key: String,
    /// Who entered or last corrected it.
    pub entered_by: AccountRef,
    /// Who examined it.
    pub examined_by: Option<AccountRef>,
    /// Who verified or rejected it, in the county or above it.
    pub decided_by: Option<AccountRef>,
    /// The entry that was posted; null until the record is verified.
    pub hour_entry_id: Option<HourEntryRef>,
    /// What was done, by whom and why, in order.
    pub steps: Vec<RecordStepView>,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was entered.
    pub created_at: InstantText,
}

/// A step of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordStepView {
    /// What was done.
    pub step: RecordStepWord,
    /// By whom.
    pub by: AccountRef,
    /// When.
    pub at: InstantText,
    /// Why.
    pub note: Option<String>,
}

list_of! {
    /// Records, the latest first.
    RecordList of RecordView
}

impl RecordView {
    /// The view of a record and its steps.
    ///
    /// # Errors
    /// `internal` where what is stored cannot be read.
    pub fn new(row: RecordRow, steps: Vec<StepRow>) -> Result<RecordView, ApiError> {
        let damaged = || ApiError::internal(format!("evidence or source of {}", row.id));
        let content = row.content;
        let consent = match content.circumstances.provider {
            Provider::Reviewed => None,
            Provider::Unreviewed { consent_on, .. } => Some(consent_on),
        };
        Ok(RecordView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            teacher_name: row.person_name,
            organisation_id: Text(row.organisation),
            organisation_name: row.organisation_name,
            state: OneOf(row.state),
            category: OneOf(content.category),
            activity: content.activity.map(|activity| ActivityIn {
                kind: Text(activity.kind),
                role: activity.role.map(Text),
                result: activity.result.map(Text),
            }),
            level: OneOf(content.level),
            route: OneOf(content.route),
            delivery_form: OneOf(content.form),
            themes: content.themes.into_iter().map(Text).collect(),
            block_key: content.block_key,
            title: content.title,
            content_key: content.content_key,
            provider: content.provider,
            unreviewed: consent.is_some(),
            consent_on: consent.flatten(),
            consent_reference: content.consent_reference,
            starts_on: content.starts_on,
            ends_on: content.ends_on,
            hours: Text(content.hours),
            practice: Text(content.practice),
            days: content.circumstances.days.map(Text),
            evidence: serde_json::from_str(&content.evidence).map_err(|_| damaged())?,
            source: Text(content.source.parse().map_err(|_| damaged())?),
            source_key: content.source_key,
            entered_by: Text(row.entered_by),
            examined_by: row.examined_by.map(Text),
            decided_by: row.decided_by.map(Text),
            hour_entry_id: row.entry.map(Text),
            steps: steps.into_iter().map(RecordStepView::from).collect(),
            version: row.version,
            created_at: Text(row.created_at),
        })
    }

    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

impl From<StepRow> for RecordStepView {
    fn from(row: StepRow) -> Self {
        RecordStepView { step: OneOf(row.step), by: Text(row.by), at: Text(row.at), note: row.note }
    }
}

/// The record an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RecordPath {
    /// Identifier of the record.
    pub record_id: RecordRef,
}

list_query! {
    /// Which records are wanted.
    RecordQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those of this teacher.
        pub teacher_id: Option<TeacherRef>,
        /// Only those of this school.
        pub organisation_id: Option<OrganisationRef>,
        /// Only this kind.
        pub category: Option<RecordCategoryWord>,
        /// Only in this state.
        pub state: Option<RecordStateWord>,
        /// Only from this source.
        pub source: Option<ActivityText>,
        /// Completed on this day or later.
        pub from: Option<NaiveDate>,
        /// Completed on this day or earlier.
        pub to: Option<NaiveDate>,
    }
}

impl RecordQuery {
    /// The filter.
    pub fn filter(&self) -> RecordFilter {
        RecordFilter {
            person: self.teacher_id.map(|id| id.0.person()),
            organisation: self.organisation_id.map(|id| id.0),
            category: self.category.map(|word| word.0),
            state: self.state.map(|word| word.0),
            source: self.source.map(|word| word.0.to_string()),
            from: self.from,
            to: self.to,
        }
    }
}
