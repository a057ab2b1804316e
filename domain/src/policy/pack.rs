//! From a document to rules: parse, don't validate.

mod bodies;
mod conversions;
mod overlay;
mod reader;

pub(super) use reader::{At, Reader};

use super::{
    citation::{Citation, documents, of_settings},
    conversion::ConversionRule,
    cycle::CycleCalendar,
    document::Document,
    fault::{Fault, PackFault},
    jurisdiction::Jurisdiction,
    layers::RuleRef,
    rule::*,
    settings::Settings,
};
use crate::{area::AreaCode, time::DateSpan, words::Theme};
use overlay::jurisdiction;
use reader::valid;
use std::{collections::BTreeSet, sync::Arc};

/// The most rules, conversions and profiles a pack may hold.
const RULES_MAX: usize = 500;

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
    jurisdiction: Jurisdiction,
    valid: DateSpan,
    calendar: Option<CycleCalendar>,
    settings: Settings,
    setting_citations: Vec<Arc<Citation>>,
    drops: Vec<ProfileDrops>,
    rules: Vec<Rule>,
    references: Vec<Arc<RuleRef>>,
    conversions: Vec<Arc<ConversionRule>>,
}

impl Pack {
    /// Reads a document.
    ///
    /// # Errors
    /// The first [`PackFault`] in the order of the document: not JSON, unknown or missing fields, unknown words, amounts
    /// that are negative or too precise, figures without a listed source, two rules of one id, an empty validity.
    pub fn parse(json: &str) -> Result<Self, PackFault> {
        Self::from_document(Document::read(json)?)
    }

    /// Checks a document that has the right shape.
    ///
    /// # Errors
    /// As [`Pack::parse`].
    pub fn from_document(document: Document) -> Result<Self, PackFault> {
        let at = At::root();
        let code_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&document.code.len()) || !document.code.bytes().all(code_letter) {
            return at.field("code").refuse(Fault::Code);
        }
        if document.version < 1 {
            return at.field("version").refuse(Fault::Version);
        }
        let jurisdiction = jurisdiction(&at, &document)?;
        let valid = valid(&at.field("valid"), &document)?;
        at.field("zh").text(&document.zh)?;
        at.field("en").text(&document.en)?;
        for (name, source) in &document.sources {
            at.field("sources").field(name).field("title").text(&source.title)?;
        }
        let documents = documents(&document);
        let setting_citations = of_settings(&documents, &document);
        let reader = Reader { document: &document, documents };
        let calendar = document.cycle.as_ref().map(|cycle| reader.calendar(&at.field("cycle"), cycle)).transpose()?;
        let settings = Settings::read(&reader, &document)?;
        for (word, label) in &document.themes {
            let place = at.field("themes").field(word);
            place.read::<Theme>(word)?;
            place.field("zh").text(&label.zh)?;
            place.field("en").text(&label.en)?;
        }
        if document.rules.len() + document.conversions.len() + document.profiles.len() > RULES_MAX {
            return at.field("rules").refuse(Fault::TooMany { most: RULES_MAX });
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
                return place.field("id").refuse(Fault::SecondRule { id: rule.id });
            }
            rules.push(rule);
        }
        let mut conversions: Vec<Arc<ConversionRule>> = Vec::new();
        for (index, conversion) in document.conversions.iter().enumerate() {
            let place = at.field("conversions").item(index);
            let (conversion, caps) = reader.conversion(&place, conversion)?;
            if conversions.iter().any(|known| known.kind == conversion.kind) {
                return place.field("kind").refuse(Fault::SecondConversion { kind: conversion.kind.to_string() });
            }
            if let Some(cap) = caps.iter().find(|cap| seen.contains(&(cap.id.clone(), None))) {
                return place.refuse(Fault::CapIdTaken { id: cap.id.clone() });
            }
            conversions.push(Arc::new(conversion));
            rules.extend(caps);
        }
        let named = |rule: &Rule| RuleRef {
            jurisdiction,
            pack: document.code.clone(),
            version: document.version,
            rule: rule.clone(),
        };
        let references = rules.iter().map(named).map(Arc::new).collect();
        Ok(Pack {
            jurisdiction,
            valid,
            calendar,
            settings,
            setting_citations,
            drops,
            rules,
            references,
            conversions,
            document,
        })
    }

    /// Stable code such as `ZJ-2016`.
    pub fn code(&self) -> &str {
        &self.document.code
    }

    /// Version, from 1.
    pub const fn version(&self) -> i32 {
        self.document.version
    }

    /// The area whose teachers it judges, or in which the school lies whose teachers it judges.
    pub const fn area(&self) -> AreaCode {
        self.jurisdiction.area()
    }

    /// Whom it is for.
    pub const fn jurisdiction(&self) -> Jurisdiction {
        self.jurisdiction
    }

    /// When it is in force.
    pub const fn valid(&self) -> DateSpan {
        self.valid
    }

    /// The cycle it sets, if any.
    pub const fn calendar(&self) -> Option<CycleCalendar> {
        self.calendar
    }

    /// What it says once for everybody.
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Where that comes from, as far as it is about the cycle and about adding hours up.
    pub(super) fn setting_citations(&self) -> &[Arc<Citation>] {
        &self.setting_citations
    }

    /// What profiles leave out.
    pub fn drops(&self) -> &[ProfileDrops] {
        &self.drops
    }

    /// What activities are worth, in the order of the document.
    pub fn conversions(&self) -> &[Arc<ConversionRule>] {
        &self.conversions
    }

    /// The rules, in the order of the document; behind them the caps of its conversions.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The same with the pack's name, to be shared by all that is compiled of it.
    pub(super) fn references(&self) -> &[Arc<RuleRef>] {
        &self.references
    }

    /// The document, with the citation of every figure.
    pub const fn document(&self) -> &Document {
        &self.document
    }
}
