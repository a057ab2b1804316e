//! Dice that fall the same way for the same seed, on every machine and in every version: SplitMix64 (Steele, Lea, Flood 2014).
//!
//! Nothing here is unpredictable, and nothing here has to be.

/// A sequence of numbers that its seed and its name decide.
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl Dice {
    /// The dice of the `number`th thing of a kind. Each has its own, so that one more throw for one changes nothing for others.
    pub(super) fn of(seed: u64, kind: &str, number: usize) -> Dice {
        let named = kind.bytes().fold(seed, |bits, byte| mixed(bits.wrapping_add(STEP) ^ u64::from(byte)));
        Dice { state: mixed(named ^ mixed(u64::try_from(number).unwrap_or(u64::MAX))) }
    }

    fn throw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// A number below `sides`; 0 where there is none.
    pub(super) fn below(&mut self, sides: u32) -> u32 {
        let face = self.throw().checked_rem(u64::from(sides)).unwrap_or(0);
        u32::try_from(face).unwrap_or(0)
    }

    /// True once in `times` throws.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// A number from `from` to `to`, both included.
    pub(super) fn between(&mut self, from: i32, to: i32) -> i32 {
        let sides = u32::try_from(to - from + 1).unwrap_or(1);
        from + i32::try_from(self.below(sides)).unwrap_or(0)
    }

    /// One of several words; nothing where there is none.
    pub(super) fn word(&mut self, words: &[&'static str]) -> &'static str {
        let sides = u32::try_from(words.len()).unwrap_or(0);
        let place = usize::try_from(self.below(sides)).unwrap_or(0);
        words.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way_and_another_does_not() {
        let throws = |seed, kind, number| -> Vec<u32> {
            let mut dice = Dice::of(seed, kind, number);
            (0..5).map(|_| dice.below(1_000)).collect()
        };
        assert_eq!(throws(2016, "teacher", 1), throws(2016, "teacher", 1));
        assert_ne!(throws(2016, "teacher", 1), throws(2017, "teacher", 1));
        assert_ne!(throws(2016, "teacher", 1), throws(2016, "teacher", 2));
        assert_ne!(throws(2016, "teacher", 1), throws(2016, "session", 1));
    }

    #[test]
    fn every_face_comes_up_about_equally_often() {
        let mut dice = Dice::of(1, "faces", 0);
        let mut seen = [0; 6];
        for _ in 0..6_000 {
            seen[usize::try_from(dice.below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (900..1_100).contains(count)), "{seen:?}");
    }
}
