//! Certificates as Open Badges 3.0 credentials (W3C Verifiable Credentials 2.0), secured as JWTs (EdDSA), and the status lists
//! (W3C Bitstring Status List 1.0) that say which were revoked or superseded.

use super::{
    content::CertificateContentView,
    keys::{in_use, public},
};
use crate::{problem::ApiError, signing::Key};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, write::GzEncoder};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::Deserialize;
use serde_json::{Value, json};
use shixun_domain::{AreaCode, UtcMillis, id::CertificateId};
use shixun_persistence::certificates::{CertificateRow, CredentialKey};
use std::io::Write as _;

/// Bits of a status list: the least the standard allows, so that a list tells nobody about single persons.
pub const LIST_BITS: i64 = 131_072;

/// What stands before the digest of a certificate's content in its credential.
const DIGEST: &str = "sha256:";

/// What a bit of a status list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The certificate was revoked.
    Revocation,
    /// A later certificate stands in its place.
    Refresh,
}

impl Purpose {
    /// The word of the standard.
    pub const fn word(self) -> &'static str {
        match self {
            Purpose::Revocation => "revocation",
            Purpose::Refresh => "refresh",
        }
    }

    /// Reads the word.
    pub fn read(word: &str) -> Option<Purpose> {
        [Purpose::Revocation, Purpose::Refresh].into_iter().find(|purpose| purpose.word() == word)
    }
}

/// The address that is an issuer's identifier.
pub fn issuer(public_url: &str, area: AreaCode) -> String {
    format!("{public_url}/v1/issuers/{area}")
}

fn list_address(public_url: &str, area: AreaCode, purpose: Purpose, list: i64) -> String {
    format!("{public_url}/v1/status-lists/{area}/{}/{list}", purpose.word())
}

/// The list of a serial and its place in it.
fn place(serial: i64) -> (i64, i64) {
    ((serial - 1).div_euclid(LIST_BITS) + 1, (serial - 1).rem_euclid(LIST_BITS))
}

/// The first and the last serial of a list.
pub fn serials(list: u32) -> (i64, i64) {
    let first = i64::from(list.saturating_sub(1)) * LIST_BITS + 1;
    (first, first + LIST_BITS - 1)
}

/// The key that signs, under the name by which verifiers find it.
fn signer(issuer: &str, keys: &[CredentialKey]) -> Result<Key, ApiError> {
    let mut signer = in_use(keys)?;
    signer.kid = format!("{issuer}#{}", signer.kid);
    Ok(signer)
}

fn sign(signer: &Key, credential: &Value) -> Result<String, ApiError> {
    let header = Header {
        typ: Some("vc+jwt".into()),
        cty: Some("vc".into()),
        kid: Some(signer.kid.clone()),
        ..Header::new(Algorithm::EdDSA)
    };
    jsonwebtoken::encode(&header, credential, &signer.encoding).map_err(|error| ApiError::internal(error.to_string()))
}

/// The credential of a certificate: the same bytes each time, as long as the address and the key are the same.
///
/// # Errors
/// `internal` where the content is damaged or there is no key.
pub fn credential(public_url: &str, row: &CertificateRow, keys: &[CredentialKey]) -> Result<String, ApiError> {
    let area = row.id.area();
    let issuer = issuer(public_url, area);
    let content = CertificateContentView::read(&row.document)?;
    let id = format!("{public_url}/v1/certificates/{}", row.id);
    let (list, index) = place(row.serial);
    let status = |purpose: Purpose| {
        let list = list_address(public_url, area, purpose, list);
        json!({
            "id": format!("{list}#{index}"), "type": "BitstringStatusListEntry", "statusPurpose": purpose.word(),
            "statusListIndex": index.to_string(), "statusListCredential": list,
        })
    };
    let subject = format!("urn:shixun:{}", content.holder.teacher_id);
    let narrative = "Hours of professional development that count in the cycle under the rules named in the content.";
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": format!("{} {}", content.issuer.name, content.number),
        "issuer": { "id": issuer, "type": ["Profile"], "name": content.issuer.name },
        "validFrom": instant(row.issued_at),
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject", "hashed": false, "identityHash": content.holder.name, "identityType": "name",
            }],
            "achievement": {
                "id": format!("{issuer}/cycles/{}", content.cycle),
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": format!("教师专业发展培训学时证明 {}", content.cycle),
                "description": narrative,
                "criteria": { "narrative": narrative },
            },
            "creditsEarned": content.counted.to_string().parse::<f64>().unwrap_or_default(),
        },
        // One object: the schema of Open Badges 3.0 takes no list. Whether a later one stands in its place says the list of the same place
        // with the purpose `refresh`, and the address in the evidence.
        "credentialStatus": status(Purpose::Revocation),
        "evidence": [{
            "id": content.verify_at,
            "type": ["Evidence"],
            "name": content.number,
            "description": format!("{DIGEST}{}", row.digest),
        }],
        "iss": issuer,
        "sub": subject,
        "jti": id,
        "nbf": row.issued_at.millis().div_euclid(1_000),
        "iat": row.issued_at.millis().div_euclid(1_000),
    });
    sign(&signer(&issuer, keys)?, &credential)
}

/// A status list as a credential.
///
/// # Errors
/// `internal` where there is no key.
pub fn status_list(
    public_url: &str,
    area: AreaCode,
    purpose: Purpose,
    list: u32,
    set: &[i64],
    keys: &[CredentialKey],
    now: UtcMillis,
) -> Result<String, ApiError> {
    let issuer = issuer(public_url, area);
    let id = list_address(public_url, area, purpose, i64::from(list));
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(now),
        "credentialSubject": {
            "id": format!("{id}#list"), "type": "BitstringStatusList", "statusPurpose": purpose.word(),
            "encodedList": encoded(set)?,
        },
        // No `jti`: the context of credentials has no such term.
        "iss": issuer,
        "iat": now.millis().div_euclid(1_000),
    });
    sign(&signer(&issuer, keys)?, &credential)
}

/// The bits, the first bit of each byte first, compressed with gzip, in base64url without padding and with the multibase prefix.
fn encoded(set: &[i64]) -> Result<String, ApiError> {
    let mut bits = vec![0_u8; usize::try_from(LIST_BITS / 8).unwrap_or_default()];
    for serial in set {
        let (_, index) = place(*serial);
        let byte = usize::try_from(index / 8).unwrap_or_default();
        if let Some(byte) = bits.get_mut(byte) {
            *byte |= 0x80_u8 >> (index % 8);
        }
    }
    let broken = |error: std::io::Error| ApiError::internal(error.to_string());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&bits).map_err(broken)?;
    Ok(format!("u{}", URL_SAFE_NO_PAD.encode(gzip.finish().map_err(broken)?)))
}

/// As the standard writes it: UTC, whole seconds.
fn instant(at: UtcMillis) -> String {
    at.naive().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    jti: String,
}

/// The area and the certificate that a credential names, before its signature is looked at.
pub fn named(jwt: &str) -> Option<CertificateId> {
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let id: CertificateId = claims.jti.rsplit('/').next()?.parse().ok()?;
    claims.iss.ends_with(&format!("/v1/issuers/{}", id.area())).then_some(id)
}

/// The key of the area that signed the credential, if any did, and the digest of the content that is signed with it.
pub fn signed_by<'k>(jwt: &str, keys: &'k [CredentialKey]) -> Option<(&'k CredentialKey, String)> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["iss", "jti"]);
    validation.validate_exp = false;
    validation.validate_aud = false;
    keys.iter().find_map(|one| {
        let key = public(one).ok()?;
        let read: jsonwebtoken::TokenData<Value> = jsonwebtoken::decode(jwt, &key.decoding, &validation).ok()?;
        let digest = read.claims.pointer("/evidence/0/description")?.as_str()?.strip_prefix(DIGEST)?;
        (read.header.typ.as_deref() == Some("vc+jwt")).then(|| (one, digest.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bit_of_a_list_is_the_leftmost_and_stands_for_the_first_serial() {
        assert_eq!((place(1), place(LIST_BITS), place(LIST_BITS + 1)), ((1, 0), (1, LIST_BITS - 1), (2, 0)));
        assert_eq!((serials(1), serials(2)), ((1, LIST_BITS), (LIST_BITS + 1, 2 * LIST_BITS)));
        let text = encoded(&[1, 10]).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix('u').unwrap()).unwrap();
        let mut bits = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut bits).unwrap();
        assert_eq!(bits.len(), 16_384);
        assert_eq!((bits[0], bits[1], bits.iter().filter(|byte| **byte != 0).count()), (0b1000_0000, 0b0100_0000, 2));
    }
}
