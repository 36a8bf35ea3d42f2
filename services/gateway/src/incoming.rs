//! The body of a call that was let in: within the memory there is, and at a pace.

use std::sync::Arc;

use http_body::Body as _;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_server::listen::Pace;
use tokio::time::timeout;
use tonic::body::Body;

use crate::{
    app::App,
    call::Call,
    memory::{Reserved, Turn, Turns, UPLOAD_BYTES},
    pace::{Paced, Slow},
};

/// A client that sends a file may have to fetch it first.
const PATIENCE_WITH_FILES: u32 = 3;

/// The body of a call that was let in.
pub(crate) struct Incoming {
    pub(crate) body: Body,
    /// Told where it comes too slowly.
    pub(crate) slow: Slow,
    /// What a request of one message has until it is answered. An upload has its own until its answer has ended.
    pub(crate) held: Option<Held>,
}

/// What a request of one message has until it is answered.
pub(crate) struct Held {
    _memory: Reserved,
    /// None for a stream of answers, and for a stranger in a network without a bound of its own.
    _turn: Option<Turn>,
}

impl Incoming {
    /// Makes room for a body, and waits for the caller's turn. `unpacked` is how many times its size the message takes
    /// that is made of it.
    ///
    /// # Errors
    /// OVERLOADED where there is no room, or no turn for one more call of the same user.
    pub(crate) async fn of(app: &App, call: &Call, body: Body, unpacked: usize) -> Result<Self> {
        let mut pace = app.pace;
        let held = if call.method.streams_in {
            pace = Pace { patience: pace.patience * PATIENCE_WITH_FILES, ..pace };
            let turn = match call.session() {
                Some(session) => Some(turn(&app.upload_turns, call, session.user_id()).await?),
                None => None,
            };
            call.seat().keep_upload(turn, app.memory.reserve(call, UPLOAD_BYTES)?);
            None
        } else {
            let limit = call.method.max_request_bytes as u64;
            let bytes = if body.is_end_stream() { 0 } else { body.size_hint().exact().unwrap_or(limit).min(limit) };
            let memory = app.memory.reserve(call, bytes as usize * unpacked)?;
            let turn = match call.holder().filter(|_| !call.method.streams_out) {
                Some(holder) => Some(turn(&app.call_turns, call, holder.key()).await?),
                None => None,
            };
            Some(Held { _memory: memory, _turn: turn })
        };
        let (body, slow) = Paced::new(body, pace);
        Ok(Self { body: Body::new(body), slow, held })
    }
}

async fn turn(turns: &Arc<Turns>, call: &Call, whose: impl Into<String>) -> Result<Turn> {
    timeout(call.method.deadline, turns.take(whose.into())).await.map_err(|_| {
        let error = Error::new(Reason::Overloaded, "too many calls of yours are under way");
        error.retry_after(call.method.deadline)
    })
}
