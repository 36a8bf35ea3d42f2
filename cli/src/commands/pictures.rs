//! `labelmesh pictures`: pictures of pictures and of web pages, made by a server.

mod ask;
mod cancel;
mod deliver;
pub(super) mod fetch;
mod get;
mod list;
mod make;
mod options;
mod pages;
mod plan;
mod report;
mod show;
mod spec;

use labelmesh_sdk::{
    Client,
    renditions::{GetTransformationRequest, Transformation, spec::Kind},
};

use crate::{
    exit::Failure,
    output::{Output, word},
    session::Account,
};

/// Have pictures made of pictures and of web pages by a server: many at once, each made once.
///
/// The same options as those of 'labelmesh image' and 'labelmesh page', which make them on this machine.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Resize(options::Resize),
    Crop(options::Crop),
    Optimize(options::Optimize),
    Portrait(options::Portrait),
    Screenshot(options::Screenshot),
    LeadImage(options::LeadImage),
    List(list::Options),
    Show(show::Options),
    Get(get::Options),
    Cancel(cancel::Options),
}

impl Command {
    /// Whether it makes pictures, which goes on where it was.
    pub(crate) fn makes(&self) -> bool {
        match self {
            Self::Resize(_)
            | Self::Crop(_)
            | Self::Optimize(_)
            | Self::Portrait(_)
            | Self::Screenshot(_)
            | Self::LeadImage(_) => true,
            Self::List(_) | Self::Show(_) | Self::Get(_) | Self::Cancel(_) => false,
        }
    }
}

pub(super) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::Resize(options) => make::run(options.wanted()?, &client, output).await,
        Command::Crop(options) => make::run(options.wanted()?, &client, output).await,
        Command::Optimize(options) => make::run(options.wanted()?, &client, output).await,
        Command::Portrait(options) => make::run(options.wanted()?, &client, output).await,
        Command::Screenshot(options) => make::run(options.wanted()?, &client, output).await,
        Command::LeadImage(options) => make::run(options.wanted()?, &client, output).await,
        Command::List(options) => list::run(&options, &client, output).await,
        Command::Show(options) => show::run(&options, &client, output).await,
        Command::Get(options) => get::run(&options, &client, output).await,
        Command::Cancel(options) => cancel::run(&options, &client, output).await,
    }
}

/// A transformation as it is now.
async fn transformation(client: &Client, id: &str) -> Result<Transformation, Failure> {
    let request = GetTransformationRequest { transformation_id: id.to_owned(), wait_seconds: 0 };
    Ok(client.get_transformation(request).await?)
}

/// What is made, in a word.
fn kind(transformation: &Transformation) -> &'static str {
    match transformation.spec.as_ref().and_then(|spec| spec.kind.as_ref()) {
        Some(Kind::Resize(_)) => "resize",
        Some(Kind::Crop(_)) => "crop",
        Some(Kind::Optimize(_)) => "optimize",
        Some(Kind::Portrait(_)) => "portrait",
        Some(Kind::Screenshot(_)) => "screenshot",
        Some(Kind::LeadImage(_)) => "lead_image",
        None => "",
    }
}

/// How far it is, in a word.
fn state(transformation: &Transformation) -> String {
    word(transformation.state().as_str_name(), "TRANSFORMATION_STATE_")
}
