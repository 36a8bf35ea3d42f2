//! Everything that is stored about a user, for the user.

use futures::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _, stream};
use labelmesh_errors::Result;
use labelmesh_ids::{SubtaskId, UserId};
use labelmesh_pg::{pages, rows};

use crate::app::{App, handles::Handle};
use crate::store::own_data::{self, Assignment, Lapse, Ruling, Standing};

/// How many rows one query reads.
const PAGE: i64 = 500;

/// Something that is stored about a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// An image that was in the user's hands, and what they call it.
    Assignment(Handle, Assignment),
    /// A lease that ran out, and what they call its image.
    Lapse(Handle, Lapse),
    /// How they stand in a task.
    Standing(Standing),
    /// A label that they have set.
    Ruling(Ruling),
}

/// Streams what is stored about a user, read page by page: one kind after the other, each in an order that stays. What
/// is skipped or voted for while it is read moves to a list that is read later, so that it is not left out.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub fn export_votes(app: &App, me: UserId) -> impl Stream<Item = Result<Datum>> + Send + use<> {
    let pool = || app.pool.clone();
    let key = |row: &Assignment| (row.task_id, row.subtask_id);
    let in_hands = pages(pool(), PAGE, key, move |db, after, limit| own_data::in_hands(db, me, after, limit).boxed());
    let skipped = pages(pool(), PAGE, key, move |db, after, limit| own_data::skipped(db, me, after, limit).boxed());
    let key = |row: &Assignment| (row.task_id, row.given_at.unwrap_or_default(), row.subtask_id);
    let voted = pages(pool(), PAGE, key, move |db, after, limit| own_data::voted(db, me, after, limit).boxed());
    let assignments = named(app.clone(), me, in_hands.chain(skipped).chain(voted), |row| row.subtask_id);
    let key = |row: &Lapse| (row.lapsed_at, row.subtask_id);
    let lapses = pages(pool(), PAGE, key, move |db, after, limit| own_data::lapses(db, me, after, limit).boxed());
    let lapses = named(app.clone(), me, lapses, |row| row.subtask_id);
    let key = |row: &Standing| row.task_id;
    let standings = rows(pool(), PAGE, key, move |db, after, limit| own_data::standings(db, me, after, limit).boxed());
    let key = |row: &Ruling| (row.subtask_id, row.version);
    let rulings = rows(pool(), PAGE, key, move |db, after, limit| own_data::rulings(db, me, after, limit).boxed());
    assignments
        .map_ok(|(handle, row)| Datum::Assignment(handle, row))
        .chain(lapses.map_ok(|(handle, row)| Datum::Lapse(handle, row)))
        .chain(standings.map_ok(Datum::Standing))
        .chain(rulings.map_ok(Datum::Ruling))
}

/// Rows with what an operator calls their images, looked up page by page.
fn named<T: Send + 'static>(
    app: App,
    operator: UserId,
    pages: impl Stream<Item = Result<Vec<T>>> + Send,
    image: fn(&T) -> SubtaskId,
) -> impl Stream<Item = Result<(Handle, T)>> + Send {
    let page = pages.and_then(move |page| {
        let app = app.clone();
        async move {
            let images: Vec<_> = page.iter().map(image).collect();
            let handles = app.names.handles(&app.pool, operator, &images).await?;
            Ok(stream::iter(handles.into_iter().zip(page).map(Ok)))
        }
    });
    page.try_flatten()
}
