//! Between the contract's messages and the values of the domain.

use chrono::{DateTime, Utc};
use labelmesh_consensus::Basis;
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_proto::subtasks::v1::{
    self as v1, Agreement, AlikePair, ConfidenceBasis, Decision, ExtendedLease, GivenVote, LabelAgreement, Lease,
    LeasedTask, MyVote, OperatorAgreement, Redecision, Shortage, ShortageCause, SkippedImage, TaskHolds, TaskOperator,
    TaskStatistics, VoteCount, VoteOutcome, VoteRequest, VoteResult,
};
use labelmesh_proto::timestamp;

use crate::app::reading::{agreement, holds::InHands, list_my_votes, list_skips, list_votes, operators};
use crate::app::voting::vote::Ballot;
use crate::app::{App, Operator, handles::Handle};
use crate::domain::{self, Outcome, Refusal, SkipReason};
use crate::events::published;
use crate::store::audiences::OpenTask;
use crate::store::decisions::Kept;
use crate::store::leases::{Held, Texts};
use crate::store::redecisions;
use crate::store::statistics::Done;

/// The image that an operator names in a field.
pub(super) async fn image(app: &App, operator: Operator, field: &'static str, text: &str) -> Result<SubtaskId> {
    let images = images(app, operator, field, &[text]).await?;
    images.first().copied().ok_or_else(|| Error::internal("a name stands for one image"))
}

/// Several images.
pub(super) async fn images<T: AsRef<str>>(
    app: &App,
    operator: Operator,
    field: &'static str,
    texts: &[T],
) -> Result<Vec<SubtaskId>> {
    let handles = texts.iter().map(|text| parse_field(field, text.as_ref())).collect::<Result<Vec<Handle>>>()?;
    app.names.images(&app.pool, operator.user_id(), &handles).await
}

/// What an operator calls these images.
pub(super) async fn handles(app: &App, operator: Operator, images: &[SubtaskId]) -> Result<Vec<Handle>> {
    app.names.handles(&app.pool, operator.user_id(), images).await
}

/// What an operator gets to see of a task.
pub(super) fn leased_task(texts: Texts) -> LeasedTask {
    LeasedTask {
        task_id: texts.task_id.to_string(),
        title: texts.title,
        instructions: texts.instructions,
        labels: texts.labels,
    }
}

/// What an operator gets to see of an image, and of its task where that is told with each.
pub(super) fn lease(held: Held, task: Option<&Texts>, handle: Handle, image_url: String) -> Lease {
    Lease {
        subtask_id: handle.to_string(),
        task_id: held.task_id.to_string(),
        title: task.map(|texts| texts.title.clone()).unwrap_or_default(),
        instructions: task.map(|texts| texts.instructions.clone()).unwrap_or_default(),
        labels: task.map(|texts| texts.labels.clone()).unwrap_or_default(),
        image_url,
        media_type: held.media_type,
        expires_at: Some(timestamp(held.expires_at)),
    }
}

pub(super) fn shortage(shortage: &domain::Shortage) -> Shortage {
    let cause = match shortage.cause {
        domain::ShortageCause::NothingOpen => ShortageCause::NothingOpen,
        domain::ShortageCause::AllLeased => ShortageCause::AllLeased,
        domain::ShortageCause::CutShort => ShortageCause::CutShort,
        domain::ShortageCause::Paused => ShortageCause::Paused,
        domain::ShortageCause::Unqualified => ShortageCause::Unqualified,
        domain::ShortageCause::Lapsed => ShortageCause::Lapsed,
        domain::ShortageCause::OwnTasks => ShortageCause::OwnTasks,
        domain::ShortageCause::NotInvited => ShortageCause::NotInvited,
    };
    Shortage {
        cause: cause.into(),
        retry_after: prost_types::Duration::try_from(shortage.retry_after).ok(),
        leased_by_others: shortage.leased_by_others,
    }
}

pub(super) fn extended(handle: Handle, expires_at: DateTime<Utc>) -> ExtendedLease {
    ExtendedLease { subtask_id: handle.to_string(), expires_at: Some(timestamp(expires_at)) }
}

pub(super) async fn ballots(app: &App, operator: Operator, requests: &[VoteRequest]) -> Result<Vec<Ballot>> {
    let texts: Vec<_> = requests.iter().map(|request| &request.subtask_id).collect();
    let images = images(app, operator, "subtask_id", &texts).await?;
    let ballots = images.into_iter().zip(requests);
    Ok(ballots.map(|(subtask_id, request)| Ballot { subtask_id, label: request.label.clone() }).collect())
}

pub(super) fn outcome(outcome: Outcome) -> VoteOutcome {
    match outcome {
        Outcome::Counted => VoteOutcome::Counted,
        Outcome::Unchanged => VoteOutcome::Unchanged,
        Outcome::Revised => VoteOutcome::Revised,
        Outcome::Surplus => VoteOutcome::Surplus,
    }
}

/// What became of one of several votes, under the id that the voter gave.
pub(super) fn vote_result(subtask_id: String, judged: Result<Outcome, Refusal>) -> VoteResult {
    match judged {
        Ok(outcome_of) => VoteResult { subtask_id, outcome: outcome(outcome_of).into(), error: None },
        Err(refusal) => {
            let error = Some(Error::from(refusal).into());
            VoteResult { subtask_id, outcome: VoteOutcome::Unspecified.into(), error }
        }
    }
}

pub(super) fn decision(kept: Kept) -> Decision {
    let contested = kept.contested();
    let (basis, gold_images) = match kept.basis {
        None => (ConfidenceBasis::Unspecified, 0),
        Some(Basis::Usual) => (ConfidenceBasis::Usual, 0),
        Some(Basis::Gold { images }) => (ConfidenceBasis::Gold, images),
    };
    Decision {
        version: kept.version,
        label: kept.label.unwrap_or_default(),
        confidence: kept.confidence,
        rule: kept.rule,
        cause: published::cause(kept.cause).into(),
        contested,
        tied: kept.tied,
        votes: kept.counts.into_iter().map(|count| VoteCount { label: count.label, votes: count.votes }).collect(),
        snapshot: kept.snapshot.unwrap_or_default(),
        decided_at: Some(timestamp(kept.decided_at)),
        decided_by: kept.decided_by.map(|user| user.to_string()).unwrap_or_default(),
        comment: kept.comment,
        basis: basis.into(),
        gold_images,
    }
}

pub(super) fn redecision(made: redecisions::Redecision) -> Redecision {
    Redecision {
        task_id: made.task_id.to_string(),
        method: made.method,
        images: made.images.unsigned_abs(),
        done: made.done.unsigned_abs(),
        changed: made.changed.unsigned_abs(),
        requested_at: Some(timestamp(made.requested_at)),
        finished_at: made.finished_at.map(timestamp),
        problem: made.problem.unwrap_or_default(),
    }
}

pub(super) fn agreement(found: agreement::Agreement) -> Agreement {
    let of_operator = |one: agreement::OfOperator| OperatorAgreement {
        operator: one.operator,
        votes: one.votes.into(),
        agreement: one.agreement,
        reliability: one.reliability.map(|known| known.accuracy),
        standard_error: one.reliability.map(|known| known.standard_error),
    };
    let of_label =
        |one: agreement::OfLabel| LabelAgreement { label: one.label, votes: one.votes, agreement: one.agreement };
    Agreement {
        votes: found.votes as u64,
        images: found.images as u64,
        operators: found.operators as u64,
        truncated: found.truncated,
        krippendorff_alpha: found.krippendorff_alpha,
        fleiss_kappa: found.fleiss_kappa,
        by_operator: found.by_operator.into_iter().map(of_operator).collect(),
        by_label: found.by_label.into_iter().map(of_label).collect(),
        snapshot: found.snapshot.unwrap_or_default(),
        alike: found.alike.into_iter().map(alike).collect(),
    }
}

fn alike(pair: agreement::AlikePair) -> AlikePair {
    let ([first, second], found) = (pair.operators, pair.found);
    AlikePair {
        first,
        second,
        images: found.items.into(),
        first_mistakes: found.mistakes[0].into(),
        second_mistakes: found.mistakes[1].into(),
        shared_mistakes: found.shared.into(),
        expected: found.expected,
    }
}

pub(super) fn open_task(task: OpenTask) -> v1::OpenTask {
    v1::OpenTask {
        task_id: task.task_id.to_string(),
        title: task.title,
        instructions: task.instructions,
        labels: task.labels,
        images_left: u32::try_from(task.left).unwrap_or(u32::MAX),
        paused: task.paused,
    }
}

pub(super) fn holds(task: TaskId, held: &InHands) -> TaskHolds {
    let holds = &held.holds;
    TaskHolds {
        task_id: task.to_string(),
        images: holds.images.unsigned_abs(),
        operators: holds.operators.unsigned_abs(),
        oldest: holds.oldest.map(timestamp),
        eligible_operators: held.eligible,
        needed_operators: held.needed.into(),
    }
}

pub(super) fn task_operator(seen: operators::TaskOperator) -> TaskOperator {
    let record = seen.record;
    TaskOperator {
        operator: seen.operator,
        gold_answers: u64::from(record.right) + u64::from(record.wrong),
        gold_right: record.right.into(),
        qualified: seen.qualified,
        paused: record.paused_at.is_some(),
        paused_at: record.paused_at.map(timestamp),
        images_seen: record.seen.into(),
        skips: record.skips.into(),
        excluded_at: record.excluded_at.map(timestamp),
        setting_votes_aside: record.setting_aside,
    }
}

pub(super) fn my_vote(handle: Handle, vote: list_my_votes::MyVote) -> MyVote {
    MyVote { subtask_id: handle.to_string(), label: vote.label, voted_at: Some(timestamp(vote.voted_at)) }
}

pub(super) fn given_vote(vote: list_votes::GivenVote) -> GivenVote {
    GivenVote {
        subtask_id: vote.subtask_id.to_string(),
        operator: vote.operator,
        label: vote.label,
        voted_at: Some(timestamp(vote.voted_at)),
        surplus: vote.surplus,
    }
}

/// What is said of why an image is skipped.
pub(super) fn skip_reason(reason: v1::SkipReason) -> Option<SkipReason> {
    match reason {
        v1::SkipReason::Unspecified => None,
        v1::SkipReason::Unclear => Some(SkipReason::Unclear),
        v1::SkipReason::NoLabelFits => Some(SkipReason::NoLabelFits),
        v1::SkipReason::SeveralLabelsFit => Some(SkipReason::SeveralLabelsFit),
        v1::SkipReason::NotKnown => Some(SkipReason::NotKnown),
        v1::SkipReason::Offensive => Some(SkipReason::Offensive),
    }
}

/// Why an image was skipped, as it is told.
pub(super) fn skip_reason_message(reason: Option<SkipReason>) -> v1::SkipReason {
    reason.map_or(v1::SkipReason::Unspecified, |reason| match reason {
        SkipReason::Unclear => v1::SkipReason::Unclear,
        SkipReason::NoLabelFits => v1::SkipReason::NoLabelFits,
        SkipReason::SeveralLabelsFit => v1::SkipReason::SeveralLabelsFit,
        SkipReason::NotKnown => v1::SkipReason::NotKnown,
        SkipReason::Offensive => v1::SkipReason::Offensive,
    })
}

pub(super) fn skipped_image(skip: list_skips::SkippedImage) -> SkippedImage {
    let reason = skip_reason_message(skip.reason);
    SkippedImage {
        subtask_id: skip.subtask_id.to_string(),
        operator: skip.operator,
        reason: reason.into(),
        skipped_at: Some(timestamp(skip.skipped_at)),
    }
}

pub(super) fn statistics(done: Done) -> TaskStatistics {
    let gold = |answers: i32| done.ended.then_some(answers.unsigned_abs().into());
    TaskStatistics {
        task_id: done.task_id.to_string(),
        title: done.title,
        votes: done.votes.unsigned_abs(),
        skips: done.skips.unsigned_abs(),
        decided: done.decided.unsigned_abs(),
        agreed: done.agreed.unsigned_abs(),
        gold_answers: gold(done.gold_right + done.gold_wrong),
        gold_right: gold(done.gold_right),
        paused: done.paused,
    }
}
