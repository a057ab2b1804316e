//! What signing in looks like in JSON.

use crate::{
    document::PermissionWord,
    signing::JwkView,
    wire::{AccountRef, AreaText, OrganisationRef, PersonRef, RoleWord, TeacherRef},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A user name and its password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "auditor", "password": "the password that `shixun demo` printed"}))]
pub struct LoginIn {
    /// User name.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub username: String,
    /// Password.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, format = Password)]
    pub password: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "wDgz0v0Qj6qg0J4o1w0l9l1y3C3mJ8Qn7x9dXJ1p1cE"}))]
pub struct RefreshIn {
    /// The token of the last sign-in or refresh.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub refresh_token: String,
}

/// What a signed-in client needs.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfYTNiazY1bXd2ajU4MDA1MG4wIn0.c2lnbmF0dXJl", "token_type": "Bearer", "expires_in": 900,
    "refresh_token": "wDgz0v0Qj6qg0J4o1w0l9l1y3C3mJ8Qn7x9dXJ1p1cE", "must_change_password": false
}))]
pub struct TokensView {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(pattern = "^Bearer$")]
    pub token_type: String,
    /// Seconds for which the access token is good.
    #[schema(minimum = 60, maximum = 900)]
    pub expires_in: i64,
    /// Exchange it once for new tokens; it changes at each exchange.
    pub refresh_token: String,
    /// The password was set by somebody else: the token is good for `GET /v1/me` and `POST /v1/me/password` alone, and everything else is
    /// refused with `password_change_required` until it is changed.
    pub must_change_password: bool,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct MeView {
    /// The account.
    pub id: AccountRef,
    /// Its user name.
    pub username: String,
    /// The area it belongs to.
    pub area: AreaText,
    /// The person behind it, if any.
    pub person_id: Option<PersonRef>,
    /// The same person as a teacher, as the addresses of the own statement, hours, certificates and records name it; null where there is no
    /// person behind the account.
    pub teacher_id: Option<TeacherRef>,
    /// The name of that person.
    pub name: Option<String>,
    /// The password was set by somebody else and has to be changed before anything else.
    pub must_change_password: bool,
    /// The roles it holds.
    pub roles: Vec<RoleHeldView>,
    /// The permissions its roles in force give, as the operations name them.
    #[schema(value_type = Vec<PermissionWord>)]
    pub permissions: Vec<String>,
}

/// A role over an organisation and everything below it, for a period.
#[derive(Serialize, ToSchema)]
pub struct RoleHeldView {
    /// The role.
    pub role: RoleWord,
    /// Over which organisation.
    pub organisation_id: OrganisationRef,
    /// The name of the organisation.
    pub organisation_name: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; null while it lasts.
    pub valid_to: Option<NaiveDate>,
    /// Whether it is in force today.
    pub in_force: bool,
}

/// The keys that access tokens are signed with (RFC 7517).
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"keys": [{
    "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "r-Ru-x1wuDzPG5FVLq", "alg": "EdDSA"
}]}))]
pub struct JwksView {
    /// The keys, newest first.
    #[schema(value_type = Vec<JwkView>)]
    pub keys: Vec<serde_json::Value>,
}
