//! Everything that is stored about a user's webhooks, for the user.

use futures::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use labelmesh_pg::{few, rows};

use super::App;
use crate::{
    domain::Webhook,
    store::{
        own_data::{self, Delivery},
        webhooks,
    },
};

/// How many deliveries one query reads: each has a body and up to 30 attempts.
const PAGE: i64 = 50;

/// Something that is stored about a user's webhooks.
#[derive(Debug)]
pub(crate) enum Webhooks {
    Webhook(Webhook),
    Delivery(Delivery),
}

/// Streams what is stored about a user's webhooks, read page by page: the webhooks, and the deliveries of each in the
/// order in which they were written down.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub(crate) fn export_webhooks(app: &App, me: UserId) -> impl Stream<Item = Result<Webhooks>> + Send + use<> {
    let pool = || app.pool.clone();
    // At most 20.
    let webhooks = few(pool(), move |db| webhooks::list(db, me).boxed());
    let key = |delivery: &Delivery| (delivery.webhook_id, delivery.listed.created_at, delivery.listed.delivery_id);
    let deliveries =
        rows(pool(), PAGE, key, move |db, after, limit| own_data::deliveries(db, me, after, limit).boxed());
    webhooks.map_ok(Webhooks::Webhook).chain(deliveries.map_ok(Webhooks::Delivery))
}
