//! Why a vote or a skip is refused.

use labelmesh_errors::{Error, Reason};

/// Why a vote or a skip is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The image was never in this operator's hands.
    NeverLeased,
    /// The lease ran out or was given back, and the image's places are taken.
    LeaseExpired,
    /// The image was skipped: it was given back for good.
    Skipped,
    /// The task was cancelled, and with it every lease.
    Cancelled,
    /// The operator is paused in the task, and with it every lease.
    Paused,
    /// The task is open to others alone by now, and the leases have ended.
    Barred,
    /// The task is the operator's own.
    OwnTask,
    /// The image is closed.
    Decided,
    /// The label is not one of the task's.
    LabelUnknown,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let (reason, sentence) = match refusal {
            Refusal::NeverLeased => (Reason::NeverLeased, "the image was never handed to this operator"),
            Refusal::LeaseExpired => (Reason::LeaseExpired, "the lease has run out and the image's places are taken"),
            Refusal::Skipped => (Reason::LeaseExpired, "the image was skipped and does not come back"),
            Refusal::Cancelled => (Reason::LeaseExpired, "the task was cancelled, and its leases have ended"),
            Refusal::Paused => (Reason::LeaseExpired, "the operator is paused in the task, and the leases have ended"),
            Refusal::Barred => {
                (Reason::LeaseExpired, "the task is not open to the operator, and the leases have ended")
            }
            Refusal::OwnTask => (Reason::OwnTask, "who owns a task does not label it"),
            Refusal::Decided => (Reason::ImageDecided, "the image is decided"),
            Refusal::LabelUnknown => (Reason::LabelUnknown, "the label is not one of the task's"),
        };
        Self::new(reason, sentence)
    }
}
