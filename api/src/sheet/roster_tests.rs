//! The roster that an office really sent, and what comes of it.

use super::read::read_grid;
use super::write::{Column, CsvOptions, Kind, Language, Table, Value, WorkbookWriter, write_csv};
use chrono::NaiveDate;
use serde_json::Value as Json;
use shixun_domain::org::SchoolCode;
use shixun_domain::people::roster::{
    Cell, EXPORT_COLUMNS, KnownSchool, KnownSchools, Roster, RosterContext, RosterRow, SkipReason, read_roster,
};
use std::collections::BTreeMap;

const SPECIMEN: &[u8] = include_bytes!("../../../tests/data/roster-sample.xlsx");
const EXPECTED: &str = include_str!("../../../tests/data/roster-sample.expected.json");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn schools_of(expected: &Json) -> Vec<KnownSchool> {
    let text = |school: &Json, key: &str| school[key].as_str().unwrap().to_owned();
    (1..)
        .zip(expected["schools"].as_array().unwrap())
        .map(|(number, school)| {
            let code = SchoolCode::parse(&text(school, "code")).unwrap();
            assert_eq!(code.stage().unwrap().zh(), text(school, "stage"));
            KnownSchool {
                number,
                code: Some(code),
                name: text(school, "name"),
                other_names: vec![],
                stage: code.stage(),
            }
        })
        .collect()
}

fn read(bytes: &[u8], schools: &KnownSchools) -> Roster {
    let grid = read_grid(bytes).unwrap();
    read_roster(&grid, &RosterContext { today: day("2016-09-10"), schools, sheet: None })
}

fn specimen() -> (Roster, Vec<KnownSchool>, Json) {
    let expected: Json = serde_json::from_str(EXPECTED).unwrap();
    let schools = schools_of(&expected);
    (read(SPECIMEN, &KnownSchools::new(schools.clone(), &["遂昌县"])), schools, expected)
}

/// Our code for a fault of the specimen is its name there behind `roster_`.
fn code_of(fault: &str) -> String {
    format!("roster_{fault}")
}

#[test]
fn the_specimen_is_read_with_exactly_the_expected_faults() {
    let (roster, _, expected) = specimen();
    let mut faults: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for fault in &roster.faults {
        assert_eq!(fault.sheet, "花名册");
        faults.entry(fault.row.unwrap()).or_default().push(fault.finding.code());
    }
    let rows: BTreeMap<u32, &RosterRow> = roster.rows.iter().map(|row| (row.row, row)).collect();
    let mut persons = 0;
    for entry in expected["rows"].as_array().unwrap() {
        persons += 1;
        let row = u32::try_from(entry["row"].as_u64().unwrap()).unwrap();
        match entry["fault"].as_str() {
            Some(fault) => {
                assert_eq!(faults.remove(&row), Some(vec![code_of(fault).as_str()]), "row {row}");
                assert!(!rows.contains_key(&row), "row {row}");
            }
            None => {
                let person = rows.get(&row).unwrap_or_else(|| panic!("row {row} was refused: {:?}", faults.get(&row)));
                assert_eq!(person.identity.as_str(), entry["id"].as_str().unwrap(), "row {row}");
                assert_eq!(person.name.as_str(), entry["name"].as_str().unwrap(), "row {row}");
                assert_eq!(
                    person.entered_on.format("%Y-%m").to_string(),
                    entry["start"].as_str().unwrap(),
                    "row {row}"
                );
                assert!(person.stage.is_some() && person.title.is_some() && !person.subjects.is_empty(), "row {row}");
            }
        }
    }
    assert!(faults.is_empty(), "faults on rows that have none: {faults:?}");
    assert_eq!(roster.rows.len(), usize::try_from(expected["accepted"].as_u64().unwrap()).unwrap());
    assert_eq!(persons, roster.rows.len() + roster.refused_rows().len());
    assert_eq!(roster.notes, [], "nothing in it needs a second look");
}

#[test]
fn the_rows_of_the_specimen_that_are_no_persons_are_accounted_for() {
    let (roster, ..) = specimen();
    let skipped: Vec<(u32, SkipReason)> = roster.skipped.iter().map(|skipped| (skipped.row, skipped.reason)).collect();
    use SkipReason::*;
    let expected = [
        (1, Title),
        (2, Title),
        (3, Header),
        (53, Blank),
        (57, Blank),
        (120, Blank),
        (153, Blank),
        (168, Totals),
        (169, Signature),
    ];
    assert_eq!(skipped, expected);
    assert_eq!(roster.ignored_sheets, ["填表说明"]);
    assert_eq!(roster.sheets[0].header_row, 3);
    assert!(roster.sheets[0].columns.iter().all(|column| column.column.is_some()));
}

#[test]
fn a_fault_names_the_cell_and_what_to_do() {
    let (roster, ..) = specimen();
    let fault = roster.faults.iter().find(|fault| fault.row == Some(35)).unwrap();
    let place = fault.place.as_ref().unwrap();
    assert_eq!((place.letters.as_str(), place.header.as_str()), ("D", "身份证号码"));
    assert!(fault.finding.zh().contains("文本") && fault.finding.en().contains("text format"));
    let unknown = roster.faults.iter().find(|fault| fault.row == Some(24)).unwrap();
    assert_eq!(unknown.finding.params(), [("value", "2133999999".into()), ("similar", "2133000101 实验小学".into())]);
    let whole = IDENTITY_LENGTH;
    for fault in &roster.faults {
        for text in [fault.finding.zh(), fault.finding.en(), format!("{fault:?}")] {
            let longest = text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max().unwrap_or_default();
            assert!(longest < whole, "an identity number in {text}");
        }
    }
}

const IDENTITY_LENGTH: usize = 15;

fn export(roster: &Roster, schools: &[KnownSchool]) -> Table<Vec<Vec<Value>>> {
    let columns = EXPORT_COLUMNS.iter().map(|export| Column {
        header_zh: export.column.zh().into(),
        header_en: export.column.en().into(),
        kind: if export.is_date { Kind::Date } else { Kind::Text },
        width: export.width,
    });
    let rows = roster.rows.iter().map(|row| {
        let school = schools.iter().find(|school| school.number == row.school).unwrap();
        let cells = row.export(school).into_iter().zip(EXPORT_COLUMNS);
        let value = |(text, column): (String, shixun_domain::people::roster::ExportColumn)| match text.parse() {
            Ok(date) if column.is_date => Value::Date(date),
            _ => Value::Text(text),
        };
        cells.map(value).collect()
    });
    Table { title: "花名册".into(), columns: columns.collect(), rows: rows.collect(), chart: None }
}

/// Everything but where the row stands.
fn contents(roster: &Roster) -> Vec<RosterRow> {
    let bare = |row: &RosterRow| RosterRow { row: 0, sheet: String::new(), ..row.clone() };
    roster.rows.iter().map(bare).collect()
}

#[test]
fn importing_our_own_export_changes_nothing() {
    let (mut roster, schools, _) = specimen();
    roster.rows[0].remark = Some("=1+1".into());
    roster.rows[1].remark = Some("'-abc".into());
    roster.rows[2].phone = Some("+8619943192252".into());
    roster.rows[3].email = Some("a@b.cn".into());
    let known = KnownSchools::new(schools.clone(), &[]);
    for language in [Language::Zh, Language::En] {
        let mut csv = Vec::new();
        write_csv(&mut csv, export(&roster, &schools), CsvOptions { bom: language == Language::Zh, language }).unwrap();
        let mut writer = WorkbookWriter::new(language);
        writer.add(export(&roster, &schools)).unwrap();
        for bytes in [csv, writer.into_bytes().unwrap()] {
            let again = read(&bytes, &known);
            assert_eq!((&again.faults, &again.notes), (&vec![], &vec![]));
            assert_eq!(contents(&again), contents(&roster));
        }
    }
}

#[test]
fn the_specimen_saved_as_csv_gives_the_same_persons() {
    let (roster, schools, _) = specimen();
    let grid = read_grid(SPECIMEN).unwrap();
    let mut text = String::new();
    for cells in &grid.sheets[0].rows {
        // A spreadsheet writes long numbers into CSV as it shows them.
        let shown = |cell: &Cell| match cell {
            Cell::Number(number) if number.len() > 15 => "3.31199E+17".to_owned(),
            other => other.text(),
        };
        let line: Vec<String> = cells.iter().map(shown).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    let known = KnownSchools::new(schools, &[]);
    for bytes in [text.clone().into_bytes(), encoding_rs::GB18030.encode(&text).0.into_owned()] {
        let again = read(&bytes, &known);
        assert_eq!(contents(&again), contents(&roster));
        let codes =
            |roster: &Roster| roster.faults.iter().map(|fault| (fault.row, fault.finding.code())).collect::<Vec<_>>();
        assert_eq!(codes(&again), codes(&roster));
    }
}
