//! Ed25519 keys as the database keeps them: for access tokens, and for the credentials of an area.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{
        AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, KeyAlgorithm, OctetKeyPairParameters,
        OctetKeyPairType,
    },
};
use serde::Serialize;
use shixun_persistence::DbError;
use utoipa::ToSchema;

/// What stands before the 32 bytes of an Ed25519 private key in PKCS #8.
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A key that signs and verifies.
pub struct Key {
    /// Its name.
    pub kid: String,
    /// Signs.
    pub encoding: EncodingKey,
    /// Verifies.
    pub decoding: DecodingKey,
    /// The public part, to be published.
    pub jwk: Jwk,
}

impl Key {
    /// The public half as it is kept.
    pub fn public_key(&self) -> Option<&str> {
        match &self.jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(pair) => Some(&pair.x),
            _ => None,
        }
    }
}

/// A key that verifies alone.
pub struct PublicKey {
    /// Verifies.
    pub decoding: DecodingKey,
    /// To be published.
    pub jwk: Jwk,
}

impl From<Key> for PublicKey {
    fn from(key: Key) -> Self {
        PublicKey { decoding: key.decoding, jwk: key.jwk }
    }
}

/// A public key (RFC 8037).
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "names the fields that the library writes, for the document")]
pub struct JwkView {
    /// `OKP`.
    kty: String,
    /// `Ed25519`.
    crv: String,
    /// The public key, base64url.
    x: String,
    /// The id that tokens and credentials name in their header.
    kid: String,
    /// `EdDSA`.
    alg: String,
}

/// 32 bytes of chance as a private key is kept.
pub fn private_key(secret: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(secret)
}

/// Reads the public half of a key.
///
/// # Errors
/// [`DbError::Damaged`] where it is none.
pub fn public_key(kid: &str, public_key: &str) -> Result<PublicKey, DbError> {
    let pair = OctetKeyPairParameters {
        key_type: OctetKeyPairType::OctetKeyPair,
        curve: EllipticCurve::Ed25519,
        x: public_key.to_owned(),
    };
    let jwk = Jwk {
        common: CommonParameters {
            key_id: Some(kid.to_owned()),
            key_algorithm: Some(KeyAlgorithm::EdDSA),
            ..CommonParameters::default()
        },
        algorithm: AlgorithmParameters::OctetKeyPair(pair),
    };
    let decoding = DecodingKey::from_jwk(&jwk).map_err(|_| DbError::damaged(format!("signing key {kid}")))?;
    Ok(PublicKey { decoding, jwk })
}

/// Reads a key.
///
/// # Errors
/// [`DbError::Damaged`] where it is none.
pub fn key(kid: &str, private_key: &str) -> Result<Key, DbError> {
    let damaged = || DbError::damaged(format!("signing key {kid}"));
    let seed = URL_SAFE_NO_PAD.decode(private_key).map_err(|_| damaged())?;
    let der: Vec<u8> = PKCS8_PREFIX.iter().copied().chain(seed).collect();
    let encoding = EncodingKey::from_ed_der(&der);
    let mut jwk = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA).map_err(|_| damaged())?;
    jwk.common.key_id = Some(kid.to_owned());
    let decoding = DecodingKey::from_jwk(&jwk).map_err(|_| damaged())?;
    Ok(Key { kid: kid.to_owned(), encoding, decoding, jwk })
}
