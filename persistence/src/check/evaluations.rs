//! The checks of evaluations, and of hours that wait for one.

use super::{
    Checked,
    readings::Check,
    shown,
    statements::{Statement, statement},
};
use crate::{
    Conn, DbResult,
    db::At,
    schema::{enrolments as e, evaluations as v, hour_entries as h},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    UtcMillis,
    enrolment::{EvaluationStanding, EvaluationState},
    id,
    ledger::{AwaitedEvaluation, Circumstances, EntryKind, SourceKind},
    policy::MissedEvaluation,
};
use std::collections::HashMap;

/// The checks that are more than a statement.
pub(super) const ALL: [Check; 1] = [session_hours_wait];

pub(super) fn all() -> Vec<Statement> {
    vec![
        statement(
            "evaluations_attended",
            "who evaluated a session had a seat in it and attended; that was found otherwise afterwards at most",
            shown::<id::Evaluation>,
            "SELECT v.area, v.id, CASE WHEN e.id IS NULL THEN 'the enrolment is not there' \
             WHEN e.session_id <> v.session_id THEN 'the enrolment is in another session' \
             WHEN e.status IN ('applied', 'waiting', 'waiting_approved', 'declined') THEN 'the enrolment is ' || e.status \
             ELSE 'nothing was attended' END AS detail FROM evaluations v \
             LEFT JOIN enrolments e ON e.area = v.area AND e.id = v.enrolment_id \
             WHERE e.id IS NULL OR e.session_id <> v.session_id OR e.status IN ('applied', 'waiting', 'waiting_approved', 'declined') \
             OR NOT EXISTS (SELECT 1 FROM attendance a WHERE a.area = v.area AND a.enrolment_id = v.enrolment_id \
             AND (a.minutes > 0 OR a.updated_at > v.created_at)) ORDER BY v.area, v.id",
        ),
        statement(
            "evaluations_marked",
            "an enrolment says that its session was evaluated where it was, once",
            shown::<id::Enrolment>,
            "SELECT e.area, e.id, COALESCE(e.evaluation, 'not asked for') || ' with ' || CAST(COALESCE(n.given, 0) AS TEXT) \
             || ' evaluations' AS detail FROM enrolments e LEFT JOIN (SELECT area, enrolment_id, COUNT(*) AS given FROM evaluations \
             GROUP BY area, enrolment_id) n ON n.area = e.area AND n.enrolment_id = e.id \
             WHERE COALESCE(n.given, 0) <> CASE WHEN e.evaluation = 'given' THEN 1 ELSE 0 END ORDER BY e.area, e.id",
        ),
        statement(
            "evaluations_in_order",
            "the evaluations of a session are counted from 1 without gaps",
            shown::<id::Session>,
            "SELECT area, session_id AS id, CAST(COUNT(*) AS TEXT) || ' evaluations are counted up to ' || CAST(MAX(place) AS TEXT) \
             AS detail FROM evaluations GROUP BY area, session_id \
             HAVING COUNT(*) <> MAX(place) OR COUNT(DISTINCT place) <> COUNT(*) OR MIN(place) <> 1 ORDER BY area, session_id",
        ),
    ]
}

/// What an enrolment says of the hours of its session.
type Enrolled = (i32, i64, Option<String>, Option<NaiveDate>, Option<String>, i32, i64);

/// An entry as far as waiting goes.
struct Entry {
    kind: String,
    source_key: String,
    recognised_by: Option<i64>,
    circumstances: String,
    created_at: UtcMillis,
}

/// Key, owner, and what waiting goes by.
type EntryColumns = ((i32, i64, i64, Option<i64>), (String, String, Option<i64>, String, At));

/// Entries of sessions that are pending, or follow something.
fn entries(conn: &mut Conn, pending: bool) -> DbResult<Vec<EntryColumns>> {
    let rows = h::table
        .filter(h::source_kind.eq(SourceKind::Session.as_str()).and(h::refers_to.is_null().eq(pending)))
        .filter(h::kind.eq(EntryKind::Pending.as_str()).eq(pending))
        .order((h::area, h::id))
        .select((
            (h::area, h::id, h::person_id, h::refers_to),
            (h::kind, h::source_key, h::recognised_by, h::circumstances, h::created_at),
        ))
        .load(conn)?;
    Ok(rows)
}

fn entry((kind, source_key, recognised_by, circumstances, at): (String, String, Option<i64>, String, At)) -> Entry {
    Entry { kind, source_key, recognised_by, circumstances, created_at: at.into() }
}

fn session_hours_wait(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new(
        "session_hours_wait",
        "hours of a session are pending where they wait for an evaluation, as its closing asked for, and for nothing else; they are \
         posted by it or after its last day, by whoever recognised them at the closing, or voided",
    );
    let mut expected = waiting(conn)?;
    let following = entries(conn, false)?.into_iter();
    let mut following: HashMap<(i32, i64), Entry> =
        following.filter_map(|((area, _, _, of), columns)| Some(((area, of?), entry(columns)))).collect();
    for ((area, number, person, _), columns) in entries(conn, true)? {
        let pending = entry(columns);
        let follower = following.remove(&(area, number));
        let detail = match expected.remove(&(area, person, pending.source_key.clone())) {
            None => Some("is pending, and nothing was asked for"),
            Some(asked) => asked.differs(&pending, follower.as_ref()),
        };
        if let Some(detail) = detail {
            checked.add(|| shown::<id::HourEntry>(area, number), || detail.to_owned());
        }
    }
    let mut without: Vec<_> = expected.into_values().map(|asked| asked.enrolment).collect();
    without.sort_unstable();
    for (area, number) in without {
        checked.add(|| shown::<id::Enrolment>(area, number), || "its hours are to wait, and none do".to_owned());
    }
    Ok(checked)
}

/// What the closing asked for, and when it came.
struct Asked {
    enrolment: (i32, i64),
    standing: EvaluationStanding,
    evaluated_at: Option<UtcMillis>,
}

/// Where hours wait, or waited, by person and key of the entry.
fn waiting(conn: &mut Conn) -> DbResult<HashMap<(i32, i64, String), Asked>> {
    let rows: Vec<(Enrolled, Option<At>)> = e::table
        .left_join(v::table.on(v::area.eq(e::area).and(v::enrolment_id.eq(e::id))))
        .filter(e::evaluation_missed.is_not_null())
        .select((
            (e::area, e::id, e::evaluation, e::evaluate_by, e::evaluation_missed, e::person_area, e::person_id),
            v::created_at.nullable(),
        ))
        .load(conn)?;
    let asked = |((area, number, state, until, missed, person_area, person), at): (Enrolled, Option<At>)| {
        let standing = EvaluationStanding {
            state: state.and_then(|word| word.parse().ok()),
            until,
            missed: missed.and_then(|word| word.parse().ok()),
        };
        let key = (person_area, person, format!("enrolment:{}", shown::<id::Enrolment>(area, number)));
        (key, Asked { enrolment: (area, number), standing, evaluated_at: at.map(UtcMillis::from) })
    };
    Ok(rows.into_iter().map(asked).collect())
}

impl Asked {
    /// How the entries differ from what was asked for; `None` where they do not.
    fn differs(&self, pending: &Entry, follower: Option<&Entry>) -> Option<&'static str> {
        let EvaluationStanding { state, until, missed } = self.standing;
        let (Some(until), Some(missed)) = (until, missed) else { return Some("waits without an end") };
        let awaits = pending.circumstances.parse::<Circumstances>().ok().and_then(|read| read.awaits);
        if awaits != Some(AwaitedEvaluation { until, missed }) {
            return Some("waits for something else than its closing asked for");
        }
        let Some(next) = follower else {
            return (state != Some(EvaluationState::Owed)).then_some("waits, and nothing is to come any more");
        };
        if next.kind == EntryKind::Voided.as_str() {
            let by_hand = !next.source_key.starts_with("lapse:");
            let lapsed = state == Some(EvaluationState::Missed)
                && missed == MissedEvaluation::Void
                && next.created_at.china_date() > until;
            return (!by_hand && !lapsed).then_some("was voided before its time was over");
        }
        if next.recognised_by != pending.recognised_by {
            return Some("was posted by somebody else than who recognised it at the closing");
        }
        let evaluated = state == Some(EvaluationState::Given)
            && self.evaluated_at.is_some_and(|at| at <= next.created_at && at.china_date() <= until);
        let overdue = state == Some(EvaluationState::Missed)
            && missed == MissedEvaluation::Post
            && next.created_at.china_date() > until;
        (!evaluated && !overdue).then_some("was posted without an evaluation, and before its time was over")
    }
}
