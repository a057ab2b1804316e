//! Who is asking, and what they may do: the permission stands in the signature of every handler.

use crate::{
    auth::bearer,
    problem::{ApiError, Code, Words},
    state::App,
};
use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use shixun_domain::{
    AreaCode,
    access::{Needs, Permission, Role, Scope},
    id::{AccountId, PersonId},
};
use shixun_persistence::{
    Conn, DbResult,
    accounts::{self, Grant},
};
use std::{future::Future, marker::PhantomData, ops::Deref, pin::Pin, sync::Arc};

/// Someone who signed in, with every role they hold, past and coming ones too.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub username: String,
    /// The person behind it.
    pub person: Option<PersonId>,
    /// Signing in is refused.
    pub disabled: bool,
    /// The password was set by somebody else: nothing is allowed until it is changed.
    pub must_change_password: bool,
    /// The roles.
    pub grants: Vec<Grant>,
}

/// A principal within one permission: where it reaches, and through which roles. Services take this and never a request.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The person behind it.
    pub person: Option<PersonId>,
    /// The roles in force that have the permission, with what each reaches.
    pub reach: Vec<(Role, Scope)>,
}

impl Actor {
    /// The area the account belongs to.
    pub fn area(&self) -> AreaCode {
        self.account.area()
    }

    /// True where the organisation at `path` lies within a role that sees more than its own person.
    pub fn reaches(&self, area: AreaCode, path: &str) -> bool {
        self.offices().any(|scope| scope.covers(area, path))
    }

    /// True where everything in `area` is reached.
    pub fn reaches_area(&self, area: AreaCode) -> bool {
        self.offices().any(|scope| scope.covers_area(area))
    }

    /// True where no role of the actor is held in the area: the actor looks at it from above, and small numbers of persons are hidden.
    pub fn is_outsider(&self, area: AreaCode) -> bool {
        self.reach.iter().all(|(_, scope)| scope.area != area)
    }

    /// True where the permission comes from `role`.
    pub fn is(&self, role: Role) -> bool {
        self.reach.iter().any(|(held, _)| *held == role)
    }

    /// The account of the person whom the actor acts for; `None` where one acts for oneself, or for somebody without an account.
    ///
    /// # Errors
    /// A [`shixun_persistence::DbError`] where the database does not answer.
    pub fn behalf_of(&self, conn: &mut Conn, person: PersonId) -> DbResult<Option<AccountId>> {
        if self.is_self(person) { Ok(None) } else { accounts::of_person(conn, person) }
    }

    /// True for one's own record, where the permission comes from being a teacher or lecturer too.
    pub fn is_self(&self, person: PersonId) -> bool {
        self.person == Some(person)
    }

    /// The scopes of roles that look after others. A teacher and a lecturer see themselves and what is offered to all.
    pub fn offices(&self) -> impl Iterator<Item = &Scope> {
        self.reach.iter().filter(|(role, _)| !matches!(role, Role::Teacher | Role::Lecturer)).map(|(_, scope)| scope)
    }

    /// The widest scope, for lists: the one with the shortest path.
    pub fn widest(&self) -> Option<&Scope> {
        self.reach.iter().map(|(_, scope)| scope).min_by_key(|scope| scope.path.len())
    }
}

/// Proof that the caller has the permission `P`; the handler does not run without it.
#[derive(Debug)]
pub struct Allowed<P> {
    actor: Actor,
    permission: PhantomData<fn() -> P>,
}

impl<P> Deref for Allowed<P> {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl<P> Allowed<P> {
    /// The actor, for a closure that outlives the handler's borrow.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }
}

impl Principal {
    /// What the principal may do with `permission` on `day`.
    ///
    /// # Errors
    /// `password_change_required` where the password was set by somebody else; `forbidden` where no role in force has the permission.
    pub fn within(&self, permission: Permission, day: chrono::NaiveDate) -> Result<Actor, ApiError> {
        if self.must_change_password {
            return Err(ApiError::new(Code::PasswordChangeRequired));
        }
        let reach: Vec<(Role, Scope)> = self
            .grants
            .iter()
            .filter(|grant| grant.span.contains(day) && permission.roles().contains(&grant.role))
            .map(|grant| (grant.role, grant.scope.clone()))
            .collect();
        if reach.is_empty() {
            return Err(ApiError::new(Code::Forbidden).with_shown(
                "permission",
                permission.as_str(),
                Words::new(permission.zh(), permission.en()),
            ));
        }
        Ok(Actor { account: self.account, person: self.person, reach })
    }
}

impl<P: Needs> FromRequest for Allowed<P> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let principal = principal(&request).await?;
            let app = app(&request)?;
            let actor = principal.within(P::PERMISSION, app.clock.now().china_date())?;
            Ok(Allowed { actor, permission: PhantomData })
        })
    }
}

/// Someone who signed in, whatever their roles: for `/v1/me` and signing out.
#[derive(Debug)]
pub struct SignedIn(pub Arc<Principal>);

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { principal(&request).await.map(SignedIn) })
    }
}

fn app(request: &HttpRequest) -> Result<&Data<App>, ApiError> {
    request.app_data::<Data<App>>().ok_or_else(|| ApiError::internal("no app"))
}

async fn principal(request: &HttpRequest) -> Result<Arc<Principal>, ApiError> {
    let app = app(request)?;
    let account = match bearer(request).and_then(|token| app.auth.verify(token, app.clock.now())) {
        Ok(account) => account,
        Err(problem) => {
            // Without a token, or with one that is no good, it is nobody's request but the address's.
            app.limits.address(request)?;
            return Err(problem);
        }
    };
    app.limits.account(request, account)?;
    app.auth.principal(&app.db, account, app.clock.now()).await
}
