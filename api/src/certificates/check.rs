//! What certificates say, against the ledger as it was when they were issued.

use super::content::CertificateContentView;
use crate::{ledger::days::EVERY_DAY, problem::ApiError};
use chrono::NaiveDate;
use shixun_domain::Hours;
use shixun_persistence::{
    Conn,
    certificates::{self, CertificateRow},
    check::{Breach, Checked},
    ledger::{self, StandingEntry},
};
use std::collections::HashMap;

/// An entry carries the time its command began: what was appended so shortly before or after a certificate may be in it or not.
const MEANWHILE_MILLIS: i64 = 60_000;
/// Certificates read at a time.
const TOGETHER: i64 = 200;

/// Every certificate: the hours in it are those that stood in the ledger, and add up to what it says.
///
/// # Errors
/// Where the database does not answer.
pub fn check(conn: &mut Conn) -> Result<Checked, ApiError> {
    let (mut breaches, mut after) = (Vec::new(), None);
    loop {
        let page = certificates::page(conn, after, TOGETHER)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for row in &page {
            let detail = fault(conn, row)?;
            breaches.extend(detail.map(|detail| Breach { object: row.id.to_string(), detail: detail.to_owned() }));
        }
    }
    Ok(Checked {
        name: "certificates_from_ledger",
        about: "the hours in a certificate stood in the ledger when it was issued, none is left out, and they add up",
        count: u64::try_from(breaches.len()).unwrap_or(u64::MAX),
        breaches,
    })
}

/// What tells the hours of one entry from others.
type Line = (NaiveDate, String, Hours);

fn fault(conn: &mut Conn, row: &CertificateRow) -> Result<Option<&'static str>, ApiError> {
    let Ok(content) = CertificateContentView::read(&row.document) else {
        return Ok(Some("cannot be read"));
    };
    if content.entries.iter().map(|entry| entry.counted.0).sum::<Hours>() != content.counted.0 {
        return Ok(Some("the hours of its entries do not add up to what it says"));
    }
    let mut stood = |millis: i64| {
        let at = row.issued_at.plus_millis(millis);
        ledger::standing_entries(conn, row.person, EVERY_DAY.0, EVERY_DAY.1, Some(at)).map(|read| read.standing)
    };
    let (before, after) = (stood(-MEANWHILE_MILLIS)?, stood(MEANWHILE_MILLIS)?);
    let is_in = |list: &[StandingEntry], one: &StandingEntry| list.iter().any(|other| other.id == one.id);
    let line = |one: &StandingEntry| (one.entry.facts.effective, one.title.clone(), one.entry.facts.credited);
    // At most those that stood shortly before or after, and at least those that stood all the while.
    let mut most: HashMap<Line, i64> = HashMap::new();
    let mut least: HashMap<Line, i64> = HashMap::new();
    for entry in before.iter().chain(after.iter().filter(|entry| !is_in(&before, entry))) {
        *most.entry(line(entry)).or_default() += 1;
        // Hours whose course or recognition reaches out of the cycle may belong elsewhere.
        let facts = &entry.entry.facts;
        let within = |day: NaiveDate| content.cycle_from <= day && day <= content.as_of;
        let in_cycle = within(facts.effective)
            && facts.recognised.is_none_or(within)
            && facts.dated.iter().all(|part| within(part.on));
        *least.entry(line(entry)).or_default() += i64::from(in_cycle && is_in(&before, entry) && is_in(&after, entry));
    }
    for entry in &content.entries {
        let line = (entry.effective_on, entry.title.clone(), entry.credited.0);
        *most.entry(line.clone()).or_default() -= 1;
        *least.entry(line).or_default() -= 1;
    }
    Ok(if most.values().any(|left| *left < 0) {
        Some("hours stand in it that did not stand in the ledger")
    } else if least.values().any(|left| *left > 0) {
        Some("hours that stood in the ledger are not in it")
    } else {
        None
    })
}
