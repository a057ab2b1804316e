//! Writing a list of schools.

use super::report::{Found, Report};
use crate::{
    http::{Work, command::NOTHING},
    org::wire::OrganisationView,
    problem::ApiError,
};
use shixun_domain::{
    AreaCode, id::OrganisationId, imports::school_list::SchoolRow, people::hiding::masked_but_codes,
    words::OrganisationKind,
};
use shixun_persistence::{
    DbError,
    org::{self, NewOrganisation, OrganisationRow, Saved},
};

/// Applies the rows of a list of schools and adds what became of them to the report. A school is found by its code; what
/// the list does not state stays. Without a parent a school stands below the area's bureau.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn schools(
    work: &mut Work<'_, '_>,
    area: AreaCode,
    rows: &[SchoolRow],
    report: &mut Report,
) -> Result<(), ApiError> {
    org::hold_tree(work.tx(), area)?;
    let mut known = org::all(work.conn(), area)?;
    for row in rows {
        let code = row.code.to_string();
        let before = known.iter().find(|known| known.code.as_deref() == Some(&code)).cloned();
        let wanted = match parent(&known, row, before.as_ref()) {
            Ok(parent) => wanted(row, parent, before.as_ref()),
            Err(found) => {
                report.refuse(vec![*found]);
                continue;
            }
        };
        let saved = match &before {
            Some(before) if before.kind != OrganisationKind::School => {
                report.refuse(vec![not_a_school(row, before)]);
                continue;
            }
            Some(before) if same(before, &wanted) => {
                report.unchanged += 1;
                continue;
            }
            Some(before) => {
                report.updated += 1;
                org::change(work.tx(), before, &wanted)?
            }
            None => {
                report.created += 1;
                org::add(work.tx(), area, &wanted)?
            }
        };
        let Saved::Done(id) = saved else {
            return Err(ApiError::from(DbError::Busy("an organisation changed meanwhile".into())));
        };
        let after = org::find(work.conn(), id)?.ok_or_else(|| ApiError::internal("no organisation was saved"))?;
        let view = OrganisationView::from(&after);
        match &before {
            Some(before) => {
                let before = OrganisationView::from(before);
                work.record("import_change", id, Some(&before), Some(&view))?;
            }
            None => work.record("import_create", id, NOTHING, Some(&view))?,
        }
        // A parent's path may have changed those below.
        if before.is_some_and(|before| before.path != after.path) {
            known = org::all(work.conn(), area)?;
        } else {
            known.retain(|known| known.id != id);
            known.push(after);
        }
    }
    Ok(())
}

fn parent(
    known: &[OrganisationRow],
    row: &SchoolRow,
    before: Option<&OrganisationRow>,
) -> Result<Option<OrganisationId>, Box<Found>> {
    let Some(text) = row.parent.as_deref() else {
        return match before.and_then(|before| before.parent).or_else(|| bureau(known)) {
            Some(parent) => Ok(Some(parent)),
            None => Err(Box::new(no_bureau(row))),
        };
    };
    let mut named = known.iter().filter(|known| known.code.as_deref() == Some(text) || known.name == text);
    let parent = named.next().filter(|_| named.next().is_none());
    match parent {
        Some(parent) if before.is_none_or(|before| !parent.path.starts_with(&before.path)) => Ok(Some(parent.id)),
        _ => {
            let text = masked_but_codes(text);
            let zh = format!("没有上级机构“{text}”，或同名机构不止一个，或它在本校之下；请填写其代码");
            let en = format!("there is no organisation “{text}” to stand above, or several of the name; give its code");
            Err(Box::new(Found::about_row(&row.sheet, row.row, "schools_unknown_parent", zh, en)))
        }
    }
}

/// The bureau at the top of the area, where there is exactly one.
fn bureau(known: &[OrganisationRow]) -> Option<OrganisationId> {
    let mut tops = known.iter().filter(|known| known.kind.stands_at_the_top() && known.parent.is_none());
    let top = tops.next()?;
    tops.next().is_none().then_some(top.id)
}

fn no_bureau(row: &SchoolRow) -> Found {
    let zh = "未填上级机构，而本地区没有教育局，或不止一个；请先登记教育局，或填写上级机构的代码或名称";
    let en = "no organisation above is named, and the area has no bureau, or more than one; enter the bureau first, or name one";
    Found::about_row(&row.sheet, row.row, "schools_no_bureau", zh.into(), en.into())
}

fn not_a_school(row: &SchoolRow, before: &OrganisationRow) -> Found {
    let zh = format!("代码属于“{}”，它不是学校，请核对", before.name);
    let en = format!("the code is that of “{}”, which is no school; check it", before.name);
    Found::about_row(&row.sheet, row.row, "schools_not_a_school", zh, en)
}

fn wanted(row: &SchoolRow, parent: Option<OrganisationId>, before: Option<&OrganisationRow>) -> NewOrganisation {
    NewOrganisation {
        kind: OrganisationKind::School,
        code: Some(row.code.to_string()),
        name: row.name.clone(),
        parent,
        stage: Some(row.stage),
        setting: row.setting.or(before.and_then(|before| before.setting)),
        small_class: row.small_class.unwrap_or_else(|| before.is_some_and(|before| before.small_class)),
    }
}

fn same(before: &OrganisationRow, wanted: &NewOrganisation) -> bool {
    before.name == wanted.name
        && before.parent == wanted.parent
        && before.stage == wanted.stage
        && before.setting == wanted.setting
        && before.small_class == wanted.small_class
}
