//! `labelmesh pictures get`: a picture as a file.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use labelmesh_sdk::{
    Client,
    renditions::{Rendition, Transformation, TransformationState},
};
use serde_json::json;

use super::{fetch::Remote, state, transformation};
use crate::{
    commands::image::write::ending,
    exit::{Exit, Failure},
    output::{Output, counted},
};

/// Take a picture away that was made.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures get ID                            # ID.jpg, if it is a JPEG
  labelmesh pictures get ID --index 1 --output face.png   # the second largest face
  labelmesh pictures get ID --output - | file -")]
pub(crate) struct Options {
    /// The transformation's id.
    id: String,
    /// Which of its pictures, from 0.
    #[arg(long, value_name = "N", default_value_t = 0)]
    index: u32,
    /// Where to write it; '-' is standard output. If left out, ID with the ending of what it is, here. What breaks off
    /// leaves an old file as it was.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let is_piped = options.output.as_deref() == Some(Path::new("-"));
    if is_piped && output.json {
        return Err(Failure::new(Exit::Usage, "--output - and --json can't both have standard output"));
    }
    let made = transformation(client, &options.id).await?;
    let rendition = rendition(&made, options.index)?;
    let remote = Remote { client, transformation_id: &options.id, index: options.index, rendition };
    if is_piped {
        let bytes = remote.bytes().await?;
        let mut to = io::stdout().lock();
        return Ok(to.write_all(&bytes).and_then(|()| to.flush())?);
    }
    let path = options.output.clone().unwrap_or_else(|| name(&made, options.index, &rendition.media_type));
    remote.write(&path).await?;
    let Rendition { media_type, size_bytes, width, height, .. } = rendition;
    let told = json!({"file": path, "mediaType": media_type, "width": width, "height": height, "bytes": size_bytes});
    output.result(&told, || format!("{}: {width} x {height} pixels, {size_bytes} bytes", path.display()))
}

/// One of the pictures that were made.
fn rendition(made: &Transformation, index: u32) -> Result<&Rendition, Failure> {
    if made.state() != TransformationState::Succeeded {
        let failure = Failure::new(Exit::State, format!("there is no picture: it is {}", state(made)));
        return Err(failure.remedy(format!("labelmesh pictures show {}", made.transformation_id)));
    }
    let found = usize::try_from(index).ok().and_then(|index| made.renditions.get(index));
    found.ok_or_else(|| {
        let pictures = counted(made.renditions.len() as u64, "picture");
        Failure::new(Exit::NotFound, format!("--index {index}: there is {pictures}, counted from 0"))
    })
}

/// What a picture is called that has no other name: numbered from 1, where there are several.
fn name(made: &Transformation, index: u32, media_type: &str) -> PathBuf {
    let (id, ending) = (&made.transformation_id, ending(media_type));
    match made.renditions.len() {
        0 | 1 => format!("{id}.{ending}").into(),
        _ => format!("{id}-{}.{ending}", u64::from(index) + 1).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_got_by_its_number_once_it_is_there() {
        let made = |state: TransformationState, count| Transformation {
            transformation_id: "t".to_owned(),
            state: state.into(),
            renditions: vec![Rendition::default(); count],
            ..Transformation::default()
        };
        let two = made(TransformationState::Succeeded, 2);
        assert!(rendition(&two, 1).is_ok());
        assert_eq!(rendition(&two, 2).map_err(|failure| failure.exit), Err(Exit::NotFound));
        assert_eq!(name(&two, 1, "image/jpeg"), Path::new("t-2.jpg"));
        assert_eq!(name(&made(TransformationState::Succeeded, 1), 0, "image/png"), Path::new("t.png"));
        let queued = made(TransformationState::Queued, 0);
        let failure = rendition(&queued, 0).expect_err("nothing yet");
        assert_eq!((failure.exit, failure.message.as_str()), (Exit::State, "there is no picture: it is queued"));
    }
}
