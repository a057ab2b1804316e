//! The themes of an area: those that everybody knows, and those that its packs declare. Hours of any other would meet no requirement, so
//! that a word that is neither is taken for a slip of the pen.

use super::pack::Pack;
use crate::words::Theme;
use std::collections::BTreeMap;

/// A theme of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTheme {
    /// Its word.
    pub word: Theme,
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
    /// The code of the pack that declares it; `None` for what everybody knows.
    pub declared_by: Option<String>,
}

/// The themes of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownThemes(Vec<KnownTheme>);

impl KnownThemes {
    /// The themes that everybody knows, in their order, then those that packs of the area declare, by word; of several packs that declare
    /// one the last names it.
    pub fn of(packs: &[Pack]) -> Self {
        let common = Theme::KNOWN.iter().filter_map(|(word, zh, en)| {
            let word = word.parse().ok()?;
            Some(KnownTheme { word, zh: (*zh).to_owned(), en: (*en).to_owned(), declared_by: None })
        });
        let mut declared: BTreeMap<&str, KnownTheme> = BTreeMap::new();
        for pack in packs {
            for (word, label) in &pack.document().themes {
                let Some(theme) = word.parse::<Theme>().ok().filter(|theme| theme.labels().is_none()) else { continue };
                let declared_by = Some(pack.document().code.clone());
                let (zh, en) = (label.zh.clone(), label.en.clone());
                declared.insert(word, KnownTheme { word: theme, zh, en, declared_by });
            }
        }
        KnownThemes(common.chain(declared.into_values()).collect())
    }

    /// All of them.
    pub fn all(&self) -> &[KnownTheme] {
        &self.0
    }

    /// The theme of this word or Chinese name.
    pub fn named(&self, text: &str) -> Option<Theme> {
        self.0.iter().find(|theme| theme.word.as_str() == text || theme.zh == text).map(|theme| theme.word)
    }

    /// The first of these that is none of the area's.
    pub fn unknown(&self, themes: &[Theme]) -> Option<Theme> {
        themes.iter().copied().find(|theme| !self.0.iter().any(|known| known.word == *theme))
    }

    /// All of them for a sentence, in Chinese and in English.
    pub fn listed(&self) -> (String, String) {
        let zh: Vec<&str> = self.0.iter().map(|theme| theme.zh.as_str()).collect();
        let en: Vec<&str> = self.0.iter().map(|theme| theme.word.as_str()).collect();
        (zh.join("、"), en.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_knows_the_common_themes_and_those_of_its_packs() {
        let example = Pack::parse(include_str!("../../packs/examples/county.json")).unwrap();
        let known = KnownThemes::of(std::slice::from_ref(&example));
        let theme = |text: &str| text.parse::<Theme>().unwrap();
        assert_eq!(known.named("师德"), Some(theme("ethics")));
        assert_eq!((known.named("学区"), known.named("district")), (Some(theme("district")), Some(theme("district"))));
        assert_eq!((known.named("ehtics"), known.named("")), (None, None));
        assert_eq!(known.unknown(&[theme("ethics"), theme("district")]), None);
        assert_eq!(known.unknown(&[theme("ethics"), theme("ehtics")]), Some(theme("ehtics")));
        assert_eq!(KnownThemes::of(&[]).unknown(&[theme("district")]), Some(theme("district")));
        let last = known.all().last().unwrap();
        assert_eq!(
            (last.en.as_str(), last.declared_by.as_deref()),
            ("school district", Some(example.document().code.as_str()))
        );
        assert!(known.listed().0.ends_with("、学区") && known.listed().1.ends_with(", district"));
    }
}
