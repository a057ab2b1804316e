//! Who may do what: roles, permissions, and the part of the county a role reaches.

use crate::{
    AreaCode,
    words::{OrganisationKind, word_list},
};

word_list! {
    /// What an account is, over an organisation subtree and for a period.
    Role {
        Bureau = "bureau", "教育局", "education bureau";
        Centre = "centre", "教师进修学校", "training centre";
        Monitor = "monitor", "质量监控中心", "quality-monitoring centre";
        Finance = "finance", "财务", "finance";
        SchoolAdministrator = "school_administrator", "学校师训管理员", "school training administrator";
        Teacher = "teacher", "教师", "teacher";
        Institution = "institution", "培训机构", "training institution";
        Lecturer = "lecturer", "授课教师", "lecturer";
        Auditor = "auditor", "审计", "auditor";
        SystemAdministrator = "system_administrator", "系统管理员", "system administrator";
    }
}

/// A type that stands for a permission.
pub trait Needs: 'static {
    /// The permission.
    const PERMISSION: Permission;
}

/// Declares each permission once, with what people call it and the roles that have it.
macro_rules! permissions {
    ($($(#[$about:meta])* $name:ident = $word:literal, $zh:literal, $en:literal: $($role:ident)|+;)+) => {
        /// Something an operation needs. Denied unless a role in force has it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$about])* $name,)+ }

        /// One type per permission, for the signature of a handler.
        pub mod needs {
            $($(#[$about])* #[derive(Debug, Clone, Copy)] pub struct $name;
            impl super::Needs for $name {
                const PERMISSION: super::Permission = super::Permission::$name;
            })+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Permission] = &[$(Permission::$name),+];

            /// The word the contract uses.
            pub const fn as_str(self) -> &'static str {
                match self { $(Permission::$name => $word,)+ }
            }

            /// What a Chinese reader sees.
            pub const fn zh(self) -> &'static str {
                match self { $(Permission::$name => $zh,)+ }
            }

            /// What an English reader sees.
            pub const fn en(self) -> &'static str {
                match self { $(Permission::$name => $en,)+ }
            }

            /// The roles that have it.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Permission::$name => &[$(Role::$role),+],)+ }
            }
        }
    };
}

permissions! {
    /// Read organisations and areas.
    ReadOrganisations = "read_organisations", "查看机构与行政区划", "read organisations and areas":
        Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Create and change organisations.
    ManageOrganisations = "manage_organisations", "新建和修改机构", "enter and change organisations":
        Bureau | Centre | SystemAdministrator;
    /// Read persons and their dated facts (identity number, phone and e-mail masked).
    ReadPersons = "read_persons", "查看人员（掩码）", "read persons, personal data masked":
        Bureau | Centre | Monitor | SchoolAdministrator | Auditor | SystemAdministrator;
    /// Read one's own record.
    ReadSelf = "read_self", "查看本人记录", "read one's own record":
        Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Create and change persons and their dated facts.
    ManagePersons = "manage_persons", "登记和修改人员", "enter and change persons":
        Bureau | Centre | SchoolAdministrator;
    /// See masked fields in clear, with a reason that is logged.
    RevealPersons = "reveal_persons", "查看个人信息明文（须说明用途）", "see personal data in clear, with a reason":
        Bureau | Centre | SchoolAdministrator;
    /// Import rosters and organisations.
    ImportRosters = "import_rosters", "导入花名册与机构", "import rosters and organisations":
        Bureau | Centre;
    /// Read what was imported, and which faults were found.
    ReadImports = "read_imports", "查看导入记录", "read what was imported":
        Bureau | Centre | Auditor;
    /// Read accounts and the roles they hold.
    ReadUsers = "read_users", "查看账号与角色", "read accounts and roles":
        Bureau | Centre | SchoolAdministrator | Auditor | SystemAdministrator;
    /// Create accounts, grant roles, reset passwords.
    ManageUsers = "manage_users", "管理账号与角色", "manage accounts and roles":
        SystemAdministrator | Bureau;
    /// Make the accounts of teachers many at a time, and reset their passwords: the county for all, a school for its own.
    ManageTeacherAccounts = "manage_teacher_accounts", "批量开通教师账号、重置教师密码", "make accounts of teachers and reset their passwords":
        SystemAdministrator | Bureau | SchoolAdministrator;
    /// Read policy packs and cycles.
    ReadPolicy = "read_policy", "查看政策包与周期", "read policy packs and cycles":
        Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Draft policy packs: the county for itself and its schools, a school for itself.
    DraftPolicy = "draft_policy", "起草政策包", "draft policy packs":
        Centre | Bureau | SchoolAdministrator;
    /// Publish policy packs someone else drafted.
    PublishPolicy = "publish_policy", "发布他人起草的政策包", "publish policy packs that somebody else drafted":
        Bureau;
    /// Read programmes and sessions.
    ReadCatalogue = "read_catalogue", "查看培训项目与班期", "read programmes and sessions":
        Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Declare programmes and their sessions and run them.
    ManageProgrammes = "manage_programmes", "申报和实施培训项目", "declare and run programmes":
        Institution | Centre;
    /// Approve or return programmes someone else declared; open filing windows.
    ApproveProgrammes = "approve_programmes", "审批他人申报的培训项目", "approve programmes that somebody else declared":
        Bureau | Centre;
    /// Apply for a session or withdraw: a teacher for oneself, a school for its teachers.
    Enrol = "enrol", "报名与退出（教师本人，或学校代报）", "apply and withdraw, for oneself or for a teacher of one's school":
        Teacher | SchoolAdministrator;
    /// Let a teacher do the same content once more in a cycle, with a reason.
    AllowRepeats = "allow_repeats", "准予重复参训", "let a teacher do the same content once more in a cycle":
        Centre;
    /// Read enrolments, attendance and results.
    ReadEnrolments = "read_enrolments", "查看报名、考勤与结果", "read enrolments, attendance and results":
        Bureau | Centre | Monitor | SchoolAdministrator | Institution | Lecturer | Auditor | Teacher;
    /// Review the applications of one's school's teachers.
    ReviewEnrolments = "review_enrolments", "审核本校教师报名", "review the applications of one's school":
        SchoolAdministrator;
    /// Record attendance at a unit.
    RecordAttendance = "record_attendance", "登记考勤", "record attendance":
        Lecturer | Institution | Centre;
    /// Record results and close a session, which posts hours.
    CloseSessions = "close_sessions", "登记结果并结班", "record results and close sessions":
        Institution | Centre;
    /// Evaluate a session that one attended, and read one's own evaluation.
    EvaluateSessions = "evaluate_sessions", "评价本人参加的培训", "evaluate sessions that one attended":
        Teacher;
    /// Read what participants say of a session, added up and without names.
    ReadEvaluations = "read_evaluations", "查看培训评价汇总（不含姓名）", "read what participants say of a session, without names":
        Bureau | Centre | Monitor | Institution | Lecturer | Auditor;
    /// Read hour entries and statements.
    ReadHours = "read_hours", "查看学时与对账单", "read hours and statements":
        Bureau | Centre | Monitor | SchoolAdministrator | Teacher | Auditor;
    /// Enter hours earned outside the catalogue, to be posted by somebody else.
    EnterHours = "enter_hours", "登记项目外学时（待入账）", "enter hours earned outside the catalogue, to be posted by somebody else":
        Centre;
    /// Reverse posted hours, with a reason.
    ReverseHours = "reverse_hours", "冲销已入账学时", "reverse posted hours":
        Centre | Bureau;
    /// Recognise activities outside courses for hours, as far as one's stage approves them.
    ConvertActivities = "convert_activities", "认定其他形式转换", "recognise activities outside courses for hours":
        Centre | Bureau | SchoolAdministrator;
    /// Propose that a requirement be waived for a person.
    ProposeWaivers = "propose_waivers", "提出个别免除申请", "propose that a requirement be waived for a person":
        Centre | Bureau | SchoolAdministrator;
    /// Grant, refuse and revoke waivers that somebody else proposed.
    DecideWaivers = "decide_waivers", "审批与撤销他人提出的个别免除", "decide on waivers that somebody else proposed, and revoke them":
        Bureau;
    /// Issue a certificate of a statement: a teacher one's own, a school for its teachers, the county for all.
    IssueCertificates = "issue_certificates", "开具学时证明书", "issue certificates of statements":
        Bureau | Centre | SchoolAdministrator | Teacher;
    /// Revoke a certificate, with a reason.
    RevokeCertificates = "revoke_certificates", "撤销学时证明书", "revoke certificates":
        Bureau | Centre;
    /// Propose to close a cycle and freeze its report, or withdraw the proposal.
    ProposeFreezes = "propose_freezes", "提出周期定稿", "propose to close a cycle":
        Centre;
    /// Confirm a closing that somebody else proposed.
    ConfirmFreezes = "confirm_freezes", "确认他人提出的周期定稿", "confirm a closing that somebody else proposed":
        Bureau | Centre;
    /// Enter hours from outside with evidence, to be examined: a teacher one's own, a school its teachers'.
    EnterRecords = "enter_records", "登记项目外学时待审（附凭证）", "enter hours from outside with evidence":
        Teacher | SchoolAdministrator | Centre;
    /// Examine records that somebody else entered.
    ExamineRecords = "examine_records", "审核他人登记的项目外学时", "examine records that somebody else entered":
        Centre;
    /// Verify, return or reject records; verifying posts the hours. Post or void hours that somebody else entered by hand.
    ReviewRecords = "review_records", "验证、退回或驳回项目外学时，复核待入账学时", "verify, return or reject records, post or void pending hours":
        Centre | Monitor | Bureau;
    /// Issue and take hours of teachers who move from county to county.
    ManageTransfers = "manage_transfers", "办理学时转入转出", "issue and take hours of teachers who move":
        Centre | Bureau;
    /// Dispute one's own hours; for the county, propose a correction of anybody's that somebody else decides.
    DisputeHours = "dispute_hours", "对本人学时提出申诉，县级单位提出更正", "dispute one's own hours; for the county, propose corrections":
        Teacher | Centre | Bureau;
    /// Decide disputes about hours.
    DecideDisputes = "decide_disputes", "处理学时申诉", "decide disputes about hours":
        Centre | Bureau;
    /// Read reports on schools and the county.
    ReadReports = "read_reports", "查看报表", "read reports":
        Bureau | Centre | Monitor | Finance | SchoolAdministrator | Auditor;
    /// Read the signed checkpoints of the log, and proofs.
    ReadLog = "read_log", "查看日志检查点与证明", "read the checkpoints of the log and proofs":
        Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Hand in the cosignatures of witnesses.
    CosignLog = "cosign_log", "提交见证人联署", "hand in the cosignatures of witnesses":
        Bureau | Monitor | SystemAdministrator;
    /// Read the event log.
    ReadEvents = "read_events", "查看事件日志", "read the event log":
        Auditor | Bureau | SystemAdministrator;
}

/// The part of the world a role reaches: an organisation and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The area of the organisation.
    pub area: AreaCode,
    /// The number of the organisation.
    pub organisation: i64,
    /// What the organisation is: the whole area belongs to its bureau alone.
    pub kind: OrganisationKind,
    /// The organisation's path: its ancestors' numbers and its own, each between slashes.
    pub path: String,
}

impl Scope {
    /// True where the organisation at `path` in `area` is the scope's own or lies below it. A scope at the top of a province
    /// or city reaches every organisation of the areas inside.
    pub fn covers(&self, area: AreaCode, path: &str) -> bool {
        if self.area == area { path.starts_with(&self.path) } else { self.covers_area(area) }
    }

    /// True where everything in `area` is reached: from the bureau at its top, or at the top of what it lies in. Whatever else stands
    /// without a parent reaches itself and what lies below it.
    pub fn covers_area(&self, area: AreaCode) -> bool {
        self.area.contains(area) && self.kind.stands_at_the_top() && is_top(&self.path)
    }
}

fn is_top(path: &str) -> bool {
    path.bytes().filter(|byte| *byte == b'/').count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(area: i32, path: &str) -> Scope {
        Scope { area: AreaCode::new(area).unwrap(), organisation: 1, kind: OrganisationKind::Bureau, path: path.into() }
    }

    #[test]
    fn a_role_reaches_its_organisation_and_what_lies_below_and_nothing_else() {
        let county = AreaCode::new(331_123).unwrap();
        let school = scope(331_123, "/1/12/");
        assert!(school.covers(county, "/1/12/"));
        assert!(school.covers(county, "/1/12/5/"));
        assert!(!school.covers(county, "/1/"));
        assert!(!school.covers(county, "/1/123/"), "a number that begins alike is another organisation");
        assert!(!school.covers_area(county));
    }

    #[test]
    fn a_province_reaches_its_counties_and_a_county_no_other() {
        let (county, other) = (AreaCode::new(331_123).unwrap(), AreaCode::new(331_124).unwrap());
        assert!(scope(330_000, "/9/").covers(county, "/1/12/"));
        assert!(!scope(330_000, "/9/3/").covers(county, "/1/12/"), "a department of the province is not the province");
        assert!(!scope(331_123, "/1/").covers(other, "/1/"));
    }

    #[test]
    fn what_stands_without_a_parent_and_is_no_bureau_reaches_itself_and_not_its_area() {
        let county = AreaCode::new(331_123).unwrap();
        for kind in OrganisationKind::ALL.iter().filter(|kind| **kind != OrganisationKind::Bureau) {
            let alone = Scope { kind: *kind, ..scope(331_123, "/5/") };
            assert!(!alone.covers_area(county), "{kind}");
            assert!(alone.covers(county, "/5/7/"), "{kind}");
            assert!(!alone.covers(county, "/1/"), "{kind}");
            let above = Scope { kind: *kind, ..scope(330_000, "/5/") };
            assert!(!above.covers(county, "/1/12/"), "{kind}");
        }
    }

    #[test]
    fn an_auditor_reads_and_never_writes() {
        for permission in Permission::ALL.iter().filter(|permission| permission.roles().contains(&Role::Auditor)) {
            assert!(permission.as_str().starts_with("read_"), "{permission:?}");
        }
    }
}
