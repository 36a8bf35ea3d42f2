//! What is said alike of every picture that is made.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use labelmesh_faces::{Detector, Face, MIN_SCORE};
use labelmesh_pixels::{Encoding, Error, Fit, Focus, Frames, Limits, Output, Recipe, Rendition, Source, Window};

use crate::exit::{Exit, Failure};

/// Where nothing else is said.
const QUALITY: u8 = 80;

/// What is read, and where to write.
#[derive(Debug, clap::Args)]
pub(super) struct Files {
    /// The picture; '-' is standard input.
    pub(super) file: PathBuf,
    /// Where to write it; '-' is standard output. If left out, beside FILE, with what is new of it in its name. What
    /// the name ends in is the format, unless --format says another. What breaks off leaves an old file as it was.
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// The most pixels that a picture may have, in millions.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    max_megapixels: u64,
    /// The most memory to take, in MiB, and the most that FILE may have.
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    max_memory: u64,
}

/// The picture, and how what is made of it is written.
#[derive(Debug, clap::Args)]
pub(super) struct Picture {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    written: Written,
}

/// How what is made is written, wherever it is made.
#[derive(Debug, clap::Args)]
pub(crate) struct Written {
    /// The format to write; if left out, that of the picture (PNG for GIF and SVG).
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// How good a JPEG, WebP or AVIF is to be, from 1 to 100; 80 if left out.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) quality: Option<u8>,
    /// Which frames of an animation to take; all are written as WebP alone.
    #[arg(long, default_value = "first")]
    pub(crate) frames: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Jpeg,
    Png,
    Webp,
    Avif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    First,
    All,
}

impl Picture {
    /// Makes what is wanted. `option` is the one to blame where the recipe does not fit the picture.
    pub(super) fn make(&self, recipe: Recipe, option: &str) -> Result<(Rendition, Encoding), Failure> {
        self.opened(|source, encoding| {
            let recipe = self.with_faces(recipe, source)?;
            Ok((self.make_of(source, &recipe, encoding, option)?, encoding))
        })
    }

    /// Reads the picture, and makes something of it that is written in this encoding.
    pub(super) fn opened<T>(
        &self,
        make: impl FnOnce(&Source<'_>, Encoding) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let limits = self.files.limits();
        let bytes = self.files.read(limits.max_bytes)?;
        let source = Source::open(&bytes, limits).map_err(|error| self.files.told(&error, ""))?;
        make(&source, self.encoding(&source)?)
    }

    /// Makes what is wanted of a picture that was read.
    pub(super) fn make_of(
        &self,
        source: &Source<'_>,
        recipe: &Recipe,
        encoding: Encoding,
        option: &str,
    ) -> Result<Rendition, Failure> {
        let frames = if self.written.frames == Which::All { Frames::All } else { Frames::First };
        source.make(recipe, Output { encoding, frames }).map_err(|error| self.told(error, option))
    }

    /// The faces in a picture, the largest first.
    pub(super) fn faces(&self, source: &Source<'_>, min_score: f32) -> Result<Vec<Face>, Failure> {
        Detector::load().and_then(|detector| detector.faces(source, min_score)).map_err(|error| match error {
            labelmesh_faces::Error::Picture(error) => self.files.told(&error, ""),
            error @ labelmesh_faces::Error::Model(_) => Failure::new(Exit::Unexpected, error.to_string()),
        })
    }

    /// The recipe with the faces of the picture, where these tell the place of a window.
    fn with_faces(&self, mut recipe: Recipe, source: &Source<'_>) -> Result<Recipe, Failure> {
        match &mut recipe {
            Recipe::Crop { window: Window::Box(_), .. } => {}
            Recipe::Crop { focus: Focus::Auto { faces }, .. }
            | Recipe::Resize { fit: Fit::Cover, focus: Focus::Auto { faces }, .. } => {
                *faces = self.faces(source, MIN_SCORE)?.into_iter().map(|face| face.place).collect();
            }
            _ => {}
        }
        Ok(recipe)
    }

    fn encoding(&self, source: &Source<'_>) -> Result<Encoding, Failure> {
        let quality = self.written.quality.unwrap_or(QUALITY);
        let format = self.written.format.or_else(|| Format::of(self.files.output.as_deref()?));
        let encoding = match format {
            Some(Format::Jpeg) => Encoding::Jpeg { quality },
            Some(Format::Png) => Encoding::Png,
            Some(Format::Webp) => Encoding::Webp { quality },
            Some(Format::Avif) => Encoding::Avif { quality },
            None => source.encoding(quality),
        };
        if encoding == Encoding::Png {
            self.written.without_quality()?;
        }
        Ok(encoding)
    }

    /// What the library says, with the option or the file that is to blame.
    fn told(&self, error: Error, option: &str) -> Failure {
        match error {
            Error::NotHeld(_) if self.written.frames == Which::All => {
                Failure::new(Exit::Refused, format!("--frames all: {error}"))
            }
            error => self.files.told(&error, option),
        }
    }
}

impl Written {
    /// Checks that no quality is given, for what has none.
    ///
    /// # Errors
    /// If one is.
    pub(crate) fn without_quality(&self) -> Result<(), Failure> {
        match self.quality {
            Some(_) => Err(Failure::new(Exit::Usage, "--quality tells nothing to PNG, which is without loss")),
            None => Ok(()),
        }
    }
}

impl Files {
    pub(super) fn limits(&self) -> Limits {
        let bytes = self.max_memory << 20;
        let max_pixels = self.max_megapixels * 1_000_000;
        Limits { max_bytes: bytes, max_pixels, max_memory_bytes: bytes, ..Limits::default() }
    }

    /// The file; of one that is too large, as much as tells so.
    pub(super) fn read(&self, max_bytes: u64) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let read = if self.file == Path::new("-") {
            io::stdin().lock().take(max_bytes + 1).read_to_end(&mut bytes)
        } else {
            File::open(&self.file).and_then(|file| file.take(max_bytes + 1).read_to_end(&mut bytes))
        };
        read.map(|_| bytes).map_err(|error| Failure::file(&self.file, &error))
    }

    /// What the library says, with the option or the file that is to blame.
    pub(super) fn told(&self, error: &Error, option: &str) -> Failure {
        let file = self.file.display();
        let message = match error {
            Error::WindowOutside { .. } | Error::BadRecipe(_) => format!("{option}: {error}"),
            Error::TooManyPixels { .. } => format!("{file}: {error} (--max-megapixels)"),
            Error::TooMuchMemory { .. } | Error::TooManyBytes { .. } => format!("{file}: {error} (--max-memory)"),
            _ => format!("{file}: {error}"),
        };
        Failure::new(Exit::Refused, message)
    }
}

impl Format {
    /// The format that a file's name tells.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            "avif" => Some(Self::Avif),
            _ => None,
        }
    }
}

/// Two whole numbers with something between.
pub(super) fn pair(text: &str, between: char) -> Option<(u32, u32)> {
    let (one, other) = text.split_once(between)?;
    Some((one.parse().ok()?, other.parse().ok()?))
}

/// A ratio of width to height.
pub(super) fn ratio(text: &str) -> Result<Window, String> {
    match pair(text, ':') {
        Some((width, height)) if width > 0 && height > 0 => Ok(Window::Ratio(width, height)),
        _ => Err("it is two whole numbers from 1 on, such as 16:9".to_owned()),
    }
}

/// `auto`, `center` or a point.
pub(super) fn focus(text: &str) -> Result<Focus, String> {
    match text {
        "auto" => Ok(Focus::Auto { faces: Vec::new() }),
        "center" => Ok(Focus::Center),
        other => match pair(other, ',') {
            Some((x, y)) => Ok(Focus::Point(x, y)),
            None => Err("it is auto, center, or a point x,y in pixels, such as 640,480".to_owned()),
        },
    }
}
