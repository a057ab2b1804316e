//! From a document to rules: parse, don't validate.

use super::{
    cycle::CycleCalendar,
    document::{BodyDocument, Cited, Document, ProfileDocument, RuleDocument, SelectorDocument},
    rule::*,
};
use crate::{
    area::AreaCode,
    hours::Hours,
    time::DateSpan,
    words::{Theme, UnknownWord},
};
use chrono::{Datelike, NaiveDate};
use std::{collections::BTreeSet, fmt::Display, str::FromStr};
use thiserror::Error;

/// The most rules and profiles a pack may hold.
const RULES_MAX: usize = 500;
/// The greatest number of hours that a rule may name.
const HOURS_MAX: Hours = Hours::whole(100_000);

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{pointer}: {reason}")]
pub struct PackFault {
    /// JSON pointer (RFC 6901) to the value that is wrong; empty for the document itself.
    pub pointer: String,
    /// What is expected there.
    pub reason: String,
}

/// Rules that do not bind persons of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileDrops {
    /// The profile.
    pub profile: Profile,
    /// Ids of the rules.
    pub rule_ids: Vec<String>,
}

/// A parsed policy pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    document: Document,
    area: AreaCode,
    valid: DateSpan,
    calendar: Option<CycleCalendar>,
    hour_minutes: Option<i32>,
    prorate: Option<Prorate>,
    leave_total: Option<LeaveTotal>,
    drops: Vec<ProfileDrops>,
    rules: Vec<Rule>,
}

impl Pack {
    /// Reads a document.
    ///
    /// # Errors
    /// The first [`PackFault`] in the order of the document: not JSON, unknown or missing fields, unknown words, amounts
    /// that are negative or too precise, figures without a listed source, two rules of one id, an empty validity.
    pub fn parse(json: &str) -> Result<Self, PackFault> {
        let document = Document::read(json).map_err(|(pointer, reason)| PackFault { pointer, reason })?;
        Self::from_document(document)
    }

    /// Checks a document that has the right shape.
    ///
    /// # Errors
    /// As [`Pack::parse`].
    pub fn from_document(document: Document) -> Result<Self, PackFault> {
        let at = At::root();
        let code_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&document.code.len()) || !document.code.bytes().all(code_letter) {
            return at.field("code").refuse("expected 1 to 32 upper-case letters, digits and hyphens");
        }
        if document.version < 1 {
            return at.field("version").refuse("expected a version from 1");
        }
        let area = at.field("area").read::<AreaCode>(&document.area)?;
        let valid = valid(&at.field("valid"), &document)?;
        at.field("zh").text(&document.zh)?;
        at.field("en").text(&document.en)?;
        for (name, source) in &document.sources {
            at.field("sources").field(name).field("title").text(&source.title)?;
        }
        let reader = Reader { document: &document };
        let calendar = document.cycle.as_ref().map(|cycle| reader.calendar(&at.field("cycle"), cycle)).transpose()?;
        let hour_minutes = reader
            .maybe(document.hour_minutes.as_ref(), |cited| reader.integer(&at.field("hour_minutes"), cited, 1..=240))?;
        let prorate = reader.maybe(document.prorate_newcomer.as_ref(), |cited| {
            reader.word::<Prorate>(&at.field("prorate_newcomer"), cited)
        })?;
        let leave_total = reader
            .maybe(document.leave_total.as_ref(), |cited| reader.word::<LeaveTotal>(&at.field("leave_total"), cited))?;
        for (word, label) in &document.themes {
            let place = at.field("themes").field(word);
            place.read::<Theme>(word)?;
            place.field("zh").text(&label.zh)?;
            place.field("en").text(&label.en)?;
        }
        if document.rules.len() + document.profiles.len() > RULES_MAX {
            return at.field("rules").refuse(format!("at most {RULES_MAX} rules and profiles"));
        }
        let mut drops = Vec::new();
        for (index, profile) in document.profiles.iter().enumerate() {
            drops.push(reader.drops(&at.field("profiles").item(index), profile)?);
        }
        let mut rules = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, rule) in document.rules.iter().enumerate() {
            let place = at.field("rules").item(index);
            let rule = reader.rule(&place, rule)?;
            if !seen.insert((rule.id.clone(), rule.profile)) {
                return place.field("id").refuse(format!("a second rule with the id {}", rule.id));
            }
            rules.push(rule);
        }
        Ok(Pack { area, valid, calendar, hour_minutes, prorate, leave_total, drops, rules, document })
    }

    /// Stable code such as `ZJ-2016`.
    pub fn code(&self) -> &str {
        &self.document.code
    }

    /// Version, from 1.
    pub const fn version(&self) -> i32 {
        self.document.version
    }

    /// The area whose teachers it judges.
    pub const fn area(&self) -> AreaCode {
        self.area
    }

    /// When it is in force.
    pub const fn valid(&self) -> DateSpan {
        self.valid
    }

    /// The cycle it sets, if any.
    pub const fn calendar(&self) -> Option<CycleCalendar> {
        self.calendar
    }

    /// Minutes of teaching in one hour of credit, if it sets them.
    pub const fn hour_minutes(&self) -> Option<i32> {
        self.hour_minutes
    }

    /// How a newcomer's total is reduced, if it says so.
    pub const fn prorate(&self) -> Option<Prorate> {
        self.prorate
    }

    /// What leave does to the total, if it says so.
    pub const fn leave_total(&self) -> Option<LeaveTotal> {
        self.leave_total
    }

    /// What profiles leave out.
    pub fn drops(&self) -> &[ProfileDrops] {
        &self.drops
    }

    /// The rules, in the order of the document.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The document, with the citation of every figure.
    pub const fn document(&self) -> &Document {
        &self.document
    }
}

/// A place in the document.
struct At(String);

impl At {
    fn root() -> Self {
        At(String::new())
    }

    fn field(&self, name: &str) -> Self {
        At(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    fn item(&self, index: usize) -> Self {
        At(format!("{}/{index}", self.0))
    }

    fn refuse<T>(&self, reason: impl Display) -> Result<T, PackFault> {
        Err(PackFault { pointer: self.0.clone(), reason: reason.to_string() })
    }

    fn read<T: FromStr<Err: Display>>(&self, text: &str) -> Result<T, PackFault> {
        text.parse().or_else(|error| self.refuse(error))
    }

    fn text(&self, text: &str) -> Result<(), PackFault> {
        let proper = !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control);
        if proper { Ok(()) } else { self.refuse("expected a text of 1 to 200 characters") }
    }
}

fn valid(at: &At, document: &Document) -> Result<DateSpan, PackFault> {
    let from = date(&at.field("from"), &document.valid.from)?;
    let to = document.valid.to.as_deref().map(|to| date(&at.field("to"), to)).transpose()?;
    if to.is_some_and(|to| to < from) {
        return at.field("to").refuse("the validity ends before it begins");
    }
    Ok(DateSpan { from, to })
}

fn date(at: &At, text: &str) -> Result<NaiveDate, PackFault> {
    match text.parse::<NaiveDate>() {
        Ok(day) if text.len() == 10 && (1900..=2999).contains(&day.year()) => Ok(day),
        _ => at.refuse("expected a date such as 2016-09-01, from 1900 to 2999"),
    }
}

/// Reads the parts of one document.
struct Reader<'a> {
    document: &'a Document,
}

impl Reader<'_> {
    fn maybe<T>(
        &self,
        cited: Option<&Cited>,
        read: impl FnOnce(&Cited) -> Result<T, PackFault>,
    ) -> Result<Option<T>, PackFault> {
        cited.map(read).transpose()
    }

    fn cited<'c>(&self, at: &At, cited: &'c Cited) -> Result<&'c str, PackFault> {
        if !self.document.sources.contains_key(&cited.source) {
            return at.field("source").refuse("not one of this pack's sources");
        }
        at.field("article").text(&cited.article)?;
        at.field("confidence").read::<Confidence>(&cited.confidence)?;
        Ok(&cited.value)
    }

    fn word<T: FromStr<Err = UnknownWord>>(&self, at: &At, cited: &Cited) -> Result<T, PackFault> {
        at.field("value").read(self.cited(at, cited)?)
    }

    fn integer(&self, at: &At, cited: &Cited, range: std::ops::RangeInclusive<i32>) -> Result<i32, PackFault> {
        let text = self.cited(at, cited)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<i32>() {
            Ok(number) if digits && range.contains(&number) => Ok(number),
            _ => at.field("value").refuse(format!("expected a whole number from {} to {}", range.start(), range.end())),
        }
    }

    fn hours(&self, at: &At, cited: &Cited) -> Result<Hours, PackFault> {
        let hours = at.field("value").read::<Hours>(self.cited(at, cited)?)?;
        if hours.is_negative() || hours > HOURS_MAX {
            return at.field("value").refuse(format!("expected hours from 0 to {HOURS_MAX}"));
        }
        Ok(hours)
    }

    fn ratio(&self, at: &At, cited: &Cited, most: i64) -> Result<Ratio, PackFault> {
        match Ratio::parse(self.cited(at, cited)?) {
            Some(ratio) if ratio.numerator <= ratio.denominator * most => Ok(ratio),
            _ => at.field("value").refuse(format!("expected a ratio from 0 to {most} such as 1/3 or 0.5")),
        }
    }

    fn calendar(&self, at: &At, cycle: &super::document::CycleDocument) -> Result<CycleCalendar, PackFault> {
        let place = at.field("anchor");
        let anchor = date(&place.field("value"), self.cited(&place, &cycle.anchor)?)?;
        let years = self.integer(&at.field("years"), &cycle.years, 1..=20)?;
        match CycleCalendar::new(anchor, years) {
            Some(calendar) => Ok(calendar),
            None => place.field("value").refuse("expected the first day of a month"),
        }
    }

    fn drops(&self, at: &At, profile: &ProfileDocument) -> Result<ProfileDrops, PackFault> {
        let mut rule_ids = Vec::new();
        for (index, cited) in profile.drops.iter().enumerate() {
            let place = at.field("drops").item(index);
            let id = self.cited(&place, cited)?;
            rule_id(&place.field("value"), id)?;
            rule_ids.push(id.to_owned());
        }
        Ok(ProfileDrops { profile: at.field("profile").read(&profile.profile)?, rule_ids })
    }

    fn rule(&self, at: &At, rule: &RuleDocument) -> Result<Rule, PackFault> {
        rule_id(&at.field("id"), &rule.id)?;
        at.field("zh").text(&rule.zh)?;
        at.field("en").text(&rule.en)?;
        let profile = rule.profile.as_deref().map(|word| at.field("profile").read(word)).transpose()?;
        let body = self.body(&at.field("rule"), &rule.rule)?;
        if matches!(body, Body::Total(_)) != (rule.id == TOTAL_RULE_ID) {
            return at.field("id").refuse(format!("the total, and nothing else, has the id {TOTAL_RULE_ID}"));
        }
        if let Body::Minimum { window: Window::Profile { .. }, .. } | Body::Share { window: Window::Profile { .. }, .. } =
            &body
            && profile.is_none()
        {
            let kind = if matches!(body, Body::Share { .. }) { "share" } else { "minimum" };
            return at.field("rule").field(kind).field("window").refuse("a rule without a profile has no such window");
        }
        let relaxable = self.maybe(rule.may_be_relaxed.as_ref(), |cited| {
            let place = at.field("may_be_relaxed");
            match self.cited(&place, cited)? {
                "yes" => Ok(Relaxable::Yes),
                "no" => Ok(Relaxable::No),
                word => match word.parse() {
                    Ok(profile) => Ok(Relaxable::For(profile)),
                    Err(_) => place.field("value").refuse("expected yes, no or a profile"),
                },
            }
        })?;
        let relaxable = relaxable.unwrap_or_default();
        Ok(Rule { id: rule.id.clone(), zh: rule.zh.clone(), en: rule.en.clone(), profile, relaxable, body })
    }

    fn body(&self, at: &At, body: &BodyDocument) -> Result<Body, PackFault> {
        match body {
            BodyDocument::Total { hours, hours_per_year } => {
                let at = at.field("total");
                match (hours, hours_per_year) {
                    (Some(cited), None) => self.hours(&at.field("hours"), cited).map(TotalAmount::PerCycle),
                    (None, Some(cited)) => self.hours(&at.field("hours_per_year"), cited).map(TotalAmount::PerYear),
                    _ => at.refuse("expected either hours or hours_per_year"),
                }
                .map(Body::Total)
            }
            BodyDocument::YearFloor { hours, strength, counts, block_year_hours, waived_from_leave_months } => {
                let at = at.field("year_floor");
                Ok(Body::YearFloor {
                    hours: self.hours(&at.field("hours"), hours)?,
                    strength: self.word(&at.field("strength"), strength)?,
                    counts: self.selector(&at.field("counts"), counts)?,
                    block_year_hours: self
                        .maybe(block_year_hours.as_ref(), |cited| self.hours(&at.field("block_year_hours"), cited))?,
                    waived_from_leave_months: self.maybe(waived_from_leave_months.as_ref(), |cited| {
                        self.integer(&at.field("waived_from_leave_months"), cited, 1..=12)
                    })?,
                })
            }
            BodyDocument::YearMaximum { hours, effect, counts } => {
                let at = at.field("year_maximum");
                Ok(Body::YearMaximum {
                    hours: self.hours(&at.field("hours"), hours)?,
                    effect: self.word(&at.field("effect"), effect)?,
                    counts: self.selector(&at.field("counts"), counts)?,
                })
            }
            BodyDocument::Cap { of, period, hours, share_of_required } => {
                let at = at.field("cap");
                let period = match period.as_str() {
                    "year" => CapPeriod::Year,
                    "cycle" => CapPeriod::Cycle,
                    _ => return at.field("period").refuse("expected one of year, cycle"),
                };
                let amount = self.amount(&at, hours.as_ref(), share_of_required.as_ref())?;
                Ok(Body::Cap { of: self.selector(&at.field("of"), of)?, period, amount })
            }
            BodyDocument::Block { of, hours, measure, count, practice_hours, required_from_months } => {
                let at = at.field("block");
                let measure = match self.word(&at.field("measure"), measure)? {
                    measure @ (Measure::Credited | Measure::Nominal) => measure,
                    _ => return at.field("measure").field("value").refuse("expected one of credited, nominal"),
                };
                Ok(Body::Block {
                    of: self.selector(&at.field("of"), of)?,
                    hours: self.hours(&at.field("hours"), hours)?,
                    measure,
                    count: self.integer(&at.field("count"), count, 1..=20)?,
                    practice_hours: self
                        .maybe(practice_hours.as_ref(), |cited| self.hours(&at.field("practice_hours"), cited))?,
                    required_from_months: self.maybe(required_from_months.as_ref(), |cited| {
                        self.integer(&at.field("required_from_months"), cited, 0..=240)
                    })?,
                })
            }
            BodyDocument::Minimum { of, measure, window, window_months, until, hours, share_of_required, strength } => {
                let at = at.field("minimum");
                Ok(Body::Minimum {
                    of: self.selector(&at.field("of"), of)?,
                    measure: at.field("measure").read(measure)?,
                    window: self.window(&at, window, window_months.as_ref(), until.as_ref())?,
                    amount: self.amount(&at, hours.as_ref(), share_of_required.as_ref())?,
                    strength: self.word(&at.field("strength"), strength)?,
                })
            }
            BodyDocument::Share { of, part, practice, share, measure, window, window_months, until, strength } => {
                let at = at.field("share");
                let measure = match at.field("measure").read(measure)? {
                    Measure::Practice => {
                        return at.field("measure").refuse("expected one of credited, counted, nominal");
                    }
                    measure => measure,
                };
                Ok(Body::Share {
                    of: self.selector(&at.field("of"), of)?,
                    part: self.selector(&at.field("part"), part)?,
                    practice: self.yes(&at.field("practice"), practice)?,
                    share: self.ratio(&at.field("share"), share, 1)?,
                    measure,
                    window: self.window(&at, window, window_months.as_ref(), until.as_ref())?,
                    strength: self.word(&at.field("strength"), strength)?,
                })
            }
            BodyDocument::Factor { of, ratio } => {
                let at = at.field("factor");
                Ok(Body::Factor {
                    of: self.selector(&at.field("of"), of)?,
                    ratio: self.ratio(&at.field("ratio"), ratio, 10)?,
                })
            }
        }
    }

    fn yes(&self, at: &At, cited: &Cited) -> Result<bool, PackFault> {
        match self.cited(at, cited)? {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => at.field("value").refuse("expected one of yes, no"),
        }
    }

    fn window(
        &self,
        at: &At,
        window: &str,
        months: Option<&Cited>,
        until: Option<&Cited>,
    ) -> Result<Window, PackFault> {
        let months = self.maybe(months, |cited| self.integer(&at.field("window_months"), cited, 1..=240))?;
        let until = self.maybe(until, |cited| {
            let place = at.field("until");
            date(&place.field("value"), self.cited(&place, cited)?)
        })?;
        match (window, months, until) {
            ("cycle", None, None) => Ok(Window::Cycle),
            ("year", None, None) => Ok(Window::Year),
            ("profile", months, None) => Ok(Window::Profile { months }),
            ("until", None, Some(day)) => Ok(Window::Until(day)),
            ("until", None, None) => at.refuse("an until window has its last day in until"),
            ("cycle" | "year" | "until", Some(_), _) => {
                at.field("window_months").refuse("only a profile window has a length")
            }
            ("cycle" | "year" | "profile", _, Some(_)) => {
                at.field("until").refuse("only an until window has a last day")
            }
            _ => at.field("window").refuse("expected one of cycle, year, until, profile"),
        }
    }

    fn amount(&self, at: &At, hours: Option<&Cited>, share: Option<&Cited>) -> Result<Amount, PackFault> {
        match (hours, share) {
            (Some(cited), None) => self.hours(&at.field("hours"), cited).map(Amount::Fixed),
            (None, Some(cited)) => self.ratio(&at.field("share_of_required"), cited, 1).map(Amount::ShareOfRequired),
            _ => at.refuse("expected either hours or share_of_required"),
        }
    }

    fn selector(&self, at: &At, selector: &SelectorDocument) -> Result<Selector, PackFault> {
        Ok(Selector {
            routes: list(&at.field("routes"), &selector.routes)?,
            forms: list(&at.field("forms"), &selector.forms)?,
            levels: list(&at.field("levels"), &selector.levels)?,
            concentrated: selector.concentrated,
            themes: self.themes(&at.field("themes"), &selector.themes)?,
            without_themes: self.themes(&at.field("without_themes"), &selector.without_themes)?,
            marks: list(&at.field("marks"), &selector.marks)?,
            without_marks: list(&at.field("without_marks"), &selector.without_marks)?,
        })
    }

    fn themes(&self, at: &At, words: &[String]) -> Result<Vec<Theme>, PackFault> {
        let themes = list::<Theme>(at, words)?;
        let known = |theme: &Theme| theme.labels().is_some() || self.document.themes.contains_key(theme.as_str());
        match themes.iter().position(|theme| !known(theme)) {
            Some(index) => at.item(index).refuse("neither a common theme nor one of this pack's themes"),
            None => Ok(themes),
        }
    }
}

fn list<T: FromStr<Err: Display>>(at: &At, words: &[String]) -> Result<Vec<T>, PackFault> {
    words.iter().enumerate().map(|(index, word)| at.item(index).read(word)).collect()
}

fn rule_id(at: &At, id: &str) -> Result<(), PackFault> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    let proper = (1..=64).contains(&id.len()) && id.bytes().all(letter) && !id.starts_with('.') && !id.ends_with('.');
    if proper { Ok(()) } else { at.refuse("expected an id such as school_based.cap.year") }
}
