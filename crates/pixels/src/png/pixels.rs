//! The compressed pixels of a PNG (W3C PNG, third edition, 7 and 10).

use std::io::{Read, copy};

use flate2::{Compression, Decompress, FlushDecompress, Status, read::ZlibDecoder, write::ZlibEncoder};

/// How much is inflated at once.
const PIECE: usize = 32 << 10;
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

/// What compressed pixels have beside the pixels.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Surplus {
    /// Nothing.
    None,
    /// Bytes behind so many.
    Behind(usize),
    /// More pixels than there are, or an end that is none.
    Within,
}

/// Looks for it; inflates the pixels and keeps none of them.
pub(super) fn surplus(parts: &[&[u8]], layout: Layout) -> Surplus {
    let wanted = layout.bytes();
    let (mut inflater, mut piece) = (Decompress::new(true), vec![0; PIECE]);
    let mut parts = parts.iter();
    let mut rest: &[u8] = &[];
    loop {
        if rest.is_empty() {
            rest = parts.next().copied().unwrap_or_default();
        }
        let (taken, given) = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress(rest, &mut piece, FlushDecompress::None);
        let consumed = usize::try_from(inflater.total_in() - taken).unwrap_or(rest.len());
        rest = rest.get(consumed..).unwrap_or_default();
        let is_stuck = consumed == 0 && inflater.total_out() == given;
        match status {
            _ if inflater.total_out() > wanted => return Surplus::Within,
            Ok(Status::StreamEnd) => {
                let is_end = rest.is_empty() && parts.all(|part| part.is_empty());
                let end = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
                return if is_end { Surplus::None } else { Surplus::Behind(end) };
            }
            // It is cut, and nothing comes after it.
            Ok(_) if is_stuck && rest.is_empty() && parts.as_slice().is_empty() => return Surplus::None,
            Ok(_) if is_stuck && !rest.is_empty() => return Surplus::Within,
            Ok(_) => {}
            Err(_) => return Surplus::Within,
        }
    }
}

/// The same pixels compressed anew, as far as they can be read.
pub(super) fn compressed(parts: &[&[u8]], layout: Layout) -> Vec<u8> {
    let all: Vec<u8> = parts.concat();
    let mut compressed = ZlibEncoder::new(Vec::new(), Compression::default());
    // What can't be read ends here; writing to memory does not fail.
    copy(&mut ZlibDecoder::new(&all[..]).take(layout.bytes()), &mut compressed).ok();
    compressed.finish().unwrap_or_default()
}
