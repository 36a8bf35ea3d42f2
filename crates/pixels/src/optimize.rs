//! The fewest bytes that keep a promise of how good a picture looks.

mod score;
mod search;

use std::ops::RangeInclusive;

use image::{DynamicImage, GenericImageView as _};
use labelmesh_avif::CAREFUL_PIXELS;
use oxipng::StripChunks;

use self::{
    score::Reference,
    search::{Found, Search},
};
use crate::{
    Encoding, Error, Format, Source, animation,
    caught::caught,
    encode::{encode, shades},
    for_operators,
    geometry::Rect,
    is_whole,
    picture::Header,
    picture::Stored,
    turning,
};

/// How often at most a picture is encoded for one promise.
const MOST_ENCODES: u32 = 4;
/// Of so many pixels AVIF is tried. Its container alone takes more than WebP takes for an icon, and each try with more
/// pixels takes more than 10 s.
const AVIF_PIXELS: RangeInclusive<u64> = 4_096..=CAREFUL_PIXELS;
/// How much memory a comparison takes for a pixel, with both pictures and an encoder's, and in any case: 98 MB were
/// measured for 1 megapixel, 193 for 2, 938 for 12 and 1,778 for 24.
const COMPARED_BYTES: u64 = 80;
const COMPARING_BYTES: u64 = 32 << 20;
/// How much memory lossless packing takes for a byte of pixels: some filtered copies, and what they become.
const PACKED_FACTOR: u64 = 6;
/// oxipng's own level: 4 takes twice the time for half a per cent.
const LEVEL: u8 = 2;

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// The least score by SSIMULACRA2, from 1 to 95: 70 is high quality, from 90 on nobody sees a difference.
    pub score: f64,
    /// What may be written.
    pub formats: Formats,
}

/// What may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formats {
    /// The file's own format. A PNG loses nothing.
    Same,
    /// Whichever takes the fewest bytes.
    Any,
}

/// What a file is that may have been made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A format that is read, too.
    Read(Format),
    /// AVIF.
    Avif,
}

impl Written {
    /// The registered name of the format.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Read(format) => format.media_type(),
            Self::Avif => "image/avif",
        }
    }
}

/// A smaller file, or the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimized {
    /// The file: no more bytes than there were.
    pub bytes: Vec<u8>,
    /// What it is now.
    pub format: Written,
    /// In pixels, upright.
    pub width: u32,
    /// In pixels, upright.
    pub height: u32,
    /// How good it looks beside the original, by SSIMULACRA2; 100 where it lost nothing.
    pub score: f64,
    /// How often it was encoded.
    pub encodes: u32,
}

/// A file that keeps the promise.
struct Candidate {
    bytes: Vec<u8>,
    format: Written,
    score: f64,
}

impl Source<'_> {
    /// Makes the file smaller. All that is not seen goes, as for operators ([`for_operators`]); then it is encoded at
    /// most four times, and the smallest file that keeps the promise is taken. Where none is smaller than the original,
    /// that stays as it is. Animations lose nothing but what is not seen. Takes CPU time: not for an async thread.
    ///
    /// # Errors
    /// BadRecipe for a score that can't be promised, NotHeld for an SVG, which has no pixels of its own, TooMuchMemory,
    /// Damaged or Panicked.
    pub fn optimize(&self, promise: Promise) -> Result<Optimized, Error> {
        caught(|| self.optimized(promise)).map_err(Error::Panicked)?
    }

    /// The most memory that [`Source::optimize`] takes, in bytes, beside the file and the result's.
    #[must_use]
    pub fn optimizing_bytes(&self) -> u64 {
        let (width, height) = self.size();
        let pixels = u64::from(width) * u64::from(height);
        // What is compared with stays while an AVIF is encoded.
        let avif = if AVIF_PIXELS.contains(&pixels) { labelmesh_avif::memory_bytes((width, height)) } else { 0 };
        let compared = pixels * COMPARED_BYTES + COMPARING_BYTES + avif;
        match self.pixels() {
            Some((Format::Png, header)) => compared + header.pixel_bytes * PACKED_FACTOR,
            Some((format, header)) => compared.max(header.pixel_bytes * turning(format)),
            None => 0,
        }
    }

    fn optimized(&self, promise: Promise) -> Result<Optimized, Error> {
        if !(1.0..=95.0).contains(&promise.score) {
            return Err(Error::BadRecipe("a score is from 1 to 95"));
        }
        let Some((format, header)) = self.pixels() else {
            return Err(Error::NotHeld("an SVG has no pixels of its own: resize it"));
        };
        if !is_whole(format, self.original()) {
            return Err(Error::Damaged("it is cut short, or a length or checksum is wrong".to_owned()));
        }
        self.limits().check_memory(self.optimizing_bytes())?;
        let (width, height) = self.size();
        let done =
            |Candidate { bytes, format, score }, encodes| Optimized { bytes, format, width, height, score, encodes };
        let plain = for_operators(format, self.original())?.unwrap_or_else(|| self.original().to_vec());
        let own = Written::Read(format);
        let mut plain = Candidate { bytes: plain, format: own, score: 100.0 };
        let most = self.limits().max_memory_bytes;
        if animation::frames(format, self.bytes(), most)?.is_some_and(|(frames, _)| frames.take(2).count() > 1) {
            return Ok(done(self.no_larger(plain), 0));
        }
        let picture = self.upright(format, header)?;
        let reference = Reference::new(&picture)?;
        if header.turn != image::metadata::Orientation::NoTransforms && format == Format::Jpeg {
            plain.score = reference.score(&plain.bytes, format)?;
        }
        let mut encodes = 0;
        let mut candidates = Vec::new();
        if format == Format::Png {
            encodes += 1;
            candidates.push(Candidate { bytes: packed(&plain.bytes)?, format: own, score: 100.0 });
        }
        let found = lossy(&picture, &reference, (format, promise), MOST_ENCODES - encodes, &mut encodes)?;
        candidates.extend(found);
        candidates.push(plain);
        let best = candidates.into_iter().filter(|candidate| candidate.score >= promise.score);
        let best = best.min_by_key(|candidate| candidate.bytes.len());
        let best = best.unwrap_or_else(|| Candidate { bytes: self.original().to_vec(), format: own, score: 100.0 });
        Ok(done(self.no_larger(best), encodes))
    }

    /// The candidate, or the file as it is where that has fewer bytes.
    fn no_larger(&self, candidate: Candidate) -> Candidate {
        let original = self.original();
        match self.pixels() {
            Some((format, _)) if candidate.bytes.len() > original.len() => {
                Candidate { bytes: original.to_vec(), format: Written::Read(format), score: 100.0 }
            }
            _ => candidate,
        }
    }

    /// The picture as it is seen, in sRGB, with eight bits a channel.
    fn upright(&self, format: Format, header: &Header) -> Result<DynamicImage, Error> {
        let most = Some(self.limits().max_memory_bytes);
        let stored = Stored::decode(format, self.bytes(), (header, most), (1.0, None))?;
        Ok(self.shown(header, &stored, Rect::whole(self.size()), self.size()))
    }
}

/// The smallest file with loss that keeps the promise, in the formats that are allowed.
fn lossy(
    picture: &DynamicImage,
    reference: &Reference,
    (own, promise): (Format, Promise),
    most: u32,
    encodes: &mut u32,
) -> Result<Option<Candidate>, Error> {
    let mut tries = 0;
    let mut tried = |search: &mut Search| -> Result<(), Error> {
        *encodes += 1;
        tries += 1;
        let (bytes, score) = try_once(picture, reference, search)?;
        search.note(bytes, score, most.saturating_sub(tries));
        Ok(())
    };
    let formats = formats(picture, own, promise.formats);
    let mut searches: Vec<_> = formats.iter().map(|format| Search::new(*format, promise.score)).collect();
    for search in &mut searches {
        tried(search)?;
    }
    // Each had its first try. From then on it is the turn of whichever is expected to end with the fewest bytes.
    for _ in searches.len() as u32..most {
        let open = searches.iter_mut().filter(|search| !search.is_done());
        let Some(search) = open.min_by(|one, other| one.expected().total_cmp(&other.expected())) else { break };
        tried(search)?;
    }
    let found = searches.into_iter().filter_map(|search| Some((search.format(), search.best()?)));
    let best = found.min_by_key(|(_, found)| found.bytes.len());
    Ok(best.map(|(format, Found { bytes, score })| Candidate { bytes, format, score }))
}

/// The formats that are tried, with loss.
fn formats(picture: &DynamicImage, own: Format, allowed: Formats) -> &'static [Written] {
    const JPEG: Written = Written::Read(Format::Jpeg);
    const WEBP: Written = Written::Read(Format::Webp);
    let is_opaque = !picture.color().has_alpha() || picture.pixels().all(|(_, _, pixel)| pixel.0[3] == u8::MAX);
    let pixels = u64::from(picture.width()) * u64::from(picture.height());
    match (allowed, own) {
        (Formats::Same, Format::Jpeg) => &[JPEG],
        (Formats::Same, Format::Webp) => &[WEBP],
        (Formats::Same, Format::Png | Format::Gif) => &[],
        // JPEG hardly ever wins against it, and the tries are few.
        (Formats::Any, _) if AVIF_PIXELS.contains(&pixels) => &[Written::Avif, WEBP],
        (Formats::Any, _) if is_opaque => &[WEBP, JPEG],
        (Formats::Any, _) => &[WEBP],
    }
}

/// A file as the search wants to see it next, and its score.
fn try_once(picture: &DynamicImage, reference: &Reference, search: &Search) -> Result<(Vec<u8>, f64), Error> {
    match search.format() {
        Written::Avif => {
            let coded = labelmesh_avif::encode(&shades(picture.clone()), search.quality())?;
            let score = reference.score_of(coded.shown())?;
            Ok((coded.file, score))
        }
        Written::Read(format) => {
            let bytes = encode(picture.clone(), encoding(format, search.quality()), None)?;
            let score = reference.score(&bytes, format)?;
            Ok((bytes, score))
        }
    }
}

fn encoding(format: Format, quality: u8) -> Encoding {
    match format {
        Format::Jpeg => Encoding::Jpeg { quality },
        Format::Webp => Encoding::Webp { quality },
        Format::Png | Format::Gif => Encoding::Png,
    }
}

/// The same pixels in a smaller PNG.
fn packed(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    // What is not seen is gone already; what tells colors stays.
    let options = oxipng::Options { strip: StripChunks::None, ..oxipng::Options::from_preset(LEVEL) };
    oxipng::optimize_from_memory(bytes, &options).map_err(|error| Error::Damaged(error.to_string()))
}
