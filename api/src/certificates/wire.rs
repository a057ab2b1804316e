//! What certificates look like in JSON.

use super::content::CertificateContentView;
use crate::{
    http::{
        fields::not_blank,
        page::{list_of, list_query},
    },
    problem::ApiError,
    signing::JwkView,
    wire::{AccountRef, AreaText, CertificateRef, CertificateStateWord, InstantText, OneOf, TeacherRef, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::people::hiding::masked_numbers;
use shixun_persistence::certificates::Found;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Which statement is to be certified.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"cycle": "2016-2020"}))]
pub struct CertificateIn {
    /// Name of the cycle; the cycle of `as_of`, or of today, where it is not given.
    #[validate(length(max = 9))]
    #[schema(max_length = 9, example = "2016-2020")]
    pub cycle: Option<String>,
    /// The day at whose close everything is judged; today, or the cycle's last day where that is earlier.
    pub as_of: Option<NaiveDate>,
}

/// A certificate with what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateView {
    /// Identifier.
    pub id: CertificateRef,
    /// Whose hours.
    pub teacher_id: TeacherRef,
    /// What it is worth today.
    pub state: CertificateStateWord,
    /// The number printed on it.
    #[schema(example = "331123-2016-2020-000017")]
    pub number: String,
    /// Name of the cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// When it was issued.
    pub issued_at: InstantText,
    /// Who issued it, where the account belongs to the area; the event log knows the others.
    pub issued_by: Option<AccountRef>,
    /// SHA-256 of the content as canonical JSON (RFC 8785), in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// The later certificate in its place.
    pub superseded_by: Option<SupersededByView>,
    /// When hours that it rests on were corrected since it was issued: it is superseded, and a new one shows what counts now.
    pub corrected_at: Option<InstantText>,
    /// Its revocation.
    pub revocation: Option<RevocationView>,
    /// What it says.
    pub content: CertificateContentView,
}

/// The later certificate of the same teacher and cycle.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupersededByView {
    /// The number printed on it.
    #[schema(example = "331123-2016-2020-000018")]
    pub number: String,
    /// When it was issued; the earlier one is superseded since.
    pub issued_at: InstantText,
}

/// A revocation.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevocationView {
    /// Why.
    pub reason: String,
    /// When.
    pub at: InstantText,
}

/// A certificate in a list and in the event log: without its content and its code.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateSummaryView {
    /// Identifier.
    pub id: CertificateRef,
    /// Whose hours.
    pub teacher_id: TeacherRef,
    /// What it is worth today.
    pub state: CertificateStateWord,
    /// The number printed on it.
    #[schema(example = "331123-2016-2020-000017")]
    pub number: String,
    /// Name of the cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// When it was issued.
    pub issued_at: InstantText,
    /// SHA-256 of the content as canonical JSON, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// The later certificate in its place.
    pub superseded_by: Option<SupersededByView>,
    /// When hours that it rests on were corrected since it was issued: it is superseded, and a new one shows what counts now.
    pub corrected_at: Option<InstantText>,
    /// Its revocation.
    pub revocation: Option<RevocationView>,
}

list_of! {
    /// Certificates, the latest first.
    CertificateList of CertificateSummaryView
}

list_query! {
    /// Which certificates are wanted.
    CertificateQuery {}
}

/// What became of a certificate, for views.
pub(super) fn fate(found: &Found) -> (Option<SupersededByView>, Option<RevocationView>) {
    let next = found
        .successor
        .as_ref()
        .map(|next| SupersededByView { number: next.number.clone(), issued_at: Text(next.issued_at) });
    let revocation =
        found.revocation.as_ref().map(|one| RevocationView { reason: masked_numbers(&one.reason), at: Text(one.at) });
    (next, revocation)
}

impl CertificateView {
    /// From what was found.
    ///
    /// # Errors
    /// `internal` where the content is damaged.
    pub fn new(found: &Found) -> Result<Self, ApiError> {
        let (superseded_by, revocation) = fate(found);
        let row = &found.row;
        Ok(CertificateView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            state: OneOf(found.state()),
            number: row.number.clone(),
            cycle: row.cycle.clone(),
            issued_at: Text(row.issued_at),
            issued_by: row.issued_by.map(Text),
            digest: row.digest.clone(),
            superseded_by,
            corrected_at: found.corrected_at.map(Text),
            revocation,
            content: CertificateContentView::read(&row.document)?,
        })
    }
}

impl From<&Found> for CertificateSummaryView {
    fn from(found: &Found) -> Self {
        let (superseded_by, revocation) = fate(found);
        let row = &found.row;
        CertificateSummaryView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            state: OneOf(found.state()),
            number: row.number.clone(),
            cycle: row.cycle.clone(),
            issued_at: Text(row.issued_at),
            digest: row.digest.clone(),
            superseded_by,
            corrected_at: found.corrected_at.map(Text),
            revocation,
        }
    }
}

/// A form in which a certificate is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CertificateForm {
    /// To print.
    Pdf,
    /// A workbook.
    Xlsx,
    /// A verifiable credential as a JWT.
    Vc,
}

/// The form in which a certificate is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertificateFileQuery {
    /// `pdf` (A4, to print), `xlsx` or `vc` (Open Badges 3.0 as a JWT).
    #[param(inline)]
    pub format: CertificateForm,
}

/// Why a certificate is revoked.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "学时认定有误，已更正"}))]
pub struct CertificateRevocationIn {
    /// Why. Whoever verifies the certificate reads it: name no personal data. Long numbers and e-mail addresses in it are hidden.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// What is to be verified: one of the three.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "331123-00000-00000-00000-0000C"}))]
pub struct VerifyIn {
    /// The code printed on a certificate; case, blanks and dashes do not matter.
    #[validate(length(max = 60))]
    #[schema(max_length = 60)]
    pub code: Option<String>,
    /// A credential as it was handed out: a JWT.
    #[validate(length(max = 200_000))]
    #[schema(max_length = 200_000)]
    pub jwt: Option<String>,
    /// The `content` of a certificate (`CertificateContentView`) as JSON, whatever the order of its fields.
    #[schema(value_type = Option<Object>)]
    pub content: Option<serde_json::Value>,
}

/// What is true of a certificate that somebody shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationView {
    /// True where it was issued as it is shown, nothing has taken its place, no hours that it rests on were corrected, and nobody
    /// revoked it.
    pub valid: bool,
    /// What it is worth today.
    pub state: CertificateStateWord,
    /// When this was said.
    pub verified_at: InstantText,
    /// The later certificate in its place, and since when.
    pub superseded_by: Option<SupersededByView>,
    /// When hours that it rests on were corrected since it was issued: it is superseded, and a new one shows what counts now.
    pub corrected_at: Option<InstantText>,
    /// When and why it was revoked.
    pub revocation: Option<RevocationView>,
    /// SHA-256 of the content as canonical JSON (RFC 8785), in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// What was issued. Compare it with the paper.
    pub content: CertificateContentView,
}

/// The certificate an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CertificatePath {
    /// Identifier of the certificate.
    pub certificate_id: CertificateRef,
}

/// The code an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CodePath {
    /// The code printed on a certificate.
    #[param(max_length = 60, example = "331123-00000-00000-00000-0000C")]
    pub code: String,
}

/// A status list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct StatusListPath {
    /// Code of the area (GB/T 2260).
    pub area_code: AreaText,
    /// What a bit says: `revocation` (revoked) or `refresh` (superseded).
    #[param(pattern = "^(revocation|refresh)$", example = "revocation")]
    pub purpose: String,
    /// Number of the list, from 1; each has 131,072 bits.
    #[param(minimum = 1, maximum = 1_000_000, example = 1)]
    pub list: u32,
}

/// An authority that issues credentials.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuerView {
    /// Address of this description, which is the issuer's identifier.
    pub id: String,
    /// `Profile`.
    #[serde(rename = "type")]
    #[schema(value_type = Vec<String>)]
    pub kind: [&'static str; 1],
    /// Name of the authority.
    pub name: String,
    /// The public keys (RFC 7517) as verification methods.
    #[serde(rename = "verificationMethod")]
    pub verification_method: Vec<VerificationMethodView>,
    /// Which of them credentials may be signed with: all but those that were compromised.
    #[serde(rename = "assertionMethod")]
    pub assertion_method: Vec<String>,
    /// The same keys as a set (RFC 7517), in which Open Badges 3.0 looks for the `kid` behind the `#` of a credential's header.
    #[schema(value_type = Vec<JwkView>)]
    pub keys: Vec<serde_json::Value>,
}

/// A public key of an authority.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationMethodView {
    /// The `kid` of the credentials it signed.
    pub id: String,
    /// `JsonWebKey`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// The issuer.
    pub controller: String,
    /// The key.
    #[serde(rename = "publicKeyJwk")]
    #[schema(value_type = JwkView)]
    pub public_key_jwk: serde_json::Value,
    /// From when on it signed.
    pub valid_from: InstantText,
    /// Until when; null for the key in use. What it signed until then stays valid.
    pub valid_until: Option<InstantText>,
    /// From when on somebody else may have signed with it: what it signed is not to be believed. Null for a key that was not compromised.
    pub revoked: Option<InstantText>,
}
