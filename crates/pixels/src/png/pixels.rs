//! The compressed pixels of a PNG (W3C PNG, third edition, 7 and 10).

use std::io::Write as _;

use flate2::{Compression, Decompress, FlushDecompress, Status, write::ZlibEncoder};
use simd_adler32::Adler32;

/// How much is inflated at once.
const PIECE: usize = 32 << 10;
/// How many bytes stand before and behind what is deflated.
const ZLIB_HEADER: usize = 2;
const CHECKSUM: usize = 4;
/// Where each pass of an interlaced picture begins, and how far apart its pixels are (8.2).
const PASSES: [([u32; 2], [u32; 2]); 7] = [
    ([0, 0], [8, 8]),
    ([4, 0], [8, 8]),
    ([0, 4], [4, 8]),
    ([2, 0], [4, 4]),
    ([0, 2], [2, 4]),
    ([1, 0], [2, 2]),
    ([0, 1], [1, 2]),
];

/// How pixels are stored.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    width: u32,
    height: u32,
    bits: u64,
    is_interlaced: bool,
}

impl Layout {
    /// Reads the data of `IHDR`.
    pub(super) fn read(header: &[u8]) -> Option<Self> {
        let [rest @ .., depth, colors, _, _, interlaced] = header.first_chunk::<13>()?;
        let channels = match colors {
            0 | 3 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => return None,
        };
        let side = |at: usize| rest.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        let (width, height) = (side(0)?, side(4)?);
        Some(Self { width, height, bits: channels * u64::from(*depth), is_interlaced: *interlaced == 1 })
    }

    /// The same for a frame of this size.
    pub(super) fn of(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
    }

    /// How many bytes the rows of all pixels take, each with the name of its filter.
    fn bytes(self) -> u64 {
        let rows = |width: u32, height: u32| match width {
            0 => 0,
            _ => (1 + (u64::from(width) * self.bits).div_ceil(8)).saturating_mul(height.into()),
        };
        if !self.is_interlaced {
            return rows(self.width, self.height);
        }
        let pass = |(from, apart): ([u32; 2], [u32; 2])| {
            let side = |length: u32, at: usize| length.saturating_sub(from[at]).div_ceil(apart[at]);
            rows(side(self.width, 0), side(self.height, 1))
        };
        PASSES.into_iter().map(pass).fold(0, u64::saturating_add)
    }
}

/// What compressed pixels are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// All pixels and nothing else.
    Bare,
    /// All pixels, and something behind so many bytes.
    Behind(usize),
    /// All pixels, and behind them more than there are, or an end that is none, or not the whole of one.
    Within,
    /// Pixels are missing, or their checksum is wrong.
    Damaged,
}

/// Looks at compressed pixels; inflates them and keeps none of them.
pub(super) fn stream(parts: &[&[u8]], layout: Layout) -> Stream {
    inflate(parts, layout, |_| ())
}

/// The same pixels compressed anew, without what follows them.
pub(super) fn compressed(parts: &[&[u8]], layout: Layout) -> Vec<u8> {
    let mut compressed = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    inflate(parts, layout, |rows| compressed.write_all(rows).unwrap_or_default());
    compressed.finish().unwrap_or_default()
}

/// Inflates the pixels in pieces (RFC 1950, 2.2).
fn inflate(parts: &[&[u8]], layout: Layout, mut rows: impl FnMut(&[u8])) -> Stream {
    let wanted = layout.bytes();
    let mut header = parts.iter().copied().flatten().copied();
    if !header.next().zip(header.next()).is_some_and(is_zlib) {
        return Stream::Damaged;
    }
    let (mut inflater, mut piece) = (Decompress::new(false), vec![0; PIECE]);
    let (mut checksum, mut header, mut rest) = (Adler32::new(), ZLIB_HEADER, &[][..]);
    let mut parts = parts.iter().filter_map(|part| {
        let skipped = header.min(part.len());
        header -= skipped;
        part.get(skipped..).filter(|part| !part.is_empty())
    });
    loop {
        if rest.is_empty() {
            rest = parts.next().unwrap_or_default();
        }
        let (taken, given) = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress(rest, &mut piece, FlushDecompress::None);
        let consumed = usize::try_from(inflater.total_in() - taken).unwrap_or(rest.len());
        rest = rest.get(consumed..).unwrap_or_default();
        let length = (inflater.total_out().min(wanted) - given) as usize;
        let inflated = piece.get(..length).unwrap_or_default();
        checksum.write(inflated);
        rows(inflated);
        let is_stuck = consumed == 0 && inflater.total_out() == given;
        match status {
            _ if inflater.total_out() > wanted => return Stream::Within,
            Ok(Status::StreamEnd) if inflater.total_out() < wanted => return Stream::Damaged,
            Ok(Status::StreamEnd) => {
                let mut behind = rest.iter().chain(parts.flatten()).copied();
                let told: Vec<u8> = behind.by_ref().take(CHECKSUM).collect();
                let end = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
                return match (told.len() < CHECKSUM, told == checksum.finish().to_be_bytes(), behind.next()) {
                    (true, ..) => Stream::Within,
                    (_, false, _) => Stream::Damaged,
                    (.., None) => Stream::Bare,
                    (.., Some(_)) => Stream::Behind(end.saturating_add(ZLIB_HEADER + CHECKSUM)),
                };
            }
            Ok(_) if !is_stuck => {}
            // It is cut, or goes on with something else.
            _ if inflater.total_out() == wanted => return Stream::Within,
            _ => return Stream::Damaged,
        }
    }
}

/// Whether this is the header of what a PNG has its pixels compressed to: deflated, with a window of at most 32 KiB,
/// and without a dictionary.
fn is_zlib((method, flags): (u8, u8)) -> bool {
    let is_checked = (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31);
    method & 0x0F == 8 && method >> 4 <= 7 && flags & 0x20 == 0 && is_checked
}
