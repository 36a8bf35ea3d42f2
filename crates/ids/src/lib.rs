#![doc = include_str!("../README.md")]

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// A text that is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUID")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id (UUIDv7, RFC 9562), ordered by `now` to the millisecond.
            #[must_use]
            pub fn new(now: DateTime<Utc>, random: [u8; 10]) -> Self {
                Self(uuid_v7(now, random))
            }

            /// When it was made, to the millisecond; the epoch where it is no UUIDv7.
            #[must_use]
            pub fn created_at(self) -> DateTime<Utc> {
                let seconds = self.0.get_timestamp().map(|at| at.to_unix());
                seconds.and_then(|(seconds, nanos)| DateTime::from_timestamp(seconds.cast_signed(), nanos)).unwrap_or_default()
            }

            /// The id inside.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(/// A user.
    UserId);
id!(/// A session of a user.
    SessionId);
id!(/// An API key of a user.
    ApiKeyId);
id!(/// A task.
    TaskId);
id!(/// An image of a task.
    ImageId);
id!(/// A subtask: an image to be labeled, with the image's id.
    SubtaskId);
id!(/// A group of operators.
    GroupId);
id!(/// An invitation to a group.
    InvitationId);
id!(/// A transformation of a picture.
    TransformationId);
id!(/// Transformations that were asked for together.
    BatchId);
id!(/// A request that may be repeated.
    RequestId);
id!(/// An event.
    EventId);
id!(/// A notification.
    NotificationId);
id!(/// A delivery of a notification by one medium.
    DeliveryId);
id!(/// A webhook.
    WebhookId);

impl From<ImageId> for SubtaskId {
    fn from(id: ImageId) -> Self {
        Self(id.0)
    }
}

impl From<SubtaskId> for ImageId {
    fn from(id: SubtaskId) -> Self {
        Self(id.0)
    }
}

fn uuid_v7(now: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let early = TaskId::new(DateTime::from_timestamp_millis(1_000).expect("valid"), [255; 10]);
        let late = TaskId::new(DateTime::from_timestamp_millis(1_001).expect("valid"), [0; 10]);
        assert_eq!(early.uuid().get_version_num(), 7);
        assert!(early < late);
        assert_eq!(late.created_at().timestamp_millis(), 1_001);
    }

    #[test]
    fn text_that_is_no_uuid_is_refused() {
        let id = UserId::new(DateTime::UNIX_EPOCH, [1; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("1234".parse::<UserId>(), Err(NotAnId));
    }
}
