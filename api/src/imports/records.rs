//! Writing hours of the provincial platform: each row is entered as a record, to be examined and verified like any other.

use super::report::{Found, Report};
use crate::{
    http::{Work, command::NOTHING},
    policy::PolicyCache,
    problem::{ApiError, Code, Language, Words},
    records::{platform, service as records, wire::EvidenceFile},
};
use serde_json::json;
use shixun_domain::{
    AreaCode, fold,
    id::{AccountId, ImportId},
    imports::record_list::RecordLine,
};
use shixun_persistence::{
    people::{self, PersonRow},
    records as store,
};
use std::collections::HashMap;

/// Applies the rows of a file and adds what became of them to the report. A row that was imported before and says the same
/// changes nothing; one that says something else is refused, because the record may have been examined meanwhile.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn records(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    (area, import, by): (AreaCode, ImportId, AccountId),
    rows: &[RecordLine],
    evidence: &EvidenceFile,
    report: &mut Report,
) -> Result<(), ApiError> {
    let numbers: Vec<&str> = rows.iter().map(|row| row.identity.as_str()).collect();
    let found = people::find_by_identities(work.conn(), area, &numbers)?;
    let persons: HashMap<String, PersonRow> =
        found.into_iter().map(|person| (person.data.identity.as_str().to_owned(), person)).collect();
    for line in rows {
        match persons.get(line.identity.as_str()) {
            None => report.refuse(vec![unknown(line)]),
            Some(person) if differs(&line.name, &person.data.name) => report.refuse(vec![other_name(line)]),
            Some(person) => entered(work, cache, (import, by), line, person, evidence, report)?,
        }
    }
    Ok(())
}

fn differs(given: &str, name: &str) -> bool {
    !given.is_empty() && fold::compact(given) != fold::compact(name)
}

fn entered(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    (import, by): (ImportId, AccountId),
    line: &RecordLine,
    person: &PersonRow,
    evidence: &EvidenceFile,
    report: &mut Report,
) -> Result<(), ApiError> {
    if let Some(known) = store::source_taken(work.conn(), person.id, platform::source(line.category), &line.key)?
        && let Some(row) = store::find(work.conn(), known)?
        && platform::same(work.conn(), line, &row)?
    {
        report.unchanged += 1;
        return Ok(());
    }
    match records::enter_line(work, cache, by, person.id, &platform::input(line, evidence)?) {
        Ok(id) => {
            report.created += 1;
            let after = json!({"import": import.to_string(), "title": line.title, "source_key": line.key,
                "hours": line.hours.to_string()});
            work.record("import_create", id, NOTHING, Some(&after))
        }
        // A failure of the database ends the import; a refusal is about this row.
        Err(problem) if problem.db_failed() => Err(problem),
        Err(problem) => {
            report.refuse(vec![refused(line, &problem)]);
            Ok(())
        }
    }
}

fn refused(line: &RecordLine, problem: &ApiError) -> Found {
    let text = |language| problem.document(language, "").detail;
    let code = problem.code();
    Found::about_row(&line.sheet, line.row, code.as_str(), text(Language::Zh), text(Language::En))
}

fn unknown(line: &RecordLine) -> Found {
    let zh = "本县没有这个身份证号码的人员，请先登记此人或核对号码".to_owned();
    let en = "nobody of the county has this identity number; enter the person first, or check the number".to_owned();
    Found::about_row(&line.sheet, line.row, "records_unknown_person", zh, en)
}

fn other_name(line: &RecordLine) -> Found {
    let zh = "姓名与该身份证号码登记的人员不符，请核对".to_owned();
    let en = "the name is not that of the person with this identity number; check both".to_owned();
    Found::about_row(&line.sheet, line.row, "records_other_name", zh, en)
}

/// Who stands behind an import of hours: records need somebody who entered them.
///
/// # Errors
/// `forbidden` for the command line.
pub(super) fn importer(work: &Work<'_, '_>) -> Result<AccountId, ApiError> {
    let permission = shixun_domain::access::Permission::EnterRecords;
    let nobody = || {
        let label = Words::new(permission.zh(), permission.en());
        ApiError::new(Code::Forbidden).with_shown("permission", permission.as_str(), label)
    };
    work.actor().ok_or_else(nobody)
}
