//! What is missing to a teacher, and the shortest way to it: which published sessions to attend.

use super::{
    service::{Facts, Wanted, gather},
    settlement::{promised, result_terms},
};
use crate::{
    access::Actor,
    ledger::{
        explain::{requirement, rule_name},
        judging::{Case, case},
        service::may_see,
        statement::{RequirementView, RuleNameView, StatementCycleView},
    },
    policy::{AreaPolicy, PolicyCache},
    problem::ApiError,
    wire::{HoursText, InstantText, SessionRef, TeacherRef, Text},
};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_domain::{
    Hours, UtcMillis,
    catalogue::SessionState,
    enrolment::{self, Attended, Closed, Placement, Reason, ResultTerms, by_month, days_attended, earned, reasons},
    id::{PersonId, SessionId, TeacherId},
    policy::{
        CycleRules, EntryFacts, OFFERINGS_MAX, Offering, Outcome, Requirement, Room, RuleIndex, rooms, shortest_way,
    },
};
use shixun_persistence::{
    Conn, Order,
    catalogue::{
        Sight,
        session_list::{self, SessionFilter},
    },
    enrolment::{self as store, OfferRow, UnitTime},
};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Judgements before the search is given up: about half a second for somebody with a long ledger.
const STEPS: usize = 2_000;

/// What is missing at the end of the cycle, and the shortest way to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WayView {
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// The cycle.
    pub cycle: StatementCycleView,
    /// `met`: nothing is missing. `way`: `sessions` meet whatever can be met together. `none`: nothing that is offered helps, or no choice of
    /// sessions that can be attended together meets even one of the requirements.
    #[schema(pattern = "^(met|way|none)$", example = "way")]
    pub outcome: &'static str,
    /// True where the answer is proved: no other choice of sessions takes fewer hours, or as many and ends earlier. False where the search
    /// was given up, or more sessions are offered than are looked at; a way, if there is one, might be bettered.
    pub proven: bool,
    /// Hours of `sessions`.
    pub hours: HoursText,
    /// What to attend, by last day.
    pub sessions: Vec<WaySessionView>,
    /// Sessions in which the teacher holds a seat; they are taken as attended in full and passed.
    pub held: Vec<WaySessionView>,
    /// Requirements that stay unmet even for somebody who attends everything that is offered, clashes and the yearly maximum disregarded.
    pub out_of_reach: Vec<RequirementView>,
    /// Requirements that something offered could meet, but not beside those that `sessions` meet: sessions clash, or a yearly maximum refuses
    /// them. What is due first was met first.
    pub not_together: Vec<RequirementView>,
    /// What is still missing when the way is gone.
    pub missing_after: Vec<RequirementView>,
    /// Sessions with a free seat that the teacher may attend, among which was chosen.
    #[schema(minimum = 0)]
    pub considered: usize,
    /// What stands against every other choice, where `outcome` is `none` or something stays `not_together`: with it anybody can try them all. Null
    /// otherwise.
    pub obstacles: Option<ObstaclesView>,
    /// The same in Chinese.
    #[schema(example = "参加1个班期共24.00学时，即可补齐目前开设的培训所能补齐的要求。")]
    pub text_zh: String,
    /// The same in English.
    #[schema(
        example = "Attending 1 session(s) of 24.00 hours in all meets every requirement that what is offered can meet."
    )]
    pub text_en: String,
}

/// What is offered and what keeps one from attending all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObstaclesView {
    /// The sessions considered, by first day.
    pub sessions: Vec<WaySessionView>,
    /// Pairs of them that nobody can attend both.
    pub clashes: Vec<WayClashView>,
    /// The yearly maxima that refuse more.
    pub years: Vec<WayRoomView>,
}

/// Two sessions of which nobody can attend both.
#[derive(Debug, Serialize, ToSchema)]
pub struct WayClashView {
    /// One.
    pub session_id: SessionRef,
    /// The other.
    pub other_session_id: SessionRef,
    /// `time`: units of both meet at the same time. `content`: both teach the same, which counts once in a cycle.
    #[schema(pattern = "^(time|content)$", example = "time")]
    pub because: &'static str,
}

/// What may still be applied for in a year under one rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct WayRoomView {
    /// The calendar year of a session's last day.
    #[schema(example = 2026)]
    pub year: i32,
    /// The rule that refuses more.
    pub rule: RuleNameView,
    /// Hours of sessions that may still be applied for.
    pub hours_left: HoursText,
    /// The sessions considered whose hours use it up.
    pub session_ids: Vec<SessionRef>,
}

/// A session on the way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"session_id": "ses_a3bk65kd90200005k5", "programme_name": "小学数学单元整体教学", "starts_on": "2026-12-05",
    "ends_on": "2026-12-19", "hours": "24.00", "applications_open_at": "2026-11-01T08:00:00.000+08:00",
    "applications_close_at": "2026-11-30T17:00:00.000+08:00"}))]
pub struct WaySessionView {
    /// Identifier.
    pub session_id: SessionRef,
    /// The programme's name.
    pub programme_name: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Hours.
    pub hours: HoursText,
    /// From when applications are taken.
    pub applications_open_at: InstantText,
    /// Until when.
    pub applications_close_at: InstantText,
}

impl From<&Candidate> for WaySessionView {
    fn from(one: &Candidate) -> Self {
        let offer = &one.row.offer;
        WaySessionView {
            session_id: Text(offer.session),
            programme_name: one.row.programme_name.clone(),
            starts_on: offer.openings.starts_on,
            ends_on: offer.ends_on,
            hours: Text(offer.hours),
            applications_open_at: Text(offer.openings.opens_at),
            applications_close_at: Text(offer.openings.closes_at),
        }
    }
}

/// A session that is or could be attended.
struct Candidate {
    row: OfferRow,
    units: Vec<UnitTime>,
    terms: ResultTerms,
}

impl Candidate {
    fn read(conn: &mut Conn, policy: &AreaPolicy, row: OfferRow) -> Result<Candidate, ApiError> {
        let units = store::units(conn, row.offer.session)?;
        let terms = result_terms(policy, row.offer.ends_on)?;
        Ok(Candidate { row, units, terms })
    }

    /// The entry that it becomes when attended in full and passed.
    fn entry(&self) -> EntryFacts {
        let (row, offer) = (&self.row, &self.row.offer);
        let attended: Vec<(NaiveDate, Attended)> = self
            .units
            .iter()
            .map(|unit| {
                let minutes = unit.minutes();
                (
                    unit.starts_at.china_date(),
                    Attended { hours: unit.hours, minutes_total: minutes, minutes: Some(minutes) },
                )
            })
            .collect();
        let parts: Vec<Attended> = attended.iter().map(|(_, unit)| *unit).collect();
        let earned = earned(&parts, row.practice_hours, enrolment::Outcome::Pass, false, self.terms);
        EntryFacts {
            credited: earned.credited,
            nominal: earned.nominal,
            practice: earned.practice,
            dated: by_month(&attended, self.terms.absence_effect, offer.ends_on),
            days: Some(days_attended(&attended)),
            ..promised(row)
        }
    }

    /// Why nobody can attend both: they meet at the same time, or teach the same.
    fn clash(&self, other: &Candidate) -> Option<&'static str> {
        let meets = |one: &UnitTime| {
            other.units.iter().any(|unit| one.starts_at < unit.ends_at && unit.starts_at < one.ends_at)
        };
        if self.units.iter().any(meets) {
            return Some("time");
        }
        (self.row.offer.content_key == other.row.offer.content_key).then_some("content")
    }
}

/// The shortest way of a teacher to the end of a cycle.
///
/// # Errors
/// `not_found`, `cycle_unknown`, `policy_missing`.
pub fn way(
    conn: &mut Conn,
    policy: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    cycle: Option<&str>,
    now: UtcMillis,
) -> Result<WayView, ApiError> {
    let person = teacher.person();
    may_see(conn, actor, person)?;
    let Case { rules, record, mut entries } = case(conn, policy, person, cycle, now)?;
    let cycle = rules.cycle();
    let area = policy.area(conn, person.area(), now)?;
    let posted = entries.len();
    let held = held(conn, &area, person, (cycle.from(), cycle.to()))?;
    entries.extend(held.iter().map(Candidate::entry));
    let Offered { candidates, all } = candidates(conn, policy, person, cycle.to(), now)?;
    let posted = entries.get(..posted).unwrap_or_default();
    let booked: Vec<EntryFacts> = held.iter().map(|one| promised(&one.row)).collect();
    let wanted: Vec<EntryFacts> = candidates.iter().map(|one| promised(&one.row)).collect();
    let rooms = rooms(&rules, &record.facts, posted, &booked, &wanted);
    let offerings: Vec<Offering> = candidates
        .iter()
        .enumerate()
        .map(|(place, one)| Offering {
            entry: one.entry(),
            hours: one.row.offer.hours,
            ends_on: one.row.offer.ends_on,
            excludes: (0..)
                .zip(&candidates)
                .filter(|(other, candidate)| *other != place && one.clash(candidate).is_some())
                .map(|(other, _)| other)
                .collect(),
            rooms: rooms.get(place).cloned().unwrap_or_default(),
        })
        .collect();
    let found = shortest_way(&rules, &record.facts, &entries, &offerings, STEPS);
    let shown = |requirements: Vec<&Requirement>| -> Vec<RequirementView> {
        requirements.into_iter().filter_map(|one| requirement(&rules, one, &record.waivers)).collect()
    };
    let chosen: Vec<&Candidate> = match &found.outcome {
        Outcome::Way(places) => places.iter().filter_map(|place| candidates.get(*place)).collect(),
        Outcome::Met | Outcome::None => Vec::new(),
    };
    let proven = found.proven && (all || found.outcome == Outcome::Met);
    let torn = !found.not_together.is_empty();
    let counts = (chosen.len(), candidates.len());
    let (outcome, text_zh, text_en) = words(&found.outcome, (proven, torn), found.hours, counts);
    let obstacles = (torn || found.outcome == Outcome::None).then(|| obstacles(&rules, &candidates, &rooms));
    Ok(WayView {
        teacher_id: Text(teacher),
        cycle: StatementCycleView { name: cycle.name(), from: cycle.from(), to: cycle.to() },
        outcome,
        proven,
        hours: Text(found.hours),
        sessions: chosen.into_iter().map(WaySessionView::from).collect(),
        held: held.iter().map(WaySessionView::from).collect(),
        out_of_reach: shown(found.out_of_reach.iter().collect()),
        not_together: shown(found.not_together.iter().collect()),
        missing_after: shown(found.after.unmet().collect()),
        considered: candidates.len(),
        obstacles,
        text_zh,
        text_en,
    })
}

/// What is offered, and what keeps one from attending all of it.
fn obstacles(rules: &CycleRules, candidates: &[Candidate], rooms: &[Vec<Room>]) -> ObstaclesView {
    let pairs = candidates.iter().enumerate();
    let pairs = pairs.flat_map(|(place, one)| candidates.iter().skip(place + 1).map(move |other| (one, other)));
    let clashes = pairs.filter_map(|(one, other)| {
        Some(WayClashView {
            session_id: Text(one.row.offer.session),
            other_session_id: Text(other.row.offer.session),
            because: one.clash(other)?,
        })
    });
    // Several candidates meet the same maximum.
    let years: BTreeMap<(i32, RuleIndex), &Room> =
        rooms.iter().flatten().map(|room| ((room.headroom.year, room.headroom.rule), room)).collect();
    let year = |room: &Room| {
        let concerned = room.shared_by.iter().filter_map(|place| candidates.get(*place));
        Some(WayRoomView {
            year: room.headroom.year,
            rule: rule_name(rules, room.headroom.rule)?,
            hours_left: Text(room.headroom.free()),
            session_ids: concerned.map(|one| Text(one.row.offer.session)).collect(),
        })
    };
    ObstaclesView {
        sessions: candidates.iter().map(WaySessionView::from).collect(),
        clashes: clashes.collect(),
        years: years.into_values().filter_map(year).collect(),
    }
}

fn words(
    outcome: &Outcome,
    (proven, torn): (bool, bool),
    hours: Hours,
    (chosen, considered): (usize, usize),
) -> (&'static str, String, String) {
    match (outcome, proven) {
        (Outcome::Way(_), _) if torn => (
            "way",
            format!(
                "参加{chosen}个班期共{hours}学时，可补齐先到期的要求；其余要求（not_together）因时间冲突或年度上限不能同时补齐。"
            ),
            format!(
                "Attending {chosen} session(s) of {hours} hours in all meets what is due first; the other requirements (not_together) cannot be \
                 met beside it, because sessions clash or a yearly maximum refuses them."
            ),
        ),
        (Outcome::Met, _) => (
            "met",
            "各项要求均已达到，无需再参加培训。".into(),
            "Every requirement is met; nothing more has to be attended.".into(),
        ),
        (Outcome::Way(_), _) => (
            "way",
            format!("参加{chosen}个班期共{hours}学时，即可补齐目前开设的培训所能补齐的要求。"),
            format!(
                "Attending {chosen} session(s) of {hours} hours in all meets every requirement that what is offered can meet."
            ),
        ),
        (Outcome::None, true) => (
            "none",
            format!("在可参加的{considered}个班期中，没有任何组合能够补齐尚缺的要求；请关注后续开设的班期。"),
            format!(
                "No choice among the {considered} session(s) that can be attended meets what is missing; watch for sessions to come."
            ),
        ),
        (Outcome::None, false) => (
            "none",
            format!("在所考虑的{considered}个班期中，限定步数内未找到可补齐的组合。"),
            format!(
                "Within the steps allowed no choice among the {considered} session(s) considered was found that meets what is missing."
            ),
        ),
    }
}

/// The sessions of the cycle in which the person holds a seat and no hours were posted yet.
fn held(
    conn: &mut Conn,
    policy: &AreaPolicy,
    person: PersonId,
    span: (NaiveDate, NaiveDate),
) -> Result<Vec<Candidate>, ApiError> {
    let mut held = Vec::new();
    for booking in store::commitments(conn, person, span, (span.1, span.1))?.bookings {
        if booking.expects_hours() {
            let row = store::offer(conn, booking.session)?.ok_or_else(|| ApiError::missing(booking.session))?;
            held.push(Candidate::read(conn, policy, row)?);
        }
    }
    Ok(held)
}

/// What a person may attend.
struct Offered {
    candidates: Vec<Candidate>,
    /// Whether these are all that there are.
    all: bool,
}

/// The sessions with a free seat that the person may attend within the cycle: those that take applications, and those that will. At most
/// [`OFFERINGS_MAX`] of them.
fn candidates(
    conn: &mut Conn,
    policy: &PolicyCache,
    person: PersonId,
    last_day: NaiveDate,
    now: UtcMillis,
) -> Result<Offered, ApiError> {
    let today = now.china_date();
    let own = person.area();
    let mut areas = vec![own, own.city(), own.province()];
    areas.dedup();
    let filter = SessionFilter {
        state: Some(SessionState::Published),
        starts_from: Some(today),
        starts_to: Some(last_day),
        ..SessionFilter::default()
    };
    let (mut found, mut all) = (Vec::new(), true);
    for area in areas {
        let sight = Sight { everything: false, drafts_of: Vec::new(), wide_only: area != own };
        let limit = 2 * OFFERINGS_MAX;
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = session_list::list(conn, area, &sight, &filter, Order::Ascending, None, most)?;
        all &= rows.len() < limit;
        for row in rows {
            let fits = row.ends_on <= last_day && row.applications_close_at > now && row.seats_taken < row.seats;
            if fits && found.len() < OFFERINGS_MAX {
                found.extend(attendable(conn, policy, person, row.id, now)?);
            } else if fits {
                all = false;
            }
        }
    }
    Ok(Offered { candidates: found, all })
}

/// The session, where nothing stands against an application but that its window is still to come.
fn attendable(
    conn: &mut Conn,
    policy: &PolicyCache,
    person: PersonId,
    session: SessionId,
    now: UtcMillis,
) -> Result<Option<Candidate>, ApiError> {
    let row = store::offer(conn, session)?.ok_or_else(|| ApiError::missing(session))?;
    let Facts { applicant, .. } = gather(conn, policy, &row.offer, person, Wanted::Judged, now)?;
    let may = reasons(&row.offer, &applicant, now)
        .iter()
        .all(|reason| matches!(reason, Reason::WindowClosed(Closed::OpensAt(_))));
    if may && row.offer.openings.free() == Some(Placement::Seat) {
        let area = policy.area(conn, person.area(), now)?;
        Candidate::read(conn, &area, row).map(Some)
    } else {
        Ok(None)
    }
}
