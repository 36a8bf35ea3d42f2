//! Everything that is stored about a client, for the client.

use futures::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::rows;

use super::App;
use crate::{
    domain::{StoredSource, Transformation},
    store::{sources, transformations},
};

/// How many rows one query reads.
const PAGE: i64 = 500;

/// Something that is stored about a client.
#[derive(Debug)]
pub(crate) enum Datum {
    Source(StoredSource),
    Transformation(Box<Transformation>),
}

/// Streams what is stored about a client, read page by page: sources, then transformations, the newest first.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub(crate) fn export_transformations(app: &App, me: UserId) -> impl Stream<Item = Result<Datum>> + Send + use<> {
    let pool = || app.pool.clone();
    let key = |stored: &StoredSource| stored.source.digest;
    let sources = rows(pool(), PAGE, key, move |db, after, limit| sources::of(db, me, after, limit).boxed());
    let key = |transformation: &Transformation| transformation.id;
    let transformations = rows(pool(), PAGE, key, move |db, after, limit| {
        transformations::list(db, Reach::Own(me), None, after, limit).boxed()
    });
    sources.map_ok(Datum::Source).chain(transformations.map_ok(|one| Datum::Transformation(Box::new(one))))
}
