//! Makes one picture of another: bytes in, bytes out.

use labelmesh_pixels::{Encoding, Error, Formats, Limits, Output, Promise, Source};

use crate::domain::{self, GIF, Rendition, Spec, Window, media_type};

/// A picture that was made, and what it is. Its digest is not known yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) rendition: Rendition,
}

/// How much memory a job takes at most, in bytes, beside the file. Reads the header alone.
///
/// # Errors
/// What [`Source::open`] and [`Source::memory_bytes`] fail with.
pub(super) fn memory_bytes(bytes: &[u8], spec: &Spec, limits: Limits) -> Result<u64, Error> {
    let source = Source::open(bytes, limits)?;
    match spec {
        Spec::Resize(resize) => source.memory_bytes(&resize.recipe()),
        Spec::Crop(crop) => source.memory_bytes(&crop.recipe()),
        Spec::Optimize(_) => Ok(source.optimizing_bytes()),
    }
}

/// Makes what is wanted. Takes CPU time.
///
/// # Errors
/// Any of pixels.
pub(super) fn make(bytes: &[u8], spec: &Spec, limits: Limits) -> Result<Made, Error> {
    let source = Source::open(bytes, limits)?;
    let (recipe, output) = match spec {
        Spec::Resize(resize) => (resize.recipe(), resize.output),
        Spec::Crop(crop) => (crop.recipe(), crop.output),
        Spec::Optimize(promised) => {
            let formats = if promised.any_format { Formats::Any } else { Formats::Same };
            let made = source.optimize(Promise { score: promised.score, formats })?;
            let (size, score) = ((made.width, made.height), Some(made.score));
            return Ok(described(made.bytes, made.format.media_type(), size, None, score));
        }
    };
    let encoding = encoding(bytes, &source, output);
    let made = source.make(&recipe, Output { encoding, frames: output.frames() })?;
    let window = Window { x: made.window.x, y: made.window.y, width: made.window.width, height: made.window.height };
    Ok(described(made.bytes, encoding.media_type(), (made.width, made.height), Some(window), None))
}

/// What the picture is written as. Of several frames there is no way but WebP.
fn encoding(bytes: &[u8], source: &Source<'_>, output: domain::Output) -> Encoding {
    if output.all_frames && media_type(bytes) == GIF {
        return Encoding::Webp { quality: output.quality };
    }
    output.encoding(source.encoding(output.quality))
}

fn described(
    bytes: Vec<u8>,
    media_type: &str,
    (width, height): (u32, u32),
    window: Option<Window>,
    score: Option<f64>,
) -> Made {
    let size_bytes = bytes.len() as u64;
    let rendition = Rendition {
        sha256: String::new(),
        media_type: media_type.to_owned(),
        size_bytes,
        width,
        height,
        window,
        score,
    };
    Made { bytes, rendition }
}
