//! Conversion: the use cases.

use super::wire::{ConversionKindView, ConversionView, NewConversion};
use crate::{
    access::Actor,
    http::Work,
    ledger::{
        entering::enter,
        service::may_manage,
        wire::{Converted, Evidence, NewHours},
    },
    policy::PolicyCache,
    problem::{ApiError, Code, Words},
};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode, Hours, UtcMillis,
    area::AreaLevel,
    id::{PersonId, TeacherId},
    ledger::{Circumstances, Factor},
    policy::conversion::{Approver, ConversionRefusal, convert as worth},
    words::Route,
};
use shixun_persistence::Conn;

/// The kinds of activity of an area on a day, today where none is given.
///
/// # Errors
/// `not_found` for an area that is neither the actor's nor reached.
pub fn kinds(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    area: AreaCode,
    on: Option<NaiveDate>,
    now: UtcMillis,
) -> Result<Vec<ConversionKindView>, ApiError> {
    if area != actor.area() && !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    let policy = cache.area(conn, area, now)?;
    let table = policy.conversions(on.unwrap_or(now.china_date()));
    let standing = table.kinds().flat_map(|(_, standing)| standing);
    standing.map(|by| ConversionKindView::new(policy.packs(), by)).collect()
}

/// Enters what an activity is worth, to be posted by somebody else, at the stage that approves it.
///
/// # Errors
/// `not_found`, `invalid_field` where the packs give nothing for it, and as for hours that are entered.
pub fn convert(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    new: &NewConversion,
) -> Result<ConversionView, ApiError> {
    let (person, now) = (teacher.person(), work.at());
    may_manage(work.conn(), actor, person, (now.china_date(), new.effective_on))?;
    let table = cache.area(work.conn(), person.area(), now)?.conversions(new.effective_on);
    let conversion = worth(&table, &new.activity).map_err(|refusal| worthless(&refusal, ""))?;
    let hours = NewHours {
        title: new.title.clone(),
        effective_on: new.effective_on,
        route: Route::Converted,
        form: new.form,
        level: new.activity.level,
        themes: new.themes.clone(),
        block_key: None,
        nominal: conversion.hours,
        attended: conversion.hours,
        factor: Factor::ONE,
        practice: Hours::ZERO,
        circumstances: Circumstances { activity: Some(new.activity.kind), days: new.days, ..Circumstances::ORDINARY },
        content_key: new.content_key.clone(),
        evidence: Evidence { conversion: Some(Converted::new(&conversion)), ..new.evidence.clone() },
    };
    let entry = enter(work, cache, actor, teacher, &hours)?;
    let Converted { rule, approver, text_zh, text_en, .. } = Converted::new(&conversion);
    Ok(ConversionView { entry, rule, approver, text_zh, text_en })
}

/// Refuses an actor below the stage that approves.
///
/// # Errors
/// `conversion_needs_approver`.
pub(crate) fn approves(actor: &Actor, person: PersonId, approver: Approver) -> Result<(), ApiError> {
    if stage(actor, person) >= approver {
        return Ok(());
    }
    let shown = Words::new(approver.zh(), approver.en());
    Err(ApiError::new(Code::ConversionNeedsApprover).with_shown("approver", approver.as_str(), shown))
}

/// The highest stage at which the actor approves for a person: a school for those it looks after, a county, a city, the province.
fn stage(actor: &Actor, person: PersonId) -> Approver {
    let whole_areas = actor.offices().filter(|scope| scope.covers_area(person.area()));
    let stages = whole_areas.map(|scope| match scope.area.level() {
        AreaLevel::Province => Approver::Province,
        AreaLevel::City => Approver::City,
        AreaLevel::County => Approver::County,
    });
    stages.max().unwrap_or(Approver::School)
}

/// Why an activity is worth nothing, at the field that says so; what is said of the activity alone stands below `activity`.
pub(crate) fn worthless(refusal: &ConversionRefusal, activity: &str) -> ApiError {
    let (pointer, code, words) = match refusal {
        ConversionRefusal::UnknownKind { kind } => (
            format!("{activity}/kind"),
            "unknown_kind",
            Words::new(format!("当日政策没有规定{kind}的折算"), format!("no pack in force converts {kind}")),
        ),
        ConversionRefusal::NoLine { by } => (
            "/level".to_owned(),
            "no_line",
            Words::new(format!("{by}没有适合该级别、角色和结果的标准"), refusal.to_string()),
        ),
        ConversionRefusal::HoursMissing { by } => (
            "/hours".to_owned(),
            "hours_missing",
            Words::new(format!("{by}按活动时长折算，请填写时长"), refusal.to_string()),
        ),
        ConversionRefusal::NoHours { by } => (
            "/level".to_owned(),
            "worth_nothing",
            Words::new(format!("{by}对该级别、角色和结果不计学时"), refusal.to_string()),
        ),
        ConversionRefusal::EvidenceMissing { missing } => {
            let missing: Vec<&str> = missing.iter().map(|kind| kind.as_str()).collect();
            let missing = missing.join(", ");
            (
                "/evidence".to_owned(),
                "evidence_missing",
                Words::new(format!("缺少证明材料：{missing}"), format!("evidence is missing: {missing}")),
            )
        }
    };
    ApiError::field(&pointer, code, words)
}
