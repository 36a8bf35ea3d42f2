//! `labelmesh logout`: ends the session.

use labelmesh_sdk::auth::LogoutRequest;
use serde_json::json;

use crate::{
    exit::{Exit, Failure},
    output::Output,
    session::Account,
};

/// End the session, on the server and here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh logout
  labelmesh logout --profile bob")]
pub(crate) struct Options {}

pub(crate) async fn run(_: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let ended = match account.client() {
        Ok(client) => client.logout(LogoutRequest {}).await.map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    match ended {
        // A session that was over already is what was asked for.
        Err(failure) if failure.exit != Exit::NotSignedIn => return Err(failure),
        _ => account.forget()?,
    }
    output.result(&json!({}), || "Signed out.".to_owned())
}
