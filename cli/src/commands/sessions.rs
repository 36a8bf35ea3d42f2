//! `labelmesh sessions`: where somebody is signed in.

use clap::Subcommand;
use labelmesh_sdk::{
    Client,
    auth::{EndSessionRequest, EndSessionsRequest, ListSessionsRequest, Session},
};

use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when},
    session::Account,
};

/// See where you are signed in, and end that.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the sessions that are open, the newest first.
    #[command(after_help = "Examples:
  labelmesh sessions list
  labelmesh sessions list --user 01a2b3c4-...      # for administrators")]
    List {
        /// Whose: yours if left out.
        #[arg(long, value_name = "USER", default_value = "", hide_default_value = true)]
        user: String,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = limit::parser())]
        limit: usize,
    },
    /// End sessions: one, all others, or all.
    #[command(after_help = "Examples:
  labelmesh sessions end 01a2b3c4-...
  labelmesh sessions end --others
  labelmesh sessions end --all --user 01a2b3c4-...      # for administrators")]
    End(End),
}

/// Which sessions to end.
#[derive(Debug, clap::Args)]
pub(crate) struct End {
    #[command(flatten)]
    which: Which,
    /// Whose, with --all: yours if left out.
    #[arg(long, value_name = "USER", requires = "all", default_value = "", hide_default_value = true)]
    user: String,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The session's id.
    session: Option<String>,
    /// All of yours but this one.
    #[arg(long)]
    others: bool,
    /// All.
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::List { user, limit } => list(&client, user, limit, output).await,
        Command::End(End { which: Which { session: Some(session_id), .. }, .. }) => {
            let ended = client.end_session(EndSessionRequest { session_id }).await?;
            output.message(&ended, || "The session has ended.".to_owned())
        }
        Command::End(End { which, user }) => {
            let request = EndSessionsRequest { user_id: user, keep_current: which.others };
            let ended = client.end_sessions(request).await?;
            output.message(&ended, || format!("Sessions ended: {}.", ended.ended))
        }
    }
}

async fn list(client: &Client, user_id: String, limit: usize, output: Output) -> Result<(), Failure> {
    let request = ListSessionsRequest { user_id, page_size: limit::page(limit), ..Default::default() };
    let mut sessions = limit::first(client.list_sessions_all(request), limit).await?;
    limit::cut(&mut sessions, limit, output);
    if output.json {
        return print_json(&sessions);
    }
    if sessions.is_empty() {
        output.note("No session is open.");
        return Ok(());
    }
    let row = |session: &Session| {
        let here = if session.current { "this one" } else { "" };
        vec![
            session.session_id.clone(),
            when(session.started_at.as_ref()),
            when(session.last_used_at.as_ref()),
            session.address.clone(),
            session.user_agent.clone(),
            here.to_owned(),
        ]
    };
    let rows: Vec<_> = sessions.iter().map(row).collect();
    print(&[table(&["session", "since", "last used", "from", "with", ""], &rows)])
}
