//! Writes hours from outside down, through the same use cases as clients: a record in each stage, a dispute, a certificate for
//! somebody who moves on. All lie in the running cycle.

use super::{Accounts, Offices, Staffed, at};
use crate::{
    access::Actor,
    demo::plan::{Plan, later},
    http::{Work, command::Origin},
    ledger::{disputes::service as disputes, entering, wire::HourEntryIn},
    policy::PolicyCache,
    problem::ApiError,
    records::{
        service as records,
        transfers::{service as transfers, wire::HourTransferIn},
        wire::{RecordIn, RecordView},
    },
};
use serde_json::{Value, json};
use shixun_domain::{
    access::{Role, Scope},
    id::{OrganisationId, PersonId},
    records::RecordStep,
};
use shixun_persistence::{WriteTx, org};

/// The people who have records: so many teachers of the first school.
const TEACHERS: usize = 4;

struct Desk<'a> {
    area_top: OrganisationId,
    accounts: &'a Accounts,
    cache: PolicyCache,
}

impl Desk<'_> {
    /// Runs a use case as somebody.
    fn as_one<T>(
        &self,
        tx: &mut WriteTx<'_>,
        (name, role, person): (&str, Role, Option<PersonId>),
        run: impl FnOnce(&mut Work<'_, '_>, &Actor) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let account = self.accounts.named(name)?;
        let top = org::find(tx.conn(), self.area_top)?.ok_or_else(|| ApiError::missing(self.area_top))?;
        let scope =
            Scope { area: self.area_top.area(), organisation: self.area_top.number(), kind: top.kind, path: top.path };
        let actor = Actor { account, person, reach: vec![(role, scope)] };
        let origin = Origin { actor: Some(account), request_id: "demo-outside".into(), address: String::new() };
        Work::run(tx, &origin, |work| run(work, &actor))
    }

    fn centre<T>(
        &self,
        tx: &mut WriteTx<'_>,
        run: impl FnOnce(&mut Work<'_, '_>, &Actor) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.as_one(tx, ("centre", Role::Centre, None), run)
    }

    /// Enters a record as the teacher does.
    fn enter(&self, tx: &mut WriteTx<'_>, who: &(String, PersonId), body: Value) -> Result<RecordView, ApiError> {
        let body: RecordIn = serde_json::from_value(body).map_err(|fault| ApiError::internal(fault.to_string()))?;
        let (input, (name, person)) = (body.read()?, who);
        self.as_one(tx, (name, Role::Teacher, Some(*person)), |work, actor| {
            records::enter(work, &self.cache, actor, person.teacher(), &input)
        })
    }
}

pub(super) fn write(
    tx: &mut WriteTx<'_>,
    plan: &Plan,
    offices: &Offices,
    staffed: &Staffed,
    accounts: &Accounts,
) -> Result<(), ApiError> {
    let today = plan.now.china_date();
    let day = |days: i32| later(today, -days);
    let of_first_school = plan.teachers.iter().enumerate().filter(|(_, teacher)| {
        let there = |days: i32| teacher.school_on(day(days)) == Some(0);
        there(0) && there(120)
    });
    let mut people = Vec::new();
    for (place, _) in of_first_school.take(TEACHERS) {
        people.push((format!("teacher-{:04}", place + 1), *at(&staffed.teachers, place)?));
    }
    let desk = Desk { area_top: offices.bureau, accounts, cache: PolicyCache::default() };
    let (one, two, three) = (at(&people, 0)?, at(&people, 1)?, at(&people, 2)?);
    let claim = |category: &str, title: &str, days: i32, hours: &str, key: &str| {
        json!({
            "category": category, "level": "county", "delivery_form": "topical", "themes": ["subject"], "title": title,
            "starts_on": day(days + 2), "ends_on": day(days), "hours": hours, "source": "certificate", "source_key": key,
            "evidence": [{"kind": "certificate", "file_name": format!("{key}.pdf"), "sha256": "5a".repeat(32),
                "media_type": "application/pdf", "kept_at": format!("妙高师训档案 {key}")}]
        })
    };
    // Verified, and then disputed.
    let degree = desk.enter(tx, one, claim("degree", "教育硕士课程：课程与教学论", 60, "15", "研证2026-0187"))?;
    desk.centre(tx, |work, actor| records::review(work, actor, degree.id.0, 1, RecordStep::Examine, None))?;
    let verified = desk.as_one(tx, ("monitor", Role::Monitor, None), |work, actor| {
        records::verify(work, &desk.cache, actor, degree.id.0, 2)
    })?;
    let (name, person) = one;
    desk.as_one(tx, (name, Role::Teacher, Some(*person)), |work, actor| {
        let entry = verified.hour_entry_id.ok_or_else(|| ApiError::internal("a verified record has no entry"))?;
        disputes::open(work, &desk.cache, actor, entry.0, "成绩单上为16学时，少记1学时。")
    })?;
    // Examined, entered, returned, rejected, withdrawn.
    let lesson = desk.enter(tx, two, claim("research", "县级公开课《草船借箭》", 45, "6", "遂教研2026-31"))?;
    desk.centre(tx, |work, actor| records::review(work, actor, lesson.id.0, 1, RecordStep::Examine, None))?;
    let mut course = claim("course", "民办机构书法研修", 40, "12", "书研2026-07");
    if let Some(fields) = course.as_object_mut() {
        fields.insert("unreviewed".into(), json!({"consent_on": day(50), "consent_reference": "妙高小〔2026〕9号"}));
    }
    desk.enter(tx, three, course)?;
    let unclear = desk.enter(tx, one, claim("training", "新教师培训授课", 35, "4", "进修聘2026-12"))?;
    let support = desk.enter(tx, two, claim("teaching_support", "赴山区支教一周", 30, "10", "支教2026-03"))?;
    desk.centre(tx, |work, actor| {
        records::review(work, actor, unclear.id.0, 1, RecordStep::Return, Some("聘书看不清，请补传。"))?;
        records::review(work, actor, support.id.0, 1, RecordStep::Reject, Some("已按校本研修计入，不再折算。"))
    })?;
    let mistaken = desk.enter(tx, three, claim("degree", "自考本科课程", 25, "8", "自考2026-55"))?;
    let (name, person) = three;
    desk.as_one(tx, (name, Role::Teacher, Some(*person)), |work, actor| {
        records::withdraw(work, actor, mistaken.id.0, 1)
    })?;
    // Entered by the county, waiting for somebody else to post it.
    let entered = json!({
        "title": "苏州大学小学数学高级研修", "effective_on": day(20), "route": "converted", "delivery_form": "lecture", "level": "province",
        "themes": ["subject"], "nominal": "20", "reference": "苏大培字2026-0731", "provider": "苏州大学"
    });
    let entered: HourEntryIn =
        serde_json::from_value(entered).map_err(|fault| ApiError::internal(fault.to_string()))?;
    let (input, (_, person)) = (entered.read()?, two);
    desk.centre(tx, |work, actor| entering::enter(work, &desk.cache, actor, person.teacher(), &input))?;
    // Somebody moves to the next county.
    let leaving = json!({"direction": "out", "moved_on": today, "other_area": "331124", "other_name": "松阳县"});
    let leaving: HourTransferIn =
        serde_json::from_value(leaving).map_err(|fault| ApiError::internal(fault.to_string()))?;
    let (input, (_, person)) = (leaving.read()?, at(&people, 3)?);
    desk.centre(tx, |work, actor| transfers::create(work, &desk.cache, actor, person.teacher(), &input))?;
    Ok(())
}
