//! The columns of our own roster export, chosen so that importing it again changes nothing.

use super::columns::Column;
use super::read::RosterRow;
use super::schools::KnownSchool;
use crate::words::{Post, Title};

/// One column of the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportColumn {
    /// What it holds; its headers are [`Column::zh`] and [`Column::en`].
    pub column: Column,
    /// True where the cell is a date; every other cell is text, identity numbers, codes and telephone numbers included.
    pub is_date: bool,
    /// Width in characters of a half-width digit.
    pub width: u16,
}

const fn text(column: Column, width: u16) -> ExportColumn {
    ExportColumn { column, is_date: false, width }
}

const fn date(column: Column) -> ExportColumn {
    ExportColumn { column, is_date: true, width: 12 }
}

/// The columns of the export, in order. [`read_roster`](super::read_roster) reads every one of them back to the value that
/// [`RosterRow::export`] wrote, whatever the language of the headers.
pub const EXPORT_COLUMNS: [ExportColumn; 14] = [
    text(Column::Name, 12),
    text(Column::Sex, 6),
    text(Column::Identity, 22),
    date(Column::Birth),
    text(Column::SchoolCode, 14),
    text(Column::SchoolName, 24),
    text(Column::Stage, 10),
    text(Column::Subjects, 20),
    text(Column::Title, 16),
    text(Column::Post, 16),
    date(Column::EntryDate),
    text(Column::Phone, 16),
    text(Column::Email, 24),
    text(Column::Remark, 24),
];

impl RosterRow {
    /// The cells of this person under [`EXPORT_COLUMNS`], dates as `2014-08-01`; absent values are empty.
    pub fn export(&self, school: &KnownSchool) -> Vec<String> {
        let cell = |column: Column| match column {
            Column::Serial => String::new(),
            Column::Name => self.name.as_str().to_owned(),
            Column::Sex => self.identity.sex().zh().to_owned(),
            Column::Identity => self.identity.as_str().to_owned(),
            Column::Birth => self.identity.birth_date().to_string(),
            Column::SchoolCode => school.code.map(|code| code.to_string()).unwrap_or_default(),
            Column::SchoolName => school.name.clone(),
            Column::Stage => self.stage.map(|stage| stage.zh().to_owned()).unwrap_or_default(),
            Column::Subjects => self.subjects.join("、"),
            Column::Title => match (&self.title_text, self.title) {
                (Some(text), _) => text.clone(),
                (None, None | Some(Title::None)) => String::new(),
                (None, Some(title)) => title.zh().to_owned(),
            },
            Column::Post => match (&self.post_text, self.post) {
                (Some(text), _) => text.clone(),
                (None, Post::None) => String::new(),
                (None, post) => post.zh().to_owned(),
            },
            Column::EntryDate => self.entered_on.to_string(),
            Column::Phone => self.phone.clone().unwrap_or_default(),
            Column::Email => self.email.clone().unwrap_or_default(),
            Column::Remark => self.remark.clone().unwrap_or_default(),
        };
        EXPORT_COLUMNS.iter().map(|export| cell(export.column)).collect()
    }
}
