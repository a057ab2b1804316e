//! What a pack says once for everybody, as one list ([`policy_settings`](crate::policy_settings)).
//!
//! A setting is a line of that list: its name and meaning, its type, how it is read, what decides where packs of several areas
//! speak of it, whether statements cite it, and what holds where no pack speaks of it. The document, its twin in the contract, the
//! reader, the layers, lint and citations follow from the line; `domain/packs/examples/county.json` shows a correct value.

use super::{
    document::{Cited, Document},
    evaluating::MissedEvaluation,
    fault::PackFault,
    fund::FundBase,
    layers::RuleSet,
    pack::{At, Pack, Reader},
    rule::{AbsenceEffect, Attribution, FilingLevel, LeaveTotal, Months, Prorate, Ratio, Recognition, Rounding, Unit},
};
use crate::{hours::Hours, words::Word};

/// Every setting: `name { type, how the figure is read, what decides, stated or silent, [default] }`.
///
/// What decides between areas: the `narrowest` pack that speaks of it, or the stricter value, which is the `least` (of words the one
/// declared first) or the `most`. A `stated` one is cited by every statement, because hours are added up by it. Without a default
/// nothing holds where no pack speaks of it.
#[macro_export]
macro_rules! policy_settings {
    ($then:ident) => {
        $then! {
            /// What training is counted in: `hour` or `credit`. A credit stands where an hour stood, so that a cycle may begin in one and
            /// end in the other.
            unit { Unit, word(), narrowest, stated, [Unit::Hour] }
            /// Minutes of teaching in one hour of credit (1 to 240): a unit is worth no more than its minutes give.
            hour_minutes { i32, integer(1..=240), narrowest, silent, [45] }
            /// How the total of a person who joins inside the cycle is reduced: `none`, `month` or `year`.
            prorate_newcomer { Prorate, word(), least, stated, [Prorate::None] }
            /// What approved leave does to the hours owed in the cycle: `keep` (nothing) or `prorate` (takes off its full months).
            leave_total { LeaveTotal, word(), least, stated, [LeaveTotal::Keep] }
            /// How the total of a person who retires inside the cycle is reduced: `none`, `month` or `year`.
            prorate_retirement { Prorate, word(), least, stated, [Prorate::None] }
            /// The day to which hours belong: of `completion`, of each `session` (the days on which the course was held, by month), or of
            /// `recognition`.
            attribution { Attribution, word(), narrowest, stated, [Attribution::Completion] }
            /// What is compared with the hours owed: two decimals as they are (`keep`), or whole hours, rounded down (`whole_down`), to
            /// the nearest (`whole_nearest`) or up (`whole_up`).
            rounding { Rounding, word(), least, stated, [Rounding::Keep] }
            /// Hours of a day of training (0.01 to 24): the most that the units of one day may be worth, and what a day is where an entry
            /// does not say how many days it lasted.
            hours_per_day { Hours, hours_of_a_day(), narrowest, stated, [Hours::whole(8)] }
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
            hours_stages { i32, integer(1..=3), narrowest, silent, [3] }
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
        }

        impl Document {
            /// The settings in the order of the document, with their names and whether statements cite them.
            pub(super) fn settings(&self) -> Vec<Said<'_>> {
                vec![$(Said { name: stringify!($name), cited: self.$name.as_ref(), stated: settings!(@$cited) }),+]
            }
        }

        impl Settings {
            /// The names of all settings.
            pub(super) const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Reads what a document says.
            pub(super) fn read(reader: &Reader<'_>, document: &Document) -> Result<Self, PackFault> {
                let root = At::root();
                Ok(Settings {
                    $($name: match &document.$name {
                        Some(cited) => Some(reader.$read(&root.field(stringify!($name)), cited $(, $argument)?)?),
                        None => None,
                    },)+
                })
            }

            /// What holds where these packs speak, the widest first.
            pub(super) fn decided(layers: &[&Pack]) -> Self {
                Settings { $($name: $decides(layers, |settings| settings.$name),)+ }
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

            /// The settings that are said and of which the stricter decides between areas.
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
    (@scale least $name:expr, $value:expr) => { Some(OnScale::new($name, $value, 1)) };
    (@scale most $name:expr, $value:expr) => { Some(OnScale::new($name, $value, -1)) };
}

policy_settings!(settings);

/// What a document says of one setting.
pub(super) struct Said<'a> {
    /// Its name.
    pub name: &'static str,
    /// The figure, where the document has it.
    pub cited: Option<&'a Cited>,
    /// Whether statements cite it.
    pub stated: bool,
}

/// A setting of which the stricter value decides between areas.
pub(super) struct OnScale {
    /// Its name.
    pub name: &'static str,
    /// The value as it is written.
    pub text: String,
    laxness: (i64, i64),
}

impl OnScale {
    fn new<T: Scale>(name: &'static str, value: T, direction: i64) -> Self {
        let (above, below) = value.place();
        OnScale { name, text: value.text(), laxness: (above * direction, below) }
    }

    /// Whether less is asked, or more allowed, than there.
    pub(super) fn laxer_than(&self, there: &OnScale) -> bool {
        compared(self.laxness, there.laxness).is_gt()
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
pub(super) fn narrowest<T>(layers: &[&Pack], read: fn(Settings) -> Option<T>) -> Option<T> {
    layers.iter().rev().find_map(|pack| read(pack.settings()))
}

/// What the last pack of each area says; of several areas the stricter decides.
fn by_area<T>(layers: &[&Pack], read: fn(Settings) -> Option<T>) -> impl Iterator<Item = T> {
    let areas = layers.chunk_by(|one, next| one.jurisdiction() == next.jurisdiction());
    areas.filter_map(move |of_one| narrowest(of_one, read))
}

fn least<T: Scale>(layers: &[&Pack], read: fn(Settings) -> Option<T>) -> Option<T> {
    by_area(layers, read).min_by(|one, other| compared(one.place(), other.place()))
}

fn most<T: Scale>(layers: &[&Pack], read: fn(Settings) -> Option<T>) -> Option<T> {
    by_area(layers, read).max_by(|one, other| compared(one.place(), other.place()))
}
