//! The body of a call that was let in: within the memory there is, and at a pace.

use http_body::Body as _;
use labelmesh_errors::{Error, Reason, Result};
use tokio::time::timeout;
use tonic::body::Body;

use crate::{
    app::App,
    call::Call,
    memory::{Reserved, UPLOAD_BYTES},
    pace::{Pace, Paced, Slow},
};

/// A client that sends a file may have to fetch it first.
const PATIENCE_WITH_FILES: u32 = 3;

/// The body of a call that was let in.
pub(crate) struct Incoming {
    pub(crate) body: Body,
    /// Told where it comes too slowly.
    pub(crate) slow: Slow,
    /// Memory for a request of one message, for as long as that is kept. An upload has its memory until its answer has
    /// ended.
    pub(crate) memory: Option<Reserved>,
}

impl Incoming {
    /// Makes room for a body. `unpacked` is how many times its size the message takes that is made of it.
    ///
    /// # Errors
    /// OVERLOADED where there is no room, or no turn for one more upload of the same user.
    pub(crate) async fn of(app: &App, call: &Call, body: Body, unpacked: usize) -> Result<Self> {
        let mut pace = app.pace;
        let memory = if call.method.streams_in {
            pace = Pace { patience: pace.patience * PATIENCE_WITH_FILES, ..pace };
            let turn = match call.session() {
                Some(session) => Some(turn(app, call, session.user_id()).await?),
                None => None,
            };
            call.seat().keep_upload(turn, app.memory.reserve(call, UPLOAD_BYTES)?);
            None
        } else {
            let limit = call.method.max_request_bytes as u64;
            let bytes = if body.is_end_stream() { 0 } else { body.size_hint().exact().unwrap_or(limit).min(limit) };
            Some(app.memory.reserve(call, bytes as usize * unpacked)?)
        };
        let (body, slow) = Paced::new(body, pace);
        Ok(Self { body: Body::new(body), slow, memory })
    }
}

async fn turn(app: &App, call: &Call, user_id: &str) -> Result<crate::memory::Turn> {
    timeout(call.method.deadline, app.turns.take(user_id)).await.map_err(|_| {
        let error = Error::new(Reason::Overloaded, "too many uploads at once");
        error.retry_after(call.method.deadline)
    })
}
