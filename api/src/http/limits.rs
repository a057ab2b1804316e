//! How often one may ask: per account while signed in, per address before, and for signing in apart from both.

use crate::{
    config::Config,
    problem::{ApiError, Code},
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use shixun_domain::id::AccountId;
use std::{hash::Hash, num::NonZeroU32, time::Duration};

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The three limits.
pub struct Limits {
    accounts: Limiter<AccountId>,
    addresses: Limiter<String>,
    sign_ins: Limiter<String>,
}

/// What is left to a caller, for the `RateLimit` header.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    /// Requests that may follow at once.
    pub remaining: u32,
}

impl Limits {
    /// From the settings.
    pub fn new(config: &Config) -> Limits {
        let second = Duration::from_secs(1);
        Limits {
            accounts: limiter(config.account_requests_per_second, second, config.account_requests_burst),
            addresses: limiter(config.address_requests_per_second, second, config.address_requests_burst),
            sign_ins: limiter(config.sign_ins_per_minute, Duration::from_secs(60), config.sign_ins_burst),
        }
    }

    /// A request of a signed-in account.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn account(&self, account: AccountId) -> Result<Left, ApiError> {
        check(&self.accounts, &account)
    }

    /// A request of nobody in particular.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn address(&self, address: &str) -> Result<Left, ApiError> {
        check(&self.addresses, &address.to_owned())
    }

    /// An attempt to sign in.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn sign_in(&self, address: &str) -> Result<Left, ApiError> {
        check(&self.sign_ins, &address.to_owned())
    }

    /// Forgets callers that have been quiet long enough to have their whole allowance again.
    pub fn forget_quiet(&self) {
        self.accounts.retain_recent();
        self.addresses.retain_recent();
        self.sign_ins.retain_recent();
    }
}

fn limiter<K: Hash + Eq + Clone>(count: u32, per: Duration, burst: u32) -> Limiter<K> {
    let quota = Quota::with_period(per / count.max(1))
        .unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN))
        .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
    RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>()
}

fn check<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<Left, ApiError> {
    match limiter.check_key(key) {
        Ok(state) => Ok(Left { remaining: state.remaining_burst_capacity() }),
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            Err(ApiError::new(Code::RateLimited).retry_after(seconds))
        }
    }
}
