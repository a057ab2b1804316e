//! What a pack says once for everybody, as one list ([`policy_settings`](crate::policy_settings)).
//!
//! A setting is a line of that list: its name and meaning, its type, how it is read, what decides where packs of several areas
//! speak of it, whether statements cite it, and what holds where no pack speaks of it. The document, its twin in the contract, the
//! reader, the layers, lint and citations follow from the line; `domain/packs/examples/county.json` shows a correct value.

use super::{
    document::{Document, SettingDocument},
    evaluating::MissedEvaluation,
    fault::PackFault,
    fund::FundBase,
    layers::RuleSet,
    pack::{At, Pack, Reader},
    rule::{
        AbsenceEffect, Attribution, FilingLevel, LeaveTotal, Months, Prorate, Ratio, Recognition, ReversalAfterClose,
        Rounding, Unit,
    },
};
use crate::{hours::Hours, words::Word};

/// Every setting: `name { type, how the figure is read, what decides, stated or silent, [default] }`.
///
/// What decides between areas: the stricter value, which is the `least` (of words the one declared first) or the `most`; of words of
/// which none is stricter the `widest` area's; and of what is an area's own affair the `narrowest`. A pack says with `may_be_relaxed`
/// that narrower areas may say otherwise: then their word takes the place of its own. A `stated` one is cited by every statement,
/// because hours are added up by it. Without a default nothing holds where no pack speaks of it.
#[macro_export]
macro_rules! policy_settings {
    ($then:ident) => {
        $then! {
            /// What training is counted in: `hour` or `credit`. A credit stands where an hour stood, so that a cycle may begin in one and
            /// end in the other.
            unit { Unit, word(), narrowest, stated, [Unit::Hour] }
            /// Minutes of teaching in one hour of credit (1 to 240): a unit is worth no more than its minutes give.
            hour_minutes { i32, integer(1..=240), most, silent, [45] }
            /// How the total of a person who joins inside the cycle is reduced: `none`, `month` or `year`.
            prorate_newcomer { Prorate, word(), least, stated, [Prorate::None] }
            /// What approved leave does to the hours owed in the cycle: `keep` (nothing) or `prorate` (takes off its full months).
            leave_total { LeaveTotal, word(), least, stated, [LeaveTotal::Keep] }
            /// How the total of a person who retires inside the cycle is reduced: `none`, `month` or `year`.
            prorate_retirement { Prorate, word(), least, stated, [Prorate::None] }
            /// The day to which hours belong: of `completion`, of each `session` (the days on which the course was held, by month), or of
            /// `recognition`.
            attribution { Attribution, word(), widest, stated, [Attribution::Completion] }
            /// What is compared with the hours owed: two decimals as they are (`keep`), or whole hours, rounded down (`whole_down`), to
            /// the nearest (`whole_nearest`) or up (`whole_up`).
            rounding { Rounding, word(), least, stated, [Rounding::Keep] }
            /// Hours of a day of training (0.01 to 24): the most that the units of one day may be worth, and what a day is where an entry
            /// does not say how many days it lasted.
            hours_per_day { Hours, hours_of_a_day(), least, stated, [Hours::whole(8)] }
            /// What the hours attended are worth to somebody who passed the course (0 to 1): the result in hours × difficulty × result,
            /// whose difficulty is for the rules of the kind `factor` to say.
            pass_factor { Ratio, ratio(1), least, silent, [Ratio::ONE] }
            /// What the hours attended are worth to somebody who failed the course (0 to 1).
            fail_factor { Ratio, ratio(1), least, silent, [Ratio::NOTHING] }
            /// What absence below the failing share takes off: `whole_unit` (the hours of every unit that was not attended to the end),
            /// `deduct` (the time missed, exactly) or `none`.
            absence_effect { AbsenceEffect, word(), least, silent, [AbsenceEffect::Deduct] }
            /// The share of a course (0 to 1) from which absence makes it failed.
            absence_fail_ratio { Ratio, ratio(1), least, silent, [] }
            /// Days (1 to 180) within which participants evaluate a session after it was closed: hours wait for it. Without it an
            /// evaluation is voluntary, and hours never wait.
            evaluation_days { i32, integer(1..=180), least, silent, [] }
            /// What becomes of hours whose evaluation did not come in time: `void` or `post`.
            evaluation_missed { MissedEvaluation, word(), least, silent, [MissedEvaluation::Post] }
            /// The most hours of a cycle's surplus that count in the cycle after.
            carry_over { Hours, hours(), least, stated, [Hours::ZERO] }
            /// Through how many hands hours from outside pass (1 to 3): entered, examined and verified by three people; entered and verified
            /// by two; or entered and verified by whoever may verify.
            hours_stages { i32, integer(1..=3), most, silent, [3] }
            /// What becomes of hours of a cycle that is over: `two_people` correct them, one who proposes it and one of the county who
            /// approves, or it is `refused`.
            reversal_after_close { ReversalAfterClose, word(), least, silent, [ReversalAfterClose::TwoPeople] }
            /// Calendar days (1 to 3660) in which a teacher may dispute hours after they were posted: those of the day of posting.
            dispute_days { i32, integer(1..=3_660), most, silent, [30] }
            /// Calendar days (1 to 366) in which a dispute is to be decided after it was opened.
            dispute_decision_days { i32, integer(1..=366), least, silent, [15] }
            /// Whether training at an institution without review needs the school's consent before it begins: `yes` or `no`.
            external_prior_consent { bool, yes(), most, silent, [true] }
            /// What becomes of hours certified by another county of the province: `manual` (somebody recognises them) or `auto` (they count
            /// as certified).
            transfer_same_province { Recognition, word(), least, silent, [Recognition::Auto] }
            /// The same of hours certified in another province: `manual`, with evidence, or `auto`.
            transfer_other_province { Recognition, word(), least, silent, [Recognition::Manual] }
            /// Whether the school reviews each application of its teachers (`yes`), or an application is confirmed at once (`no`).
            school_review { bool, yes(), most, silent, [true] }
            /// Whether a programme is filed and a session published with a dedicated class head only: `yes` or `no`.
            class_head_required { bool, yes(), most, silent, [true] }
            /// The fewest seats of a session that is published.
            class_size_min { i32, integer(1..=10_000), most, silent, [] }
            /// The most seats of a session that is published.
            class_size_max { i32, integer(1..=10_000), least, silent, [] }
            /// The months in which programmes are filed, such as `4,10`, where the area opened no window of its own; at any time where no
            /// pack says so.
            filing_windows { Months, months(), narrowest, silent, [] }
            /// With whom a programme is filed: by its `reach`, so that what is for several counties is declared and filed with the city and
            /// what is for several cities with the province; or always with the area of its institution (`own_area`).
            filing_level { FilingLevel, word(), least, silent, [FilingLevel::Reach] }
            /// The training fund's least share (0 to 1) of its base.
            fund_ratio { Ratio, ratio(1), most, silent, [] }
            /// What the fund is a share of: `staff_payroll`, `basic_wages` or `wages_after_rise`.
            fund_base { FundBase, word(), narrowest, silent, [FundBase::StaffPayroll] }
            /// The greatest share (0 to 1) of the fund that the county may use itself; the rest follows the teachers' choice.
            fund_county_share { Ratio, ratio(1), least, silent, [Ratio::NOTHING] }
            /// The least share (0 to 1) of a school's running funds on top.
            fund_school_running { Ratio, ratio(1), most, silent, [Ratio::NOTHING] }
        }
    };
}

/// What a reader of `RuleSet` gets: the value, or the default where there is one.
macro_rules! in_force {
    ($(#[$doc:meta])* $name:ident, $type:ty, []) => {
        $(#[$doc])*
        pub fn $name(&self) -> Option<$type> {
            self.settings.$name
        }
    };
    ($(#[$doc:meta])* $name:ident, $type:ty, [$default:expr]) => {
        $(#[$doc])*
        pub fn $name(&self) -> $type {
            self.settings.$name.unwrap_or($default)
        }
    };
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident {
        $type:ty, $read:ident($($argument:expr)?), $decides:ident, $cited:ident, [$($default:expr)?]
    })+) => {
        /// What a pack says once for everybody; what it leaves out is for the packs of wider areas, and at last for the program.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Settings {
            $($(#[$doc])* pub $name: Option<$type>,)+
            /// Bits of those, in the order of the list, that narrower areas may relax.
            relaxable: u64,
        }

        impl Document {
            /// The settings in the order of the document, with their names and whether statements cite them.
            pub(super) fn settings(&self) -> Vec<Said<'_>> {
                vec![$(Said { name: stringify!($name), said: self.$name.as_ref(), stated: settings!(@$cited) }),+]
            }
        }

        impl Settings {
            /// The names of all settings.
            pub(super) const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Reads what a document says.
            pub(super) fn read(reader: &Reader<'_>, document: &Document) -> Result<Self, PackFault> {
                let mut settings = Settings::default();
                $(if let Some(said) = &document.$name {
                    let at = At::root().field(stringify!($name));
                    settings.$name = Some(reader.$read(&at, &said.cited() $(, $argument)?)?);
                    if reader.setting_may_be_relaxed(&at, said)? {
                        settings.relaxable |= Settings::bit(stringify!($name));
                    }
                })+
                Ok(settings)
            }

            /// What holds where these packs speak, the widest first.
            pub(super) fn decided(layers: &[&Pack]) -> Self {
                Settings { $($name: $decides(layers, stringify!($name), |settings| settings.$name),)+ relaxable: 0 }
            }

            /// To which day hours belong where these packs speak.
            pub(super) fn attribution_of(layers: &[&Pack]) -> Option<Attribution> {
                widest(layers, "attribution", |settings| settings.attribution)
            }

            /// Whether the setting of this name is said here, and as it is said there.
            pub(super) fn agrees(&self, there: &Settings, name: &str) -> bool {
                $(if name == stringify!($name) {
                    return self.$name.is_some() && self.$name == there.$name;
                })+
                false
            }

            /// The names of the settings that both say, each in another way.
            pub(super) fn contradicted_by(&self, other: &Settings) -> Vec<&'static str> {
                let said = [$((stringify!($name), matches!((self.$name, other.$name), (Some(ours), Some(theirs)) if ours != theirs))),+];
                said.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
            }

            /// The settings that are said and of which the stricter or the wider decides between areas.
            pub(super) fn on_a_scale(&self) -> Vec<OnScale> {
                [$(self.$name.and_then(|value| settings!(@scale $decides stringify!($name), value))),+].into_iter().flatten().collect()
            }
        }

        impl RuleSet {
            $(in_force! { $(#[$doc])* $name, $type, [$($default)?] })+
        }
    };
    (@stated) => { true };
    (@silent) => { false };
    (@scale narrowest $name:expr, $value:expr) => {{ let _ = $value; None::<OnScale> }};
    (@scale widest $name:expr, $value:expr) => { Some(OnScale::fixed($name, $value)) };
    (@scale least $name:expr, $value:expr) => { Some(OnScale::new($name, $value, 1)) };
    (@scale most $name:expr, $value:expr) => { Some(OnScale::new($name, $value, -1)) };
}

policy_settings!(settings);

/// What a document says of one setting.
pub(super) struct Said<'a> {
    /// Its name.
    pub name: &'static str,
    /// The figure, where the document has it.
    pub said: Option<&'a SettingDocument>,
    /// Whether statements cite it.
    pub stated: bool,
}

impl Settings {
    fn bit(name: &str) -> u64 {
        let place = Settings::NAMES.iter().position(|other| *other == name);
        place.and_then(|place| u32::try_from(place).ok()).and_then(|place| 1_u64.checked_shl(place)).unwrap_or(0)
    }

    /// Whether narrower areas may say otherwise of the setting of this name.
    pub(super) fn may_be_relaxed(&self, name: &str) -> bool {
        self.relaxable & Settings::bit(name) != 0
    }
}

/// A setting of which the stricter value, or the wider area's, decides between areas.
pub(super) struct OnScale {
    /// Its name.
    pub name: &'static str,
    /// The value as it is written.
    pub text: String,
    /// `None` where no value is stricter than another.
    laxness: Option<(i64, i64)>,
}

impl OnScale {
    fn new<T: Scale>(name: &'static str, value: T, direction: i64) -> Self {
        let (above, below) = value.place();
        OnScale { name, text: value.text(), laxness: Some((above * direction, below)) }
    }

    fn fixed<T: Scale>(name: &'static str, value: T) -> Self {
        OnScale { name, text: value.text(), laxness: None }
    }

    /// Whether less is asked, or more allowed, than there, or something else where that is no question of more or less.
    pub(super) fn laxer_than(&self, there: &OnScale) -> bool {
        match (self.laxness, there.laxness) {
            (Some(here), Some(there)) => compared(here, there).is_gt(),
            _ => self.text != there.text,
        }
    }
}

/// A value that lies below or above others.
trait Scale: Copy {
    /// Where, as a fraction whose denominator is positive.
    fn place(self) -> (i64, i64);
    /// As packs write it.
    fn text(self) -> String;
}

impl<T: Word + PartialEq> Scale for T {
    fn place(self) -> (i64, i64) {
        let place = T::all().iter().position(|other| *other == self).unwrap_or(0);
        (i64::try_from(place).unwrap_or(0), 1)
    }

    fn text(self) -> String {
        self.word().to_owned()
    }
}

impl Scale for Ratio {
    fn place(self) -> (i64, i64) {
        (self.numerator, self.denominator)
    }

    fn text(self) -> String {
        format!("{}/{}", self.numerator, self.denominator)
    }
}

impl Scale for bool {
    fn place(self) -> (i64, i64) {
        (self.into(), 1)
    }

    fn text(self) -> String {
        if self { "yes" } else { "no" }.to_owned()
    }
}

impl Scale for i32 {
    fn place(self) -> (i64, i64) {
        (self.into(), 1)
    }

    fn text(self) -> String {
        self.to_string()
    }
}

impl Scale for Hours {
    fn place(self) -> (i64, i64) {
        (self.hundredths(), 1)
    }

    fn text(self) -> String {
        self.to_string()
    }
}

fn compared((a, b): (i64, i64), (c, d): (i64, i64)) -> std::cmp::Ordering {
    (a * d).cmp(&(c * b))
}

/// What the narrowest pack that speaks of it says.
fn narrowest<T>(layers: &[&Pack], _: &str, read: fn(Settings) -> Option<T>) -> Option<T> {
    layers.iter().rev().find_map(|pack| read(pack.settings()))
}

/// What stands of what the areas say, the widest first: of each the last pack speaks, and its word takes the place of wider ones that
/// may be relaxed.
fn standing<T>(layers: &[&Pack], name: &str, read: fn(Settings) -> Option<T>) -> Vec<T> {
    let mut standing: Vec<(T, bool)> = Vec::new();
    for of_one in layers.chunk_by(|one, next| one.jurisdiction() == next.jurisdiction()) {
        let mut said = of_one.iter().rev().map(|pack| pack.settings());
        if let Some((value, settings)) = said.find_map(|settings| Some((read(settings)?, settings))) {
            standing.retain(|(_, relaxable)| !relaxable);
            standing.push((value, settings.may_be_relaxed(name)));
        }
    }
    standing.into_iter().map(|(value, _)| value).collect()
}

fn widest<T>(layers: &[&Pack], name: &str, read: fn(Settings) -> Option<T>) -> Option<T> {
    standing(layers, name, read).into_iter().next()
}

fn least<T: Scale>(layers: &[&Pack], name: &str, read: fn(Settings) -> Option<T>) -> Option<T> {
    standing(layers, name, read).into_iter().min_by(|one, other| compared(one.place(), other.place()))
}

fn most<T: Scale>(layers: &[&Pack], name: &str, read: fn(Settings) -> Option<T>) -> Option<T> {
    standing(layers, name, read).into_iter().max_by(|one, other| compared(one.place(), other.place()))
}
