//! The results of an upload, on their way back to the client.

use bytes::Bytes;
use labelmesh_errors::{Error, Reason};
use labelmesh_transcode::{Route, to_json};
use tokio::sync::mpsc::{self, error::TrySendError};
use tonic::{Status, Streaming};

use super::forward::Forwarded;
use crate::{lifeline::Lifeline, rest::status::Refused};

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
        let refused = loop {
            let answer = tokio::select! {
                answer = self.answers.message() => answer,
                status = &mut self.lifeline => Err(status),
                // The client is gone: dropping the call tells the service.
                () = self.lines.closed() => return,
            };
            match answer.and_then(|answer| answer.map(|answer| line(&self.route, &answer)).transpose()) {
                Ok(Some(line)) => match self.lines.try_send(Ok(line)) {
                    Ok(()) => {}
                    Err(TrySendError::Closed(_)) => return,
                    Err(TrySendError::Full(_)) => break Some(too_many()),
                },
                Ok(None) => break self.client_error(),
                Err(status) => break Some(status.into()),
            }
        };
        let Self { answers, lines, .. } = self;
        // Ends the call, so that the client need not send what nobody takes.
        drop(answers);
        if let Some(refused) = refused {
            let _ = lines.send(Err(refused)).await;
        }
    }

    /// The fault of the upload itself, now that the service has answered all that it got.
    fn client_error(&mut self) -> Option<Refused> {
        match self.forwarded.try_recv() {
            Ok(Ok(())) => None,
            Ok(Err(refused)) => Some(refused),
            Err(_) => Some(Error::new(Reason::Unavailable, "the upload was ended before all of it was read").into()),
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
