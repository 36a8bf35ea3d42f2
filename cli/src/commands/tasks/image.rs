//! `labelmesh tasks image`: an image of a task as a file.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    tasks::{GetImageRequest, ImageSize},
};
use serde_json::json;

use crate::{
    commands::{import::Album, pictures::fetch::persist},
    exit::{Exit, Failure},
    output::Output,
    part::Part,
};

/// Who may read the file: whoever the user's mask lets.
const MODE: u32 = 0o666;

/// Take an image of a task away.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks image TASK cats/7.jpg -o 7.jpg
  labelmesh tasks image TASK cats/7.jpg --size operator -o seen.jpg    # what operators get
  labelmesh tasks image TASK ID --size thumbnail -o - | chafa")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The image's name or id.
    image: String,
    /// In which size.
    #[arg(long, default_value = "original")]
    size: Size,
    /// Where to write it; '-' is standard output. What breaks off leaves an old file as it was.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    /// The file that was uploaded.
    Original,
    /// What operators get: upright, at most 1,600 pixels on a side, nothing in it but pixels.
    Operator,
    /// At most 320 pixels on a side.
    Thumbnail,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let is_piped = options.output == Path::new("-");
    if is_piped && output.json {
        return Err(Failure::new(Exit::Usage, "--output - and --json can't both have standard output"));
    }
    let album = Album::of(client, &options.task).await?;
    let image_id = album.named(&options.image).map_err(|unknown| Failure::new(Exit::NotFound, unknown))?;
    let size = match options.size {
        Size::Original => ImageSize::Original,
        Size::Operator => ImageSize::Operator,
        Size::Thumbnail => ImageSize::Thumbnail,
    };
    let (task_id, image_id) = (options.task.clone(), image_id.to_owned());
    let request = GetImageRequest { task_id, image_id, size: size.into() };
    if is_piped {
        // Nothing of it is written before all of it is there: it may be asked for again.
        let whole = async || {
            let mut bytes = Vec::new();
            copy(client, &request, &mut bytes).await.map(|_| bytes)
        };
        let bytes = persist(whole).await?;
        let mut to = io::stdout().lock();
        return Ok(to.write_all(&bytes).and_then(|()| to.flush())?);
    }
    let written = async || {
        let mut part = Part::create(&options.output, MODE)?;
        let bytes = copy(client, &request, part.writer()).await?;
        part.finish().map(|()| bytes)
    };
    let bytes = persist(written).await?;
    let told = json!({"file": options.output, "imageId": request.image_id, "bytes": bytes});
    output.result(&told, || format!("{}: {bytes} bytes", options.output.display()))
}

/// Copies it once, and says how many bytes it has.
async fn copy(client: &Client, request: &GetImageRequest, to: &mut impl io::Write) -> Result<u64, Failure> {
    let mut pieces = client.get_image(request.clone()).await?;
    let mut bytes = 0;
    while let Some(piece) = pieces.try_next().await? {
        bytes += piece.len() as u64;
        to.write_all(&piece)?;
    }
    Ok(bytes)
}
