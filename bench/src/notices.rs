//! What whoever is told by webhooks notices of a mail server that is dead, and what becomes of the mails.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use axum::{Json, Router, extract::State, routing::post};
use chrono::DateTime;
use clap::Args;
use labelmesh_clock::Clock;
use labelmesh_cluster::Cluster;
use labelmesh_sdk::{
    Client, Role,
    notify::{CreateWebhookRequest, NotificationKind},
    users::{AddGroupMemberRequest, CreateGroupRequest, GetMeRequest},
};
use labelmesh_servers::Mood;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{Instant, interval, timeout},
};

use crate::system::{person, settings};

/// The promise: of a hundred messages 99 reach their webhook within it.
const PROMISED: Duration = Duration::from_secs(1);
/// How many people are told.
const PEOPLE: usize = 30;
/// What may be needed until everybody was told by webhooks, and by mail once the server is back.
const LONGEST: Duration = Duration::from_secs(300);

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// For how many seconds the mail server answers nothing.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// How many people a second are told something meanwhile.
    #[arg(long, default_value_t = 10)]
    rate: u32,
}

/// Somebody who was invited to a group: the one's id and the other's.
type Invitation = (String, String);

/// How long after the time that its message tells each invitation came to a webhook. The users service looks for
/// invitations to tell every two seconds, which is not what is measured.
type Heard = Arc<Mutex<BTreeMap<Invitation, Duration>>>;

/// What was measured.
struct Report {
    /// How long after it was told each invitation was at its webhook, the shortest first.
    webhooks: Vec<Duration>,
    mails: usize,
    twice: usize,
    /// How long after the mail server was back the last mail came.
    caught_up: Duration,
}

/// Starts the system, two replicas of each service, invites people while the mail server takes connections and answers
/// nothing, and lets it come back.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    let cluster = Cluster::start(settings()?).await?;
    let gateway = Client::new(cluster.gateway())?;
    let owner = person(&gateway, "owner", Role::Client).await?;
    let heard = Heard::default();
    let url = listen(&heard).await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(Person::sign_up(&gateway, number, &url).await?);
    }
    // Everybody is told of their first sign-in.
    let before = cluster.mail().wait_until(LONGEST, |mails| mails.len() > PEOPLE).await.len();
    let wanted = options.seconds * options.rate;
    let groups = groups(&owner, (wanted as usize).div_ceil(PEOPLE)).await?;

    cluster.mail().set_mood(Mood::Stall);
    let invited = invite(&owner, &people, &groups, options).await?;
    ensure!(cluster.mail().messages().len() == before, "a mail was sent by a server that is dead");
    cluster.mail().set_mood(Mood::Accept);
    let back = Instant::now();
    let mails = cluster.mail().wait_until(LONGEST, |mails| mails.len() >= before + wanted as usize);
    let (mails, heard) = tokio::join!(mails, all_heard(&heard, invited.len()));
    let caught_up = back.elapsed();
    let ids: BTreeSet<_> = mails.iter().map(|mail| &mail.message_id).collect();
    let told: BTreeSet<_> = mails.iter().skip(before).map(|mail| (&mail.to, &mail.subject)).collect();
    ensure!(told.len() == wanted as usize, "{} of {wanted} mails came", told.len());

    let heard = heard?;
    let took = invited.iter().map(|invitation| heard.get(invitation).copied());
    let mut webhooks = took.collect::<Option<Vec<_>>>().context("an invitation came to no webhook")?;
    webhooks.sort_unstable();
    let report = Report { webhooks, mails: mails.len() - before, twice: mails.len() - ids.len(), caught_up };
    print!("{report}");
    cluster.stop().await;
    ensure!(report.share(0.99) < PROMISED, "webhooks were held up by mails");
    Ok(ExitCode::SUCCESS)
}

struct Person {
    user_id: String,
    email: String,
}

impl Person {
    /// Signs somebody up who is told of invitations by a webhook.
    async fn sign_up(gateway: &Client, number: usize, url: &str) -> Result<Self> {
        let client = person(gateway, &format!("invited-{number}"), Role::Operator).await?;
        let kinds = vec![NotificationKind::GroupInvited.into()];
        client.create_webhook(CreateWebhookRequest { url: url.to_owned(), kinds }).await?;
        let me = client.get_me(GetMeRequest {}).await?;
        Ok(Self { user_id: me.user_id, email: me.email })
    }
}

async fn groups(owner: &Client, count: usize) -> Result<Vec<String>> {
    let mut groups = Vec::new();
    for number in 0..count {
        let create = CreateGroupRequest { name: format!("Group {number}"), ..Default::default() };
        groups.push(owner.create_group(create).await?.group_id);
    }
    Ok(groups)
}

/// Invites everybody to one group after the other at an even pace.
async fn invite(owner: &Client, people: &[Person], groups: &[String], options: &Options) -> Result<Vec<Invitation>> {
    let (mut ticks, mut calls) = (interval(Duration::from_secs(1) / options.rate), JoinSet::new());
    let pairs = groups.iter().flat_map(|group| people.iter().map(move |person| (group, person)));
    for (group_id, person) in pairs.take((options.seconds * options.rate) as usize) {
        ticks.tick().await;
        let (owner, group_id, email) = (owner.clone(), group_id.clone(), person.email.clone());
        let invitation = (person.user_id.clone(), group_id.clone());
        calls.spawn(async move {
            owner.add_group_member(AddGroupMemberRequest { group_id, email, ..Default::default() }).await?;
            anyhow::Ok(invitation)
        });
    }
    calls.join_all().await.into_iter().collect()
}

/// A program that notes what is posted to it, and when.
async fn listen(heard: &Heard) -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/hook", listener.local_addr()?);
    let router = Router::new().route("/hook", post(take)).with_state(Arc::clone(heard));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}

async fn take(State(heard): State<Heard>, Json(message): Json<Value>) {
    let text = |field: &str| message["data"][field].as_str().unwrap_or_default().to_owned();
    let invitation = (text("user_id"), text("group_id"));
    let told = message["timestamp"].as_str().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
    let Some(took) = told.and_then(|at| (Clock::system().now() - at.to_utc()).to_std().ok()) else { return };
    heard.lock().unwrap_or_else(PoisonError::into_inner).entry(invitation).or_insert(took);
}

/// What was heard once it is so much.
async fn all_heard(heard: &Heard, count: usize) -> Result<BTreeMap<Invitation, Duration>> {
    let all = async {
        let mut looks = interval(Duration::from_millis(50));
        loop {
            looks.tick().await;
            let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            if heard.len() >= count {
                return heard.clone();
            }
        }
    };
    timeout(LONGEST, all).await.context("not every invitation came to a webhook")
}

impl Report {
    /// The time within which this share of the invitations came to their webhooks.
    fn share(&self, share: f64) -> Duration {
        let at = (self.webhooks.len() as f64 * share) as usize;
        self.webhooks.get(at).or(self.webhooks.last()).copied().unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |share| self.share(share).as_millis();
        let (p50, p99, slowest) = (ms(0.5), ms(0.99), ms(1.0));
        writeln!(f, "{} messages to webhooks while no mail could be sent:", self.webhooks.len())?;
        writeln!(f, "  p50 {p50} ms, p99 {p99} ms, the slowest {slowest} ms after they were told")?;
        let Self { mails, twice, caught_up, .. } = self;
        writeln!(
            f,
            "{mails} mails {:.1} s after the mail server was back, {twice} of them twice",
            caught_up.as_secs_f64()
        )
    }
}
