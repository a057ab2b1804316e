//! Who may do what: roles, permissions, and the part of the county a role reaches.

use crate::{AreaCode, words::word_list};

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

/// Declares each permission once, with the roles that have it.
macro_rules! permissions {
    ($($(#[$about:meta])* $name:ident = $word:literal: $($role:ident)|+;)+) => {
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

            /// The roles that have it.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Permission::$name => &[$(Role::$role),+],)+ }
            }
        }
    };
}

permissions! {
    /// Read organisations and areas.
    ReadOrganisations = "read_organisations": Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Create and change organisations.
    ManageOrganisations = "manage_organisations": Bureau | Centre | SystemAdministrator;
    /// Read persons and their dated facts (identity number, phone and e-mail masked).
    ReadPersons = "read_persons": Bureau | Centre | Monitor | SchoolAdministrator | Auditor | SystemAdministrator;
    /// Read one's own record.
    ReadSelf = "read_self": Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Create and change persons and their dated facts.
    ManagePersons = "manage_persons": Bureau | Centre | SchoolAdministrator;
    /// See masked fields in clear, with a reason that is logged.
    RevealPersons = "reveal_persons": Bureau | Centre | SchoolAdministrator;
    /// Import rosters and organisations.
    ImportRosters = "import_rosters": Bureau | Centre;
    /// Read accounts and the roles they hold.
    ReadUsers = "read_users": Bureau | Centre | Auditor | SystemAdministrator;
    /// Create accounts, grant roles, reset passwords.
    ManageUsers = "manage_users": SystemAdministrator | Bureau;
    /// Read policy packs and cycles.
    ReadPolicy = "read_policy": Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Draft policy packs: the county for itself and its schools, a school for itself.
    DraftPolicy = "draft_policy": Centre | Bureau | SchoolAdministrator;
    /// Publish policy packs someone else drafted.
    PublishPolicy = "publish_policy": Bureau;
    /// Read programmes and sessions.
    ReadCatalogue = "read_catalogue": Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Declare programmes and their sessions and run them.
    ManageProgrammes = "manage_programmes": Institution | Centre;
    /// Approve or return programmes someone else declared; open filing windows.
    ApproveProgrammes = "approve_programmes": Bureau | Centre;
    /// Apply for a session or withdraw: a teacher for oneself, a school for its teachers.
    Enrol = "enrol": Teacher | SchoolAdministrator;
    /// Read enrolments, attendance and results.
    ReadEnrolments = "read_enrolments": Bureau | Centre | Monitor | SchoolAdministrator | Institution | Lecturer | Auditor | Teacher;
    /// Review the applications of one's school's teachers.
    ReviewEnrolments = "review_enrolments": SchoolAdministrator;
    /// Record attendance at a unit.
    RecordAttendance = "record_attendance": Lecturer | Institution | Centre;
    /// Record results and close a session, which posts hours.
    CloseSessions = "close_sessions": Institution | Centre;
    /// Read hour entries and statements.
    ReadHours = "read_hours": Bureau | Centre | Monitor | SchoolAdministrator | Teacher | Auditor;
    /// Enter hours earned outside the catalogue, to be posted by somebody else.
    EnterHours = "enter_hours": Centre;
    /// Reverse posted hours, with a reason.
    ReverseHours = "reverse_hours": Centre | Bureau;
    /// Recognise activities outside courses for hours, as far as one's stage approves them.
    ConvertActivities = "convert_activities": Centre | Bureau | SchoolAdministrator;
    /// Propose that a requirement be waived for a person.
    ProposeWaivers = "propose_waivers": Centre | Bureau | SchoolAdministrator;
    /// Grant, refuse and revoke waivers that somebody else proposed.
    DecideWaivers = "decide_waivers": Bureau;
    /// Issue a certificate of a statement: a teacher one's own, a school for its teachers, the county for all.
    IssueCertificates = "issue_certificates": Bureau | Centre | SchoolAdministrator | Teacher;
    /// Revoke a certificate, with a reason.
    RevokeCertificates = "revoke_certificates": Bureau | Centre;
    /// Propose to close a cycle and freeze its report, or withdraw the proposal.
    ProposeFreezes = "propose_freezes": Centre;
    /// Confirm a closing that somebody else proposed.
    ConfirmFreezes = "confirm_freezes": Bureau | Centre;
    /// Enter hours from outside with evidence, to be examined: a teacher one's own, a school its teachers'.
    EnterRecords = "enter_records": Teacher | SchoolAdministrator | Centre;
    /// Examine records that somebody else entered.
    ExamineRecords = "examine_records": Centre;
    /// Verify, return or reject records; verifying posts the hours. Post or void hours that somebody else entered by hand.
    ReviewRecords = "review_records": Centre | Monitor | Bureau;
    /// Issue and take hours of teachers who move from county to county.
    ManageTransfers = "manage_transfers": Centre | Bureau;
    /// Dispute one's own hours; for the county, propose a correction of anybody's that somebody else decides.
    DisputeHours = "dispute_hours": Teacher | Centre | Bureau;
    /// Decide disputes about hours.
    DecideDisputes = "decide_disputes": Centre | Bureau;
    /// Read reports on schools and the county.
    ReadReports = "read_reports": Bureau | Centre | Monitor | Finance | SchoolAdministrator | Auditor;
    /// Read the signed checkpoints of the log, and proofs.
    ReadLog = "read_log": Bureau | Centre | Monitor | Finance | SchoolAdministrator | Teacher | Institution | Lecturer | Auditor | SystemAdministrator;
    /// Hand in the cosignatures of witnesses.
    CosignLog = "cosign_log": Bureau | Monitor | SystemAdministrator;
    /// Read the event log.
    ReadEvents = "read_events": Auditor | Bureau | SystemAdministrator;
}

/// The part of the world a role reaches: an organisation and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The area of the organisation.
    pub area: AreaCode,
    /// The number of the organisation.
    pub organisation: i64,
    /// The organisation's path: its ancestors' numbers and its own, each between slashes.
    pub path: String,
}

impl Scope {
    /// True where the organisation at `path` in `area` is the scope's own or lies below it. A scope at the top of a province
    /// or city reaches every organisation of the areas inside.
    pub fn covers(&self, area: AreaCode, path: &str) -> bool {
        if self.area == area { path.starts_with(&self.path) } else { self.covers_area(area) }
    }

    /// True where everything in `area` is reached.
    pub fn covers_area(&self, area: AreaCode) -> bool {
        self.area.contains(area) && is_top(&self.path)
    }
}

fn is_top(path: &str) -> bool {
    path.bytes().filter(|byte| *byte == b'/').count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(area: i32, path: &str) -> Scope {
        Scope { area: AreaCode::new(area).unwrap(), organisation: 1, path: path.into() }
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
    fn an_auditor_reads_and_never_writes() {
        for permission in Permission::ALL.iter().filter(|permission| permission.roles().contains(&Role::Auditor)) {
            assert!(permission.as_str().starts_with("read_"), "{permission:?}");
        }
    }
}
