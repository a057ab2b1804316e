//! The outside view of shixun: see `suite/main.rs`.
