//! The streams of an import, between the contract's messages and pieces of files.

use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use labelmesh_proto::subtasks::v1::{
    ImportDecisionsResponse, ImportDecisionsSummary, ImportProblem, ImportVotesResponse, ImportVotesSummary,
    import_decisions_response, import_votes_response,
};
use labelmesh_proto::r#type::v1::Part;
use labelmesh_server::files;
use tonic::{Status, Streaming};

use crate::app::importing::{Piece, Problem, Report, decisions, votes};

/// How many reports wait for a client that does not read them while it sends: more than problem lines are told, so that
/// no client stops itself.
pub(super) const UNREAD_REPORTS: usize = 1_024;

/// The task that the first message names, and the pieces of all files. `take` gives the task's id and the part of a
/// message.
pub(super) async fn begin<M: Send + 'static>(
    messages: Streaming<M>,
    take: impl Fn(M) -> (String, Option<Part>) + Send + 'static,
) -> Result<(TaskId, BoxStream<'static, Result<Piece>>), Status> {
    let (task, (), parts) = files::parts(messages, |_| (), take).await?;
    let pieces = parts.map_ok(|part| Piece { name: part.name, data: part.data, last: part.last });
    Ok((task, pieces.boxed()))
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
            undecided: summary.undecided,
        }),
    };
    ImportDecisionsResponse { said: Some(said) }
}

fn convert_problem(problem: Problem) -> ImportProblem {
    ImportProblem { file: problem.file.to_string(), line: problem.line, error: Some(problem.error.into()) }
}
