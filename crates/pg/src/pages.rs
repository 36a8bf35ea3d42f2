//! Lists that are longer than memory.

use futures::{Stream, StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};
use labelmesh_errors::Result;
use sqlx::{PgConnection, PgPool};

/// What a query lists, page by page: `read` gets the key behind which a page begins (none for the first one) and how
/// many rows it has at most, and `key` tells the key of a row. A page with fewer rows is the last. Each page is one
/// short read on a connection that nobody keeps while the rows are passed on: a list may take as long as whoever reads
/// it likes, and is as its pages were when they were read, not as of one moment. With a key that never changes and by
/// which the query sorts, every row that is there all along comes once.
///
/// # Errors
/// Those of `read`, and unavailable if there is no connection; then the list ends.
pub fn pages<T, K, R>(pool: PgPool, size: i64, key: fn(&T) -> K, read: R) -> impl Stream<Item = Result<Vec<T>>> + Send
where
    T: Send,
    K: Send,
    R: for<'c> Fn(&'c mut PgConnection, Option<K>, i64) -> BoxFuture<'c, Result<Vec<T>>> + Send + Sync,
{
    let begin = Some(None);
    stream::try_unfold((pool, read, begin), move |(pool, read, after)| async move {
        let Some(after) = after else { return Ok(None) };
        let mut connection = pool.acquire().await?;
        let page = read(&mut connection, after, size).await?;
        drop(connection);
        let is_full = i64::try_from(page.len()).is_ok_and(|rows| rows >= size);
        let next = page.last().filter(|_| is_full).map(|last| Some(key(last)));
        Ok(Some((page, (pool, read, next))))
    })
}

/// The same, row by row.
///
/// # Errors
/// As [`pages`].
pub fn rows<T, K, R>(pool: PgPool, size: i64, key: fn(&T) -> K, read: R) -> impl Stream<Item = Result<T>> + Send
where
    T: Send,
    K: Send,
    R: for<'c> Fn(&'c mut PgConnection, Option<K>, i64) -> BoxFuture<'c, Result<Vec<T>>> + Send + Sync,
{
    pages(pool, size, key, read).map_ok(|page| stream::iter(page).map(Ok)).try_flatten()
}

/// A list that fits on one page.
///
/// # Errors
/// As [`pages`].
pub fn few<T, R>(pool: PgPool, read: R) -> impl Stream<Item = Result<T>> + Send
where
    T: Send,
    R: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<Vec<T>>> + Send,
{
    let read = async move { read(&mut *pool.acquire().await?).await };
    stream::once(read).map_ok(|rows| stream::iter(rows).map(Ok)).try_flatten()
}
