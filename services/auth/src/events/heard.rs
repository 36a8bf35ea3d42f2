//! Events of `users`, parsed. They may come in any order and more than once.

use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_events::{Bus, Consumer, Delivery, Event as _, Failure, Work};
use labelmesh_identity::Role;
use labelmesh_proto::{
    time,
    users::v1::{UserPasswordChanged, UserUpdated},
};

use crate::{
    app::{self, App},
    domain::Account,
    store::sessions::Ending,
};

/// The consumer of what happens to users, shared by the replicas.
pub(crate) fn users(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::AUTH_USERS)
}

/// Applies events. Each is harmless when it comes again, so a batch that fails in the middle may be repeated.
pub(crate) async fn apply(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        match delivery.subject() {
            UserPasswordChanged::SUBJECT => {
                app::password_changed(&app, delivery.decode::<UserPasswordChanged>()?.try_into()?).await?;
            }
            UserUpdated::SUBJECT => app::learn_account(&app, &delivery.decode::<UserUpdated>()?.try_into()?).await?,
            other => return Err(Failure::poison(format!("{other} is not for this consumer"))),
        }
    }
    Ok(())
}

impl TryFrom<UserPasswordChanged> for Ending {
    type Error = Error;

    fn try_from(event: UserPasswordChanged) -> Result<Self> {
        let kept = Some(event.kept_session_id).filter(|text| !text.is_empty());
        Ok(Self {
            user: parse_field("user_id", &event.user_id)?,
            kept: kept.map(|text| parse_field("kept_session_id", &text)).transpose()?,
            until: time(event.occurred_at).ok_or_else(|| Error::invalid("occurred_at", "must be a time"))?,
        })
    }
}

impl TryFrom<UserUpdated> for Account {
    type Error = Error;

    fn try_from(event: UserUpdated) -> Result<Self> {
        let roles = event.roles.into_iter().map(Role::try_from);
        Ok(Self {
            user_id: parse_field("user_id", &event.user_id)?,
            version: event.version,
            roles: roles.collect::<Result<_, _>>().map_err(|_| Error::invalid("roles", "must be roles"))?,
            blocked: event.blocked,
        })
    }
}
