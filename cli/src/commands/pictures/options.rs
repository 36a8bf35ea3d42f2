//! What is typed: what to make, of what, and where to.

use std::path::PathBuf;

use labelmesh_sdk::renditions::Spec;

use super::{pages, spec};
use crate::{
    commands::image::{
        crop, optimize,
        options::{Format, Written},
        portrait, resize,
    },
    exit::{Exit, Failure},
};

/// What is read, and where pictures go.
#[derive(Debug, clap::Args)]
pub(crate) struct Sources {
    /// Files, folders, patterns.
    #[arg(required_unless_present = "from_task", conflicts_with = "from_task", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Make pictures of all images of this task in place of files.
    #[arg(long, value_name = "TASK")]
    from_task: Option<String>,
    #[command(flatten)]
    target: Target,
}

/// Which pages are looked at, and where pictures go.
#[derive(Debug, clap::Args)]
pub(crate) struct Pages {
    /// Addresses of pages, which begin with http:// or https://.
    #[arg(required_unless_present = "pages", value_name = "URL")]
    urls: Vec<String>,
    /// A file with the address of a page on each line; '-' is standard input. Lines that are empty or begin with '#'
    /// are passed over.
    #[arg(long, value_name = "FILE")]
    pages: Option<PathBuf>,
    /// Have the pages looked at once more though they were today (by UTC).
    #[arg(long)]
    anew: bool,
    #[command(flatten)]
    target: Target,
}

/// Where pictures go.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("to").args(["output", "task"]).required(true)))]
pub(crate) struct Target {
    /// The folder to write to: each picture under its source's path within PATH, its image's name, or the address of
    /// its page, with the ending of what it is.
    #[arg(long, value_name = "FOLDER")]
    pub(super) output: Option<PathBuf>,
    /// The draft to upload the pictures to, under the same names.
    #[arg(long, value_name = "TASK")]
    pub(super) task: Option<String>,
    /// Write over files in FOLDER that are other pictures; without it these are told, and left as they are.
    #[arg(long, conflicts_with = "task")]
    pub(super) overwrite: bool,
}

/// How what is seen of a page is written.
#[derive(Debug, clap::Args)]
pub(crate) struct WrittenPage {
    /// The format to write; if left out, PNG for screenshots, and that of the image for lead images (PNG for GIF and
    /// SVG).
    #[arg(long)]
    pub(super) format: Option<Format>,
    /// How good a JPEG or WebP is to be, from 1 to 100; 80 if left out.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(super) quality: Option<u8>,
}

/// What pictures are made of.
#[derive(Debug)]
pub(super) enum Origin {
    /// Files, folders, patterns.
    Files(Vec<PathBuf>),
    /// The images of a task.
    Task(String),
    /// Addresses of pages.
    Pages(Vec<String>),
}

/// What is wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) origin: Origin,
    pub(super) target: Target,
    /// What is to be made; of pages, but for which.
    pub(super) spec: Spec,
    /// Whether one source may give several pictures, which are numbered.
    pub(super) numbered: bool,
}

/// Make pictures another size.
///
/// A picture that is smaller stays as it is, unless --enlarge is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures resize photos/ --width 800 --output small/
  labelmesh pictures resize 'photos/**/*.png' --width 256 --height 256 --fit cover --format webp --output squares/
  labelmesh pictures resize photos/ --width 1024 --task TASK    # operators get smaller ones
  labelmesh pictures resize --from-task TASK --width 1024 --output small/

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
  labelmesh pictures crop photos/ --ratio 16:9 --output strips/
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
  labelmesh pictures optimize photos/ --output small/
  labelmesh pictures optimize photos/ --score 85 --format any --output small/

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
  labelmesh pictures portrait photos/ --output faces/
  labelmesh pictures portrait photos/ --max-faces 20 --ratio 1:1 --task TASK
  labelmesh pictures portrait --from-task TASK --task OTHER     # the faces of one task are labeled in another

What is taken, what is told and --json are as of 'labelmesh pictures resize'.")]
pub(crate) struct Portrait {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    what: portrait::What,
    #[command(flatten)]
    written: Written,
}

/// Take screenshots of web pages.
///
/// A page is shown in a window of a stranger without cookies, after it has loaded: all of it, with the images that are
/// loaded when they are scrolled to. Who asks for the same page again on the same day (by UTC) gets the same picture.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures screenshot https://example.com/ --output shots/
  labelmesh pictures screenshot --pages sites.txt --width 1440 --hide-banners --task TASK
  grep -v test sites.txt | labelmesh pictures screenshot --pages - --format jpeg --output shots/

A picture is called as the address of its page. Pages that can't be looked at are listed with the reason, and the exit
code is 6; all others are there. The same again goes on where it was. --json is as of 'labelmesh pictures resize'.")]
pub(crate) struct Screenshot {
    #[command(flatten)]
    pages: Pages,
    /// The width of the window, in pixels of the page.
    #[arg(long, value_name = "N", default_value_t = 1280, value_parser = clap::value_parser!(u32).range(320..=3840))]
    pub(super) width: u32,
    /// How many pixels of the picture there are to one of the page, from 1 to 3.
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub(super) scale: f64,
    /// The most height of the picture, beyond which the page is cut off.
    #[arg(long, value_name = "N", default_value_t = 16_384, value_parser = clap::value_parser!(u32).range(1..=16_384))]
    pub(super) max_height: u32,
    /// Only what a window of four to three shows, not all of the page.
    #[arg(long)]
    pub(super) viewport_only: bool,
    /// Hide what asks for consent, as far as it is known.
    #[arg(long)]
    pub(super) hide_banners: bool,
    #[command(flatten)]
    pub(super) written: WrittenPage,
}

/// Take the images that web pages are about.
///
/// It is the one that a page names as its own, or that stands out in it. 'labelmesh pictures show ID --json' tells by
/// which rule it was found, and which others there were.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures lead-image https://example.com/news/1 --output images/
  labelmesh pictures lead-image --pages articles.txt --task TASK

What is read, what is told and --json are as of 'labelmesh pictures screenshot'.")]
pub(crate) struct LeadImage {
    #[command(flatten)]
    pages: Pages,
    /// The least that an image has on its shorter side, in pixels.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(super) min_side: u32,
    /// How many images of a page are fetched and judged at most.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(super) max_candidates: u32,
    /// Read the text of pages alone: no browser shows those of which that says too little.
    #[arg(long)]
    pub(super) html_only: bool,
    #[command(flatten)]
    pub(super) written: WrittenPage,
}

impl Target {
    /// Checks that pictures that are made so can go there.
    fn check(&self, spec: &Spec) -> Result<(), Failure> {
        if self.task.is_some() && spec::may_be_avif(spec) {
            let message = "--task: tasks take no AVIF, which --format avif and --format any make";
            return Err(Failure::new(Exit::Usage, message));
        }
        Ok(())
    }
}

impl Sources {
    fn wanted(self, spec: Spec, numbered: bool) -> Result<Wanted, Failure> {
        self.target.check(&spec)?;
        let origin = self.from_task.map_or(Origin::Files(self.paths), Origin::Task);
        Ok(Wanted { origin, target: self.target, spec, numbered })
    }
}

impl Pages {
    fn wanted(self, spec: Spec) -> Result<Wanted, Failure> {
        self.target.check(&spec)?;
        let urls = pages::listed(self.urls, self.pages.as_deref())?;
        Ok(Wanted { origin: Origin::Pages(urls), target: self.target, spec, numbered: false })
    }
}

impl Resize {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::made_by(self.what.recipe()?, &self.written)?;
        self.sources.wanted(spec, false)
    }
}

impl Crop {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::made_by(self.what.recipe(), &self.written)?;
        self.sources.wanted(spec, false)
    }
}

impl Optimize {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::promised(self.what.promise());
        self.sources.wanted(spec, false)
    }
}

impl Portrait {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::portraits(&self.what, &self.written)?;
        self.sources.wanted(spec, self.what.max_faces > 1)
    }
}

impl Screenshot {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::shown(&self, self.pages.anew)?;
        self.pages.wanted(spec)
    }
}

impl LeadImage {
    pub(super) fn wanted(self) -> Result<Wanted, Failure> {
        let spec = spec::found(&self, self.pages.anew)?;
        self.pages.wanted(spec)
    }
}
