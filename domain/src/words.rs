//! The closed word lists that several features share: routes, delivery forms, levels, stages, titles, posts.
//!
//! A word is what data and the contract carry (`self_selected`); `zh` and `en` are what people read. The lists are those of
//! `product.md` and of the forms named by the county plan. Themes alone are open: a county may add its own.

use std::{fmt, str::FromStr};
use thiserror::Error;

/// The text is none of a list's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected one of {expected}")]
pub struct UnknownWord {
    /// The words of the list, separated by commas.
    pub expected: &'static str,
}

/// A closed list of words, for code that handles any of them.
pub trait Word: Copy + FromStr<Err = UnknownWord> + 'static {
    /// The name of the list, as the contract shows it.
    const NAME: &'static str;
    /// What the list is, as the contract shows it: the words with their two labels.
    fn describe() -> String;
    /// Every word of the list.
    fn all() -> &'static [Self];
    /// The word used in data and in the contract.
    fn word(self) -> &'static str;
    /// What a Chinese reader sees. An English one reads the word itself.
    fn label(self) -> &'static str;
}

/// Declares a closed list of words once: the enum, `ALL`, `as_str`, `FromStr`, `Display` and the two labels.
macro_rules! word_list {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!($zh, " (", $en, ").")] $(#[$of])* $variant,)+
        }

        impl $name {
            /// Every word, in the order in which people list them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            const WORDS: &'static str = $crate::words::word_list!(@joined $($word),+);

            /// The word used in data and in the contract.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// What a Chinese reader sees.
            pub const fn zh(self) -> &'static str {
                match self { $($name::$variant => $zh,)+ }
            }

            /// What an English reader sees.
            pub const fn en(self) -> &'static str {
                match self { $($name::$variant => $en,)+ }
            }
        }

        impl $crate::words::Word for $name {
            const NAME: &'static str = stringify!($name);

            fn describe() -> String {
                let lines: Vec<String> =
                    Self::ALL.iter().map(|word| format!("`{}` {} ({})", word.as_str(), word.zh(), word.en())).collect();
                lines.join("; ")
            }

            fn all() -> &'static [Self] {
                Self::ALL
            }

            fn word(self) -> &'static str {
                self.as_str()
            }

            fn label(self) -> &'static str {
                self.zh()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, $crate::words::UnknownWord> {
                match text { $($word => Ok($name::$variant),)+ _ => Err($crate::words::UnknownWord { expected: $name::WORDS }) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
    (@joined $first:literal $(, $word:literal)*) => { concat!($first $(, ", ", $word)*) };
}
pub(crate) use word_list;

word_list! {
    /// The four routes to hours (浙教师〔2016〕71号, articles on self-selection, mandated, school-based and conversion).
    Route {
        SelfSelected = "self_selected", "自主选课", "self-selected";
        Mandated = "mandated", "指令性", "mandated";
        SchoolBased = "school_based", "校本", "school-based";
        Converted = "converted", "转换", "converted";
    }
}

word_list! {
    /// How training is delivered: the forms of the county plan of 2016, and blended courses.
    DeliveryForm {
        Lecture = "lecture", "专家讲座", "lecture";
        Pairing = "pairing", "城乡结对", "urban–rural pairing";
        StudyTrip = "study_trip", "外出考察", "study trip";
        Topical = "topical", "集中专题", "topical course";
        SchoolBased = "school_based", "校本研修", "school-based study";
        Online = "online", "网络远程", "online";
        TouringMaster = "touring_master", "名师巡讲", "touring master teachers";
        Blended = "blended", "混合式", "blended";
    }
}

word_list! {
    /// The level at which training is organised. Declared from the narrowest, so that a greater level compares greater.
    Level {
        School = "school", "校级", "school";
        County = "county", "县级", "county";
        City = "city", "市级", "city";
        Province = "province", "省级", "province";
        National = "national", "国家级", "national";
    }
}

word_list! {
    /// What an organisation is.
    OrganisationKind {
        Bureau = "bureau", "教育局", "education bureau";
        TrainingCentre = "training_centre", "教师进修学校", "training centre";
        MonitoringCentre = "monitoring_centre", "质量监控中心", "quality-monitoring centre";
        Finance = "finance", "财务", "finance office";
        School = "school", "学校", "school";
        Institution = "institution", "培训机构", "training institution";
    }
}

word_list! {
    /// The stage of schooling in which a teacher works.
    Stage {
        Kindergarten = "kindergarten", "幼儿园", "kindergarten";
        Primary = "primary", "小学", "primary school";
        Junior = "junior", "初中", "junior secondary school";
        Senior = "senior", "高中", "senior secondary school";
        Vocational = "vocational", "中职", "secondary vocational school";
        Special = "special", "特教", "special education";
    }
}

word_list! {
    /// The professional title in the series unified in 2015.
    Title {
        ProfessorSenior = "professor_senior", "正高级教师", "professor-level senior teacher";
        Senior = "senior", "高级教师", "senior teacher";
        First = "first", "一级教师", "first-grade teacher";
        Second = "second", "二级教师", "second-grade teacher";
        Third = "third", "三级教师", "third-grade teacher";
        None = "none", "未定级", "no title yet";
    }
}

word_list! {
    /// The management post that a person holds in a school.
    Post {
        Head = "head", "校长（园长）", "head";
        DeputyHead = "deputy_head", "副校长（副园长）", "deputy head";
        MiddleManager = "middle_manager", "中层", "middle manager";
        None = "none", "无", "none";
    }
}

word_list! {
    /// Sex as entered in the identity number (GB 11643).
    Sex {
        Male = "male", "男", "male";
        Female = "female", "女", "female";
    }
}

word_list! {
    /// Where a school stands.
    Setting {
        Urban = "urban", "城区", "urban";
        Town = "town", "镇区", "town";
        Rural = "rural", "乡村", "rural";
    }
}

impl Title {
    /// Reads a title as rosters write it: a word of this list, today's or yesterday's Chinese title, or a code of
    /// GB/T 8561 (050 secondary, 410 primary, 040 practice instructors). Blank means no title yet.
    ///
    /// Titles given before 2015 move as the reform of 2015 moved them (人社部发〔2015〕79号): 中学高级 to 高级, 中学一级 and
    /// 小学高级 to 一级, 中学二级 and 小学一级 to 二级, 中学三级, 小学二级 and 小学三级 to 三级. `None` for anything else.
    pub fn from_roster(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        if let Ok(title) = plain.parse() {
            return Some(title);
        }
        let name = plain
            .strip_suffix("教师")
            .or_else(|| plain.strip_suffix("职称"))
            .filter(|rest| !rest.is_empty())
            .unwrap_or(&plain);
        match name {
            "正高级" | "正高" | "中小学正高级" | "中小学正高" | "正高级讲师" | "正高级实习指导" => {
                Some(Title::ProfessorSenior)
            }
            "高级" | "副高" | "副高级" | "中小学高级" | "中学高级" | "中高" | "高级讲师" | "高级实习指导" | "052"
            | "042" => Some(Title::Senior),
            "一级" | "中小学一级" | "中学一级" | "中一" | "小学高级" | "小高" | "幼儿园高级" | "幼教高级" | "讲师"
            | "一级实习指导" | "053" | "413" | "043" => Some(Title::First),
            "二级" | "中小学二级" | "中学二级" | "中二" | "小学一级" | "小一" | "幼儿园一级" | "幼教一级"
            | "助理讲师" | "二级实习指导" | "054" | "414" | "044" => Some(Title::Second),
            "三级" | "中小学三级" | "中学三级" | "中三" | "小学二级" | "小二" | "小学三级" | "小三" | "幼儿园二级"
            | "幼儿园三级" | "教员" | "三级实习指导" | "055" | "415" | "416" | "045" => Some(Title::Third),
            "" | "无" | "未定级" | "未评" | "未评级" | "未评职称" | "未定" | "无职称" | "见习期" | "-" | "/" => {
                Some(Title::None)
            }
            _ => None,
        }
    }
}

/// Longest open word, in bytes.
const OPEN_WORD_LENGTH_MAX: usize = 32;

/// A word of an open list: 1 to 32 lower-case letters, digits and underscores, a letter first. Kept in place, so that it is
/// copied without a heap.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct OpenWord {
    letters: [u8; OPEN_WORD_LENGTH_MAX],
    length: u8,
}

impl OpenWord {
    fn as_str(&self) -> &str {
        let written = self.letters.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(written).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !text.starts_with(|first: char| first.is_ascii_lowercase()) || !text.bytes().all(plain) {
            return None;
        }
        let mut letters = [0; OPEN_WORD_LENGTH_MAX];
        letters.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(OpenWord { letters, length: u8::try_from(text.len()).ok()? })
    }
}

/// Defines an open list of words: a type around [`OpenWord`] and the refusal of texts that are none.
macro_rules! open_words {
    ($(#[$doc:meta])* $name:ident, $(#[$fault_doc:meta])* $fault:ident = $message:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(OpenWord);

        $(#[$fault_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
        #[error($message)]
        pub struct $fault;

        impl $name {
            /// The word used in data and in the contract.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl FromStr for $name {
            type Err = $fault;

            fn from_str(text: &str) -> Result<Self, $fault> {
                OpenWord::read(text).map($name).ok_or($fault)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

open_words! {
    /// What training is about, such as `ethics` or `practice`: an open list of lower-case words.
    ///
    /// An entry carries any number of themes and each rule reads its own.
    Theme,
    /// The text is not a theme's word.
    BadTheme = "a theme is 1 to 32 lower-case letters, digits and underscores, and begins with a letter"
}

open_words! {
    /// A word of a conversion table: a kind of activity (`open_lesson`), a role in it (`speaker`), its result
    /// (`first_prize`) or a kind of evidence (`certificate`). The lists are open: the policy packs of an area define them.
    ActivityWord,
    /// The text is not a word of a conversion table.
    BadActivityWord = "expected 1 to 32 lower-case letters, digits and underscores, a letter first"
}

impl Theme {
    /// The themes that every area knows, with their Chinese and English labels. A policy pack may declare more.
    pub const KNOWN: &'static [(&'static str, &'static str, &'static str)] = &[
        ("ethics", "师德", "professional ethics"),
        ("it", "信息技术", "IT capability"),
        ("management", "管理", "management"),
        ("practice", "教学实践", "teaching practice"),
        ("subject", "学科", "subject teaching"),
        ("cross_subject", "跨学科", "cross-subject teaching"),
        ("class_head", "班主任", "class head's work"),
        ("mental_health", "心理健康", "mental health"),
        ("new_teacher", "新教师", "new teachers' training"),
        ("head_qualification", "校长任职资格", "heads' qualification"),
    ];

    /// The Chinese and English labels where the theme is one of [`Theme::KNOWN`].
    pub fn labels(&self) -> Option<(&'static str, &'static str)> {
        Theme::KNOWN.iter().find(|(word, ..)| *word == self.as_str()).map(|(_, zh, en)| (*zh, *en))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_reads_back_as_itself_and_an_unknown_one_names_the_list() {
        for route in Route::ALL {
            assert_eq!(route.as_str().parse(), Ok(*route));
        }
        for form in DeliveryForm::ALL {
            assert_eq!(form.to_string().parse(), Ok(*form));
        }
        let refused = "district".parse::<Level>().unwrap_err().to_string();
        assert_eq!(refused, "expected one of school, county, city, province, national");
        assert!(Level::National > Level::County);
    }

    #[test]
    fn titles_of_before_2015_and_codes_are_read_as_today_s_titles() {
        let cases = [
            ("正高级教师", Some(Title::ProfessorSenior)),
            ("高级教师", Some(Title::Senior)),
            (" 中学高级 教师", Some(Title::Senior)),
            ("052", Some(Title::Senior)),
            ("小学高级", Some(Title::First)),
            ("413", Some(Title::First)),
            ("中学一级教师", Some(Title::First)),
            ("小学一级教师", Some(Title::Second)),
            ("416", Some(Title::Third)),
            ("未定级", Some(Title::None)),
            ("", Some(Title::None)),
            ("senior", Some(Title::Senior)),
            ("工程师", None),
            ("教师", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Title::from_roster(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_theme_is_a_short_lower_case_word() {
        assert_eq!("head_qualification".parse::<Theme>().unwrap().as_str(), "head_qualification");
        assert_eq!("ethics".parse::<Theme>().unwrap().labels(), Some(("师德", "professional ethics")));
        assert!("rural_music".parse::<Theme>().unwrap().labels().is_none());
        for text in ["", "Ethics", "1it", "_it", "师德", "a-b", &"x".repeat(33)] {
            assert_eq!(text.parse::<Theme>(), Err(BadTheme), "{text:?}");
        }
        assert!(Theme::KNOWN.iter().all(|(word, ..)| word.parse::<Theme>().is_ok()));
    }
}
