//! `labelmesh image`: pictures in other sizes, parts of them, portraits, and smaller files, without any server.

pub(super) mod crop;
pub(super) mod optimize;
pub(super) mod options;
pub(super) mod portrait;
pub(super) mod resize;
pub(super) mod write;

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Make pictures of pictures; needs no server.
///
/// JPEG, PNG, WebP, GIF and SVG are read; JPEG, PNG, WebP and AVIF are written: upright, in sRGB, with nothing in them
/// but pixels.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Resize(resize::Options),
    Crop(crop::Options),
    Portrait(portrait::Options),
    Optimize(optimize::Options),
}

pub(crate) async fn run(command: Command, output: Output) -> Result<(), Failure> {
    // Decoding takes its time, and Ctrl-C is to be heard meanwhile.
    let made = tokio::task::spawn_blocking(move || match command {
        Command::Resize(options) => resize::run(&options, output),
        Command::Crop(options) => crop::run(&options, output),
        Command::Portrait(options) => portrait::run(&options, output),
        Command::Optimize(options) => optimize::run(&options, output),
    });
    made.await.map_err(|error| Failure::new(Exit::Unexpected, error.to_string()))?
}
