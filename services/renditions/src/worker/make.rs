//! Makes pictures of another, or of what was seen of a page: bytes in, bytes out.

use labelmesh_faces::Detector;
use labelmesh_pixels::{Encoding, Error, Focus, Formats, Limits, Output, Promise, Recipe, Source, Window};

use crate::domain::{
    self, Face, Failure, GIF, LeadImage, NoFace, Optimize, Portrait, Rendition, Screenshot, Spec, media_type,
};

/// All of it as it is.
const WHOLE: Recipe = Recipe::Crop { window: Window::Percent(100, 100), focus: Focus::Center };

/// A picture that was made, and what it is. Its digest is not known yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) rendition: Rendition,
}

/// How much memory a job takes at most, in bytes, beside the file. Reads the header alone.
///
/// # Errors
/// What [`Source::open`] and [`Source::memory_bytes_as`] fail with.
pub(super) fn memory_bytes(bytes: &[u8], spec: &Spec, limits: Limits) -> Result<u64, Error> {
    let source = Source::open(bytes, limits)?;
    let taken = |recipe: &Recipe, output| source.memory_bytes_as(recipe, encoding(bytes, &source, output));
    let making = match spec {
        Spec::Resize(resize) => taken(&resize.recipe(&[]), resize.output)?,
        Spec::Crop(crop) => taken(&crop.recipe(&[]), crop.output)?,
        Spec::Optimize(_) => source.optimizing_bytes(),
        // A portrait may be as large as the picture, and all of them are there before the first is stored.
        Spec::Portrait(portrait) => taken(&portrait.recipe(None, source.size()), portrait.output)?,
        Spec::Screenshot(Screenshot { output, .. }) | Spec::LeadImage(LeadImage { output, .. }) => {
            taken(&WHOLE, *output)?
        }
    };
    let looking = if spec.looks_for_faces().is_some() { Detector::MEMORY_BYTES } else { 0 };
    Ok(making + looking)
}

/// Makes what is wanted; one picture at least. Takes CPU time.
///
/// # Errors
/// Any of pixels and faces, and that there is no face.
pub(super) fn make(bytes: &[u8], spec: &Spec, limits: Limits, detector: &Detector) -> Result<Vec<Made>, Failure> {
    let source = Source::open(bytes, limits)?;
    let faces: Vec<Face> = match spec.looks_for_faces() {
        Some(score) => detector.faces(&source, score as f32)?.into_iter().map(Face::from).collect(),
        None => Vec::new(),
    };
    match spec {
        Spec::Resize(resize) => Ok(vec![one(bytes, &source, &resize.recipe(&faces), resize.output)?]),
        Spec::Crop(crop) => Ok(vec![one(bytes, &source, &crop.recipe(&faces), crop.output)?]),
        Spec::Optimize(promise) => Ok(vec![optimized(&source, *promise)?]),
        Spec::Portrait(portrait) => portraits(bytes, &source, portrait, &faces),
        Spec::Screenshot(Screenshot { output, .. }) | Spec::LeadImage(LeadImage { output, .. }) => {
            let mut whole = one(bytes, &source, &WHOLE, *output)?;
            whole.rendition.window = None;
            Ok(vec![whole])
        }
    }
}

fn portraits(bytes: &[u8], source: &Source<'_>, wanted: &Portrait, faces: &[Face]) -> Result<Vec<Made>, Failure> {
    let portrait = |face: Option<&Face>| {
        let mut made = one(bytes, source, &wanted.recipe(face, source.size()), wanted.output)?;
        made.rendition.face = face.copied();
        Ok(made)
    };
    match (faces, wanted.no_face) {
        ([], NoFace::Fail) => Err(Failure::no_face()),
        ([], NoFace::Center) => Ok(vec![portrait(None)?]),
        (faces, _) => faces.iter().take(wanted.max_faces as usize).map(|face| portrait(Some(face))).collect(),
    }
}

fn optimized(source: &Source<'_>, Optimize { score, any_format }: Optimize) -> Result<Made, Error> {
    let formats = if any_format { Formats::Any } else { Formats::Same };
    let made = source.optimize(Promise { score, formats })?;
    let mut described = described(made.bytes, made.format.media_type(), (made.width, made.height));
    described.rendition.score = Some(made.score);
    Ok(described)
}

fn one(bytes: &[u8], source: &Source<'_>, recipe: &Recipe, output: domain::Output) -> Result<Made, Error> {
    let encoding = encoding(bytes, source, output);
    let made = source.make(recipe, Output { encoding, frames: output.frames() })?;
    let mut described = described(made.bytes, encoding.media_type(), (made.width, made.height));
    described.rendition.window = Some(made.window.into());
    Ok(described)
}

/// What the picture is written as. Of several frames there is no way but WebP.
fn encoding(bytes: &[u8], source: &Source<'_>, output: domain::Output) -> Encoding {
    if output.all_frames && media_type(bytes) == GIF {
        return Encoding::Webp { quality: output.quality };
    }
    output.encoding(source.encoding(output.quality))
}

fn described(bytes: Vec<u8>, media_type: &str, (width, height): (u32, u32)) -> Made {
    let size_bytes = bytes.len() as u64;
    let (sha256, media_type) = (String::new(), media_type.to_owned());
    let (window, score, face, page) = (None, None, None, None);
    let rendition = Rendition { sha256, media_type, size_bytes, width, height, window, score, face, page };
    Made { bytes, rendition }
}
