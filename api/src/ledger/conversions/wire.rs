//! What conversions look like in JSON.

use crate::{
    http::{
        fields::{CONTENT_KEY_LENGTH_MAX, content_key, not_blank, trimmed},
        page::list_of,
    },
    ledger::{
        statement::RuleNameView,
        wire::{Evidence, HourEntryView, ThemeWord, check_days},
    },
    policy::document::PolicyConversion,
    problem::{ApiError, Words},
    wire::{ActivityText, DaysText, DeliveryFormWord, HoursText, LevelWord, OneOf, ThemeText},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    fold,
    hours::Days,
    ledger::default_content_key,
    policy::{
        Pack,
        conversion::{Activity, Approver, ConversionRef},
    },
    words::{ActivityWord, DeliveryForm, Theme},
};
use shixun_persistence::columns::search_name;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A word of [`Approver`].
pub type ApproverWord = OneOf<Approver>;

/// On which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConversionQuery {
    /// The day; today where it is not given.
    pub on: Option<NaiveDate>,
}

/// A word that the packs of an area define, as it was sent: of a kind of activity, a role in it, a result, a kind of evidence. What it may
/// be is checked with its place in the body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ActivityTyped(pub String);

/// An activity outside courses that is to be recognised.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "全县小学语文公开课《桂林山水》", "effective_on": "2026-04-15", "kind": "open_lesson", "level": "county",
    "role": "speaker", "delivery_form": "lecture", "themes": ["subject"], "evidence": ["certificate"], "reference": "遂教研〔2026〕17号"
}))]
pub struct ConversionIn {
    /// What it was.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The day on which it was done; the packs in force then decide.
    pub effective_on: NaiveDate,
    /// The kind of activity.
    #[schema(value_type = ActivityText)]
    pub kind: ActivityTyped,
    /// The level at which it was organised.
    pub level: LevelWord,
    /// The teacher's part in it, where there are several.
    #[schema(value_type = Option<ActivityText>)]
    pub role: Option<ActivityTyped>,
    /// How it ended, where it has a result.
    #[schema(value_type = Option<ActivityText>)]
    pub result: Option<ActivityTyped>,
    /// Hours it took, where the packs multiply them.
    pub hours: Option<HoursText>,
    /// Days of training it took, from 0 to 366, for rules that ask for days; where they are not given, hours stand for them.
    pub days: Option<DaysText>,
    /// Delivery form.
    pub delivery_form: DeliveryFormWord,
    /// Themes.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10, value_type = Vec<ThemeText>)]
    pub themes: Vec<ThemeWord>,
    /// The kinds of evidence that are there.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10, value_type = Vec<ActivityText>)]
    pub evidence: Vec<ActivityTyped>,
    /// Number of the certificate or document. The same number is taken once per teacher.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: String,
    /// What the same content in one cycle is recognised by; the kind and the title where it is not given.
    /// Kept in lower case, half-width and without blanks.
    #[validate(length(min = 1, max = CONTENT_KEY_LENGTH_MAX), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 300)]
    pub content_key: Option<String>,
    /// Why the same content counts again in its cycle; only the training centre says so.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub duplicate_reason: Option<String>,
    /// Anything else that proves it.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub note: Option<String>,
}

/// An activity to be recognised, read.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewConversion {
    pub title: String,
    pub effective_on: NaiveDate,
    pub activity: Activity,
    pub form: DeliveryForm,
    pub themes: Vec<Theme>,
    pub days: Option<Days>,
    pub content_key: String,
    pub evidence: Evidence,
}

impl ConversionIn {
    /// Checks the words.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn read(self) -> Result<NewConversion, ApiError> {
        check_days("/days", self.days)?;
        let (role, result) = (self.role.as_ref(), self.result.as_ref());
        let words = |field: &str, words: &[String]| -> Result<Vec<ActivityWord>, ApiError> {
            words.iter().enumerate().map(|(place, text)| word(&format!("/{field}/{place}"), text)).collect()
        };
        let evidence: Vec<String> = self.evidence.into_iter().map(|kind| kind.0).collect();
        let themes = self.themes.iter().enumerate();
        let title = trimmed(&self.title);
        let kind: ActivityWord = word("/kind", &self.kind.0)?;
        let by_title = || default_content_key(kind.as_str(), &search_name(&title));
        Ok(NewConversion {
            content_key: content_key(self.content_key.as_deref(), by_title),
            title,
            effective_on: self.effective_on,
            form: self.delivery_form.0,
            days: self.days.map(|days| days.0),
            themes: themes
                .map(|(place, theme)| word(&format!("/themes/{place}"), &theme.0))
                .collect::<Result<_, _>>()?,
            activity: Activity {
                kind,
                level: self.level.0,
                role: role.map(|role| word("/role", &role.0)).transpose()?,
                result: result.map(|result| word("/result", &result.0)).transpose()?,
                hours: self.hours.map(|hours| hours.0),
                evidence: words("evidence", &evidence)?,
            },
            evidence: Evidence {
                reference: Some(fold::tidy(&self.reference)),
                note: evidence_note(&evidence, self.note),
                duplicate_reason: self.duplicate_reason.as_deref().map(trimmed),
                ..Evidence::default()
            },
        })
    }
}

fn word<T: FromStr<Err: std::fmt::Display>>(pointer: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|fault: T::Err| {
        let words = Words::new("应为小写英文单词（1–32个字符）", fault.to_string());
        ApiError::field(pointer, "invalid_value", words)
    })
}

/// The kinds of evidence stand before what else was noted.
fn evidence_note(kinds: &[String], note: Option<String>) -> Option<String> {
    let parts: Vec<String> = Some(kinds.join(", ")).filter(|kinds| !kinds.is_empty()).into_iter().chain(note).collect();
    Some(parts.join("; ")).filter(|text| !text.is_empty())
}

/// What an activity was worth.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversionView {
    /// The hours, pending until somebody else posts them.
    pub entry: HourEntryView,
    /// The conversion that decided.
    pub rule: RuleNameView,
    /// The stage that has to approve it.
    pub approver: ApproverWord,
    /// The same in Chinese.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
}

/// A kind of activity as one pack converts it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversionKindView {
    /// Code of the pack.
    #[schema(example = "331123")]
    pub pack: String,
    /// Version of the pack.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// What the pack says, with its sources.
    pub conversion: PolicyConversion,
}

list_of! {
    /// The kinds of activity that are converted, by word; of one kind the widest area's first.
    ConversionKindList of ConversionKindView
}

impl ConversionKindView {
    /// The conversion as the document of its pack has it.
    ///
    /// # Errors
    /// `internal` where the pack that speaks of it does not have it.
    pub fn new(packs: &[Pack], by: &ConversionRef) -> Result<Self, ApiError> {
        let speaks =
            |pack: &&Pack| (pack.area(), pack.code(), pack.version()) == (by.area, by.pack.as_str(), by.version);
        let conversions = packs.iter().find(speaks).map(|pack| &pack.document().conversions);
        let own = conversions.into_iter().flatten().find(|one| one.kind == by.rule.kind.as_str());
        let own = own.ok_or_else(|| ApiError::internal(format!("{by} is in no pack")))?;
        let shown = serde_json::to_value(own).and_then(serde_json::from_value);
        Ok(ConversionKindView {
            pack: by.pack.clone(),
            edition: by.version,
            conversion: shown.map_err(|error| ApiError::internal(error.to_string()))?,
        })
    }
}
