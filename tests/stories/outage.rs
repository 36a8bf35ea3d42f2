//! A replica that is frozen: connecting to it works, and it answers nothing.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::Role;
use labelmesh_servers::http_client;
use labelmesh_testkit::try_until;
use reqwest::StatusCode;
use tokio::{
    task::JoinSet,
    time::{Instant, interval},
};

use crate::{
    people::person,
    watched::{Metrics, metrics},
};

/// The time between two calls.
const PACE: Duration = Duration::from_millis(20);
/// How many calls are made while both replicas work, and while one is frozen.
const BEFORE: u32 = 150;
const MEANWHILE: u32 = 750;
/// What the contract gives a `GetMe`. Before it has passed nobody can know that a call will not be answered.
const DEADLINE: Duration = Duration::from_secs(2);
/// How often one call finds out whether a replica that is passed over is back.
const TRIAL: Duration = Duration::from_secs(5);

/// Somebody who asks who they are, through one gateway. What fails is not tried again, as the SDK would.
struct Caller {
    http: reqwest::Client,
    url: String,
    token: String,
}

/// How a call went.
#[derive(Debug)]
struct Outcome {
    /// When it began, from the beginning of the load.
    began: Duration,
    status: StatusCode,
}

impl Caller {
    async fn sign_in(cluster: &Cluster) -> Result<Self> {
        let client = person(cluster, "caller", Role::Client).await?;
        let token = client.token().context("somebody who has signed in has a token")?.to_owned();
        Ok(Self { http: http_client(), url: format!("{}/v1/me", client.server()), token })
    }

    fn call(&self) -> impl Future<Output = Result<StatusCode>> + use<> {
        let call = self.http.get(&self.url).bearer_auth(&self.token).send();
        async { Ok(call.await?.status()) }
    }

    /// Makes calls at an even pace, whether or not those before have been answered.
    async fn load(&self, calls: u32) -> Result<Vec<Outcome>> {
        let start = Instant::now();
        let (mut ticks, mut under_way) = (interval(PACE), JoinSet::new());
        for _ in 0..calls {
            ticks.tick().await;
            let (began, call) = (start.elapsed(), self.call());
            under_way.spawn(async move { anyhow::Ok(Outcome { began, status: call.await? }) });
        }
        under_way.join_all().await.into_iter().collect()
    }
}

/// What the gateway has seen of its calls to users.
struct Seen(Metrics);

impl Seen {
    async fn now(cluster: &Cluster) -> Result<Self> {
        Ok(Self(metrics(&cluster.admin_addresses(Service::Gateway).await[0]).await?))
    }

    fn of(&self, name: &str) -> f64 {
        self.0.total_of(name, &[r#"peer="users""#])
    }

    fn passed_over(&self, endpoint: &str) -> f64 {
        self.0.total_of("rpc_client_endpoint_passed_over", &[r#"peer="users""#, endpoint])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_replicas_a_frozen_one_costs_its_callers_little_and_can_be_seen() -> Result<()> {
    let mut settings = Settings::for_tests()?;
    // Fifty calls a second of one user, all of which may have to wait, are more than one user may have.
    for (limit, value) in [("RATE_FACTOR", "10"), ("REQUESTS_PER_USER", "1000"), ("CALLS_PER_USER", "1000")] {
        settings.environment.push((format!("GATEWAY__LIMITS__{limit}"), value.to_owned()));
    }
    let cluster = Cluster::start(settings).await?;
    let caller = Caller::sign_in(&cluster).await?;
    let replicas = cluster.addresses(Service::Users).await;
    // A machine that is busy with other stories may be too slow for that load at first.
    let before = try_until("calls of which none fails while both replicas work", async || {
        let Ok(calls) = caller.load(BEFORE).await else { return Ok(None) };
        let seen = Seen::now(&cluster).await?;
        let well = calls.iter().all(|call| call.status.is_success());
        Ok((well && replicas.iter().all(|replica| seen.passed_over(replica) == 0.0)).then_some(seen))
    })
    .await?;

    cluster.freeze(Service::Users, 0).await;
    let outcomes = caller.load(MEANWHILE).await?;
    let seen = Seen::now(&cluster).await?;
    cluster.thaw(Service::Users, 0).await;

    let failed: Vec<_> = outcomes.iter().filter(|call| !call.status.is_success()).collect();
    let odd = failed.iter().find(|call| call.status != StatusCode::GATEWAY_TIMEOUT);
    ensure!(odd.is_none(), "the deadline is the only reason to fail, and one was {:?}", odd.map(|call| call.status));
    // Until three calls have had no answer the frozen replica gets one whenever the other is as busy. Then it is passed
    // over, and one call in a while finds out whether it is back. A busy machine makes all of that later.
    let third = failed.iter().map(|call| call.began).collect::<BTreeSet<_>>().into_iter().nth(2).unwrap_or_default();
    let known = third + DEADLINE + Duration::from_secs(1);
    let (early, late): (Vec<&Outcome>, Vec<_>) = failed.into_iter().partition(|call| call.began < known);
    // A busy machine makes the calls more slowly than they are meant to come.
    let lasted = outcomes.iter().map(|call| call.began).max().unwrap_or_default() + DEADLINE;
    let trials = lasted.as_secs() / TRIAL.as_secs() + 1;
    println!(
        "of {MEANWHILE} calls {} ran into their deadline before it could be known, then {}",
        early.len(),
        late.len()
    );
    ensure!(late.len() as u64 <= trials, "{} calls met a replica that was known to be frozen", late.len());
    // As many as are under way at the other at once, which depends on the machine; without a look at how busy each is
    // it would be half of all.
    let begun = outcomes.iter().filter(|call| call.began < known).count();
    ensure!(early.len() * 4 <= begun, "{} of {begun} calls went to the replica that was frozen", early.len());

    let more = |name| seen.of(name) - before.of(name);
    let attempts = more("rpc_client_attempts_total") / more("rpc_client_call_duration_seconds_count");
    println!("{attempts:.3} attempts a call");
    ensure!(attempts <= 1.2, "{attempts} attempts a call");
    assert_eq!((seen.passed_over(&replicas[0]), seen.passed_over(&replicas[1])), (1.0, 0.0));
    assert_eq!(seen.of("rpc_client_breaker_state"), 0.0, "one of two is no reason to stop calling");
    assert_eq!(more("rpc_client_breaker_refused_total"), 0.0);
    assert_eq!(more("rpc_client_shed_total"), 0.0);

    try_until("the replica that is back", async || {
        ensure!(caller.call().await?.is_success(), "it is back, and a call fails");
        Ok((Seen::now(&cluster).await?.passed_over(&replicas[0]) == 0.0).then_some(()))
    })
    .await
}
