//! Finding the school that a roster means.

use crate::fold;
use crate::org::SchoolCode;
use crate::words::Stage;
use std::collections::HashMap;

/// A school that exists in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSchool {
    /// The number in its id, for the caller to find it again.
    pub number: i64,
    /// The national code, where it has one.
    pub code: Option<SchoolCode>,
    /// The full name.
    pub name: String,
    /// Other names under which offices write it.
    pub other_names: Vec<String>,
    /// The stage in which it teaches, where it is one.
    pub stage: Option<Stage>,
}

/// The schools of an area, ready to be looked up by code or name.
#[derive(Debug, Clone, Default)]
pub struct KnownSchools {
    schools: Vec<KnownSchool>,
    by_code: HashMap<SchoolCode, usize>,
    by_name: HashMap<String, Vec<usize>>,
    area_names: Vec<String>,
}

/// What a code or name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchoolMatch<'a> {
    /// One school.
    Known(&'a KnownSchool),
    /// Several schools of this name.
    Ambiguous(Vec<&'a KnownSchool>),
    /// None; at most three of a similar name.
    Unknown(Vec<&'a KnownSchool>),
}

/// How many schools of a similar name a message lists.
const SIMILAR_MAX: usize = 3;

impl KnownSchools {
    /// Prepares the lookup. `area_names` are what offices write before a school's name or leave out: `浙江省`, `丽水市`,
    /// `遂昌县`.
    pub fn new(schools: Vec<KnownSchool>, area_names: &[&str]) -> Self {
        let area_names: Vec<String> = area_names.iter().map(|name| fold_name(name)).collect();
        let mut by_code = HashMap::new();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, school) in schools.iter().enumerate() {
            if let Some(code) = school.code {
                by_code.insert(code, place);
            }
            for name in std::iter::once(&school.name).chain(&school.other_names) {
                let folded = fold_name(name);
                for key in [without_areas(&folded, &area_names).to_owned(), folded] {
                    let places = by_name.entry(key).or_default();
                    if !places.contains(&place) {
                        places.push(place);
                    }
                }
            }
        }
        KnownSchools { schools, by_code, by_name, area_names }
    }

    /// The school with this code.
    pub fn by_code(&self, code: SchoolCode) -> Option<&KnownSchool> {
        self.by_code.get(&code).and_then(|place| self.schools.get(*place))
    }

    /// The school of this name; blanks, width of letters and brackets make no difference, nor does the name of the area
    /// in front.
    pub fn by_name(&self, name: &str) -> SchoolMatch<'_> {
        let folded = fold_name(name);
        let bare = without_areas(&folded, &self.area_names);
        let exact: Vec<&KnownSchool> = self.at(&folded).filter(|school| fold_name(&school.name) == folded).collect();
        if let [one] = exact.as_slice() {
            return SchoolMatch::Known(one);
        }
        let mut found: Vec<&KnownSchool> = self.at(&folded).collect();
        if found.is_empty() {
            found = self.at(bare).collect();
        }
        match found.as_slice() {
            [one] => SchoolMatch::Known(one),
            [] => SchoolMatch::Unknown(self.similar(bare)),
            _ => SchoolMatch::Ambiguous(found),
        }
    }

    fn at(&self, key: &str) -> impl Iterator<Item = &KnownSchool> {
        self.by_name.get(key).into_iter().flatten().filter_map(|place| self.schools.get(*place))
    }

    fn similar(&self, bare: &str) -> Vec<&KnownSchool> {
        if bare.chars().count() < 2 {
            return Vec::new();
        }
        let close = |school: &&KnownSchool| {
            let own = fold_name(&school.name);
            own.contains(bare) || (own.chars().count() >= 3 && bare.contains(&own))
        };
        self.schools.iter().filter(close).take(SIMILAR_MAX).collect()
    }
}

/// The name for comparing: no blanks, half-width, no brackets, dots or dashes, lower case.
fn fold_name(name: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || fold::is_han(*letter);
    fold::compact(name).chars().filter(kept).flat_map(char::to_lowercase).collect()
}

fn without_areas<'a>(name: &'a str, areas: &[String]) -> &'a str {
    let mut rest = name;
    for area in areas {
        // What is left must still be a name: 遂昌县中学 without its county is only a word.
        if let Some(shorter) = rest.strip_prefix(area.as_str())
            && shorter.chars().count() >= 3
        {
            rest = shorter;
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn school(number: i64, name: &str) -> KnownSchool {
        KnownSchool { number, code: None, name: name.into(), other_names: Vec::new(), stage: None }
    }

    fn known() -> KnownSchools {
        let mut with_alias = school(4, "遂昌县梅溪小学（东校区）");
        with_alias.other_names = vec!["梅溪东".into()];
        let schools = vec![
            school(1, "实验小学"),
            school(2, "第三中学"),
            school(3, "山区中心小学"),
            with_alias,
            school(5, "育才小学"),
            school(6, "遂昌县育才小学"),
            school(7, "遂昌中学"),
        ];
        KnownSchools::new(schools, &["浙江省", "丽水市", "遂昌县"])
    }

    fn found(name: &str) -> Option<i64> {
        match known().by_name(name) {
            SchoolMatch::Known(school) => Some(school.number),
            _ => None,
        }
    }

    #[test]
    fn a_name_is_found_however_it_is_spaced_and_bracketed() {
        for (name, number) in [
            ("实验小学", 1),
            (" 实验 小学\n", 1),
            ("遂昌县实验小学", 1),
            ("浙江省丽水市遂昌县实验小学", 1),
            ("梅溪小学(东校区)", 4),
            ("遂昌县梅溪小学【东校区】", 4),
            ("梅溪东", 4),
            ("育才小学", 5),
            ("遂昌县育才小学", 6),
            ("遂昌中学", 7),
        ] {
            assert_eq!(found(name), Some(number), "{name:?}");
        }
    }

    #[test]
    fn a_name_that_is_only_similar_is_not_taken() {
        let schools = known();
        let SchoolMatch::Unknown(similar) = schools.by_name("中心小学") else { panic!("taken for another school") };
        assert_eq!(similar.iter().map(|school| school.number).collect::<Vec<_>>(), [3]);
        assert_eq!(found("第三实验小学"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn a_name_that_two_schools_share_is_ambiguous() {
        let schools = KnownSchools::new(vec![school(1, "中心小学"), school(2, "中心 小学")], &[]);
        let SchoolMatch::Ambiguous(candidates) = schools.by_name("中心小学") else { panic!("one was chosen") };
        assert_eq!(candidates.len(), 2);
        let known = known();
        let SchoolMatch::Ambiguous(candidates) = known.by_name("丽水市育才小学") else {
            panic!("one was chosen")
        };
        assert_eq!(candidates.iter().map(|school| school.number).collect::<Vec<_>>(), [5, 6]);
    }
}
