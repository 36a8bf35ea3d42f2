//! The command line as it is typed.

use clap::Parser;

use crate::{commands::Command, session::Account};

/// Label images by the agreement of many people.
///
/// A client creates a task, uploads images to it and submits it; operators label the images, several of them the same
/// one; the votes become one label for each image, and the client takes the labeled set away.
#[derive(Debug, Parser)]
#[command(name = "labelmesh", version, arg_required_else_help = true, max_term_width = 110)]
#[command(after_help = "A first session:
  labelmesh signup --email ann@example.com --role client        # once; asks for a password
  labelmesh tasks create --title Pets --labels cat,dog photos/ --submit
  labelmesh tasks watch TASK                                    # until every image is decided
  labelmesh tasks export TASK -o labels.csv

As an operator:
  labelmesh signup --email bob@example.com --role operator
  labelmesh work

Without any server:
  labelmesh consensus votes.csv
  labelmesh image resize photo.jpg --width 800
  labelmesh page image https://news.example/today/1 --output lead.jpg
  labelmesh page screenshot https://news.example/today/1 -o news.png

Exit codes: 0 done, 1 unexpected, 2 wrong command line, 3 not signed in, 4 not allowed, 5 not found, 6 refused (a
field, file or line breaks a rule), 7 not as things stand, 8 server unavailable, 130 interrupted.
'labelmesh help COMMAND' tells more of each command.")]
pub(crate) struct Arguments {
    /// Write results as JSON to standard output, and errors as JSON to standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) account: Account,
    #[command(subcommand)]
    pub(crate) command: Command,
}
