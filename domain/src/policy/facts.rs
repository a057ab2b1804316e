//! What the evaluator needs to know about a person and about each entry of the ledger.

use super::{
    jurisdiction::Schools,
    rule::{EntryMark, Profile},
};
use crate::{
    hours::{Days, Hours},
    time::DateSpan,
    words::{ActivityWord, DeliveryForm, Level, Route, Theme},
};
use chrono::NaiveDate;

/// One entry of a person's ledger, as the rules see it. Pending and voided entries are not passed on, except by a caller
/// that asks "what if".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFacts {
    /// The caller's name for the entry; unique among those evaluated together.
    pub key: i64,
    /// Civil date, in the area's zone, to which the hours belong.
    pub effective: NaiveDate,
    /// Order among entries of one day (the time of posting); the key decides between equals.
    pub sequence: i64,
    /// The route to the hours.
    pub route: Route,
    /// How the training was delivered.
    pub form: DeliveryForm,
    /// What it was about; every rule reads the themes that concern it.
    pub themes: Vec<Theme>,
    /// The level at which it was organised.
    pub level: Level,
    /// The concentrated block that the hours belong to.
    pub block: Option<i64>,
    /// Hours earned; negative in a correction.
    pub credited: Hours,
    /// Hours that the course is worth when attended in full.
    pub nominal: Hours,
    /// The part of `credited` that was practice.
    pub practice: Hours,
    /// The key of the entry that this one corrects: its hours are added to that entry, on that entry's date.
    pub corrects: Option<i64>,
    /// The key of the entry that this is a part of, where its hours belong to several days; nobody gives it, the evaluation splits.
    pub part_of: Option<i64>,
    /// Who gave the training.
    pub provider: Provider,
    /// Serious misconduct ended the training.
    pub misconduct: bool,
    /// Certified by another county before the person moved: it decides about its own years.
    pub certified_elsewhere: bool,
    /// The kind of activity that the hours were converted from; their route is [`Route::Converted`].
    pub activity: Option<ActivityWord>,
    /// The day of recognition, where it is another than `effective`.
    pub recognised: Option<NaiveDate>,
    /// Where a course reaches over several months, the hours attended in each; empty otherwise.
    pub dated: Vec<DatedHours>,
    /// Days of training, where they were recorded.
    pub days: Option<Days>,
}

/// Hours attended until a day, since the day of the part before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedHours {
    /// The last day of a calendar month on which the course was held.
    pub on: NaiveDate,
    /// Hours attended in that month.
    pub hours: Hours,
}

/// Who gave the training, as far as recognition depends on it (浙教师〔2016〕71号, article 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// The institution passed the condition review, or the school itself.
    Reviewed,
    /// The institution did not pass a review; hours count only where the school agreed before the training began.
    Unreviewed {
        /// Day on which the school's consent was entered.
        consent_on: Option<NaiveDate>,
        /// First day of the training.
        starts_on: NaiveDate,
    },
}

impl EntryFacts {
    /// The marks it bears, as rules see them.
    pub fn marks_borne(&self) -> impl Iterator<Item = EntryMark> {
        let marks = self.marks();
        EntryMark::ALL.iter().copied().filter(move |mark| marks & bit(EntryMark::ALL, *mark) != 0)
    }

    /// The marks that selectors may ask for, a bit each.
    pub(super) fn marks(&self) -> u8 {
        let mut marks = 0;
        let mut set = |mark: EntryMark, holds: bool| marks |= if holds { bit(EntryMark::ALL, mark) } else { 0 };
        set(EntryMark::Misconduct, self.misconduct);
        set(EntryMark::CertifiedElsewhere, self.certified_elsewhere);
        if let Provider::Unreviewed { consent_on, starts_on } = self.provider {
            set(EntryMark::Unreviewed, true);
            set(EntryMark::NoPriorConsent, consent_on.is_none_or(|consent| consent >= starts_on));
        }
        marks
    }
}

/// Days without the post between two schools after which a head still was appointed once: the summer between two school years.
const BETWEEN_SCHOOLS: u64 = 92;

/// The last time in a post that began by a day, of the spells in which it was held. Who moves to another school was appointed once;
/// who comes back to the post years later is appointed anew.
pub fn time_in_post(mut spells: Vec<DateSpan>, day: NaiveDate) -> Option<DateSpan> {
    spells.retain(|spell| spell.from <= day);
    spells.sort_by_key(|spell| spell.from);
    spells.into_iter().reduce(|whole, next| {
        let latest = whole.to.and_then(|to| to.checked_add_days(chrono::Days::new(BETWEEN_SCHOOLS)));
        if latest.is_none_or(|latest| next.from <= latest) {
            DateSpan { from: whole.from, to: whole.to.zip(next.to).map(|(one, other)| one.max(other)) }
        } else {
            next
        }
    })
}

/// What is known of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonFacts {
    /// First day in the profession; `None` where it lies long before the cycle.
    pub joined_on: Option<NaiveDate>,
    /// Probation as a new teacher.
    pub probation: Option<DateSpan>,
    /// The time as head, from the appointment.
    pub head: Option<DateSpan>,
    /// The time as deputy head.
    pub deputy_head: Option<DateSpan>,
    /// The time as a middle manager.
    pub middle_manager: Option<DateSpan>,
    /// Last day before retirement.
    pub retires_on: Option<NaiveDate>,
    /// Approved leave.
    pub leave: Vec<DateSpan>,
    /// The cycle's total where it was set for this person; otherwise the rules decide.
    pub required: Option<Hours>,
    /// What counted in the cycle before beyond what was owed in it; how much of it counts is for the rules to say.
    pub surplus: Hours,
    /// The requirements that were waived for the person.
    pub waivers: Vec<WaiverFacts>,
    /// Where the person belonged to a school with rules of its own: they decide which [`CycleRules`](super::CycleRules) are the
    /// person's, and nothing else.
    pub schools: Schools,
}

/// A requirement that was waived for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverFacts {
    /// The caller's name for it.
    pub key: i64,
    /// Id of the rule.
    pub rule_id: String,
    /// The requirement is waived in periods whose last day lies here.
    pub span: DateSpan,
}

/// The profiles that hold for a person in a cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProfileSet(u8);

impl ProfileSet {
    /// The profiles that hold in a cycle.
    pub fn of(person: &PersonFacts, cycle: &super::cycle::Cycle) -> Self {
        let mut set = ProfileSet::default();
        let within = |day: NaiveDate| cycle.contains(day);
        let overlaps = |span: &DateSpan| span.overlaps(&cycle.span());
        set.insert_if(Profile::Retiring, person.retires_on.is_some_and(within));
        set.insert_if(Profile::NewTeacher, person.probation.as_ref().is_some_and(overlaps));
        set.insert_if(Profile::NewHead, person.head.is_some_and(|span| within(span.from)));
        set.insert_if(Profile::Head, person.head.as_ref().is_some_and(overlaps));
        set.insert_if(Profile::DeputyHead, person.deputy_head.as_ref().is_some_and(overlaps));
        set.insert_if(Profile::MiddleManager, person.middle_manager.as_ref().is_some_and(overlaps));
        set
    }

    /// True where the profile holds.
    pub fn contains(self, profile: Profile) -> bool {
        self.0 & bit(Profile::ALL, profile) != 0
    }

    /// True where a profile of both sets holds.
    pub(super) const fn meets(self, other: ProfileSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Adds the profile where the condition holds.
    pub(super) fn insert_if(&mut self, profile: Profile, holds: bool) {
        if holds {
            self.0 |= bit(Profile::ALL, profile);
        }
    }
}

/// The bit of a word in its list; lists have at most eight words.
fn bit<T: PartialEq>(all: &[T], word: T) -> u8 {
    all.iter().position(|other| *other == word).map_or(0, |place| 1 << place)
}
