//! Verification: what is true of a certificate that somebody shows, for everybody.

use super::{
    content::CertificateContentView,
    credential,
    wire::{VerificationView, VerifyIn, fate},
};
use crate::{
    canonical,
    problem::{ApiError, Code, Words},
    wire::{OneOf, Text},
};
use serde_json::Value;
use shixun_domain::{
    UtcMillis,
    certificates::{BadCode, CertificateState, VerificationCode},
};
use shixun_persistence::{
    Conn,
    certificates::{self, Found},
};

/// What somebody shows.
#[derive(Debug, Clone)]
pub enum Shown {
    /// The code on a paper.
    Code(VerificationCode),
    /// A credential.
    Jwt(String),
    /// The content as JSON.
    Content(Value),
}

impl Shown {
    /// Reads a body: exactly one of the three.
    ///
    /// # Errors
    /// `invalid_field`, `verification_code_mistyped`.
    pub fn read(body: VerifyIn) -> Result<Shown, ApiError> {
        match (body.code, body.jwt, body.content) {
            (Some(code), None, None) => Ok(Shown::Code(code.parse().map_err(|bad: BadCode| ApiError::from(bad))?)),
            (None, Some(jwt), None) => Ok(Shown::Jwt(jwt.trim().to_owned())),
            (None, None, Some(content)) => Ok(Shown::Content(content)),
            _ => Err(ApiError::field(
                "",
                "invalid_value",
                Words::new("code、jwt、content须填且只填一项", "give exactly one of code, jwt and content"),
            )),
        }
    }
}

/// What is true of it.
///
/// # Errors
/// `certificate_unknown`; `certificate_altered` where something else was issued than is shown; `credential_key_compromised`.
pub fn verify(conn: &mut Conn, shown: &Shown, now: UtcMillis) -> Result<VerificationView, ApiError> {
    let found = match shown {
        Shown::Code(code) => certificates::find_by_code(conn, *code)?.ok_or_else(unknown)?,
        Shown::Jwt(jwt) => signed(conn, jwt)?,
        Shown::Content(content) => unaltered(conn, content)?,
    };
    view(&found, now)
}

fn unknown() -> ApiError {
    ApiError::new(Code::CertificateUnknown)
}

fn signed(conn: &mut Conn, jwt: &str) -> Result<Found, ApiError> {
    let id = credential::named(jwt).ok_or_else(unknown)?;
    let keys = certificates::credential_keys(conn, id.area())?;
    let altered = || ApiError::new(Code::CertificateAltered);
    let (key, digest) = credential::signed_by(jwt, &keys).ok_or_else(altered)?;
    if let Some(day) = key.compromised_on {
        return Err(ApiError::new(Code::CredentialKeyCompromised).with("day", day));
    }
    let found = certificates::find(conn, id)?.ok_or_else(unknown)?;
    if found.row.digest == digest { Ok(found) } else { Err(altered()) }
}

/// The certificate whose code stands in the content, where its text is the same to the letter.
fn unaltered(conn: &mut Conn, content: &Value) -> Result<Found, ApiError> {
    let code = content.get("code").and_then(Value::as_str).ok_or_else(unknown)?;
    let code: VerificationCode = code.parse().map_err(|bad: BadCode| ApiError::from(bad))?;
    let found = certificates::find_by_code(conn, code)?.ok_or_else(unknown)?;
    if canonical::digest(&canonical::text(content)?) == found.row.digest {
        Ok(found)
    } else {
        Err(ApiError::new(Code::CertificateAltered))
    }
}

fn view(found: &Found, now: UtcMillis) -> Result<VerificationView, ApiError> {
    if canonical::digest(&found.row.document) != found.row.digest {
        return Err(ApiError::internal(format!("the stored certificate {} is damaged", found.row.id)));
    }
    let (superseded_by, revocation) = fate(found);
    Ok(VerificationView {
        valid: found.state() == CertificateState::Valid,
        state: OneOf(found.state()),
        verified_at: Text(now),
        superseded_by,
        corrected_at: found.corrected_at.map(Text),
        revocation,
        digest: found.row.digest.clone(),
        content: CertificateContentView::read(&found.row.document)?,
    })
}
