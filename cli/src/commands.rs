//! What can be asked for; one command a file.

mod audit;
mod completion;
mod consensus;
mod decisions;
mod groups;
mod image;
mod import;
mod keys;
mod login;
mod logout;
mod me;
mod notifications;
mod open;
mod page;
mod password;
mod pictures;
mod replay;
mod second_factor;
mod sessions;
mod signup;
mod statistics;
mod tasks;
mod users;
mod votes;
mod webhooks;
mod whoami;
mod work;

use crate::{exit::Failure, output::Output, session::Account};

/// A command as it is typed.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Signup(signup::Options),
    Login(login::Options),
    Logout(logout::Options),
    Whoami(whoami::Options),
    #[command(subcommand)]
    Me(me::Command),
    #[command(subcommand)]
    Sessions(sessions::Command),
    Password(password::Options),
    #[command(subcommand)]
    SecondFactor(second_factor::Command),
    #[command(subcommand)]
    Keys(keys::Command),
    #[command(subcommand)]
    Tasks(tasks::Command),
    Open(open::Options),
    Work(work::Options),
    Statistics(statistics::Options),
    #[command(subcommand)]
    Groups(groups::Command),
    #[command(subcommand)]
    Users(users::Command),
    #[command(subcommand)]
    Audit(audit::Command),
    #[command(subcommand)]
    Notifications(notifications::Command),
    #[command(subcommand)]
    Webhooks(webhooks::Command),
    #[command(subcommand)]
    Votes(votes::Command),
    #[command(subcommand)]
    Decisions(decisions::Command),
    Replay(replay::Options),
    Consensus(consensus::Options),
    #[command(subcommand)]
    Image(image::Command),
    #[command(subcommand)]
    Page(page::Command),
    #[command(subcommand)]
    Pictures(pictures::Command),
    Completion(completion::Options),
}

impl Command {
    /// Whether the command goes on where an interrupted one like it was, rather than beginning anew.
    pub(crate) fn repeats(&self) -> bool {
        match self {
            Self::Tasks(command) => matches!(command, tasks::Command::Upload(_)),
            Self::Votes(command) => matches!(command, votes::Command::Import(_)),
            Self::Decisions(command) => matches!(command, decisions::Command::Import(_)),
            Self::Pictures(command) => command.makes(),
            _ => false,
        }
    }
}

/// Does what was asked for by a command of the line, which is given whole.
pub(crate) async fn run(
    command: Command,
    line: clap::Command,
    account: &Account,
    output: Output,
) -> Result<(), Failure> {
    match command {
        Command::Signup(options) => signup::run(&options, account, output).await,
        Command::Login(options) => login::run(&options, account, output).await,
        Command::Logout(options) => logout::run(&options, account, output).await,
        Command::Whoami(options) => whoami::run(&options, account, output).await,
        Command::Me(command) => me::run(command, account, output).await,
        Command::Sessions(command) => sessions::run(command, account, output).await,
        Command::Password(options) => password::run(options, account, output).await,
        Command::SecondFactor(command) => second_factor::run(command, account, output).await,
        Command::Keys(command) => keys::run(command, account, output).await,
        Command::Tasks(command) => tasks::run(command, account, output).await,
        Command::Open(options) => open::run(&options, account, output).await,
        Command::Work(options) => work::run(&options, account, output).await,
        Command::Statistics(options) => statistics::run(&options, account, output).await,
        Command::Groups(command) => groups::run(command, account, output).await,
        Command::Users(command) => users::run(command, account, output).await,
        Command::Audit(command) => audit::run(command, account, output).await,
        Command::Notifications(command) => notifications::run(command, account, output).await,
        Command::Webhooks(command) => webhooks::run(command, account, output).await,
        Command::Votes(command) => votes::run(command, account, output).await,
        Command::Decisions(command) => decisions::run(command, account, output).await,
        Command::Replay(options) => replay::run(&options, account, output).await,
        Command::Consensus(options) => consensus::run(&options, output),
        Command::Image(command) => image::run(command, output).await,
        Command::Page(command) => page::run(command, output).await,
        Command::Pictures(command) => pictures::run(command, account, output).await,
        Command::Completion(options) => completion::run(&options, line),
    }
}
