//! Programmes, their sessions and units: what may be declared, filed, approved, published and changed, and for whom it is.

pub mod audience;
mod demands;
pub mod programme;
pub mod session;
pub mod window;

pub use audience::{Audience, AudienceFacts, AudienceGap};
pub use demands::Demands;
pub use programme::{CurriculumItem, Lecturer, Missing, ProgrammeContent, ProgrammeRefusal};
pub use session::{SessionFacts, SessionRefusal, SessionTerms, TermsFault, UnitSlot, UnitsFault};

use crate::words::word_list;

word_list! {
    /// What a programme is. A block is a concentrated course (集中培训); how many hours make one is the policy's to say.
    ProgrammeKind {
        ShortCourse = "short_course", "短期培训", "short course";
        Block = "block", "集中培训", "concentrated block";
        AdvancedSeminar = "advanced_seminar", "高级研修", "advanced seminar";
        TopicalSeminar = "topical_seminar", "专题研修", "topical seminar";
        NewTeacher = "new_teacher", "新教师试用期培训", "new teachers' training";
        HeadQualification = "head_qualification", "校长任职资格培训", "heads' qualification";
        Manager = "manager", "管理干部培训", "managers' training";
        Backbone = "backbone", "骨干教师培训", "backbone teachers' training";
    }
}

word_list! {
    /// Where a programme stands on its way from the institution's desk to the catalogue.
    ProgrammeState {
        Draft = "draft", "草稿", "draft";
        Submitted = "submitted", "已申报", "submitted";
        Returned = "returned", "已退回", "returned";
        Approved = "approved", "已批准", "approved";
        Cancelled = "cancelled", "已取消", "cancelled";
    }
}

word_list! {
    /// Where a session stands, from planning to posted hours.
    SessionState {
        Draft = "draft", "筹备中", "draft";
        Published = "published", "已发布", "published";
        Running = "running", "进行中", "running";
        Closed = "closed", "已结班", "closed";
        Cancelled = "cancelled", "已取消", "cancelled";
    }
}
