//! The object that hours come from.

use super::SourceKind;
use crate::{
    AreaCode, Id,
    id::{IdFault, OutsideRecordId, SessionId, TransferId},
};
use std::{fmt, str::FromStr};

/// The object that the hours of an entry were earned in or moved with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntrySource {
    /// A session of the catalogue.
    Session(SessionId),
    /// A record of training outside it.
    Record(OutsideRecordId),
    /// A transfer from another county.
    Transfer(TransferId),
}

impl EntrySource {
    /// The object with this number in an area, by what kind of source it is; `None` for a correction, whose hours come from where those
    /// of the entry came that it replaces.
    pub fn new(kind: SourceKind, area: AreaCode, number: i64) -> Option<EntrySource> {
        match kind {
            SourceKind::Session => Some(EntrySource::Session(Id::new(area, number))),
            SourceKind::Record => Some(EntrySource::Record(Id::new(area, number))),
            SourceKind::Opening => Some(EntrySource::Transfer(Id::new(area, number))),
            SourceKind::Correction => None,
        }
    }
}

impl fmt::Display for EntrySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntrySource::Session(id) => id.fmt(f),
            EntrySource::Record(id) => id.fmt(f),
            EntrySource::Transfer(id) => id.fmt(f),
        }
    }
}

impl FromStr for EntrySource {
    type Err = IdFault;

    fn from_str(text: &str) -> Result<Self, IdFault> {
        match text.split_once('_') {
            Some(("rec", _)) => text.parse().map(EntrySource::Record),
            Some(("trf", _)) => text.parse().map(EntrySource::Transfer),
            _ => text.parse().map(EntrySource::Session),
        }
    }
}
