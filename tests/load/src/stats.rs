//! Rates, percentiles and medians.

use crate::client::Run;

/// A whole number for reckoning with rates; above four milliards it stays there.
pub fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The middle one of an odd number of values, the mean of the two in the middle of an even number; 0 of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |place: usize| values.get(place).copied().unwrap_or(0.0);
    if values.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) }
}

/// How fast, and how long one had to wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct Speed {
    /// Answers per second.
    pub rate: f64,
    /// Half waited less than this many milliseconds.
    pub p50: f64,
    /// All but one in a hundred waited less.
    pub p99: f64,
    /// The longest wait.
    pub max: f64,
    /// Microseconds of processor time that the server used for an answer; without the database server of PostgreSQL. Other
    /// programs on the machine lower a rate, and hardly touch this.
    pub cpu: f64,
}

impl Speed {
    /// Of one run in which the server used `cpu` seconds of processor time.
    pub fn of(run: &Run, cpu: f64) -> Speed {
        let mut micros = run.micros.clone();
        micros.sort_unstable();
        let at = |percent: usize| {
            let place = (micros.len() * percent / 100).min(micros.len().saturating_sub(1));
            micros.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
        };
        Speed {
            rate: float(run.micros.len()) / run.elapsed.as_secs_f64().max(1e-9),
            p50: at(50),
            p99: at(99),
            max: at(100),
            cpu: cpu * 1e6 / float(run.micros.len().max(1)),
        }
    }

    /// The medians of the repeats; the longest wait is that of all.
    pub fn median(repeats: &[Speed]) -> Speed {
        let of = |part: fn(&Speed) -> f64| median(repeats.iter().map(part).collect());
        Speed {
            rate: of(|speed| speed.rate),
            p50: of(|speed| speed.p50),
            p99: of(|speed| speed.p99),
            cpu: of(|speed| speed.cpu),
            max: repeats.iter().map(|speed| speed.max).fold(0.0, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_median_is_the_middle_and_a_percentile_leaves_its_share_above() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        let run = Run { micros: (1..=1_000).collect(), elapsed: Duration::from_secs(2), ..Run::default() };
        let speed = Speed::of(&run, 0.5);
        assert_eq!((speed.rate, speed.p50, speed.p99, speed.max, speed.cpu), (500.0, 0.501, 0.991, 1.0, 500.0));
    }
}
