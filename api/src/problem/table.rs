//! The table of problems: code, status, and what people read, in zh-CN and in English.
//!
//! Clients match on the code, never on the text. `{name}` in a text is filled from the problem's parameters.

use super::language::Language;

/// Declares the table once: the enum, the lookups and the catalogue that `GET /v1/problems` shows.
macro_rules! problems {
    ($($variant:ident = $code:literal, $status:literal, $zh:literal, $en:literal, $zh_detail:literal, $en_detail:literal;)+) => {
        /// A stable problem code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $en] $variant,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// The word clients match on.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)+ }
            }

            /// The HTTP status it is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)+ }
            }

            /// The same words for every occurrence.
            pub const fn title(self, language: Language) -> &'static str {
                match (self, language) { $((Code::$variant, Language::Zh) => $zh, (Code::$variant, Language::En) => $en,)+ }
            }

            /// What happened this time and what to do, before parameters are filled in.
            pub const fn detail(self, language: Language) -> &'static str {
                match (self, language) { $((Code::$variant, Language::Zh) => $zh_detail, (Code::$variant, Language::En) => $en_detail,)+ }
            }
        }
    };
}

problems! {
    // The request itself
    MalformedJson = "malformed_json", 400, "请求体不是有效的JSON", "The body is not valid JSON",
        "第{line}行第{column}列附近无法解析：{reason}。请检查JSON格式。", "Cannot be read near line {line}, column {column}: {reason}. Check the JSON.";
    InvalidField = "invalid_field", 422, "请求体中有字段不符合要求", "Some fields of the body are not acceptable",
        "共{count}处，逐条见errors。", "{count} in all; each is listed in errors.";
    UnsupportedMediaType = "unsupported_media_type", 415, "不支持的内容类型", "Unsupported media type",
        "此操作只接受{expected}，不压缩（JSON须为UTF-8编码）；请检查Content-Type和Content-Encoding请求头。", "This operation takes {expected}, not compressed, and JSON in UTF-8; check the headers Content-Type and Content-Encoding.";
    BodyTooLarge = "body_too_large", 413, "请求体过大", "The body is too large",
        "上限为{limit}字节，请缩减内容或分次提交。", "The limit is {limit} bytes; send less at a time.";
    UnknownParameter = "unknown_parameter", 400, "查询参数不存在", "Unknown query parameter",
        "参数{name}不存在；可用参数：{expected}。", "There is no parameter {name}; known are {expected}.";
    InvalidParameter = "invalid_parameter", 400, "参数的值不正确", "A parameter has an unacceptable value",
        "参数{name}的值不正确：{reason}。", "Parameter {name}: {reason}.";
    InvalidId = "invalid_id", 400, "标识符不正确", "The identifier is not acceptable",
        "{reason}。", "Cannot be used: {reason}.";
    InvalidCursor = "invalid_cursor", 400, "翻页游标无效", "The cursor is not valid",
        "请从第一页重新开始，并原样使用next_cursor。", "Start again from the first page and use next_cursor as it was given.";
    InvalidHeader = "invalid_header", 400, "请求头的值不正确", "A header has an unacceptable value",
        "请求头{name}的值不正确：{reason}。", "Header {name}: {reason}.";
    UnknownRoute = "unknown_route", 404, "没有这个地址", "No such address",
        "{path}不存在，可用地址见/docs。", "{path} does not exist; /docs lists what does.";
    MethodNotAllowed = "method_not_allowed", 405, "此地址不支持该方法", "The method is not allowed here",
        "此地址支持：{allow}。", "This address takes {allow}.";
    NotFound = "not_found", 404, "找不到", "Not found",
        "没有标识符为{id}的{kind_zh}，或您无权查看。", "There is no {kind} {id}, or it is not yours to see.";
    // Who is asking
    Unauthenticated = "unauthenticated", 401, "尚未登录", "Not signed in",
        "请用POST /v1/auth/login登录，并在Authorization请求头中带上access_token。", "Sign in with POST /v1/auth/login and send the access_token in the Authorization header.";
    TokenMalformed = "token_malformed", 401, "令牌格式不正确", "The token cannot be read",
        "请重新登录。", "Sign in again.";
    TokenExpired = "token_expired", 401, "令牌已过期", "The token has expired",
        "请用POST /v1/auth/refresh换取新令牌。", "Get a new one with POST /v1/auth/refresh.";
    TokenForeign = "token_foreign", 401, "令牌不是由本系统签发", "The token was not signed by this system",
        "签名不符，请重新登录。", "The signature is by no key of this system; sign in again.";
    TokenIssuer = "token_issuer", 401, "令牌的签发者不符", "The token names another issuer",
        "签发者不是本系统，请在本系统重新登录。", "It must come from this system; sign in here.";
    TokenAudience = "token_audience", 401, "令牌不是用于本接口", "The token is for another API",
        "令牌的受众不是本接口，请在本系统重新登录。", "Its audience is another API; sign in here.";
    TokenAlgorithm = "token_algorithm", 401, "令牌的签名算法不被接受", "The algorithm of the token is not accepted",
        "仅接受EdDSA。", "Only EdDSA is accepted.";
    AccountDisabled = "account_disabled", 401, "账号已停用", "The account is disabled",
        "该账号已被停用；如需恢复，请联系本地管理员。", "The account was disabled; ask an administrator to enable it again.";
    SignInFailed = "sign_in_failed", 401, "用户名或密码不正确", "User name or password is wrong",
        "请核对后重试；多次失败后账号将暂时锁定。", "Check both and try again; after several failures the account is locked for a while.";
    SignInLocked = "sign_in_locked", 429, "登录暂时锁定", "Sign-in is locked for now",
        "失败次数过多，请在{seconds}秒后重试。", "Too many failures; try again in {seconds} seconds.";
    PasswordChangeRequired = "password_change_required", 403, "须先修改密码", "The password has to be changed first",
        "此密码由他人设置，只能用于修改密码；请用POST /v1/me/password改成自己的密码，然后重新登录。", "Somebody else set this password, and it is good for changing it alone; choose your own with POST /v1/me/password, then sign in again.";
    RefreshInvalid = "refresh_invalid", 401, "刷新令牌无效", "The refresh token is not valid",
        "它已过期、已撤销或不存在，请重新登录。", "It has expired, was revoked or never was; sign in again.";
    RefreshReused = "refresh_reused", 401, "刷新令牌被重复使用", "The refresh token was used twice",
        "为安全起见，本次登录的全部令牌已撤销，请重新登录。", "For safety every token of this sign-in was revoked; sign in again.";
    Forbidden = "forbidden", 403, "没有权限", "Not permitted",
        "此操作需要“{permission}”的权限，您现有的角色没有；如工作需要，请向管理员申请。", "This needs the permission to {permission}, which none of your roles has; ask an administrator if your work needs it.";
    RateLimited = "rate_limited", 429, "请求过于频繁", "Too many requests",
        "请在{seconds}秒后重试。", "Try again in {seconds} seconds.";
    // Retry and editing
    IdempotencyMismatch = "idempotency_mismatch", 422, "同一Idempotency-Key用于不同请求", "The Idempotency-Key was used for another request",
        "重试须与首次请求完全一致；新的请求请用新的键。", "A retry must equal the first request; a new request needs a new key.";
    IdempotencyRunning = "idempotency_running", 409, "同一请求正在处理", "The same request is still running",
        "请在{seconds}秒后用同一个键重试。", "Try again in {seconds} second(s) with the same key.";
    PreconditionRequired = "precondition_required", 428, "需要If-Match请求头", "The If-Match header is needed",
        "请先读取对象，再带上其ETag修改，以免覆盖他人的修改。", "Read the object first and send its ETag, so that nobody's change is overwritten.";
    PreconditionFailed = "precondition_failed", 412, "对象已被他人修改", "Somebody changed the object meanwhile",
        "请重新读取后再修改。", "Read it again and repeat your change.";
    // The system
    Unavailable = "unavailable", 503, "数据库暂时不可用", "The database cannot be reached for now",
        "没有写入任何内容，请在{seconds}秒后重试。", "Nothing was written; try again in {seconds} second(s).";
    SchemaOutdated = "schema_outdated", 503, "数据库结构与程序版本不一致", "The database does not have the schema of this program",
        "请管理员备份后执行shixun migrate；如数据库比程序新，请换用新版程序。", "The administrator backs up and runs `shixun migrate`, or starts a newer program where the database is newer.";
    Busy = "busy", 503, "系统繁忙", "The system is busy",
        "没有写入任何内容，请在{seconds}秒后重试。", "Nothing was written; try again in {seconds} second(s).";
    StorageFull = "storage_full", 507, "存储空间已满", "The storage is full",
        "没有写入任何内容，请联系管理员清理磁盘。", "Nothing was written; ask the administrator to make room on the disk.";
    Internal = "internal", 500, "系统内部错误", "Internal error",
        "问题已记录，请将request_id告知管理员。", "It was logged; tell the administrator the request_id.";
    // Organisations
    OrganisationCodeTaken = "organisation_code_taken", 409, "机构代码已被使用", "The code of the organisation is taken",
        "代码{code}已属于另一机构，请核对；代码一经使用不再分配给其他机构。", "The code {code} belongs to another organisation; check it, for codes are never used again.";
    OrganisationParentInvalid = "organisation_parent_invalid", 422, "上级机构不正确", "The parent cannot be above this organisation",
        "上级机构必须存在、属于同一地区，且不能是本机构或其下级；请另选上级机构。", "The parent must exist in the same area and be neither the organisation itself nor below it; choose another.";
    OrganisationTopTaken = "organisation_top_taken", 409, "本地区已有教育局", "The area has a bureau at its top already",
        "每个地区只有一个机构居于最上级，本地区是{name}；请把本机构填在它的下面（parent_id）。", "One bureau stands at the top of an area, here {name}; enter this organisation below it (`parent_id`).";
    OrganisationKindStays = "organisation_kind_stays", 409, "此类机构不能撤并", "An organisation of this kind stays",
        "只有学校和培训机构可以撤并（停办）。", "Only schools and institutions close.";
    OrganisationClosed = "organisation_closed", 409, "机构已撤并", "The organisation is closed already",
        "它的最后一天是{closed_on}；如需更改，请先恢复再重新办理。", "Its last day is {closed_on}; open it again first to choose another.";
    OrganisationEmploys = "organisation_employs", 409, "机构仍有人员任职", "Somebody is employed there",
        "{closed_on}之后仍有{persons}人在此任教或任职，请先办理调动或离任。", "After {closed_on} people are still employed or hold posts there ({persons}); move them, or end their employments and posts first.";
    OrganisationOpen = "organisation_open", 409, "机构在办", "The organisation is open",
        "它没有撤并，无需恢复。", "It is not closed, so there is nothing to open again.";
    // Enrolment
    TeacherNotNamed = "teacher_not_named", 400, "未指明教师", "No teacher is named",
        "当前账号未关联教师，请用teacher_id指明。", "The account is no teacher's: name one with teacher_id.";
    SessionNotOpen = "session_not_open", 409, "班期不接受报名", "The session takes no applications",
        "班期状态为“{state}”，只有已发布的班期可以报名。", "The session is {state}; only a published one takes applications.";
    ApplicationsNotOpenYet = "applications_not_open_yet", 409, "报名尚未开始", "Applications are not open yet",
        "报名于{opens}开始，请届时再来。", "They open at {opens}; come back then.";
    ApplicationsClosed = "applications_closed", 409, "报名已截止", "Applications have closed",
        "报名已于{closed}截止；请选择其他班期，或联系培训机构。", "They closed at {closed}; choose another session or ask the institution.";
    SessionBegun = "session_begun", 409, "班期已开班", "The session has begun",
        "班期已于{day}开班，请选择其他班期。", "It began on {day}; choose another session.";
    AlreadyEnrolled = "already_enrolled", 409, "已经报过名", "Already applied",
        "此班期已有报名，状态为“{status}”，不能再次报名。", "There is an application for this session already (status: {status}); it cannot be made again.";
    ApplicantNotEmployed = "applicant_not_employed", 409, "当前没有任职学校", "Not employed anywhere today",
        "报名须由任职学校审核；请学校先登记任职信息。", "A school must review the application; ask your school to enter the employment first.";
    NotInAudience = "not_in_audience", 403, "不在培训对象范围内", "Not among those the session is for",
        "{reason}；请查看班期的培训对象，或选择其他班期。", "{reason}; see whom the session is for, or choose another.";
    ScheduleClash = "schedule_clash", 409, "与其他班期时间冲突", "Meets at the same time as another session",
        "与已报的“{name}”（{session}）上课时间重叠；请先退出其中一个。", "Its units overlap with \"{name}\" ({session}), which was applied for; withdraw from one first.";
    AlreadyDoneInCycle = "already_done_in_cycle", 409, "本周期已参加过相同内容", "The same content is done or booked in this cycle",
        "“{name}”（{session}）与此内容相同，一个周期内只计一次；请选择其他内容，确需再次参训的请由进修学校准予。", "\"{name}\" ({session}) has the same content, which counts once in a cycle; choose another content, or let the training centre allow it once more.";
    ContentRecorded = "content_recorded", 409, "相同内容已登记为项目外学时", "The same content is recorded from outside",
        "“{title}”（{record}）已登记相同内容，一个周期内只计一次；请选择其他内容，登记有误的请先撤回，确需再次参训的请由进修学校准予。", "\"{title}\" ({record}) records the same content, which counts once in a cycle; choose another content, withdraw the record where it is wrong, or let the training centre allow it once more.";
    YearlyMaximumReached = "yearly_maximum_reached", 409, "超过年度学时上限", "Beyond the yearly maximum",
        "本年度还可计{left}学时，此班期为{hours}学时；请选择学时较少的班期，或先退出已报的班期。", "{left} hours are left in the year and the session is worth {hours}; choose a shorter one or withdraw from another first.";
    SessionFull = "session_full", 409, "名额已满", "No seat and no place in the queue is left",
        "共{seats}个名额，候补也已满；请选择其他班期，或待有人退出后再报。", "All {seats} seats and the queue are taken; choose another session, or try again when somebody has withdrawn.";
    NotAwaitingReview = "not_awaiting_review", 409, "无需审核", "Not waiting for review",
        "该报名的状态为“{status}”，只有待审核的报名可以审核；请刷新后再看。", "The enrolment is {status}; only one that waits for its review can be reviewed. Read it again.";
    EnrolmentEnded = "enrolment_ended", 409, "报名已结束", "The enrolment has ended",
        "该报名的状态为“{status}”，不能再更改。", "The enrolment is {status} and cannot change any more.";
    WithdrawalClosed = "withdrawal_closed", 409, "已过退出截止时间", "Too late to withdraw",
        "班期开始前且{until}前方可自行退出，请联系培训机构。", "Withdrawing was possible until {until}, and not after the session was started; ask the institution.";
    SessionNotRunning = "session_not_running", 409, "班期未在进行中", "The session is not running",
        "班期状态为“{state}”；只有进行中的班期可以记考勤、登记结果和结班。", "The session is {state}; attendance, results and closing need a running one.";
    UnitNotBegun = "unit_not_begun", 409, "课次尚未开始", "The unit has not begun",
        "课次于{starts}开始，开始后方可记考勤。", "It begins at {starts}; attendance is recorded from then on.";
    NotYourUnit = "not_your_unit", 403, "不是您授课的课次", "Not a unit you teach",
        "授课教师只能记录自己课次的考勤。", "A lecturer records attendance at his or her own units only.";
    OwnTraining = "own_training", 403, "不得经办本人的培训", "Not of one's own training",
        "本人的考勤与结果须由他人登记，本人参加的班期须由他人结班；请由另一位有权限的人员办理。", "One's own attendance and results are recorded by somebody else, and so is a session closed that one attends; let another person with the right do it.";
    UnitsNotOver = "units_not_over", 409, "还有课次没有结束", "Units are still to come",
        "最后一次课于{ends}结束，之后方可结班。", "The last unit ends at {ends}; close the session after it.";
    AttendanceMissing = "attendance_missing", 409, "考勤记录不完整", "Attendance is incomplete",
        "还有{missing}条考勤未记录，补齐后方可结班。", "Marks that are missing: {missing}; record them before closing.";
    ResultsMissing = "results_missing", 409, "结果登记不完整", "Results are incomplete",
        "还有{missing}名学员没有结果，补齐后方可结班。", "Trainees without a result: {missing}; record results before closing.";
    NotARepeat = "not_a_repeat", 409, "并非重复参训", "Nothing stands in the way",
        "该教师本周期没有参加或登记过相同内容，或已准予，可直接报名。", "The teacher has not done, booked or recorded the content in this cycle, or it is allowed already; the teacher may apply.";
    EnrolmentNotSettled = "enrolment_not_settled", 409, "该报名没有可更正的学时", "The enrolment has no hours to correct",
        "该报名的状态为“{status}”；班期结班后，完成、未完成或因违纪终止的学员方可更正考勤。结班前请直接重新提交考勤。", "The enrolment is {status}; attendance is corrected so after the session was closed, for who completed it, did not, or was expelled. Before, record it again.";
    NoConfirmedSeat = "no_confirmed_seat", 409, "没有参加该班期", "No part was taken in the session",
        "当前状态为“{status}”；只有名额已确认的学员可以评价。", "The enrolment is {status}; a session is evaluated by those with a confirmed seat.";
    EvaluationNotOpen = "evaluation_not_open", 409, "尚不能评价", "It is too early to evaluate",
        "最后一次课于{ends}结束，之后方可评价。", "The last unit ends at {ends}; evaluate the session after it.";
    NotAttended = "not_attended", 409, "没有出勤记录，不能评价", "Nothing was attended",
        "出勤至少一分钟方可评价；考勤有误的，结班前请培训机构更正，结班后请进修学校更正。", "Whoever was absent cannot evaluate the session; if the attendance is wrong, the institution corrects it before the session is closed, the training centre afterwards.";
    AlreadyEvaluated = "already_evaluated", 409, "已经评价过", "It was evaluated already",
        "每人对每个班期评价一次，提交后不能修改。", "A session is evaluated once, and what was said is not changed.";
    EvaluationClosed = "evaluation_closed", 409, "评价已截止", "The time for evaluations is over",
        "评价截至{until}（含当日）。", "Evaluations were taken until {until} inclusive.";
    // Policy
    PolicyEditionTaken = "policy_edition_taken", 409, "该版本的政策包已存在", "The policy pack exists in this version",
        "{code}第{edition}版已存在；请提高version后重新提交。", "{code} has a version {edition} already; raise version and send it again.";
    PolicyNotADraft = "policy_not_a_draft", 409, "政策包不是草稿", "The policy pack is not a draft",
        "已发布的政策包不可再次发布或修改；变更请另出新版本。", "A published pack is neither published again nor edited; draft a new version for a change.";
    PolicyLintFailed = "policy_lint_failed", 422, "政策包有错误，不能发布", "The pack has errors and cannot be published",
        "共{count}处，逐条见errors；请改正草稿后再发布。", "{count} in all, each in errors; mend the draft, then publish it.";
    PolicyPublished = "policy_published", 409, "已发布的政策包不可修改或撤回", "A published pack is neither edited nor withdrawn",
        "{code}第{edition}版已发布，学时证明以其为据；变更请另起草新版本。", "{code} version {edition} is published, and statements rest on it; draft a new version for a change.";
    PolicyFourEyes = "policy_four_eyes", 409, "起草人不得发布", "Who drafted a pack may not publish it",
        "请由另一位有发布权限的人员发布。", "Let somebody else with the right to publish do it.";
    PolicyMissing = "policy_missing", 409, "没有可用的政策规则", "There are no rules to judge by",
        "{reason}；请先由县级以上管理人员发布适用的政策包。", "Because {reason}; a pack that applies has to be published first.";
    ConversionNeedsApprover = "conversion_needs_approver", 403, "该项转换须由上级认定", "A higher stage has to recognise this activity",
        "按政策须由{approver}认定。", "The packs leave it to {approver}.";
    WaiverFourEyes = "waiver_four_eyes", 409, "提出人或本人不得审批该免除", "Who proposed a waiver, or whom it is for, may not decide on it",
        "请由另一位有审批权限的人员处理。", "Let somebody else with the right to decide do it.";
    WaiverDecided = "waiver_decided", 409, "该免除已经审批", "The waiver was decided already",
        "当前状态为“{state_zh}”；如需改变，请撤销后重新提出。", "It is {state}; to change that, revoke it and propose another.";
    WaiverNotInForce = "waiver_not_in_force", 409, "只有已批准的免除可以撤销", "Only a granted waiver can be revoked",
        "当前状态为“{state_zh}”。", "It is {state}.";
    CycleUnknown = "cycle_unknown", 400, "没有这个周期", "There is no such cycle",
        "{area}没有周期{cycle}；可用周期见GET /v1/cycles。", "{area} has no cycle {cycle}; GET /v1/cycles lists those there are.";
    // Jobs
    JobNeeded = "job_needed", 409, "须作为任务提交", "It has to be asked for as a job",
        "该县教师超过{most}人，不能即时答复；请加上as_job=true重新提交，再用返回的任务查看进度和结果。", "The county has more than {most} teachers, too many to be answered at once; ask again with as_job=true and follow the job.";
    JobsWaiting = "jobs_waiting", 409, "未完成的任务已达上限", "Too many of your jobs are not over",
        "每个账号最多同时有{most}个未完成的任务；请等待其完成，或取消不需要的任务。", "An account may have {most} that wait or run; wait for one of them, or cancel one that is not needed.";
    JobEnded = "job_ended", 409, "任务已结束", "The job is over",
        "该任务{state}，不能再取消。", "The job is {state} and cannot be cancelled any more.";
    JobInterrupted = "job_interrupted", 503, "任务中断", "The job was interrupted",
        "执行该任务的服务器两次在中途停止；请重新提交，再次中断时请将request_id告知管理员。", "Twice the server that ran it stopped in the middle; ask for it again, and if that happens again tell the administrator the request_id.";
    // Hours
    EntryNotPosted = "entry_not_posted", 409, "只有已入账的学时可以冲销", "Only posted hours can be reversed",
        "该条目的状态为“{state_zh}”；请在学时条目中选择已入账的一条。", "The entry is {state}; choose one that is posted.";
    EntryNotPending = "entry_not_pending", 409, "该条目不是待入账", "The entry is not pending",
        "该条目为{state_zh}，不能入账或作废。", "The entry is {state}; it can be neither posted nor voided.";
    ReversalNeedsApproval = "reversal_needs_approval", 409, "周期已结束，冲销须经他人批准", "After the close of the cycle another person has to approve",
        "周期{cycle}已结束：请对该条目提出更正（POST /v1/hour-entries/{entry}/disputes），由他人审定后冲销。", "The cycle {cycle} is over: propose the correction as a dispute about the entry (POST /v1/hour-entries/{entry}/disputes); somebody else decides it.";
    RaiseNeedsApproval = "raise_needs_approval", 409, "增加学时须经他人批准", "Another person has to approve more hours",
        "冲销可减少学时，不能由一人增加：请对该条目提出更正（POST /v1/hour-entries/{entry}/disputes），由他人审定；考勤有误的，请更正考勤。", "One person may lower hours, not raise them: propose the correction as a dispute about the entry (POST /v1/hour-entries/{entry}/disputes), which somebody else decides; where the attendance was wrong, correct that.";
    ReversalRefused = "reversal_refused", 409, "周期已结束，不再受理更正", "The cycle is over, and its hours are not corrected any more",
        "周期{cycle}已结束，现行政策包（reversal_after_close）规定不再受理更正。", "The cycle {cycle} is over, and the packs in force refuse corrections after its close (reversal_after_close).";
    EntryFourEyes = "entry_four_eyes", 403, "登记人与本人不得经手", "Somebody else has to do it",
        "待入账学时须由登记人以外的人复核入账；本人的学时，本人既不得入账，也不得冲销或更正。", "Pending hours are posted by somebody who did not enter them, and nobody posts, reverses or corrects one's own.";
    EntryAwaitsEvaluation = "entry_awaits_evaluation", 409, "该学时待学员评价后入账", "The hours wait for the teacher's evaluation",
        "截至{until}（含当日）由本人评价后自动入账，逾期按政策处理；在此之前不能手工入账、作废或更正，入账后可以更正、冲销或申诉。", "They are posted by the teacher's evaluation, until {until} inclusive; afterwards follows what the packs say. Nobody posts, voids or corrects them by hand before; once posted they are corrected, reversed and disputed like any others.";
    EntryNotReversed = "entry_not_reversed", 409, "该条目不是冲销", "The entry is not a reversal",
        "该条目为{state_zh}，不能更正。", "The entry is {state}; nothing can replace it.";
    EntryAlreadyPosted = "entry_already_posted", 409, "该条目已入账", "The entry was posted already",
        "请刷新后查看后续条目。", "Read it again to see what followed.";
    EntryAlreadyVoided = "entry_already_voided", 409, "该条目已作废", "The entry was voided already",
        "请刷新后查看后续条目。", "Read it again to see what followed.";
    EntryAlreadyReversed = "entry_already_reversed", 409, "该条目已冲销", "The entry was reversed already",
        "请刷新后查看后续条目。", "Read it again to see what followed.";
    // Certificates
    VerificationCodeMistyped = "verification_code_mistyped", 400, "验证码有误", "The verification code is mistyped",
        "验证码由六位行政区划代码和四组、每组五位字母数字组成，请对照证明核对。", "A code has the six digits of the area and four groups of five letters and digits; compare it with the certificate.";
    CertificateUnknown = "certificate_unknown", 404, "没有这份证明", "There is no such certificate",
        "本系统未出具过此证明；请核对验证码（JSON须提交证明的content部分），或向出具单位核实。", "None like it was issued here; check the code (of a certificate as JSON give its content alone), or ask the authority named on it.";
    CertificateAltered = "certificate_altered", 422, "证明内容与出具时不符", "The certificate is not what was issued",
        "所示内容或签名与出具的证明不一致，请勿采信；可按验证码查看出具时的内容。", "Its content or signature differs from what was issued: do not rely on it. Its code leads to what was issued.";
    CredentialKeyCompromised = "credential_key_compromised", 422, "签名密钥已泄露", "The key that signed it was compromised",
        "签署此凭证的密钥自{day}起被标记为泄露，不能据此判断真伪；请用证明上的验证码查验，或请持有人重新下载凭证。",
        "The key that signed this credential is marked as compromised from {day} on, so that its signature shows nothing: verify by the code of the certificate, or ask the holder to download the credential again.";
    CertificateRevoked = "certificate_revoked", 409, "证明已撤销", "The certificate was revoked before",
        "无须再次撤销；如需要可重新开具。", "There is nothing left to revoke; a new one can be issued.";
    CertificateSuperseded = "certificate_superseded", 409, "证明已被新证明取代", "A later certificate stands in its place",
        "此证明已失效；如需撤销，请撤销最新的一份。", "Nobody may rely on this one any more; revoke the latest, if that is what is meant.";
    IssuerUnknown = "issuer_unknown", 404, "没有这个出具单位或状态列表", "There is no such issuer or status list",
        "{area}尚未出具过相应的证明。", "{area} has not issued such certificates.";
    // Closing a cycle
    CycleNotOver = "cycle_not_over", 409, "周期尚未结束", "The cycle is not over",
        "周期{cycle}至{last_day}结束，之后方可定稿。", "The cycle {cycle} runs until {last_day} and can be closed after that.";
    CycleClosed = "cycle_closed", 409, "该周期已有定稿或待确认的定稿", "The cycle has a report or a proposal already",
        "周期{cycle}只能定稿一次；如有误，请先撤回待确认的定稿，已定稿的变化见differences。", "The cycle {cycle} is closed once; withdraw the proposal if it is wrong. What changed since a report was frozen is in its differences.";
    FreezeSettled = "freeze_settled", 409, "该定稿已处理", "It is settled already",
        "当前状态为{state_zh}，不能再确认或撤回。", "It is {state}; it can be neither confirmed nor withdrawn any more.";
    FreezeFourEyes = "freeze_four_eyes", 409, "须由另一人确认", "Another person has to confirm",
        "提出定稿的人不能自己确认，请进修学校或教育局的另一位人员确认。", "Whoever proposed it cannot confirm it: ask somebody else of the training centre or the bureau.";
    FreezeTooSoon = "freeze_too_soon", 409, "提出后须稍候再确认", "It was proposed a moment ago",
        "请在{seconds}秒后确认，以便提出之前的入账全部完成。", "Confirm in {seconds} seconds, when everything that was begun before the proposal is written.";
    FreezeNotFrozen = "freeze_not_frozen", 409, "尚未定稿", "It is not frozen",
        "当前状态为{state_zh}，没有定稿内容可查看。", "It is {state}; there is no frozen report to read.";
    EntryAlreadyReplaced = "entry_already_replaced", 409, "该冲销已有更正", "The reversal has a replacement already",
        "请刷新后查看后续条目。", "Read it again to see what followed.";
    EntryReasonMissing = "entry_reason_missing", 422, "须说明理由", "A reason is needed",
        "冲销和作废必须写明理由，供审计查阅。", "Reversing and voiding need a reason that an auditor can read.";
    HoursNegative = "hours_negative", 422, "学时不能为负", "Hours are never negative",
        "学时须为0或以上；如要扣减已入账的学时，请冲销原条目。", "Give 0 or more; reverse an entry to take posted hours back.";
    HoursOverflow = "hours_overflow", 422, "单条学时过大", "Too many hours in one entry",
        "单条最多{most}学时；请核对数字，必要时分条登记。", "One entry holds at most {most} hours; check the number, or enter several.";
    HoursAttendedExceedNominal = "hours_attended_exceed_nominal", 422, "实到学时超过项目学时", "More hours attended than the course has",
        "实到{attended}学时，项目共{nominal}学时；请核对两个数字。", "{attended} hours attended of a course of {nominal}; check both numbers.";
    HoursPracticeExceedCredited = "hours_practice_exceed_credited", 422, "实践学时超过认定学时", "More practice than was credited",
        "实践{practice}学时，认定{credited}学时；实践学时是认定学时的一部分，请核对。", "{practice} hours of practice among {credited} credited: practice is a part of what is credited; check both.";
    HoursInFuture = "hours_in_future", 422, "日期尚未到来", "The day has not come",
        "学时日期不得晚于今天（{today}）；请在培训结束后登记。", "Hours belong to a day no later than today, {today}; enter them when the training is over.";
    HoursBeforeEmployment = "hours_before_employment", 422, "日期早于入职", "The day lies before the employment",
        "该教师自{employed_from}起任职；由原任职地认定的学时请作为学时转入办理，或手工登记并填写certified_by。", "The teacher is employed from {employed_from}; hours that another county certified come by a transfer, or are entered by hand with certified_by.";
    TeacherNeverEmployed = "teacher_never_employed", 422, "该人员没有任职记录", "The person was never employed",
        "学时须记在任职期内；请先登记此人的任职。", "Hours belong to a time of employment; enter one for the person first.";
    CorrectionChangesNothing = "correction_changes_nothing", 422, "更正内容与原条目相同", "The correction changes nothing",
        "请填写正确的学时或考勤，或只冲销不更正。", "Give the hours or the attendance that are right, or reverse without a replacement.";
    DuplicateSource = "duplicate_source", 409, "同一来源的学时已登记", "Hours of this source are entered already",
        "来源{source}已在该教师的学时中；如有误请冲销原条目。", "The source {source} is in the teacher's ledger; reverse that entry if it is wrong.";
    // The log
    CheckpointUnknown = "checkpoint_unknown", 404, "没有这个检查点", "There is no such checkpoint",
        "{area}没有条数为{size}的检查点；已签名的检查点见GET /v1/log/checkpoints。", "{area} has no checkpoint over {size} leaves; GET /v1/log/checkpoints lists those that were signed.";
    LogBehind = "log_behind", 409, "尚未进入日志", "It is not in the log yet",
        "刚写入的数据会在数秒内进入日志并签名，请在{seconds}秒后重试。", "What was just written gets into the log and below a checkpoint within seconds; try again in {seconds} seconds.";
    CosignatureRefused = "cosignature_refused", 422, "联署未被接受", "The cosignature is not accepted",
        "{reason}。", "The line was refused because {reason}.";
    // Records from outside
    RecordWrongState = "record_wrong_state", 409, "登记当前状态不允许此操作", "The record is not in a state for this step",
        "该登记现为“{state}”；此操作要求处于：{needs}。", "The record is in the state \"{state}\"; this step needs: {needs}.";
    RecordSamePerson = "record_same_person", 403, "登记、审核、验证须由不同的人办理", "Each stage needs another person",
        "您{did}，请由另一位有权限的人员办理。", "You {did}; let somebody else with the right to it take this step.";
    ReasonMissing = "reason_missing", 422, "须说明理由", "A reason is needed",
        "请写明理由，供登记人和审计查阅。", "Give the reason, for whoever entered it and for auditors.";
    EvidenceMissing = "evidence_missing", 422, "没有凭证", "There is no evidence",
        "至少附一件凭证（文件名、SHA-256、类型、存放处）。", "Name at least one piece of evidence: file name, SHA-256, media type and where it is kept.";
    HoursMissing = "hours_missing", 422, "没有学时", "There are no hours",
        "学时须大于0，请填写认定的学时。", "Hours must be above 0; give those that were earned.";
    MoreThanConverted = "more_than_converted", 422, "超过折算标准", "More than the activity is worth",
        "按“{by}”此项活动最多折算{worth}学时；请按标准更正登记的学时。", "By \"{by}\" the activity is worth {worth} hours at most; claim no more than that.";
    HoursOutsideEmployment = "hours_outside_employment", 422, "该日不在任职期内", "Not employed on that day",
        "该教师{day}没有任职；请核对日期，或先补登任职。", "Nobody employed the teacher on {day}; check the day, or enter the employment first.";
    ConsentMissing = "consent_missing", 422, "缺少学校事先同意", "The school's consent is missing",
        "未经审核的机构须学校事先同意（浙教师〔2016〕71号第三条）；请填写同意日期。", "An institution without review needs the school's consent beforehand (浙教师〔2016〕71号, article 3); give the day of the consent.";
    ConsentLate = "consent_late", 422, "学校同意晚于培训开始", "The school agreed too late",
        "学校于{consent_on}同意，培训{starts_on}开始；须在开始之前同意。", "The school agreed on {consent_on} and the training began on {starts_on}; the consent must come before.";
    RecordKnown = "record_known", 409, "该来源编号已登记", "The number of this source is entered already",
        "该教师已有此编号的登记：{record}；请查看该登记，有误则更正它，已核定的则冲正其学时。", "The teacher has a record with this number: {record}; look at it. Correct it if it is wrong, or reverse its hours where it is verified.";
    DuplicateContent = "duplicate_content", 409, "本周期已有相同内容", "The same content is there in this cycle",
        "“{title}”（{on}）与此内容相同，一个周期只计一次；如确应再计，请由进修学校填写duplicate_reason登记。", "\"{title}\" of {on} has the same content, which counts once in a cycle; where it should count again, let the training centre enter it with duplicate_reason.";
    DuplicateNotYours = "duplicate_not_yours", 403, "无权准予重复计入", "Not yours to allow",
        "只有进修学校可以准予相同内容再计，请由其登记。", "Only the training centre may allow the same content again; let it enter the record.";
    TransferKnown = "transfer_known", 409, "该证明已办理过转移", "The certificate was entered before",
        "见转移{transfer}；同一份证明只办理一次。", "See {transfer}: a certificate is entered once.";
    TransferEmpty = "transfer_empty", 422, "证明上没有学时", "There are no hours on the certificate",
        "请核对lines；没有学时则无需办理转入。", "Check lines; where there are no hours nothing has to move.";
    TransferOwnCertificate = "transfer_own_certificate", 422, "证明由本地区出具", "The certificate is our own",
        "本地区的学时已在本系统台账中，无需转入。", "Our own hours are in the ledger already and need not be taken over.";
    TransferOtherPerson = "transfer_other_person", 422, "证明上是另一人的姓名", "The certificate bears another name",
        "证明为{name}出具，与该教师姓名不符，请核对。", "It was made out for {name}, which is not the teacher's name; check both.";
    TransferSumDiffers = "transfer_sum_differs", 422, "证明的学时合计不符", "The certificate does not add up",
        "各行合计{sum}学时，证明写明{total}学时；请向出具地核实。", "The lines add up to {sum} hours and the certificate says {total}; ask who issued it.";
    TransferAfterMove = "transfer_after_move", 422, "学时日期在转入之后", "A line lies after the move",
        "{on}的学时晚于转入日{moved_on}，只能认定转入之前的学时。", "The hours of {on} lie after the move on {moved_on}; only those before it can be certified.";
    TransferEmployedHere = "transfer_employed_here", 409, "该日已在本地区任职", "Employed here on that day",
        "该教师{on}在本地区任职，当时的学时在本系统台账中；请核对证明。", "The teacher was employed here on {on}, so that the hours of that time are in our own ledger; check the certificate.";
    TransferOverlaps = "transfer_overlaps", 409, "同期同类学时已转入", "Hours of that time and kind were taken over before",
        "{on}的同类学时已由另一份证明转入；如原证明有误，请先冲销。", "Hours of {on} of the same kind came with another certificate; reverse those first if it was wrong.";
    TransferMoreThanCertified = "transfer_more_than_certified", 422, "认定学时超过证明学时", "More hours than are certified",
        "拟认定{sum}学时，证明为{total}学时；只能少认，不能多认。", "{sum} hours are to be recognised of {total} certified; fewer may be, more may not.";
    TransferNotCertified = "transfer_not_certified", 422, "所认定的学时不在证明之内", "Hours that the certificate does not have",
        "证明中没有{on}的这一类别（途径、形式、层次、主题、集中培训均相同）且不少于此数的学时；只能就证明所列的学时少认。", "No line of {on} with this route, form, level, themes and block has so many hours, or so much practice; fewer of what is certified may be recognised, other hours may not.";
    TransferNotWaiting = "transfer_not_waiting", 409, "该转移无需认定", "The transfer does not wait for a decision",
        "该转移现为“{state}”，只有待认定的转入可以认定。", "The transfer is in the state \"{state}\"; only one that waits can be decided.";
    TransferSamePerson = "transfer_same_person", 403, "经办人不得认定", "Who entered it may not recognise it",
        "请由另一位有权限的人员认定。", "Let somebody else with the right to it decide.";
    EntryDisputed = "entry_disputed", 409, "该条学时已提出过申诉", "The entry was disputed before",
        "该条学时已有申诉{dispute}：教师对每条学时申诉一次，未决的申诉不能重复提出。", "It is disputed by {dispute}: a teacher disputes an entry once, and nobody while a dispute is open.";
    DisputeOpen = "dispute_open", 409, "该条学时有未决申诉", "A dispute about the entry is open",
        "请先办结申诉{dispute}：申诉成立时系统随之更正该条学时。", "Decide the dispute {dispute} first: where it is upheld, the entry is corrected with it.";
    DisputeTooLate = "dispute_too_late", 409, "已过申诉期限", "Too late to dispute",
        "该条学时的申诉期限为{until}；如有新的证据，请联系进修学校。", "The entry could be disputed until {until}; ask the training centre where there is new evidence.";
    DisputeNotOpen = "dispute_not_open", 409, "申诉已办结", "The dispute is over",
        "该申诉现为“{state}”，不能再处理。", "The dispute is in the state \"{state}\" and cannot be decided any more.";
    DisputeSamePerson = "dispute_same_person", 403, "须由未经手的人员处理", "Somebody else has to decide",
        "认定该条学时的人和申诉人都不得处理此申诉，请由另一位有权限的人员办理。", "Neither who recognised the entry nor who disputes it decides; let somebody else with the right to it.";
    // People
    IdentityNumberTaken = "identity_number_taken", 409, "身份证号码已登记", "The identity number is entered already",
        "该号码属于已登记的人员；若此人从他校调入，请由县级办理调动。", "It belongs to a person who is entered already; if the person comes from another school, let the county move them.";
    FactSpanInvalid = "fact_span_invalid", 422, "起止日期不正确", "The days do not fit together",
        "最后一天不能早于第一天，请更正日期。", "The last day must not lie before the first; correct the days.";
    FactOverlaps = "fact_overlaps", 409, "与已有记录的时间重叠", "Another record covers some of the days",
        "已有同类记录覆盖{from}至{to}，请先结束该记录或调整日期。", "A record of the kind covers {from} to {to}; end it first or choose other days.";
    FactEndedAlready = "fact_ended_already", 409, "该记录已经结束", "The record has ended already",
        "它已于{last_day}结束；结束日期只能提前，不能延后，之后的情况请另记一条。", "It ended on {last_day}; the end can only be moved to an earlier day. Enter a new record for what came after.";
    FactWithdrawn = "fact_withdrawn", 409, "该记录已经撤回", "The record was withdrawn already",
        "它已于{at}撤回，不再计入；如有需要，请另记一条正确的记录。", "It was withdrawn at {at} and no longer holds; enter a new record for what is right.";
    NotEmployed = "not_employed", 409, "该日没有任职单位", "Not employed on that day",
        "此人当日没有任职，无从调动；请直接新增任职记录。", "The person is employed nowhere on that day and cannot be moved; add an employment instead.";
    EmployedThereAlready = "employed_there_already", 409, "已在该单位任职", "Employed there already",
        "该日已在此单位任职，无需调动。", "The person is employed there on that day; nothing has to move.";
    LaterFactKnown = "later_fact_known", 409, "存在更晚的记录", "Something later is known",
        "自{from}起已有后续记录；请先核对该记录，再改用较晚的日期或先更正它。", "A record begins on {from}; look at it, then choose a later day or correct that record first.";
    RevealExpired = "reveal_expired", 409, "查看时限已过", "The time for looking is over",
        "明文只在{valid_until}之前可重复取得，请用新的Idempotency-Key重新申请并说明理由。", "It could be had again until {valid_until} only; ask again with a new Idempotency-Key and a reason.";
    // Users
    UsernameTaken = "username_taken", 409, "用户名已被使用", "The user name is taken",
        "用户名{username}已存在，请另选。", "Somebody has the user name {username}; choose another.";
    PersonHasAccount = "person_has_account", 409, "此人已有账号", "The person has an account already",
        "每人只能有一个账号；请使用现有账号，忘记密码可由管理员重置。", "A person has one account at most; use it, and let an administrator reset a forgotten password.";
    OwnAccount = "own_account", 403, "不能对自己的账号执行此操作", "Not on one's own account",
        "角色、停用和重置密码须由他人办理；修改自己的密码请用POST /v1/me/password。", "Roles, disabling and resetting need somebody else; change your own password with POST /v1/me/password.";
    AccountHoldsOffice = "account_holds_office", 403, "该账号还有管理角色", "The account holds an office",
        "学校只能重置只有教师（授课教师）角色的账号；此账号还有其他角色，请由教育局或系统管理员重置。", "A school resets accounts that are a teacher's or lecturer's alone; this one holds another role too, so let the bureau or the system administrator do it.";
    OldPasswordWrong = "old_password_wrong", 422, "原密码不正确", "The old password is wrong",
        "输入的原密码与现用密码不符，请核对后重试；忘记密码请联系管理员重置。", "It is not the password in use; check it and try again, or let an administrator reset it.";
    RoleHeldAlready = "role_held_already", 409, "已持有该角色", "The role is held already",
        "该账号自{from}起已在此机构持有此角色；如要更改期限，请先结束原来的授予。", "The account holds this role over the organisation from {from} on; end that grant first if its days shall change.";
    // Imports and exports
    FileUnreadable = "file_unreadable", 422, "文件无法读取", "The file cannot be read",
        "{reason}。", "{reason}.";
    ImportHasFaults = "import_has_faults", 422, "文件中有需要改正的行", "Some rows have to be mended",
        "共{count}处，逐条见errors；没有导入任何内容。改正后重新导入，或用mode=row_by_row只导入无误的行。", "{count} in all, each in errors; nothing was imported. Mend them and import again, or use mode=row_by_row to import the rows without faults.";
    // Catalogue
    ProgrammeWrongState = "programme_wrong_state", 409, "项目当前状态不允许此操作", "The programme is not in a state for this step",
        "项目现为“{state}”；此操作要求处于：{needs}。", "The programme is {state}; this step needs it to be {needs}.";
    ProgrammeIncomplete = "programme_incomplete", 409, "项目内容尚不完整", "The programme is not complete",
        "提交前须补全{count}处，逐条见errors。", "{count} things are to be completed before it can be filed; each is listed in errors.";
    FiledElsewhere = "filed_elsewhere", 409, "应向上级申报", "Filed with a wider area",
        "项目的培训对象超出本地区，应由{area}的机构向{area}申报；或将培训对象限于本地区。", "The programme is for people beyond its area: an institution of {area} files it there; or narrow the audience to the area.";
    FilingWindowClosed = "filing_window_closed", 409, "不在项目申报时间内", "No filing window is open",
        "现在不能提交申报；{next}", "Programmes cannot be filed now; {next}";
    FourEyes = "four_eyes", 403, "提交人不得审核自己的提交", "Nobody decides on what they submitted",
        "提交与审核须由不同的人办理；请由另一位有审核权限的人员审核。", "Filing and deciding are done by different people; let somebody else with the right to approve decide.";
    ProgrammeSessionsLive = "programme_sessions_live", 409, "项目尚有已发布或进行中的班期", "The programme has published or running sessions",
        "共{count}个；请先结班或取消这些班期。", "There are {count}; close or cancel them first.";
    ProgrammeNotApproved = "programme_not_approved", 409, "项目未获批准", "The programme is not approved",
        "项目现为“{state}”，批准后方可进行此操作。", "The programme is {state}; this needs it to be approved.";
    ClassHeadMissing = "class_head_missing", 409, "项目未指定专职班主任", "The programme names no class head",
        "每个项目须有专职班主任（浙教办师〔2014〕14号），请先在项目中填写。", "Every programme needs a dedicated class head (浙教办师〔2014〕14号); name one in the programme first.";
    ClassSize = "class_size", 409, "班额不符合规定", "Not the seats of a class",
        "班期名额为{seats}人，而政策包规定的班额为{bounds}；请调整名额。", "The session has {seats} seats, and by the policy packs a class has {bounds}; change the seats.";
    SessionWrongState = "session_wrong_state", 409, "班期当前状态不允许此操作", "The session is not in a state for this step",
        "班期现为“{state}”；此操作要求处于：{needs}。", "The session is {state}; this step needs it to be {needs}.";
    SessionOver = "session_over", 409, "班期的日期已过", "The days of the session have passed",
        "该班期到{ends_on}为止；请先更改日期。", "It ended on {ends_on}; change its dates first.";
    SessionTooEarly = "session_too_early", 409, "班期尚未到开班日", "The session's first day has not come",
        "开班日为{starts_on}，当天起方可开班；如提前开班，请先更改班期日期。", "It starts on {starts_on} and can be started from that day on; change its dates first if it begins earlier.";
    SeatsBelowTaken = "seats_below_taken", 409, "名额少于已占用数", "Fewer seats than are taken",
        "已占用{taken}个名额，名额不能少于此数。", "Seats that are taken: {taken}; there cannot be fewer.";
    QueueBelowTaken = "queue_below_taken", 409, "候补名额少于已候补人数", "Fewer queue places than are taken",
        "已有{taken}人候补，候补名额不能更少。", "Places that are taken: {taken}; there cannot be fewer.";
    UnitsMissing = "units_missing", 409, "班期没有课次", "The session has no units",
        "请先录入课次（时间、地点、内容、主讲人）。", "Enter its units first: time, place, content and lecturer.";
    UnitOutsideSession = "unit_outside_session", 409, "课次不在班期日期内", "A unit lies outside of the session",
        "课次{unit}（{starts_at}起）不在{starts_on}至{ends_on}之内；请调整课次时间或班期日期。", "The unit {unit} that starts at {starts_at} is not within {starts_on} to {ends_on}; change the one or the other.";
    UnitsOverlap = "units_overlap", 409, "课次时间重叠", "Two units overlap",
        "课次{unit}（{starts_at}起）与课次{other}（{other_starts_at}起）时间重叠；请调整其中一个的时间。", "The unit {unit} that starts at {starts_at} overlaps the unit {other} that starts at {other_starts_at}; move one of them.";
    UnitHoursDiffer = "unit_hours_differ", 409, "课次学时之和与项目学时不符", "The hours of the units do not add up",
        "课次合计{sum}学时，项目为{hours}学时；请调整课次的学时，使两者一致。", "The units have {sum} hours together and the programme has {hours}; change the hours of units until both agree.";
    UnitHoursExceedMinutes = "unit_hours_exceed_minutes", 409, "课次学时超过其时长", "The unit is worth more than its time",
        "课次{unit}计{hours}学时，而{minutes}分钟按每学时{hour_minutes}分钟至多计{most}学时；请减少学时或延长时间。", "The unit {unit} has {hours} hours, and {minutes} minutes at {hour_minutes} an hour give at most {most}; lower the hours or make it longer.";
    UnitHoursExceedDay = "unit_hours_exceed_day", 409, "一天的课次学时过多", "The units of a day are worth more than a day",
        "{day}的课次合计{sum}学时，而政策包规定每天至多{most}学时；请减少学时或改到其他日期。", "The units of {day} have {sum} hours together, and a day takes at most {most} by the policy packs; lower the hours or move a unit to another day.";
    UnitHeld = "unit_held", 409, "课次已有考勤记录", "Attendance at the unit is on record",
        "已记录考勤的课次不能再更改，时间、地点以考勤时为准。", "A unit with recorded attendance does not change any more; it stands as it was when attendance was recorded.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_words_and_both_languages_fill_the_same_parameters() {
        let mut seen = std::collections::HashSet::new();
        let holes = |text: &str| -> std::collections::BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|part| part.split('}').next())
                .map(|name| name.trim_end_matches("_zh").to_owned())
                .collect()
        };
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert!(code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert_eq!(holes(code.detail(Language::Zh)), holes(code.detail(Language::En)), "{}", code.as_str());
        }
    }
}
