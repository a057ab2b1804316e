//! Writes a plan down. Everything happens in one transaction.

mod catalogue;
mod closing;
mod ledger;
mod outside;
mod people;

use super::{Beside, accounts::Seat, plan::Plan};
use crate::problem::ApiError;
use people::Staffed;
use shixun_domain::{
    AreaCode,
    id::{AccountId, OrganisationId},
    policy::packs,
    time::DateSpan,
    words::OrganisationKind,
};
use shixun_persistence::{
    DbError, WriteTx,
    accounts::{self, AddedAccount},
    demo,
    org::{self, NewOrganisation, Saved},
};
use std::collections::HashMap;

/// The organisations of the county.
struct Offices {
    bureau: OrganisationId,
    centre: OrganisationId,
    institutions: [OrganisationId; 2],
    schools: Vec<OrganisationId>,
}

/// The accounts by user name.
struct Accounts(HashMap<String, AccountId>);

impl Accounts {
    fn named(&self, name: &str) -> Result<AccountId, ApiError> {
        self.0.get(name).copied().ok_or_else(|| ApiError::internal(format!("the demo county lacks the account {name}")))
    }
}

/// Something that a plan refers to by its place.
fn at<T>(list: &[T], place: usize) -> Result<&T, ApiError> {
    list.get(place).ok_or_else(|| ApiError::internal(format!("the plan of the demo county has no place {place}")))
}

/// Writes the county. `progress` hears how much of 1,000 parts is done.
pub(super) fn write(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    plan: &Plan,
    beside: &Beside,
    progress: &dyn Fn(u64),
) -> Result<(), ApiError> {
    crate::policy::service::install_shipped(tx)?;
    let offices = offices(tx, area, plan)?;
    let staffed = people::write(tx, area, plan, &offices)?;
    progress(60);
    let accounts = accounts(tx, area, plan, &offices, &staffed, &beside.password_hash)?;
    for (_, draft) in packs::drafts() {
        crate::policy::service::store_draft(tx, draft, accounts.named("centre")?)?;
    }
    progress(140);
    catalogue::write(tx, area, plan, &offices, &staffed, &accounts)?;
    progress(200);
    ledger::write(tx, plan, &offices, &staffed, &accounts, progress)?;
    closing::write(tx, &offices, &staffed, &accounts, beside)?;
    outside::write(tx, plan, &offices, &staffed, &accounts)?;
    let about = serde_json::json!({ "schools": plan.schools.len(), "teachers": plan.teachers.len() });
    demo::mark(tx, area, &about.to_string())?;
    Ok(())
}

fn offices(tx: &mut WriteTx<'_>, area: AreaCode, plan: &Plan) -> Result<Offices, ApiError> {
    let bureau = office(tx, area, OrganisationKind::Bureau, "遂昌县教育局", None)?;
    let below = Some(bureau);
    let centre = office(tx, area, OrganisationKind::TrainingCentre, "遂昌县教师进修学校", below)?;
    office(tx, area, OrganisationKind::MonitoringCentre, "遂昌县教师培训质量监控中心", below)?;
    office(tx, area, OrganisationKind::Finance, "遂昌县教育局计划财务科", below)?;
    let institutions = [
        office(tx, area, OrganisationKind::Institution, "瓯江师范学院教师培训中心", below)?,
        office(tx, area, OrganisationKind::Institution, "浙西南教师发展研究院", below)?,
    ];
    let mut schools = Vec::with_capacity(plan.schools.len());
    for school in &plan.schools {
        let new = NewOrganisation {
            kind: OrganisationKind::School,
            code: Some(school.code.clone()),
            name: school.name.clone(),
            parent: below,
            stage: Some(school.stage),
            setting: Some(school.setting),
            small_class: school.small_class,
        };
        schools.push(entered(org::add(tx, area, &new)?, &school.name)?);
    }
    Ok(Offices { bureau, centre, institutions, schools })
}

fn office(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    kind: OrganisationKind,
    name: &str,
    parent: Option<OrganisationId>,
) -> Result<OrganisationId, ApiError> {
    let new = NewOrganisation {
        kind,
        code: None,
        name: name.to_owned(),
        parent,
        stage: None,
        setting: None,
        small_class: false,
    };
    entered(org::add(tx, area, &new)?, name)
}

fn entered(saved: Saved, name: &str) -> Result<OrganisationId, ApiError> {
    match saved {
        Saved::Done(id) => Ok(id),
        other => Err(DbError::Other(format!("{name} was not entered: {other:?}")).into()),
    }
}

fn accounts(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    plan: &Plan,
    offices: &Offices,
    staffed: &Staffed,
    hash: &str,
) -> Result<Accounts, ApiError> {
    let mut made = HashMap::new();
    let today = plan.now.china_date();
    for (name, role, seat) in super::accounts::all(plan) {
        let (organisation, person, from) = match seat {
            Seat::County => (offices.bureau, None, today),
            Seat::School(place) => (*at(&offices.schools, place)?, None, today),
            Seat::Institution(place) => (*at(&offices.institutions, place)?, None, today),
            Seat::Lecturer(place) => (offices.centre, Some(*at(&staffed.lecturers, place)?), today),
            Seat::Teacher(place) => {
                let teacher = at(&plan.teachers, place)?;
                let school = *at(&offices.schools, teacher.last_school())?;
                (school, Some(*at(&staffed.teachers, place)?), teacher.entered_on)
            }
        };
        let AddedAccount::New(account) = accounts::add(tx, area, &name, hash, person, false)? else {
            return Err(DbError::Other(format!("the user name {name} is taken")).into());
        };
        accounts::grant(tx, account, role, organisation, DateSpan { from, to: None }, None)?;
        made.insert(name, account);
    }
    Ok(Accounts(made))
}
