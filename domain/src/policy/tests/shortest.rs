//! The shortest way to what is missing, against trying every set.

use super::*;
use proptest::prelude::*;

const STEPS: usize = 5_000;

fn offering(entry: EntryFacts, excludes: &[usize]) -> Offering {
    Offering { hours: entry.nominal, ends_on: entry.effective, entry, excludes: excludes.to_vec(), rooms: Vec::new() }
}

/// So many free hours in 2020, which these offerings use up.
fn free(amount: &str, shared_by: &[usize]) -> Room {
    let (left, rule) = (hours(amount), RuleIndex(0));
    let headroom = Headroom { year: 2020, maximum: left, counted: Hours::ZERO, left, booked: Hours::ZERO, rule };
    Room { headroom, shared_by: shared_by.to_vec() }
}

/// The way of a teacher of the county to the end of 2016-2020.
fn way(entries: &[EntryFacts], offerings: &[Offering]) -> (CycleRules, ShortestWay) {
    let rules = rules(suichang(), "2020-12-31");
    let way = shortest_way(&rules, &PersonFacts::default(), entries, offerings, STEPS);
    (rules, way)
}

fn chosen(way: &ShortestWay) -> Vec<usize> {
    match &way.outcome {
        Outcome::Way(places) => places.clone(),
        Outcome::Met | Outcome::None => Vec::new(),
    }
}

fn ids(rules: &CycleRules, requirements: &[Requirement]) -> Vec<String> {
    requirements.iter().map(|one| rules.rule(one.rule).unwrap().rule.id.clone()).collect()
}

/// Somebody to whom only 24 hours of 2020 are missing, and 18 of the cycle: every other year has its share, the block was
/// attended. The hours of 2020 that are there are school-based.
fn nearly() -> Vec<EntryFacts> {
    let years = 2016..2020;
    let mut entries: Vec<EntryFacts> =
        years.map(|year| entry(i64::from(year), &format!("{year}-05-10"), "57")).collect();
    entries.extend([block(90, "2017-07-10", "90"), school(91, "2020-02-10", "24")]);
    entries
}

#[test]
fn the_fewest_hours_are_chosen_and_among_equals_those_that_end_first() {
    let offerings = [
        offering(entry(1, "2020-06-01", "30"), &[]),
        offering(entry(2, "2020-11-01", "24"), &[]),
        offering(entry(3, "2020-04-01", "24"), &[]),
        offering(entry(4, "2020-03-01", "48"), &[]),
    ];
    let (rules, found) = way(&nearly(), &offerings);
    assert_eq!(ids(&rules, &found.out_of_reach), Vec::<String>::new());
    assert_eq!((chosen(&found), found.hours, found.proven), (vec![2], hours("24"), true));
    assert!(found.after.requirements.iter().all(|one| one.missing == Hours::ZERO));
}

#[test]
fn who_has_everything_needs_no_way() {
    let mut entries = nearly();
    entries.push(entry(99, "2020-02-01", "60"));
    let (_, found) = way(&entries, &[offering(entry(1, "2020-06-01", "30"), &[])]);
    assert_eq!((found.outcome, found.hours), (Outcome::Met, Hours::ZERO));
}

#[test]
fn sessions_at_the_same_time_are_not_chosen_together() {
    // Twelve and twelve would do, but they meet at the same time.
    let offerings = [
        offering(entry(1, "2020-05-01", "12"), &[1]),
        offering(entry(2, "2020-05-02", "12"), &[0]),
        offering(entry(3, "2020-12-01", "30"), &[]),
    ];
    let (_, found) = way(&nearly(), &offerings);
    assert_eq!((chosen(&found), found.proven), (vec![2], true));
    let (_, none) = way(&nearly(), &offerings[..2]);
    assert_eq!((none.outcome, none.proven), (Outcome::None, true));
    assert!(none.out_of_reach.is_empty(), "together they would do, were they not at the same time");
}

#[test]
fn a_way_stays_under_the_yearly_maximum_that_refuses_more() {
    // 24 hours and 6 do it, were there room for more than 24 in the year; 30 in one piece are too many as well.
    let within = |hours: &str, offering: Offering| Offering { rooms: vec![free(hours, &[0, 1, 2, 3])], ..offering };
    let offerings = [
        within("24", offering(entry(1, "2020-05-01", "18"), &[])),
        within("24", offering(entry(2, "2020-06-01", "6"), &[])),
        within("24", offering(entry(3, "2020-07-01", "12"), &[])),
        within("24", offering(entry(4, "2020-08-01", "30"), &[])),
    ];
    let (_, found) = way(&nearly(), &offerings);
    assert_eq!((chosen(&found), found.hours, found.proven), (vec![0, 1], hours("24"), true));
    // Without the first there is room for what the cycle asks for, and not for what the year does.
    let (rules, found) = way(&nearly(), &offerings[1..]);
    assert_eq!((chosen(&found), found.hours, found.proven), (vec![0, 1], hours("18"), true));
    assert_eq!(ids(&rules, &found.not_together), ["year.floor"]);
}

#[test]
fn a_maximum_that_is_about_some_hours_leaves_the_others_alone() {
    // 12 hours are free for the first two, and 24 for the other two.
    let within = |room: Room, offering: Offering| Offering { rooms: vec![room], ..offering };
    let own = || free("12", &[0, 1]);
    let others = || free("24", &[2, 3]);
    let offerings = [
        within(own(), offering(entry(1, "2020-05-01", "12"), &[])),
        within(own(), offering(entry(2, "2020-06-01", "12"), &[])),
        within(others(), offering(entry(3, "2020-07-01", "12"), &[])),
        within(others(), offering(entry(4, "2020-08-01", "24"), &[])),
    ];
    let (_, found) = way(&nearly(), &offerings);
    assert_eq!((chosen(&found), found.proven), (vec![0, 2], true));
    let (_, none) = way(&nearly(), &offerings[..2]);
    assert_eq!((none.outcome, none.proven), (Outcome::None, true));
}

#[test]
fn what_nothing_offered_leads_to_is_named_and_the_rest_has_its_way() {
    // The floor of 2018 can no longer be met.
    let entries: Vec<EntryFacts> = nearly()
        .into_iter()
        .map(|one| match one.key {
            2018 => EntryFacts { key: 2018, ..entry(2018, "2019-03-01", "57") },
            _ => one,
        })
        .collect();
    let (rules, found) = way(&entries, &[offering(entry(1, "2020-06-01", "30"), &[])]);
    assert_eq!(ids(&rules, &found.out_of_reach), ["year.floor"]);
    assert_eq!(chosen(&found), [0]);
}

#[test]
fn hours_that_a_cap_would_cut_are_no_way() {
    let offerings = [offering(school(1, "2020-03-01", "24"), &[]), offering(entry(2, "2020-09-01", "30"), &[])];
    let (_, found) = way(&nearly(), &offerings);
    assert_eq!(chosen(&found), [1], "24 school-based hours a year count, and they are there");
}

#[test]
fn a_short_day_is_a_day_where_days_are_asked_for() {
    let days = rule(
        "ethics.summer",
        json!({"minimum": {
        "of": {"themes": ["ethics"]}, "measure": "credited", "window": "months",
        "months_from": figure("7"), "months_to": figure("8"), "days": figure("1"), "strength": figure("fail")}}),
    );
    let rules = with_county(json!({"rules": [days], "hours_per_day": figure("6")}));
    let one_day = |key, on, amount| {
        let day = EntryFacts { days: Some(crate::hours::Days::from_hundredths(100)), ..entry(key, on, amount) };
        offering(themed("ethics", day), &[])
    };
    let offerings = [one_day(1, "2020-07-01", "6"), one_day(2, "2020-08-01", "2")];
    let entries: Vec<EntryFacts> = nearly().into_iter().chain([entry(92, "2020-03-01", "36")]).collect();
    let found = shortest_way(&rules, &PersonFacts::default(), &entries, &offerings, STEPS);
    assert_eq!((chosen(&found), found.proven), (vec![1], true), "two hours on one day are the day");
}

/// A set of offerings in plain numbers: year, hours, school-based, theme, and whom it excludes.
type Plain = (i32, u32, i32, bool, bool);

fn plain() -> impl Strategy<Value = Plain> {
    (2019..=2020_i32, 1..=12_u32, 1..=8_i32, any::<bool>(), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_set_that_reaches_as_far_is_cheaper(
        plain in proptest::collection::vec(plain(), 0..7),
        have in proptest::collection::vec(0..90_i32, 5),
        meets in any::<u64>(),
        // Of a year: hours of all, of school-based training, and of all other.
        rooms in proptest::collection::vec(proptest::option::of(1..20_i32), 6),
    ) {
        let room = |year: i32, of: usize| rooms[usize::try_from(year - 2019).unwrap() * 3 + of].map(|tens| tens * 6);
        let concerned = |of: usize, school_based: bool| of == 0 || (of == 1) == school_based;
        let sharing = |year: i32, of: usize| -> Vec<usize> {
            let within = |place: &usize| plain[*place].0 == year && concerned(of, plain[*place].3);
            (0..plain.len()).filter(within).collect()
        };
        let mut entries: Vec<EntryFacts> = Vec::new();
        for (place, amount) in (0_i64..).zip(&have) {
            entries.push(themed("ethics", block(place, &format!("{}-05-01", 2016 + place), &amount.to_string())));
        }
        let excluded = |one: usize, other: usize| {
            let (low, high) = (one.min(other), one.max(other));
            one != other && meets >> (low * 7 + high) & 1 == 1
        };
        let mut offerings = Vec::new();
        for (key, (place, (year, month, tens, school_based, it))) in (100_i64..).zip(plain.iter().enumerate()) {
            let (on, amount) = (format!("{year}-{month:02}-15"), (tens * 6).to_string());
            let one = if *school_based { school(key, &on, &amount) } else { entry(key, &on, &amount) };
            let one = if *it { themed("it", EntryFacts { practice: one.credited, ..one }) } else { one };
            let excludes: Vec<usize> = (0..plain.len()).filter(|other| excluded(place, *other)).collect();
            let mine = (0..3).filter(|of| concerned(*of, *school_based));
            let rooms = mine.filter_map(|of| Some(free(&room(*year, of)?.to_string(), &sharing(*year, of)))).collect();
            offerings.push(Offering { rooms, ..offering(one, &excludes) });
        }
        let (rules, found) = way(&entries, &offerings);
        prop_assert!(found.proven);

        let after = |set: usize| {
            let more = (0..offerings.len()).filter(|place| set >> place & 1 == 1).map(|place| offerings[place].entry.clone());
            let all: Vec<EntryFacts> = entries.iter().cloned().chain(more).collect();
            let short = |one: &&Requirement| one.missing > Hours::ZERO || one.days.is_some_and(|days| days.missing > crate::hours::Days::ZERO);
            let found = evaluate(&rules, &PersonFacts::default(), &all);
            found.requirements.iter().filter(short).map(|one| (one.rule, format!("{:?}", one.period))).collect::<Vec<_>>()
        };
        let all = (1_usize << offerings.len()) - 1;
        let mut lost = after(all);
        lost.extend(found.not_together.iter().map(|one| (one.rule, format!("{:?}", one.period))));
        let clashes = |set: usize| {
            (0..offerings.len()).any(|one| (0..one).any(|other| set >> one & 1 == 1 && set >> other & 1 == 1 && excluded(one, other)))
        };
        let too_many = |set: usize| {
            (2019..=2020).flat_map(|year| (0..3).map(move |of| (year, of))).any(|(year, of)| {
                let members = sharing(year, of).into_iter().filter(|place| set >> place & 1 == 1);
                let wanted: i32 = members.map(|place| plain[place].2 * 6).sum();
                room(year, of).is_some_and(|room| wanted > room)
            })
        };
        let cost = |set: usize| {
            let members = || (0..offerings.len()).filter(move |place| set >> place & 1 == 1);
            let hours: Hours = members().map(|place| offerings[place].hours).sum();
            (hours, members().map(|place| offerings[place].ends_on).max().unwrap_or(NaiveDate::MIN))
        };
        let cheapest = (0..=all)
            .filter(|set| !clashes(*set) && !too_many(*set) && after(*set).iter().all(|one| lost.contains(one)))
            .map(cost)
            .min();
        let mine = match &found.outcome {
            Outcome::Way(places) => Some(cost(places.iter().fold(0, |set, place| set | 1 << place))),
            Outcome::Met => { prop_assert!(after(0).is_empty()); Some(cost(0)) }
            Outcome::None => cheapest.filter(|_| cheapest == Some(cost(0))),
        };
        prop_assert_eq!(mine, cheapest);
        let least = evaluate(&rules, &PersonFacts::default(), &entries).to_earn();
        if lost.is_empty() {
            prop_assert!(found.hours >= least, "{} hours meet everything, and {least} had to be earned", found.hours);
        }
        for one in &found.not_together {
            let one = (one.rule, format!("{:?}", one.period));
            let others: Vec<_> = lost.iter().filter(|lost| **lost != one).collect();
            let together = (0..=all)
                .filter(|set| !clashes(*set) && !too_many(*set))
                .any(|set| after(set).iter().all(|unmet| others.contains(&unmet)));
            prop_assert!(!together, "{:?} can be met beside what was met", one);
        }
    }
}
