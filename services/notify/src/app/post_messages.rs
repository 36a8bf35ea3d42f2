//! Posts the messages that are due to webhooks, in every replica. Mails have a worker of their own.

use labelmesh_errors::Result;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{App, post_message};
use crate::store::postings::{self, Room};

/// Posts until `stop`; what is under way then is finished.
pub(crate) async fn keep_posting(app: App, stop: CancellationToken) {
    let mut under_way = JoinSet::new();
    while !stop.is_cancelled() {
        if let Err(error) = start_what_is_due(&app, &mut under_way).await {
            tracing::warn!(error = %error, "could not look for due messages");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.posting.notified() => {}
            () = tokio::time::sleep(app.posting_rules.sweep) => {}
            Some(_) = under_way.join_next() => {}
        }
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
}

/// Claims and starts as many messages as there is room for.
async fn start_what_is_due(app: &App, under_way: &mut JoinSet<()>) -> Result<()> {
    let rules = &app.posting_rules;
    let free = rules.concurrency.saturating_sub(under_way.len());
    if free == 0 {
        return Ok(());
    }
    let now = app.clock.now();
    let room = Room { webhooks: i64::try_from(free).unwrap_or(i64::MAX), per_webhook: rules.per_webhook };
    for posting in postings::claim(&app.pool, now, now + rules.claim, room).await? {
        let app = app.clone();
        let span = tracing::info_span!(
            "post message",
            delivery.id = %posting.delivery_id,
            webhook.id = %posting.target.webhook_id,
        );
        posting.trace.goes_on_in(&span);
        let post = async move {
            if let Err(error) = post_message(&app, &posting).await {
                tracing::warn!(error = %error, "could not record what became of a message");
            }
        };
        under_way.spawn(post.instrument(span));
    }
    Ok(())
}
