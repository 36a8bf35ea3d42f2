//! Somebody ordinary, who notices what others do to the system.

use std::time::Duration;

use anyhow::Result;
use labelmesh_sdk::{
    Client, Role,
    tasks::{CreateTaskRequest, Policy},
    users::GetMeRequest,
};
use tokio::{
    task::JoinSet,
    time::{Instant, interval},
};

use crate::system::{person, picture};

/// The time between two of their calls.
const PACE: Duration = Duration::from_millis(100);
/// Which of their calls is an upload.
const UPLOADS: u32 = 10;

/// Somebody who asks who they are ten times a second, and once a second uploads a picture.
pub(crate) struct Honest {
    client: Client,
    task: String,
}

/// What they noticed, in milliseconds.
#[derive(Debug)]
pub(crate) struct Noticed {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) calls: usize,
    pub(crate) failed: usize,
}

impl Honest {
    pub(crate) async fn sign_in(gateway: &str) -> Result<Self> {
        let client = person(&Client::new(gateway)?, "honest", Role::Client).await?;
        let task = CreateTaskRequest {
            title: "Honest".to_owned(),
            labels: ["cat", "dog"].map(str::to_owned).into(),
            policy: Some(Policy { redundancy: 1, ..Policy::default() }),
            ..CreateTaskRequest::default()
        };
        let task = client.create_task(task).await?.task_id;
        Ok(Self { client, task })
    }

    /// Calls at an even pace, whether or not those before were answered.
    pub(crate) async fn watch(&self, time: Duration) -> Result<Noticed> {
        let (mut ticks, mut under_way, end) = (interval(PACE), JoinSet::new(), Instant::now() + time);
        let mut number = 0;
        while Instant::now() < end {
            ticks.tick().await;
            let (client, task) = (self.client.clone(), self.task.clone());
            let uploads = number % UPLOADS == 0;
            let file = picture(number)?;
            number += 1;
            under_way.spawn(async move {
                let began = Instant::now();
                let good = if uploads {
                    client.upload_files(&task, &[file]).await.is_ok()
                } else {
                    client.get_me(GetMeRequest {}).await.is_ok()
                };
                good.then(|| began.elapsed())
            });
        }
        Ok(Noticed::of(&under_way.join_all().await))
    }
}

impl Noticed {
    /// From how long each call took; none where it failed.
    pub(crate) fn of(calls: &[Option<Duration>]) -> Self {
        let mut times: Vec<f64> = calls.iter().flatten().map(|time| time.as_secs_f64() * 1_000.0).collect();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times.get((times.len() as f64 * share) as usize).or(times.last()).copied();
        let (p50, p99) = (at(0.5).unwrap_or(f64::NAN), at(0.99).unwrap_or(f64::NAN));
        Self { p50, p99, calls: calls.len(), failed: calls.len() - times.len() }
    }
}
