//! Creates a task.

use labelmesh_errors::Result;
use labelmesh_identity::{Reach, User};
use labelmesh_ids::{RequestId, TaskId};
use labelmesh_pg::{
    requests::{self, Once},
    run_tx,
};

use super::App;
use crate::{
    domain::{Draft, GoldRules, Quota, Task},
    store,
};

/// Creates a task for a user. A repeat, told by the request's id, answers with the task of the first time as it is now.
///
/// # Errors
/// REQUEST_ID_REUSED where the id came with other content before; QUOTA_USED_UP.
pub(crate) async fn create_task(app: &App, owner: &User, request_id: Option<RequestId>, draft: Draft) -> Result<Task> {
    let now = app.clock.now();
    let task = &Task::new(TaskId::new(now, app.random.bytes()), owner.user_id, draft, now);
    let limit = app.quotas.tasks;
    let principal = &owner.user_id.to_string();
    let fingerprint = &fingerprint(&task.draft);
    run_tx(&app.pool, "create_task", |tx| {
        Box::pin(async move {
            if let Some(request_id) = request_id {
                // Written in one way, whatever the case in which it came.
                let key = requests::Key { principal, method: "CreateTask", request_id: &request_id.to_string() };
                if let Once::Repeat(id) = requests::once(tx, &key, fingerprint, task.id.uuid(), now).await? {
                    let first = store::tasks::within(tx, Reach::Own(owner.user_id), id.into()).await?;
                    return Ok(first.into_task());
                }
            }
            store::usage::lock_tasks(tx, task.owner).await?;
            Quota::Tasks.check(limit, store::usage::of(tx, task.owner).await?.tasks, 1)?;
            store::tasks::insert(tx, task).await?;
            Ok(task.clone())
        })
    })
    .await
}

/// The fingerprint of a request: everything the client said, with defaults filled in.
fn fingerprint(draft: &Draft) -> [u8; 32] {
    let policy = draft.policy();
    let content = serde_json::json!([
        draft.title(),
        draft.instructions(),
        draft.labels(),
        policy.redundancy(),
        policy.max_votes(),
    ]);
    // A request without a confidence, rules for gold or for networks has the fingerprint of the releases before there
    // were any, for a repeat may come after an upgrade.
    let confidence = if policy.confidence() > 0.0 { policy.confidence().to_string() } else { String::new() };
    let gold = match policy.gold() {
        gold if gold == GoldRules::default() => String::new(),
        gold => format!("gold {} {} {}", gold.share(), gold.accuracy(), gold.qualification()),
    };
    let network = if policy.one_vote_per_network() { "one vote per network" } else { "" };
    requests::fingerprint((content.to_string() + &confidence + &gold + network).as_bytes())
}
