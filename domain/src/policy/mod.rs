//! Policy packs: the rules on hours as versioned data, and the evaluator that applies them.
//!
//! - [`document`]: a pack as JSON, every figure with its source; [`Pack::parse`] makes rules of it;
//! - [`layers`]: which packs are in force where and when, and how a school's rules stand over the county's, the county's over
//!   the province's; [`Schools`]: where a person belonged when;
//! - [`CycleRules`]: the rules of one cycle, compiled once and used for every person;
//! - [`evaluate`]: what counts, what was cut by which rule, what is owed; [`contributions`]: which entries make it up; [`headroom`]: what a
//!   year still takes;
//! - [`wording`]: the same for people, in Chinese and English;
//! - [`conversion`]: what activities outside courses are worth;
//! - [`packs`]: the packs shipped with the program.

mod attribution;
mod citation;
mod contributions;
pub mod conversion;
mod counting;
mod cycle;
mod cycle_rules;
pub mod document;
mod effects;
mod evaluate;
mod evaluating;
mod facts;
mod fault;
pub mod fund;
mod headroom;
mod jurisdiction;
pub mod layers;
mod limits;
pub mod lint;
mod owing;
mod pack;
mod packing;
pub mod packs;
mod requirements;
mod rule;
mod selector;
mod settings;
mod shortest;
mod state;
mod strictness;
mod themes;
pub mod wording;

#[cfg(test)]
mod tests;

pub use citation::{Citation, CitedDocument};
pub use contributions::{Contribution, Portion, contributions};
pub use cycle::{Cycle, CycleCalendar};
pub use cycle_rules::{CycleRules, RuleIndex};
pub use effects::{RuleEffect, RuleKey, effects};
pub use evaluate::{CountedEntry, Cut, Evaluation, Period, YearHours, evaluate};
pub use evaluating::{EvaluationTerms, MissedEvaluation};
pub use facts::{DatedHours, EntryFacts, PersonFacts, ProfileSet, Provider, WaiverFacts, time_in_post};
pub use fault::{Fault, PackFault};
pub use headroom::{Headroom, Room, headroom, rooms};
pub use jurisdiction::{Jurisdiction, SchoolSpell, Schools};
pub use layers::{LayerFault, RuleInForce, RuleRef, RuleSet, cycle_named, cycle_on, with_draft};
pub use pack::{Pack, ProfileDrops};
pub use requirements::{InDays, Requirement, Verdict};
pub use rule::{
    AbsenceEffect, Amount, Attribution, Body, CapPeriod, Confidence, Effect, EntryMark, FilingLevel, Least, LeaveTotal,
    Measure, Months, Most, Profile, Prorate, Ratio, Recognition, Relaxable, ReversalAfterClose, Rounding, Rule,
    Selector, Strength, TOTAL_RULE_ID, TotalAmount, Unit, Window,
};
pub use settings::Settings;
pub use shortest::{OFFERINGS_MAX, Offering, Outcome, ShortestWay, shortest_way};
pub use state::{PackPublished, PackState};
pub use themes::{KnownTheme, KnownThemes};
