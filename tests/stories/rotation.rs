//! Every key is replaced while everybody works, step by step as the runbook says, and no call is refused.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{
    Client, Role,
    auth::{ListSessionsRequest, LogoutRequest},
    notify::{CreateWebhookRequest, TestWebhookRequest},
    subtasks::ListVotesRequest,
    tasks::ListTasksRequest,
    users::GetMeRequest,
};
use labelmesh_servers::http_client;
use labelmesh_testkit::try_until;
use serde_json::Value;
use tokio::{
    sync::{RwLock, RwLockReadGuard},
    time::interval,
};

use crate::{
    people::{PASSWORD, draft, lease, open_task, person, stranger, vote},
    watched::metrics,
    webhooks::{Heard, program},
};

/// How often each of those who work calls.
const PACE: Duration = Duration::from_millis(40);

/// A key with its public half, as `keys generate` prints them.
#[derive(Clone)]
struct Key {
    secret: String,
    public: String,
}

impl Key {
    async fn generated(cluster: &Cluster, service: Service) -> Result<Self> {
        let printed = cluster.keys_of(service, &["generate"]).await?;
        let line = |name| printed.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned).context("a line");
        Ok(Self { secret: line("key ")?, public: line("public ")? })
    }
}

/// The steps of a rotation, each of which all replicas take before the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// The new keys are known everywhere, and the old ones go on sealing and signing.
    Known,
    /// The new keys seal and sign.
    First,
    /// The old keys are taken out, but for those that events were signed with.
    Alone,
}

/// All keys of a system, with those that take their place.
struct Rotation {
    signing: BTreeMap<Service, [Key; 2]>,
    seals: BTreeMap<Service, [String; 2]>,
}

impl Rotation {
    async fn of(cluster: &Cluster) -> Result<Self> {
        let (mut signing, mut seals) = (BTreeMap::new(), BTreeMap::new());
        for service in Service::ALL {
            let keys = cluster.keys();
            let old = Key { secret: keys.seed(service).to_owned(), public: keys.public(service)? };
            signing.insert(service, [old, Key::generated(cluster, service).await?]);
            let new = Key::generated(cluster, service).await?.secret;
            seals.insert(service, [keys.seal(service).to_owned(), new]);
        }
        Ok(Self { signing, seals })
    }

    /// What changes in the configuration of a service.
    fn configuration(&self, service: Service, step: Step) -> Vec<(String, String)> {
        let name = service.name().to_uppercase();
        let [old, new] = &self.seals[&service];
        let seals = match step {
            Step::Known => format!(r#"["{old}", "{new}"]"#),
            Step::First => format!(r#"["{new}", "{old}"]"#),
            Step::Alone => new.clone(),
        };
        let sealing: &[&str] = match service {
            Service::Gateway => &[],
            Service::Auth => &["SIGNING_KEYS__SEAL"],
            Service::Users | Service::Tasks | Service::Renditions => &["PAGE_KEY"],
            Service::Subtasks => &["PAGE_KEY", "PSEUDONYM_KEY"],
            Service::Notify => &["PAGE_KEY", "WEBHOOK_KEY"],
        };
        let sealing = sealing.iter().map(|key| ((*key).to_owned(), seals.clone()));
        let [old, new] = &self.signing[&service];
        let own = if step == Step::Known { old } else { new };
        let others = self.signing.iter().map(|(other, [old, new])| {
            let both = format!(r#"["{}", "{}"]"#, old.public, new.public);
            // What a replica had in its hands when it was started again comes once more, signed as it was: who
            // publishes events is known by the old key for a month. The gateway publishes none.
            let alone = step == Step::Alone && *other == Service::Gateway;
            let keys = if alone { new.public.clone() } else { both };
            (format!("BASICS__IDENTITY__SERVICES__{}", other.name().to_uppercase()), keys)
        });
        let all = sealing.chain([("BASICS__IDENTITY__KEY".to_owned(), own.secret.clone())]).chain(others);
        all.map(|(key, value)| (format!("{name}__{key}"), value)).collect()
    }

    /// Lets all replicas take a step: the first one of each service, and then the second.
    async fn take(&self, step: Step, cluster: &Cluster, doors: &Doors) -> Result<()> {
        for replica in 0..2 {
            let behind = Service::ALL.into_iter().filter(|service| *service != Service::Gateway);
            let moved = behind.map(|service| async move {
                let changes = self.configuration(service, step);
                cluster.reconfigure(service, replica, &changes).await.with_context(|| format!("{service} {replica}"))
            });
            try_join_all(moved).await?;
            let _shut = doors.0[replica].write().await;
            let changes = self.configuration(Service::Gateway, step);
            cluster.reconfigure(Service::Gateway, replica, &changes).await?;
        }
        Ok(())
    }
}

/// The gateways, each of which is shut for clients while it is started again: a balancer takes it out for so long.
#[derive(Default)]
struct Doors([RwLock<()>; 2]);

impl Doors {
    /// A gateway that is open, another one each time where both are.
    async fn enter(&self, turn: usize) -> (usize, RwLockReadGuard<'_, ()>) {
        let first = turn % 2;
        match self.0[first].try_read() {
            Ok(open) => (first, open),
            Err(_) => (1 - first, self.0[1 - first].read().await),
        }
    }
}

/// Those who work meanwhile.
struct Work<'a> {
    cluster: &'a Cluster,
    doors: &'a Doors,
    done: AtomicBool,
    calls: AtomicUsize,
}

impl Work<'_> {
    /// Does something again and again at one gateway after the other, for whoever has this token, until all is done.
    async fn go_on(&self, token: Option<&str>, mut turn: impl AsyncFnMut(&Client) -> Result<usize>) -> Result<()> {
        let clients = self.cluster.gateways().iter().map(|gateway| {
            let nobody = stranger(gateway)?;
            anyhow::Ok(token.map_or(nobody.clone(), |token| nobody.with_token(token)))
        });
        let clients = clients.collect::<Result<Vec<_>>>()?;
        let mut pace = interval(PACE);
        for number in 0.. {
            pace.tick().await;
            if self.done.load(Ordering::SeqCst) {
                break;
            }
            let (gateway, _open) = self.doors.enter(number).await;
            self.calls.fetch_add(turn(&clients[gateway]).await?, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Waits until so many more calls were answered.
    async fn reach(&self, more: usize) -> Result<()> {
        let until = self.calls.load(Ordering::SeqCst) + more;
        try_until("more calls", async || Ok((self.calls.load(Ordering::SeqCst) >= until).then_some(()))).await
    }
}

/// An owner who reads page after page, with tokens of the page before.
async fn reads(work: &Work<'_>, owner: &Client, task: &str) -> Result<()> {
    let (mut tasks, mut votes) = (ListTasksRequest::default(), ListVotesRequest::default());
    (tasks.page_size, votes.page_size, votes.task_id) = (1, 1, task.to_owned());
    work.go_on(owner.token(), async |client| {
        let listed = client.list_tasks(tasks.clone()).await.context("tasks")?;
        tasks.page_token = listed.next_page_token;
        let listed = client.list_votes(votes.clone()).await.context("votes")?;
        votes.page_token = listed.next_page_token;
        Ok(2)
    })
    .await
}

async fn labels(work: &Work<'_>, operator: &Client) -> Result<()> {
    work.go_on(operator.token(), async |client| {
        let leased = lease(client, 2).await.context("lease")?.leases;
        for lease in &leased {
            vote(client, &lease.subtask_id, "cat").await.context("vote")?;
        }
        Ok(1 + leased.len())
    })
    .await
}

/// Somebody who signs in and out again.
async fn comes_and_goes(work: &Work<'_>, email: &str) -> Result<()> {
    work.go_on(None, async |client| {
        let client = client.sign_in(email, PASSWORD).await.context("sign in")?;
        client.get_me(GetMeRequest {}).await.context("who am I")?;
        let sessions = ListSessionsRequest { page_size: 1, ..Default::default() };
        client.list_sessions(sessions).await.context("sessions")?;
        client.logout(LogoutRequest {}).await.context("sign out")?;
        Ok(4)
    })
    .await
}

/// The ids of the keys that user tokens are verified with.
async fn signing_keys(cluster: &Cluster) -> Result<Vec<String>> {
    let url = format!("{}/.well-known/jwks.json", cluster.gateway());
    let set: Value = http_client().get(url).send().await?.error_for_status()?.json().await?;
    let ids = set["keys"].as_array().context("a list")?.iter().map(|key| key["kid"].as_str().map(str::to_owned));
    ids.collect::<Option<_>>().context("ids")
}

/// Waits until the second of a service's keys has sealed nothing that is stored any more.
async fn can_be_taken_out(cluster: &Cluster, service: Service) -> Result<()> {
    try_until("everything sealed anew", async || {
        let printed = cluster.keys_of(service, &[]).await?;
        ensure!(!printed.contains("no key opens"), "{printed}");
        Ok(printed.contains("can be taken out").then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn all_keys_are_replaced_under_load_and_no_call_is_refused() -> Result<()> {
    let mut settings = Settings::for_tests()?;
    settings.environment.push(("GATEWAY__LIMITS__RATE_FACTOR".to_owned(), "100".to_owned()));
    let cluster = Cluster::start(settings).await?;
    let (owner, operator) =
        (person(&cluster, "owner", Role::Client).await?, person(&cluster, "operator", Role::Operator).await?);
    person(&cluster, "guest", Role::Client).await?;
    let heard = Heard::default();
    let url = program(&heard).await?;
    let webhook = owner.create_webhook(CreateWebhookRequest { url, kinds: Vec::new() }).await?.webhook;
    let webhook_id = webhook.context("it is told")?.webhook_id;
    let task = open_task(&owner, "Labeled meanwhile", 1, 1_000).await?;
    draft(&owner, "Listed too", 1).await?;
    let before = signing_keys(&cluster).await?;

    let rotation = Rotation::of(&cluster).await?;
    let doors = Doors::default();
    let work = Work { cluster: &cluster, doors: &doors, done: AtomicBool::new(false), calls: AtomicUsize::new(0) };
    let rotated = async {
        work.reach(20).await?;
        rotation.take(Step::Known, &cluster, &doors).await?;
        work.reach(20).await?;
        rotation.take(Step::First, &cluster, &doors).await?;
        let printed = cluster.keys_of(Service::Auth, &["rotate"]).await?;
        ensure!(printed.contains(" signs since ") && printed.contains(" signs from "), "{printed}");
        // What is labeled keeps its names; here it is to have others, so that their key can go.
        cluster.keys_of(Service::Subtasks, &["rename", "all"]).await?;
        for service in [Service::Auth, Service::Notify, Service::Subtasks] {
            can_be_taken_out(&cluster, service).await?;
        }
        work.reach(20).await?;
        rotation.take(Step::Alone, &cluster, &doors).await?;
        work.reach(20).await
    };
    let ended = async {
        let rotated = rotated.await;
        work.done.store(true, Ordering::SeqCst);
        rotated
    };
    tokio::try_join!(
        ended,
        reads(&work, &owner, &task),
        labels(&work, &operator),
        comes_and_goes(&work, "guest@labelmesh.example"),
    )?;

    // What was made under the old keys is good.
    let after = signing_keys(&cluster).await?;
    ensure!(after.len() == 2 && after[1] == before[0], "a new key is published: {before:?}, {after:?}");
    owner.test_webhook(TestWebhookRequest { webhook_id }).await?;
    try_until("a message", async || Ok((!heard.lock().expect("no panic").is_empty()).then_some(()))).await?;
    for service in Service::ALL {
        for address in cluster.admin_addresses(service).await {
            let refused = metrics(&address).await?.total("events_refused_total");
            ensure!(refused == 0.0, "{service} refused {refused} events");
        }
    }
    Ok(())
}
