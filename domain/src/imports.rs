//! Importing files: what is imported, how strictly, and how a list of schools is read. Rosters are read by
//! [`crate::people::roster`].

pub mod list;
pub mod record_list;
pub mod school_list;
pub mod table;

use crate::words::word_list;

word_list! {
    /// What a file holds.
    ImportKind {
        Roster = "roster", "花名册", "a roster of persons";
        Organisations = "organisations", "机构名单", "a list of schools";
        Records = "records", "省平台学时", "hours of the provincial platform";
    }
}

word_list! {
    /// What becomes of the rows without faults when others have some.
    ImportMode {
        AllOrNothing = "all_or_nothing", "全部无误才导入", "nothing is imported unless every row is right";
        RowByRow = "row_by_row", "逐行导入", "rows without faults are imported, the others are reported";
    }
}
