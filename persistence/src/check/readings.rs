//! The checks that read rows and look at them with the rules of the domain.

use super::{Checked, declared::triggers, shown};
use crate::{
    Conn, DbResult,
    columns::{self, search_name},
    db::{At, each},
    people,
    schema::{
        certificates, event_log, hour_entries, idempotency_keys, organisations, past_facts, persons, policy_packs,
    },
};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{QueryableByName, prelude::*, sql_types::Text};
use sha2::{Digest, Sha256};
use shixun_domain::{
    Theme, UtcMillis, id,
    ledger::Circumstances,
    org::SchoolCode,
    people::IdentityNumber,
    policy::{Pack, PackState},
    words::{DeliveryForm, OrganisationKind},
};

pub(super) type Check = fn(&mut Conn, UtcMillis) -> DbResult<Checked>;

/// Every check of this kind.
pub(super) const ALL: [Check; 10] = [
    identity_numbers,
    school_codes,
    search_names,
    past_facts_readable,
    entry_words,
    published_packs,
    certificates,
    event_order,
    kept_answers,
    append_only_guards,
];

/// Rows read at a time from tables without bound.
const PAGE: i64 = 20_000;
/// Documents read at a time.
const DOCUMENTS: i64 = 500;

fn identity_numbers(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    type Row = (i32, i64, String, String, NaiveDate);
    let mut checked = Checked::new(
        "identity_numbers",
        "every identity number has a right check digit (GB 11643) and agrees with sex and birth date",
    );
    let mut after = (0, 0);
    loop {
        let rows: Vec<Row> = persons::table
            .filter(persons::area.gt(after.0).or(persons::area.eq(after.0).and(persons::id.gt(after.1))))
            .order((persons::area, persons::id))
            .select((persons::area, persons::id, persons::identity_number, persons::sex, persons::birth_date))
            .limit(PAGE)
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(checked) };
        after = (last.0, last.1);
        for (area, number, identity, sex, birth) in rows {
            // The number itself is personal data and stays here.
            let fault = match IdentityNumber::parse(&identity) {
                Err(fault) => Some(fault.to_string()),
                Ok(read) if read.as_str() != identity => Some("not in the form in which numbers are kept".to_owned()),
                Ok(read) if read.sex().as_str() != sex || read.birth_date() != birth => {
                    Some("sex or birth date differ from those in the number".to_owned())
                }
                Ok(_) => None,
            };
            if let Some(fault) = fault {
                checked.add(|| shown::<id::Person>(area, number), || fault);
            }
        }
    }
}

fn school_codes(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new("school_codes", "the code of a school has ten digits of a known type and province");
    let rows: Vec<(i32, i64, Option<String>)> = organisations::table
        .filter(organisations::kind.eq(OrganisationKind::School.as_str()))
        .order((organisations::area, organisations::id))
        .select((organisations::area, organisations::id, organisations::code))
        .load(conn)?;
    for (area, number, code) in rows {
        if let Some(Err(fault)) = code.map(|code| SchoolCode::parse(&code)) {
            checked.add(|| shown::<id::Organisation>(area, number), || fault.to_string());
        }
    }
    Ok(checked)
}

fn search_names(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new("search_names", "organisations are found by their names");
    let rows: Vec<(i32, i64, String, String)> = organisations::table
        .order((organisations::area, organisations::id))
        .select((organisations::area, organisations::id, organisations::name, organisations::search_name))
        .load(conn)?;
    for (area, number, name, search) in rows {
        if search_name(&name) != search {
            let detail = || format!("{name} is searched by {search}");
            checked.add(|| shown::<id::Organisation>(area, number), detail);
        }
    }
    Ok(checked)
}

fn entry_words(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked =
        Checked::new("entry_words", "delivery form, themes and circumstances of hours are words that rules know");
    type Row = (i32, String, String, String, Option<i64>);
    let rows: Vec<Row> = each!(conn, k => hour_entries::table
        .group_by((
            hour_entries::area,
            hour_entries::delivery_form,
            hour_entries::themes,
            hour_entries::circumstances,
        ))
        .select((
            hour_entries::area,
            hour_entries::delivery_form,
            hour_entries::themes,
            hour_entries::circumstances,
            diesel::dsl::min(hour_entries::id),
        ))
        .load(k))?;
    for (area, form, themes, circumstances, first) in rows {
        let readable = form.parse::<DeliveryForm>().is_ok()
            && (themes.is_empty() || themes.split(',').all(|theme| theme.parse::<Theme>().is_ok()))
            && (circumstances.is_empty() || circumstances.parse::<Circumstances>().is_ok());
        if !readable {
            let detail = || format!("delivery form {form:?}, themes {themes:?}, circumstances {circumstances:?}");
            checked.add(|| shown::<id::HourEntry>(area, first.unwrap_or_default()), detail);
        }
    }
    Ok(checked)
}

fn published_packs(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    type Row = (i32, i64, String, i32, NaiveDate, Option<NaiveDate>, String, String, Option<i64>);
    let mut checked = Checked::new(
        "published_packs",
        "a published policy pack is what was published, can be read, and is filed under what it says of itself",
    );
    let rows: Vec<Row> = policy_packs::table
        .filter(policy_packs::state.eq(PackState::Published.as_str()))
        .order((policy_packs::area, policy_packs::id))
        .select((
            policy_packs::area,
            policy_packs::id,
            policy_packs::code,
            policy_packs::edition,
            policy_packs::valid_from,
            policy_packs::valid_to,
            policy_packs::document,
            policy_packs::digest,
            policy_packs::organisation_id,
        ))
        .load(conn)?;
    for (area, number, code, edition, from, to, document, digest, school) in rows {
        let written: String = Sha256::digest(document.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let fault = match Pack::parse(&document) {
            _ if written != digest => {
                Some("the document is not the one that was published: its digest differs".to_owned())
            }
            Err(fault) => Some(fault.to_string()),
            Ok(pack)
                if pack.code() != code
                    || pack.version() != edition
                    || pack.area().get() != area
                    || pack.jurisdiction().school().map(|school| school.number()) != school
                    || (pack.valid().from, pack.valid().to) != (from, to) =>
            {
                Some("code, version, area, school or validity differ from those in the document".to_owned())
            }
            Ok(_) => None,
        };
        if let Some(fault) = fault {
            checked.add(|| shown::<id::PolicyPack>(area, number), || format!("{code} v{edition}: {fault}"));
        }
    }
    Ok(checked)
}

/// An identifier is never older than the moment of its record: it begins with that moment, or with a later one where the
/// clock fell back. A record put in afterwards between others has an identifier that is too old for its moment.
fn event_order(conn: &mut Conn, now: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new(
        "event_order",
        "the identifiers of the event log rise with time: no record is later than its identifier, or in the future",
    );
    let areas: Vec<i32> = event_log::table.select(event_log::area).distinct().load(conn)?;
    for area in areas {
        let mut after = i64::MIN;
        loop {
            let rows: Vec<(i64, At)> = event_log::table
                .filter(event_log::area.eq(area))
                .filter(event_log::id.gt(after))
                .order(event_log::id)
                .select((event_log::id, event_log::at))
                .limit(PAGE)
                .load(conn)?;
            let Some(last) = rows.last() else { break };
            after = last.0;
            for (number, at) in rows {
                let at = UtcMillis::from(at);
                if crate::db::made_at(number) < at || at > now {
                    checked.add(|| shown::<id::Event>(area, number), || format!("dated {at}"));
                }
            }
        }
    }
    Ok(checked)
}

fn kept_answers(conn: &mut Conn, now: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new(
        "kept_answers",
        "the answers kept for retries are answers to commands that succeeded, and not from the future",
    );
    type Row = (i32, i64, i32, At);
    let rows: Vec<Row> = idempotency_keys::table
        .filter(
            idempotency_keys::status
                .lt(200)
                .or(idempotency_keys::status.ge(400))
                .or(idempotency_keys::created_at.gt(now.naive())),
        )
        .order((idempotency_keys::area, idempotency_keys::account_id, idempotency_keys::idempotency_key))
        .select((
            idempotency_keys::area,
            idempotency_keys::account_id,
            idempotency_keys::status,
            idempotency_keys::created_at,
        ))
        .load(conn)?;
    for (area, account, status, at) in rows {
        let detail = || format!("an answer with the status {status} of {}", UtcMillis::from(at));
        checked.add(|| shown::<id::Account>(area, account), detail);
    }
    Ok(checked)
}

fn certificates(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    use certificates::dsl as t;
    let mut checked = Checked::new(
        "certificates",
        "the digest of a certificate is that of what it says, and its code and number stand in it",
    );
    let mut after = (0, 0);
    loop {
        let rows: Vec<(i32, i64, String, String, String, String)> = certificates::table
            .filter(t::area.gt(after.0).or(t::area.eq(after.0).and(t::id.gt(after.1))))
            .order((t::area, t::id))
            .select((t::area, t::id, t::number, t::code, t::document, t::digest))
            .limit(DOCUMENTS)
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(checked) };
        after = (last.0, last.1);
        for (area, number, printed, code, document, digest) in rows {
            let own: String = Sha256::digest(document.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            let named = |field: &str, value: &str| document.contains(&format!("\"{field}\":\"{value}\""));
            let fault = if own != digest {
                Some("the digest is another one")
            } else if !(named("number", &printed) && named("code", &code)) {
                Some("another number or code stands in it")
            } else {
                None
            };
            if let Some(fault) = fault {
                checked.add(|| shown::<id::Certificate>(area, number), || fault.to_owned());
            }
        }
    }
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

fn past_facts_readable(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    type Row = (i32, i64, NaiveDateTime, String);
    let mut checked = Checked::new("past_facts", "what was known of persons before a change can be read");
    let mut after = (0, 0, NaiveDateTime::default());
    loop {
        let rows: Vec<Row> = past_facts::table
            .filter(
                past_facts::area.gt(after.0).or(past_facts::area.eq(after.0).and(
                    past_facts::person_id
                        .gt(after.1)
                        .or(past_facts::person_id.eq(after.1).and(past_facts::known_until.gt(after.2))),
                )),
            )
            .order((past_facts::area, past_facts::person_id, past_facts::known_until))
            .select((past_facts::area, past_facts::person_id, past_facts::known_until, past_facts::facts))
            .limit(DOCUMENTS)
            .load(conn)?;
        let Some((area, number, until, _)) = rows.last() else { return Ok(checked) };
        after = (*area, *number, *until);
        for (area, number, _, facts) in rows {
            let person = id::Id::new(columns::area(area)?, number);
            if let Err(fault) = people::read_past(person, &facts) {
                checked.add(|| shown::<id::Person>(area, number), || fault.to_string());
            }
        }
    }
}

fn append_only_guards(conn: &mut Conn, _: UtcMillis) -> DbResult<Checked> {
    let mut checked = Checked::new(
        "append_only_guards",
        "the database itself refuses to change the ledger, the event log, published packs, the history of units, certificates, frozen reports and the log over them",
    );
    let guards = triggers(conn);
    let statement = match conn {
        Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        Conn::Postgres(_) => {
            "SELECT CAST(tgname AS TEXT) AS name FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        }
    };
    let found: Vec<Named> = each!(conn, k => diesel::sql_query(statement).load(k))?;
    for guard in guards {
        if !found.iter().any(|trigger| trigger.name == guard) {
            checked.add(|| guard.to_owned(), || "the trigger is missing or switched off".to_owned());
        }
    }
    Ok(checked)
}
