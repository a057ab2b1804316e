//! From leaves to a statement: what the writer of a bundle and whoever checks it both do.

use crate::ledger::{days::span, explain, judging, statement::StatementView};
use chrono::NaiveDate;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shixun_domain::{
    AreaCode, Hours,
    id::{EventId, FrozenReportId, HourEntryId, OrganisationId, PersonId, PolicyPackId, TeacherId},
    ledger::{Circumstances, EntryKind, EntrySource, Factor, SourceKind},
    log::{Json, LeafKind},
    policy::{CycleRules, EntryFacts, Pack, PersonFacts, Schools, cycle_named, cycle_on},
    words::{DeliveryForm, Level, Route, Theme},
};
use shixun_persistence::ledger::{
    Entry, GrantedWaiver, PersonRecord, PersonSnapshot, Revision, StandingEntries, StandingEntry,
};
use std::{
    collections::{HashMap, HashSet},
    str::FromStr,
    sync::Arc,
};

/// A leaf, read.
#[derive(Debug, Clone)]
pub(super) struct Read {
    /// What it says.
    pub(super) kind: LeafKind,
    /// Of which row.
    pub(super) id: String,
    content: Value,
}

/// Reads a leaf, where its text is the canonical one.
pub(super) fn leaf(line: &str) -> Option<Read> {
    let value: Value = serde_json::from_str(line).ok()?;
    let whole = json(&value)?;
    if whole.canonical() != line || value.as_object()?.len() != 4 {
        return None;
    }
    value.get("salt")?.as_str()?;
    let kind = value.get("kind")?.as_str()?.parse().ok()?;
    let id = value.get("id")?.as_str()?.to_owned();
    Some(Read { kind, id, content: value.get("content")?.clone() })
}

/// The value without fractions; `None` where it has some.
fn json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => Json::Whole(number.as_i64()?),
        Value::String(text) => Json::text(text),
        Value::Array(values) => Json::List(values.iter().map(json).collect::<Option<_>>()?),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| Some((name.clone().into(), json(value)?));
            Json::Object(members.iter().map(member).collect::<Option<_>>()?)
        }
    })
}

impl Read {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.content.get(name)?.as_str()
    }

    pub(super) fn read<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// A value that may be absent: `Some(None)` for null, `None` where it cannot be read.
    fn maybe<T: FromStr>(&self, name: &str) -> Option<Option<T>> {
        match self.content.get(name)? {
            Value::Null => Some(None),
            _ => self.read(name).map(Some),
        }
    }

    /// The area of the row.
    pub(super) fn area(&self) -> Option<AreaCode> {
        match self.kind {
            LeafKind::HourEntry => self.id.parse().ok().map(|id: HourEntryId| id.area()),
            LeafKind::PolicyPack => self.id.parse().ok().map(|id: PolicyPackId| id.area()),
            LeafKind::Event => self.id.parse().ok().map(|id: EventId| id.area()),
            LeafKind::FrozenReport => self.id.parse().ok().map(|id: FrozenReportId| id.area()),
        }
    }

    /// Whose hours an entry is.
    pub(super) fn teacher(&self) -> Option<TeacherId> {
        self.read("teacher_id")
    }

    /// The pack.
    pub(super) fn pack(&self) -> Option<Pack> {
        Pack::parse(self.text("document")?).ok()
    }

    /// The entry; `blocks` collects the block keys of its person met so far.
    pub(super) fn entry(&self, blocks: &mut Vec<String>) -> Option<StandingEntry> {
        let id: HourEntryId = self.id.parse().ok()?;
        let refers_to: Option<HourEntryId> = self.maybe("refers_to")?;
        let circumstances: Circumstances = self.read("circumstances")?;
        let block = self.maybe::<String>("block_key")?.map(|key| match blocks.iter().position(|one| *one == key) {
            Some(place) => place,
            None => {
                blocks.push(key);
                blocks.len() - 1
            }
        });
        let source_kind: SourceKind = self.read("source")?;
        let (source_area, source_id) = (self.maybe::<AreaCode>("source_area")?, self.maybe::<i64>("source_id")?);
        let theme = |value: &Value| value.as_str()?.parse::<Theme>().ok();
        let facts = EntryFacts {
            key: id.number(),
            effective: self.read("effective_on")?,
            sequence: id.number(),
            route: self.read::<Route>("route")?,
            form: self.read::<DeliveryForm>("delivery_form")?,
            themes: self.content.get("themes")?.as_array()?.iter().map(theme).collect::<Option<_>>()?,
            level: self.read::<Level>("level")?,
            block: block.and_then(|place| i64::try_from(place).ok()),
            credited: self.read::<Hours>("credited")?,
            nominal: self.read("nominal")?,
            practice: self.read("practice")?,
            corrects: None,
            part_of: None,
            provider: circumstances.provider,
            misconduct: circumstances.misconduct,
            certified_elsewhere: circumstances.certified_elsewhere,
            activity: circumstances.activity,
            recognised: circumstances.recognised_on,
            dated: circumstances.dated,
            days: circumstances.days,
        };
        Some(StandingEntry {
            id,
            entry: Entry {
                kind: self.read::<EntryKind>("kind")?,
                refers_to: refers_to.map(|id| id.number()),
                awaits: circumstances.awaits,
                facts,
            },
            title: self.read("title")?,
            source_kind,
            source: source_area.zip(source_id).and_then(|(area, number)| EntrySource::new(source_kind, area, number)),
            attended: self.read("attended")?,
            factor: self.read::<Factor>("factor")?,
            organisation: self.maybe::<OrganisationId>("organisation_id")?,
            organisation_name: self.maybe("organisation_name")?,
            evidence: self.maybe("evidence")?,
            reason: self.maybe("reason")?,
        })
    }
}

/// What a statement is about, beside its leaves.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) person: PersonId,
    pub(super) cycle: String,
    pub(super) as_of: NaiveDate,
    pub(super) snapshot: PersonSnapshot,
    pub(super) facts: PersonFacts,
    pub(super) waivers: Vec<GrantedWaiver>,
    /// Numbers of entries that are disputed.
    pub(super) disputed: HashSet<i64>,
}

/// Why leaves give no statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// A leaf that does not belong to the statement, or cannot be read.
    Leaf(String, &'static str),
    /// The packs give no rules for the cycle.
    Rules,
}

/// The rules that were made of packs: the statements of an area share them, and making them takes longer than judging.
#[derive(Default)]
pub(super) struct RuleBook(HashMap<Key, Arc<CycleRules>>);

/// The hash of the packs, and what of them is asked for.
type Key = ([u8; 32], AreaCode, String, NaiveDate, Schools);

/// Rules that are remembered at most.
const RULES_MAX: usize = 64;

impl RuleBook {
    /// The rules that the packs among the leaves give.
    pub(super) fn rules<'l>(
        &mut self,
        about: &About,
        leaves: impl IntoIterator<Item = &'l Read>,
    ) -> Result<Arc<CycleRules>, Fault> {
        let leaves: Vec<&Read> = leaves.into_iter().filter(|leaf| leaf.kind == LeafKind::PolicyPack).collect();
        let mut hash = Sha256::new();
        for leaf in &leaves {
            let text = leaf.text("document").unwrap_or_default();
            hash.update(u64::try_from(text.len()).unwrap_or_default().to_be_bytes());
            hash.update(text);
        }
        let key = (
            hash.finalize().into(),
            about.person.area(),
            about.cycle.clone(),
            about.as_of,
            about.facts.schools.clone(),
        );
        if let Some(rules) = self.0.get(&key) {
            return Ok(Arc::clone(rules));
        }
        let packs = packs(&leaves)?;
        let area = about.person.area();
        let cycle = cycle_named(&packs, area, &about.cycle).ok_or(Fault::Rules)?;
        let rules = Arc::new(
            CycleRules::of_schools(&packs, area, &about.facts.schools, cycle, about.as_of).map_err(|_| Fault::Rules)?,
        );
        if self.0.len() >= RULES_MAX {
            self.0.clear();
        }
        self.0.insert(key, Arc::clone(&rules));
        Ok(rules)
    }

    /// The rules at the end of the cycle before that of `rules`, where some of its surplus may count in it.
    pub(super) fn before(
        &mut self,
        about: &About,
        rules: &CycleRules,
        leaves: &[&Read],
    ) -> Result<Option<Arc<CycleRules>>, Fault> {
        let last_day = rules.cycle().from().pred_opt().filter(|_| rules.carry_over() > Hours::ZERO);
        let Some(day) = last_day else { return Ok(None) };
        let of_packs: Vec<&Read> = leaves.iter().copied().filter(|leaf| leaf.kind == LeafKind::PolicyPack).collect();
        let packs = packs(&of_packs)?;
        let Ok(cycle) = cycle_on(&packs, about.person.area(), day) else { return Ok(None) };
        let about = About { cycle: cycle.name(), as_of: cycle.to(), ..about.clone() };
        self.rules(&about, leaves.iter().copied()).map(Some)
    }
}

/// The packs among leaves, in the order in which rules are made of them.
pub(super) fn packs(leaves: &[&Read]) -> Result<Vec<Pack>, Fault> {
    let mut packs = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let unreadable = || Fault::Leaf(leaf.id.clone(), "is a policy pack that cannot be read");
        packs.push(leaf.pack().ok_or_else(unreadable)?);
    }
    packs.sort_by(|one, other| {
        let key = |pack: &Pack| (pack.area(), pack.code().to_owned(), pack.version());
        key(one).cmp(&key(other))
    });
    Ok(packs)
}

/// The days whose entries belong to a statement.
pub(super) fn days(rules: &CycleRules, about: &About) -> (NaiveDate, NaiveDate) {
    span(rules, &about.facts)
}

/// Judges the hours that the leaves prove by the rules that they prove.
pub(super) fn statement(rules: &CycleRules, about: About, leaves: &[Read]) -> Result<StatementView, Fault> {
    let (from, to) = days(rules, &about);
    let (mut blocks, mut entries) = (Vec::new(), Vec::new());
    for leaf in leaves.iter().filter(|leaf| leaf.kind == LeafKind::HourEntry) {
        let fault = |what| Fault::Leaf(leaf.id.clone(), what);
        let entry = leaf.entry(&mut blocks).ok_or_else(|| fault("is an hour entry that cannot be read"))?;
        if leaf.teacher() != Some(about.person.teacher()) {
            return Err(fault("is an hour entry of somebody else"));
        }
        if entry.entry.facts.effective < from || entry.entry.facts.effective > to {
            return Err(fault("is an hour entry of a day that the statement is not about"));
        }
        entries.push(entry);
    }
    let record = PersonRecord {
        revision: Revision { person: 0, entries: 0 },
        snapshot: about.snapshot,
        facts: about.facts,
        waivers: about.waivers,
        disputed: about.disputed,
    };
    let entries = StandingEntries::arrange(entries);
    let judged = judging::Read::new(record, entries, rules).judged(about.person, rules);
    Ok(explain::statement(rules, judged, None))
}
