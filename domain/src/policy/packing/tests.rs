//! Packings by hand, and random ones against a walk over all possibilities.

use super::*;
use proptest::prelude::*;

fn packing(upper: &[i64], limits: &[(&[usize], i64)]) -> Packing {
    let limits = limits.iter().map(|(classes, amount)| (classes.to_vec(), *amount)).collect();
    Packing { upper: upper.to_vec(), limits }
}

fn check(packing: &Packing, pieces: &[(usize, i64)], expected: &[i64]) {
    assert_eq!(packing.favourable(pieces).unwrap(), expected);
}

#[test]
fn three_crossing_caps_are_counted_in_whole_hundredths() {
    // By halves each could have 2½, 7½ in all; in whole numbers they have 7, and the earliest comes first.
    let triangle = packing(&[9, 9, 9], &[(&[0, 1], 5), (&[1, 2], 5), (&[0, 2], 5)]);
    let corner = Tableau::new(&triangle.limits, &[0; 3], &triangle.upper, &[1; 3]).unwrap().solve(&mut 1_000).unwrap();
    assert!(corner.fractional.is_some());
    assert_eq!(corner.weight, 7);
    check(&triangle, &[(0, 9), (1, 9), (2, 9)], &[3, 2, 2]);
}

#[test]
fn the_larger_total_goes_before_the_earlier_entry() {
    // The first entry lies under both caps: counting it in full would shut out both of the others.
    check(&packing(&[10, 10, 10], &[(&[0, 1], 10), (&[0, 2], 10)]), &[(0, 10), (1, 10), (2, 10)], &[0, 10, 10]);
}

#[test]
fn among_equal_totals_the_earlier_entry_counts() {
    check(&packing(&[10, 10], &[(&[0, 1], 12)]), &[(1, 4), (0, 10), (1, 6)], &[4, 8, 0]);
}

#[test]
fn ten_triangles_that_share_a_cap_stay_within_the_limit_of_work() {
    let mut limits: Vec<(Vec<usize>, i64)> = Vec::new();
    for corner in (0..30).step_by(3) {
        let odd = 2 * i64::try_from(corner).unwrap() + 501;
        limits.extend([(0, 1), (1, 2), (0, 2)].map(|(a, b)| (vec![corner + a, corner + b], odd)));
    }
    limits.push(((0..30).collect(), 6_000));
    let hard = Packing { upper: vec![900; 30], limits };
    let pieces: Vec<_> = (0..30).map(|class| (class, 900)).collect();
    let total: i64 = hard.favourable(&pieces).unwrap().iter().sum();
    // Each triangle of an odd amount a gives (3a − 1) / 2.
    let bound: i64 = (0..10).map(|triangle| (3 * (6 * triangle + 501) - 1) / 2).sum();
    assert_eq!(total, bound.min(6_000));
}

/// The greatest total, and among those the most for the earliest pieces.
fn best(pieces: &[(usize, i64)], limits: &[(Vec<usize>, i64)]) -> Vec<i64> {
    let mut vectors = vec![Vec::new()];
    for (_, amount) in pieces {
        let longer = |vector: &Vec<i64>| (0..=*amount).map(|x| [vector.as_slice(), &[x]].concat()).collect::<Vec<_>>();
        vectors = vectors.iter().flat_map(longer).collect();
        vectors.retain(|vector| {
            limits.iter().all(|(classes, most)| {
                let concerned = vector.iter().zip(pieces).filter(|(_, (class, _))| classes.contains(class));
                concerned.map(|(x, _)| x).sum::<i64>() <= *most
            })
        });
    }
    vectors.into_iter().max_by_key(|vector| (vector.iter().sum::<i64>(), vector.clone())).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_crossing_of_caps_is_counted_exactly(
        pieces in prop::collection::vec((0_usize..6, 1_i64..4), 1..7),
        limits in prop::collection::vec((1_u8..64, 0_i64..8), 1..7),
    ) {
        let mut upper = vec![0; 6];
        pieces.iter().for_each(|(class, amount)| upper[*class] += amount);
        let members = |set: u8| (0..6).filter(|class| set >> class & 1 == 1).collect::<Vec<usize>>();
        let limits: Vec<_> = limits.into_iter().map(|(set, most)| (members(set), most)).collect();
        let expected = best(&pieces, &limits);
        prop_assert_eq!(Packing { upper, limits }.favourable(&pieces).unwrap(), expected);
    }
}
