//! The school of a row: by code, by name, or from where else offices write it.

use super::{RowFindings, SheetReader};
use crate::fold;
use crate::org::SchoolCode;
use crate::people::roster::columns::Column;
use crate::people::roster::finding::Finding;
use crate::people::roster::grid::Cell;
use crate::people::roster::schools::{KnownSchool, SchoolMatch};

impl<'a> SheetReader<'a> {
    /// Merged school cells, a school column that only the first row of each school fills, a school named in the title.
    pub(super) fn look_for_schools(&mut self) {
        let columns: Vec<usize> = [Column::SchoolCode, Column::SchoolName]
            .into_iter()
            .filter_map(|column| self.header.index_of(column))
            .collect();
        for area in &self.sheet.merged {
            for column in columns.iter().filter(|column| (area.left..=area.right).contains(column)) {
                if area.left == *column {
                    let last = area.bottom.min(self.sheet.rows.len());
                    self.merged.extend((area.top + 1..=last).map(|row| ((row, *column), area.top)));
                }
            }
        }
        let name = self.header.index_of(Column::Name);
        let (mut persons, mut filled) = (0_usize, 0_usize);
        for row in self.header.last + 1..self.sheet.rows.len() {
            if name.is_some_and(|name| !self.sheet.cell(row, name).is_blank()) {
                persons += 1;
                filled += usize::from(columns.iter().any(|column| !self.sheet.cell(row, *column).is_blank()));
            }
        }
        self.school_is_sparse = filled > 0 && filled * 2 < persons;
        let schools = self.context.schools;
        let known = |name: &str| match schools.by_name(name) {
            SchoolMatch::Known(school) => Some(school),
            SchoolMatch::Ambiguous(_) | SchoolMatch::Unknown(_) => None,
        };
        let titles = self.sheet.rows.iter().take(self.header.first).flatten();
        let mut labelled = titles.filter_map(|cell| school_in_title(&cell.text()).and_then(|name| known(&name)));
        self.sheet_school = labelled.next_back().or_else(|| known(&self.sheet.name));
    }

    /// The cell of a school column, or the one that it is merged with.
    fn school_cell(&self, row: usize, column: Column) -> &'a Cell {
        let Some(index) = self.header.index_of(column) else { return &Cell::Empty };
        let own = self.sheet.cell(row, index);
        match self.merged.get(&(row, index)) {
            Some(top) if own.is_blank() => self.sheet.cell(*top, index),
            _ => own,
        }
    }

    pub(super) fn read_school(&mut self, row: usize, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let (code, name) = (self.school_cell(row, Column::SchoolCode), self.school_cell(row, Column::SchoolName));
        if matches!(code, Cell::Broken(_)) || matches!(name, Cell::Broken(_)) {
            return None;
        }
        let (code, name) = (code.text(), name.text());
        let (code, name) = (said(&code), said(&name));
        let school = match (code, name) {
            (None, None) => return self.school_from_elsewhere(row, found),
            (Some(code), name) => self.school_by_code(code, name, found),
            (None, Some(name)) => self.school_by_name(name, Column::SchoolName, found),
        };
        if school.is_some() {
            self.above = school;
            self.from_banner = false;
        }
        school
    }

    fn school_from_elsewhere(&mut self, row: usize, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let column =
            if self.header.index_of(Column::SchoolName).is_some() { Column::SchoolName } else { Column::SchoolCode };
        let ditto =
            [Column::SchoolCode, Column::SchoolName].iter().any(|column| is_ditto(&self.cell(row, *column).compact()));
        if self.from_banner || ditto {
            if let Some(above) = self.above {
                return Some(above);
            }
        } else if let Some(school) = self.sheet_school {
            return Some(school);
        } else if let Some(above) = self.above.filter(|_| self.school_is_sparse) {
            found.note(column, Finding::SchoolFromAbove { school: described(above) });
            return Some(above);
        }
        found.fault(column, Finding::NoSchool);
        None
    }

    /// A code decides. A name beside it may be written as the office likes, unless it is that of another school.
    fn school_by_code(&self, code: &str, name: Option<&str>, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let schools = self.context.schools;
        let Ok(parsed) = SchoolCode::parse(code) else {
            // The columns may be swapped, or the code column may hold the name.
            if let SchoolMatch::Known(school) = schools.by_name(code) {
                return Some(school);
            }
            return self.unknown_code(code, name, found);
        };
        let Some(school) = schools.by_code(parsed) else {
            return self.unknown_code(code, name, found);
        };
        match name.map(|name| (name, schools.by_name(name))) {
            Some((_, SchoolMatch::Known(other))) if other.number != school.number => {
                let finding = Finding::SchoolMismatch { by_code: described(school), by_name: described(other) };
                found.fault(Column::SchoolCode, finding);
                None
            }
            Some((name, SchoolMatch::Unknown(_))) => {
                let finding = Finding::OtherSchoolName { shown: name.to_owned(), by_code: described(school) };
                found.note(Column::SchoolName, finding);
                Some(school)
            }
            _ => Some(school),
        }
    }

    fn unknown_code(&self, code: &str, name: Option<&str>, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let similar = match name.map(|name| self.context.schools.by_name(name)) {
            Some(SchoolMatch::Known(school)) => vec![described(school)],
            Some(SchoolMatch::Ambiguous(schools) | SchoolMatch::Unknown(schools)) => {
                schools.into_iter().map(described).collect()
            }
            None => Vec::new(),
        };
        found.fault(Column::SchoolCode, Finding::UnknownSchool { shown: code.to_owned(), similar });
        None
    }

    fn school_by_name(&self, name: &str, column: Column, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        // The name column may hold the code.
        if let Some(school) = SchoolCode::parse(name).ok().and_then(|code| self.context.schools.by_code(code)) {
            return Some(school);
        }
        let shown = name.to_owned();
        match self.context.schools.by_name(name) {
            SchoolMatch::Known(school) => return Some(school),
            SchoolMatch::Ambiguous(schools) => {
                let candidates = schools.into_iter().map(described).collect();
                found.fault(column, Finding::AmbiguousSchool { shown, candidates });
            }
            SchoolMatch::Unknown(schools) => {
                let similar = schools.into_iter().map(described).collect();
                found.fault(column, Finding::UnknownSchool { shown, similar });
            }
        }
        None
    }
}

/// Nothing where a cell is blank, a dash, or a ditto mark.
fn said(text: &str) -> Option<&str> {
    let bare = text.trim_start_matches('\'').trim();
    Some(bare).filter(|bare| !bare.is_empty() && !matches!(*bare, "-" | "/" | "无" | "0") && !is_ditto(bare))
}

fn is_ditto(text: &str) -> bool {
    matches!(text, "同上" | "〃" | "″" | "\"" | "”" | "''" | "〞" | "ditto")
}

fn described(school: &KnownSchool) -> String {
    match school.code {
        Some(code) => format!("{code} {}", school.name),
        None => school.name.clone(),
    }
}

/// `填报单位（盖章）：实验小学`: what stands behind the label.
fn school_in_title(text: &str) -> Option<String> {
    let (label, name) = text.split_once([':', '：'])?;
    let label = fold::compact(label);
    let is_label = ["单位", "学校", "校名", "园所", "school"].iter().any(|word| label.to_lowercase().contains(word));
    let name = name.split(['(', ' ']).find(|part| !part.is_empty())?;
    is_label.then(|| name.to_owned())
}
