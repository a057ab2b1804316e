//! The conversion table of a document.

use super::{
    Fault, PackFault,
    reader::{At, Reader, list, rule_id},
};
use crate::{
    policy::{
        citation::{citations, cite},
        conversion::{ConversionLine, ConversionRule, Worth},
        document::{Cited, ConversionDocument, ConversionLineDocument, figures},
        rule::{Amount, Body, CapPeriod, Most, Rule, Selector},
    },
    words::ActivityWord,
};

impl Reader<'_> {
    /// A kind of activity, and the caps on its hours as rules like any other.
    pub(super) fn conversion(
        &self,
        at: &At,
        document: &ConversionDocument,
    ) -> Result<(ConversionRule, Vec<Rule>), PackFault> {
        let kind: ActivityWord = at.field("kind").read(&document.kind)?;
        at.field("zh").text(&document.zh)?;
        at.field("en").text(&document.en)?;
        let relaxable = self.relaxable(at, document.may_be_relaxed.as_ref())?;
        let cap = |name: &str, period: CapPeriod, cited: &Cited| {
            let (place, id) = (at.field(&format!("cap_{name}")), format!("conversion.{kind}.cap.{name}"));
            rule_id(&place, &id)?;
            let of = Selector { activities: vec![kind], ..Selector::default() };
            let body = Body::Cap { of, period, amount: Most::Hours(Amount::Fixed(self.hours(&place, cited)?)) };
            let (zh, en) = (document.zh.clone(), document.en.clone());
            let citations = cite(&self.documents, &format!("cap_{name}"), cited).into_iter().collect();
            Ok(Rule { pointer: place.pointer(), id, zh, en, profile: None, relaxable, body, citations })
        };
        let year = self.maybe(document.cap_year.as_ref(), |cited| cap("year", CapPeriod::Year, cited))?;
        let cycle = self.maybe(document.cap_cycle.as_ref(), |cited| cap("cycle", CapPeriod::Cycle, cited))?;
        let mut evidence = Vec::new();
        for (index, cited) in document.evidence.iter().enumerate() {
            let place = at.field("evidence").item(index);
            evidence.push(place.field("value").read(self.cited(&place, cited)?)?);
        }
        if document.lines.is_empty() {
            return at.field("lines").refuse(Fault::NoLines);
        }
        let mut lines = Vec::new();
        for (index, line) in document.lines.iter().enumerate() {
            lines.push(self.line(&at.field("lines").item(index), line)?);
        }
        let rule = ConversionRule {
            pointer: at.pointer(),
            kind,
            zh: document.zh.clone(),
            en: document.en.clone(),
            relaxable,
            evidence,
            approver: self.word(&at.field("approver"), &document.approver)?,
            lines,
            citations: citations(&self.documents, figures(document)).into(),
        };
        Ok((rule, year.into_iter().chain(cycle).collect()))
    }

    fn line(&self, at: &At, line: &ConversionLineDocument) -> Result<ConversionLine, PackFault> {
        let most = self.maybe(line.most.as_ref(), |cited| self.hours(&at.field("most"), cited))?;
        let worth = match (&line.hours, &line.factor) {
            (Some(_), None) if most.is_some() => {
                return at.field("most").refuse(Fault::MostOfAmount);
            }
            (Some(cited), None) => Worth::Each(self.hours(&at.field("hours"), cited)?),
            (None, Some(cited)) => Worth::Factor { ratio: self.ratio(&at.field("factor"), cited, 100)?, most },
            _ => return at.refuse(Fault::NotOneOf("hours", "factor")),
        };
        Ok(ConversionLine {
            levels: list(&at.field("levels"), &line.levels)?,
            roles: list(&at.field("roles"), &line.roles)?,
            results: list(&at.field("results"), &line.results)?,
            worth,
        })
    }
}
