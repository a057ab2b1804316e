//! The words that offices write above the columns of a roster.

use super::columns::Column;

/// The headers of a column, without blanks and signs and in lower case, the best word first. The list is ordered by meaning
/// and kept dense, so that a new word is easy to place.
#[rustfmt::skip]
pub(super) const fn words(column: Column) -> &'static [&'static str] {
    match column {
        Column::Serial => {
            &["序号", "编号", "序", "行号", "顺序号", "no", "serial", "serialno", "serialnumber", "index"]
        }
        Column::Name => &[
            "姓名", "名字", "教师姓名", "教职工姓名", "教工姓名", "职工姓名", "本人姓名", "人员姓名", "学员姓名",
            "教师", "name", "fullname", "teachername", "teacher", "staffname", "personname",
        ],
        Column::Sex => &[
            "性别", "男女", "sex", "gender",
        ],
        Column::Identity => &[
            "身份证号码", "身份证号", "身份证件号", "身份证件号码", "身份证", "身份证编号", "证件号码", "证件号",
            "公民身份号码", "公民身份证号码", "居民身份证号码", "居民身份证号", "居民身份证", "二代身份证号码",
            "二代身份证号", "身份号码", "教师身份证号", "教师身份证号码", "身份证明号码", "有效证件号码",
            "有效证件号", "证照号码", "idno", "id", "idnumber", "idcard", "idcardno", "idcardnumber",
            "identitynumber", "identityno", "identitycard", "identitycardno", "identitycardnumber", "identity",
            "nationalid", "nationalidnumber", "citizenid", "citizenidnumber", "residentid", "residentidnumber",
            "residentidentitynumber", "personalid",
        ],
        Column::Birth => &[
            "出生日期", "出生年月", "出生年月日", "出生时间", "生日", "出生", "birthdate", "dateofbirth", "dob",
            "birthday", "birth", "born",
        ],
        Column::SchoolCode => &[
            "学校标识码", "学校代码", "学校编码", "学校识别码", "标识码", "学校机构代码", "机构标识码", "单位代码",
            "单位编码", "学校机构标识码", "学校机构标识代码", "学校标识代码", "所在学校标识码", "所在学校代码",
            "学校编号", "单位标识码", "schoolcode", "schoolid", "schoolno", "schoolidentificationcode",
            "schoolidcode", "organisationcode", "organizationcode",
        ],
        Column::SchoolName => &[
            "所在学校", "学校", "学校名称", "工作单位", "单位", "单位名称", "任教学校", "所在单位", "学校全称",
            "单位全称", "现工作单位", "现任教学校", "现在单位", "任职学校", "就职学校", "所属学校", "所属单位",
            "供职学校", "工作学校", "校名", "学校单位", "工作单位全称", "所在学校名称", "所在单位名称",
            "工作单位名称", "学校简称", "园所", "幼儿园名称", "school", "schoolname", "employer", "organisation",
            "organization", "workplace", "workunit", "unit", "nameofschool",
        ],
        Column::Stage => &[
            "学段", "任教学段", "所教学段", "所在学段", "教学学段", "现任教学段", "学校学段", "任教阶段", "stage",
            "schoolstage", "phase", "teachingstage", "stageofschooling",
        ],
        Column::Subjects => &[
            "任教学科", "学科", "任教科目", "所教学科", "现任教学科", "主教学科", "任课学科", "任教课程", "科目",
            "授课学科", "教学科目", "执教学科", "现教学科", "主要任教学科", "任教学科1", "任教学科2", "兼教学科",
            "兼任学科", "第二学科", "第二任教学科", "主任教学科", "所任学科", "所教科目", "教学学科", "授课科目",
            "任课科目", "任课情况", "任教情况", "subject", "subjects", "subjecttaught", "subjectstaught",
            "teachingsubject", "teachingsubjects",
        ],
        Column::Title => &[
            "专业技术职务", "职称", "专业技术职称", "现任职称", "现有职称", "职称等级", "职称级别", "专业技术资格",
            "专业职务", "技术职务", "技术职称", "专业职称", "专技职务", "专业技术等级", "聘任职称", "教师职称",
            "现职称", "职称名称", "专业技术职务名称", "现任专业技术职务", "现聘专业技术职务", "现聘职称",
            "已聘职称", "专业技术任职资格", "任职资格", "title", "professionaltitle", "rank", "technicaltitle",
            "jobtitle",
        ],
        Column::Post => &[
            "行政职务", "职务", "现任职务", "校内职务", "担任职务", "党政职务", "管理岗位", "行政岗位", "岗位职务",
            "任职情况", "所任职务", "现任行政职务", "校内行政职务", "post", "position", "managementpost",
            "administrativepost", "duty", "adminpost", "role",
        ],
        Column::EntryDate => &[
            "从教时间", "从教年月", "从教日期", "开始从教时间", "从事教育工作时间", "从事教学工作时间",
            "参加教育工作时间", "任教时间", "从教起始时间", "从教起始年月", "任教起始时间", "教育工作时间",
            "entrydate", "entryintotheprofession", "enteredtheprofession", "参加工作时间", "参加工作日期",
            "参加工作年月", "参加工作", "参工时间", "工作时间", "入职时间", "入职日期", "入职年月", "参加工作年份",
            "参加工作年月日", "工作起始时间", "工作起始年月", "开始工作时间", "何时参加工作", "入编时间",
            "startdate", "dateofentry", "employmentdate", "hiredate", "enteredon", "datejoined", "joined",
            "joindate", "joiningdate", "startofwork", "workstartdate", "firstemployed", "start", "startedwork",
            "dateofemployment", "dateofhire", "workingsince", "entry",
        ],
        Column::Phone => &[
            "联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "移动电话", "联系手机",
            "本人手机", "联系电话手机", "phone", "mobile", "tel", "telephone", "phonenumber", "mobilephone",
            "mobilenumber", "contact", "phoneno", "cellphone",
        ],
        Column::Email => {
            &["电子邮箱", "邮箱", "电子邮件", "邮箱地址", "email地址", "电子信箱", "email", "mail", "emailaddress"]
        }
        Column::Remark => &[
            "备注", "说明", "备考", "remark", "remarks", "note", "notes", "comment", "comments",
        ],
    }
}
