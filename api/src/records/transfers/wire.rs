//! What transfers look like in JSON. The certificate has one format, coming in and going out.

use crate::{
    http::{
        Etag,
        fields::{fault, not_blank, trimmed, trimmed_opt},
        page::{list_of, list_query},
    },
    ledger::wire::check_days,
    problem::{ApiError, Code, FieldFault},
    records::wire::EvidenceFile,
    wire::{
        AccountRef, AreaText, DaysText, DeliveryFormWord, DirectionWord, HourEntryRef, HoursText, InstantText,
        LevelWord, OneOf, RouteWord, TeacherRef, Text, ThemeText, TransferRef, TransferStateWord,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    AreaCode, Hours,
    records::transfer::{Certificate, CertifiedLine, Direction},
};
use shixun_persistence::records::transfers::{TransferFilter, TransferRow};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// The format of certificates.
pub const FORMAT: &str = "shixun-transfer-1";

/// Certified hours of a teacher. Written as canonical JSON: names sorted, no blanks, so that its digest is always the same.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TransferCertificate {
    /// The format: `shixun-transfer-1`.
    #[schema(pattern = "^shixun-transfer-1$", example = "shixun-transfer-1")]
    pub format: String,
    /// The area that certifies, by GB/T 2260; null where it has none.
    pub area: Option<AreaText>,
    /// The county that certifies.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100, example = "松阳县")]
    pub county: String,
    /// The teacher's name.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100, example = "雷晓燕")]
    pub teacher_name: String,
    /// First day in the new place: the hours are those up to the day before.
    pub moved_on: NaiveDate,
    /// What the lines add up to.
    pub total: HoursText,
    /// Hours by year and kind. Yearly limits of the origin are kept already; those of the cycle are for the new county.
    #[validate(length(max = 500), nested)]
    #[schema(max_items = 500)]
    pub lines: Vec<CertificateLine>,
}

/// Certified hours of one kind in one year.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CertificateLine {
    /// The day to which the hours belong: the last of the year, or the last before the move.
    pub on: NaiveDate,
    /// Route.
    pub route: RouteWord,
    /// Delivery form.
    pub delivery_form: DeliveryFormWord,
    /// Level.
    pub level: LevelWord,
    /// Themes.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub themes: Vec<ThemeText>,
    /// The concentrated block (集中培训) the hours belong to; null where they are part of none.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub block_key: Option<String>,
    /// Hours.
    pub hours: HoursText,
    /// Of these, practice.
    pub practice: HoursText,
    /// Days of training they took, where those were recorded; left out where they were not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<DaysText>,
}

impl From<&CertifiedLine> for CertificateLine {
    fn from(line: &CertifiedLine) -> Self {
        CertificateLine {
            on: line.on,
            route: OneOf(line.route),
            delivery_form: OneOf(line.form),
            level: OneOf(line.level),
            themes: line.themes.iter().copied().map(Text).collect(),
            block_key: line.block_key.clone(),
            hours: Text(line.hours),
            practice: Text(line.practice),
            days: line.days.map(Text),
        }
    }
}

impl From<&CertificateLine> for CertifiedLine {
    fn from(line: &CertificateLine) -> Self {
        let mut themes: Vec<_> = line.themes.iter().map(|theme| theme.0).collect();
        themes.sort_unstable();
        themes.dedup();
        CertifiedLine {
            on: line.on,
            route: line.route.0,
            form: line.delivery_form.0,
            level: line.level.0,
            themes,
            block_key: line.block_key.clone(),
            hours: line.hours.0,
            practice: line.practice.0,
            days: line.days.map(|days| days.0),
        }
    }
}

impl TransferCertificate {
    /// What rules look at.
    pub fn facts(&self) -> Certificate {
        Certificate {
            area: self.area.map(|area| area.0),
            teacher_name: self.teacher_name.clone(),
            total: self.total.0,
            lines: self.lines.iter().map(CertifiedLine::from).collect(),
        }
    }
}

/// A transfer: hours that come with a teacher, or a certificate to take along.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"direction": "out", "moved_on": "2026-09-01", "other_area": "331124", "other_name": "松阳县"}))]
pub struct HourTransferIn {
    /// Which way.
    pub direction: DirectionWord,
    /// First day in the new place, where the teacher leaves; coming in, the certificate says it.
    pub moved_on: Option<NaiveDate>,
    /// Where the teacher goes, by GB/T 2260, where it is known.
    pub other_area: Option<AreaText>,
    /// Where the teacher goes; coming in, the certificate says whence.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub other_name: Option<String>,
    /// What the origin certified, where the teacher comes.
    #[validate(nested)]
    pub certificate: Option<TransferCertificate>,
    /// What proves it. Coming from outside the province, at least one piece.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    pub evidence: Vec<EvidenceFile>,
    /// Anything else.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub note: Option<String>,
}

/// A transfer that was read.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Hours come.
    In(TransferCertificate),
    /// Hours leave.
    Out {
        /// First day in the new place.
        moved_on: NaiveDate,
        /// Where.
        other_area: Option<AreaCode>,
        /// Its name.
        other_name: String,
    },
}

/// A transfer that was read, with what accompanies it.
#[derive(Debug, Clone)]
pub struct TransferInput {
    /// Which way, and what.
    pub wanted: Wanted,
    /// What proves it.
    pub evidence: Vec<EvidenceFile>,
    /// Anything else.
    pub note: Option<String>,
}

fn missing(pointer: &str) -> FieldFault {
    fault(pointer, "missing_field", "此项必填", "is needed here")
}

fn beside_the_point(pointer: &str) -> FieldFault {
    fault(pointer, "unexpected", "此方向不填此项", "is not given for this direction")
}

impl HourTransferIn {
    /// Checks what the fields say together.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn read(self) -> Result<TransferInput, ApiError> {
        check_lines("/certificate/lines", self.certificate.iter().flat_map(|certificate| &certificate.lines))?;
        let mut faults = Vec::new();
        let name = trimmed_opt(self.other_name.as_deref());
        let (evidence, note) = (self.evidence, trimmed_opt(self.note.as_deref()));
        let wanted = match (self.direction.0, self.certificate, self.moved_on, name) {
            (Direction::In, Some(certificate), None, None) => {
                if certificate.format != FORMAT {
                    let (zh, en) = (format!("应为{FORMAT}"), format!("must be {FORMAT}"));
                    faults.push(fault("/certificate/format", "invalid_value", zh, en));
                }
                if self.other_area.is_some() {
                    faults.push(beside_the_point("/other_area"));
                }
                Some(Wanted::In(certificate))
            }
            (Direction::Out, None, Some(moved_on), Some(other_name)) => {
                Some(Wanted::Out { moved_on, other_area: self.other_area.map(|area| area.0), other_name })
            }
            (Direction::In, certificate, moved_on, name) => {
                faults.extend(certificate.is_none().then(|| missing("/certificate")));
                faults.extend(moved_on.map(|_| beside_the_point("/moved_on")));
                faults.extend(name.map(|_| beside_the_point("/other_name")));
                None
            }
            (Direction::Out, certificate, moved_on, name) => {
                faults.extend(certificate.map(|_| beside_the_point("/certificate")));
                faults.extend(moved_on.is_none().then(|| missing("/moved_on")));
                faults.extend(name.is_none().then(|| missing("/other_name")));
                None
            }
        };
        match wanted.filter(|_| faults.is_empty()) {
            Some(wanted) => Ok(TransferInput { wanted, evidence, note }),
            None => Err(ApiError::new(Code::InvalidField).with_faults(faults)),
        }
    }
}

/// Why hours from outside the province are recognised, and how many of them.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "已与原任职地核实，学时属实。"}))]
pub struct RecogniseIn {
    /// The reason, for the teacher and for auditors.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The hours that are recognised, no more than are certified; all of them where it is not given.
    #[validate(length(min = 1, max = 500), nested)]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Option<Vec<CertificateLine>>,
}

impl RecogniseIn {
    /// Checks the days.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn read(self) -> Result<Self, ApiError> {
        check_lines("/lines", self.lines.iter().flatten())?;
        Ok(self)
    }
}

fn check_lines<'a>(pointer: &str, lines: impl Iterator<Item = &'a CertificateLine>) -> Result<(), ApiError> {
    lines.enumerate().try_for_each(|(place, line)| check_days(&format!("{pointer}/{place}/days"), line.days))
}

/// Hours that moved with a teacher.
#[derive(Debug, Serialize, ToSchema)]
pub struct HourTransferView {
    /// Identifier.
    pub id: TransferRef,
    /// Whose hours.
    pub teacher_id: TeacherRef,
    /// The teacher's name.
    pub teacher_name: String,
    /// Which way.
    pub direction: DirectionWord,
    /// What became of it.
    pub state: TransferStateWord,
    /// The other area, where its code is known.
    pub other_area: Option<AreaText>,
    /// Its name.
    pub other_name: String,
    /// First day in the new place.
    pub moved_on: NaiveDate,
    /// What is certified.
    pub certificate: TransferCertificate,
    /// SHA-256 of the certificate as canonical JSON, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// What proves it.
    pub evidence: Vec<EvidenceFile>,
    /// Anything else.
    pub note: Option<String>,
    /// Who entered it.
    pub entered_by: AccountRef,
    /// When.
    pub entered_at: InstantText,
    /// Who recognised or refused it.
    pub decided_by: Option<AccountRef>,
    /// When.
    pub decided_at: Option<InstantText>,
    /// Why.
    pub reason: Option<String>,
    /// The entries that were posted, one a line.
    pub hour_entry_ids: Vec<HourEntryRef>,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
}

list_of! {
    /// Transfers, the latest first.
    HourTransferList of HourTransferView
}

impl HourTransferView {
    /// The view of a row.
    ///
    /// # Errors
    /// `internal` where what is stored cannot be read.
    pub fn new(row: TransferRow) -> Result<HourTransferView, ApiError> {
        let damaged = |_| ApiError::internal(format!("certificate or evidence of {}", row.id));
        let content = row.content;
        Ok(HourTransferView {
            id: Text(row.id),
            teacher_id: Text(content.person.teacher()),
            teacher_name: row.person_name,
            direction: OneOf(content.direction),
            state: OneOf(content.state),
            other_area: content.other_area.map(Text),
            other_name: content.other_name,
            moved_on: content.moved_on,
            certificate: serde_json::from_str(&content.certificate).map_err(damaged)?,
            digest: content.digest,
            evidence: serde_json::from_str(&content.evidence).map_err(damaged)?,
            note: content.note,
            entered_by: Text(content.entered_by),
            entered_at: Text(row.created_at),
            decided_by: row.decided_by.map(Text),
            decided_at: row.decided_at.map(Text),
            reason: row.reason,
            hour_entry_ids: row.entries.into_iter().map(Text).collect(),
            version: row.version,
        })
    }

    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

/// A certificate that the program writes.
pub fn certificate(
    area: AreaCode,
    county: &str,
    teacher_name: &str,
    moved_on: NaiveDate,
    lines: &[CertifiedLine],
) -> TransferCertificate {
    TransferCertificate {
        format: FORMAT.to_owned(),
        area: Some(Text(area)),
        county: trimmed(county),
        teacher_name: teacher_name.to_owned(),
        moved_on,
        total: Text(lines.iter().map(|line| line.hours).sum::<Hours>()),
        lines: lines.iter().map(CertificateLine::from).collect(),
    }
}

/// The transfer an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TransferPath {
    /// Identifier of the transfer.
    pub transfer_id: TransferRef,
}

list_query! {
    /// Which transfers are wanted.
    TransferQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those of this teacher.
        pub teacher_id: Option<TeacherRef>,
        /// Only one way.
        pub direction: Option<DirectionWord>,
        /// Only in this state.
        pub state: Option<TransferStateWord>,
    }
}

impl TransferQuery {
    /// The filter.
    pub fn filter(&self) -> TransferFilter {
        TransferFilter {
            id: None,
            person: self.teacher_id.map(|id| id.0.person()),
            direction: self.direction.map(|word| word.0),
            state: self.state.map(|word| word.0),
        }
    }
}
