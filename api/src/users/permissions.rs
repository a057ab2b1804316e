//! What permissions are called by people.

use crate::problem::Words;
use shixun_domain::access::Permission;

/// The label of a permission. The match has no rest arm, so that a new permission does not compile without its words.
pub(crate) fn label(permission: Permission) -> Words {
    let (zh, en) = match permission {
        Permission::ReadOrganisations => ("查看机构与行政区划", "read organisations and areas"),
        Permission::ManageOrganisations => ("新建和修改机构", "enter and change organisations"),
        Permission::ReadPersons => ("查看人员（掩码）", "read persons, personal data masked"),
        Permission::ReadSelf => ("查看本人记录", "read one's own record"),
        Permission::ManagePersons => ("登记和修改人员", "enter and change persons"),
        Permission::RevealPersons => ("查看个人信息明文（须说明用途）", "see personal data in clear, with a reason"),
        Permission::ImportRosters => ("导入花名册与机构", "import rosters and organisations"),
        Permission::ReadUsers => ("查看账号与角色", "read accounts and roles"),
        Permission::ManageUsers => ("管理账号与角色", "manage accounts and roles"),
        Permission::ReadPolicy => ("查看政策包与周期", "read policy packs and cycles"),
        Permission::DraftPolicy => ("起草政策包", "draft policy packs"),
        Permission::PublishPolicy => ("发布他人起草的政策包", "publish policy packs that somebody else drafted"),
        Permission::ReadCatalogue => ("查看培训项目与班期", "read programmes and sessions"),
        Permission::ManageProgrammes => ("申报和实施培训项目", "declare and run programmes"),
        Permission::ApproveProgrammes => ("审批他人申报的培训项目", "approve programmes that somebody else declared"),
        Permission::Enrol => {
            ("报名与退出（教师本人，或学校代报）", "apply and withdraw, for oneself or for a teacher of one's school")
        }
        Permission::ReadEnrolments => ("查看报名、考勤与结果", "read enrolments, attendance and results"),
        Permission::ReviewEnrolments => ("审核本校教师报名", "review the applications of one's school"),
        Permission::RecordAttendance => ("登记考勤", "record attendance"),
        Permission::CloseSessions => ("登记结果并结班", "record results and close sessions"),
        Permission::ReadHours => ("查看学时与对账单", "read hours and statements"),
        Permission::EnterHours => {
            ("登记项目外学时（待入账）", "enter hours earned outside the catalogue, to be posted by somebody else")
        }
        Permission::ReverseHours => ("冲销已入账学时", "reverse posted hours"),
        Permission::ConvertActivities => ("认定其他形式转换", "recognise activities outside courses for hours"),
        Permission::ProposeWaivers => ("提出个别免除申请", "propose that a requirement be waived for a person"),
        Permission::DecideWaivers => {
            ("审批与撤销他人提出的个别免除", "decide on waivers that somebody else proposed, and revoke them")
        }
        Permission::IssueCertificates => ("开具学时证明书", "issue certificates of statements"),
        Permission::RevokeCertificates => ("撤销学时证明书", "revoke certificates"),
        Permission::ProposeFreezes => ("提出周期定稿", "propose to close a cycle"),
        Permission::ConfirmFreezes => ("确认他人提出的周期定稿", "confirm a closing that somebody else proposed"),
        Permission::EnterRecords => ("登记项目外学时待审（附凭证）", "enter hours from outside with evidence"),
        Permission::ExamineRecords => ("审核他人登记的项目外学时", "examine records that somebody else entered"),
        Permission::ReviewRecords => (
            "验证、退回或驳回项目外学时，复核待入账学时",
            "verify, return or reject records, post or void pending hours",
        ),
        Permission::ManageTransfers => ("办理学时转入转出", "issue and take hours of teachers who move"),
        Permission::DisputeHours => {
            ("对本人学时提出申诉，县级单位提出更正", "dispute one's own hours; for the county, propose corrections")
        }
        Permission::DecideDisputes => ("处理学时申诉", "decide disputes about hours"),
        Permission::ReadReports => ("查看报表", "read reports"),
        Permission::ReadLog => ("查看日志检查点与证明", "read the checkpoints of the log and proofs"),
        Permission::CosignLog => ("提交见证人联署", "hand in the cosignatures of witnesses"),
        Permission::ReadEvents => ("查看事件日志", "read the event log"),
    };
    Words::new(zh, en)
}
