//! What a session came to for one person: the hours of the time attended, and what they rest on.

use crate::{
    ledger::{
        awaiting::source_key,
        wire::{Attendance, AttendedUnit, Evidence},
    },
    policy::AreaPolicy,
    problem::ApiError,
    wire::{OneOf, Text},
};
use chrono::NaiveDate;
use shixun_domain::{
    catalogue::ProgrammeKind,
    enrolment::{Attended, EarnedHours, EnrolmentStatus, Outcome, ResultTerms, by_month, days_attended, earned},
    id::{AccountId, UnitId},
    ledger::{Amounts, Circumstances, EntryKind, Factor, SourceKind},
    policy::{EntryFacts, EvaluationTerms, Provider, Ratio, RuleSet},
};
use shixun_persistence::{
    enrolment::{AttendanceRow, EnrolmentRow, OfferRow, UnitTime},
    ledger::NewEntry,
};

/// What attendance and result of one person are worth.
#[derive(PartialEq)]
pub(crate) struct Settlement {
    /// The hours, and whether the course was passed.
    pub earned: EarnedHours,
    /// The hours, as the ledger takes them.
    pub amounts: Amounts,
    /// How the course ended, and the days on which it was attended.
    pub circumstances: Circumstances,
    /// The minutes they are made of.
    pub evidence: Evidence,
    /// What the packs ask of participants.
    pub evaluation: Option<EvaluationTerms>,
}

/// The entry that a session promises to somebody who attends it in full and passes.
pub fn promised(row: &OfferRow) -> EntryFacts {
    let key = row.offer.session.number();
    EntryFacts {
        key,
        effective: row.offer.ends_on,
        sequence: key,
        route: row.route,
        form: row.delivery_form,
        themes: row.themes.clone(),
        level: row.level,
        block: (row.kind == ProgrammeKind::Block).then_some(key),
        credited: row.offer.hours,
        nominal: row.offer.hours,
        practice: row.practice_hours,
        corrects: None,
        part_of: None,
        provider: Provider::Reviewed,
        misconduct: false,
        certified_elsewhere: false,
        activity: None,
        recognised: None,
        dated: Vec::new(),
        days: None,
    }
}

impl Settlement {
    /// Adds up what `mark` gives of the units of a session.
    ///
    /// # Errors
    /// `policy_missing`.
    pub fn new<'m>(
        policy: &AreaPolicy,
        offer: &OfferRow,
        row: &EnrolmentRow,
        units: &[UnitTime],
        mark: impl Fn(UnitId) -> Option<&'m AttendanceRow>,
    ) -> Result<Self, ApiError> {
        let completed_on = offer.offer.ends_on;
        let attended: Vec<(NaiveDate, Attended)> = units
            .iter()
            .map(|unit| {
                let minutes = mark(unit.id).map(|mark| mark.minutes);
                (unit.starts_at.china_date(), Attended { hours: unit.hours, minutes_total: unit.minutes(), minutes })
            })
            .collect();
        let parts: Vec<Attended> = attended.iter().map(|(_, unit)| *unit).collect();
        let result = row.outcome.unwrap_or(Outcome::Fail);
        let (terms, evaluation) = terms(policy, completed_on)?;
        let earned = earned(&parts, offer.practice_hours, result, row.misconduct, terms);
        let amounts = Amounts::new(earned.nominal, earned.attended, earned.factor, earned.practice)
            .map_err(|refusal| ApiError::internal(format!("hours of {}: {refusal}", row.id)))?;
        let proof = |unit: &UnitTime| {
            let mark = mark(unit.id);
            AttendedUnit {
                unit_id: Text(unit.id),
                starts_at: Text(unit.starts_at),
                hours: Text(unit.hours),
                minutes_total: unit.minutes(),
                mark: mark.map(|mark| OneOf(mark.mark)),
                minutes: mark.map_or(0, |mark| mark.minutes),
            }
        };
        let attendance =
            Attendance { enrolment_id: Text(row.id), result: OneOf(result), units: units.iter().map(proof).collect() };
        Ok(Settlement {
            earned,
            amounts,
            circumstances: Circumstances {
                misconduct: row.misconduct,
                days: Some(days_attended(&attended)),
                dated: by_month(&attended, terms.absence_effect, completed_on),
                ..Circumstances::ORDINARY
            },
            evidence: Evidence { attendance: Some(attendance), ..Evidence::default() },
            evaluation,
        })
    }

    /// The hours in the ledger, posted on the session's last day under the packs of `policy`. School, title and subject are looked up.
    ///
    /// # Errors
    /// `internal` where the attendance cannot be written as JSON.
    pub fn entry(
        &self,
        offer: &OfferRow,
        row: &EnrolmentRow,
        policy: String,
        recognised_by: Option<AccountId>,
    ) -> Result<NewEntry, ApiError> {
        let session = offer.offer.session;
        Ok(NewEntry {
            person: row.person,
            kind: EntryKind::Posted,
            refers_to: None,
            route: offer.route,
            form: offer.delivery_form,
            level: offer.level,
            themes: offer.themes.clone(),
            circumstances: self.circumstances.clone(),
            block_key: (offer.kind == ProgrammeKind::Block).then(|| session.to_string()),
            title: offer.programme_name.clone(),
            source_kind: SourceKind::Session,
            source: Some((session.area(), session.number())),
            source_key: source_key(row.id),
            amounts: self.amounts,
            effective_on: offer.offer.ends_on,
            evidence: Some(self.evidence.text()?),
            policy,
            recognised_by,
            snapshot: None,
            reason: None,
        })
    }

    /// True where the person was there for a minute at least.
    pub fn came(&self) -> bool {
        self.evidence.attendance.iter().flat_map(|attendance| &attendance.units).any(|unit| unit.minutes > 0)
    }

    /// Where the person stands in the session that is closed.
    pub fn status(&self) -> EnrolmentStatus {
        match self.earned.passed {
            _ if self.circumstances.misconduct => EnrolmentStatus::Expelled,
            true => EnrolmentStatus::Completed,
            false => EnrolmentStatus::NotCompleted,
        }
    }
}

/// What the packs in force on a day say of results and absence, and what they ask of participants; a school's packs say nothing of
/// either.
fn terms(policy: &AreaPolicy, day: NaiveDate) -> Result<(ResultTerms, Option<EvaluationTerms>), ApiError> {
    let cycle = policy.cycle_on(day)?;
    let rules = policy.rules(cycle, cycle.to())?;
    let set = rules.rules_on(day);
    Ok((set.map_or(ResultTerms::PLAIN, results), set.and_then(RuleSet::evaluation)))
}

/// What the packs in force on a day say of results and absence.
///
/// # Errors
/// `policy_missing`.
pub(super) fn result_terms(policy: &AreaPolicy, day: NaiveDate) -> Result<ResultTerms, ApiError> {
    Ok(terms(policy, day)?.0)
}

fn results(set: &RuleSet) -> ResultTerms {
    let factor = |Ratio { numerator, denominator }: Ratio| {
        let hundredths = i32::try_from(numerator * 100 / denominator).ok();
        hundredths.and_then(Factor::from_hundredths).unwrap_or(Factor::NONE)
    };
    ResultTerms {
        pass_factor: factor(set.pass_factor()),
        fail_factor: factor(set.fail_factor()),
        absence_effect: set.absence_effect(),
        absence_fail_ratio: set.absence_fail_ratio(),
    }
}
