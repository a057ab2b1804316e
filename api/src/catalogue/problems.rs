//! From the refusals of the domain to problems: one code per reason.

use crate::{
    http::fields::fault,
    problem::{ApiError, Code, FieldFault, Words},
};
use shixun_domain::{
    catalogue::{Missing, ProgrammeRefusal, SessionRefusal, TermsFault, UnitSlot, UnitsFault},
    time::DateSpan,
    words::Word,
};
use shixun_persistence::DbError;

fn wrong_state<W: Word>(code: Code, state: W, needs: &[W]) -> ApiError {
    let (zh, words): (Vec<&str>, Vec<&str>) = needs.iter().map(|word| (word.label(), word.word())).unzip();
    let shown = Words::new(zh.join("、"), words.join(" or ").replace('_', " "));
    ApiError::new(code).with_word("state", state).with_shown("needs", words.join(", "), shown)
}

/// The problem of a refused step of a programme.
pub fn programme(refusal: ProgrammeRefusal) -> ApiError {
    match refusal {
        ProgrammeRefusal::WrongState { state, needs } => wrong_state(Code::ProgrammeWrongState, state, needs),
        ProgrammeRefusal::Incomplete(missing) => {
            ApiError::new(Code::ProgrammeIncomplete).with_faults(missing.into_iter().map(missing_field).collect())
        }
        ProgrammeRefusal::FiledElsewhere { with } => ApiError::new(Code::FiledElsewhere).with("area", with),
        ProgrammeRefusal::OutsideFilingWindow { next } => {
            ApiError::new(Code::FilingWindowClosed).with_words("next", next_window(next))
        }
        ProgrammeRefusal::SamePerson => ApiError::new(Code::FourEyes),
        ProgrammeRefusal::SessionsLive { count } => ApiError::new(Code::ProgrammeSessionsLive).with("count", count),
    }
}

fn next_window(next: Option<DateSpan>) -> Words {
    match next {
        Some(DateSpan { from, to: Some(to) }) => {
            Words::new(format!("下次申报时间为{from}至{to}。"), format!("the next window is {from} to {to}."))
        }
        Some(DateSpan { from, to: None }) => {
            Words::new(format!("下次申报从{from}开始。"), format!("the next window opens on {from}."))
        }
        None => Words::new("下次申报时间尚未公布，请留意通知。", "the next window has not been announced yet."),
    }
}

fn missing_field(missing: Missing) -> FieldFault {
    match missing {
        Missing::Aims => fault("/aims", "missing", "请填写培训目标", "state the aims"),
        Missing::Themes => fault("/themes", "missing", "请至少选择一个主题", "name at least one theme"),
        Missing::Curriculum => fault("/curriculum", "missing", "请填写课程安排", "enter the courses"),
        Missing::CurriculumHours { sum, hours } => fault(
            "/curriculum",
            "hours_differ",
            format!("课程合计{sum}学时，与项目的{hours}学时不符"),
            format!("the courses have {sum} hours together, the programme has {hours}"),
        )
        .with("sum", sum)
        .with("hours", hours),
        Missing::Lecturers => fault("/lecturers", "missing", "请填写授课教师", "name the lecturers"),
        Missing::ClassHead => fault("/class_head", "missing", "请指定专职班主任", "name the dedicated class head"),
    }
}

/// The problem of a refused step of a session.
pub fn session(refusal: SessionRefusal, span: (chrono::NaiveDate, chrono::NaiveDate)) -> ApiError {
    match refusal {
        SessionRefusal::WrongState { state, needs } => wrong_state(Code::SessionWrongState, state, needs),
        SessionRefusal::ProgrammeNotApproved { state } => {
            ApiError::new(Code::ProgrammeNotApproved).with_word("state", state)
        }
        SessionRefusal::NoClassHead => ApiError::new(Code::ClassHeadMissing),
        SessionRefusal::ClassSize { seats, least, most } => {
            ApiError::new(Code::ClassSize).with("seats", seats).with_words("bounds", bounds(least, most))
        }
        SessionRefusal::Terms(faults) => {
            ApiError::new(Code::InvalidField).with_faults(faults.into_iter().map(terms_field).collect())
        }
        SessionRefusal::Units(fault) => units(fault, span),
        SessionRefusal::Over { ends_on } => ApiError::new(Code::SessionOver).with("ends_on", ends_on),
        SessionRefusal::TooEarly { starts_on } => ApiError::new(Code::SessionTooEarly).with("starts_on", starts_on),
        SessionRefusal::SeatsBelowTaken { taken } => ApiError::new(Code::SeatsBelowTaken).with("taken", taken),
        SessionRefusal::QueueBelowTaken { taken } => ApiError::new(Code::QueueBelowTaken).with("taken", taken),
        SessionRefusal::UnitHeld => ApiError::new(Code::UnitHeld),
        SessionRefusal::ReasonMissing => ApiError::field(
            "/reason",
            "missing_field",
            Words::new(
                "已发布的班期及其课次须说明更改原因",
                "a published session, or its unit, changes with a reason only",
            ),
        ),
    }
}

/// How many seats a class has.
fn bounds(least: Option<i32>, most: Option<i32>) -> Words {
    match (least, most) {
        (Some(least), Some(most)) => Words::new(format!("{least}至{most}人"), format!("{least} to {most}")),
        (Some(least), None) => Words::new(format!("至少{least}人"), format!("at least {least}")),
        (None, Some(most)) => Words::new(format!("至多{most}人"), format!("at most {most}")),
        (None, None) => Words::new("不限", "any number"),
    }
}

fn terms_field(terms: TermsFault) -> FieldFault {
    match terms {
        TermsFault::SeatsOutOfRange => {
            let fault = fault("/seats", "range", "名额应在0到10000之间", "seats must lie between 0 and 10000");
            fault.with("min", 0).with("max", 10_000)
        }
        TermsFault::QueueOutOfRange => {
            let (zh, en) = ("候补名额应在0到10000之间", "queue places must lie between 0 and 10000");
            fault("/queue_places", "range", zh, en).with("min", 0).with("max", 10_000)
        }
        TermsFault::EndsBeforeStart => {
            fault("/ends_on", "ends_before_start", "结束日期早于开始日期", "the last day is before the first")
        }
        TermsFault::WindowClosesBeforeItOpens => fault(
            "/applications_close_at",
            "window_reversed",
            "报名截止时间须晚于报名开始时间",
            "applications must close after they open",
        ),
        TermsFault::WindowOutlastsSession => fault(
            "/applications_close_at",
            "window_outlasts_session",
            "报名截止时间晚于班期结束日期",
            "applications would be taken after the last day",
        ),
        TermsFault::WithdrawalBeforeWindow => fault(
            "/withdraw_until",
            "withdrawal_before_window",
            "退课截止时间早于报名开始时间",
            "withdrawal would end before applications open",
        ),
        TermsFault::WithdrawalOutlastsSession => fault(
            "/withdraw_until",
            "withdrawal_outlasts_session",
            "退课截止时间晚于班期结束日期",
            "withdrawal would be possible after the last day",
        ),
    }
}

/// How a unit is called in a text: by its id, or as the one that is being entered.
fn called(unit: &UnitSlot) -> Words {
    match unit.id {
        Some(id) => Words::new(id.to_string(), id.to_string()),
        None => Words::new("（本次录入）", "being entered"),
    }
}

fn units(units: UnitsFault, (starts_on, ends_on): (chrono::NaiveDate, chrono::NaiveDate)) -> ApiError {
    match units {
        UnitsFault::None => ApiError::new(Code::UnitsMissing),
        UnitsFault::EndsBeforeStart(_) => ApiError::field(
            "/ends_at",
            "ends_before_start",
            Words::new("课次结束时间须晚于开始时间", "a unit must end after it starts"),
        ),
        UnitsFault::WithoutHours(_) => {
            fault("/hours", "range", "课次学时须大于0", "a unit needs more than 0 hours").with("above", 0).into()
        }
        UnitsFault::OutsideSession(unit) => ApiError::new(Code::UnitOutsideSession)
            .with_words("unit", called(&unit))
            .with_instant("starts_at", unit.starts_at)
            .with("starts_on", starts_on)
            .with("ends_on", ends_on),
        UnitsFault::Overlap(unit, other) => ApiError::new(Code::UnitsOverlap)
            .with_words("unit", called(&unit))
            .with_instant("starts_at", unit.starts_at)
            .with_words("other", called(&other))
            .with_instant("other_starts_at", other.starts_at),
        UnitsFault::HoursExceedMinutes { unit, minutes, hour_minutes, most } => {
            let problem = ApiError::new(Code::UnitHoursExceedMinutes).with_words("unit", called(&unit));
            let problem = problem.with("hours", unit.hours).with("minutes", minutes);
            problem.with("hour_minutes", hour_minutes).with("most", most)
        }
        UnitsFault::HoursExceedDay { day, sum, most } => {
            ApiError::new(Code::UnitHoursExceedDay).with("day", day).with("sum", sum).with("most", most)
        }
        UnitsFault::HoursDiffer { sum, hours } => {
            ApiError::new(Code::UnitHoursDiffer).with("sum", sum).with("hours", hours)
        }
    }
}

/// Somebody changed the row between our reading and our writing, and the client named no version: the command runs again and
/// meets the row as it is now.
pub fn again() -> ApiError {
    ApiError::from(DbError::Busy("a row changed while a step was taken".into()))
}
