//! `labelmesh work`: labeling in the terminal.

mod attention;
mod choice;
mod history;
mod image;
mod keyboard;
mod lines;
mod queue;
mod reason;
mod screen;

use std::{io::IsTerminal as _, time::Duration};

use tokio::time::timeout;

use self::queue::Queue;
use crate::{
    exit::{Exit, Failure},
    output::Output,
    preview::Preview,
    session::Account,
    signals::interrupted,
};

/// Nobody is kept longer than this for giving back what ends by itself.
const FAREWELL: Duration = Duration::from_secs(10);

/// Label images in the terminal.
///
/// Each image is shown with the labels it may bear and a key for each. Some images are fetched ahead; what you hold is
/// kept for you while you think, and given back when you leave, or when nothing comes from you for ten minutes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Keys:
  the key shown beside a label   vote for it
  Tab         skip: the image never comes to you again; then a key for why, or Tab once more for no reason
  Backspace   go back to the image before and vote again
  Esc         leave; what you hold is given back

Examples:
  labelmesh work
  labelmesh work --ahead 10 --preview kitty
  labelmesh work --wait              # stay when there is nothing to do
  labelmesh work --plain             # lines instead of a screen

Without a terminal, or with --plain: each image is a line on standard output (with --json an object) that names a file
with the image and the labels; each line of standard input answers one: a label, its number from 1, ':skip', ':undo'
or ':quit'. The end of the input means ':quit'. Behind ':skip' may stand why: unclear, no-label-fits,
several-labels-fit, not-known or offensive.
  labelmesh work --plain < answers.txt")]
pub(crate) struct Options {
    /// How many images to hold at once, the present one included: 1 to 20.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    ahead: u32,
    /// How to show images.
    #[arg(long, default_value = "auto")]
    preview: Preview,
    /// Lines instead of a screen.
    #[arg(long)]
    plain: bool,
    /// Stay when nothing is open to you, until there is.
    #[arg(long)]
    wait: bool,
}

pub(crate) async fn run(options: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let mut queue = Queue::new(account.client()?, options.ahead, options.wait);
    let plain = options.plain
        || output.json
        || !std::io::stdin().is_terminal()
        || !std::io::stdout().is_terminal()
        || console::Term::stdout().features().family() == console::TermFamily::Dummy;
    let worked = tokio::select! {
        worked = work(&mut queue, plain, options.preview.decided(), output) => worked,
        failure = interrupted() => Err(failure),
    };
    // Whatever happened, what is held goes back; a failure of that is told only if there is none worse.
    let released = timeout(FAREWELL, queue.release()).await.unwrap_or_else(|_| Err(unreleased()));
    output.note(&queue.farewell(released.is_ok()));
    worked.and(released)
}

fn unreleased() -> Failure {
    let message = format!("what was held could not be given back within {} s; it ends by itself", FAREWELL.as_secs());
    Failure::new(Exit::Unavailable, message)
}

async fn work(queue: &mut Queue, plain: bool, preview: Preview, output: Output) -> Result<(), Failure> {
    if plain { lines::work(queue, output).await } else { screen::work(queue, preview).await }
}
