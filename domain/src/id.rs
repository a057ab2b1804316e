//! Identifiers that know their area.
//!
//! Each row belongs to one area; its key is `(area, id)`. In the API both travel in one opaque text such as
//! `ses_0a1b2c…`: a prefix that names the kind, 18 characters of Crockford's base 32 for 20 bits of area, 63 bits of number
//! and 7 bits of checksum. The checksum (a remainder modulo 127) finds every single wrong character and every swapped pair.

use crate::area::AreaCode;
use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};
use thiserror::Error;

/// A kind of thing that has ids.
pub trait Kind: 'static {
    /// The letters before the underscore.
    const PREFIX: &'static str;
    /// The name of the identifier in the contract.
    const NAME: &'static str;
    /// What the thing is called in data, such as the event log: `policy_pack`.
    const WORD: &'static str;
    /// What a Chinese reader calls it.
    const ZH: &'static str;
}

/// The identifier of a `K` in one area.
pub struct Id<K> {
    area: AreaCode,
    number: i64,
    kind: PhantomData<fn() -> K>,
}

/// Why a text is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdFault {
    /// Another kind's prefix, or none.
    #[error("expected an id that begins with {expected}_")]
    Prefix {
        /// The prefix that was expected.
        expected: &'static str,
    },
    /// A wrong length, a character outside the alphabet, or a checksum that does not agree: mistyped or cut.
    #[error("the id is mistyped or incomplete")]
    Damaged,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_LENGTH: usize = 18;

impl<K> Id<K> {
    /// From the two parts of a key. `number` is made by the process, never by a client.
    pub const fn new(area: AreaCode, number: i64) -> Self {
        Id { area, number, kind: PhantomData }
    }

    /// The area that owns the row.
    pub const fn area(&self) -> AreaCode {
        self.area
    }

    /// The number within the area.
    pub const fn number(&self) -> i64 {
        self.number
    }

    /// The key of the row: the area's code and the number.
    pub const fn key(&self) -> (i32, i64) {
        (self.area.get(), self.number)
    }
}

fn checksum(payload: u128) -> u128 {
    (payload << 7) % 127
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let area = u128::try_from(self.area.get()).unwrap_or_default();
        let number = u128::from(self.number.unsigned_abs());
        let payload = (area << 63) | number;
        let bits = (payload << 7) | checksum(payload);
        // Written in one piece: a statement shows dozens of ids.
        let mut text = [b'0'; TEXT_LENGTH];
        for (place, letter) in text.iter_mut().rev().enumerate() {
            let digit = usize::try_from((bits >> (place * 5)) & 31).unwrap_or_default();
            *letter = ALPHABET.get(digit).copied().unwrap_or(b'0');
        }
        f.write_str(K::PREFIX)?;
        f.write_str("_")?;
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())?;
        Ok(())
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdFault;

    fn from_str(text: &str) -> Result<Self, IdFault> {
        let body = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdFault::Prefix { expected: K::PREFIX })?;
        if body.len() != TEXT_LENGTH {
            return Err(IdFault::Damaged);
        }
        let mut bits: u128 = 0;
        for byte in body.bytes() {
            let digit = ALPHABET.iter().position(|letter| *letter == byte).ok_or(IdFault::Damaged)?;
            bits = (bits << 5) | u128::try_from(digit).map_err(|_| IdFault::Damaged)?;
        }
        let payload = bits >> 7;
        if bits & 127 != checksum(payload) {
            return Err(IdFault::Damaged);
        }
        let area = i32::try_from(payload >> 63).map_err(|_| IdFault::Damaged)?;
        let number = i64::try_from(payload & ((1 << 63) - 1)).map_err(|_| IdFault::Damaged)?;
        AreaCode::new(area).map(|area| Id::new(area, number)).map_err(|_| IdFault::Damaged)
    }
}

// Written out because a derive would ask the marker type for the same traits.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        (self.area, self.number) == (other.area, other.number)
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.area, self.number).cmp(&(other.area, other.number))
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        (self.area, self.number).hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $id:ident, $prefix:literal, $word:literal, $zh:literal;)*) => {$(
        $(#[$doc])*
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
            const NAME: &'static str = stringify!($id);
            const WORD: &'static str = $word;
            const ZH: &'static str = $zh;
        }
        #[doc = concat!("Identifier `", $prefix, "_…`: see [`", stringify!($kind), "`].")]
        pub type $id = Id<$kind>;
    )*};
}

kinds! {
    /// A bureau, training centre, school or institution.
    Organisation, OrganisationId, "org", "organisation", "机构";
    /// A person: teacher, lecturer, clerk. In `/v1/teachers` the same number carries the prefix `tch`.
    Person, PersonId, "per", "person", "人员";
    /// A person in the role of a teacher: the number is the person's.
    Teacher, TeacherId, "tch", "teacher", "教师";
    /// Someone who can sign in.
    Account, AccountId, "usr", "user", "账号";
    /// A role held by an account over an organisation subtree for a period.
    RoleGrant, RoleGrantId, "rol", "role_grant", "角色授予";
    /// A dated fact of a person: employment, title, teaching, post or leave.
    PersonFact, PersonFactId, "fac", "fact", "记录";
    /// A family member of refresh tokens.
    RefreshToken, RefreshTokenId, "rft", "refresh_token", "刷新令牌";
    /// A policy pack in one version.
    PolicyPack, PolicyPackId, "pol", "policy_pack", "政策包";
    /// An entry of the hour ledger.
    HourEntry, HourEntryId, "hou", "hour_entry", "学时条目";
    /// A requirement waived for one person.
    Waiver, WaiverId, "wai", "waiver", "免除";
    /// A step of a waiver.
    WaiverStep, WaiverStepId, "was", "waiver_step", "免除步骤";
    /// A programme.
    Programme, ProgrammeId, "prg", "programme", "培训项目";
    /// A session of a programme.
    Session, SessionId, "ses", "session", "班期";
    /// A unit of a session.
    Unit, UnitId, "unt", "unit", "课次";
    /// A change of a published unit.
    UnitChange, UnitChangeId, "uch", "unit_change", "课次变更";
    /// A change of a published session.
    SessionChange, SessionChangeId, "sch", "session_change", "班期变更";
    /// A window in which programmes may be filed.
    FilingWindow, FilingWindowId, "fil", "filing_window", "申报时间";
    /// An enrolment.
    Enrolment, EnrolmentId, "enr", "enrolment", "报名";
    /// That a teacher may do a content once more.
    RepeatAllowance, RepeatAllowanceId, "rpa", "repeat_allowance", "准予重复参训";
    /// Attendance of one enrolment at one unit.
    Attendance, AttendanceId, "att", "attendance", "考勤";
    /// What a participant says of a session.
    Evaluation, EvaluationId, "evl", "evaluation", "培训评价";
    /// A record of the event log.
    Event, EventId, "evt", "event", "事件";
    /// An import of a file.
    Import, ImportId, "imp", "import", "导入";
    /// A certificate of a statement.
    Certificate, CertificateId, "crt", "certificate", "学时证明书";
    /// The report with which a cycle is closed.
    FrozenReport, FrozenReportId, "frz", "frozen_report", "周期定稿报表";
    /// Training outside the catalogue, entered with evidence.
    OutsideRecord, OutsideRecordId, "rec", "record", "项目外学时登记";
    /// A step of such a record.
    RecordStep, RecordStepId, "rst", "record_step", "登记步骤";
    /// Hours that moved with a teacher from county to county.
    Transfer, TransferId, "trf", "transfer", "学时转移";
    /// A teacher's objection to an entry of hours.
    Dispute, DisputeId, "dsp", "dispute", "学时申诉";
    /// A long-running job.
    Job, JobId, "job", "job", "任务";
}

impl TeacherId {
    /// The person behind the teacher.
    pub fn person(self) -> PersonId {
        Id::new(self.area, self.number)
    }
}

impl PersonId {
    /// The person as a teacher.
    pub fn teacher(self) -> TeacherId {
        Id::new(self.area, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> SessionId {
        Id::new(AreaCode::new(331_123).unwrap(), 0x1234_5678_9abc_def0)
    }

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for number in [0, 1, i64::MAX, 0x1234_5678_9abc_def0] {
            let id = SessionId::new(AreaCode::new(829_999).unwrap(), number);
            assert_eq!(id.to_string().parse::<SessionId>(), Ok(id));
        }
    }

    #[test]
    fn the_id_of_another_kind_says_which_kind_was_expected() {
        let text = sample().to_string();
        assert_eq!(text.parse::<UnitId>(), Err(IdFault::Prefix { expected: "unt" }));
    }

    #[test]
    fn one_wrong_character_or_a_swapped_pair_is_always_found() {
        let text = sample().to_string().into_bytes();
        for place in 4..text.len() {
            for letter in ALPHABET.iter().filter(|letter| **letter != text[place]) {
                let mut wrong = text.clone();
                wrong[place] = *letter;
                assert_eq!(String::from_utf8(wrong).unwrap().parse::<SessionId>(), Err(IdFault::Damaged));
            }
            if place + 1 < text.len() && text[place] != text[place + 1] {
                let mut swapped = text.clone();
                swapped.swap(place, place + 1);
                assert_eq!(String::from_utf8(swapped).unwrap().parse::<SessionId>(), Err(IdFault::Damaged));
            }
        }
    }
}
