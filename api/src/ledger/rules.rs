//! The rules that a statement names, each once, with the document and the article that every figure of theirs comes from. All of it
//! stands in packs that are in memory already; it is lent to the serializer and copied nowhere.

use super::statement::{ProfileWord, RuleNameView};
use crate::wire::OneOf;
use serde::{Serialize, Serializer};
use shixun_domain::policy::{
    Citation, CitedDocument, Confidence, CycleRules, RuleIndex, RuleRef, RuleSet, conversion::ConversionRef,
};
use std::{borrow::Cow, sync::Arc};
use utoipa::ToSchema;

/// A word of [`Confidence`].
pub type ConfidenceWord = OneOf<Confidence>;

/// A rule, with where its figures come from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "school_based.cap.year", "pack": "331123", "edition": 1, "pointer": "/rules/3", "profile": null, "name_zh": "校本研修",
    "name_en": "school-based training",
    "citations": [{"figure": "hours", "value": "24", "source": "S5", "article": "校本研修每年24学时", "confidence": "R"}]
}))]
pub struct RuleView<'a> {
    /// Its stable id; with `pack` and `edition` what figures name it by. A conversion of activities is `conversion.` and their kind.
    pub id: Cow<'a, str>,
    /// Code of the pack it comes from: `GET /v1/policy-packs?code=…` finds it.
    pub pack: &'a str,
    /// Version of that pack.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// JSON pointer (RFC 6901) to it in the pack's document.
    pub pointer: &'a str,
    /// The profile whose persons alone it binds; null where it binds everybody.
    pub profile: Option<ProfileWord>,
    /// What it is about, in Chinese.
    pub name_zh: &'a str,
    /// What it is about, in English.
    pub name_en: &'a str,
    /// Its figures, each with the place it comes from.
    pub citations: Vec<CitationView<'a>>,
}

/// A figure of a rule, and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"figure": "hours", "value": "24", "source": "S5", "article": "校本研修每年24学时", "confidence": "R"}))]
pub struct CitationView<'a> {
    /// The field of the rule that holds it.
    pub figure: &'a str,
    /// The figure as the pack has it.
    pub value: &'a str,
    /// The document: with the rule's pack and edition the key of one of `documents`.
    pub source: &'a str,
    /// Article, table or row in it.
    pub article: &'a str,
    /// How sure it is.
    pub confidence: ConfidenceWord,
}

/// A document that figures were taken from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "pack": "331123", "edition": 1, "source": "S5", "title": "浙江某县360学时构成表（约2011-2015年）",
    "url": "https://m.qiqiwenku.com/doc/744263.html"
}))]
pub struct DocumentView<'a> {
    /// Code of the pack that cites it.
    pub pack: &'a str,
    /// Version of that pack.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// Its short name in that pack.
    pub source: &'a str,
    /// Title and number.
    pub title: &'a str,
    /// Where it was read; null where it cannot be read anywhere.
    pub url: Option<&'a str>,
}

/// What a pack says once for everybody, and where that comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "name": "prorate_newcomer", "value": "month", "pack": "ZJ-2016", "edition": 1, "source": "INF", "article": "见习期满后按整月折算",
    "confidence": "I"
}))]
pub struct SettingView<'a> {
    /// The field of the pack's document.
    pub name: &'a str,
    /// What it says.
    pub value: &'a str,
    /// Code of the pack that says it.
    pub pack: &'a str,
    /// Version of that pack.
    #[schema(minimum = 1)]
    pub edition: i32,
    /// The document: with pack and edition the key of one of `documents`.
    pub source: &'a str,
    /// Article, table or row in it.
    pub article: &'a str,
    /// How sure it is.
    pub confidence: ConfidenceWord,
}

/// A rule that is named.
#[derive(Debug, Clone)]
pub enum NamedRule {
    /// A rule on hours.
    Rule(Arc<RuleRef>),
    /// What a kind of activity is worth.
    Conversion(ConversionRef),
}

/// What it is told from others by, in the order of the list.
type Key<'a> = (&'a str, i32, Cow<'a, str>);

impl NamedRule {
    fn key(&self) -> Key<'_> {
        match self {
            NamedRule::Rule(rule) => (&rule.pack, rule.version, Cow::Borrowed(&rule.rule.id)),
            NamedRule::Conversion(by) => (&by.pack, by.version, Cow::Owned(conversion_id(by))),
        }
    }

    fn citations(&self) -> &[Citation] {
        match self {
            NamedRule::Rule(rule) => &rule.rule.citations,
            NamedRule::Conversion(by) => &by.rule.citations,
        }
    }

    fn view(&self) -> RuleView<'_> {
        let citations = self.citations().iter().map(CitationView::new).collect();
        match self {
            NamedRule::Rule(named) => RuleView {
                id: Cow::Borrowed(&named.rule.id),
                pack: &named.pack,
                edition: named.version,
                pointer: &named.rule.pointer,
                profile: named.rule.profile.map(OneOf),
                name_zh: &named.rule.zh,
                name_en: &named.rule.en,
                citations,
            },
            NamedRule::Conversion(by) => RuleView {
                id: Cow::Owned(conversion_id(by)),
                pack: &by.pack,
                edition: by.version,
                pointer: &by.rule.pointer,
                profile: None,
                name_zh: &by.rule.zh,
                name_en: &by.rule.en,
                citations,
            },
        }
    }
}

impl Serialize for NamedRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

impl<'a> CitationView<'a> {
    fn new(citation: &'a Citation) -> Self {
        CitationView {
            figure: &citation.figure,
            value: &citation.value,
            source: &citation.document.key,
            article: &citation.article,
            confidence: OneOf(citation.confidence),
        }
    }
}

/// The name of a rule.
pub(crate) fn name(rule: &RuleRef) -> RuleNameView {
    RuleNameView { id: rule.rule.id.clone(), pack: rule.pack.clone(), edition: rule.version }
}

fn conversion_id(by: &ConversionRef) -> String {
    format!("conversion.{}", by.rule.kind)
}

/// The name of a conversion.
pub(crate) fn conversion_name(by: &ConversionRef) -> RuleNameView {
    RuleNameView { id: conversion_id(by), pack: by.pack.clone(), edition: by.version }
}

/// A setting in force.
#[derive(Debug, Clone)]
pub struct NamedSetting(Arc<Citation>);

impl Serialize for NamedSetting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let CitationView { figure, value, source, article, confidence } = CitationView::new(&self.0);
        let CitedDocument { pack, version, .. } = self.0.document.as_ref();
        SettingView { name: figure, value, pack, edition: *version, source, article, confidence }.serialize(serializer)
    }
}

/// A document that is cited.
#[derive(Debug, Clone)]
pub struct NamedDocument(Arc<CitedDocument>);

impl Serialize for NamedDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let CitedDocument { pack, version, key, title, url } = self.0.as_ref();
        DocumentView { pack, edition: *version, source: key, title, url: url.as_deref() }.serialize(serializer)
    }
}

/// What the figures of a statement rest on.
#[derive(Debug)]
pub(super) struct Grounds {
    pub(super) rules: Vec<NamedRule>,
    pub(super) settings: Vec<NamedSetting>,
    pub(super) documents: Vec<NamedDocument>,
}

impl Grounds {
    /// The rules behind `indexes` and `others`, each once by pack, edition and id; the settings on the day of the statement; and the
    /// documents that any of them cites.
    pub(super) fn new(rules: &CycleRules, mut indexes: Vec<RuleIndex>, others: Vec<NamedRule>) -> Grounds {
        indexes.sort_unstable();
        indexes.dedup();
        let indexed = indexes.into_iter().filter_map(|index| rules.shared_rule(index)).map(Arc::clone);
        let mut named: Vec<NamedRule> = indexed.map(NamedRule::Rule).chain(others).collect();
        named.sort_by(|one, other| one.key().cmp(&other.key()));
        named.dedup_by(|one, other| one.key() == other.key());
        let settings = rules.closing_rules().map_or(&[][..], RuleSet::settings);
        let mut documents: Vec<&Arc<CitedDocument>> = Vec::new();
        let cited = named.iter().flat_map(NamedRule::citations).chain(settings.iter().map(Arc::as_ref));
        for document in cited.map(|citation| &citation.document) {
            // Those of a pack are made once, when it is read.
            if !documents.iter().any(|known| Arc::ptr_eq(known, document)) {
                documents.push(document);
            }
        }
        documents.sort_by(|one, other| {
            let parts = (one.pack.cmp(&other.pack), one.version.cmp(&other.version), one.key.cmp(&other.key));
            parts.0.then(parts.1).then(parts.2)
        });
        let documents = documents.into_iter().map(|document| NamedDocument(Arc::clone(document))).collect();
        let settings = settings.iter().map(|setting| NamedSetting(Arc::clone(setting))).collect();
        Grounds { rules: named, settings, documents }
    }
}
