//! The results of an upload, on their way back to the client.

use std::time::Duration;

use bytes::Bytes;
use labelmesh_errors::{Error, Reason};
use labelmesh_transcode::{Route, to_json};
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot::error::{RecvError, TryRecvError},
    },
    time::{Instant, sleep_until},
};
use tonic::{Status, Streaming};

use super::forward::Forwarded;
use crate::{lifeline::Lifeline, rest::status::Refused};

/// How long the service may take to answer what it got of an upload that broke off.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Gathers the results.
pub(super) struct Results {
    pub(super) route: Route,
    pub(super) answers: Streaming<Bytes>,
    pub(super) lifeline: Lifeline,
    pub(super) lines: mpsc::Sender<Result<Bytes, Refused>>,
    pub(super) forwarded: Forwarded,
}

impl Results {
    /// Hands on a line for each result, and at the end the reason where the upload did not end well.
    pub(super) async fn gather(mut self) {
        let mut sent = Sent::NotYet;
        let refused = loop {
            let answer = tokio::select! {
                answer = self.answers.message() => answer,
                status = &mut self.lifeline => Err(status),
                // The client is gone: dropping the call tells the service.
                () = self.lines.closed() => return,
                end = &mut self.forwarded, if matches!(sent, Sent::NotYet) => {
                    sent = Sent::of(end);
                    continue;
                }
                () = sent.is_late() => break sent.fault(),
            };
            match answer.and_then(|answer| answer.map(|answer| line(&self.route, &answer)).transpose()) {
                Ok(Some(line)) => match self.lines.try_send(Ok(line)) {
                    Ok(()) => {}
                    Err(TrySendError::Closed(_)) => return,
                    Err(TrySendError::Full(_)) => break Some(too_many()),
                },
                Ok(None) => break sent.now(&mut self.forwarded).fault(),
                // What the service says of an upload that broke off says less than what broke it off.
                Err(status) => break sent.now(&mut self.forwarded).own_fault().or(Some(status.into())),
            }
        };
        let Self { answers, lines, .. } = self;
        // Ends the call, so that the client need not send what nobody takes.
        drop(answers);
        if let Some(refused) = refused {
            let _ = lines.send(Err(refused)).await;
        }
    }
}

/// How the sending of an upload ended.
enum Sent {
    NotYet,
    Well,
    /// By the client's own fault; the service gets a moment to answer what it got.
    Badly(Refused, Instant),
    /// The service wanted no more.
    Unread,
}

impl Sent {
    fn of(end: Result<Result<(), Refused>, RecvError>) -> Self {
        match end {
            Ok(Ok(())) => Self::Well,
            Ok(Err(refused)) => Self::Badly(refused, Instant::now() + LAST_ANSWERS),
            Err(_) => Self::Unread,
        }
    }

    /// The end as it is known now.
    fn now(self, forwarded: &mut Forwarded) -> Self {
        match self {
            Self::NotYet => match forwarded.try_recv() {
                Ok(end) => Self::of(Ok(end)),
                Err(TryRecvError::Empty | TryRecvError::Closed) => Self::Unread,
            },
            known => known,
        }
    }

    /// Ends when the service has had its moment, and never where it needs none.
    async fn is_late(&self) {
        match self {
            Self::Badly(_, late) => sleep_until(*late).await,
            Self::NotYet | Self::Well | Self::Unread => std::future::pending().await,
        }
    }

    /// The fault of the client.
    fn own_fault(self) -> Option<Refused> {
        match self {
            Self::Badly(refused, _) => Some(refused),
            Self::NotYet | Self::Well | Self::Unread => None,
        }
    }

    /// Why the upload did not end well, now that the service has answered all that it got.
    fn fault(self) -> Option<Refused> {
        match self {
            Self::Well => None,
            Self::Badly(refused, _) => Some(refused),
            Self::NotYet | Self::Unread => {
                Some(Error::new(Reason::Unavailable, "the upload was ended before all of it was read").into())
            }
        }
    }
}

fn line(route: &Route, answer: &[u8]) -> Result<Bytes, Status> {
    let answer = route.decode_answer(answer).map_err(Error::internal)?;
    let json = to_json(&answer).map_err(Error::internal)?;
    Ok((json + "\n").into())
}

fn too_many() -> Refused {
    Error::new(Reason::Overloaded, "too many results wait to be read: read while you send, or send fewer files").into()
}
