//! Whose rules a pack holds, and whose rules bind a person on a day: those of an area, and of a school that has rules of its own.

use crate::{
    area::{AreaCode, AreaLevel},
    id::OrganisationId,
    time::DateSpan,
};
use chrono::NaiveDate;

/// Whom rules are for. A school lies in the area of its identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Jurisdiction {
    /// Everybody in an area.
    Area(AreaCode),
    /// Those who belong to one school of a county.
    School(OrganisationId),
}

/// The layers of rules, from the widest to the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Province,
    City,
    County,
    School,
}

impl Jurisdiction {
    /// The area, or that of the school.
    pub const fn area(self) -> AreaCode {
        match self {
            Jurisdiction::Area(area) => area,
            Jurisdiction::School(school) => school.area(),
        }
    }

    /// The school, where it is one.
    pub const fn school(self) -> Option<OrganisationId> {
        match self {
            Jurisdiction::Area(_) => None,
            Jurisdiction::School(school) => Some(school),
        }
    }

    /// True where `other` is this or lies in it.
    pub fn contains(self, other: Jurisdiction) -> bool {
        match self {
            Jurisdiction::Area(area) => area.contains(other.area()),
            Jurisdiction::School(_) => self == other,
        }
    }

    pub(super) const fn layer(self) -> Layer {
        match self {
            Jurisdiction::School(_) => Layer::School,
            Jurisdiction::Area(area) => match area.level() {
                AreaLevel::Province => Layer::Province,
                AreaLevel::City => Layer::City,
                AreaLevel::County => Layer::County,
            },
        }
    }
}

impl From<AreaCode> for Jurisdiction {
    fn from(area: AreaCode) -> Self {
        Jurisdiction::Area(area)
    }
}

impl From<OrganisationId> for Jurisdiction {
    fn from(school: OrganisationId) -> Self {
        Jurisdiction::School(school)
    }
}

/// Days on which a person belongs to a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SchoolSpell {
    /// The school.
    pub school: OrganisationId,
    /// When.
    pub span: DateSpan,
}

/// The schools to which a person belongs, day by day: spells in the order of their days, no day in two of them. On other days
/// the person belongs to no school, or to one without rules of its own, which comes to the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Schools(Vec<SchoolSpell>);

impl Schools {
    /// Nobody's: the rules are those of the area.
    pub const NONE: Schools = Schools(Vec::new());

    /// From employments, the earliest first: on a day with several the last of them decides, as it does for what a person is shown
    /// as. Of the schools only those are kept that have rules of their own.
    pub fn new(employments: &[SchoolSpell], has_rules: impl Fn(OrganisationId) -> bool) -> Self {
        let mut starts: Vec<NaiveDate> = Vec::with_capacity(2 * employments.len());
        for SchoolSpell { span, .. } in employments {
            starts.push(span.from);
            starts.extend(span.to.and_then(|to| to.succ_opt()));
        }
        starts.sort_unstable();
        starts.dedup();
        let mut spells: Vec<SchoolSpell> = Vec::new();
        for (place, from) in starts.iter().enumerate() {
            let to = starts.get(place + 1).and_then(|next| next.pred_opt());
            let here = employments.iter().rev().find(|one| one.span.contains(*from));
            let Some(school) = here.map(|one| one.school).filter(|school| has_rules(*school)) else { continue };
            match spells.last_mut() {
                Some(last) if last.school == school && last.span.to.and_then(|to| to.succ_opt()) == Some(*from) => {
                    last.span.to = to;
                }
                _ => spells.push(SchoolSpell { school, span: DateSpan { from: *from, to } }),
            }
        }
        Schools(spells)
    }

    /// The part of these spells that lies in `span`.
    pub fn within(&self, span: DateSpan) -> Schools {
        let inside = self.0.iter().filter(|spell| spell.span.overlaps(&span));
        let cut = |spell: &SchoolSpell| SchoolSpell {
            school: spell.school,
            span: DateSpan {
                from: spell.span.from.max(span.from),
                to: [spell.span.to, span.to].into_iter().flatten().min(),
            },
        };
        Schools(inside.map(cut).collect())
    }

    /// The school on a day.
    pub fn on(&self, day: NaiveDate) -> Option<OrganisationId> {
        self.0.iter().find(|spell| spell.span.contains(day)).map(|spell| spell.school)
    }

    /// The spells, the earliest first.
    pub fn spells(&self) -> &[SchoolSpell] {
        &self.0
    }

    /// True where the rules are those of the area on every day.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose rules bind on a day, in a county.
    pub(super) fn jurisdiction_on(&self, area: AreaCode, day: NaiveDate) -> Jurisdiction {
        self.on(day).map_or(Jurisdiction::Area(area), Jurisdiction::School)
    }

    /// The days on which the school changes.
    pub(super) fn changes(&self) -> impl Iterator<Item = NaiveDate> {
        let ends = self.0.iter().filter_map(|spell| spell.span.to.and_then(|to| to.succ_opt()));
        self.0.iter().map(|spell| spell.span.from).chain(ends)
    }
}

impl From<Jurisdiction> for Schools {
    /// Of somebody who always belonged there.
    fn from(jurisdiction: Jurisdiction) -> Self {
        let always = DateSpan { from: NaiveDate::MIN, to: None };
        Schools(jurisdiction.school().map(|school| SchoolSpell { school, span: always }).into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn school(number: i64) -> OrganisationId {
        OrganisationId::new(AreaCode::new(331_123).unwrap(), number)
    }

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2018, 1, 1).unwrap() + chrono::Days::new(number)
    }

    fn spell(number: i64, from: u64, to: Option<u64>) -> SchoolSpell {
        SchoolSpell { school: school(number), span: DateSpan { from: day(from), to: to.map(day) } }
    }

    #[test]
    fn a_school_lies_in_its_county_and_contains_only_itself() {
        let [county, other] = [331_123, 331_124].map(|code| AreaCode::new(code).unwrap());
        let own = Jurisdiction::from(school(1));
        for wide in county.chain() {
            assert!(Jurisdiction::from(wide).contains(own) && !own.contains(wide.into()), "{wide}");
            assert!(Jurisdiction::from(wide).layer() < own.layer());
        }
        assert!(own.contains(own) && !own.contains(school(2).into()));
        assert!(!Jurisdiction::from(other).contains(own));
    }

    #[test]
    fn what_follows_without_a_gap_at_one_school_is_one_spell() {
        let schools = Schools::new(&[spell(1, 0, Some(9)), spell(1, 10, None), spell(2, 20, Some(29))], |_| true);
        assert_eq!(schools.spells(), [spell(1, 0, Some(19)), spell(2, 20, Some(29)), spell(1, 30, None)]);
        assert_eq!(
            schools.within(DateSpan { from: day(25), to: Some(day(40)) }).spells(),
            [spell(2, 25, Some(29)), spell(1, 30, Some(40))]
        );
    }

    proptest! {
        /// The naive way: each day by itself.
        #[test]
        fn the_last_employment_of_a_day_decides_and_only_schools_with_rules_are_kept(
            mut rows in prop::collection::vec((1_i64..4, 0_u64..40, prop::option::of(0_u64..20)), 0..8),
        ) {
            rows.sort_by_key(|(_, from, _)| *from);
            let employments: Vec<_> =
                rows.iter().map(|(school, from, length)| spell(*school, *from, length.map(|more| from + more))).collect();
            let schools = Schools::new(&employments, |one| one != school(3));
            for on in (0..80).map(day) {
                let last = employments.iter().rfind(|one| one.span.contains(on)).map(|one| one.school);
                prop_assert_eq!(schools.on(on), last.filter(|one| *one != school(3)), "{}", on);
            }
            let spans = schools.spells();
            prop_assert!(spans.windows(2).all(|two| two[0].span.to.is_some_and(|to| to < two[1].span.from)));
            prop_assert_eq!(&Schools::new(spans, |_| true), &schools, "canonical");
        }
    }
}
