//! Certificates of statements and their revocations, which are appended and never changed, and the keys they are signed with.
//!
//! What a certificate is worth is not kept but follows: it is superseded where the same person and cycle have one with the next
//! sequence, or where hours that it rests on were reversed since, and revoked where there is a revocation. So there is never more
//! than one that is valid.

mod keys;

pub use keys::{
    CredentialKey, add_credential_key, compromise_credential_key, credential_areas, credential_keys,
    retire_credential_key,
};

use crate::{
    Conn, DbError, DbResult, WriteTx, columns,
    db::{At, Both},
    schema::{certificate_counters, certificate_revocations as r, certificates as t, hour_entries},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    certificates::{CertificateState, VerificationCode},
    id::{AccountId, Certificate, CertificateId, PersonId},
    ledger::EntryKind,
};
use std::collections::HashSet;

/// A certificate as it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// Key.
    pub id: CertificateId,
    /// Whose.
    pub person: PersonId,
    /// Name of the cycle.
    pub cycle: String,
    /// First day of the cycle.
    pub cycle_from: NaiveDate,
    /// The how manieth of the person and cycle, from 1.
    pub sequence: i32,
    /// Counted through the area, from 1.
    pub serial: i64,
    /// The number printed on it.
    pub number: String,
    /// The code it is verified by.
    pub code: VerificationCode,
    /// The content as canonical JSON (RFC 8785).
    pub document: String,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: String,
    /// Who issued it, where the account belongs to the area; the event log knows the others.
    pub issued_by: Option<AccountId>,
    /// When.
    pub issued_at: UtcMillis,
}

/// A revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Why.
    pub reason: String,
    /// Who, where the account belongs to the area.
    pub by: Option<AccountId>,
    /// When.
    pub at: UtcMillis,
}

/// The certificate after another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Key.
    pub id: CertificateId,
    /// The number printed on it.
    pub number: String,
    /// When it was issued.
    pub issued_at: UtcMillis,
}

/// A certificate and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The certificate.
    pub row: CertificateRow,
    /// When hours that it rests on were first reversed since it was issued.
    pub corrected_at: Option<UtcMillis>,
    /// The one after it.
    pub successor: Option<Successor>,
    /// Its revocation.
    pub revocation: Option<Revocation>,
}

impl Found {
    /// What it is worth.
    pub fn state(&self) -> CertificateState {
        CertificateState::of(self.revocation.is_some(), self.successor.is_some(), self.corrected_at.is_some())
    }
}

type Columns = (i32, i64, i64, String, NaiveDate, i32, i64, String, String, String, String, Option<i64>, At);

fn row(row: Columns) -> DbResult<CertificateRow> {
    let (area, id, person, cycle, cycle_from, sequence, serial, number, code, document, digest, by, at) = row;
    let id: CertificateId = columns::id(area, id)?;
    Ok(CertificateRow {
        id,
        person: Id::new(id.area(), person),
        cycle,
        cycle_from,
        sequence,
        serial,
        number,
        code: columns::word("certificates.code", &code)?,
        document,
        digest,
        issued_by: by.map(|account| Id::new(id.area(), account)),
        issued_at: at.into(),
    })
}

/// A certificate to be issued; its sequence and serial were taken in the same transaction.
#[derive(Debug, Clone)]
pub struct NewCertificate<'a> {
    /// Whose.
    pub person: PersonId,
    /// Name of the cycle.
    pub cycle: &'a str,
    /// First day of the cycle.
    pub cycle_from: NaiveDate,
    /// The how manieth of the person and cycle.
    pub sequence: i32,
    /// Counted through the area.
    pub serial: i64,
    /// The number printed on it.
    pub number: &'a str,
    /// The code it is verified by.
    pub code: VerificationCode,
    /// Canonical JSON.
    pub document: &'a str,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: &'a str,
    /// Who issues it.
    pub issued_by: AccountId,
}

/// The next number of the area: whoever takes one holds the counter until the end of the transaction, so that there are no gaps.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn next_serial(tx: &mut WriteTx<'_>, area: AreaCode) -> DbResult<i64> {
    use certificate_counters as c;
    let first = diesel::insert_into(c::table).values((c::area.eq(area.get()), c::issued.eq(1_i64)));
    let next = first.on_conflict(c::area).do_update().set(c::issued.eq(c::issued + 1)).returning(c::issued);
    Ok(Both(next).get_result(tx.conn())?)
}

/// The sequence that the next certificate of a person and cycle has. Two who issue at once take the same one, and the unique key
/// lets one of them pass.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn next_sequence(conn: &mut Conn, person: PersonId, cycle_from: NaiveDate) -> DbResult<i32> {
    let (area, number) = person.key();
    let last: Option<i32> = t::table
        .filter(t::area.eq(area))
        .filter(t::person_id.eq(number))
        .filter(t::cycle_from.eq(cycle_from))
        .select(diesel::dsl::max(t::sequence))
        .first(conn)?;
    Ok(last.unwrap_or_default() + 1)
}

/// Issues a certificate.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer; [`crate::DbError::Duplicate`] where somebody else took the sequence.
pub fn issue(tx: &mut WriteTx<'_>, new: &NewCertificate<'_>) -> DbResult<CertificateId> {
    let area = new.person.area();
    let id = tx.new_id::<Certificate>(area);
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(area.get()),
            t::id.eq(id.number()),
            t::person_id.eq(new.person.number()),
            t::cycle.eq(new.cycle),
            t::cycle_from.eq(new.cycle_from),
            t::sequence.eq(new.sequence),
            t::serial.eq(new.serial),
            t::number.eq(new.number),
            t::code.eq(new.code.to_string()),
            t::document.eq(new.document),
            t::digest.eq(new.digest),
            t::issued_by.eq((new.issued_by.area() == area).then_some(new.issued_by.number())),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// What became of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// It stands.
    Now,
    /// There was one.
    Before,
}

/// Revokes a certificate; the key lets one revocation pass.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn revoke(tx: &mut WriteTx<'_>, id: CertificateId, reason: &str, by: AccountId) -> DbResult<Revoked> {
    let at = tx.at().naive();
    let insert = diesel::insert_into(r::table)
        .values((
            r::area.eq(id.area().get()),
            r::id.eq(id.number()),
            r::reason.eq(reason),
            r::revoked_by.eq((by.area() == id.area()).then_some(by.number())),
            r::created_at.eq(at),
        ))
        .on_conflict_do_nothing();
    Ok(if Both(insert).execute(tx.conn())? == 0 { Revoked::Before } else { Revoked::Now })
}

/// One certificate.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: CertificateId) -> DbResult<Option<Found>> {
    let found: Option<Columns> = t::table.find(id.key()).first(conn).optional()?;
    found.map(|columns| complete(conn, row(columns)?)).transpose()
}

/// Certificates of all areas behind `after`, by area and number.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn page(conn: &mut Conn, after: Option<CertificateId>, limit: i64) -> DbResult<Vec<CertificateRow>> {
    let (area, number) = after.map_or((i32::MIN, i64::MIN), |id| id.key());
    let rows: Vec<Columns> = t::table
        .filter(t::area.gt(area).or(t::area.eq(area).and(t::id.gt(number))))
        .order((t::area, t::id))
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// The certificate with a code.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find_by_code(conn: &mut Conn, code: VerificationCode) -> DbResult<Option<Found>> {
    let own = t::table.filter(t::area.eq(code.area().get())).filter(t::code.eq(code.to_string()));
    let found: Option<Columns> = own.first(conn).optional()?;
    found.map(|columns| complete(conn, row(columns)?)).transpose()
}

fn complete(conn: &mut Conn, row: CertificateRow) -> DbResult<Found> {
    let area = row.id.area();
    let next: Option<(i64, String, At)> = t::table
        .filter(t::area.eq(area.get()))
        .filter(t::person_id.eq(row.person.number()))
        .filter(t::cycle_from.eq(row.cycle_from))
        .filter(t::sequence.eq(row.sequence + 1))
        .select((t::id, t::number, t::created_at))
        .first(conn)
        .optional()?;
    let revocation = revocation(conn, row.id)?;
    let corrected_at = corrected_at(conn, &row)?;
    Ok(Found {
        corrected_at,
        successor: next.map(|(id, number, at)| Successor { id: Id::new(area, id), number, issued_at: at.into() }),
        revocation,
        row,
    })
}

/// The revocation of a certificate.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn revocation(conn: &mut Conn, id: CertificateId) -> DbResult<Option<Revocation>> {
    let found: Option<(String, Option<i64>, At)> =
        r::table.find(id.key()).select((r::reason, r::revoked_by, r::created_at)).first(conn).optional()?;
    Ok(found.map(|(reason, by, at)| Revocation {
        reason,
        by: by.map(|account| Id::new(id.area(), account)),
        at: at.into(),
    }))
}

/// What hours are told by in a certificate: the day to which they belong, and what they were for.
#[derive(serde::Deserialize, PartialEq, Eq, Hash)]
struct Named {
    effective_on: NaiveDate,
    title: String,
}

/// The hours that a certificate rests on, out of its content. Where hours belong to the days of a course, some lie behind the day at
/// whose close it judges.
fn rests_on(document: &str) -> DbResult<HashSet<Named>> {
    #[derive(serde::Deserialize)]
    struct Content {
        entries: HashSet<Named>,
    }
    let content: Content = serde_json::from_str(document).map_err(|_| DbError::damaged("certificates.document"))?;
    Ok(content.entries)
}

/// When hours that a certificate rests on were first reversed since it was issued.
fn corrected_at(conn: &mut Conn, row: &CertificateRow) -> DbResult<Option<UtcMillis>> {
    let issued_at = row.issued_at.naive();
    let (taken_off, entry) = diesel::alias!(hour_entries as taken_off, hour_entries as entry);
    let corrected: Vec<(At, NaiveDate, String)> = taken_off
        .inner_join(
            entry.on(entry
                .field(hour_entries::area)
                .eq(taken_off.field(hour_entries::area))
                .and(entry.field(hour_entries::id).nullable().eq(taken_off.field(hour_entries::refers_to)))),
        )
        .filter(taken_off.field(hour_entries::area).eq(row.id.area().get()))
        .filter(taken_off.field(hour_entries::person_id).eq(row.person.number()))
        .filter(taken_off.field(hour_entries::kind).eq(EntryKind::Reversed.as_str()))
        .filter(taken_off.field(hour_entries::created_at).gt(issued_at))
        .filter(entry.field(hour_entries::created_at).le(issued_at))
        .order(taken_off.field(hour_entries::created_at))
        .select((
            taken_off.field(hour_entries::created_at),
            taken_off.field(hour_entries::effective_on),
            taken_off.field(hour_entries::title),
        ))
        .load(conn)?;
    if corrected.is_empty() {
        return Ok(None);
    }
    let named = rests_on(&row.document)?;
    let mut corrected = corrected.into_iter();
    Ok(corrected.find_map(|(at, effective_on, title)| {
        named.contains(&Named { effective_on, title }).then(|| UtcMillis::from(at))
    }))
}

/// The certificates of a person, the latest first, before `before`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(conn: &mut Conn, person: PersonId, before: Option<i64>, limit: i64) -> DbResult<Vec<Found>> {
    let (area, number) = person.key();
    let mut query = t::table
        .filter(t::area.eq(area))
        .filter(t::person_id.eq(number))
        .order(t::serial.desc())
        .limit(limit)
        .into_boxed();
    if let Some(serial) = before {
        query = query.filter(t::serial.lt(serial));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(|columns| complete(conn, row(columns)?)).collect()
}

/// How many certificates of a person there are.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, person: PersonId) -> DbResult<i64> {
    let (area, number) = person.key();
    Ok(t::table.filter(t::area.eq(area)).filter(t::person_id.eq(number)).count().get_result(conn)?)
}

/// How many certificates an area has issued.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn issued(conn: &mut Conn, area: AreaCode) -> DbResult<i64> {
    use certificate_counters as c;
    let found: Option<i64> = c::table.find(area.get()).select(c::issued).first(conn).optional()?;
    Ok(found.unwrap_or_default())
}

/// The serials from `first` to `last` that were revoked.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn revoked_serials(conn: &mut Conn, area: AreaCode, first: i64, last: i64) -> DbResult<Vec<i64>> {
    Ok(t::table
        .inner_join(r::table.on(r::area.eq(t::area).and(r::id.eq(t::id))))
        .filter(t::area.eq(area.get()))
        .filter(t::serial.between(first, last))
        .order(t::serial.asc())
        .select(t::serial)
        .load(conn)?)
}

/// The serials from `first` to `last` that were superseded: by a later certificate, or because hours they rest on were reversed.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn superseded_serials(conn: &mut Conn, area: AreaCode, first: i64, last: i64) -> DbResult<Vec<i64>> {
    let mut serials = followed_serials(conn, area, first, last)?;
    serials.extend(corrected_serials(conn, area, first, last)?);
    serials.sort_unstable();
    serials.dedup();
    Ok(serials)
}

fn corrected_serials(conn: &mut Conn, area: AreaCode, first: i64, last: i64) -> DbResult<Vec<i64>> {
    let (taken_off, entry) = diesel::alias!(hour_entries as taken_off, hour_entries as entry);
    let corrected: Vec<(i64, String, NaiveDate, String)> = t::table
        .inner_join(
            taken_off.on(taken_off
                .field(hour_entries::area)
                .eq(t::area)
                .and(taken_off.field(hour_entries::person_id).eq(t::person_id))
                .and(taken_off.field(hour_entries::kind).eq(EntryKind::Reversed.as_str()))
                .and(taken_off.field(hour_entries::created_at).gt(t::created_at))),
        )
        .inner_join(
            entry.on(entry
                .field(hour_entries::area)
                .eq(taken_off.field(hour_entries::area))
                .and(entry.field(hour_entries::id).nullable().eq(taken_off.field(hour_entries::refers_to)))
                .and(entry.field(hour_entries::created_at).le(t::created_at))),
        )
        .filter(t::area.eq(area.get()))
        .filter(t::serial.between(first, last))
        .select((
            t::serial,
            t::document,
            taken_off.field(hour_entries::effective_on),
            taken_off.field(hour_entries::title),
        ))
        .load(conn)?;
    let mut serials = Vec::new();
    for (serial, document, effective_on, title) in corrected {
        if rests_on(&document)?.contains(&Named { effective_on, title }) {
            serials.push(serial);
        }
    }
    Ok(serials)
}

fn followed_serials(conn: &mut Conn, area: AreaCode, first: i64, last: i64) -> DbResult<Vec<i64>> {
    let next = diesel::alias!(crate::schema::certificates as next);
    Ok(t::table
        .inner_join(
            next.on(next
                .field(t::area)
                .eq(t::area)
                .and(next.field(t::person_id).eq(t::person_id))
                .and(next.field(t::cycle_from).eq(t::cycle_from))
                .and(next.field(t::sequence).eq(t::sequence + 1))),
        )
        .filter(t::area.eq(area.get()))
        .filter(t::serial.between(first, last))
        .order(t::serial.asc())
        .select(t::serial)
        .load(conn)?)
}
