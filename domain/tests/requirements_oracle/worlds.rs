//! Worlds to be judged: settings, rules, a person and the entries of the ledger.

use super::*;

const DAYS: u64 = 1_827;

fn of() -> impl Strategy<Value = Of> {
    let condition = || prop_oneof![2 => Just(None), 1 => (0_usize..2).prop_map(Some)];
    (condition(), condition()).prop_map(|(route, theme)| Of { route, theme })
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        Just(Window::Cycle),
        Just(Window::Year),
        (1_u32..=12, 1_u32..=12).prop_map(|(from, to)| Window::Months(from, to)),
        (0..DAYS).prop_map(Window::Until),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let maybe = |most: i64| prop_oneof![Just(None), (1..most).prop_map(Some)];
    let asked = prop_oneof![
        (1_i64..12_000).prop_map(Asked::Hours),
        (0_i64..=3).prop_map(Asked::ThirdsOfRequired),
        (1_i64..900).prop_map(Asked::Days)
    ];
    let share = (0_i64..=5, 1_i64..=5).prop_filter("at most one", |(above, below)| above <= below);
    let months = || prop_oneof![Just(None), (1_i32..=12).prop_map(Some)];
    let required = prop_oneof![Just(None), (0_i32..=60).prop_map(Some)];
    prop_oneof![
        (1_i64..12_000, any::<bool>(), of(), maybe(20_000), months()).prop_map(
            |(hours, warn, counts, block_year, leave_months)| Rule::Floor {
                hours,
                warn,
                counts,
                block_year,
                leave_months
            }
        ),
        (of(), 0_usize..4, window(), asked, any::<bool>())
            .prop_map(|(of, measure, window, asked, warn)| Rule::Minimum { of, measure, window, asked, warn }),
        (of(), of(), any::<bool>(), share, 0_usize..3, window()).prop_map(
            |(of, part, practice, share, measure, window)| Rule::Share { of, part, practice, share, measure, window }
        ),
        (1_i64..12_000, any::<bool>(), 1_i64..=2, maybe(5_000), required, any::<bool>()).prop_map(
            |(hours, nominal, count, practice, months, uninterrupted)| Rule::Block {
                hours,
                nominal,
                count,
                practice,
                months,
                uninterrupted
            }
        ),
    ]
}

fn plain() -> impl Strategy<Value = Plain> {
    let days = prop_oneof![2 => Just(None), 1 => (0_i64..500).prop_map(Some)];
    let block = prop_oneof![2 => Just(None), 1 => (1_i64..=3).prop_map(Some)];
    (0..DAYS, 0_usize..2, 0_u8..4, block, 1_i64..6_000, 0_i64..=100, 0_i64..2_000, days).prop_map(
        |(on, route, themes, block, credited, practised, absent, days)| Plain {
            on,
            route,
            themes,
            block,
            credited,
            practice: credited * practised / 100,
            nominal: credited + absent,
            days,
        },
    )
}

/// A pack, a person and a ledger.
pub(super) fn world() -> impl Strategy<Value = World> {
    let maybe_day = || prop_oneof![2 => Just(None), 1 => (0..DAYS).prop_map(Some)];
    let span = || (0..DAYS, 0_u64..400).prop_map(|(from, more)| (from, (from + more).min(DAYS - 1)));
    let adjoining = (0..DAYS - 400, 1_u64..200, 1_u64..200)
        .prop_map(|(from, one, other)| vec![(from, from + one), (from + one + 1, from + one + other)]);
    let leave = prop_oneof![Just(Vec::new()), prop::collection::vec(span(), 1..4), adjoining];
    let waiver = (0_usize..6, 0..DAYS, 0..DAYS).prop_map(|(rule, one, other)| (rule, one.min(other), one.max(other)));
    let settings =
        (0_usize..3, 0_usize..3, any::<bool>(), 0_usize..4, prop_oneof![Just(600_i64), Just(800), Just(750)]);
    let person = (maybe_day(), maybe_day(), maybe_day(), leave, prop::collection::vec(waiver, 0..4));
    let as_of = prop_oneof![2 => Just(DAYS - 1), 1 => 0..DAYS];
    (settings, person, prop::collection::vec(rule(), 1..6), prop::collection::vec(plain(), 0..25), as_of).prop_map(
        |(settings, person, rules, entries, as_of)| {
            let (newcomer, retirement, leave_prorates, rounding, day_hours) = settings;
            let (joined, probation, retires, leave, waivers) = person;
            World {
                newcomer,
                retirement,
                leave_prorates,
                rounding,
                day_hours,
                rules,
                joined,
                probation,
                retires,
                leave,
                waivers,
                entries,
                as_of,
            }
        },
    )
}
