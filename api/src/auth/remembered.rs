//! What is remembered of accounts, so that not every request reads their roles anew.

use crate::access::Principal;
use quick_cache::sync::Cache;
use shixun_domain::{UtcMillis, id::AccountId};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Principals remembered at most.
const PRINCIPALS_MAX: usize = 100_000;

/// How often anything had been forgotten when somebody began to read.
#[derive(Debug, Clone, Copy)]
pub struct Since(u64);

/// Principals as they were read a moment ago.
pub struct Remembered {
    principals: Cache<AccountId, (UtcMillis, Arc<Principal>)>,
    forgotten: AtomicU64,
    millis: i64,
}

impl Remembered {
    /// Remembers each for so long.
    pub fn for_millis(millis: i64) -> Remembered {
        Remembered { principals: Cache::new(PRINCIPALS_MAX), forgotten: AtomicU64::new(0), millis }
    }

    /// The principal, where it was read a moment ago.
    pub fn get(&self, account: AccountId, now: UtcMillis) -> Option<Arc<Principal>> {
        let (read_at, principal) = self.principals.get(&account)?;
        (0..self.millis).contains(&(now.millis() - read_at.millis())).then_some(principal)
    }

    /// Before a principal is read.
    pub fn since(&self) -> Since {
        Since(self.forgotten.load(Ordering::SeqCst))
    }

    /// Remembers what was read, unless something was forgotten since: it may have been read before what made it forgotten.
    pub fn keep(&self, since: Since, now: UtcMillis, principal: &Arc<Principal>) {
        let account = principal.account;
        self.principals.insert(account, (now, Arc::clone(principal)));
        // Looked at afterwards: whoever forgets counts first, and then takes out what stands there.
        if self.forgotten.load(Ordering::SeqCst) != since.0 {
            self.principals.remove(&account);
        }
    }

    /// Forgets an account, after its roles changed.
    pub fn forget(&self, account: AccountId) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.principals.remove(&account);
    }

    /// Forgets everybody, after organisations moved.
    pub fn forget_all(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.principals.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shixun_domain::AreaCode;

    fn principal(username: &str) -> Arc<Principal> {
        let account = AccountId::new(AreaCode::new(331_123).unwrap(), 7);
        let username = username.to_owned();
        Arc::new(Principal {
            account,
            username,
            person: None,
            disabled: false,
            must_change_password: false,
            grants: Vec::new(),
        })
    }

    #[test]
    fn what_was_read_before_it_was_forgotten_is_not_remembered() {
        let (remembered, now) = (Remembered::for_millis(1_000), UtcMillis::from_millis(0));
        let (old, new) = (principal("with the role"), principal("without"));
        for forget in [|all: &Remembered, account| all.forget(account), |all: &Remembered, _| all.forget_all()] {
            let since = remembered.since();
            forget(&remembered, old.account);
            remembered.keep(since, now, &old);
            assert!(remembered.get(old.account, now).is_none());
            remembered.keep(remembered.since(), now, &new);
            assert_eq!(remembered.get(new.account, now).unwrap().username, "without");
            forget(&remembered, old.account);
            assert!(remembered.get(old.account, now).is_none());
        }
    }

    #[test]
    fn a_principal_is_remembered_for_a_while() {
        let remembered = Remembered::for_millis(1_000);
        let one = principal("one");
        remembered.keep(remembered.since(), UtcMillis::from_millis(0), &one);
        assert!(remembered.get(one.account, UtcMillis::from_millis(999)).is_some());
        assert!(remembered.get(one.account, UtcMillis::from_millis(1_000)).is_none());
        assert!(remembered.get(one.account, UtcMillis::from_millis(-1)).is_none());
    }
}
