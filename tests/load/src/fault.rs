//! Why the tool stops: one text, for whoever runs it.

/// The result of everything that may fail here.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A failure in words.
pub fn fault<T>(text: impl Into<String>) -> Outcome<T> {
    Err(text.into().into())
}
