//! What a certificate says: the statement as it stood, without what only the teacher and the office need to know (leave, the
//! facts behind the rules). It is kept as canonical JSON, and every other form is made of that.

use crate::{
    canonical,
    ledger::{
        standing::carried,
        statement::{ProfileWord, RequirementView, StatementView, VerdictWord},
    },
    problem::ApiError,
    wire::{AreaText, HoursText, InstantText, LevelWord, RouteWord, StageWord, TeacherRef, TitleWord},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::Hours;
use utoipa::ToSchema;

/// The form of the content; another one follows when a field changes its meaning.
pub const FORMAT: &str = "shixun-certificate-1";

/// The content of a certificate.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateContentView {
    /// The form of the content.
    #[schema(example = "shixun-certificate-1")]
    pub format: String,
    /// The number printed on it.
    #[schema(example = "331123-2016-2020-000017")]
    pub number: String,
    /// The code it is verified by.
    #[schema(example = "331123-7QK3M-9TXW2-C8HVB-N4RDA")]
    pub code: String,
    /// The address at which anybody may verify it; the QR code leads there.
    pub verify_at: String,
    /// When it was issued; what was recorded up to then is in it.
    pub issued_at: InstantText,
    /// Who vouches for it.
    pub issuer: CertificateIssuerView,
    /// Whose hours.
    pub holder: CertificateHolderView,
    /// Name of the cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// First day of the cycle.
    pub cycle_from: NaiveDate,
    /// Last day of the cycle.
    pub cycle_to: NaiveDate,
    /// The day at whose close everything is judged.
    pub as_of: NaiveDate,
    /// The worst verdict of all requirements.
    pub verdict: VerdictWord,
    /// Profiles that hold in the cycle; none for an ordinary teacher.
    pub profiles: Vec<ProfileWord>,
    /// Hours owed in the cycle; null where no rule asks for a total.
    pub owed: Option<HoursText>,
    /// Hours earned.
    pub credited: HoursText,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours carried over from the cycle before that count beside `counted`; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = HoursText, required = false)]
    pub carried_over: Option<HoursText>,
    /// Hours still missing.
    pub missing: HoursText,
    /// The rules it rests on, as `code v1`.
    pub policy_packs: Vec<String>,
    /// Every requirement.
    pub requirements: Vec<CertificateRequirementView>,
    /// The entries that stand, by date.
    pub entries: Vec<CertificateEntryView>,
}

/// Who vouches for a certificate.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateIssuerView {
    /// Code of the area (GB/T 2260).
    pub area: AreaText,
    /// Name of the authority.
    pub name: String,
}

/// Whose hours.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateHolderView {
    /// Identifier of the teacher.
    pub teacher_id: TeacherRef,
    /// Name.
    pub name: String,
    /// Identity number, masked.
    #[schema(example = "331199**********89")]
    pub identity_number: String,
    /// School on the day of the statement.
    pub organisation_name: Option<String>,
    /// Title.
    pub title: Option<TitleWord>,
    /// Subject.
    pub subject: Option<String>,
    /// Stage.
    pub stage: Option<StageWord>,
}

/// What one rule asks for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateRequirementView {
    /// The rule and the period in Chinese.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// The rule, as `pack v1 id`.
    pub rule: String,
    /// Hours owed.
    pub owed: HoursText,
    /// Hours there are.
    pub counted: HoursText,
    /// Hours missing.
    pub missing: HoursText,
    /// How it stands.
    pub verdict: VerdictWord,
}

/// An entry.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateEntryView {
    /// The day to which the hours belong.
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Route.
    pub route: RouteWord,
    /// Level.
    pub level: LevelWord,
    /// School of that day.
    pub organisation_name: Option<String>,
    /// Hours earned.
    pub credited: HoursText,
    /// Those of them that belong to another cycle; absent where none do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = HoursText, required = false)]
    pub elsewhere: Option<HoursText>,
    /// Hours that count.
    pub counted: HoursText,
}

impl CertificateEntryView {
    /// Hours earned that belong to the cycle.
    pub fn earned_in_cycle(&self) -> Hours {
        self.credited.0.less(self.elsewhere.map_or(Hours::ZERO, |elsewhere| elsewhere.0))
    }
}

/// What a certificate has beside the statement.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Frame {
    pub number: String,
    pub code: String,
    pub verify_at: String,
    pub issued_at: InstantText,
    pub issuer: CertificateIssuerView,
    pub identity_number: String,
}

impl CertificateContentView {
    /// From the statement as it stands.
    pub fn new(frame: Frame, statement: StatementView) -> Self {
        let teacher = statement.teacher;
        let packs = statement.policy_packs.iter().map(|pack| format!("{} v{}", pack.code, pack.edition));
        CertificateContentView {
            format: FORMAT.to_owned(),
            number: frame.number,
            code: frame.code,
            verify_at: frame.verify_at,
            issued_at: frame.issued_at,
            issuer: frame.issuer,
            holder: CertificateHolderView {
                teacher_id: teacher.id,
                name: teacher.name,
                identity_number: frame.identity_number,
                organisation_name: teacher.organisation_name,
                title: teacher.title,
                subject: teacher.subject,
                stage: teacher.stage,
            },
            cycle: statement.cycle.name,
            cycle_from: statement.cycle.from,
            cycle_to: statement.cycle.to,
            as_of: statement.as_of,
            verdict: statement.verdict,
            profiles: statement.facts.profiles,
            owed: statement.owed,
            credited: statement.credited,
            counted: statement.counted,
            carried_over: carried(statement.carried_over.0),
            missing: statement.missing,
            policy_packs: packs.collect(),
            requirements: statement.requirements.into_iter().map(requirement).collect(),
            entries: statement
                .entries
                .into_iter()
                .map(|entry| CertificateEntryView {
                    effective_on: entry.effective_on,
                    title: entry.title,
                    route: entry.route,
                    level: entry.level,
                    organisation_name: entry.organisation_name,
                    credited: entry.credited,
                    elsewhere: Some(entry.elsewhere).filter(|elsewhere| elsewhere.0 != Hours::ZERO),
                    counted: entry.counted,
                })
                .collect(),
        }
    }

    /// Reads a content that was kept.
    ///
    /// # Errors
    /// `internal` where it is damaged.
    pub fn read(document: &str) -> Result<Self, ApiError> {
        serde_json::from_str(document).map_err(|error| ApiError::internal(format!("a certificate: {error}")))
    }

    /// As it is kept.
    ///
    /// # Errors
    /// `internal` where it cannot be written as JSON.
    pub fn text(&self) -> Result<String, ApiError> {
        canonical::text(self)
    }
}

/// A requirement without its sentence: the figures stand in columns here.
fn requirement(one: RequirementView) -> CertificateRequirementView {
    CertificateRequirementView {
        name_zh: one.name_zh,
        name_en: one.name_en,
        rule: format!("{} v{} {}", one.rule.pack, one.rule.edition, one.rule.id),
        owed: one.owed,
        counted: one.counted,
        missing: one.missing,
        verdict: one.verdict,
    }
}
