//! `labelmesh image resize`.

use clap::ValueEnum;
use labelmesh_pixels::{Bounds, Fit, Focus, Recipe};

use super::{
    options::{Picture, focus},
    write,
};
use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Make a picture another size.
///
/// A picture that is smaller stays as it is, unless --enlarge is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh image resize photo.jpg --width 800
  labelmesh image resize photo.jpg --width 256 --height 256 --fit cover --format webp --output square.webp
  labelmesh image resize photo.jpg --width 800 --output photo.avif
  labelmesh image resize logo.svg --width 512 --enlarge --output logo.png

With --json: one object with file, mediaType, width, height, bytes, and window, which is what of the upright picture is
seen.")]
pub(crate) struct Options {
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    what: What,
}

/// Which size.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("bounds").args(["width", "height"]).required(true).multiple(true)))]
pub(crate) struct What {
    /// The most or, with --fit cover and fill, the new width in pixels.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=65_535))]
    width: Option<u32>,
    /// The most or, with --fit cover and fill, the new height in pixels.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=65_535))]
    height: Option<u32>,
    /// How the picture is fitted into width and height.
    #[arg(long, default_value = "inside")]
    fit: How,
    /// What stays of it with --fit cover: auto (most faces, else where most is to be seen), center, or around a point
    /// x,y of the upright picture.
    #[arg(long, value_parser = focus)]
    focus: Option<Focus>,
    /// Make a smaller picture larger, too.
    #[arg(long)]
    enlarge: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum How {
    /// The whole picture, as large as it can be.
    Inside,
    /// Fill both, and cut off what is over.
    Cover,
    /// Fill both with the whole picture, distorted.
    Fill,
}

pub(super) fn run(options: &Options, output: Output) -> Result<(), Failure> {
    write::check(&options.picture.files, output)?;
    let (made, encoding) = options.picture.make(options.what.recipe()?, "--focus")?;
    write::result(&options.picture.files, &made, encoding, output)
}

impl What {
    /// What is to be made.
    ///
    /// # Errors
    /// If options do not fit each other.
    pub(crate) fn recipe(&self) -> Result<Recipe, Failure> {
        if self.focus.is_some() && self.fit != How::Cover {
            return Err(Failure::new(Exit::Usage, "--focus needs --fit cover: nothing is cut off otherwise"));
        }
        let bounds = match (self.width, self.height) {
            (Some(width), Some(height)) => Bounds::Both(width, height),
            _ if self.fit != How::Inside => {
                return Err(Failure::new(Exit::Usage, "--fit cover and --fit fill need both --width and --height"));
            }
            (Some(width), None) => Bounds::Width(width),
            (None, Some(height)) => Bounds::Height(height),
            (None, None) => return Err(Failure::new(Exit::Usage, "--width, --height or both are needed")),
        };
        let fit = match self.fit {
            How::Inside => Fit::Inside,
            How::Cover => Fit::Cover,
            How::Fill => Fit::Fill,
        };
        let focus = self.focus.clone().unwrap_or(Focus::Auto { faces: Vec::new() });
        Ok(Recipe::Resize { bounds, fit, enlarge: self.enlarge, focus })
    }
}
