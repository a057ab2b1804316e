//! Where "now" comes from. Everything else takes it as an argument.

use shixun_domain::UtcMillis;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// The clock of the program, or one that a test sets.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Stands still until it is set, in milliseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: UtcMillis) -> Self {
        Clock::Fixed(Arc::new(AtomicI64::new(at.millis())))
    }

    /// Now.
    pub fn now(&self) -> UtcMillis {
        match self {
            Clock::System => UtcMillis::from_utc(chrono::Utc::now()),
            Clock::Fixed(millis) => UtcMillis::from_millis(millis.load(Ordering::Relaxed)),
        }
    }

    /// Sets a clock that stands still. The machine's clock is not ours to set.
    pub fn set(&self, at: UtcMillis) {
        if let Clock::Fixed(millis) = self {
            millis.store(at.millis(), Ordering::Relaxed);
        }
    }
}
