//! How often one may ask: per account while signed in, per address before, and for signing in apart from both.

use super::Meta;
use crate::{
    config::Config,
    problem::{ApiError, Code},
};
use actix_web::{HttpMessage, HttpRequest, http::header::HeaderValue};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use shixun_domain::id::AccountId;
use std::{hash::Hash, num::NonZeroU32, time::Duration};

/// The three limits.
pub struct Limits {
    accounts: Limit<AccountId>,
    addresses: Limit<String>,
    sign_ins: Limit<String>,
}

/// What is left to a caller after a request, for the headers `RateLimit` and `RateLimit-Policy`.
#[derive(Debug, Clone)]
pub struct Left {
    name: &'static str,
    /// The value of `RateLimit-Policy`.
    pub policy: HeaderValue,
    /// Requests that may follow at once.
    remaining: u32,
    /// Seconds until one more may, where none may follow at once.
    seconds: Option<u32>,
}

struct Limit<K: Hash + Eq + Clone> {
    name: &'static str,
    policy: HeaderValue,
    limiter: RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>,
}

impl Limits {
    /// From the settings.
    pub fn new(config: &Config) -> Limits {
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        Limits {
            accounts: Limit::new("default", config.account_requests_per_second, second, config.account_requests_burst),
            addresses: Limit::new("address", config.address_requests_per_second, second, config.address_requests_burst),
            sign_ins: Limit::new("sign-in", config.sign_ins_per_minute, minute, config.sign_ins_burst),
        }
    }

    /// A request of a signed-in account.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn account(&self, request: &HttpRequest, account: AccountId) -> Result<(), ApiError> {
        self.accounts.charge(request, &account)
    }

    /// A request of nobody in particular.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn address(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.addresses.charge(request, &address(request))
    }

    /// An attempt to sign in.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn sign_in(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.sign_ins.charge(request, &address(request))
    }

    /// Forgets callers that have been quiet long enough to have their whole allowance again.
    pub fn forget_quiet(&self) {
        self.accounts.limiter.retain_recent();
        self.addresses.limiter.retain_recent();
        self.sign_ins.limiter.retain_recent();
    }
}

fn address(request: &HttpRequest) -> String {
    request.extensions().get::<Meta>().map(|meta| meta.address().to_owned()).unwrap_or_default()
}

impl Left {
    /// The value of `RateLimit`.
    pub fn header(&self) -> String {
        let wait = self.seconds.map(|seconds| format!(";t={seconds}")).unwrap_or_default();
        format!("\"{}\";r={}{wait}", self.name, self.remaining)
    }
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(name: &'static str, count: u32, per: Duration, burst: u32) -> Self {
        let (one, burst) = (per / count.max(1), NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
        let quota = Quota::with_period(one).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        // The seconds after which all of them may follow again.
        let window = one.saturating_mul(burst.get());
        let window_seconds = window.as_secs().saturating_add(u64::from(window.subsec_nanos() > 0));
        let policy = HeaderValue::from_str(&format!("\"{name}\";q={burst};w={window_seconds}"));
        Limit {
            name,
            policy: policy.unwrap_or_else(|_| HeaderValue::from_static("")),
            limiter: RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>(),
        }
    }

    /// Takes one request off what `key` has, and keeps what is left with the request.
    fn charge(&self, request: &HttpRequest, key: &K) -> Result<(), ApiError> {
        let (remaining, seconds) = match self.limiter.check_key(key) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.limiter.clock().now());
                (0, Some(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)))
            }
        };
        let left = Left { name: self.name, policy: self.policy.clone(), remaining, seconds };
        request.extensions_mut().insert(left);
        match seconds {
            Some(seconds) => Err(ApiError::new(Code::RateLimited).retry_after(seconds)),
            None => Ok(()),
        }
    }
}
