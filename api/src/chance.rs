//! Where chance comes from: the one place that asks the operating system. Everything else takes it as an argument.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use std::sync::Mutex;

/// The program's source of chance, or one that a test seeds.
#[derive(Debug)]
pub struct Chance {
    generator: Mutex<StdRng>,
}

impl Chance {
    /// Seeded by the operating system.
    pub fn from_system() -> Self {
        Chance { generator: Mutex::new(rand::make_rng()) }
    }

    /// The same sequence for the same seed, for tests.
    pub fn seeded(seed: u64) -> Self {
        Chance { generator: Mutex::new(StdRng::seed_from_u64(seed)) }
    }

    fn fill(&self, bytes: &mut [u8]) {
        // A panic elsewhere leaves the generator in a usable state, whatever it was doing.
        let mut generator = self.generator.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        generator.fill_bytes(bytes);
    }

    /// Another source that follows from this one, for work on another thread.
    pub fn branch(&self) -> Self {
        Chance { generator: Mutex::new(StdRng::from_seed(self.secret())) }
    }

    /// 32 unpredictable bytes.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }

    /// Unpredictable text of 43 characters that is safe in a URL.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret())
    }

    /// A request id.
    pub fn request_id(&self) -> String {
        let mut bytes = [0; 12];
        self.fill(&mut bytes);
        format!("r-{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A password that people can type: 16 letters and digits without look-alikes.
    pub fn password(&self) -> String {
        const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
        let mut generator = self.generator.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (0..16)
            .map(|_| LETTERS.get(generator.random_range(0..LETTERS.len())).map_or('a', |letter| char::from(*letter)))
            .collect()
    }

    /// Bytes for a code that nobody guesses.
    pub fn code<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// The node part of ids, 0 to 1,023.
    pub fn node(&self) -> u16 {
        let mut generator = self.generator.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        generator.random_range(0..1024)
    }
}
