//! What the ledger must know of a person: the facts that rules look at, and school, title and subject on a day.

use super::{
    disputes,
    known::Known,
    stands::{Revision, own_entries},
    waivers::{GrantedWaiver, WaiverRow, waivers_of},
};
use crate::{
    Conn, DbResult,
    db::{Day, Word, each, kept},
    people::{Fact, PastFacts},
    schema::{
        disputes as d, employments as e, leave_spells as l, organisations as o, persons as p, posts_held as h,
        teaching_assignments as a, titles_held as h_titles, waivers as w,
    },
};
use chrono::NaiveDate;
use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{Nullable, Text},
};
use shixun_domain::{
    AreaCode, Id, Stage, Title, UtcMillis,
    id::{OrganisationId, PersonId},
    ledger::waiver::WaiverState,
    policy::{PersonFacts, time_in_post},
    time::DateSpan,
    words::Post,
};
use std::collections::HashSet;

/// The organisation of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotOrganisation {
    /// Key.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
}

/// A person on a day: what lists and ledger entries show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonSnapshot {
    /// Name.
    pub name: String,
    /// Where the person was employed; the latest employment where there were two.
    pub organisation: Option<SnapshotOrganisation>,
    /// Title held.
    pub title: Option<Title>,
    /// Subject taught; the first one entered where there were several.
    pub subject: Option<String>,
    /// Stage taught at.
    pub stage: Option<Stage>,
}

/// A spell of employment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmploymentSpell {
    /// Where.
    pub organisation: OrganisationId,
    /// When.
    pub span: DateSpan,
}

/// A person with the dated facts that rules look at.
#[derive(Debug, Clone)]
pub struct PersonRecord {
    /// What tells whether the person's facts and hours are still the same.
    pub revision: Revision,
    /// School, title and subject on the day asked for.
    pub snapshot: PersonSnapshot,
    /// What the rules look at.
    pub facts: PersonFacts,
    /// The granted waivers among [`PersonFacts::waivers`].
    pub waivers: Vec<GrantedWaiver>,
    /// Numbers of the entries that the person disputed and nobody had decided about.
    pub disputed: HashSet<i64>,
}

/// The person with what holds on `day`, as `known`; `None` where there is no such person. The name is today's.
///
/// One query for most people: what the person has none of is not asked for.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn person_record(
    conn: &mut Conn,
    person: PersonId,
    day: NaiveDate,
    known: &Known,
) -> DbResult<Option<PersonRecord>> {
    let Some(OnDay { revision, mut snapshot, dates, has }) = on_day(conn, person, day)? else { return Ok(None) };
    let (dates, posts, leave) = match known.past(person.number()) {
        Some(past) => {
            snapshot = past_snapshot(conn, snapshot.name, past, day)?;
            let posts = past.posts().map(|(post, span)| (post, span.from, span.to)).collect();
            (Dates::of(past), posts, past.leaves().collect())
        }
        None if has.spells => {
            let (posts, leave) = spells(conn, person)?;
            (dates, posts, leave)
        }
        None => (dates, Vec::new(), Vec::new()),
    };
    let waivers = if has.waivers { waivers_of(conn, person)? } else { Vec::new() };
    let disputed = if has.disputes { disputes::open_of(conn, person, known.at())? } else { HashSet::new() };
    let waivers: Vec<GrantedWaiver> = granted(waivers, known.at()).map(|(_, waiver)| waiver).collect();
    let facts = assemble(dates, &posts, leave, day);
    let facts = PersonFacts { waivers: waivers.iter().map(GrantedWaiver::facts).collect(), ..facts };
    Ok(Some(PersonRecord { revision, snapshot, facts, waivers, disputed }))
}

/// School, title and subject of a day, among facts that were known once.
fn past_snapshot(conn: &mut Conn, name: String, past: &PastFacts, day: NaiveDate) -> DbResult<PersonSnapshot> {
    let mut found = PersonSnapshot { name, organisation: None, title: None, subject: None, stage: None };
    let (mut employed_at, mut entered_first) = (None, None);
    for row in past.on(day) {
        match &row.fact {
            Fact::Employment { organisation } if employed_at.is_none() => employed_at = Some(*organisation),
            Fact::Title { title, .. } if found.title.is_none() => found.title = Some(*title),
            Fact::Teaching { stage, subject } if entered_first.is_none_or(|first| row.id.number() < first) => {
                entered_first = Some(row.id.number());
                (found.stage, found.subject) = (Some(*stage), Some(subject.clone()));
            }
            _ => {}
        }
    }
    if let Some(id) = employed_at {
        let (area, number) = id.key();
        let organisation: Option<(String, String)> =
            o::table.find((area, number)).select((o::name, o::path)).first(conn).optional()?;
        found.organisation = organisation.map(|(name, path)| SnapshotOrganisation { id, name, path });
    }
    Ok(found)
}

/// Every post held and every leave.
fn spells(conn: &mut Conn, person: PersonId) -> DbResult<(Vec<PostHeld>, Vec<DateSpan>)> {
    let (area, number) = person.key();
    // Leave is told from posts by having none.
    let spells: Vec<(Option<Word<Post>>, Day, Option<Day>)> = each!(conn, k => {
        let posts = h::table
            .filter(h::area.eq(area))
            .filter(h::person_id.eq(number))
            .select((h::post.nullable(), h::valid_from, h::valid_to));
        let leave = l::table
            .filter(l::area.eq(area))
            .filter(l::person_id.eq(number))
            .select((None::<String>.into_sql::<Nullable<Text>>(), l::valid_from, l::valid_to));
        kept!(posts.union_all(leave)).load(k)
    })?;
    let (mut posts, mut leave) = (Vec::new(), Vec::new());
    for (post, from, to) in spells {
        let (from, to) = (from.0, to.map(Into::into));
        match post {
            Some(post) => posts.push((post.0, from, to)),
            None => leave.push(DateSpan { from, to }),
        }
    }
    Ok((posts, leave))
}

/// The person on a day, in one query; `None` where there is no such person.
///
/// # Errors
/// As [`person_record`].
pub fn snapshot(conn: &mut Conn, person: PersonId, on: NaiveDate) -> DbResult<Option<PersonSnapshot>> {
    Ok(on_day(conn, person, on)?.map(|found| found.snapshot))
}

struct OnDay {
    revision: Revision,
    snapshot: PersonSnapshot,
    dates: Dates,
    has: Has,
}

/// The days on which a working life turns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    pub entered_on: Option<NaiveDate>,
    pub probation_ends_on: Option<NaiveDate>,
    pub retires_on: Option<NaiveDate>,
}

impl Dates {
    pub fn of(past: &PastFacts) -> Dates {
        let PastFacts { entered_on, probation_ends_on, retires_on, .. } = *past;
        Dates { entered_on, probation_ends_on, retires_on }
    }
}

/// What there is at all of things that most people have none of.
#[derive(Queryable)]
struct Has {
    spells: bool,
    waivers: bool,
    disputes: bool,
}

type OnDayColumns = (
    (String, i64, Option<Day>, Option<Day>, Option<Day>),
    Option<(i64, String, String)>,
    Option<Word<Title>>,
    Option<(Word<Stage>, String)>,
    Option<i64>,
    Has,
);

fn on_day(conn: &mut Conn, person: PersonId, day: NaiveDate) -> DbResult<Option<OnDay>> {
    let (area, number) = person.key();
    let day = Day(day);
    let found: Option<OnDayColumns> = each!(conn, k => kept!(p::table
        .left_join(e::table.on(e::area.eq(p::area)
            .and(e::person_id.eq(p::id))
            .and(e::valid_from.le(day))
            .and(e::valid_to.is_null().or(e::valid_to.ge(day)))))
        .left_join(o::table.on(o::area.eq(e::area).and(o::id.eq(e::organisation_id))))
        .left_join(h_titles::table.on(h_titles::area.eq(p::area)
            .and(h_titles::person_id.eq(p::id))
            .and(h_titles::valid_from.le(day))
            .and(h_titles::valid_to.is_null().or(h_titles::valid_to.ge(day)))))
        .left_join(a::table.on(a::area.eq(p::area)
            .and(a::person_id.eq(p::id))
            .and(a::valid_from.le(day))
            .and(a::valid_to.is_null().or(a::valid_to.ge(day)))))
        .filter(p::area.eq(area))
        .filter(p::id.eq(number))
        .order((e::valid_from.desc(), e::id.desc(), h_titles::valid_from.desc(), a::id.asc()))
        .select((
            (p::name, p::version, p::entered_on, p::probation_ends_on, p::retires_on),
            (o::id, o::name, o::path).nullable(),
            h_titles::title.nullable(),
            (a::stage, a::subject).nullable(),
            own_entries(area, number).single_value(),
            (
                exists(h::table.filter(h::area.eq(area)).filter(h::person_id.eq(number)))
                    .or(exists(l::table.filter(l::area.eq(area)).filter(l::person_id.eq(number)))),
                exists(w::table.filter(w::area.eq(area)).filter(w::person_id.eq(number))),
                exists(d::table.filter(d::area.eq(area)).filter(d::person_id.eq(number))),
            ),
        ))
        .limit(1))
        .get_result(k)
        .optional())?;
    let Some((own, organisation, title, teaching, entries, has)) = found else { return Ok(None) };
    let (name, version, entered_on, probation_ends_on, retires_on) = own;
    let (stage, subject) = teaching.map_or((None, None), |(stage, subject)| (Some(stage), Some(subject)));
    let snapshot = PersonSnapshot {
        name,
        organisation: organisation.map(|(number, name, path)| SnapshotOrganisation {
            id: Id::new(person.area(), number),
            name,
            path,
        }),
        title: title.map(|title| title.0),
        subject,
        stage: stage.map(|stage| stage.0),
    };
    let revision = Revision { person: version, entries: entries.unwrap_or_default() };
    let dates = Dates {
        entered_on: entered_on.map(Into::into),
        probation_ends_on: probation_ends_on.map(Into::into),
        retires_on: retires_on.map(Into::into),
    };
    Ok(Some(OnDay { revision, snapshot, dates, has }))
}

/// The facts in the form the rules want, at the close of a day.
///
/// A probation needs its end; without an entry into the profession it began a year before (浙教师〔2010〕175号: one year).
pub(super) fn assemble(
    Dates { entered_on, probation_ends_on, retires_on }: Dates,
    posts: &[PostHeld],
    leave: Vec<DateSpan>,
    day: NaiveDate,
) -> PersonFacts {
    let probation = probation_ends_on.map(|to| {
        let a_year_before = || to.checked_sub_months(chrono::Months::new(12)).and_then(|day| day.succ_opt());
        let from = entered_on.filter(|from| *from <= to).or_else(a_year_before).unwrap_or(to);
        DateSpan { from, to: Some(to) }
    });
    PersonFacts {
        joined_on: entered_on,
        probation,
        head: time_in(posts, Post::Head, day),
        deputy_head: time_in(posts, Post::DeputyHead, day),
        middle_manager: time_in(posts, Post::MiddleManager, day),
        retires_on,
        leave,
        required: None,
        surplus: shixun_domain::Hours::ZERO,
        waivers: Vec::new(),
        schools: shixun_domain::policy::Schools::NONE,
    }
}

/// The waivers in force, today or as they were known at an instant.
pub(super) fn granted(
    waivers: Vec<WaiverRow>,
    known_at: Option<UtcMillis>,
) -> impl Iterator<Item = (PersonId, GrantedWaiver)> {
    waivers.into_iter().filter(move |row| row.state_at(known_at) == WaiverState::Granted).map(|row| {
        let WaiverRow { id, person, rule_id, from, to, reason, .. } = row;
        (person, GrantedWaiver { id, rule_id, from, to, reason })
    })
}

/// A post, and from when to when it was held.
pub(super) type PostHeld = (Post, NaiveDate, Option<NaiveDate>);

fn time_in(posts: &[PostHeld], wanted: Post, day: NaiveDate) -> Option<DateSpan> {
    let of_wanted = posts.iter().filter(|(post, ..)| *post == wanted);
    time_in_post(of_wanted.map(|(_, from, to)| DateSpan { from: *from, to: *to }).collect(), day)
}

/// Every employment of the person, the earliest first; none reaches beyond retirement.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn employments(conn: &mut Conn, person: PersonId) -> DbResult<Vec<EmploymentSpell>> {
    let rows: Vec<(i64, NaiveDate, Option<NaiveDate>, Option<NaiveDate>)> = e::table
        .inner_join(p::table.on(p::area.eq(e::area).and(p::id.eq(e::person_id))))
        .filter(e::area.eq(person.area().get()))
        .filter(e::person_id.eq(person.number()))
        .order((e::valid_from.asc(), e::id.asc()))
        .select((e::organisation_id, e::valid_from, e::valid_to, p::retires_on))
        .load(conn)?;
    let spells = rows.into_iter().map(|(number, from, to, retires_on)| EmploymentSpell {
        organisation: Id::new(person.area(), number),
        span: DateSpan { from, to: [to, retires_on].into_iter().flatten().min() },
    });
    Ok(spells.filter(|spell| spell.span.to.is_none_or(|to| spell.span.from <= to)).collect())
}

/// The spells in which the person was employed, of [`employments`].
///
/// # Errors
/// As [`employments`].
pub fn served(conn: &mut Conn, person: PersonId) -> DbResult<Vec<DateSpan>> {
    Ok(employments(conn, person)?.into_iter().map(|employment| employment.span).collect())
}

/// Whether the person is or was employed at one of the organisations whose path is covered, for the question who may see the hours.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn was_employed_below(
    conn: &mut Conn,
    person: PersonId,
    covers: impl Fn(AreaCode, &str) -> bool,
) -> DbResult<bool> {
    Ok(posts_of(conn, person)?.iter().any(|(path, _)| covers(person.area(), path)))
}

/// Whether the person is or was employed there on one of the days, for the question who may enter something.
///
/// # Errors
/// As [`was_employed_below`].
pub fn was_employed_below_on(
    conn: &mut Conn,
    person: PersonId,
    days: &[NaiveDate],
    covers: impl Fn(AreaCode, &str) -> bool,
) -> DbResult<bool> {
    let posts = posts_of(conn, person)?;
    let mut then = posts.iter().filter(|(_, span)| days.iter().any(|day| span.contains(*day)));
    Ok(then.any(|(path, _)| covers(person.area(), path)))
}

/// The paths of the organisations where the person is or was employed, and when.
fn posts_of(conn: &mut Conn, person: PersonId) -> DbResult<Vec<(String, DateSpan)>> {
    let posts: Vec<(String, Day, Option<Day>)> = e::table
        .inner_join(o::table.on(o::area.eq(e::area).and(o::id.eq(e::organisation_id))))
        .filter(e::area.eq(person.area().get()))
        .filter(e::person_id.eq(person.number()))
        .select((o::path, e::valid_from, e::valid_to))
        .load(conn)?;
    let span = |from: Day, to: Option<Day>| DateSpan { from: from.0, to: to.map(|day| day.0) };
    Ok(posts.into_iter().map(|(path, from, to)| (path, span(from, to))).collect())
}
