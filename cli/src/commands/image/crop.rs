//! `labelmesh image crop`.

use labelmesh_pixels::{Focus, Recipe, Rect, Window};

use super::{
    options::{Picture, focus, pair, ratio},
    write,
};
use crate::{exit::Failure, output::Output};

/// Cut a part out of a picture.
///
/// Lengths and places are those of the picture as it is seen, upright. A part is not made smaller or larger.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh image crop photo.jpg --ratio 16:9
  labelmesh image crop photo.jpg --percent 50x10 --focus center
  labelmesh image crop photo.jpg --size 800x600 --focus 1200,900
  labelmesh image crop photo.jpg --box 100,50,800,600 --output part.png

With --json: one object with file, mediaType, width, height, bytes, and window, which is what of the upright picture is
seen.")]
pub(crate) struct Options {
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    what: What,
}

/// Which part.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("window").args(["ratio", "percent", "size", "box_"]).required(true)))]
pub(crate) struct What {
    /// The largest part of this ratio of width to height.
    #[arg(long, value_name = "W:H", value_parser = ratio)]
    ratio: Option<Window>,
    /// A part of so many per cent of the width and of the height.
    #[arg(long, value_name = "WxH", value_parser = percent)]
    percent: Option<Window>,
    /// A part of this width and height in pixels.
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<Window>,
    /// This part: its left edge, its upper edge, width and height in pixels.
    #[arg(long = "box", value_name = "X,Y,W,H", value_parser = place)]
    box_: Option<Window>,
    /// Where the part lies: auto (where it keeps most faces, else where most is to be seen), center, or around a point
    /// x,y.
    #[arg(long, value_parser = focus, conflicts_with = "box_")]
    focus: Option<Focus>,
}

pub(super) fn run(options: &Options, output: Output) -> Result<(), Failure> {
    write::check(&options.picture.files, output)?;
    let (made, encoding) = options.picture.make(options.what.recipe(), &options.what.to_blame())?;
    write::result(&options.picture.files, &made, encoding, output)
}

impl What {
    /// What is to be made.
    pub(crate) fn recipe(&self) -> Recipe {
        let (_, window) = self.window();
        Recipe::Crop { window, focus: self.focus.clone().unwrap_or(Focus::Auto { faces: Vec::new() }) }
    }

    /// The option that is to blame where a part does not lie within the picture. A size that is too large is to blame
    /// before a point that is outside.
    fn to_blame(&self) -> String {
        let (option, window) = self.window();
        match (&self.focus, window) {
            (Some(Focus::Point(..)), Window::Ratio(..) | Window::Percent(..)) => "--focus".to_owned(),
            (Some(Focus::Point(..)), Window::Size(..)) => "--size or --focus".to_owned(),
            _ => option.to_owned(),
        }
    }

    /// The part, and the option that says it.
    fn window(&self) -> (&'static str, Window) {
        let windows =
            [("--ratio", self.ratio), ("--percent", self.percent), ("--size", self.size), ("--box", self.box_)];
        let given = windows.into_iter().find_map(|(option, window)| Some((option, window?)));
        given.expect("the command line has one of them")
    }
}

fn percent(text: &str) -> Result<Window, String> {
    let share = 1..=100;
    match pair(text, 'x') {
        Some((width, height)) if share.contains(&width) && share.contains(&height) => {
            Ok(Window::Percent(width, height))
        }
        _ => Err("it is two whole numbers from 1 to 100, such as 50x10".to_owned()),
    }
}

fn size(text: &str) -> Result<Window, String> {
    match pair(text, 'x') {
        Some((width, height)) if width > 0 && height > 0 => Ok(Window::Size(width, height)),
        _ => Err("it is two whole numbers from 1 on, such as 800x600".to_owned()),
    }
}

fn place(text: &str) -> Result<Window, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
    match numbers.as_deref() {
        Ok(&[x, y, width, height]) if width > 0 && height > 0 => Ok(Window::Box(Rect { x, y, width, height })),
        _ => Err("it is four whole numbers, the last two from 1 on, such as 100,50,800,600".to_owned()),
    }
}
