//! Acts: what people did, as each service tells the audit record.

use crate::{
    auth::v1::AuthActed, event::Event, notify::v1::NotifyActed, subtasks::v1::SubtasksActed, tasks::v1::TasksActed,
    r#type::v1::Act, users::v1::UsersActed,
};

/// An event that tells of an act. Each service that people change something in has one.
pub trait Acted: Event {
    /// The event of an act.
    fn of(act: Act) -> Self;

    /// The act that an event tells of.
    fn act(self) -> Option<Act>;
}

macro_rules! acted {
    ($($event:ident),+) => {
        $(impl Acted for $event {
            fn of(act: Act) -> Self {
                Self { act: Some(act) }
            }

            fn act(self) -> Option<Act> {
                self.act
            }
        })+
    };
}

acted!(AuthActed, NotifyActed, SubtasksActed, TasksActed, UsersActed);
