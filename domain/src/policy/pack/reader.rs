//! The parts of a document, each with the place where it stands.

use super::{Fault, PackFault, ProfileDrops};
use crate::{
    fold,
    hours::{Days, Hours},
    policy::{
        citation::{Citation, Documents, citations},
        cycle::CycleCalendar,
        document::{
            BodyDocument, Cited, CycleDocument, Document, ProfileDocument, RuleDocument, SelectorDocument,
            SettingDocument, figures,
        },
        rule::*,
    },
    time::DateSpan,
    words::{Theme, UnknownWord},
};
use chrono::{Datelike, NaiveDate};
use std::{str::FromStr, sync::Arc};

/// The greatest number of hours that a rule may name.
const HOURS_MAX: Hours = Hours::whole(100_000);
/// The greatest number of days that a rule may name.
const DAYS_MAX: Days = Days::from_hundredths(366_000);

/// A place in the document.
pub(in crate::policy) struct At(String);

impl At {
    pub(in crate::policy) fn root() -> Self {
        At(String::new())
    }

    pub(in crate::policy) fn field(&self, name: &str) -> Self {
        At(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    pub(super) fn item(&self, index: usize) -> Self {
        At(format!("{}/{index}", self.0))
    }

    /// The JSON pointer.
    pub(super) fn pointer(&self) -> String {
        self.0.clone()
    }

    pub(super) fn refuse<T>(&self, fault: impl Into<Fault>) -> Result<T, PackFault> {
        Err(PackFault { pointer: self.0.clone(), fault: fault.into() })
    }

    pub(super) fn read<T: FromStr<Err: Into<Fault>>>(&self, text: &str) -> Result<T, PackFault> {
        text.parse().or_else(|error: T::Err| self.refuse(error))
    }

    pub(super) fn text(&self, text: &str) -> Result<(), PackFault> {
        let proper = !fold::is_nothing(text) && text.chars().count() <= 200 && !text.chars().any(char::is_control);
        if proper { Ok(()) } else { self.refuse(Fault::Text) }
    }
}

pub(super) fn valid(at: &At, document: &Document) -> Result<DateSpan, PackFault> {
    let from = date(&at.field("from"), &document.valid.from)?;
    let to = document.valid.to.as_deref().map(|to| date(&at.field("to"), to)).transpose()?;
    if to.is_some_and(|to| to < from) {
        return at.field("to").refuse(Fault::EndsBeforeBeginning);
    }
    Ok(DateSpan { from, to })
}

pub(super) fn date(at: &At, text: &str) -> Result<NaiveDate, PackFault> {
    match text.parse::<NaiveDate>() {
        Ok(day) if text.len() == 10 && (1900..=2999).contains(&day.year()) => Ok(day),
        _ => at.refuse(Fault::Date),
    }
}
/// Reads the parts of one document.
pub(in crate::policy) struct Reader<'a> {
    pub(super) document: &'a Document,
    pub(super) documents: Documents,
}

impl Reader<'_> {
    pub(super) fn maybe<T>(
        &self,
        cited: Option<&Cited>,
        read: impl FnOnce(&Cited) -> Result<T, PackFault>,
    ) -> Result<Option<T>, PackFault> {
        cited.map(read).transpose()
    }

    pub(super) fn cited<'c>(&self, at: &At, cited: &'c Cited) -> Result<&'c str, PackFault> {
        if !self.document.sources.contains_key(&cited.source) {
            let known = self.document.sources.keys().cloned().collect();
            return at.field("source").refuse(Fault::NotASource { known });
        }
        at.field("article").text(&cited.article)?;
        at.field("confidence").read::<Confidence>(&cited.confidence)?;
        Ok(&cited.value)
    }

    pub(in crate::policy) fn word<T: FromStr<Err = UnknownWord>>(
        &self,
        at: &At,
        cited: &Cited,
    ) -> Result<T, PackFault> {
        at.field("value").read(self.cited(at, cited)?)
    }

    pub(in crate::policy) fn integer(
        &self,
        at: &At,
        cited: &Cited,
        range: std::ops::RangeInclusive<i32>,
    ) -> Result<i32, PackFault> {
        let text = self.cited(at, cited)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<i32>() {
            Ok(number) if digits && range.contains(&number) => Ok(number),
            _ => at.field("value").refuse(Fault::Whole { least: *range.start(), most: *range.end() }),
        }
    }

    pub(in crate::policy) fn hours(&self, at: &At, cited: &Cited) -> Result<Hours, PackFault> {
        let hours = at.field("value").read::<Hours>(self.cited(at, cited)?)?;
        if hours.is_negative() || hours > HOURS_MAX {
            return at.field("value").refuse(Fault::HoursBetween { least: Hours::ZERO, most: HOURS_MAX });
        }
        Ok(hours)
    }

    pub(in crate::policy) fn ratio(&self, at: &At, cited: &Cited, most: i64) -> Result<Ratio, PackFault> {
        match Ratio::parse(self.cited(at, cited)?) {
            Some(ratio) if ratio.numerator <= ratio.denominator * most => Ok(ratio),
            _ => at.field("value").refuse(Fault::Ratio { most }),
        }
    }

    /// Hours of training on one day.
    pub(in crate::policy) fn hours_of_a_day(&self, at: &At, cited: &Cited) -> Result<Hours, PackFault> {
        match self.hours(at, cited)? {
            hours if hours > Hours::ZERO && hours <= Hours::whole(24) => Ok(hours),
            _ => {
                let (least, most) = (Hours::from_hundredths(1), Hours::whole(24));
                at.field("value").refuse(Fault::HoursBetween { least, most })
            }
        }
    }

    pub(in crate::policy) fn months(&self, at: &At, cited: &Cited) -> Result<Months, PackFault> {
        Months::parse(self.cited(at, cited)?).map_or_else(|| at.field("value").refuse(Fault::Months), Ok)
    }

    pub(super) fn calendar(&self, at: &At, cycle: &CycleDocument) -> Result<CycleCalendar, PackFault> {
        let place = at.field("anchor");
        let anchor = date(&place.field("value"), self.cited(&place, &cycle.anchor)?)?;
        let years = self.integer(&at.field("years"), &cycle.years, 1..=20)?;
        match CycleCalendar::new(anchor, years) {
            Some(calendar) => Ok(calendar),
            None => place.field("value").refuse(Fault::NotFirstOfMonth),
        }
    }

    pub(super) fn drops(&self, at: &At, profile: &ProfileDocument) -> Result<ProfileDrops, PackFault> {
        let mut rule_ids = Vec::new();
        for (index, cited) in profile.drops.iter().enumerate() {
            let place = at.field("drops").item(index);
            let id = self.cited(&place, cited)?;
            rule_id(&place.field("value"), id)?;
            rule_ids.push(id.to_owned());
        }
        Ok(ProfileDrops { profile: at.field("profile").read(&profile.profile)?, rule_ids })
    }

    pub(super) fn rule(&self, at: &At, rule: &RuleDocument) -> Result<Rule, PackFault> {
        rule_id(&at.field("id"), &rule.id)?;
        at.field("zh").text(&rule.zh)?;
        at.field("en").text(&rule.en)?;
        let profile = rule.profile.as_deref().map(|word| at.field("profile").read(word)).transpose()?;
        let body = self.body(&at.field("rule"), &rule.rule)?;
        let is_total = matches!(body, Body::Total(_));
        if is_total != (rule.id == TOTAL_RULE_ID) {
            return at.field("id").refuse(Fault::TotalId { is_total });
        }
        if let Body::Minimum { window: Window::Profile { .. }, .. } | Body::Share { window: Window::Profile { .. }, .. } =
            &body
            && profile.is_none()
        {
            let kind = if matches!(body, Body::Share { .. }) { "share" } else { "minimum" };
            return at.field("rule").field(kind).field("window").refuse(Fault::WindowWithoutProfile);
        }
        Ok(Rule {
            pointer: at.pointer(),
            id: rule.id.clone(),
            zh: rule.zh.clone(),
            en: rule.en.clone(),
            profile,
            relaxable: self.relaxable(at, rule.may_be_relaxed.as_ref())?,
            body,
            citations: self.citations(&rule.rule),
        })
    }

    /// The citations of a rule, by the fields of its kind.
    fn citations(&self, body: &BodyDocument) -> Arc<[Citation]> {
        let mut figures = figures(body);
        for (path, _) in &mut figures {
            if let Some((_, field)) = path.split_once('/') {
                *path = field.to_owned();
            }
        }
        citations(&self.documents, figures).into()
    }

    pub(super) fn relaxable(&self, at: &At, cited: Option<&Cited>) -> Result<Relaxable, PackFault> {
        let relaxable = self.maybe(cited, |cited| {
            let place = at.field("may_be_relaxed");
            match self.cited(&place, cited)? {
                "yes" => Ok(Relaxable::Yes),
                "no" => Ok(Relaxable::No),
                word => match word.parse() {
                    Ok(profile) => Ok(Relaxable::For(profile)),
                    Err(_) => place.field("value").refuse(Fault::YesNoOrProfile),
                },
            }
        })?;
        Ok(relaxable.unwrap_or_default())
    }

    /// Whether a narrower area may say otherwise of a setting.
    pub(in crate::policy) fn setting_may_be_relaxed(&self, at: &At, said: &SettingDocument) -> Result<bool, PackFault> {
        let place = at.field("may_be_relaxed");
        Ok(self.maybe(said.may_be_relaxed.as_ref(), |cited| self.yes(&place, cited))?.unwrap_or(false))
    }

    pub(in crate::policy) fn yes(&self, at: &At, cited: &Cited) -> Result<bool, PackFault> {
        match self.cited(at, cited)? {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => at.field("value").refuse(UnknownWord { expected: "yes, no" }),
        }
    }

    pub(super) fn days(&self, at: &At, cited: &Cited) -> Result<Days, PackFault> {
        match at.field("value").read::<Days>(self.cited(at, cited)?)? {
            days if days > Days::ZERO && days <= DAYS_MAX => Ok(days),
            _ => at.field("value").refuse(Fault::DaysBetween { least: Days::from_hundredths(1), most: DAYS_MAX }),
        }
    }

    pub(super) fn amount(&self, at: &At, hours: Option<&Cited>, share: Option<&Cited>) -> Result<Amount, PackFault> {
        match (hours, share) {
            (Some(cited), None) => self.hours(&at.field("hours"), cited).map(Amount::Fixed),
            (None, Some(cited)) => self.ratio(&at.field("share_of_required"), cited, 1).map(Amount::ShareOfRequired),
            _ => at.refuse(Fault::NotOneOf("hours", "share_of_required")),
        }
    }

    pub(super) fn selector(&self, at: &At, selector: &SelectorDocument) -> Result<Selector, PackFault> {
        Ok(Selector {
            routes: list(&at.field("routes"), &selector.routes)?,
            forms: list(&at.field("forms"), &selector.forms)?,
            levels: list(&at.field("levels"), &selector.levels)?,
            concentrated: selector.concentrated,
            themes: self.themes(&at.field("themes"), &selector.themes)?,
            without_themes: self.themes(&at.field("without_themes"), &selector.without_themes)?,
            marks: list(&at.field("marks"), &selector.marks)?,
            without_marks: list(&at.field("without_marks"), &selector.without_marks)?,
            activities: list(&at.field("activities"), &selector.activities)?,
        })
    }

    pub(super) fn themes(&self, at: &At, words: &[String]) -> Result<Vec<Theme>, PackFault> {
        let themes = list::<Theme>(at, words)?;
        let known = |theme: &Theme| theme.labels().is_some() || self.document.themes.contains_key(theme.as_str());
        match themes.iter().position(|theme| !known(theme)) {
            Some(index) => at.item(index).refuse(Fault::UndeclaredTheme),
            None => Ok(themes),
        }
    }
}
pub(super) fn list<T: FromStr<Err: Into<Fault>>>(at: &At, words: &[String]) -> Result<Vec<T>, PackFault> {
    words.iter().enumerate().map(|(index, word)| at.item(index).read(word)).collect()
}

pub(super) fn rule_id(at: &At, id: &str) -> Result<(), PackFault> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    let proper = (1..=64).contains(&id.len()) && id.bytes().all(letter) && !id.starts_with('.') && !id.ends_with('.');
    if proper { Ok(()) } else { at.refuse(Fault::RuleId) }
}
