//! The streams of an import, between the contract's messages and pieces of files.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, stream};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_ids::TaskId;
use labelmesh_proto::subtasks::v1::{
    ImportDecisionsRequest, ImportDecisionsResponse, ImportDecisionsSummary, ImportProblem, ImportVotesRequest,
    ImportVotesResponse, ImportVotesSummary, import_decisions_response, import_votes_response,
};
use labelmesh_proto::r#type::v1::Part;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tonic::{Status, Streaming};
use tracing::Instrument as _;

use crate::app::importing::{Piece, Problem, Report, decisions, votes};

/// How many reports wait for a client that does not read them while it sends: more than problem lines are told, so that
/// no client stops itself.
const UNREAD_REPORTS: usize = 1_024;

/// An answer that streams.
pub(super) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The pieces of all files of an import.
pub(super) type Pieces = BoxStream<'static, Result<Piece>>;

/// A message of an import.
pub(super) trait Request: Send + 'static {
    /// The task's id, empty on later messages, and the piece.
    fn take(self) -> (String, Option<Part>);
}

impl Request for ImportVotesRequest {
    fn take(self) -> (String, Option<Part>) {
        (self.task_id, self.part)
    }
}

impl Request for ImportDecisionsRequest {
    fn take(self) -> (String, Option<Part>) {
        (self.task_id, self.part)
    }
}

/// The task that the first message names, and the pieces of all messages.
pub(super) async fn begin<R: Request>(mut requests: Streaming<R>) -> Result<(TaskId, Pieces), Status> {
    let Some(first) = requests.message().await? else {
        return Err(Error::invalid("task_id", "is required on the first message").into());
    };
    let (id, part) = first.take();
    let task: TaskId = parse_field("task_id", &id)?;
    let rest = requests.map(|request| request.map(R::take).map_err(|status| Error::of_stream(&status)));
    let pieces = stream::iter([Ok((id, part))]).chain(rest).map(move |request: Result<(String, Option<Part>)>| {
        let (id, part) = request?;
        if !id.is_empty() && id.parse() != Ok(task) {
            return Err(Error::invalid("task_id", "must be the same on all messages"));
        }
        let part = part.ok_or_else(|| Error::invalid("part", "is required"))?;
        Ok(Piece { name: part.name, data: Bytes::from(part.data), last: part.last })
    });
    Ok((task, pieces.boxed()))
}

/// Runs an import and streams what it says. The work goes on while nobody reads, and ends when the stream is dropped.
pub(super) fn run<S, W, T>(
    work: impl FnOnce(mpsc::Sender<Report<S>>) -> W,
    answer: impl Fn(Report<S>) -> T + Send + 'static,
) -> Answers<T>
where
    S: Send + 'static,
    W: Future<Output = Result<()>> + Send + 'static,
    T: Send + 'static,
{
    let (sender, mut reports) = mpsc::channel(UNREAD_REPORTS);
    let work = AbortOnDropHandle::new(tokio::spawn(work(sender).in_current_span()));
    Box::pin(async_stream::stream! {
        while let Some(report) = reports.recv().await {
            yield Ok(answer(report));
        }
        // The channel is closed: the work is done, and may have failed.
        if let Err(error) = work.await.map_err(Error::internal).flatten() {
            yield Err(error.into());
        }
    })
}

pub(super) fn of_votes(report: Report<votes::Summary>) -> ImportVotesResponse {
    use import_votes_response::Said;
    let said = match report {
        Report::Problem(problem) => Said::Problem(convert_problem(problem)),
        Report::Summary(summary) => Said::Summary(ImportVotesSummary {
            lines: summary.lines,
            counted: summary.counted,
            revised: summary.revised,
            surplus: summary.surplus,
            unchanged: summary.unchanged,
            refused: summary.refused,
            decided: summary.decided,
        }),
    };
    ImportVotesResponse { said: Some(said) }
}

pub(super) fn of_decisions(report: Report<decisions::Summary>) -> ImportDecisionsResponse {
    use import_decisions_response::Said;
    let said = match report {
        Report::Problem(problem) => Said::Problem(convert_problem(problem)),
        Report::Summary(summary) => Said::Summary(ImportDecisionsSummary {
            lines: summary.lines,
            decided: summary.decided,
            unchanged: summary.unchanged,
            refused: summary.refused,
        }),
    };
    ImportDecisionsResponse { said: Some(said) }
}

fn convert_problem(problem: Problem) -> ImportProblem {
    ImportProblem { file: problem.file.to_string(), line: problem.line, error: Some(problem.error.into()) }
}
