//! Closes the cycle 2016–2020 and issues the certificates of two teachers in it.

use super::{Accounts, Beside, Offices, Staffed, at};
use crate::{
    access::Actor,
    certificates::service::{CertificateWish, Lent, issue},
    frozen_reports::service::close_at_once,
    http::{Work, command::Origin},
    policy::PolicyCache,
    problem::ApiError,
};
use shixun_domain::{
    access::{Role, Scope},
    id::OrganisationId,
    words::OrganisationKind,
};
use shixun_persistence::WriteTx;

/// The cycle that is closed.
const CYCLE: &str = "2016-2020";
/// Teachers with a certificate.
const CERTIFIED: usize = 2;

pub(super) fn write(
    tx: &mut WriteTx<'_>,
    offices: &Offices,
    staffed: &Staffed,
    accounts: &Accounts,
    beside: &Beside,
) -> Result<(), ApiError> {
    let centre = actor(accounts, "centre", Role::Centre, offices.bureau)?;
    let bureau = actor(accounts, "bureau", Role::Bureau, offices.bureau)?;
    let origin = Origin { actor: Some(centre.account), request_id: "demo".to_owned(), address: "127.0.0.1".to_owned() };
    let policy = PolicyCache::default();
    let lent = Lent { policy: &policy, chance: &beside.chance, public_url: &beside.public_url };
    let wish = CertificateWish { cycle: Some(CYCLE.to_owned()), as_of: None };
    Work::run(tx, &origin, |work| {
        close_at_once(work, &policy, &centre, &bureau, CYCLE)?;
        for place in 0..CERTIFIED {
            let teacher = at(&staffed.teachers, place)?.teacher();
            issue(work, lent, &centre, teacher, &wish)?;
        }
        Ok(())
    })
}

/// An account of the county within a role over all of it.
fn actor(accounts: &Accounts, name: &str, role: Role, top: OrganisationId) -> Result<Actor, ApiError> {
    let number = top.number();
    let scope =
        Scope { area: top.area(), organisation: number, kind: OrganisationKind::Bureau, path: format!("/{number}/") };
    Ok(Actor { account: accounts.named(name)?, person: None, reach: vec![(role, scope)] })
}
