//! Certificates: the use cases.

use super::{
    content::{CertificateContentView, CertificateIssuerView, Frame},
    credential,
    keys::public,
    wire::{CertificateSummaryView, CertificateView, IssuerView, VerificationMethodView},
};
use crate::{
    access::Actor,
    canonical,
    chance::Chance,
    http::{Conditions, Page, Work, command::NOTHING},
    ledger::{
        service::{StatementAnswer, StatementWish, may_manage, may_see, statement},
        statement::StatementView,
    },
    policy::PolicyCache,
    problem::{ApiError, Code},
    signing::private_key,
    wire::Text,
};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode, UtcMillis,
    certificates::{VerificationCode, may_revoke, number},
    id::{CertificateId, TeacherId},
    words::OrganisationKind,
};
use shixun_persistence::{
    Conn,
    certificates::{self, CredentialKey, Found, NewCertificate, Revoked},
    org, people,
};

/// Which statement is certified.
#[derive(Debug, Clone)]
pub struct CertificateWish {
    /// Name of the cycle.
    pub cycle: Option<String>,
    /// The day.
    pub as_of: Option<NaiveDate>,
}

/// What the server lends to the use cases.
#[derive(Clone, Copy)]
pub struct Lent<'a> {
    /// The rules in force.
    pub policy: &'a PolicyCache,
    /// Chance, for codes and keys.
    pub chance: &'a Chance,
    /// The address under which everybody reaches the server.
    pub public_url: &'a str,
}

/// Issues a certificate of a statement as it stands now. An earlier one of the same teacher and cycle is superseded by it.
///
/// # Errors
/// `not_found`, and as for a statement.
pub fn issue(
    work: &mut Work<'_, '_>,
    lent: Lent<'_>,
    actor: &Actor,
    teacher: TeacherId,
    wish: &CertificateWish,
) -> Result<CertificateView, ApiError> {
    let now = work.at();
    may_manage(work.conn(), actor, teacher.person(), (now.china_date(), now.china_date()))?;
    let asked = StatementWish {
        cycle: wish.cycle.clone(),
        as_of: wish.as_of,
        known_at: None,
        conditions: Conditions::default(),
    };
    let statement = match statement(work.conn(), lent.policy, actor, teacher, &asked, now)? {
        StatementAnswer::Fresh(_, view) => *view,
        StatementAnswer::Unchanged(_) => {
            return Err(ApiError::internal("a statement was asked for without conditions"));
        }
    };
    let id = certify(work, lent, actor, statement)?;
    let found = certificates::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    work.record("issue", id, NOTHING, Some(&CertificateSummaryView::from(&found)))?;
    CertificateView::new(&found)
}

fn certify(
    work: &mut Work<'_, '_>,
    lent: Lent<'_>,
    actor: &Actor,
    statement: StatementView,
) -> Result<CertificateId, ApiError> {
    let person = statement.teacher.id.0.person();
    let area = person.area();
    let identity = people::find(work.conn(), person)?.ok_or_else(|| ApiError::missing(person.teacher()))?.data.identity;
    let issuer = CertificateIssuerView { area: Text(area), name: authority(work.conn(), area)? };
    if certificates::credential_keys(work.conn(), area)?.is_empty() {
        let (kid, secret) = (lent.chance.request_id(), private_key(lent.chance.secret()));
        certificates::add_credential_key(work.tx(), area, &kid, &secret)?;
    }
    let (cycle, cycle_from) = (statement.cycle.name.clone(), statement.cycle.from);
    let serial = certificates::next_serial(work.tx(), area)?;
    let sequence = certificates::next_sequence(work.conn(), person, cycle_from)?;
    let code = VerificationCode::new(area, &lent.chance.code());
    let number = number(area, &cycle, serial);
    let frame = Frame {
        number: number.clone(),
        code: code.to_string(),
        verify_at: format!("{}/v1/verify/{code}", lent.public_url),
        issued_at: Text(work.at()),
        issuer,
        identity_number: identity.masked(),
    };
    let document = CertificateContentView::new(frame, statement).text()?;
    let new = NewCertificate {
        person,
        cycle: &cycle,
        cycle_from,
        sequence,
        serial,
        number: &number,
        code,
        document: &document,
        digest: &canonical::digest(&document),
        issued_by: actor.account,
    };
    Ok(certificates::issue(work.tx(), &new)?)
}

/// The name of the authority of an area: its bureau, or what stands at its top.
fn authority(conn: &mut Conn, area: AreaCode) -> Result<String, ApiError> {
    let all = org::all(conn, area)?;
    let bureau = all.iter().find(|row| row.kind == OrganisationKind::Bureau);
    match bureau.or_else(|| all.iter().find(|row| row.parent.is_none())) {
        Some(row) => Ok(row.name.clone()),
        None => Ok(org::find_area(conn, area)?.ok_or_else(|| ApiError::no_area(area))?.name),
    }
}

/// One certificate, for whoever may see the hours of its holder.
///
/// # Errors
/// `not_found`.
pub fn find(conn: &mut Conn, actor: &Actor, id: CertificateId) -> Result<Found, ApiError> {
    let found = certificates::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    may_see(conn, actor, found.row.person).map_err(|problem| problem.about(id))?;
    Ok(found)
}

/// A certificate by its serial.
pub type Numbered = (i64, CertificateSummaryView);

/// The certificates of a teacher, the latest first.
///
/// # Errors
/// `not_found`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    teacher: TeacherId,
    page: &Page,
) -> Result<(Vec<Numbered>, Option<i64>), ApiError> {
    let person = teacher.person();
    may_see(conn, actor, person)?;
    people::find(conn, person)?.ok_or_else(|| ApiError::missing(teacher))?;
    let found = certificates::list(conn, person, page.after()?, page.fetch())?;
    let total = page.counted(|| certificates::count(conn, person))?;
    Ok((found.iter().map(|one| (one.row.serial, CertificateSummaryView::from(one))).collect(), total))
}

/// Revokes a certificate.
///
/// # Errors
/// `not_found`, `certificate_revoked`, `certificate_superseded`.
pub fn revoke(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: CertificateId,
    reason: &str,
) -> Result<CertificateView, ApiError> {
    let before = find(work.conn(), actor, id)?;
    may_revoke(before.revocation.is_some(), before.successor.is_some())?;
    if certificates::revoke(work.tx(), id, reason, actor.account)? == Revoked::Before {
        return Err(ApiError::new(Code::CertificateRevoked));
    }
    let after = find(work.conn(), actor, id)?;
    work.record(
        "revoke",
        id,
        Some(&CertificateSummaryView::from(&before)),
        Some(&CertificateSummaryView::from(&after)),
    )?;
    CertificateView::new(&after)
}

/// A certificate as a credential.
///
/// # Errors
/// `internal` where it is damaged.
pub fn credential(conn: &mut Conn, public_url: &str, found: &Found) -> Result<String, ApiError> {
    let keys = certificates::credential_keys(conn, found.row.id.area())?;
    credential::credential(public_url, &found.row, &keys)
}

/// The keys of an area that has issued something.
fn keys(conn: &mut Conn, area: AreaCode) -> Result<Vec<CredentialKey>, ApiError> {
    let keys = certificates::credential_keys(conn, area)?;
    if keys.is_empty() { Err(ApiError::new(Code::IssuerUnknown).with("area", area)) } else { Ok(keys) }
}

/// An authority that has issued credentials.
///
/// # Errors
/// `issuer_unknown`.
pub fn issuer(conn: &mut Conn, public_url: &str, area: AreaCode) -> Result<IssuerView, ApiError> {
    let id = credential::issuer(public_url, area);
    let (mut methods, mut assertion_method, mut jwks) = (Vec::new(), Vec::new(), Vec::new());
    for one in keys(conn, area)? {
        let public_key_jwk = serde_json::to_value(&public(&one)?.jwk);
        let method = VerificationMethodView {
            id: format!("{id}#{}", one.kid),
            kind: "JsonWebKey",
            controller: id.clone(),
            public_key_jwk: public_key_jwk.map_err(|error| ApiError::internal(error.to_string()))?,
            valid_from: Text(one.since),
            valid_until: one.retired_at.map(Text),
            revoked: one.compromised_on.map(|day| Text(UtcMillis::china_midnight(day))),
        };
        if one.compromised_on.is_none() {
            assertion_method.push(method.id.clone());
            jwks.push(method.public_key_jwk.clone());
        }
        methods.push(method);
    }
    Ok(IssuerView {
        kind: ["Profile"],
        name: authority(conn, area)?,
        assertion_method,
        verification_method: methods,
        keys: jwks,
        id,
    })
}

/// A status list as a credential.
///
/// # Errors
/// `issuer_unknown`, `invalid_parameter` for a list that no certificate stands in.
pub fn status_list(
    conn: &mut Conn,
    public_url: &str,
    area: AreaCode,
    purpose: credential::Purpose,
    list: u32,
    now: UtcMillis,
) -> Result<String, ApiError> {
    let keys = keys(conn, area)?;
    let (first, last) = credential::serials(list);
    if list == 0 || first > certificates::issued(conn, area)? {
        return Err(ApiError::new(Code::IssuerUnknown).with("area", area));
    }
    let set = match purpose {
        credential::Purpose::Revocation => certificates::revoked_serials(conn, area, first, last)?,
        credential::Purpose::Refresh => certificates::superseded_serials(conn, area, first, last)?,
    };
    credential::status_list(public_url, area, purpose, list, &set, &keys, now)
}
