//! Why a file is not taken as an image.

use labelmesh_errors::{Error, Reason};

use super::UsedUp;

/// Why one file of an upload is refused. The others are not concerned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// More bytes than an image may have.
    #[error("the file has more than {max_bytes} bytes")]
    TooLarge {
        /// The most it may have.
        max_bytes: usize,
    },
    /// None of the four formats.
    #[error("the file is not a JPEG, PNG, WebP or GIF")]
    FormatUnknown,
    /// More pixels than an image may have; found in the header, before any memory is taken.
    #[error("the image has more than {max_pixels} pixels")]
    TooManyPixels {
        /// The most pixels it may have.
        max_pixels: u64,
    },
    /// A JPEG that takes more passes than browsers give it.
    #[error("the image has more than {max_scans} scans")]
    TooManyScans {
        /// The most scans it may have.
        max_scans: u32,
    },
    /// The decoder does not get through.
    #[error("the image is damaged or cut short: {0}")]
    Damaged(String),
    /// No name, or one that deceives.
    #[error(
        "the file has no name, one of over 1,024 bytes, one that can't be read, or one with characters that nobody sees \
         or that make it look like another"
    )]
    NameInvalid,
    /// The name belongs to another image of the task, or looks like its name.
    #[error("another image of the task has this name, or one that looks the same")]
    NameTaken,
    /// The task can take no more images.
    #[error("the task has {max_images} images, the most that a task may have")]
    TaskFull {
        /// The most images of a task.
        max_images: u64,
    },
    /// Its owner can have no more.
    #[error(transparent)]
    QuotaUsedUp(#[from] UsedUp),
}

impl Refusal {
    /// The word for it in the contract.
    #[must_use]
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Empty => Reason::ImageEmpty,
            Self::TooLarge { .. } => Reason::ImageTooLarge,
            Self::FormatUnknown => Reason::ImageFormatUnknown,
            Self::TooManyPixels { .. } => Reason::ImageTooManyPixels,
            // Browsers show it as little.
            Self::Damaged(_) | Self::TooManyScans { .. } => Reason::ImageDamaged,
            Self::NameInvalid => Reason::ImageNameInvalid,
            Self::NameTaken => Reason::ImageNameTaken,
            Self::TaskFull { .. } => Reason::TaskFull,
            Self::QuotaUsedUp(_) => Reason::QuotaUsedUp,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::QuotaUsedUp(used_up) => used_up.into(),
            refusal => Self::new(refusal.reason(), refusal.to_string()),
        }
    }
}
