//! How much a client has, and who may add to it at the same moment.
//!
//! Quotas are kept exactly, over all replicas. Tasks come rarely: whoever adds one waits for whoever else adds one to
//! the same client's. Images come by the thousand. Far from the limit uploads don't wait for each other, for as many as
//! there can be at once would still fit; near it each is alone.

use labelmesh_errors::Result;
use labelmesh_ids::{ImageId, UserId};
use sqlx::PgConnection;

use super::{count, number, tasks::OwnTask};
use crate::{
    config::Quotas,
    domain::{Held, NewImage, Quota, Usage, UsedUp},
};

/// How an image is added to what a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adding {
    /// Beside others, which can't be seen.
    Together,
    /// While nobody else adds one.
    Alone,
}

/// Whether there is room for an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is, until the transaction ends.
    Enough,
    /// That can only be told alone.
    Unsure,
    /// There is not.
    None(UsedUp),
}

/// Whether a client may have one more image of so many bytes, at most `largest`, whatever others add at this moment.
/// Whoever asks holds the client's images until the transaction ends.
///
/// # Errors
/// CONFLICT where the lock is not to be had.
pub(crate) async fn room(
    connection: &mut PgConnection,
    owner: UserId,
    adding: Adding,
    bytes: u64,
    largest: u64,
    quotas: Quotas,
) -> Result<Room> {
    let key = format!("images of {owner}");
    match adding {
        Adding::Together => {
            let lock = sqlx::query!("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", key);
            lock.execute(&mut *connection).await?;
        }
        Adding::Alone => lock(connection, &key).await?,
    }
    // A statement of its own: its view is from after the lock.
    let used = held(connection, owner).await?;
    if let Err(used_up) = fits(quotas, used, Held { images: 1, bytes }) {
        // Who is beside us only adds: what is too much by now is too much in any case.
        return Ok(Room::None(used_up));
    }
    if adding == Adding::Alone {
        return Ok(Room::Enough);
    }
    // Each transaction at this moment has a connection, and adds one image.
    let others = sqlx::query_scalar!(r#"SELECT current_setting('max_connections')::bigint AS "most!""#);
    let others = count(others.fetch_one(connection).await?)?;
    let together = Held { images: others, bytes: others.saturating_mul(largest) };
    Ok(if fits(quotas, used, together).is_ok() { Room::Enough } else { Room::Unsure })
}

/// Whether quotas leave room for more.
///
/// # Errors
/// That they don't.
pub(crate) fn fits(quotas: Quotas, used: Held, more: Held) -> Result<(), UsedUp> {
    Quota::Images.check(quotas.images, used.images, more.images)?;
    Quota::Bytes.check(quotas.bytes, used.bytes, more.bytes)
}

/// Counts an image, for its task and for its owner.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn add(connection: &mut PgConnection, task: &OwnTask, image: &NewImage) -> Result<()> {
    sqlx::query!(
        "WITH of_client AS (
             INSERT INTO client_usage AS n (owner_id, piece, images, bytes) VALUES ($3, $2, 1, $4)
             ON CONFLICT (owner_id, piece) DO UPDATE SET images = n.images + 1, bytes = n.bytes + excluded.bytes)
         INSERT INTO image_count AS n (task_id, piece, images) VALUES ($1, $2, 1)
         ON CONFLICT (task_id, piece) DO UPDATE SET images = n.images + 1",
        task.id.uuid(),
        piece(image.id),
        task.owner.uuid(),
        number(image.size_bytes)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts an image off again, where it was counted.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn take_off(
    connection: &mut PgConnection,
    task: &OwnTask,
    image: ImageId,
    size_bytes: u64,
) -> Result<()> {
    sqlx::query!(
        "WITH of_client AS (
             UPDATE client_usage SET images = images - 1, bytes = bytes - $4 WHERE owner_id = $3 AND piece = $2)
         UPDATE image_count SET images = images - 1 WHERE task_id = $1 AND piece = $2",
        task.id.uuid(),
        piece(image),
        task.owner.uuid(),
        number(size_bytes)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The piece in which an image is counted: the last bytes of a UUIDv7 are random.
fn piece(image: ImageId) -> i16 {
    i16::from(image.uuid().as_bytes()[15] & 15)
}

/// Makes whoever counts and adds a client's tasks wait for each other until the transaction ends.
///
/// # Errors
/// CONFLICT where the lock is not to be had.
pub(crate) async fn lock_tasks(connection: &mut PgConnection, owner: UserId) -> Result<()> {
    lock(connection, &format!("tasks of {owner}")).await
}

async fn lock(connection: &mut PgConnection, key: &str) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key).execute(connection).await?;
    Ok(())
}

/// How many images a client has, and of how many bytes.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn held(connection: &mut PgConnection, owner: UserId) -> Result<Held> {
    let row = sqlx::query!(
        r#"SELECT greatest(coalesce(sum(images), 0), 0)::bigint AS "images!",
                  greatest(coalesce(sum(bytes), 0), 0)::bigint AS "bytes!"
           FROM client_usage WHERE owner_id = $1"#,
        owner.uuid(),
    );
    let row = row.fetch_one(connection).await?;
    Ok(Held { images: count(row.images)?, bytes: count(row.bytes)? })
}

/// How much a client has.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn of(connection: &mut PgConnection, owner: UserId) -> Result<Usage> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM task WHERE owner_id = $1 AND deleted_at IS NULL) AS "tasks!",
                  (SELECT count(*) FROM task WHERE owner_id = $1 AND state = 'open') AS "open_tasks!""#,
        owner.uuid(),
    );
    let row = row.fetch_one(&mut *connection).await?;
    let held = held(connection, owner).await?;
    Ok(Usage { tasks: count(row.tasks)?, open_tasks: count(row.open_tasks)?, held })
}
