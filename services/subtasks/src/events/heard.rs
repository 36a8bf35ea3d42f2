//! Events of `tasks` and `users`, parsed: the life of tasks, who is in which group, and who may label no more. They
//! may come in any order and more than once.

use labelmesh_errors::parse_field;
use labelmesh_events::{Bus, Consumer, DeadLetters, Delivery, Event as _, Failure, Work};
use labelmesh_ids::{ImageId, TaskId, UserId};
use labelmesh_proto::tasks::v1::{
    self as v1, AudienceKind, GoldUse, TaskAudienceChanged, TaskCancelled, TaskCompleted, TaskDeleted,
    TaskFinishedEarly, TaskImagesAdded, TaskOpened, TaskSpec,
};
use labelmesh_proto::time;
use labelmesh_proto::r#type::v1::Role;
use labelmesh_proto::users::v1::{GroupMemberChanged, UserDeleted, UserUpdated};
use uuid::Uuid;

use crate::app::{
    App,
    handing_out::{leave::leave, release::take_back},
    tasks::{
        add_images::{self, Announced},
        audience, delete_task, end_task, open_task,
    },
};
use crate::domain::{Audience, GoldRules, Ring, Spec, TaskState, Terms, asked, stop_rule};
use crate::store::{audiences::Membership, subtasks::NewImage};

/// The consumer of all that happens to tasks, shared by the replicas.
pub(crate) fn tasks(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::SUBTASKS_TASKS)
}

/// The consumer of what happens to users, shared by the replicas.
pub(crate) fn users(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::SUBTASKS_USERS)
}

/// Takes back the leases of who may label no more.
pub(crate) async fn apply_users(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        let event: UserUpdated = delivery.decode()?;
        let labels = !event.blocked && event.roles().any(|role| role == Role::Operator);
        if !labels {
            let at = time(event.occurred_at).ok_or_else(|| Failure::poison("the event has no time"))?;
            take_back(&app, parse_field("user_id", &event.user_id)?, at).await?;
        }
    }
    Ok(())
}

/// The consumer of users who were deleted: one of its own, because the release before shares the other and knows none.
pub(crate) fn deleted_users(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::SUBTASKS_DELETED_USERS)
}

/// Takes back what deleted users hold, and what others may still be told that they have written.
pub(crate) async fn apply_deleted_users((app, bus): (App, Bus), batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        let event: UserDeleted = delivery.decode()?;
        let user: UserId = parse_field("user_id", &event.user_id)?;
        leave(&app, user).await?;
        app.outbox.forget(&app.pool, &bus, user).await?;
        DeadLetters::open(&bus, "subtasks").await?.forget(&user.to_string()).await?;
    }
    Ok(())
}

/// The consumer of whom tasks are open to: one of its own, as that of deletions is.
pub(crate) fn audiences(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::SUBTASKS_AUDIENCES)
}

/// The consumer of who is in which group, shared by the replicas.
pub(crate) fn groups(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::SUBTASKS_GROUPS)
}

/// Notes who is in a group, and takes back what is held by who is no more.
pub(crate) async fn apply_groups(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        let event: GroupMemberChanged = delivery.decode()?;
        let membership = Membership {
            group: parse_field("group_id", &event.group_id)?,
            user: parse_field("user_id", &event.user_id)?,
            owner: parse_field("owner_id", &event.owner_id)?,
            version: event.version,
            member: event.member,
        };
        audience::set_member(&app, &membership).await?;
    }
    Ok(())
}

/// The consumer of deletions: one of its own, because the release before shares the other and knows none.
pub(crate) fn deletions(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::SUBTASKS_DELETIONS)
}

/// Applies events. Each is harmless when it comes again, so a batch that fails in the middle may be repeated.
pub(crate) async fn apply(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        apply_one(&app, delivery).await?;
    }
    Ok(())
}

async fn apply_one(app: &App, delivery: &Delivery) -> Result<(), Failure> {
    match delivery.subject() {
        TaskOpened::SUBJECT => {
            let (task, version, spec) = opened(delivery.decode()?)?;
            open_task::open_task(app, task, version, &spec).await?;
        }
        TaskImagesAdded::SUBJECT => {
            let announced = images_added(delivery.decode()?)?;
            add_images::add_images(app, &announced).await?;
        }
        TaskFinishedEarly::SUBJECT => {
            let (task, version, spec) = finished_early(delivery.decode()?)?;
            end_task::finish_early(app, task, version, &spec).await?;
        }
        TaskCompleted::SUBJECT => {
            let event: TaskCompleted = delivery.decode()?;
            let (task, owner) = ids(&event.task_id, &event.owner_id)?;
            end_task::end_task(app, task, event.version, owner, TaskState::Completed).await?;
        }
        TaskCancelled::SUBJECT => {
            let event: TaskCancelled = delivery.decode()?;
            let (task, owner) = ids(&event.task_id, &event.owner_id)?;
            end_task::end_task(app, task, event.version, owner, TaskState::Cancelled).await?;
        }
        TaskAudienceChanged::SUBJECT => {
            let event: TaskAudienceChanged = delivery.decode()?;
            let audience = event.audience.map(|audience| parsed(&audience, event.version)).transpose()?;
            let audience = audience.ok_or_else(|| Failure::poison("audience is missing"))?;
            audience::set_audience(app, parse_field("task_id", &event.task_id)?, &audience).await?;
        }
        TaskDeleted::SUBJECT => {
            let event: TaskDeleted = delivery.decode()?;
            let (task, owner) = ids(&event.task_id, &event.owner_id)?;
            delete_task::delete_task(app, task, event.version, owner).await?;
        }
        other => return Err(Failure::poison(format!("{other} is not for this consumer"))),
    }
    Ok(())
}

/// A task was submitted.
fn opened(event: TaskOpened) -> Result<(TaskId, u64, Spec), Failure> {
    Ok((parse_field("task_id", &event.task_id)?, event.version, spec(event.spec)?))
}

/// A task was finished early.
fn finished_early(event: TaskFinishedEarly) -> Result<(TaskId, u64, Spec), Failure> {
    Ok((parse_field("task_id", &event.task_id)?, event.version, spec(event.spec)?))
}

/// Images were announced.
fn images_added(event: TaskImagesAdded) -> Result<Announced, Failure> {
    let spec = spec(event.spec)?;
    let images = event.images.into_iter().map(|image| {
        let image_id: ImageId = parse_field("images.image_id", &image.image_id)?;
        let ring = ring(image.gold_use(), image_id, &spec.gold);
        let gold = (!image.gold_label.is_empty()).then_some((image.gold_label, ring));
        if gold.as_ref().is_some_and(|(label, _)| spec.terms.label(label).is_none()) {
            return Err(Failure::poison("images.gold_label is no label of the task"));
        }
        let (blob_key, media_type) = (image.blob_key, image.media_type);
        Ok(NewImage { subtask_id: image_id.into(), blob_key, media_type, gold })
    });
    let images: Result<Vec<_>, Failure> = images.collect();
    Ok(Announced { task_id: parse_field("task_id", &event.task_id)?, version: event.version, images: images?, spec })
}

/// For what a gold image is handed out. Where that was not drawn, since the release before has announced it, half of
/// them are for the qualification: the last bit of an image's id is random.
fn ring(used: GoldUse, image: ImageId, rules: &GoldRules) -> Ring {
    let is_odd = image.uuid().as_bytes().last().is_some_and(|byte| byte % 2 == 1);
    match used {
        GoldUse::Qualification => Ring::Qualification,
        GoldUse::Control => Ring::Control,
        GoldUse::Unspecified if rules.qualification > 0 && is_odd => Ring::Qualification,
        GoldUse::Unspecified => Ring::Control,
    }
}

/// The ids of a task and its owner.
fn ids(task: &str, owner: &str) -> Result<(TaskId, UserId), Failure> {
    Ok((parse_field("task_id", task)?, parse_field("owner_id", owner)?))
}

fn spec(spec: Option<TaskSpec>) -> Result<Spec, Failure> {
    let spec = spec.ok_or_else(|| Failure::poison("spec is missing"))?;
    let policy = spec.policy.ok_or_else(|| Failure::poison("spec.policy is missing"))?;
    let number = |votes: u32| u16::try_from(votes).map_err(Failure::poison);
    let stop = stop_rule(number(policy.redundancy)?, number(policy.max_votes)?, asked(policy.confidence));
    let stop = stop.map_err(Failure::poison)?;
    if spec.labels.is_empty() {
        return Err(Failure::poison("spec.labels is empty"));
    }
    Ok(Spec {
        owner_id: parse_field("spec.owner_id", &spec.owner_id)?,
        title: spec.title,
        instructions: spec.instructions,
        terms: Terms::new(spec.labels, stop),
        images: spec.images,
        gold: gold(policy.gold_share, policy.gold_accuracy, number(policy.qualification)?),
        one_vote_per_network: policy.one_vote_per_network,
        audience: spec.audience.map(|audience| parsed(&audience, spec.audience_version)).transpose()?,
    })
}

/// Whom a task is open to. A kind that is not known lets in those alone who are named.
fn parsed(audience: &v1::Audience, version: u64) -> Result<Audience, Failure> {
    if audience.kind() == AudienceKind::Open {
        return Ok(Audience::everybody(version));
    }
    let ids = |field: &'static str, texts: &[String]| -> Result<Vec<Uuid>, Failure> {
        texts.iter().map(|text| Ok(parse_field(field, text)?)).collect()
    };
    let groups = ids("audience.group_ids", &audience.group_ids)?;
    Ok(Audience { version, open: false, groups, operators: ids("audience.operator_ids", &audience.operator_ids)? })
}

/// How a task uses gold images. A task that was submitted before there were any says nothing.
fn gold(share: f64, accuracy: f64, qualification: u16) -> GoldRules {
    let default = GoldRules::default();
    GoldRules { share, accuracy: if accuracy > 0.0 { accuracy } else { default.accuracy }, qualification }
}
