//! What accounts and roles look like in JSON. No view shows a password or its hash; a new account's first password is shown
//! once, where the server made it.

use super::service::{Held, Shown};
use crate::{
    auth::{PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, not_guessable},
    document::PermissionWord,
    http::{
        Etag,
        page::{list_of, list_query},
    },
    wire::{AccountRef, AreaText, InstantText, OneOf, OrganisationRef, PersonRef, RoleGrantRef, RoleWord, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::access::{Permission, Role};
use shixun_persistence::users::AccountFilter;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Someone who can sign in.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Identifier.
    pub id: AccountRef,
    /// The area it belongs to.
    pub area: AreaText,
    /// What is typed to sign in.
    pub username: String,
    /// The person behind it.
    pub person_id: Option<PersonRef>,
    /// The name of that person; null where there is none.
    pub name: Option<String>,
    /// The roles it holds, past and coming ones too, in the order in which they were granted.
    pub roles: Vec<RoleGrantView>,
    /// Signing in is refused.
    pub disabled: bool,
    /// Signing in is refused until then, after failures in a row.
    pub locked_until: Option<InstantText>,
    /// The password was set by somebody else and has to be changed at the next sign-in.
    pub must_change_password: bool,
    /// The last time signing in succeeded.
    pub last_sign_in_at: Option<InstantText>,
    /// Counts the changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was made.
    pub created_at: InstantText,
}

list_of! {
    /// Accounts in the order of user names.
    UserList of UserView
}

impl UserView {
    /// The entity tag, of the text: signing in, a role that begins and another name of the person change what is shown without being an edit.
    pub fn etag(&self) -> Etag {
        Etag::digest(&serde_json::to_vec(self).unwrap_or_default())
    }
}

impl From<&Shown> for UserView {
    fn from(Shown { row, name, roles }: &Shown) -> Self {
        UserView {
            id: Text(row.id),
            area: Text(row.id.area()),
            username: row.username.clone(),
            person_id: row.person.map(Text),
            name: name.clone(),
            roles: roles.iter().map(RoleGrantView::from).collect(),
            disabled: row.disabled,
            locked_until: row.locked_until.map(Text),
            must_change_password: row.must_change_password,
            last_sign_in_at: row.last_sign_in_at.map(Text),
            version: row.version,
            created_at: Text(row.created_at),
        }
    }
}

/// A new account.
#[derive(Serialize, ToSchema)]
pub struct NewUserView {
    /// The account.
    pub user: UserView,
    /// The first password, where the server made it. It is shown in this one answer and kept nowhere: a retry with the same
    /// `Idempotency-Key` shows null. Whoever lost it sets another with `POST /v1/users/{user_id}/password`.
    pub initial_password: Option<String>,
}

/// An account to be made.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "school-07", "password": "quiet river 41 lanterns"}))]
pub struct UserIn {
    /// What is typed to sign in: 3 to 64 small letters, digits, points, hyphens and underscores.
    #[validate(length(min = 3, max = 64))]
    #[schema(min_length = 3, max_length = 64, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub username: String,
    /// The first password, no row of repeated or consecutive characters; without it the server makes one and shows it once.
    #[validate(length(min = PASSWORD_LENGTH_MIN, max = PASSWORD_LENGTH_MAX), custom(function = "not_guessable"))]
    #[schema(min_length = 10, max_length = 128, format = Password)]
    pub password: Option<String>,
    /// The person behind it: needed for teachers and lecturers, who see themselves. A person has one account at most.
    pub person_id: Option<PersonRef>,
    /// Whether the password has to be changed at the first sign-in; without it, one that the server made has to be and a chosen one need not.
    pub must_change_password: Option<bool>,
}

/// A password set by somebody else.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "quiet river 41 lanterns"}))]
pub struct PasswordIn {
    /// The new password; no row of repeated or consecutive characters.
    #[validate(length(min = PASSWORD_LENGTH_MIN, max = PASSWORD_LENGTH_MAX), custom(function = "not_guessable"))]
    #[schema(min_length = 10, max_length = 128, format = Password)]
    pub password: String,
    /// Whether it has to be changed at the next sign-in; it has to where this is not given.
    pub must_change_password: Option<bool>,
}

/// One's own new password.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"old_password": "the one in use", "new_password": "quiet river 41 lanterns"}))]
pub struct OwnPasswordIn {
    /// The password in use.
    #[validate(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, format = Password)]
    pub old_password: String,
    /// The new password; no row of repeated or consecutive characters.
    #[validate(length(min = PASSWORD_LENGTH_MIN, max = PASSWORD_LENGTH_MAX), custom(function = "not_guessable"))]
    #[schema(min_length = 10, max_length = 128, format = Password)]
    pub new_password: String,
}

/// A role held over an organisation and everything below it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleGrantView {
    /// Identifier.
    pub id: RoleGrantRef,
    /// The account.
    pub user_id: AccountRef,
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

list_of! {
    /// The roles of an account, past and coming ones too, in the order in which they were granted.
    RoleGrantList of RoleGrantView
}

impl From<&Held> for RoleGrantView {
    fn from(held: &Held) -> Self {
        let grant = &held.grant;
        RoleGrantView {
            id: Text(grant.id),
            user_id: Text(grant.account),
            role: OneOf(grant.role),
            organisation_id: Text(shixun_domain::Id::new(grant.scope.area, grant.scope.organisation)),
            organisation_name: held.organisation_name.clone(),
            valid_from: grant.span.from,
            valid_to: grant.span.to,
            in_force: held.in_force,
        }
    }
}

/// A role to be granted.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "school_administrator", "organisation_id": "org_a3bk65mwvj56g000ce"}))]
pub struct RoleGrantIn {
    /// The role.
    pub role: RoleWord,
    /// Over this organisation and everything below it.
    pub organisation_id: OrganisationRef,
    /// First day; today where it is not given.
    pub valid_from: Option<NaiveDate>,
    /// Last day, where it is known.
    pub valid_to: Option<NaiveDate>,
}

/// When a role ends.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"last_day": "2026-11-22"}))]
pub struct RoleEndIn {
    /// Its last day; without it the role ends at once.
    pub last_day: Option<NaiveDate>,
}

/// A role and what it may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    /// The role.
    pub role: RoleWord,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// What it may do, within the organisations it was granted for.
    pub permissions: Vec<PermissionView>,
}

/// A permission.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionView {
    /// The word that the operations name.
    #[schema(value_type = PermissionWord)]
    pub permission: String,
    /// What it allows, in Chinese.
    pub name_zh: String,
    /// What it allows, in English.
    pub name_en: String,
}

list_of! {
    /// Every role, on one page.
    RoleList of RoleView
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let has = |permission: &&Permission| permission.roles().contains(&role);
        let shown = |permission: &Permission| PermissionView {
            permission: permission.as_str().to_owned(),
            name_zh: permission.zh().to_owned(),
            name_en: permission.en().to_owned(),
        };
        RoleView {
            role: OneOf(role),
            name_zh: role.zh().to_owned(),
            name_en: role.en().to_owned(),
            permissions: Permission::ALL.iter().filter(has).map(shown).collect(),
        }
    }
}

/// The account an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UserPath {
    /// Identifier of the account.
    pub user_id: AccountRef,
}

/// The role grant an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RoleGrantPath {
    /// Identifier of the account.
    pub user_id: AccountRef,
    /// Identifier of the grant.
    pub grant_id: RoleGrantRef,
}

list_query! {
    /// Which accounts are wanted.
    UserQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those whose user name contains this.
        #[param(max_length = 64)]
        pub username: Option<String>,
        /// Only the one of this person.
        pub person_id: Option<PersonRef>,
        /// Only those that are disabled, or only those that are not.
        pub disabled: Option<bool>,
        /// Only those whose user name contains this, or the name of the person behind them.
        #[param(max_length = 64)]
        pub q: Option<String>,
        /// Only those that hold this role today.
        pub role: Option<RoleWord>,
        /// Only those that hold a role over this organisation or one below it today; with `role` that role.
        pub organisation_id: Option<OrganisationRef>,
    }
}

impl UserQuery {
    /// The filter, as of a day; what the caller and the organisation narrow is filled in by the use case.
    pub fn filter(&self, today: NaiveDate) -> AccountFilter {
        AccountFilter {
            username: self.username.clone(),
            person: self.person_id.map(|person| person.0),
            disabled: self.disabled,
            either_name: self.q.clone(),
            role: self.role.map(|role| role.0),
            organisations: None,
            within: None,
            on: today,
        }
    }
}
