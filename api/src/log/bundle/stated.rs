//! What a statement says of itself: whose it is, and the facts by which its leaves are judged again.

use super::judge::About;
use crate::{
    ledger::statement::SchoolSpellView,
    wire::{HourEntryRef, HoursText, OneOf, OrganisationRef, StageWord, TeacherRef, TitleWord, WaiverRef},
};
use chrono::NaiveDate;
use serde::Deserialize;
use shixun_domain::{policy::PersonFacts, time::DateSpan};
use shixun_persistence::ledger::{GrantedWaiver, PersonSnapshot, SnapshotOrganisation};

/// A statement, as far as it is not figures.
#[derive(Deserialize)]
pub(super) struct Stated {
    teacher: StatedTeacher,
    cycle: StatedCycle,
    as_of: NaiveDate,
    facts: StatedFacts,
    requirements: Vec<StatedRequirement>,
    entries: Vec<StatedEntry>,
}

#[derive(Deserialize)]
struct StatedEntry {
    id: HourEntryRef,
    disputed: bool,
}

#[derive(Deserialize)]
struct StatedRequirement {
    rule: StatedRule,
    waiver: Option<StatedWaiver>,
}

#[derive(Deserialize)]
struct StatedRule {
    id: String,
}

#[derive(Deserialize)]
struct StatedWaiver {
    id: WaiverRef,
    reason: String,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
}

#[derive(Deserialize)]
struct StatedTeacher {
    id: TeacherRef,
    name: String,
    organisation_id: Option<OrganisationRef>,
    organisation_name: Option<String>,
    title: Option<TitleWord>,
    subject: Option<String>,
    stage: Option<StageWord>,
}

#[derive(Deserialize)]
struct StatedCycle {
    name: String,
}

#[derive(Deserialize)]
struct StatedFacts {
    entered_on: Option<NaiveDate>,
    probation: Option<StatedSpell>,
    head: Option<StatedSpell>,
    deputy_head: Option<StatedSpell>,
    middle_manager: Option<StatedSpell>,
    retires_on: Option<NaiveDate>,
    leave: Vec<StatedSpell>,
    schools: Vec<SchoolSpellView>,
    surplus: HoursText,
}

#[derive(Deserialize)]
struct StatedSpell {
    from: NaiveDate,
    to: Option<NaiveDate>,
}

impl Stated {
    /// What the statement is about, and the facts it rests on beside its leaves.
    pub(super) fn about(self) -> About {
        let span = |spell: StatedSpell| DateSpan { from: spell.from, to: spell.to };
        let organisation = self.teacher.organisation_id.zip(self.teacher.organisation_name);
        let waived = self.requirements.into_iter().filter_map(|one| Some((one.rule.id, one.waiver?)));
        let mut waivers: Vec<GrantedWaiver> = waived
            .map(|(rule_id, waiver)| GrantedWaiver {
                id: waiver.id.0,
                rule_id,
                from: waiver.valid_from,
                to: waiver.valid_to,
                reason: waiver.reason,
            })
            .collect();
        waivers.sort_by_key(|waiver| waiver.id.number());
        waivers.dedup_by_key(|waiver| waiver.id);
        About {
            person: self.teacher.id.0.person(),
            cycle: self.cycle.name,
            as_of: self.as_of,
            snapshot: PersonSnapshot {
                name: self.teacher.name,
                organisation: organisation.map(|(id, name)| SnapshotOrganisation {
                    id: id.0,
                    name,
                    path: String::new(),
                }),
                title: self.teacher.title.map(|OneOf(title)| title),
                subject: self.teacher.subject,
                stage: self.teacher.stage.map(|OneOf(stage)| stage),
            },
            facts: PersonFacts {
                joined_on: self.facts.entered_on,
                probation: self.facts.probation.map(span),
                head: self.facts.head.map(span),
                deputy_head: self.facts.deputy_head.map(span),
                middle_manager: self.facts.middle_manager.map(span),
                retires_on: self.facts.retires_on,
                leave: self.facts.leave.into_iter().map(span).collect(),
                required: None,
                surplus: self.facts.surplus.0,
                waivers: waivers.iter().map(GrantedWaiver::facts).collect(),
                schools: SchoolSpellView::read(&self.facts.schools),
            },
            waivers,
            disputed: self.entries.iter().filter(|one| one.disputed).map(|one| one.id.0.number()).collect(),
        }
    }
}
