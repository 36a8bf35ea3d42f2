//! A task under one rule, and operators who vote for its images one after the other.

use std::time::Duration;

use anyhow::{Result, ensure};
use labelmesh_consensus::StopRule;
use labelmesh_identity::Reach;
use labelmesh_ids::{ImageId, SubtaskId, TaskId, UserId};
use subtasks::app::handing_out::lease::lease;
use subtasks::app::learning::learn::learn_due;
use subtasks::app::tasks::add_images::{Announced, add_images};
use subtasks::app::voting::vote::{Ballot, vote};
use subtasks::app::{App, Operator};
use subtasks::domain::{GoldRules, Spec, Terms};
use subtasks::store::subtasks::NewImage;
use tokio::time::Instant;
use uuid::Uuid;

const LABELS: [&str; 4] = ["cat", "dog", "owl", "fox"];
/// How many images are announced, and leased, at once.
const BATCH: usize = 500;
const HELD: u32 = 10;
/// One vote in so many is wrong.
const WRONG: u64 = 10;

/// A database with one task.
pub(super) struct Arena {
    app: App,
    task: TaskId,
    operators: Vec<Operator>,
    /// Whose turn is next.
    turn: usize,
    /// What the operator whose turn it is holds and has not voted for yet.
    held: Vec<(Operator, SubtaskId)>,
}

impl Arena {
    /// Announces the task and its images.
    pub(super) async fn open(app: App, stop: StopRule, images: usize, operators: usize) -> Result<Self> {
        let task = TaskId::from(Uuid::from_u128(1 << 64));
        let spec = Spec {
            owner_id: UserId::from(Uuid::from_u128(1 << 65)),
            title: "bench".to_owned(),
            instructions: String::new(),
            terms: Terms::new(LABELS.map(str::to_owned).to_vec(), stop),
            images: images as u64,
            gold: GoldRules::default(),
            one_vote_per_network: false,
            audience: None,
        };
        let random = labelmesh_clock::Random::seeded(1);
        let all: Vec<NewImage> = (0..images)
            .map(|number| NewImage {
                subtask_id: ImageId::new(app.clock.now(), random.bytes()).into(),
                blob_key: format!("images/{number}"),
                media_type: "image/png".to_owned(),
                gold: None,
            })
            .collect();
        for batch in all.chunks(BATCH) {
            let images = batch.to_vec();
            add_images(&app, &Announced { task_id: task, version: 1, spec: spec.clone(), images }).await?;
        }
        sqlx::raw_sql("VACUUM (ANALYZE)").execute(&app.pool).await?;
        let operators = (1..=operators as u128).map(|number| Operator::of(Reach::Own(Uuid::from_u128(number).into())));
        let operators = operators.collect::<Result<_, _>>()?;
        Ok(Self { app, task, operators, turn: 0, held: Vec::new() })
    }

    /// Lets so many votes be given, one at a time, and says how long each took. Leases are not counted.
    pub(super) async fn vote(&mut self, votes: usize) -> Result<Vec<Duration>> {
        let mut times = Vec::with_capacity(votes);
        while times.len() < votes {
            let Some((operator, subtask_id)) = self.held.pop() else {
                self.lease().await?;
                continue;
            };
            let label = label(operator, subtask_id).to_owned();
            let start = Instant::now();
            vote(&self.app, operator, Ballot { subtask_id, label }).await?;
            times.push(start.elapsed());
        }
        Ok(times)
    }

    async fn lease(&mut self) -> Result<()> {
        for _ in 0..self.operators.len() {
            let operator = self.operators[self.turn % self.operators.len()];
            self.turn += 1;
            let held = lease(&self.app, operator, HELD).await?.held;
            self.held.extend(held.iter().map(|held| (operator, held.subtask_id)));
            if !self.held.is_empty() {
                return Ok(());
            }
        }
        ensure!(!self.held.is_empty(), "nothing is left to vote for");
        Ok(())
    }

    /// Learns from the votes so far, if they are enough.
    pub(super) async fn learn(&self) -> Result<()> {
        learn_due(&self.app, self.task).await?;
        Ok(())
    }

    /// How many votes a decided image has got on average.
    pub(super) async fn votes_an_image(&self) -> Result<f64> {
        let votes: Option<f64> =
            sqlx::query_scalar("SELECT avg(votes)::float8 FROM subtask WHERE closed").fetch_one(&self.app.pool).await?;
        Ok(votes.unwrap_or_default())
    }

    /// How many decisions were made with a snapshot of reliabilities.
    pub(super) async fn decisions_by_reliability(&self) -> Result<i64> {
        let decisions = sqlx::query_scalar("SELECT count(*) FROM decision WHERE snapshot IS NOT NULL");
        Ok(decisions.fetch_one(&self.app.pool).await?)
    }
}

/// What an operator says about an image: mostly what it is.
fn label(operator: Operator, image: SubtaskId) -> &'static str {
    let image = image.uuid().as_u128() as u64;
    let mixed =
        (image ^ (operator.user_id().uuid().as_u128() as u64).rotate_left(40)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let slip = if (mixed >> 32).is_multiple_of(WRONG) { 1 + (mixed >> 60) % 3 } else { 0 };
    LABELS[((image % 4 + slip) % 4) as usize]
}
