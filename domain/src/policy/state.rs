//! Whether a pack speaks.

use crate::words::word_list;

word_list! {
    /// The state of a policy pack.
    PackState {
        Draft = "draft", "草稿", "draft";
        Published = "published", "已发布", "published; never edited afterwards";
    }
}
