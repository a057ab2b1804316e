//! What is kept beside the rows it follows from, made again from them: hours of sessions from attendance, the state of records from
//! their steps, the numbers of certificates, digests, names as they are searched for.

use super::{Checked, readings::Check, shown};
use crate::{
    Conn, DbResult, columns,
    db::{At, each},
    ledger::hours_may_stand,
    policy,
    schema::{
        attendance as a, certificate_counters, certificates as c, enrolments as e, hour_entries as h,
        outside_records as r, persons, programmes as p, record_steps as s, sessions, transfers, units as u,
    },
};
use chrono::NaiveDate;
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use shixun_domain::{
    AreaCode, Hours, UtcMillis, certificates,
    enrolment::{Attended, Outcome, ResultTerms, by_month, days_attended, earned},
    id,
    ledger::{Circumstances, EntryKind, Factor, SourceKind, claim_again},
    policy::{AbsenceEffect, Pack},
    records::{RecordState, RecordStep},
};
use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry as Slot};

/// Every check of this kind.
pub(super) const ALL: [Check; 6] = [
    session_hours_attended,
    record_steps,
    certificate_numbers,
    transfer_certificates,
    person_search_names,
    programme_search_names,
];

/// Rows read at a time from tables without bound.
const PAGE: i64 = 20_000;
/// Sessions and records whose rows are looked at together.
const TOGETHER: i64 = 2_000;

/// The key of a unit of a person's session, and minutes attended.
type Minutes = HashMap<(i64, i64), i32>;

/// A unit: its number, begin and end, and its hours.
type Unit = (i64, At, At, i64);

/// What an entry says of the session it comes from.
type Earned = (i32, i64, i64, (i64, i64, i32, i64, i64), String, NaiveDate);

fn session_hours_attended(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new(
        "session_hours_attended",
        "hours, practice, days and months of an entry that stands and rests on attendance are those of the attendance recorded",
    );
    let areas: Vec<i32> = sessions::table.select(sessions::area).distinct().order(sessions::area).load(conn)?;
    let mut packs: HashMap<i32, Vec<Pack>> = HashMap::new();
    for area in areas {
        let mut after = i64::MIN;
        loop {
            let page: Vec<(i64, i64)> = sessions::table
                .inner_join(p::table.on(p::area.eq(sessions::area).and(p::id.eq(sessions::programme_id))))
                .filter(sessions::area.eq(area).and(sessions::id.gt(after)))
                .order(sessions::id)
                .select((sessions::id, p::practice_hours))
                .limit(TOGETHER)
                .load(conn)?;
            let Some((last, _)) = page.last() else { break };
            let (first, last) = (after, *last);
            after = last;
            let mut units: HashMap<i64, Vec<Unit>> = HashMap::new();
            let rows: Vec<(i64, Unit)> = u::table
                .filter(u::area.eq(area).and(u::session_id.gt(first)).and(u::session_id.le(last)))
                .order((u::starts_at, u::id))
                .select((u::session_id, (u::id, u::starts_at, u::ends_at, u::hours)))
                .load(conn)?;
            for (session, unit) in rows {
                units.entry(session).or_default().push(unit);
            }
            let rows: Vec<(i64, i64, i32)> = a::table
                .inner_join(u::table.on(u::area.eq(a::area).and(u::id.eq(a::unit_id))))
                .filter(a::area.eq(area).and(u::session_id.gt(first)).and(u::session_id.le(last)))
                .select((a::unit_id, a::enrolment_id, a::minutes))
                .load(conn)?;
            let minutes: Minutes =
                rows.into_iter().map(|(unit, enrolment, minutes)| ((unit, enrolment), minutes)).collect();
            let rows: Vec<(i64, i32, i64, i64, bool)> = e::table
                .filter(e::area.eq(area).and(e::session_id.gt(first)).and(e::session_id.le(last)))
                .select((e::session_id, e::person_area, e::person_id, e::id, e::misconduct))
                .load(conn)?;
            let enrolled: HashMap<(i64, i32, i64), (i64, bool)> = rows
                .into_iter()
                .map(|(session, home, person, id, misconduct)| ((session, home, person), (id, misconduct)))
                .collect();
            let practice: HashMap<i64, i64> = page.into_iter().collect();
            // Whatever follows an entry has its source; corrections by hand rest on a reason instead.
            let of_sessions = h::source_area.eq(area).and(h::source_id.gt(first)).and(h::source_id.le(last));
            let followed: Vec<(i32, i64)> = h::table
                .filter(of_sessions.and(h::refers_to.is_not_null()))
                .select((h::area, h::refers_to.assume_not_null()))
                .load(conn)?;
            let followed: HashSet<(i32, i64)> = followed.into_iter().collect();
            let corrected =
                h::source_kind.eq(SourceKind::Correction.as_str()).and(h::evidence.like("%\"attendance\":{%"));
            let rows: Vec<(i64, Earned)> = h::table
                .filter(of_sessions.and(h::kind.eq_any([EntryKind::Posted.as_str(), EntryKind::Pending.as_str()])))
                .filter(h::source_kind.eq(SourceKind::Session.as_str()).or(corrected))
                .order((h::area, h::id))
                .select((
                    h::source_id.assume_not_null(),
                    (
                        h::area,
                        h::id,
                        h::person_id,
                        (h::nominal, h::attended, h::factor, h::credited, h::practice),
                        h::circumstances,
                        h::effective_on,
                    ),
                ))
                .load(conn)?;
            for (session, entry) in rows.into_iter().filter(|(_, entry)| !followed.contains(&(entry.0, entry.1))) {
                let (Some(practice), Some((enrolment, misconduct))) =
                    (practice.get(&session), enrolled.get(&(session, entry.0, entry.2)))
                else {
                    continue;
                };
                let units = units.get(&session).map(Vec::as_slice).unwrap_or_default();
                let own = (*enrolment, *misconduct, *practice);
                let home = match packs.entry(entry.0) {
                    Slot::Occupied(known) => known.into_mut(),
                    Slot::Vacant(unknown) => unknown.insert(published(conn, entry.0)?),
                };
                if let Some(detail) = differs(units, &minutes, (own, &effects(home, entry.5)), &entry) {
                    checked.add(|| shown::<id::HourEntry>(entry.0, entry.1), || detail);
                }
            }
        }
    }
    Ok(checked)
}

/// The packs for an area. One that cannot be read is for another check to name.
fn published(conn: &mut Conn, area: i32) -> DbResult<Vec<Pack>> {
    let Ok(area) = AreaCode::new(area) else { return Ok(Vec::new()) };
    let rows = policy::published_for(conn, area)?;
    Ok(rows.iter().filter_map(|row| Pack::parse(&row.document).ok()).collect())
}

/// What absence may have taken off on a day: what any pack for the day says, whenever it was published, or what holds where none does.
fn effects(packs: &[Pack], day: NaiveDate) -> Vec<AbsenceEffect> {
    let on_the_day = packs.iter().filter(|pack| pack.valid().contains(day));
    let mut said: Vec<AbsenceEffect> = on_the_day.filter_map(|pack| pack.settings().absence_effect).collect();
    if said.is_empty() {
        said.push(AbsenceEffect::Deduct);
    }
    said
}

/// How an entry differs from what attendance gives. The factor is that of the packs on the day of closing and taken from the
/// entry; what absence takes off is one of `effects`.
fn differs(
    units: &[Unit],
    minutes: &Minutes,
    ((enrolment, misconduct, practice), effects): ((i64, bool, i64), &[AbsenceEffect]),
    (.., amounts, circumstances, effective): &Earned,
) -> Option<String> {
    let (nominal, attended, factor, credited, practised) = *amounts;
    let dated: Vec<_> = units
        .iter()
        .map(|(unit, starts, ends, hours)| {
            let (starts, ends) = (UtcMillis::from(*starts), UtcMillis::from(*ends));
            let length = i32::try_from((ends.millis() - starts.millis()).div_euclid(60_000)).unwrap_or(i32::MAX).max(1);
            let minutes = minutes.get(&(*unit, enrolment)).copied();
            (starts.china_date(), Attended { hours: Hours::from_hundredths(*hours), minutes_total: length, minutes })
        })
        .collect();
    let parts: Vec<Attended> = dated.iter().map(|(_, part)| *part).collect();
    let factor = Factor::from_hundredths(factor).unwrap_or(Factor::NONE);
    let amounts = |absence_effect: AbsenceEffect| {
        let terms = ResultTerms { pass_factor: factor, fail_factor: factor, absence_effect, absence_fail_ratio: None };
        let again = earned(&parts, Hours::from_hundredths(practice), Outcome::Pass, misconduct, terms);
        [again.nominal, again.attended, again.credited, again.practice].map(Hours::hundredths)
    };
    let kept = [nominal, attended, credited, practised];
    let Some(effect) = effects.iter().copied().find(|effect| amounts(*effect) == kept) else {
        let exactly = amounts(effects.first().copied().unwrap_or(AbsenceEffect::Deduct));
        return Some(format!(
            "nominal, attended, credited and practice are {kept:?} hundredths, by attendance {exactly:?}"
        ));
    };
    let (days, months) = (days_attended(&dated), by_month(&dated, effect, *effective));
    // Words that cannot be read are for another check to name.
    let read = circumstances.parse::<Circumstances>().ok()?;
    let fits = read.days == Some(days) && read.dated == months;
    (!fits).then(|| format!("days or months are not those of the attendance: {circumstances}"))
}

/// An account: its area and its number.
type By = (i32, i64);

/// A record as its steps leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stood {
    state: RecordState,
    entered_by: By,
    examined_by: Option<By>,
    decided_by: Option<By>,
    duplicate: bool,
}

impl Stood {
    fn after(before: Option<Stood>, step: RecordStep, account: By) -> Option<Stood> {
        let entered = Stood {
            state: RecordState::Entered,
            entered_by: account,
            examined_by: None,
            decided_by: None,
            duplicate: false,
        };
        Some(match step {
            RecordStep::Enter | RecordStep::Correct => entered,
            RecordStep::AllowDuplicate => Stood { duplicate: true, ..before? },
            RecordStep::Examine => Stood { state: RecordState::Examined, examined_by: Some(account), ..before? },
            RecordStep::Verify => Stood { state: RecordState::Verified, decided_by: Some(account), ..before? },
            RecordStep::Return => Stood { state: RecordState::Returned, examined_by: None, ..before? },
            RecordStep::Reject => Stood { state: RecordState::Rejected, decided_by: Some(account), ..before? },
            RecordStep::Withdraw => Stood { state: RecordState::Withdrawn, examined_by: None, ..before? },
        })
    }
}

type RecordColumns = (i64, String, i64, MaybeBy, MaybeBy, Option<String>, String);
type MaybeBy = (Option<i32>, Option<i64>);

fn record_steps(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new(
        "record_steps",
        "state, stages and claim of a record from outside are those that its steps lead to",
    );
    let areas: Vec<i32> = r::table.select(r::area).distinct().order(r::area).load(conn)?;
    for area in areas {
        let mut after = i64::MIN;
        loop {
            let page: Vec<RecordColumns> = r::table
                .filter(r::area.eq(area).and(r::id.gt(after)))
                .order(r::id)
                .select((
                    r::id,
                    r::state,
                    r::entered_by,
                    (r::examined_by_area, r::examined_by),
                    (r::decided_by_area, r::decided_by),
                    r::content_claim,
                    r::content_key,
                ))
                .limit(TOGETHER)
                .load(conn)?;
            let Some(last) = page.last().map(|row| row.0) else { break };
            let rows: Vec<(i64, String, By)> = s::table
                .filter(s::area.eq(area).and(s::record_id.gt(after)).and(s::record_id.le(last)))
                .order(s::id)
                .select((s::record_id, s::step, (s::account_area, s::account_id)))
                .load(conn)?;
            after = last;
            let mut stood: BTreeMap<i64, Option<Stood>> = BTreeMap::new();
            for (record, step, account) in rows {
                let before = stood.get(&record).copied().flatten();
                stood.insert(record, step.parse().ok().and_then(|step| Stood::after(before, step, account)));
            }
            for (number, state, entered_by, examined_by, decided_by, claim, key) in page {
                let steps = stood.get(&number).copied().flatten();
                let fits = |steps: &Stood| {
                    let people = (steps.entered_by, steps.examined_by, steps.decided_by);
                    let named = ((area, entered_by), examined_by.0.zip(examined_by.1), decided_by.0.zip(decided_by.1));
                    steps.state.as_str() == state && people == named
                };
                let detail = match steps {
                    None => Some(format!("{state} without steps that lead there")),
                    Some(steps) if !fits(&steps) => {
                        Some(format!("{state}, and the steps lead to {} or to other people", steps.state))
                    }
                    // Hours that were taken back claim nothing.
                    Some(steps) => {
                        let claims = steps.state.claims_content()
                            && (claim.is_some() || hours_may_stand(conn, columns::id(area, number)?)?);
                        let own = |claim: String| match steps.duplicate {
                            true => claim == claim_again(number, &key),
                            // The name of a cycle, a colon and the key.
                            false => claim.split_once(':').is_some_and(|(_, own)| own == key),
                        };
                        (claim.map(own) != claims.then_some(true))
                            .then(|| format!("{state} with a claim that is not its own"))
                    }
                };
                if let Some(detail) = detail {
                    checked.add(|| shown::<id::OutsideRecord>(area, number), || detail);
                }
            }
        }
    }
    Ok(checked)
}

fn certificate_numbers(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new(
        "certificate_numbers",
        "the certificates of an area are counted from 1 without gaps, the counter is the last of them, and each bears its number",
    );
    let issued: Vec<(i32, i64)> =
        certificate_counters::table.select((certificate_counters::area, certificate_counters::issued)).load(conn)?;
    let issued: HashMap<i32, i64> = issued.into_iter().collect();
    let rows: Vec<(i32, i64, i64, String, String)> = c::table
        .order((c::area, c::serial, c::id))
        .select((c::area, c::id, c::serial, c::cycle, c::number))
        .load(conn)?;
    for of_area in rows.chunk_by(|one, next| one.0 == next.0) {
        for ((area, number, serial, cycle, printed), place) in of_area.iter().zip(1_i64..) {
            let named = AreaCode::new(*area).is_ok_and(|code| certificates::number(code, cycle, *serial) == *printed);
            if !named || *serial != place {
                let detail = || format!("{printed} is the {serial}th by its count and the {place}th there is");
                checked.add(|| shown::<id::Certificate>(*area, *number), detail);
            }
        }
        if let Some((area, number, serial, ..)) = of_area.last()
            && issued.get(area) != Some(serial)
        {
            let counted = issued.get(area).copied().unwrap_or_default();
            checked.add(
                || shown::<id::Certificate>(*area, *number),
                || format!("is the {serial}th, and {counted} are counted"),
            );
        }
    }
    Ok(checked)
}

fn transfer_certificates(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked =
        Checked::new("transfer_certificates", "the digest of a transfer is that of the certificate that came or went");
    let rows: Vec<(i32, i64, String, String)> = transfers::table
        .order((transfers::area, transfers::id))
        .select((transfers::area, transfers::id, transfers::certificate, transfers::digest))
        .load(conn)?;
    for (area, number, certificate, digest) in rows {
        let own: String = Sha256::digest(certificate.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        if own != digest {
            checked.add(|| shown::<id::Transfer>(area, number), || "the digest is another one".to_owned());
        }
    }
    Ok(checked)
}

fn person_search_names(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new("person_search_names", "persons are found by their names");
    let mut after = (0, 0);
    loop {
        let rows: Vec<(i32, i64, String, String)> = each!(conn, k => persons::table
            .filter(persons::area.gt(after.0).or(persons::area.eq(after.0).and(persons::id.gt(after.1))))
            .order((persons::area, persons::id))
            .select((persons::area, persons::id, persons::name, persons::search_name))
            .limit(PAGE)
            .load(k))?;
        let Some(last) = rows.last() else { return Ok(checked) };
        after = (last.0, last.1);
        for (area, number, ..) in rows.iter().filter(|(.., name, search)| columns::search_name(name) != *search) {
            // The name is personal data and stays here.
            checked.add(|| shown::<id::Person>(*area, *number), || "is searched by another name".to_owned());
        }
    }
}

fn programme_search_names(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new("programme_search_names", "programmes are found by their names");
    let rows: Vec<(i32, i64, String, String)> =
        p::table.order((p::area, p::id)).select((p::area, p::id, p::name, p::search_name)).load(conn)?;
    for (area, number, name, search) in rows.iter().filter(|(.., name, search)| columns::search_name(name) != *search) {
        checked.add(|| shown::<id::Programme>(*area, *number), || format!("{name} is searched by {search}"));
    }
    Ok(checked)
}
