//! A replay: a task, the votes in some order, and what was decided.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use futures::TryStreamExt as _;
use labelmesh_consensus::Method;
use labelmesh_sdk::{
    Client,
    tasks::{CreateTaskRequest, FinishTaskRequest, Result as Verdict, ResultState, SubmitTaskRequest, TaskProgress},
};
use labelmesh_visible::visible;
use rand::{SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use tokio::time::Instant;

use super::{Outcome, Rule, arrival::decided, cast::Cast, pictures::Pictures};
use crate::{
    commands::{
        import::{Album, Import, Lines, VoteLine, refused, send},
        tasks::{is_over, redecide, results::results, task, upload, watch},
    },
    exit::Failure,
    images::Found,
    output::Output,
    votes::{Problems, Truth, VotesLayout, open, rows},
};

/// The recorded votes, in the order of the file. Items and labels are what they look like.
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
            let (line, [item, worker, label]) = (row.line, row.texts());
            let [item, label] = [item, label].map(|text| visible(text).into_owned());
            if seen.insert(item.clone()) {
                votes.items.push(item.clone());
            }
            votes.labels.insert(label.clone());
            votes.rows.push((line, [item, worker.to_owned(), label]));
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
    pub(super) client: &'a Client,
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
        let request = CreateTaskRequest {
            title,
            labels: self.votes.labels.iter().cloned().collect(),
            policy: Some(rule.policy()),
            ..CreateTaskRequest::default()
        };
        let id = self.client.create_task(request).await?.task_id;
        let found = Found { files: pictures.files(), ..Found::default() };
        let summary = upload::upload(self.client, &id, found, upload::PARALLEL, self.output).await?;
        if let Some(failure) = summary.failure() {
            return Err(failure);
        }
        Ok(self.client.submit_task(SubmitTaskRequest { task_id: id }).await?.task_id)
    }

    /// Feeds the votes in the order of the seed; ends the task then, if it was made for it.
    pub(super) async fn play(&self, id: &str, seed: u64) -> Result<Outcome, Failure> {
        let begun = Instant::now();
        let album = Album::of(self.client, id).await?;
        let cast = Cast::of(&album, &self.votes.items, self.new);
        let before = task(self.client, id).await?;
        let (mut lines, mut problems) = (Lines::default(), Problems::default());
        for (line, [item, operator, label]) in &self.votes.rows {
            match cast.image(item) {
                Ok(image_id) => lines.add(*line, &VoteLine { image_id, operator, label }),
                Err(what) => problems.add(*line, what),
            }
        }
        let mut order: Vec<usize> = (0..lines.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let call = (self.client, Import::Votes, id);
        let sent = send(call, (&lines, &order), &mut problems, self.output).await?;
        // Half a replay would tell a wrong figure.
        if let Some(failure) = refused(&problems, &self.votes.file, lines.len()) {
            return Err(failure);
        }
        if self.new && !is_over(before.state()) {
            match self.client.finish_task(FinishTaskRequest { task_id: id.to_owned() }).await {
                Err(error) if error.reason() != "TASK_ENDED" => return Err(error.into()),
                _ => {}
            }
        }
        let expected = if self.new {
            // It is waited for the end.
            u64::MAX
        } else if sent.again {
            // The sums lack what was decided before the connection broke.
            decided(self.client, id, &self.results(id).await?).await?
        } else {
            before.decided + sent.sum("decided")
        };
        let enough = |progress: &TaskProgress| Ok(progress.decided >= expected);
        watch::follow(self.client, id, enough, |text| self.output.note(text)).await?;
        let results = self.results(id).await?;
        let mut outcome = self.outcome(id, seed, begun, (&cast, &results));
        if let Some(method) = self.again {
            redecide::redecide(self.client, id, method, self.output).await?;
            outcome.right_again = Some(self.right(&cast, &self.results(id).await?).0);
        }
        Ok(outcome)
    }

    async fn results(&self, id: &str) -> Result<Vec<Verdict>, Failure> {
        Ok(results(self.client, id).try_collect().await?)
    }

    /// How many results are the truth, and of how many it is known.
    fn right(&self, cast: &Cast<'_>, results: &[Verdict]) -> (usize, usize) {
        let decided = results.iter().filter(|result| result.state() == ResultState::Decided);
        let labels: HashMap<&str, &str> =
            decided.map(|result| (result.image_id.as_str(), result.label.as_str())).collect();
        let known = self.votes.items.iter().filter_map(|item| Some((item, self.truth.labels.get(item)?)));
        let is_right = |(item, truth): (&String, &String)| {
            let label = cast.image(item).ok().and_then(|image| labels.get(image));
            label.is_some_and(|label| visible(label) == visible(truth))
        };
        (known.clone().filter(|&pair| is_right(pair)).count(), known.count())
    }

    /// Compares what was decided with the truth.
    fn outcome(&self, task: &str, seed: u64, begun: Instant, (cast, results): (&Cast<'_>, &[Verdict])) -> Outcome {
        let (right, truths) = self.right(cast, results);
        let votes = results.iter().flat_map(|result| &result.votes);
        Outcome {
            seed,
            task: task.to_owned(),
            items: self.votes.items.len(),
            truths,
            right,
            right_again: None,
            decided: results.iter().filter(|result| result.state() == ResultState::Decided).count(),
            contested: results.iter().filter(|result| result.contested).count(),
            used: votes.map(|count| u64::from(count.votes)).sum(),
            votes: self.votes.len(),
            took: begun.elapsed(),
        }
    }
}
