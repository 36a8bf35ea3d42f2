//! `labelmesh image portrait`.

use clap::ValueEnum;
use labelmesh_faces::{Face, MIN_SCORE, portrait};
use labelmesh_pixels::{Encoding, Focus, Recipe, Rendition, Source, Window};
use serde_json::{Value, json};

use super::{
    options::{Picture, ratio},
    write,
};
use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Cut out the faces of people, each with something around it.
///
/// The largest faces come first. Nobody is recognized.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh image portrait photo.jpg                              # photo-portrait-1.jpg, of the largest face
  labelmesh image portrait team.jpg --max-faces 20 --ratio 1:1
  labelmesh image portrait photo.jpg --no-face center --output face.png

With --json: one object with portraits, each with file, mediaType, width, height, bytes, window, face and score; the
last two are null where there was no face.")]
pub(crate) struct Options {
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    what: What,
}

/// Which faces, and how they are cut out.
#[derive(Debug, clap::Args)]
pub(crate) struct What {
    /// Width to height.
    #[arg(long, value_name = "W:H", default_value = "4:5", value_parser = ratio)]
    pub(crate) ratio: Window,
    /// How much there is on each side of a face, as a share of its own width or height, from 0 to 10.
    #[arg(long, value_name = "SHARE", default_value_t = 0.6, value_parser = share(10.0))]
    pub(crate) margin: f64,
    /// Of how many faces at most, from 1 to 100.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub(crate) max_faces: u64,
    /// How sure it has to be that it is a face, from 0 to 1.
    #[arg(long, value_name = "SCORE", default_value_t = f64::from(MIN_SCORE), value_parser = share(1.0))]
    pub(crate) min_score: f64,
    /// What to do with a picture without a face.
    #[arg(long, default_value = "fail")]
    pub(crate) no_face: Otherwise,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Otherwise {
    /// Fail with exit code 6.
    Fail,
    /// Take the middle of the picture.
    Center,
}

pub(super) fn run(options: &Options, output: Output) -> Result<(), Failure> {
    let files = &options.picture.files;
    write::check(files, output)?;
    if files.output.is_some() && options.what.max_faces > 1 {
        return Err(Failure::new(Exit::Usage, "--output is one file, and --max-faces may make more"));
    }
    let made = options.picture.opened(|source, encoding| portraits(options, source, encoding))?;
    let mut told = Vec::new();
    for ((face, made, encoding), number) in made.iter().zip(1..) {
        let name = format!("portrait-{number}");
        if let Some(path) = write::file(files, &made.bytes, (&name, encoding.media_type()))? {
            let face = face.map_or([Value::Null, Value::Null], |face| [write::place(face.place), json!(face.score)]);
            let mut one = write::told(&path, made, *encoding);
            let [face, score] = face;
            one["face"] = face;
            one["score"] = score;
            told.push((one, write::text(&path, made)));
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    let (told, texts): (Vec<Value>, Vec<String>) = told.into_iter().unzip();
    output.result(&json!({"portraits": told}), || texts.join("\n"))
}

type Portrait = (Option<Face>, Rendition, Encoding);

/// The portraits, or the middle of the picture.
fn portraits(options: &Options, source: &Source<'_>, encoding: Encoding) -> Result<Vec<Portrait>, Failure> {
    let Options { picture, what: What { ratio, margin, max_faces, min_score, no_face } } = options;
    let mut found = picture.faces(source, *min_score as f32)?;
    found.truncate(usize::try_from(*max_faces).unwrap_or(usize::MAX));
    let made = |face: Option<Face>, window: Window| {
        let recipe = Recipe::Crop { window, focus: Focus::Center };
        Ok((face, picture.make_of(source, &recipe, encoding, "--ratio")?, encoding))
    };
    match (found.is_empty(), no_face, ratio) {
        (true, Otherwise::Center, _) => Ok(vec![made(None, *ratio)?]),
        (true, Otherwise::Fail, _) => {
            let message = format!("{}: there is no face in it", picture.files.file.display());
            Err(Failure::new(Exit::Refused, message).remedy("a lower --min-score, or --no-face center"))
        }
        (false, _, Window::Ratio(width, height)) => {
            let part = |face: &Face| portrait(face, (*width, *height), *margin, source.size());
            found.iter().map(|face| made(Some(*face), Window::Box(part(face)))).collect()
        }
        (false, ..) => unreachable!("the command line makes a ratio of it"),
    }
}

/// A number from 0 to some other.
fn share(most: f64) -> impl Fn(&str) -> Result<f64, String> + Clone {
    move |text| match text.parse() {
        Ok(share) if (0.0..=most).contains(&share) => Ok(share),
        _ => Err(format!("it is a number from 0 to {most}")),
    }
}
