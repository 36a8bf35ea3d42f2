//! Events of `users`, parsed. They may come in any order and more than once.

use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_events::{Bus, Consumer, DeadLetters, Delivery, Event as _, Failure, Work};
use labelmesh_identity::Role;
use labelmesh_ids::EventId;
use labelmesh_proto::{
    act::Acted,
    auth::v1::AuthActed,
    notify::v1::NotifyActed,
    subtasks::v1::SubtasksActed,
    tasks::v1::TasksActed,
    time,
    r#type::v1 as wire,
    users::v1::{UserDeleted, UserPasswordChanged, UserUpdated, UsersActed},
};
use uuid::Uuid;

use crate::{
    app::{self, App, Gone},
    domain::{Account, Act, Change},
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

/// The consumer of deletions: one of its own, because the release before shares the other and knows none.
pub(crate) fn deleted_users(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::AUTH_DELETED_USERS)
}

/// Deletes what is known of users who were deleted. Each is harmless when it comes again.
pub(crate) async fn apply_deleted((app, bus): (App, Bus), batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        let event: UserDeleted = delivery.decode()?;
        let gone = Gone { user: parse_field("user_id", &event.user_id)?, version: event.version };
        app::delete_account(&app, &bus, gone).await?;
        // Acts that could not be applied tell of people, too.
        DeadLetters::open(&bus, "auth").await?.forget(&event.user_id).await?;
    }
    Ok(())
}

/// The consumers of what people did in each service.
pub(crate) fn acts(bus: &Bus) -> [Work; 5] {
    [
        Consumer::AUTH_ACTS_OF_AUTH,
        Consumer::AUTH_ACTS_OF_NOTIFY,
        Consumer::AUTH_ACTS_OF_SUBTASKS,
        Consumer::AUTH_ACTS_OF_TASKS,
        Consumer::AUTH_ACTS_OF_USERS,
    ]
    .map(|consumer| Work::of(bus, &consumer))
}

/// Adds acts to the audit record. Each is harmless when it comes again.
pub(crate) async fn apply_acts(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    let acts = batch.iter().map(|delivery| Ok(act(delivery.id(), told(delivery)?)?));
    let acts: Vec<Act> = acts.collect::<Result<_, Failure>>()?;
    Ok(app::add_acts(&app, &acts).await?)
}

fn told(delivery: &Delivery) -> Result<wire::Act, Failure> {
    let act = match delivery.subject() {
        AuthActed::SUBJECT => delivery.decode::<AuthActed>()?.act(),
        NotifyActed::SUBJECT => delivery.decode::<NotifyActed>()?.act(),
        SubtasksActed::SUBJECT => delivery.decode::<SubtasksActed>()?.act(),
        TasksActed::SUBJECT => delivery.decode::<TasksActed>()?.act(),
        UsersActed::SUBJECT => delivery.decode::<UsersActed>()?.act(),
        other => return Err(Failure::poison(format!("{other} is not for this consumer"))),
    };
    act.ok_or_else(|| Failure::poison("an event of an act tells of none"))
}

fn act(id: EventId, told: wire::Act) -> Result<Act> {
    let user = |text: &str| text.strip_prefix("user:").map(|id| parse_field("actor", id)).transpose();
    let given = |text: &str| !text.is_empty();
    let (subject, about) = (&told.subject_id, &told.about_user_id);
    let changes = told.changes.into_iter();
    Ok(Act {
        id,
        acted_at: time(told.acted_at).ok_or_else(|| Error::invalid("acted_at", "must be a time"))?,
        actor_id: user(&told.actor)?,
        actor: told.actor,
        method: told.method,
        subject_id: given(subject).then(|| parse_field::<Uuid>("subject_id", subject)).transpose()?,
        about_id: given(about).then(|| parse_field("about_user_id", about)).transpose()?,
        address: Some(told.address).filter(|address| given(address)),
        request_id: told.request_id,
        changes: changes
            .map(|change| Change { field: change.field, before: change.before, after: change.after })
            .collect(),
    })
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
            unconfirmed: event.unconfirmed,
        })
    }
}
