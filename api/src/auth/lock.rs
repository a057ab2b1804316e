//! How long signing in stays locked after failures, and the failures under names that nobody has: they lock like those of an account, so
//! that a lock does not tell who exists.

use quick_cache::unsync::Cache;
use shixun_domain::UtcMillis;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Failures that are forgiven before a name is locked.
const FAILURES_FREE: i32 = 5;
/// The first lock, doubled at each further failure up to the last one.
const LOCK_FIRST_MILLIS: i64 = 30_000;
const LOCK_LAST_MILLIS: i64 = 15 * 60_000;
/// Names remembered at most; one that was not tried for long goes first.
const NAMES_MAX: usize = 20_000;

/// How long a name is locked after so many failures in a row.
pub(super) fn lock_millis(failures: i32) -> Option<i64> {
    let beyond = failures.checked_sub(FAILURES_FREE).filter(|beyond| *beyond >= 0)?;
    Some((LOCK_FIRST_MILLIS << beyond.min(10)).min(LOCK_LAST_MILLIS))
}

#[derive(Clone, Copy, Default)]
struct Tried {
    failures: i32,
    locked_until: Option<UtcMillis>,
}

/// The failures under names that nobody has.
pub struct UnknownNames(Mutex<Cache<String, Tried>>);

impl Default for UnknownNames {
    fn default() -> Self {
        UnknownNames(Mutex::new(Cache::new(NAMES_MAX)))
    }
}

impl UnknownNames {
    /// Until when the name is locked.
    pub fn locked_until(&self, name: &str) -> Option<UtcMillis> {
        self.tried().get(name).and_then(|tried| tried.locked_until)
    }

    /// Counts a failure. Where others locked the name while this one was checked, says until when, and nothing is counted.
    pub fn fail(&self, name: String, now: UtcMillis) -> Option<UtcMillis> {
        let mut names = self.tried();
        let locked = names.get(&name).and_then(|tried| tried.locked_until).filter(|until| *until > now);
        if locked.is_some() {
            return locked;
        }
        let failures = names.get(&name).map_or(0, |tried| tried.failures).saturating_add(1);
        let locked_until = lock_millis(failures).map(|millis| now.plus_millis(millis));
        names.insert(name, Tried { failures, locked_until });
        None
    }

    fn tried(&self) -> MutexGuard<'_, Cache<String, Tried>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_doubles_with_each_failure_up_to_a_quarter_of_an_hour() {
        let cases = [
            (1, None),
            (4, None),
            (5, Some(30_000)),
            (6, Some(60_000)),
            (9, Some(480_000)),
            (10, Some(900_000)),
            (999, Some(900_000)),
        ];
        for (failures, expected) in cases {
            assert_eq!(lock_millis(failures), expected, "{failures} failures");
        }
    }

    #[test]
    fn names_are_forgotten_before_they_fill_the_memory() {
        let names = UnknownNames::default();
        for number in 0..2 * NAMES_MAX {
            names.fail(number.to_string(), UtcMillis::from_millis(0));
        }
        assert!(names.tried().len() <= NAMES_MAX);
    }
}
