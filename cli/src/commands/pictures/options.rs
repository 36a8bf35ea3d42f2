//! What is typed: what to make, of what, and where to.

use std::path::PathBuf;

use labelmesh_sdk::renditions::Spec;

use super::spec;
use crate::{
    commands::image::{crop, optimize, options::Written, portrait, resize},
    exit::Failure,
};

/// What is read, and where pictures go.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("to").args(["out", "task"]).required(true)))]
pub(crate) struct Sources {
    /// Files, folders, patterns.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The folder to write to: each picture under its source's path within PATH, with the ending of what it is.
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: Option<PathBuf>,
    /// The draft to upload the pictures to, under the same names.
    #[arg(long, value_name = "TASK")]
    pub(super) task: Option<String>,
    /// Write over files in FOLDER that are other pictures; without it these are told, and left as they are.
    #[arg(long, conflicts_with = "task")]
    pub(super) overwrite: bool,
}

/// What is wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) sources: Sources,
    pub(super) spec: Spec,
    /// Whether one source may give several pictures, which are numbered.
    pub(super) numbered: bool,
}

/// Make pictures another size.
///
/// A picture that is smaller stays as it is, unless --enlarge is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures resize photos/ --width 800 --out small/
  labelmesh pictures resize 'photos/**/*.png' --width 256 --height 256 --fit cover --format webp --out squares/
  labelmesh pictures resize photos/ --width 1024 --task TASK    # operators get smaller ones

Files are taken as 'labelmesh tasks upload' takes them, and SVG too. Those that are refused, or of which no picture can
be made, are listed with the reason, and the exit code is 6; all others are there. The same again goes on where it was.

With --json: one object with sources, made, failed, written and present, which count, and pictures, each with name,
transformationId, state, files, reason and message.")]
pub(crate) struct Resize {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    what: resize::What,
    #[command(flatten)]
    written: Written,
}

/// Cut parts out of pictures.
///
/// Lengths and places are those of the picture as it is seen, upright. A part is not made smaller or larger.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures crop photos/ --ratio 16:9 --out strips/
  labelmesh pictures crop photos/ --percent 50x50 --focus center --task TASK

What is taken, what is told and --json are as of 'labelmesh pictures resize'.")]
pub(crate) struct Crop {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    what: crop::What,
    #[command(flatten)]
    written: Written,
}

/// Make files smaller that look as good as is promised.
///
/// How good one looks beside the original is told by SSIMULACRA2, a measure of what people see: from 90 on hardly
/// anybody sees a difference, 75 is a good photo on the web. Where no file is smaller, it is the original as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures optimize photos/ --out small/
  labelmesh pictures optimize photos/ --score 85 --format any --out small/

What is taken, what is told and --json are as of 'labelmesh pictures resize'.")]
pub(crate) struct Optimize {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    what: optimize::What,
}

/// Cut out the faces of people, each with something around it.
///
/// The largest faces come first. Nobody is recognized. Of each source there are up to --max-faces pictures, at most 20;
/// from 2 on their names are numbered: name-1, name-2.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures portrait photos/ --out faces/
  labelmesh pictures portrait photos/ --max-faces 20 --ratio 1:1 --task TASK

What is taken, what is told and --json are as of 'labelmesh pictures resize'.")]
pub(crate) struct Portrait {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    what: portrait::What,
    #[command(flatten)]
    written: Written,
}

impl Resize {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::made_by(self.what.recipe()?, &self.written)?;
        Ok(Wanted { sources: self.sources, spec, numbered: false })
    }
}

impl Crop {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::made_by(self.what.recipe(), &self.written)?;
        Ok(Wanted { sources: self.sources, spec, numbered: false })
    }
}

impl Optimize {
    pub(super) fn wanted(self) -> Wanted {
        Wanted { sources: self.sources, spec: spec::promised(self.what.promise()), numbered: false }
    }
}

impl Portrait {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::portraits(&self.what, &self.written)?;
        Ok(Wanted { sources: self.sources, spec, numbered: self.what.max_faces > 1 })
    }
}
