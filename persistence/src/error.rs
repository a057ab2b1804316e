//! What can go wrong between the program and its database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

/// The result of every function of this crate.
pub type DbResult<T> = Result<T, DbError>;

/// A failure of the database, sorted by what the caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DbError {
    /// No connection, or it broke: try again soon.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// Too many requests wait, or a conflict between transactions outlasted every retry: try again soon.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// No room left on the disk.
    #[error("the disk of the database is full")]
    DiskFull,
    /// A unique key is taken. On PostgreSQL that ends the transaction, which then runs again and sees who took it.
    #[error("a unique key is already taken: {0}")]
    Duplicate(String),
    /// A row that is referred to does not exist, or one that is still referred to was to go.
    #[error("a reference points nowhere: {0}")]
    Reference(String),
    /// A CHECK, NOT NULL or append-only rule of the schema refused the row.
    #[error("the database refused the row: {0}")]
    Refused(String),
    /// A stored value does not parse: the data was changed from outside or the program has a defect.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// Anything else. The text is for the log, never for a client.
    #[error("database error: {0}")]
    Other(String),
}

/// The error of a use case that writes: it can carry a failure of the database, and tells when it does, so that a
/// transaction that lost against another is tried again.
pub trait Failure: From<DbError> {
    /// The failure of the database behind this error, if that is what it is.
    fn db_error(&self) -> Option<&DbError>;
}

impl Failure for DbError {
    fn db_error(&self) -> Option<&DbError> {
        Some(self)
    }
}

impl DbError {
    /// A stored value that does not parse, named by its column.
    pub fn damaged(what: impl Into<String>) -> Self {
        DbError::Damaged(what.into())
    }
}

/// Signs of a lost connection that arrive without a kind of their own.
const LOST: [&str; 9] = [
    "server closed the connection",
    "terminating connection",
    "connection to server",
    "could not connect",
    "Connection refused",
    "the database system is",
    "no connection to the server",
    "SSL connection has been closed",
    "could not receive data",
];

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        let text = error.to_string();
        match error {
            DieselError::DatabaseError(kind, _) => match kind {
                DatabaseErrorKind::UniqueViolation => DbError::Duplicate(text),
                DatabaseErrorKind::ForeignKeyViolation => DbError::Reference(text),
                DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::RestrictViolation
                | DatabaseErrorKind::ExclusionViolation => DbError::Refused(text),
                DatabaseErrorKind::SerializationFailure => DbError::Busy(text),
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                    DbError::Unavailable(text)
                }
                _ if text.contains("deadlock detected") || text.contains("database is locked") => DbError::Busy(text),
                _ if text.contains("statement timeout") || text.contains("too many clients") => DbError::Busy(text),
                _ if text.contains("database or disk is full") || text.contains("No space left on device") => {
                    DbError::DiskFull
                }
                _ if text.contains("append-only") => DbError::Refused(text),
                _ if LOST.iter().any(|sign| text.contains(sign)) => DbError::Unavailable(text),
                _ => DbError::Other(text),
            },
            DieselError::BrokenTransactionManager => DbError::Unavailable(text),
            DieselError::RollbackErrorOnCommit { commit_error, .. } => DbError::from(*commit_error),
            DieselError::DeserializationError(_) => DbError::Damaged(text),
            _ => DbError::Other(text),
        }
    }
}
