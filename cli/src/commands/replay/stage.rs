//! A replay: a task, the votes in some order, and what was decided.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use futures::TryStreamExt as _;
use labelmesh_consensus::Method;
use rand::{SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Outcome, Rule, arrival::decided, cast::Cast, pictures::Pictures};
use crate::{
    api::{Api, Progress, Rpc, Task, Verdict, count, field, parse},
    commands::{
        import::{Album, Lines, VoteLine, refused, send},
        tasks::{redecide, upload, watch},
    },
    exit::Failure,
    images::Found,
    output::Output,
    votes::{Problems, Truth, VotesLayout, open, rows},
};

/// The recorded votes, in the order of the file.
pub(super) struct Votes {
    file: String,
    rows: Vec<(u64, [String; 3])>,
    items: Vec<String>,
    labels: BTreeSet<String>,
}

impl Votes {
    pub(super) fn read(path: &Path, layout: &VotesLayout) -> Result<Self, Failure> {
        let mut votes =
            Self { file: path.display().to_string(), rows: Vec::new(), items: Vec::new(), labels: BTreeSet::new() };
        let mut seen = BTreeSet::new();
        let problems = rows(open(path)?, layout.columns(), layout.options(), |row| {
            let (line, row) = (row.line, row.texts::<3>());
            if seen.insert(row[0].to_owned()) {
                votes.items.push(row[0].to_owned());
            }
            votes.labels.insert(row[2].to_owned());
            votes.rows.push((line, row.map(str::to_owned)));
            Ok(())
        })?;
        if problems.count > 0 { Err(problems.failure(&votes.file)) } else { Ok(votes) }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn items(&self) -> &[String] {
        &self.items
    }
}

/// What replays share.
pub(super) struct Stage<'a> {
    pub(super) api: &'a Api,
    pub(super) votes: &'a Votes,
    pub(super) truth: &'a Truth,
    /// Whether tasks are made for it, and ended with the last vote.
    pub(super) new: bool,
    /// How to decide a completed task once more.
    pub(super) again: Option<Method>,
    pub(super) output: Output,
}

impl Stage<'_> {
    /// Makes a task and opens it.
    pub(super) async fn build(&self, rule: &Rule, pictures: &Pictures, seed: u64) -> Result<String, Failure> {
        let title = format!("Replay by {rule}, seed {seed}");
        let body = json!({"title": title, "labels": self.votes.labels, "policy": rule.policy()});
        let task = self.api.call(&Rpc::CREATE_TASK, &[], Some(&self.api.with_request_id(body))).await?;
        let id = field(&task, "taskId").to_owned();
        let found = Found { files: pictures.files(), ..Found::default() };
        let summary = upload::upload(self.api, &id, found, upload::PARALLEL, self.output).await?;
        if let Some(failure) = summary.failure() {
            return Err(failure);
        }
        self.api.call(&Rpc::SUBMIT_TASK, &[&id], Some(&json!({}))).await?;
        Ok(id)
    }

    /// Feeds the votes in the order of the seed; ends the task then, if it was made for it.
    pub(super) async fn play(&self, task: &str, seed: u64) -> Result<Outcome, Failure> {
        let begun = Instant::now();
        let album = Album::of(self.api, task).await?;
        let cast = Cast::of(&album, &self.votes.items, self.new);
        let before: Task = parse(&self.api.call(&Rpc::GET_TASK, &[task], None).await?)?;
        let (mut lines, mut problems) = (Lines::default(), Problems::default());
        for (line, [item, operator, label]) in &self.votes.rows {
            match cast.image(item) {
                Ok(image_id) => lines.add(*line, &VoteLine { image_id, operator, label }),
                Err(what) => problems.add(*line, what),
            }
        }
        let mut order: Vec<usize> = (0..lines.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let call = (self.api, &Rpc::IMPORT_VOTES, task);
        let sent = send(call, (&lines, &order), &mut problems, self.output).await?;
        // Half a replay would tell a wrong figure.
        if let Some(failure) = refused(&problems, &self.votes.file, lines.len()) {
            return Err(failure);
        }
        if self.new && !before.state.is_over() {
            match self.api.call(&Rpc::FINISH_TASK, &[task], Some(&json!({}))).await {
                Err(failure) if !failure.is("TASK_ENDED") => return Err(failure),
                _ => {}
            }
        }
        let expected = if self.new {
            // It is waited for the end.
            u64::MAX
        } else if sent.again {
            // The sums lack what was decided before the connection broke.
            decided(self.api, task, &self.results(task).await?).await?
        } else {
            before.decided + sent.sum("decided")
        };
        let enough = |_: &Value, progress: &Progress| Ok(progress.decided >= expected);
        watch::follow(self.api, task, enough, |text| self.output.note(text)).await?;
        let results = self.results(task).await?;
        let mut outcome = self.outcome(task, seed, begun, (&cast, &results))?;
        if let Some(method) = self.again {
            redecide::redecide(self.api, task, method, self.output).await?;
            outcome.right_again = Some(self.right(&cast, &self.results(task).await?)?.0);
        }
        Ok(outcome)
    }

    async fn results(&self, task: &str) -> Result<Vec<Value>, Failure> {
        self.api.list(&Rpc::LIST_RESULTS, &[task], "results", usize::MAX).try_collect().await
    }

    /// How many results are the truth, and of how many it is known.
    fn right(&self, cast: &Cast<'_>, results: &[Value]) -> Result<(usize, usize), Failure> {
        let mut labels = HashMap::new();
        for result in results {
            let known: Verdict = parse(result)?;
            if known.state == "RESULT_STATE_DECIDED" {
                labels.insert(known.image_id, known.label);
            }
        }
        let known = self.votes.items.iter().filter_map(|item| Some((item, self.truth.labels.get(item)?)));
        let is_right = |(item, truth): (&String, &String)| {
            cast.image(item).ok().and_then(|image| labels.get(image)) == Some(truth)
        };
        Ok((known.clone().filter(|&pair| is_right(pair)).count(), known.count()))
    }

    /// Compares what was decided with the truth.
    fn outcome(
        &self,
        task: &str,
        seed: u64,
        begun: Instant,
        (cast, results): (&Cast<'_>, &[Value]),
    ) -> Result<Outcome, Failure> {
        let verdicts = results.iter().map(parse::<Verdict>).collect::<Result<Vec<_>, _>>()?;
        let (right, truths) = self.right(cast, results)?;
        let votes = results.iter().flat_map(|result| result["votes"].as_array().into_iter().flatten());
        Ok(Outcome {
            seed,
            task: task.to_owned(),
            items: self.votes.items.len(),
            truths,
            right,
            right_again: None,
            decided: verdicts.iter().filter(|known| known.state == "RESULT_STATE_DECIDED").count(),
            contested: verdicts.iter().filter(|known| known.contested).count(),
            used: votes.map(|votes| count(votes, "votes")).sum(),
            votes: self.votes.len(),
            took: begun.elapsed(),
        })
    }
}
