//! Where the figures of rules and settings come from: the document, the article in it, and how sure they are.

use super::{
    document::{Cited, Document, SettingDocument},
    layers::RuleSet,
    pack::Pack,
    rule::Confidence,
    settings::Settings,
};
use std::{collections::BTreeMap, sync::Arc};

/// A document that figures of a pack are taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedDocument {
    /// Code of the pack.
    pub pack: String,
    /// Version of the pack.
    pub version: i32,
    /// Its short name in the pack: a key of `sources`.
    pub key: String,
    /// Title and number.
    pub title: String,
    /// Where it was read.
    pub url: Option<String>,
}

/// A figure with the place it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The field that holds the figure: `hours` of a rule, `lines/0/hours` of a conversion, `rounding` of a pack.
    pub figure: String,
    /// The figure as the pack has it: `24`, `1/3`, `fail`.
    pub value: String,
    /// The document.
    pub document: Arc<CitedDocument>,
    /// Article, table or row in it.
    pub article: String,
    /// How sure it is.
    pub confidence: Confidence,
}

/// The documents of a pack by short name.
pub(super) type Documents = BTreeMap<String, Arc<CitedDocument>>;

pub(super) fn documents(document: &Document) -> Documents {
    let shared = |(key, source): (&String, &super::document::SourceDocument)| {
        let cited = CitedDocument {
            pack: document.code.clone(),
            version: document.version,
            key: key.clone(),
            title: source.title.clone(),
            url: source.url.clone(),
        };
        (key.clone(), Arc::new(cited))
    };
    document.sources.iter().map(shared).collect()
}

/// The citations of a part of a document that was checked before.
pub(super) fn citations(documents: &Documents, figures: Vec<(String, Cited)>) -> Vec<Citation> {
    figures.iter().filter_map(|(figure, cited)| cite(documents, figure, cited)).collect()
}

/// The citation of one figure; `None` where it cites nothing of the pack, which the pack's reader refuses.
pub(super) fn cite(documents: &Documents, figure: &str, cited: &Cited) -> Option<Citation> {
    Some(Citation {
        figure: figure.to_owned(),
        value: cited.value.clone(),
        document: Arc::clone(documents.get(&cited.source)?),
        article: cited.article.clone(),
        confidence: cited.confidence.parse().ok()?,
    })
}

/// The citations of what a pack says once for everybody, as far as statements cite it.
pub(super) fn of_settings(documents: &Documents, document: &Document) -> Vec<Arc<Citation>> {
    let cycle = document.cycle.as_ref();
    let of_cycle = [
        ("cycle/anchor", cycle.map(|cycle| cycle.anchor.clone())),
        ("cycle/years", cycle.map(|cycle| cycle.years.clone())),
    ];
    let stated = document.settings().into_iter().filter(|said| said.stated);
    let stated = stated.map(|setting| (setting.name, setting.said.map(SettingDocument::cited)));
    let said = of_cycle.into_iter().chain(stated).filter_map(|(name, cited)| Some((name, cited?)));
    said.filter_map(|(name, cited)| cite(documents, name, &cited)).map(Arc::new).collect()
}

/// Which pack of those in force said what holds for everybody, the narrowest first asked.
pub(super) fn settings_in_force(layers: &[&Pack], decided: &Settings) -> Vec<Arc<Citation>> {
    let said = |name: &str| {
        layers.iter().rev().find_map(|pack| {
            let citation = pack.setting_citations().iter().find(|citation| citation.figure == name)?;
            let decides = name.starts_with("cycle/") || pack.settings().agrees(decided, name);
            decides.then(|| Arc::clone(citation))
        })
    };
    ["cycle/anchor", "cycle/years"].iter().chain(Settings::NAMES).filter_map(|name| said(name)).collect()
}

impl RuleSet {
    /// What the packs in force say once for everybody of the cycle and of how hours are added up; what no pack speaks of is the
    /// program's default and not here.
    pub fn settings(&self) -> &[Arc<Citation>] {
        &self.cited
    }
}
