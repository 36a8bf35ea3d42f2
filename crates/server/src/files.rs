//! Calls that take a task's files part by part and report on them meanwhile.

use std::future::ready;

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_ids::TaskId;
use labelmesh_proto::r#type::v1::Part;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tonic::{Status, Streaming};
use tracing::Instrument as _;

use crate::Acting;

/// The task that the first message names, what else `head` finds in that, and the parts of all messages. `take` gives
/// the task's id, which is empty on later messages, and the part of a message.
///
/// # Errors
/// FIELD_INVALID where the first message names no task; within the stream, where another one names another task, or
/// carries no part.
pub async fn parts<M: Send + 'static, H>(
    mut messages: Streaming<M>,
    head: impl FnOnce(&M) -> H,
    take: impl Fn(M) -> (String, Option<Part>) + Send + 'static,
) -> Result<(TaskId, H, BoxStream<'static, Result<Part>>), Status> {
    let Some(first) = messages.message().await? else {
        return Err(Error::invalid("task_id", "is required on the first message").into());
    };
    let head = head(&first);
    let (id, part) = take(first);
    let task: TaskId = parse_field("task_id", &id)?;
    let rest = messages.map(move |message| message.map(&take).map_err(|status| Error::of_stream(&status)));
    let parts = stream::iter([Ok((id, part))]).chain(rest).map(move |message: Result<(String, Option<Part>)>| {
        let (id, part) = message?;
        if !id.is_empty() && id.parse() != Ok(task) {
            return Err(Error::invalid("task_id", "must be the same on all messages"));
        }
        part.ok_or_else(|| Error::invalid("part", "is required"))
    });
    Ok((task, head, parts.boxed()))
}

/// Does work and streams its reports as answers. The work goes on while nobody reads, until `unread` reports wait. It
/// ends when the stream is dropped.
pub fn reports<R, W, T>(
    unread: usize,
    work: impl FnOnce(mpsc::Sender<R>) -> W,
    answer: impl Fn(R) -> T + Send + 'static,
) -> BoxStream<'static, Result<T, Status>>
where
    R: Send + 'static,
    W: Future<Output = Result<()>> + Send + 'static,
    T: Send + 'static,
{
    let (sender, reports) = mpsc::channel(unread);
    let work = Acting::scope(Acting::current(), work(sender)).in_current_span();
    let work = AbortOnDropHandle::new(tokio::spawn(work));
    let reports = stream::unfold(reports, |mut reports| async move { Some((reports.recv().await?, reports)) });
    // Once the channel is closed the work is done, and may have failed.
    let failure = stream::once(async move { work.await.map_err(Error::internal).flatten() });
    let failure = failure.filter_map(|ended| ready(ended.err().map(|error| Err(error.into()))));
    reports.map(move |report| Ok(answer(report))).chain(failure).boxed()
}
