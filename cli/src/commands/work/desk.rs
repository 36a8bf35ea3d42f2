//! What an operator has before them: the images held, fetched ahead, and those just done.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use bytes::Bytes;
use chrono::DateTime;
use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_clock::Clock;
use serde_json::json;
use tokio::{task::JoinHandle, time::Instant};

use super::past::Past;
use crate::{
    api::{Api, Lease, Leases, Rpc, Shortage, VoteAnswer, field, is_passing, parse},
    exit::{Exit, Failure},
    output::counted,
};

/// Leases are prolonged at least this often and at most that often, whatever the clocks here and there say.
const OFTEN: Duration = Duration::from_secs(2);
const SELDOM: Duration = Duration::from_secs(30);

/// An image before the operator.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) lease: Lease,
    pub(super) image: Bytes,
    /// Voted for already: the operator has come back to it.
    pub(super) voted: bool,
}

/// What comes next.
pub(super) enum Next {
    Sheet(Sheet),
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

/// The images an operator holds.
pub(super) struct Desk {
    api: Api,
    clock: Clock,
    ahead: u32,
    wait: bool,
    held: VecDeque<Lease>,
    /// Nothing was heard of the last lease call, which may have handed out more than is held here.
    unheard: bool,
    /// When what is held is to be prolonged.
    due: Instant,
    images: HashMap<String, JoinHandle<Result<Bytes, Failure>>>,
    past: Past,
    counts: HashMap<String, u32>,
}

/// Why there is nothing to label.
fn why(shortage: &Shortage) -> String {
    let why = match (shortage.cause.as_str(), shortage.leased_by_others) {
        ("SHORTAGE_CAUSE_PAUSED", _) => {
            "You are paused in the tasks that are open: too many known images were labeled wrong."
        }
        ("SHORTAGE_CAUSE_UNQUALIFIED", _) => {
            "You can't qualify any more for the tasks that are open: too few known images were labeled right."
        }
        (_, 0) => "There is nothing more for you to label at present.",
        (_, 1) => "The last image is in another's hands.",
        (_, images) => return format!("The last {images} images are in the hands of others."),
    };
    why.to_owned()
}

impl Desk {
    pub(super) fn new(api: Api, ahead: u32, wait: bool) -> Self {
        Self {
            api,
            clock: Clock::system(),
            ahead,
            wait,
            held: VecDeque::new(),
            unheard: false,
            due: Instant::now() + SELDOM,
            images: HashMap::new(),
            past: Past::default(),
            counts: HashMap::new(),
        }
    }

    /// The image that is next. It stays the next until it is voted for or skipped.
    pub(super) async fn next(&mut self) -> Result<Next, Failure> {
        if let Some(sheet) = self.past.again() {
            return Ok(Next::Sheet(sheet));
        }
        if self.held.len() * 2 <= self.ahead as usize {
            let shortage = self.fill().await?;
            if self.held.is_empty() {
                return Ok(self.nothing(shortage.unwrap_or_default()));
            }
        }
        let lease = self.held[0].clone();
        let image = match self.images.remove(&lease.subtask_id) {
            Some(fetching) => fetching.await.map_err(|error| Failure::new(Exit::Unexpected, error.to_string()))?,
            None => fetch(self.api.clone(), lease.clone()).await,
        };
        match image {
            Ok(image) => Ok(Next::Sheet(Sheet { lease, image, voted: false })),
            // The lease ran out, as after a long pause: it is not ours any more.
            Err(failure) if failure.exit == Exit::NotFound => {
                self.held.pop_front();
                Box::pin(self.next()).await
            }
            Err(failure) => Err(failure),
        }
    }

    fn nothing(&self, shortage: Shortage) -> Next {
        let asked = shortage.retry_after.strip_suffix('s').and_then(|seconds| seconds.parse().ok());
        let asked = Duration::try_from_secs_f64(asked.unwrap_or(1.0)).unwrap_or(SELDOM).clamp(OFTEN / 10, SELDOM);
        let why = why(&shortage);
        match shortage.cause.as_str() {
            "SHORTAGE_CAUSE_NOTHING_OPEN" | "SHORTAGE_CAUSE_PAUSED" | "SHORTAGE_CAUSE_UNQUALIFIED" if !self.wait => {
                Next::Done(why)
            }
            _ => Next::Wait(why, asked),
        }
    }

    /// Brings what is held up to the number wanted, and begins to fetch the images.
    async fn fill(&mut self) -> Result<Option<Shortage>, Failure> {
        let answer = self.lease(self.ahead).await?;
        // The order on the desk stays; what ran out meanwhile is gone.
        self.held.retain(|held| answer.leases.iter().any(|lease| lease.subtask_id == held.subtask_id));
        for lease in answer.leases {
            match self.held.iter_mut().find(|held| held.subtask_id == lease.subtask_id) {
                Some(held) => *held = lease,
                None => {
                    let fetching = tokio::spawn(fetch(self.api.clone(), lease.clone()));
                    self.images.insert(lease.subtask_id.clone(), fetching);
                    self.held.push_back(lease);
                }
            }
        }
        self.due = self.in_half_of_the_time_left();
        Ok(answer.shortage)
    }

    /// Brings what the server says is held up to `count`; answers with all of it.
    async fn lease(&mut self, count: u32) -> Result<Leases, Failure> {
        self.unheard = true;
        let answer = self.api.call(&Rpc::LEASE, &[], Some(&json!({"count": count}))).await;
        self.unheard = answer.as_ref().is_err_and(|failure| failure.exit == Exit::Unavailable);
        parse(&answer?)
    }

    /// Votes for an image.
    pub(super) async fn vote(&mut self, sheet: &Sheet, label: &str) -> Result<Outcome, Failure> {
        let id = sheet.lease.subtask_id.as_str();
        let answered = self.api.call(&Rpc::VOTE, &[id], Some(&json!({"label": label}))).await;
        let outcome =
            self.settled(id, answered.and_then(|answer| parse::<VoteAnswer>(&answer)).map(|vote| vote.outcome))?;
        if let Outcome::Taken(_) = outcome {
            self.past.remember(sheet.clone());
        }
        Ok(outcome)
    }

    /// Gives an image back for good; one that was come back to keeps its vote.
    pub(super) async fn skip(&mut self, sheet: &Sheet) -> Result<Outcome, Failure> {
        if sheet.voted {
            self.past.remember(sheet.clone());
            return Ok(Outcome::Taken("left as it was".to_owned()));
        }
        let id = &sheet.lease.subtask_id;
        let answered = self.api.call(&Rpc::SKIP, &[id.as_str()], Some(&json!({}))).await;
        self.settled(id, answered.map(|_| "SKIPPED".to_owned()))
    }

    /// The image is off the desk; counts what became of it.
    fn settled(&mut self, id: &str, answered: Result<String, Failure>) -> Result<Outcome, Failure> {
        let outcome = match answered {
            Ok(outcome) => Outcome::Taken(outcome.trim_start_matches("VOTE_OUTCOME_").to_ascii_lowercase()),
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
    pub(super) fn back(&mut self, present: &Sheet) -> Option<Sheet> {
        let before = self.past.back(present)?;
        if !present.voted {
            let (id, image) = (present.lease.subtask_id.clone(), present.image.clone());
            self.images.insert(id, tokio::spawn(async move { Ok(image) }));
        }
        Some(before)
    }

    /// When what is held is to be prolonged.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// In half of the time that the first of the leases has left.
    fn in_half_of_the_time_left(&self) -> Instant {
        let now = self.clock.now();
        let ends = self.held.iter().filter_map(|lease| DateTime::parse_from_rfc3339(&lease.expires_at).ok());
        let left = ends.map(|end| (end.to_utc() - now).to_std().unwrap_or_default()).min();
        Instant::now() + left.map_or(SELDOM, |left| (left / 2).clamp(OFTEN, SELDOM))
    }

    /// Prolongs what is held. A server that is away for a moment is asked again soon.
    pub(super) async fn extend(&mut self) -> Result<(), Failure> {
        if self.held.is_empty() {
            self.due = Instant::now() + SELDOM;
            return Ok(());
        }
        let answer = match self.api.call(&Rpc::EXTEND, &[], Some(&json!({"subtaskIds": self.ids()}))).await {
            Err(failure) if is_passing(&failure) => {
                self.due = Instant::now() + OFTEN;
                return Ok(());
            }
            answer => answer?,
        };
        for extended in answer["leases"].as_array().into_iter().flatten() {
            let held = self.held.iter_mut().find(|lease| lease.subtask_id == field(extended, "subtaskId"));
            if let Some(held) = held {
                held.expires_at = field(extended, "expiresAt").to_owned();
            }
        }
        self.due = self.in_half_of_the_time_left();
        Ok(())
    }

    /// Gives back what is held, what a call handed out whose answer was not waited for included.
    pub(super) async fn release(&mut self) -> Result<(), Failure> {
        self.images.drain().for_each(|(_, fetching)| fetching.abort());
        if self.unheard {
            // The answer names all that is held. Where that was nothing it hands out one image, which goes back too.
            self.held = self.lease(1).await?.leases.into();
        }
        if self.held.is_empty() {
            return Ok(());
        }
        let body = json!({"subtaskIds": self.ids()});
        self.held.clear();
        self.api.call(&Rpc::RELEASE, &[], Some(&body)).await.map(|_| ())
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

    fn ids(&self) -> Vec<&str> {
        self.held.iter().map(|lease| lease.subtask_id.as_str()).collect()
    }
}

/// Whether the image was lost to time, which is nobody's fault.
fn is_late(failure: &Failure) -> bool {
    ["LEASE_EXPIRED", "IMAGE_DECIDED", "NEVER_LEASED", "NOT_FOUND"].iter().any(|reason| failure.is(reason))
}

async fn fetch(api: Api, lease: Lease) -> Result<Bytes, Failure> {
    if !lease.image_url.starts_with('/') {
        return api.outside(&lease.image_url).await;
    }
    let pieces = api.bytes(&Rpc::GET_SUBTASK_IMAGE, &lease.subtask_id, "").await?.boxed();
    let pieces: Vec<Bytes> = pieces.try_collect().await?;
    Ok(Bytes::from(pieces.concat()))
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::atomic::{AtomicBool, Ordering},
    };

    use serde_json::Value;
    use tokio::sync::mpsc;

    use super::*;
    use crate::api::stub;

    #[tokio::test]
    async fn what_a_call_handed_out_whose_answer_was_not_waited_for_is_given_back() {
        static ANSWERS: AtomicBool = AtomicBool::new(false);
        let (told, mut calls) = mpsc::unbounded_channel();
        let api = stub(move |path, body| {
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            told.send((path, body["subtaskIds"].clone())).expect("somebody listens");
            async {
                // The first call hands out and its answer never comes.
                let answers = ANSWERS.swap(true, Ordering::Relaxed);
                if answers { Some(r#"{"leases": [{"subtaskId": "a"}]}"#.to_owned()) } else { pending().await }
            }
        })
        .await;
        let mut desk = Desk::new(api, 5, false);
        let call = tokio::select! {
            _ = desk.next() => panic!("there was no answer"),
            call = calls.recv() => call,
        };
        assert_eq!(call, Some(("/v1/subtasks:lease".to_owned(), Value::Null)));
        assert_eq!(desk.release().await, Ok(()));
        assert_eq!(calls.try_recv(), Ok(("/v1/subtasks:lease".to_owned(), Value::Null)));
        assert_eq!(calls.try_recv(), Ok(("/v1/subtasks:release".to_owned(), json!(["a"]))));
    }
}
