//! What policy packs and cycles look like in JSON.

use super::document::PolicyDocument;
use crate::{
    http::{
        Etag,
        page::{list_of, list_query},
    },
    problem::ApiError,
    wire::{AccountRef, AreaText, InstantText, OneOf, OrganisationRef, PolicyPackRef, Text, ThemeText},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::policy::{
    PackState,
    lint::{Finding, FindingKind, Gravity},
};
use shixun_persistence::policy::{PackFilter, PackRow};
use utoipa::{IntoParams, ToSchema};

/// A word of [`PackState`].
pub type PackStateWord = OneOf<PackState>;

/// A word of [`FindingKind`].
pub type FindingKindWord = OneOf<FindingKind>;
/// A word of [`Gravity`].
pub type GravityWord = OneOf<Gravity>;

/// A policy pack without its document.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyPackSummaryView {
    /// Identifier.
    pub id: PolicyPackRef,
    /// The area whose teachers are judged by it, and every area inside.
    pub area: AreaText,
    /// The school of this county whose teachers alone are judged by it; null where it is for everybody in the area.
    pub organisation_id: Option<OrganisationRef>,
    /// Stable code such as `ZJ-2016`.
    #[schema(example = "ZJ-2016")]
    pub code: String,
    /// Version of the document, from 1.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// Draft or published.
    pub state: PackStateWord,
    /// First day on which it is in force.
    pub valid_from: NaiveDate,
    /// Last day; null while it lasts.
    pub valid_to: Option<NaiveDate>,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// SHA-256 of the document as it was drafted, in hexadecimal.
    pub digest: String,
    /// Who drafted it as it stands: whoever saved it last. Null for a pack shipped with the program.
    pub created_by: Option<AccountRef>,
    /// When it was drafted at first.
    pub created_at: InstantText,
    /// Who published it; null for a draft and for a pack shipped with the program.
    pub published_by: Option<AccountRef>,
    /// When it was published; null for a draft.
    pub published_at: Option<InstantText>,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// A policy pack with its document.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyPackView {
    /// What the list shows.
    pub pack: PolicyPackSummaryView,
    /// The document.
    pub document: PolicyDocument,
}

list_of! {
    /// Policy packs, the widest area first, then by code and version.
    PolicyPackList of PolicyPackSummaryView
}

/// The names inside a document; the rest is passed over.
#[derive(Deserialize)]
struct Names {
    zh: String,
    en: String,
}

fn damaged(error: &serde_json::Error) -> ApiError {
    ApiError::internal(format!("a stored policy pack: {error}"))
}

impl PolicyPackSummaryView {
    /// The view of a row.
    ///
    /// # Errors
    /// `internal` where the stored document is damaged.
    pub fn read(row: &PackRow) -> Result<Self, ApiError> {
        let names: Names = serde_json::from_str(&row.document).map_err(|error| damaged(&error))?;
        Ok(PolicyPackSummaryView {
            id: Text(row.id),
            area: Text(row.id.area()),
            organisation_id: row.organisation.map(Text),
            code: row.code.clone(),
            edition: row.edition,
            state: OneOf(row.state),
            valid_from: row.valid.from,
            valid_to: row.valid.to,
            name_zh: names.zh,
            name_en: names.en,
            digest: row.digest.clone(),
            created_by: row.created_by.map(Text),
            created_at: Text(row.created_at),
            published_by: row.published_by.map(Text),
            published_at: row.published_at.map(Text),
            version: row.version,
        })
    }
}

impl PolicyPackView {
    /// The view of a row.
    ///
    /// # Errors
    /// `internal` where the stored document is damaged.
    pub fn read(row: &PackRow) -> Result<Self, ApiError> {
        Ok(PolicyPackView {
            pack: PolicyPackSummaryView::read(row)?,
            document: serde_json::from_str(&row.document).map_err(|error| damaged(&error))?,
        })
    }

    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.pack.version)
    }
}

/// Something that lint finds in a policy pack.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyFindingView {
    /// What is wrong.
    pub kind: FindingKindWord,
    /// Whether a draft with it may be published: an `error` may not.
    pub gravity: GravityWord,
    /// JSON pointer into the document; empty where it lies in how packs stand together.
    pub pointer: String,
    /// The rules concerned, with pack and version.
    pub rules: Vec<String>,
    /// What is wrong and why, in Chinese.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
    /// The smallest example that shows it, in Chinese.
    pub example_zh: String,
    /// The same in English.
    pub example_en: String,
}

/// What lint finds in a policy pack.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyLintView {
    /// The pack.
    pub pack: PackNameView,
    /// True without errors: a draft may be published, warnings or not.
    pub publishable: bool,
    /// What was found, by kind.
    pub findings: Vec<PolicyFindingView>,
}

impl PolicyLintView {
    /// The view of what was found in a pack.
    pub fn new(pack: PackNameView, findings: Vec<Finding>) -> Self {
        let publishable = findings.iter().all(|finding| finding.gravity() != Gravity::Error);
        let findings = findings.into_iter().map(|finding| PolicyFindingView {
            kind: OneOf(finding.kind),
            gravity: OneOf(finding.gravity()),
            pointer: finding.pointer,
            rules: finding.rules,
            text_zh: finding.text.zh,
            text_en: finding.text.en,
            example_zh: finding.example.zh,
            example_en: finding.example.en,
        });
        PolicyLintView { pack, publishable, findings: findings.collect() }
    }
}

/// A cycle: a span in which a person owes a total.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "name": "2016-2020", "from": "2016-01-01", "to": "2020-12-31", "current": false,
    "packs": [{"code": "ZJ-2010", "edition": 1}, {"code": "ZJ-2016", "edition": 1}, {"code": "331123", "edition": 1}]
}))]
pub struct CycleView {
    /// First and last year: the value of `cycle` in statements and reports.
    pub name: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day; the cycle ends at midnight in China.
    pub to: NaiveDate,
    /// Whether today lies in it.
    pub current: bool,
    /// The packs in force on any of its days.
    pub packs: Vec<PackNameView>,
}

/// A pack by code and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"code": "ZJ-2016", "edition": 1}))]
pub struct PackNameView {
    /// Its code.
    pub code: String,
    /// Its version.
    #[schema(minimum = 1)]
    pub edition: i32,
}

list_of! {
    /// Cycles, the earliest first.
    CycleList of CycleView
}

/// A theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThemeView {
    /// The word that programmes, records, hours and rules name it by.
    pub theme: ThemeText,
    /// Its Chinese name, as files of hours may have it.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The code of the policy pack that declares it; null for what everybody knows.
    pub declared_by: Option<String>,
}

list_of! {
    /// Themes: those everybody knows, then the area's own by their words.
    ThemeList of ThemeView
}

/// The pack an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PolicyPackPath {
    /// Identifier of the policy pack.
    pub policy_pack_id: PolicyPackRef,
}

list_query! {
    /// Which packs are wanted.
    PolicyPackQuery {
        /// Packs that apply to this area, those of the areas above and of its schools included; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only packs for this school alone.
        pub organisation_id: Option<OrganisationRef>,
        /// Only packs of this code.
        #[param(max_length = 32)]
        pub code: Option<String>,
        /// Only drafts, or only published packs. Drafts are shown to those who look after the area, or the school that they are for.
        pub state: Option<PackStateWord>,
        /// Only packs in force on this day.
        pub on: Option<NaiveDate>,
    }
}

impl PolicyPackQuery {
    /// The filter, before rights are looked at.
    pub fn filter(&self) -> PackFilter {
        PackFilter {
            organisation: self.organisation_id.as_ref().map(|id| id.0),
            code: self.code.clone(),
            state: self.state.map(|state| state.0),
            on: self.on,
            ..PackFilter::default()
        }
    }
}

list_query! {
    /// Which cycles are wanted.
    CycleQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
    }
}
