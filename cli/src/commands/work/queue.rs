//! The images that an operator holds, fetched ahead, and those just done.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use labelmesh_clock::Clock;
use labelmesh_sdk::{Client, Error, subtasks::*};
use tokio::{task::JoinHandle, time::Instant};

use super::{history::History, image::LeasedImage};
use crate::{
    exit::{Exit, Failure},
    output::{counted, word},
};

/// Leases are prolonged at least this often and at most that often, whatever the clocks here and there say.
const OFTEN: Duration = Duration::from_secs(2);
const SELDOM: Duration = Duration::from_secs(30);

/// What comes next.
pub(super) enum Next {
    Image(LeasedImage),
    /// Nothing at present: why, and when to ask again.
    Wait(String, Duration),
    /// Nothing is left to do; why.
    Done(String),
}

/// What became of a vote or a skip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was taken; the contract's word for how.
    Taken(String),
    /// It came too late; why.
    Late(String),
}

/// The images that an operator holds.
pub(super) struct Queue {
    client: Client,
    clock: Clock,
    ahead: u32,
    wait: bool,
    held: VecDeque<Lease>,
    /// Nothing was heard of the last lease call, which may have handed out more than is held here.
    unheard: bool,
    /// When what is held is to be prolonged.
    due: Instant,
    pictures: HashMap<String, JoinHandle<Result<Bytes, Failure>>>,
    history: History,
    counts: HashMap<String, u32>,
}

/// Why there is nothing to label.
fn why(shortage: &Shortage) -> String {
    let why = match (shortage.cause(), shortage.leased_by_others) {
        (ShortageCause::Paused, _) => {
            "You are paused in the tasks that are open: by their owners, or for known images that were labeled wrong."
        }
        (ShortageCause::Unqualified, _) => {
            "You can't qualify any more for the tasks that are open: too few known images were labeled right."
        }
        (ShortageCause::Lapsed, _) => {
            "Your leases ran out several times within the last hour. Label what you hold to be handed more."
        }
        (ShortageCause::NotInvited, _) => {
            "No task is open to you: a client has to invite you. Invitations to you: labelmesh groups invitations."
        }
        (ShortageCause::OwnTasks, _) => "Only your own tasks are open, and who owns a task does not label it.",
        (_, 0) => "There is nothing more for you to label at present.",
        (_, 1) => "The last image is in another's hands.",
        (_, images) => return format!("The last {images} images are in the hands of others."),
    };
    why.to_owned()
}

impl Queue {
    pub(super) fn new(client: Client, ahead: u32, wait: bool) -> Self {
        Self {
            client,
            clock: Clock::system(),
            ahead,
            wait,
            held: VecDeque::new(),
            unheard: false,
            due: Instant::now() + SELDOM,
            pictures: HashMap::new(),
            history: History::default(),
            counts: HashMap::new(),
        }
    }

    /// The image that is next. It stays the next until it is voted for or skipped.
    pub(super) async fn next(&mut self) -> Result<Next, Failure> {
        if let Some(image) = self.history.again() {
            return Ok(Next::Image(image));
        }
        if self.held.len() * 2 <= self.ahead as usize {
            let shortage = self.fill().await?;
            if self.held.is_empty() {
                return Ok(self.nothing(shortage.unwrap_or_default()));
            }
        }
        let lease = self.held[0].clone();
        let picture = match self.pictures.remove(&lease.subtask_id) {
            Some(fetching) => fetching.await.map_err(|error| Failure::new(Exit::Unexpected, error.to_string()))?,
            None => fetch(self.client.clone(), lease.image_url.clone()).await,
        };
        match picture {
            Ok(picture) => Ok(Next::Image(LeasedImage { lease, picture, voted: false })),
            // The lease ran out, as after a long pause: it is not ours any more.
            Err(failure) if failure.exit == Exit::NotFound => {
                self.held.pop_front();
                Box::pin(self.next()).await
            }
            Err(failure) => Err(failure),
        }
    }

    fn nothing(&self, shortage: Shortage) -> Next {
        let asked = shortage.retry_after.and_then(|wait| Duration::try_from(wait).ok());
        let asked = asked.unwrap_or(Duration::from_secs(1)).clamp(OFTEN / 10, SELDOM);
        let why = why(&shortage);
        match shortage.cause() {
            ShortageCause::NothingOpen
            | ShortageCause::Paused
            | ShortageCause::Unqualified
            | ShortageCause::OwnTasks
            | ShortageCause::NotInvited
                if !self.wait =>
            {
                Next::Done(why)
            }
            _ => Next::Wait(why, asked),
        }
    }

    /// Brings what is held up to the number wanted, and begins to fetch the images.
    async fn fill(&mut self) -> Result<Option<Shortage>, Failure> {
        let answer = self.lease(self.ahead).await?;
        // The order of the queue stays; what ran out meanwhile is gone.
        self.held.retain(|held| answer.leases.iter().any(|lease| lease.subtask_id == held.subtask_id));
        for lease in answer.leases {
            match self.held.iter_mut().find(|held| held.subtask_id == lease.subtask_id) {
                Some(held) => *held = lease,
                None => {
                    let fetching = tokio::spawn(fetch(self.client.clone(), lease.image_url.clone()));
                    self.pictures.insert(lease.subtask_id.clone(), fetching);
                    self.held.push_back(lease);
                }
            }
        }
        self.due = self.in_half_of_the_time_left();
        Ok(answer.shortage)
    }

    /// Brings what the server says is held up to `count`; answers with all of it.
    async fn lease(&mut self, count: u32) -> Result<LeaseSubtasksResponse, Failure> {
        self.unheard = true;
        let request = LeaseSubtasksRequest { count, tasks_apart: true };
        let answer = self.client.lease_subtasks(request).await.map_err(Failure::from);
        self.unheard = answer.as_ref().is_err_and(|failure| failure.exit == Exit::Unavailable);
        answer.map(with_texts)
    }

    /// Votes for an image.
    pub(super) async fn vote(&mut self, image: &LeasedImage, label: &str) -> Result<Outcome, Failure> {
        let subtask_id = image.lease.subtask_id.clone();
        let answered = self.client.vote(VoteRequest { subtask_id, label: label.to_owned() }).await;
        let taken = answered.map(|vote| word(vote.outcome().as_str_name(), "VOTE_OUTCOME_"));
        let outcome = self.settled(&image.lease.subtask_id, taken)?;
        if let Outcome::Taken(_) = outcome {
            self.history.remember(image.clone());
        }
        Ok(outcome)
    }

    /// Gives an image back for good; one that was come back to keeps its vote.
    pub(super) async fn skip(&mut self, image: &LeasedImage, reason: SkipReason) -> Result<Outcome, Failure> {
        if image.voted {
            self.history.remember(image.clone());
            return Ok(Outcome::Taken("left as it was".to_owned()));
        }
        let subtask_id = image.lease.subtask_id.clone();
        let answered = self.client.skip_subtask(SkipSubtaskRequest { subtask_id, reason: reason.into() }).await;
        self.settled(&image.lease.subtask_id, answered.map(|_| "skipped".to_owned()))
    }

    /// Takes an image out of the queue, and counts what became of it.
    fn settled(&mut self, id: &str, answered: Result<String, Error>) -> Result<Outcome, Failure> {
        let outcome = match answered.map_err(Failure::from) {
            Ok(outcome) => Outcome::Taken(outcome),
            Err(failure) if is_late(&failure) => Outcome::Late(failure.message),
            Err(failure) => return Err(failure),
        };
        self.held.retain(|lease| lease.subtask_id != id);
        let counted = match &outcome {
            Outcome::Taken(outcome) => outcome.clone(),
            Outcome::Late(_) => "too late".to_owned(),
        };
        *self.counts.entry(counted).or_default() += 1;
        Ok(outcome)
    }

    /// The image voted for last, to vote for again. The present one comes after it.
    pub(super) fn back(&mut self, present: &LeasedImage) -> Option<LeasedImage> {
        let before = self.history.back(present)?;
        if !present.voted {
            let (id, picture) = (present.lease.subtask_id.clone(), present.picture.clone());
            self.pictures.insert(id, tokio::spawn(async move { Ok(picture) }));
        }
        Some(before)
    }

    /// When what is held is to be prolonged.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// In half of the time that the first of the leases has left.
    fn in_half_of_the_time_left(&self) -> Instant {
        let now = SystemTime::from(self.clock.now());
        let ends = self.held.iter().filter_map(|lease| SystemTime::try_from(lease.expires_at?).ok());
        let left = ends.map(|end| end.duration_since(now).unwrap_or_default()).min();
        Instant::now() + left.map_or(SELDOM, |left| (left / 2).clamp(OFTEN, SELDOM))
    }

    /// Prolongs what is held. A server that is away for a moment is asked again soon.
    pub(super) async fn extend(&mut self) -> Result<(), Failure> {
        if self.held.is_empty() {
            self.due = Instant::now() + SELDOM;
            return Ok(());
        }
        let request = ExtendLeasesRequest { subtask_ids: self.ids() };
        let answer = match self.client.extend_leases(request).await {
            Err(error) if error.is_passing() => {
                self.due = Instant::now() + OFTEN;
                return Ok(());
            }
            answer => answer?,
        };
        for extended in answer.leases {
            let held = self.held.iter_mut().find(|lease| lease.subtask_id == extended.subtask_id);
            if let Some(held) = held {
                held.expires_at = extended.expires_at;
            }
        }
        self.due = self.in_half_of_the_time_left();
        Ok(())
    }

    /// Gives back what is held, what a call handed out whose answer was not waited for included.
    pub(super) async fn release(&mut self) -> Result<(), Failure> {
        self.pictures.drain().for_each(|(_, fetching)| fetching.abort());
        if self.unheard {
            // The answer names all that is held. Where that was nothing it hands out one image, which goes back too.
            self.held = self.lease(1).await?.leases.into();
        }
        if self.held.is_empty() {
            return Ok(());
        }
        let request = ReleaseSubtasksRequest { subtask_ids: self.ids() };
        self.held.clear();
        self.client.release_subtasks(request).await?;
        Ok(())
    }

    /// How many images are held.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// How many votes were given.
    pub(super) fn voted(&self) -> u32 {
        ["counted", "surplus", "unchanged"].iter().filter_map(|outcome| self.counts.get(*outcome)).sum()
    }

    /// What was done, in a line, and whether all that was held is given back.
    pub(super) fn farewell(&self, released: bool) -> String {
        let mut counts: Vec<String> = self.counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        counts.sort();
        let details = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        let labeled = counted(self.voted().into(), "image");
        let held = if released { " Nothing is held any more." } else { "" };
        format!("{labeled} labeled{details}.{held} Thank you!")
    }

    fn ids(&self) -> Vec<String> {
        self.held.iter().map(|lease| lease.subtask_id.clone()).collect()
    }
}

/// The same answer with the texts of its tasks on each lease, also where the server tells them apart.
fn with_texts(mut answer: LeaseSubtasksResponse) -> LeaseSubtasksResponse {
    for lease in &mut answer.leases {
        if let Some(task) = answer.tasks.iter().find(|task| task.task_id == lease.task_id) {
            lease.title.clone_from(&task.title);
            lease.instructions.clone_from(&task.instructions);
            lease.labels.clone_from(&task.labels);
        }
    }
    answer
}

/// Whether the image was lost to time, which is nobody's fault.
fn is_late(failure: &Failure) -> bool {
    ["LEASE_EXPIRED", "IMAGE_DECIDED", "NEVER_LEASED", "NOT_FOUND"].iter().any(|reason| failure.is(reason))
}

async fn fetch(client: Client, image_url: String) -> Result<Bytes, Failure> {
    Ok(client.picture(&image_url).await?)
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::atomic::{AtomicBool, Ordering},
    };

    use serde_json::{Value, json};
    use tokio::sync::mpsc;

    use super::*;
    use crate::stub::stub;

    #[tokio::test]
    async fn what_a_call_handed_out_whose_answer_was_not_waited_for_is_given_back() {
        static ANSWERS: AtomicBool = AtomicBool::new(false);
        let (told, mut calls) = mpsc::unbounded_channel();
        let client = stub(move |path, body| {
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            told.send((path, body["subtaskIds"].clone())).expect("somebody listens");
            async {
                // The first call hands out and its answer never comes.
                let answers = ANSWERS.swap(true, Ordering::Relaxed);
                if answers { Some(r#"{"leases": [{"subtaskId": "a"}]}"#.to_owned()) } else { pending().await }
            }
        })
        .await;
        let mut queue = Queue::new(client, 5, false);
        let call = tokio::select! {
            _ = queue.next() => panic!("there was no answer"),
            call = calls.recv() => call,
        };
        assert_eq!(call, Some(("/v1/subtasks:lease".to_owned(), Value::Null)));
        assert_eq!(queue.release().await, Ok(()));
        assert_eq!(calls.try_recv(), Ok(("/v1/subtasks:lease".to_owned(), Value::Null)));
        assert_eq!(calls.try_recv(), Ok(("/v1/subtasks:release".to_owned(), json!(["a"]))));
    }
}
