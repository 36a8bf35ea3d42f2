//! One of ten makes three times the load that the system can take, and the nine others call as before.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use anyhow::Result;
use futures::future::join_all;
use labelmesh_sdk::{Client, Role};
use labelmesh_servers::http_client;
use tokio::{
    runtime::Builder,
    sync::oneshot,
    task::JoinSet,
    time::{Instant, interval, timeout_at},
};

use super::{
    PATH,
    flood::{Flood, flood},
    honest::Noticed,
};
use crate::system::person;

const OTHERS: usize = 9;
/// How many people find out what saturates: so many that what each may call is more than the system can take.
const MANY: usize = 60;
/// How long each part lasts.
const PART: Duration = Duration::from_secs(10);
/// How often what the nine notice is compared with what they did before; the median counts.
const ROUNDS: usize = 3;
/// The share of what saturates the system that the nine call for together.
const ORDINARY: f64 = 0.3;
/// What they may lose.
const GOODPUT: f64 = 0.9;
const SLOWER: f64 = 2.0;
/// How many calls saturate, for all of them together.
const AT_ONCE: usize = 40;

/// Whether the nine are served as before.
pub(crate) async fn measure(gateway: &str, greedy: &Client) -> Result<bool> {
    let mut others = Vec::new();
    for number in 0..OTHERS {
        others.push(person(&Client::new(gateway)?, &format!("other-{number}"), Role::Client).await?);
    }
    // Connections are shared: what is measured is not what a connection costs.
    let http = http_client();
    let mut many = others.clone();
    for number in OTHERS..MANY {
        many.push(person(&Client::new(gateway)?, &format!("other-{number}"), Role::Client).await?);
    }
    let saturating = saturating(&http, gateway, &many).await;
    let each = saturating * ORDINARY / OTHERS as f64;
    println!("{saturating:.0} calls a second saturate; each of the nine makes {each:.0}");
    let good = |noticed: &Noticed| (noticed.calls - noticed.failed) as f64 / PART.as_secs_f64();
    let (mut goodputs, mut slowdowns) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = load(&http, gateway, &others, each).await;
        let theirs = elsewhere(gateway, greedy, 3.0 * saturating)?;
        let meanwhile = load(&http, gateway, &others, each).await;
        let theirs = theirs.await??;
        let (goodput, slower) = (good(&meanwhile) / good(&before), meanwhile.p99 / before.p99);
        println!(
            "one of ten makes {:.0} and gets {:.0} answered; the others: goodput {goodput:.2} of before, p99 {:.0} ms, \
             {slower:.2} times as before",
            theirs.calls as f64 / PART.as_secs_f64(),
            theirs.answered as f64 / PART.as_secs_f64(),
            meanwhile.p99
        );
        goodputs.push(goodput);
        slowdowns.push(slower);
    }
    let (goodput, slower) = (median(goodputs), median(slowdowns));
    println!("medians: goodput {goodput:.2}, p99 {slower:.2} times as before");
    Ok(goodput >= GOODPUT && slower <= SLOWER)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The load of one caller, made by a thread and over connections of its own: whoever floods a system does it from
/// another machine, and does not make the others' clients slow.
fn elsewhere(gateway: &str, caller: &Client, per_second: f64) -> Result<oneshot::Receiver<Result<Flood>>> {
    let (gateway, token) = (gateway.to_owned(), caller.token().unwrap_or_default().to_owned());
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (done, came_of_it) = oneshot::channel();
    thread::spawn(move || {
        let theirs = runtime.block_on(flood(&gateway, &token, per_second, PART));
        // Nobody listens any more where the bench has failed.
        drop(done.send(theirs));
    });
    Ok(came_of_it)
}

/// How many calls a second are answered when all ask as fast as they can.
async fn saturating(http: &reqwest::Client, gateway: &str, callers: &[Client]) -> f64 {
    let (answered, end) = (AtomicUsize::new(0), Instant::now() + PART / 2);
    let one = |number: usize| {
        let (caller, answered) = (callers[number % callers.len()].clone(), &answered);
        let url = format!("{gateway}{PATH}");
        async move {
            while Instant::now() < end {
                if call(http, &url, &caller).await.is_some() {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    };
    join_all((0..AT_ONCE).map(one)).await;
    answered.load(Ordering::Relaxed) as f64 / (PART / 2).as_secs_f64()
}

/// So many calls a second of each, at an even pace, whether or not those before were answered.
async fn load(http: &reqwest::Client, gateway: &str, callers: &[Client], per_second: f64) -> Noticed {
    let calls = callers.iter().map(|caller| async {
        let (mut ticks, mut under_way) = (interval(Duration::from_secs_f64(1.0 / per_second)), JoinSet::new());
        let (end, url) = (Instant::now() + PART, format!("{gateway}{PATH}"));
        while Instant::now() < end {
            ticks.tick().await;
            let (http, caller, url) = (http.clone(), caller.clone(), url.clone());
            under_way.spawn(async move { timeout_at(end + PART, call(&http, &url, &caller)).await.ok().flatten() });
        }
        under_way.join_all().await
    });
    let calls: Vec<_> = join_all(calls).await.into_iter().flatten().collect();
    Noticed::of(&calls)
}

/// One call, which is not tried again; none where it is not answered well.
async fn call(http: &reqwest::Client, url: &str, caller: &Client) -> Option<Duration> {
    let began = Instant::now();
    let token = caller.token().unwrap_or_default();
    let answer = http.get(url).bearer_auth(token).send().await.ok()?;
    answer.status().is_success().then(|| began.elapsed())
}
