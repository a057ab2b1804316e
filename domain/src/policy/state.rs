//! Whether a pack speaks, and until when it can be changed.

use crate::words::word_list;
use thiserror::Error;

word_list! {
    /// The state of a policy pack.
    PackState {
        Draft = "draft", "草稿", "draft";
        Published = "published", "已发布", "published; never edited afterwards";
    }
}

/// A published pack is never edited nor taken away: entries and statements rest on it. A change is a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a published pack is never edited")]
pub struct PackPublished;

impl PackState {
    /// A draft may be changed and withdrawn.
    ///
    /// # Errors
    /// [`PackPublished`].
    pub const fn may_change(self) -> Result<(), PackPublished> {
        match self {
            PackState::Draft => Ok(()),
            PackState::Published => Err(PackPublished),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_changed_until_it_speaks() {
        assert_eq!(PackState::Draft.may_change(), Ok(()));
        assert_eq!(PackState::Published.may_change(), Err(PackPublished));
    }
}
