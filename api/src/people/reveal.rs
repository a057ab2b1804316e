//! Showing personal data in clear: on request, with a reason that is logged, for a short time.

use super::{service, wire::RevealIn, wire::RevealView};
use crate::{
    access::Actor,
    http::{Work, command::NOTHING},
    problem::ApiError,
    wire::Text,
};
use serde_json::json;
use shixun_domain::{UtcMillis, id::PersonId, people::contact::ClearField};
use shixun_persistence::Conn;

/// How long an answer may be shown, and a retry gives it again (5 minutes).
const CLEAR_MILLIS: i64 = 5 * 60_000;

/// Writes down who wants to see what and why, and says until when it may be shown. The data itself is read after the
/// commit ([`read`]), so that no table of answers ever holds it.
///
/// # Errors
/// `not_found`.
pub(super) fn ask(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: PersonId,
    body: &RevealIn,
) -> Result<UtcMillis, ApiError> {
    let today = work.at().china_date();
    service::get(work.conn(), actor, id, today)?;
    let valid_until = work.at().plus_millis(CLEAR_MILLIS);
    let fields: Vec<&str> = body.fields.iter().map(|field| field.0.as_str()).collect();
    let after = json!({"fields": fields, "reason": body.reason, "valid_until": valid_until.to_string()});
    work.record("reveal", id, NOTHING, Some(&after))?;
    Ok(valid_until)
}

/// The data in clear.
///
/// # Errors
/// `not_found`.
pub(super) fn read(
    conn: &mut Conn,
    actor: &Actor,
    id: PersonId,
    fields: &[ClearField],
    now: UtcMillis,
    valid_until: UtcMillis,
) -> Result<RevealView, ApiError> {
    let known = service::get(conn, actor, id, now.china_date())?;
    let data = known.person.data;
    let wanted = |field: ClearField| fields.contains(&field);
    Ok(RevealView {
        person_id: Text(id),
        identity_number: wanted(ClearField::IdentityNumber).then(|| data.identity.as_str().to_owned()),
        birth_date: wanted(ClearField::BirthDate).then(|| data.identity.birth_date()),
        phone: data.phone.filter(|_| wanted(ClearField::Phone)),
        email: data.email.filter(|_| wanted(ClearField::Email)),
        retires_on: data.retires_on.filter(|_| wanted(ClearField::RetiresOn)),
        valid_until: Text(valid_until),
    })
}
