//! The use cases. Each loads, lets the rules decide, and saves and enqueues in one transaction.

pub mod closing;
mod gather;
pub mod handing_out;
pub mod handles;
pub mod importing;
pub mod learning;
pub mod names;
pub mod pseudonyms;
pub mod reading;
pub mod snapshots;
pub mod tasks;
pub mod turn;
pub mod voting;

use std::{net::IpAddr, sync::Arc};

use chrono::TimeDelta;
use labelmesh_acts::Acts;
use labelmesh_blobs::Blobs;
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::{Error, Result};
use labelmesh_events::Outbox;
use labelmesh_identity::{Network, Reach};
use labelmesh_ids::UserId;
use labelmesh_proto::subtasks::v1::SubtasksActed;
use labelmesh_seal::PageTokens;
use sqlx::PgPool;
use tokio::sync::Notify;

use names::Names;
use snapshots::Snapshots;

/// What the use cases work with. Clones share everything.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub pool: PgPool,
    /// What time it is.
    pub clock: Clock,
    /// Mixes gold images in.
    pub random: Random,
    /// Takes the events.
    pub outbox: Outbox,
    /// Notes what people do.
    pub acts: Acts<SubtasksActed>,
    /// Holds the bytes of images.
    pub blobs: Blobs,
    /// Seals page tokens.
    pub pages: PageTokens,
    /// Names operators to clients, and images to operators.
    pub names: Names,
    /// How images are handed out.
    pub rules: LeaseRules,
    /// What is known of operators' reliabilities.
    pub snapshots: Snapshots,
    /// Lets one long computation at a time have the memory for its votes.
    pub turns: turn::Turns,
    /// How many bytes deciding a task again may take, votes included.
    pub redeciding_bytes: u64,
    /// Wakes the worker that closes what ended tasks leave behind.
    pub ended: Arc<Notify>,
    /// Wakes the worker that sets aside the votes of who was excluded from a task.
    pub excluded: Arc<Notify>,
    /// Wakes the worker that removes what there is of deleted tasks.
    pub deleted: Arc<Notify>,
}

/// How images are handed out.
#[derive(Debug, Clone, Copy)]
pub struct LeaseRules {
    /// How long an operator may hold an image without extending.
    pub duration: TimeDelta,
    /// How long a task is left out for an operator for whom it had nothing.
    pub rest: TimeDelta,
}

/// An operator who may lease and vote: the proof that use cases take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    user_id: UserId,
    network: Option<Network>,
}

impl Operator {
    /// The operator whose own things are reached.
    ///
    /// # Errors
    /// An internal error where the contract grants something else than one's own.
    pub fn of(reach: Reach) -> Result<Self> {
        let user_id = reach.owner();
        let user_id = user_id.ok_or_else(|| Error::internal("an operator's call reaches the operator's own things"))?;
        Ok(Self { user_id, network: None })
    }

    /// The same operator, calling from an address.
    #[must_use]
    pub fn at(self, address: Option<IpAddr>) -> Self {
        Self { network: address.map(Network::around), ..self }
    }

    /// The network from which the operator calls, where that is known.
    #[must_use]
    pub fn network(self) -> Option<Network> {
        self.network
    }

    /// Who it is.
    #[must_use]
    pub fn user_id(self) -> UserId {
        self.user_id
    }
}
