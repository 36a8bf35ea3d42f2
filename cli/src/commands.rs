//! What can be asked for; one command a file.

mod completion;
mod consensus;
mod decisions;
mod import;
mod login;
mod logout;
mod replay;
mod signup;
mod statistics;
mod tasks;
mod users;
mod votes;
mod whoami;
mod work;

pub(crate) use self::{
    completion::Options as Completion, consensus::Options as Consensus, decisions::Command as Decisions,
    login::Options as Login, logout::Options as Logout, replay::Options as Replay, signup::Options as Signup,
    statistics::Options as Statistics, tasks::Command as Tasks, users::Command as Users, votes::Command as Votes,
    whoami::Options as Whoami, work::Options as Work,
};
use crate::{args::Command, exit::Failure, output::Output, session::Account};

/// Does what was asked for.
pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    match command {
        Command::Signup(options) => signup::run(&options, account, output).await,
        Command::Login(options) => login::run(&options, account, output).await,
        Command::Logout(options) => logout::run(&options, account, output).await,
        Command::Whoami(options) => whoami::run(&options, account, output).await,
        Command::Tasks(command) => tasks::run(command, account, output).await,
        Command::Work(options) => work::run(&options, account, output).await,
        Command::Statistics(options) => statistics::run(&options, account, output).await,
        Command::Users(command) => users::run(command, account, output).await,
        Command::Votes(command) => votes::run(command, account, output).await,
        Command::Decisions(command) => decisions::run(command, account, output).await,
        Command::Replay(options) => replay::run(&options, account, output).await,
        Command::Consensus(options) => consensus::run(&options, output),
        Command::Completion(options) => completion::run(&options),
    }
}
