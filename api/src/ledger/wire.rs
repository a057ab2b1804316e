//! What entries of the ledger look like in JSON.

mod awaiting;
mod evidence;
mod reversal;
pub mod simulation;
mod standing;

pub use awaiting::{AwaitsView, MissedEvaluationWord};
pub use evidence::{Attendance, AttendedUnit, Converted, Evidence, UnreviewedView};
pub use reversal::{ReplacementIn, ReversalIn, ReversalView, VoidIn};
pub use standing::{CycleDayQuery, CycleMomentQuery, SchoolStandingView, StandingView, TallyView};

use super::{service, statement::SourceKindWord};
use crate::{
    http::{
        fields::{CONTENT_KEY_LENGTH_MAX, content_key, not_blank, trimmed},
        page::{list_of, list_query, sort_of},
    },
    problem::{ApiError, FieldFault, Words},
    wire::{
        AccountRef, ActivityText, DaysText, DeliveryFormWord, HourEntryRef, HoursText, InstantText, LevelWord, OneOf,
        OrganisationRef, RouteWord, SAMPLE_AREA, TeacherRef, Text, ThemeText, TitleWord, WireText,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    Hours, fold,
    hours::Days,
    id::{HourEntryId, SessionId},
    ledger::{COURSE, Circumstances, EntryKind, EntrySource, Factor, default_content_key},
    words::{DeliveryForm, Level, Route, Theme},
};
use shixun_persistence::{
    columns::search_name,
    ledger::{EntryFilter, EntryRow},
};
use std::borrow::Cow;
use utoipa::{
    IntoParams, ToSchema,
    openapi::schema::{ObjectBuilder, Schema, Type},
};
use validator::Validate;

/// A word of [`EntryKind`].
pub type EntryKindWord = OneOf<EntryKind>;
/// A factor as JSON shows it.
pub type FactorText = Text<Factor>;

impl WireText for Factor {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Factor")
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What an hour attended is worth: a decimal from 0 to 10 with at most two places."))
            .pattern(Some(r"^\d{1,2}(\.\d{1,2})?$"))
            .examples(["1.00"])
            .into()
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|fault: shixun_domain::ledger::BadFactor| format!("应为0到10之间、最多两位小数的系数|{fault}"))
    }

    fn write(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// The object that hours come from, as JSON shows it.
pub type EntrySourceRef = Text<EntrySource>;

impl WireText for EntrySource {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("EntrySource")
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "Identifier of what hours come from: a session (`ses_`), a record (`rec_`) or a transfer (`trf_`).",
            ))
            .pattern(Some("^(ses|rec|trf)_[0-9a-hjkmnp-tv-z]{18}$"))
            .examples([SessionId::new(SAMPLE_AREA, 4_611_686_018_427_387_904).to_string()])
            .into()
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|fault: shixun_domain::id::IdFault| fault.to_string())
    }

    fn write(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// An entry of the ledger. Entries are appended and never changed; what counts is for the statement to say.
#[derive(Debug, Serialize, ToSchema)]
pub struct HourEntryView {
    /// Identifier; identifiers rise with time.
    pub id: HourEntryRef,
    /// Whose hours.
    pub teacher_id: TeacherRef,
    /// What it says.
    pub kind: EntryKindWord,
    /// The entry it follows: what a reversal reverses, what a posted entry was expected by or replaces.
    pub refers_to: Option<HourEntryRef>,
    /// What follows it; null where it is the last of its chain.
    pub followed_by: Option<FollowerView>,
    /// What it waits for; null where it is not pending, or was followed by something.
    pub awaits: Option<AwaitsView>,
    /// The day to which the hours belong.
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Route.
    pub route: RouteWord,
    /// Delivery form.
    pub delivery_form: DeliveryFormWord,
    /// Level.
    pub level: LevelWord,
    /// Themes.
    #[schema(value_type = Vec<ThemeText>)]
    pub themes: Vec<String>,
    /// The concentrated block the hours belong to; entries with the same key make one block.
    pub block_key: Option<String>,
    /// Where it comes from.
    pub source: SourceKindWord,
    /// The session it was earned in, the record it was entered by, or the transfer it came with; null for hours that were entered by
    /// themselves, and for a correction, which follows an entry that says it.
    pub source_id: Option<EntrySourceRef>,
    /// Hours of the course; below nothing in a reversal.
    pub nominal: HoursText,
    /// Hours attended.
    pub attended: HoursText,
    /// What an hour attended was worth.
    pub factor: FactorText,
    /// Hours earned.
    pub credited: HoursText,
    /// The part that was practice.
    pub practice: HoursText,
    /// The institution, where it did not pass the review; null where it did.
    pub unreviewed: Option<UnreviewedView>,
    /// Days of training, where they were recorded.
    pub days: Option<DaysText>,
    /// The kind of activity that the hours were converted from; null for a course.
    #[schema(value_type = Option<ActivityText>)]
    pub activity: Option<String>,
    /// The day of recognition: that on which the hours were entered, or a session was closed.
    pub recognised_on: NaiveDate,
    /// Serious misconduct ended the training.
    pub misconduct: bool,
    /// Another county certified the hours.
    pub certified_elsewhere: bool,
    /// What proves it.
    pub evidence: Evidence,
    /// The policy packs in force on that day.
    pub policy: String,
    /// Who recognised it, or entered it where it is pending: an account of the area, or of the city or province above. Null where the server
    /// posted it, and where somebody above did before that was kept: the event log knows.
    pub recognised_by: Option<AccountRef>,
    /// School of that day.
    pub organisation_id: Option<OrganisationRef>,
    /// Its name on that day.
    pub organisation_name: Option<String>,
    /// Title of that day.
    pub teacher_title: Option<TitleWord>,
    /// Subject of that day.
    pub subject: Option<String>,
    /// Why, for a reversal, a voiding or a correction.
    pub reason: Option<String>,
    /// When it was appended.
    pub created_at: InstantText,
}

/// The entry that follows another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FollowerView {
    /// Identifier.
    pub id: HourEntryRef,
    /// What it says.
    pub kind: EntryKindWord,
}

list_of! {
    /// Entries by the day to which their hours belong.
    HourEntryList of HourEntryView
}

impl HourEntryView {
    /// The view of a row and of what follows it.
    pub fn new(row: EntryRow, followed_by: Option<(HourEntryId, EntryKind)>) -> Self {
        HourEntryView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            kind: OneOf(row.kind),
            refers_to: row.refers_to.map(Text),
            awaits: (row.kind == EntryKind::Pending && followed_by.is_none())
                .then(|| AwaitsView::new(row.circumstances.awaits)),
            followed_by: followed_by.map(|(id, kind)| FollowerView { id: Text(id), kind: OneOf(kind) }),
            effective_on: row.effective_on,
            title: row.title,
            route: OneOf(row.route),
            delivery_form: OneOf(row.form),
            level: OneOf(row.level),
            themes: row.themes.iter().map(|theme| theme.as_str().to_owned()).collect(),
            block_key: row.block_key,
            source: OneOf(row.source_kind),
            source_id: row.source.map(Text),
            nominal: Text(row.amounts.nominal),
            attended: Text(row.amounts.attended),
            factor: Text(row.amounts.factor),
            credited: Text(row.amounts.credited),
            practice: Text(row.amounts.practice),
            unreviewed: UnreviewedView::of(row.circumstances.provider),
            days: row.circumstances.days.map(Text),
            activity: row.circumstances.activity.map(|kind| kind.to_string()),
            recognised_on: row.circumstances.recognised_on.unwrap_or(row.effective_on),
            misconduct: row.circumstances.misconduct,
            certified_elsewhere: row.circumstances.certified_elsewhere,
            evidence: row.evidence.as_deref().map(Evidence::read).unwrap_or_default(),
            policy: row.policy,
            recognised_by: row.recognised_by.map(Text),
            organisation_id: row.organisation.map(Text),
            organisation_name: row.organisation_name,
            teacher_title: row.teacher_title.map(OneOf),
            subject: row.subject,
            reason: row.reason,
            created_at: Text(row.created_at),
        }
    }

    /// Where the entry stands in its list.
    pub fn place(&self) -> (NaiveDate, i64) {
        (self.effective_on, self.id.0.number())
    }
}

/// Hours earned outside the catalogue, to be entered with evidence.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "苏州大学小学语文高级研修", "effective_on": "2019-07-03", "route": "converted", "delivery_form": "lecture",
    "level": "province", "themes": ["subject"], "nominal": "20.00", "attended": "20.00", "reference": "苏大培字2019-0731",
    "provider": "苏州大学", "unreviewed": {"starts_on": "2019-07-01", "consent_on": "2019-06-20"}
}))]
pub struct HourEntryIn {
    /// What it was.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The day to which the hours belong: the day of completion.
    pub effective_on: NaiveDate,
    /// Route.
    pub route: RouteWord,
    /// Delivery form.
    pub delivery_form: DeliveryFormWord,
    /// Level.
    pub level: LevelWord,
    /// Themes.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10, value_type = Vec<ThemeText>)]
    pub themes: Vec<ThemeWord>,
    /// The concentrated block (集中培训) the hours belong to; entries with the same key make one block.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub block_key: Option<String>,
    /// Hours of the course.
    pub nominal: HoursText,
    /// Hours attended; all of the course where it is not given.
    pub attended: Option<HoursText>,
    /// What an hour attended is worth; 1 where it is not given.
    pub factor: Option<FactorText>,
    /// The part of the hours earned that was practice.
    pub practice: Option<HoursText>,
    /// Days of training it lasted, for rules that ask for days; by the hours of a day where it is not given.
    pub days: Option<DaysText>,
    /// Number of the certificate or document. The same number is taken once per teacher.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: String,
    /// What the same content in one cycle is recognised by; a programme's `content_key`, or the title where it is not given.
    /// Kept in lower case, half-width and without blanks.
    #[validate(length(min = 1, max = CONTENT_KEY_LENGTH_MAX), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 300)]
    pub content_key: Option<String>,
    /// Why the same content counts again in its cycle; only the training centre says so.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub duplicate_reason: Option<String>,
    /// Who gave the training.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub provider: Option<String>,
    /// Given where the institution did not pass the review: the hours count only where the school agreed before.
    pub unreviewed: Option<UnreviewedIn>,
    /// The county that certified the hours before the teacher moved here; its own yearly limits were kept there.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub certified_by: Option<String>,
    /// Anything else that proves it.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub note: Option<String>,
}

/// A theme as it was sent: what it may be is checked with its place in the body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ThemeWord(pub String);

/// An institution that did not pass the review.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnreviewedIn {
    /// First day of the training.
    pub starts_on: NaiveDate,
    /// Day on which the school's consent was entered; left out where there is none.
    pub consent_on: Option<NaiveDate>,
}

/// The most days that one entry may have lasted.
const DAYS_MAX: Days = Days::from_hundredths(36_600);

/// Refuses days that no entry can have lasted.
pub(crate) fn check_days(pointer: &str, days: Option<DaysText>) -> Result<(), ApiError> {
    match days {
        Some(Text(days)) if !(Days::ZERO..=DAYS_MAX).contains(&days) => {
            let words = Words::new(format!("应为0至{DAYS_MAX}天"), format!("must be from 0 to {DAYS_MAX} days"));
            let fault = FieldFault::new(pointer, "invalid_value", words);
            Err(fault.with("min", Days::ZERO).with("max", DAYS_MAX).into())
        }
        _ => Ok(()),
    }
}

/// Hours to be entered, read.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewHours {
    pub title: String,
    pub effective_on: NaiveDate,
    pub route: Route,
    pub form: DeliveryForm,
    pub level: Level,
    pub themes: Vec<Theme>,
    pub block_key: Option<String>,
    pub nominal: Hours,
    pub attended: Hours,
    pub factor: Factor,
    pub practice: Hours,
    pub circumstances: Circumstances,
    pub content_key: String,
    pub evidence: Evidence,
}

impl HourEntryIn {
    /// Checks what the fields say together.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn read(self) -> Result<NewHours, ApiError> {
        let mut themes = Vec::new();
        for (place, word) in self.themes.iter().enumerate() {
            themes.push(word.0.parse().map_err(|fault: shixun_domain::words::BadTheme| {
                ApiError::field(
                    format!("/themes/{place}"),
                    "invalid_value",
                    Words::new("主题应为小写英文单词（1–32个字符）", fault.to_string()),
                )
            })?);
        }
        if let Some(unreviewed) = self.unreviewed
            && unreviewed.starts_on > self.effective_on
        {
            return Err(ApiError::field(
                "/unreviewed/starts_on",
                "invalid_value",
                Words::new("培训开始日不得晚于完成日", "the training cannot begin after it was completed"),
            ));
        }
        check_days("/days", self.days)?;
        let unreviewed = self.unreviewed.map(|unreviewed| (unreviewed.starts_on, unreviewed.consent_on));
        let title = trimmed(&self.title);
        let by_title = || default_content_key(COURSE, &search_name(&title));
        Ok(NewHours {
            content_key: content_key(self.content_key.as_deref(), by_title),
            title,
            effective_on: self.effective_on,
            route: self.route.0,
            form: self.delivery_form.0,
            level: self.level.0,
            themes,
            block_key: self.block_key,
            nominal: self.nominal.0,
            attended: self.attended.unwrap_or(self.nominal).0,
            factor: self.factor.map_or(Factor::ONE, |factor| factor.0),
            practice: self.practice.map_or(Hours::ZERO, |practice| practice.0),
            circumstances: Circumstances {
                days: self.days.map(|days| days.0),
                ..service::circumstances(unreviewed, self.certified_by.is_some())
            },
            evidence: Evidence {
                reference: Some(fold::tidy(&self.reference)),
                provider: self.provider,
                certified_by: self.certified_by,
                note: self.note,
                duplicate_reason: self.duplicate_reason.as_deref().map(trimmed),
                ..Evidence::default()
            },
        })
    }
}

/// The teacher an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TeacherPath {
    /// Identifier of the teacher.
    pub teacher_id: TeacherRef,
}

/// The entry an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct HourEntryPath {
    /// Identifier of the entry.
    pub hour_entry_id: HourEntryRef,
}

sort_of! {
    /// The order of entries.
    HourEntrySort = "effective_on" | "-effective_on", usually Ascending
}

list_query! {
    /// Which entries are wanted.
    HourEntryQuery by HourEntrySort {
        /// Hours of this day and later.
        pub from: Option<NaiveDate>,
        /// Hours of this day and earlier.
        pub to: Option<NaiveDate>,
        /// Only this kind.
        pub kind: Option<EntryKindWord>,
        /// Only this route.
        pub route: Option<RouteWord>,
        /// Only from this kind of source.
        pub source: Option<SourceKindWord>,
        /// As it was known at this instant: entries appended later are left out, and what they follow shows nothing of them.
        #[param(example = "2021-01-31T18:00:00Z")]
        pub known_at: Option<InstantText>,
    }
}

impl HourEntryQuery {
    /// The filter.
    pub fn filter(&self) -> EntryFilter {
        EntryFilter {
            from: self.from,
            to: self.to,
            kind: self.kind.map(|kind| kind.0),
            route: self.route.map(|route| route.0),
            source: self.source.map(|source| source.0),
            known_at: self.known_at.map(|at| at.0),
        }
    }
}
