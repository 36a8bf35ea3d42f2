//! Every autoscaler under load: its metric crosses its threshold, there are more replicas, and both return.

mod loads;

use std::time::Duration;

use anyhow::ensure;
use tokio::time::{Instant, sleep};

use self::loads::Crowd;
use super::load::Seen;
use crate::{
    autoscalers::{self, Autoscaler, SLACK, look},
    kubectl::Kubectl,
    layout::Layout,
};

/// How long a load may go on until there is a replica more that can be called: two measurements of 15 s, a round of the
/// autoscaler, which are as far apart, and the start of a pod while both processors are busy.
const CLIMBS_WITHIN: Duration = Duration::from_secs(240);
const PULSE: Duration = Duration::from_secs(3);

/// What was seen of one autoscaler.
#[derive(Debug, Clone)]
struct Course {
    autoscaler: Autoscaler,
    /// Its metric before there was any load, in per cent.
    before: u64,
    highest: u64,
    most_replicas: u64,
    /// What the load was made for under which it grew, and how long it took from the load's beginning.
    grew: Option<(String, Duration)>,
    /// Its metric when all was as before, and how long that took from the end of the last load.
    returned: Option<(u64, Duration)>,
}

/// Makes a load for each that has not grown under the loads before, and waits until all have returned.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let all = Autoscaler::all(kubectl)?;
    ensure!(!all.is_empty(), "there are no autoscalers");
    let before = autoscalers::quiet(kubectl, &all).await?;
    let mut courses: Vec<_> = all.into_iter().zip(before).map(|(one, before)| Course::new(one, before)).collect();
    let crowd = Crowd::sign_up(layout).await?;
    let seen = ascend(kubectl, &crowd, &mut courses).await;
    let left = crowd.leave().await;
    let seen = seen?;
    left?;
    descend(kubectl, &mut courses).await?;
    let told = courses.iter().map(Course::told).collect::<Vec<_>>().join("; ");
    let (calls, failures) = (seen.calls, seen.failures.len());
    let some = if failures == 0 { String::new() } else { format!(", among them {}", seen.some_failures()) };
    let told = format!("{told}; {failures} of {calls} calls failed{some}");
    ensure!(courses.iter().all(Course::is_as_it_should_be), "{told}");
    Ok(told)
}

impl Course {
    fn new(autoscaler: Autoscaler, before: u64) -> Self {
        Self { before, highest: before, most_replicas: autoscaler.least, grew: None, returned: None, autoscaler }
    }

    fn is_as_it_should_be(&self) -> bool {
        self.grew.is_some() && self.returned.is_some()
    }

    fn told(&self) -> String {
        let Self { autoscaler, before, highest, most_replicas, grew, returned } = self;
        let Autoscaler { name, least, threshold, .. } = autoscaler;
        let up = match grew {
            Some((by, took)) => format!("{most_replicas} after {} s of the load for {by}", took.as_secs()),
            None => format!("no more than {most_replicas} after {} s", CLIMBS_WITHIN.as_secs()),
        };
        let down = match returned {
            Some((metric, took)) => format!("{metric} % and {least} again {} s after all loads", took.as_secs()),
            None => "not back in time".to_owned(),
        };
        format!("{name} ({threshold} %): {before} %, {highest} % at most; {least} replicas, {up}; {down}")
    }
}

/// Makes a load for one after the other.
async fn ascend(kubectl: &Kubectl, crowd: &Crowd, courses: &mut [Course]) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    for at in 0..courses.len() {
        if courses[at].grew.is_none() {
            seen = seen.add(climb(kubectl, crowd, courses, at).await?);
        }
    }
    Ok(seen)
}

/// Makes a load for one of them until it has grown, or for as long as that may take, and notes what all of them do.
async fn climb(kubectl: &Kubectl, crowd: &Crowd, courses: &mut [Course], at: usize) -> anyhow::Result<Seen> {
    let name = courses[at].autoscaler.name.clone();
    let load = crowd.load(&name)?;
    let began = Instant::now();
    let watched = async {
        while courses[at].grew.is_none() && began.elapsed() < CLIMBS_WITHIN {
            sleep(PULSE).await;
            note(kubectl, courses, &name, began)?;
        }
        anyhow::Ok(())
    };
    let watched = watched.await;
    let seen = load.stop().await?;
    watched?;
    Ok(seen)
}

/// Looks at all of them.
fn note(kubectl: &Kubectl, courses: &mut [Course], load: &str, began: Instant) -> anyhow::Result<()> {
    let looks = look(kubectl)?;
    for course in courses {
        let Some(look) = looks.get(&course.autoscaler.name) else { continue };
        course.highest = course.highest.max(look.metric.unwrap_or_default());
        course.most_replicas = course.most_replicas.max(look.replicas);
        let has_grown = course.highest > course.autoscaler.threshold && course.most_replicas > course.autoscaler.least;
        if has_grown && course.grew.is_none() {
            course.grew = Some((load.to_owned(), began.elapsed()));
        }
    }
    Ok(())
}

/// Waits until each is as before, for as long as it says itself that it takes.
async fn descend(kubectl: &Kubectl, courses: &mut [Course]) -> anyhow::Result<()> {
    let ended = Instant::now();
    let longest = courses.iter().map(|course| course.autoscaler.stabilisation).max().unwrap_or_default();
    while courses.iter().any(|course| course.returned.is_none()) && ended.elapsed() < longest + SLACK {
        sleep(PULSE).await;
        let (looks, took) = (look(kubectl)?, ended.elapsed());
        for course in courses.iter_mut().filter(|course| course.returned.is_none()) {
            let Course { autoscaler, returned, .. } = course;
            let metric = looks.get(&autoscaler.name).and_then(|look| autoscaler.quiet(*look));
            *returned = metric.filter(|_| took < autoscaler.stabilisation + SLACK).map(|metric| (metric, took));
        }
    }
    Ok(())
}
