//! Creates a task.

use labelmesh_acts::Deed;
use labelmesh_errors::Result;
use labelmesh_identity::{Reach, User};
use labelmesh_ids::{RequestId, TaskId};
use labelmesh_pg::{
    requests::{self, Once},
    run_tx,
};

use super::{App, audience::default_of};
use crate::{
    domain::{Audience, Draft, GoldRules, Quota, Task},
    events::published,
    store,
};

/// Creates a task for a user, open to an audience or to whom the user's account says. A repeat, told by the request's
/// id, answers with the task of the first time as it is now.
///
/// # Errors
/// REQUEST_ID_REUSED where the id came with other content before; QUOTA_USED_UP; NOT_FOUND where the client was deleted
/// a moment ago.
pub(crate) async fn create_task(
    app: &App,
    owner: &User,
    request_id: Option<RequestId>,
    draft: Draft,
    audience: Option<Audience>,
) -> Result<Task> {
    let now = app.clock.now();
    let fingerprint = &fingerprint(&draft, audience.as_ref());
    let (audience, draft, id) = (&audience, &draft, TaskId::new(now, app.random.bytes()));
    let limit = app.quotas.tasks;
    let principal = &owner.user_id.to_string();
    let created = run_tx(&app.pool, "create_task", |tx| {
        Box::pin(async move {
            if let Some(request_id) = request_id {
                // Written in one way, whatever the case in which it came.
                let key = requests::Key { principal, method: "CreateTask", request_id: &request_id.to_string() };
                if let Once::Repeat(id) = requests::once(tx, &key, fingerprint, id.uuid(), now).await? {
                    let first = store::tasks::within(tx, Reach::Own(owner.user_id), id.into()).await?;
                    return Ok(first.into_task());
                }
            }
            store::usage::lock_tasks(tx, owner.user_id).await?;
            store::clients::check(tx, owner.user_id).await?;
            Quota::Tasks.check(limit, store::usage::of(tx, owner.user_id).await?.tasks, 1)?;
            let audience = match audience {
                Some(audience) => audience.clone(),
                None => default_of(app, tx, owner.user_id).await?,
            };
            let task = Task::new(id, owner.user_id, draft.clone(), audience, now);
            store::tasks::insert(tx, &task).await?;
            app.acts.note(tx, Deed::on(id).about(owner.user_id).made(&task)).await?;
            if !task.audience.is_open() {
                // Known before anybody hears of the task, also where the release before submits it.
                app.outbox.enqueue(tx, &published::audience_changed(&task, now)).await?;
            }
            Ok(task)
        })
    });
    let created = created.await?;
    app.outbox.wake();
    Ok(created)
}

/// The fingerprint of a request: everything the client said, with defaults filled in.
fn fingerprint(draft: &Draft, audience: Option<&Audience>) -> [u8; 32] {
    let policy = draft.policy();
    let content = serde_json::json!([
        draft.title(),
        draft.instructions(),
        draft.labels(),
        policy.redundancy(),
        policy.max_votes(),
    ]);
    // A request without a confidence, rules for gold or for networks, or an audience has the fingerprint of the
    // releases before there were any, for a repeat may come after an upgrade.
    let confidence = if policy.confidence() > 0.0 { policy.confidence().to_string() } else { String::new() };
    let gold = match policy.gold() {
        gold if gold == GoldRules::default() => String::new(),
        gold => format!("gold {} {} {}", gold.share(), gold.accuracy(), gold.qualification()),
    };
    let network = if policy.one_vote_per_network() { "one vote per network" } else { "" };
    let audience = audience.map(|audience| format!("{audience:?}")).unwrap_or_default();
    requests::fingerprint((content.to_string() + &confidence + &gold + network + &audience).as_bytes())
}
