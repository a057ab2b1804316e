//! Where a deflated stream (RFC 1951) ends, to the bit: an unpacker does not say whether the bits behind its end, and those before a
//! stored block, are empty, nor whether bytes follow.

/// The most bits of a code, those of codes that are looked up at once, and codes of literals and lengths.
const BITS_MAX: usize = 15;
const QUICK: u32 = 9;
const LITERALS: usize = 288;
const END_OF_BLOCK: usize = 256;
/// Bits that follow the codes of lengths from 257 on, and those of distances.
const LENGTH_BITS: [u32; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BITS: [u32; 30] =
    [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/// The order in which a block gives the lengths of the codes of its lengths.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// True where the stream ends with the last byte and every bit that means nothing is 0.
pub(super) fn ends_clean(stream: &[u8]) -> bool {
    let mut bits = Bits { stream, at: 0 };
    blocks(&mut bits).is_some_and(|()| bits.at.div_ceil(8) == stream.len())
}

fn blocks(bits: &mut Bits) -> Option<()> {
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => bits.stored()?,
            1 => {
                let lengths: Vec<usize> = (0..LITERALS)
                    .map(|symbol| match symbol {
                        0..=143 => 8,
                        144..=255 => 9,
                        256..=279 => 7,
                        _ => 8,
                    })
                    .collect();
                bits.block(&Codes::new(&lengths)?, &Codes::new(&[5; 30])?)?;
            }
            2 => {
                let (literals, distances) = bits.codes()?;
                bits.block(&literals, &distances)?;
            }
            _ => return None,
        }
        if last {
            return bits.empty_to_byte();
        }
    }
}

/// Bits of a stream, the lowest of each byte first.
struct Bits<'a> {
    stream: &'a [u8],
    at: usize,
}

/// A Huffman code: what the next bits mean where they begin with a short code; how many codes of each length there are, and
/// their symbols in order.
struct Codes {
    quick: Vec<(usize, usize)>,
    counts: [usize; BITS_MAX + 1],
    symbols: Vec<usize>,
}

impl Codes {
    fn new(lengths: &[usize]) -> Option<Codes> {
        let mut counts = [0; BITS_MAX + 1];
        for length in lengths {
            *counts.get_mut(*length)? += 1;
        }
        let mut symbols: Vec<usize> =
            (0..lengths.len()).filter(|symbol| lengths.get(*symbol).is_some_and(|length| *length > 0)).collect();
        symbols.sort_by_key(|symbol| lengths.get(*symbol).copied());
        let mut quick = vec![(0, 0); 1 << QUICK];
        let (mut code, mut rest) = (0_usize, symbols.iter());
        for ((length, bits), count) in (1..=QUICK).zip(1_usize..).zip(counts.iter().skip(1)) {
            code <<= 1;
            for symbol in rest.by_ref().take(*count) {
                // Codes begin with their highest bit, and streams are read from the lowest.
                let first = code.reverse_bits() >> (usize::BITS - length);
                quick.iter_mut().skip(first).step_by(1 << length).for_each(|entry| *entry = (*symbol, bits));
                code += 1;
            }
        }
        Some(Codes { quick, counts, symbols })
    }
}

impl Bits<'_> {
    /// The next bits, 56 at least; 0 where there are no more.
    fn ahead(&self) -> u64 {
        let (byte, shift) = (self.at / 8, self.at % 8);
        let eight = self.stream.get(byte..byte + 8).and_then(|eight| eight.try_into().ok());
        let bits = eight.map(u64::from_le_bytes).unwrap_or_else(|| {
            let rest = self.stream.get(byte..).unwrap_or_default().iter().rev();
            rest.fold(0, |bits, byte| bits << 8 | u64::from(*byte))
        });
        bits >> shift
    }

    /// Goes on by some bits, where there are so many.
    fn skip(&mut self, count: usize) -> Option<()> {
        self.at += count;
        (self.at <= self.stream.len() * 8).then_some(())
    }

    fn take(&mut self, count: u32) -> Option<usize> {
        let bits = usize::try_from(self.ahead() & ((1 << count) - 1)).ok()?;
        self.skip(usize::try_from(count).ok()?)?;
        Some(bits)
    }

    /// Goes on to the next byte over bits that are all 0.
    fn empty_to_byte(&mut self) -> Option<()> {
        while !self.at.is_multiple_of(8) {
            (self.take(1)? == 0).then_some(())?;
        }
        Some(())
    }

    fn stored(&mut self) -> Option<()> {
        self.empty_to_byte()?;
        let (length, inverted) = (self.take(16)?, self.take(16)?);
        self.skip(length * 8)?;
        (length ^ inverted == 0xffff).then_some(())
    }

    fn symbol(&mut self, codes: &Codes) -> Option<usize> {
        let ahead = usize::try_from(self.ahead() & ((1 << QUICK) - 1)).ok()?;
        if let Some((symbol, length)) = codes.quick.get(ahead).filter(|(_, length)| *length > 0) {
            self.skip(*length)?;
            return Some(*symbol);
        }
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in codes.counts.iter().skip(1) {
            code |= self.take(1)?;
            if code < first + count {
                return codes.symbols.get(index + code - first).copied();
            }
            (index, first, code) = (index + count, (first + count) << 1, code << 1);
        }
        None
    }

    /// The codes that stand before a block.
    fn codes(&mut self) -> Option<(Codes, Codes)> {
        let (literals, distances, given) = (self.take(5)? + 257, self.take(5)? + 1, self.take(4)? + 4);
        let mut lengths = [0; 19];
        for place in ORDER.iter().take(given) {
            *lengths.get_mut(*place)? = self.take(3)?;
        }
        let of_lengths = Codes::new(&lengths)?;
        let mut lengths: Vec<usize> = Vec::with_capacity(literals + distances);
        while lengths.len() < literals + distances {
            let (length, times) = match self.symbol(&of_lengths)? {
                16 => (*lengths.last()?, 3 + self.take(2)?),
                17 => (0, 3 + self.take(3)?),
                18 => (0, 11 + self.take(7)?),
                length => (length, 1),
            };
            lengths.extend(std::iter::repeat_n(length, times));
        }
        let (of_literals, of_distances) = lengths.split_at_checked(literals)?;
        Some((Codes::new(of_literals)?, Codes::new(of_distances)?))
    }

    fn block(&mut self, literals: &Codes, distances: &Codes) -> Option<()> {
        loop {
            match self.symbol(literals)? {
                END_OF_BLOCK => return Some(()),
                symbol if symbol > END_OF_BLOCK => {
                    self.take(*LENGTH_BITS.get(symbol - END_OF_BLOCK - 1)?)?;
                    let distance = self.symbol(distances)?;
                    self.take(*DISTANCE_BITS.get(distance)?)?;
                }
                _ => {}
            }
        }
    }
}
