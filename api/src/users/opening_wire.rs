//! What accounts that are made many at a time look like in JSON.

use super::opening::AT_ONCE_MAX;
use crate::wire::{AccountRef, OrganisationRef, PersonRef, TeacherRef};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// How many accounts are wanted.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"limit": 1}))]
pub struct OpenAccountsIn {
    /// The most that are made; 100 where it is not given. Ask again while `remaining` is above 0.
    #[validate(range(min = 1, max = AT_ONCE_MAX))]
    #[schema(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// An account that was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OpenedAccountView {
    /// The account.
    pub user_id: AccountRef,
    /// What is typed to sign in: `t`, the code of the area, a hyphen and a running number of the area.
    #[schema(example = "t331123-00001")]
    pub username: String,
    /// The first password, good for changing it alone. It is shown in this one answer and kept nowhere: a retry with the same
    /// `Idempotency-Key` and a dry run show null. Whoever lost it gets another with `POST /v1/users/{user_id}/password`.
    pub initial_password: Option<String>,
    /// The person.
    pub person_id: PersonRef,
    /// The same person as a teacher.
    pub teacher_id: TeacherRef,
    /// The name of the person.
    pub name: String,
    /// Where the person is employed, and over which organisation the role `teacher` was granted.
    pub organisation_id: OrganisationRef,
    /// The name of that organisation.
    pub organisation_name: String,
}

/// Accounts that were made, by school and name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OpenedAccountsView {
    /// The organisation that was asked for.
    pub organisation_id: OrganisationRef,
    /// The accounts.
    pub data: Vec<OpenedAccountView>,
    /// How many employed there or below still have no account.
    #[schema(minimum = 0)]
    pub remaining: i64,
}

/// How accounts are made and answered.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpenAccountsQuery {
    /// `true` does everything and takes it back: the answer is the one that would be given, without passwords.
    #[serde(default)]
    #[param(default = false)]
    pub dry_run: bool,
    /// `json`, `csv` (UTF-8) or `xlsx`: a sheet to be cut and handed out.
    #[param(pattern = "^(json|csv|xlsx)$", default = "json")]
    pub format: Option<String>,
    /// Begin a CSV file with a byte order mark, without which Excel takes UTF-8 for GB18030.
    #[param(default = true)]
    pub bom: Option<bool>,
}
