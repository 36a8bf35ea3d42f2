//! `labelmesh pictures cancel`: what is wanted no more.

use labelmesh_sdk::{Client, renditions::CancelTransformationRequest};

use super::show;
use crate::{exit::Failure, output::Output};

/// Cancel what has not ended; again is harmless.
///
/// Work that is under way goes on: the picture is there for whoever asks for it later.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures cancel ID")]
pub(crate) struct Options {
    /// The transformation's id.
    id: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = CancelTransformationRequest { transformation_id: options.id.clone() };
    show::told(&client.cancel_transformation(request).await?, output)
}
