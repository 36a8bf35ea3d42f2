//! `labelmesh image optimize`.

use clap::ValueEnum;
use labelmesh_pixels::{Formats, Promise, Source};
use serde_json::json;

use super::{options::Files, write};
use crate::{exit::Failure, output::Output};

/// Make a file smaller that looks as good as is promised.
///
/// How good it looks beside the original is told by SSIMULACRA2, a measure of what people see: 100 is the same, from 90
/// on hardly anybody sees a difference, 75 is a good photo on the web, 50 looks worse. The file with the fewest bytes
/// that keeps the promise is written, upright and with nothing in it but pixels; where none is smaller, the original as
/// it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh image optimize photo.jpg
  labelmesh image optimize photo.jpg --score 85 --format any
  labelmesh image optimize drawing.png --output small.png

A PNG stays as it looks to the last bit unless --format any is given. Animations lose nothing but what is not seen.

With --json: one object with file, mediaType, width, height, bytes, originalBytes, score, and encodes, which is how
often the picture was encoded for it, four times at most.")]
pub(crate) struct Options {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    what: What,
}

/// What is promised.
#[derive(Debug, clap::Args)]
pub(crate) struct What {
    /// The least score that is promised, from 1 to 95.
    #[arg(long, default_value_t = 75.0, value_parser = score)]
    score: f64,
    /// What may be written: the file's own format, or whichever takes the fewest bytes.
    #[arg(long, default_value = "same")]
    format: Which,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    Same,
    Any,
}

fn score(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(score) if (1.0..=95.0).contains(&score) => Ok(score),
        _ => Err("it is a number from 1 to 95, such as 75".to_owned()),
    }
}

pub(super) fn run(options: &Options, output: Output) -> Result<(), Failure> {
    let files = &options.files;
    write::check(files, output)?;
    let limits = files.limits();
    let bytes = files.read(limits.max_bytes)?;
    let made = Source::open(&bytes, limits).and_then(|source| source.optimize(options.what.promise()));
    let made = made.map_err(|error| files.told(&error, "--score"))?;
    let media_type = made.format.media_type();
    let Some(path) = write::file(files, &made.bytes, ("optimized", media_type))? else { return Ok(()) };
    let (was, is) = (bytes.len(), made.bytes.len());
    let told = json!({
        "file": path, "mediaType": media_type, "width": made.width, "height": made.height, "bytes": is,
        "originalBytes": was, "score": made.score, "encodes": made.encodes,
    });
    let saved = 100.0 * (was - is) as f64 / was as f64;
    output.result(&told, || format!("{}: {is} bytes, {saved:.0} % fewer, score {:.1}", path.display(), made.score))
}

impl What {
    /// What is promised.
    pub(crate) fn promise(&self) -> Promise {
        let formats = if self.format == Which::Any { Formats::Any } else { Formats::Same };
        Promise { score: self.score, formats }
    }
}
