//! What is stored about a user, as messages.

use labelmesh_proto::subtasks::v1::{
    AssignmentState, StoredAssignment, StoredLapse, StoredRuling, StoredTaskStanding, VoteRecord,
};
use labelmesh_proto::timestamp;

use super::convert;
use crate::app::{handles::Handle, reading::export_votes::Datum};
use crate::domain::SkipReason;
use crate::store::own_data::{Assignment, Ruling, Standing};

impl From<Datum> for VoteRecord {
    fn from(datum: Datum) -> Self {
        let record = Self::default();
        match datum {
            Datum::Assignment(handle, row) => Self { assignment: Some(assignment(handle, row)), ..record },
            Datum::Lapse(handle, row) => {
                let lapsed_at = Some(timestamp(row.lapsed_at));
                Self { lapse: Some(StoredLapse { subtask_id: handle.to_string(), lapsed_at }), ..record }
            }
            Datum::Standing(row) => Self { standing: Some(row.into()), ..record },
            Datum::Ruling(row) => Self { ruling: Some(row.into()), ..record },
        }
    }
}

fn assignment(handle: Handle, row: Assignment) -> StoredAssignment {
    let state = match row.state.as_str() {
        "leased" => AssignmentState::Leased,
        "lapsed" => AssignmentState::Lapsed,
        "skipped" => AssignmentState::Skipped,
        "voted" => AssignmentState::Voted,
        _ => AssignmentState::Unspecified,
    };
    let reason = row.skip_reason.as_deref().and_then(SkipReason::parse);
    StoredAssignment {
        subtask_id: handle.to_string(),
        task_id: row.task_id.to_string(),
        state: state.into(),
        label: row.label.unwrap_or_default(),
        skip_reason: convert::skip_reason_message(reason).into(),
        held_since: row.held_since.map(timestamp),
        expires_at: Some(timestamp(row.expires_at)),
        given_at: row.given_at.map(timestamp),
        voted_at: row.voted_at.map(timestamp),
    }
}

impl From<Standing> for StoredTaskStanding {
    fn from(row: Standing) -> Self {
        Self {
            task_id: row.task_id.to_string(),
            images_seen: row.seen.unsigned_abs(),
            skips: row.skips.unsigned_abs(),
            pauses: row.pauses.unsigned_abs(),
            paused_at: row.paused_at.map(timestamp),
            excluded_at: row.excluded_at.map(timestamp),
            gold_right: row.gold_right.map(i32::unsigned_abs),
            gold_wrong: row.gold_wrong.map(i32::unsigned_abs),
        }
    }
}

impl From<Ruling> for StoredRuling {
    fn from(row: Ruling) -> Self {
        Self {
            task_id: row.task_id.to_string(),
            image_id: row.subtask_id.to_string(),
            version: row.version.unsigned_abs(),
            label: row.label.unwrap_or_default(),
            comment: row.comment,
            decided_at: Some(timestamp(row.decided_at)),
            replaced: row.replaced,
        }
    }
}
