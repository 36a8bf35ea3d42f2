//! `labelmesh notifications`: what you were told.

mod phone;

use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    notify::{
        Channel, GetPreferencesRequest, ListNotificationsRequest, MarkNotificationsReadRequest, Notification,
        NotificationKind, NotificationsState, Preference, Preferences, UpdatePreferencesRequest,
        WatchNotificationsRequest,
    },
};
use tokio::time::{Instant, sleep};

use crate::{
    exit::{Exit, Failure},
    limit,
    output::{Output, print, print_json, table, when, word},
    session::Account,
};

/// A stream that broke or ended is followed up after so long.
const PAUSE: Duration = Duration::from_millis(500);
/// After so long without news it is given up. The server sends a state now and then even if nothing is new.
const PATIENCE: Duration = Duration::from_mins(10);

/// See what you were told, and say what you want to be told.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List what you were told, the newest first.
    #[command(after_help = "Examples:
  labelmesh notifications list
  labelmesh notifications list --json | jq -r .body")]
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = limit::parser())]
        limit: usize,
    },
    /// Mark notifications as read: one, one and all before it, or all.
    #[command(after_help = "Examples:
  labelmesh notifications read 01a2b3c4-...
  labelmesh notifications read --up-to 01a2b3c4-...
  labelmesh notifications read --all")]
    Read(Read),
    /// Watch: tells whenever something new came or was read, until it is interrupted.
    Watch,
    /// Show by which ways you are told of what, or change that.
    #[command(after_help = "Examples:
  labelmesh notifications preferences
  labelmesh notifications preferences --off task-completed email
  labelmesh notifications preferences --on password-changed text

Nothing is told by text messages but what you switch on, and that when you have confirmed a number: see
`labelmesh notifications phone`.")]
    Preferences {
        /// Be told of this by that way.
        #[arg(long, num_args = 2, value_names = ["KIND", "CHANNEL"])]
        on: Vec<String>,
        /// Don't be told of this by that way.
        #[arg(long, num_args = 2, value_names = ["KIND", "CHANNEL"])]
        off: Vec<String>,
    },
    /// Show to which number you are sent text messages, or give another one.
    #[command(subcommand)]
    Phone(phone::Command),
}

/// What was read.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Read {
    /// The notification's id.
    notification: Option<String>,
    /// The id of the newest that was read.
    #[arg(long, value_name = "NOTIFICATION")]
    up_to: Option<String>,
    /// All there are.
    #[arg(long)]
    all: bool,
}

/// What one is told of.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    LoggedIn,
    TaskCompleted,
    OperatorPaused,
    WebhookPaused,
    TaskStarved,
    GroupInvited,
    PasswordChanged,
    SecondFactorChanged,
}

/// By which way.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Way {
    InApp,
    Email,
    Webhook,
    Text,
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::List { limit } => list(&client, limit, output).await,
        Command::Read(read) => mark(&client, read, output).await,
        Command::Watch => watch(&client, output).await,
        Command::Preferences { on, off } => prefer(&client, &on, &off, output).await,
        Command::Phone(command) => phone::run(command, &client, output).await,
    }
}

async fn list(client: &Client, limit: usize, output: Output) -> Result<(), Failure> {
    let request = ListNotificationsRequest { page_size: limit::page(limit), ..Default::default() };
    let mut notifications = limit::first(client.list_notifications_all(request), limit).await?;
    limit::cut(&mut notifications, limit, output);
    if output.json {
        return print_json(&notifications);
    }
    if notifications.is_empty() {
        output.note("You were told nothing yet.");
        return Ok(());
    }
    let row = |notification: &Notification| {
        let new = if notification.read_at.is_none() { "new" } else { "" };
        vec![
            notification.notification_id.clone(),
            when(notification.created_at.as_ref()),
            new.to_owned(),
            notification.subject.clone(),
        ]
    };
    let rows: Vec<_> = notifications.iter().map(row).collect();
    print(&[table(&["notification", "when", "", "what"], &rows)])
}

async fn mark(client: &Client, read: Read, output: Output) -> Result<(), Failure> {
    let up_to = match read.all {
        false => read.up_to,
        true => {
            let request = ListNotificationsRequest { page_size: 1, ..Default::default() };
            let newest = client.list_notifications(request).await?.notifications.into_iter().next();
            let Some(newest) = newest else {
                output.note("There is nothing to read.");
                return Ok(());
            };
            Some(newest.notification_id)
        }
    };
    let request = MarkNotificationsReadRequest {
        notification_id: read.notification.unwrap_or_default(),
        up_to: up_to.unwrap_or_default(),
    };
    let marked = client.mark_notifications_read(request).await?;
    output.message(&marked, || format!("{} unread.", marked.unread))
}

async fn watch(client: &Client, output: Output) -> Result<(), Failure> {
    let mut after_version = 0;
    let mut alive_at = Instant::now();
    loop {
        let broke = follow(client, &mut after_version, &mut alive_at, output).await;
        // A replica that stops says so; another one goes on where it left off.
        match broke {
            Err(failure) if !failure.is_passing() || alive_at.elapsed() > PATIENCE => return Err(failure),
            _ => sleep(PAUSE).await,
        }
    }
}

/// Tells the states of one stream until it ends.
async fn follow(
    client: &Client,
    after_version: &mut u64,
    alive_at: &mut Instant,
    output: Output,
) -> Result<(), Failure> {
    let request = WatchNotificationsRequest { after_version: *after_version };
    let mut states = client.watch_notifications(request).await?;
    while let Some(state) = states.try_next().await? {
        *alive_at = Instant::now();
        if state.version > *after_version {
            *after_version = state.version;
            tell(&state, output)?;
        }
    }
    Ok(())
}

fn tell(state: &NotificationsState, output: Output) -> Result<(), Failure> {
    if output.json {
        return print_json(std::slice::from_ref(state));
    }
    let newest = state.newest.as_ref().map(|newest| format!("; {}", newest.subject)).unwrap_or_default();
    print(&[format!("{} unread{newest}", state.unread)])
}

async fn prefer(client: &Client, on: &[String], off: &[String], output: Output) -> Result<(), Failure> {
    let mut preferences = pairs(on, true)?;
    preferences.extend(pairs(off, false)?);
    let now = match preferences.is_empty() {
        true => client.get_preferences(GetPreferencesRequest {}).await?,
        false => client.update_preferences(UpdatePreferencesRequest { preferences }).await?,
    };
    output.message(&now, || ways(&now))
}

fn pairs(words: &[String], enabled: bool) -> Result<Vec<Preference>, Failure> {
    let unknown = |word: &str| Failure::new(Exit::Usage, format!("{word} is none of what --help lists"));
    let pair = |pair: &[String]| {
        let kind = match Kind::from_str(&pair[0], true).map_err(|_| unknown(&pair[0]))? {
            Kind::LoggedIn => NotificationKind::LoggedIn,
            Kind::TaskCompleted => NotificationKind::TaskCompleted,
            Kind::OperatorPaused => NotificationKind::OperatorPaused,
            Kind::WebhookPaused => NotificationKind::WebhookPaused,
            Kind::TaskStarved => NotificationKind::TaskStarved,
            Kind::GroupInvited => NotificationKind::GroupInvited,
            Kind::PasswordChanged => NotificationKind::PasswordChanged,
            Kind::SecondFactorChanged => NotificationKind::SecondFactorChanged,
        };
        let channel = match Way::from_str(&pair[1], true).map_err(|_| unknown(&pair[1]))? {
            Way::InApp => Channel::InApp,
            Way::Email => Channel::Email,
            Way::Webhook => Channel::Webhook,
            Way::Text => Channel::Text,
        };
        Ok(Preference { kind: kind.into(), channel: channel.into(), enabled })
    };
    words.chunks_exact(2).map(pair).collect()
}

fn ways(now: &Preferences) -> String {
    let row = |preference: &Preference| {
        vec![
            word(preference.kind().as_str_name(), "NOTIFICATION_KIND_"),
            word(preference.channel().as_str_name(), "CHANNEL_"),
            if preference.enabled { "on" } else { "off" }.to_owned(),
        ]
    };
    table(&["what", "by", ""], &now.preferences.iter().map(row).collect::<Vec<_>>())
}
