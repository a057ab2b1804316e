//! Who can sign in to the demo county.

use super::plan::Plan;
use shixun_domain::access::Role;

/// An account that is not a teacher's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    /// Over the whole county.
    County,
    /// Over the school at this place of the plan.
    School(usize),
    /// Over the institution of this number, 0 or 1.
    Institution(usize),
    /// At the centre, for the lecturer at this place of the plan.
    Lecturer(usize),
    /// At the last school of the teacher at this place of the plan.
    Teacher(usize),
}

/// Every account: user name, role, where.
pub(super) fn all(plan: &Plan) -> Vec<(String, Role, Seat)> {
    let mut all: Vec<(String, Role, Seat)> = [
        ("bureau", Role::Bureau),
        ("centre", Role::Centre),
        ("monitor", Role::Monitor),
        ("finance", Role::Finance),
        ("auditor", Role::Auditor),
        ("system", Role::SystemAdministrator),
    ]
    .map(|(name, role)| (name.to_owned(), role, Seat::County))
    .into();
    let school = |place: usize| (format!("school-{:02}", place + 1), Role::SchoolAdministrator, Seat::School(place));
    all.extend((0..plan.schools.len()).map(school));
    let institution =
        |place: usize| (format!("institution-{:02}", place + 1), Role::Institution, Seat::Institution(place));
    all.extend((0..2).map(institution));
    let lecturer = |place: usize| (format!("lecturer-{:02}", place + 1), Role::Lecturer, Seat::Lecturer(place));
    all.extend((0..plan.lecturers.len()).map(lecturer));
    let teacher = |place: usize| (format!("teacher-{:04}", place + 1), Role::Teacher, Seat::Teacher(place));
    all.extend((0..plan.teachers.len()).map(teacher));
    all
}

/// The sign-ins worth knowing, with what each is good for, in the order in which one tries them.
pub const fn sign_ins() -> [(&'static str, &'static str); 11] {
    [
        ("teacher-0001", "教师 teacher; up to teacher-2500"),
        ("school-01", "学校师训管理员 school administrator of teacher-0001; up to school-60"),
        ("lecturer-01", "授课教师 lecturer; up to lecturer-15"),
        ("institution-01", "培训机构 training institution; also institution-02"),
        ("centre", "教师进修学校 training centre"),
        ("bureau", "教育局 education bureau"),
        ("monitor", "质量监控中心 quality monitoring"),
        ("finance", "财务 finance"),
        ("auditor", "审计 auditor: reads everything, writes nothing"),
        ("system", "系统管理员 system administrator"),
        ("school-04", "小班化学校 a small rural school with small classes"),
    ]
}
