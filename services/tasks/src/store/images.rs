//! The rows of images, and their number.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{ImageId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    contents, count, number,
    tasks::OwnTask,
    usage::{self, Adding, Room},
};
use crate::{
    config::Quotas,
    domain::{ContentHash, FileName, Image, ImageFile, NewImage, Note, Outcome, Refusal},
};

/// The image of a task with these bytes, if there is one: what an upload of the same bytes is answered with.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn present(
    connection: &mut PgConnection,
    task: &OwnTask,
    hash: &ContentHash,
) -> Result<Option<Outcome>> {
    let row = sqlx::query!(
        "SELECT id, name, notes FROM image WHERE task_id = $1 AND sha256 = $2",
        task.id.uuid(),
        hash.0.as_slice(),
    );
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
    Ok(Some(Outcome::Present { image_id: row.id.into(), first_name: row.name, notes: notes(&row.notes)? }))
}

/// Where an image of a task stands; none where the task has no such image.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn position(connection: &mut PgConnection, task: &OwnTask, image: ImageId) -> Result<Option<i64>> {
    let position =
        sqlx::query_scalar!("SELECT pos FROM image WHERE id = $1 AND task_id = $2", image.uuid(), task.id.uuid());
    Ok(position.fetch_optional(connection).await?)
}

/// A place behind all images that are there.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn next_position(connection: &mut PgConnection) -> Result<i64> {
    let position = sqlx::query_scalar!(r#"SELECT nextval(pg_get_serial_sequence('image', 'pos')) AS "position!""#);
    Ok(position.fetch_one(connection).await?)
}

/// Whether another image of a task has this name, or one that looks the same.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn has_name(connection: &mut PgConnection, task: &OwnTask, name: &FileName) -> Result<bool> {
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM image WHERE task_id = $1 AND coalesce(name_seen, name) COLLATE "C" = $2)
               AS "taken!""#,
        task.id.uuid(),
        name.seen(),
    );
    Ok(taken.fetch_one(connection).await?)
}

/// What bounds the images of a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The most images of a task.
    pub(crate) max_per_task: u64,
    /// The most bytes of an image.
    pub(crate) max_bytes: u64,
    /// How much its owner may have.
    pub(crate) quotas: Quotas,
    /// Who else may add images at this moment.
    pub(crate) adding: Adding,
}

/// Adds an image to a draft, in a transaction of its own in which [`lock_draft`] has said how many it has. None where
/// whether it fits can only be told alone: then nothing has happened.
///
/// # Errors
/// CONFLICT where a lock is not to be had.
pub(crate) async fn add(
    connection: &mut PgConnection,
    task: &OwnTask,
    image: &NewImage,
    images: u64,
    bounds: Bounds,
) -> Result<Option<Outcome>> {
    let Bounds { max_per_task, max_bytes, quotas, adding } = bounds;
    let room = usage::room(connection, task.owner, adding, image.size_bytes, max_bytes, quotas).await?;
    let refusal = match room {
        Room::Unsure => return Ok(None),
        // Uploads that run at this moment don't see each other: this bound may be passed by as many as there are.
        Room::Enough | Room::None(_) if images >= max_per_task => Refusal::TaskFull { max_images: max_per_task },
        Room::None(used_up) => used_up.into(),
        Room::Enough if insert(connection, task, image).await? || insert_behind(connection, task, image).await? => {
            usage::add(connection, task, image).await?;
            return Ok(Some(Outcome::Added { image_id: image.id, notes: image.notes.clone() }));
        }
        Room::Enough => Refusal::NameTaken,
    };
    // Whatever stands against it, what is there already is there.
    let outcome = present(connection, task, &image.hash).await?;
    Ok(Some(outcome.unwrap_or(Outcome::Refused(refusal))))
}

/// Locks a draft against its submission and deletion, not against other uploads, and says how many images it has.
///
/// # Errors
/// TASK_NOT_DRAFT where the task was submitted or cancelled meanwhile; NOT_FOUND where it was deleted.
pub(crate) async fn lock_draft(connection: &mut PgConnection, task: &OwnTask) -> Result<u64> {
    let now = sqlx::query!(
        r#"SELECT state,
                  coalesce((SELECT sum(images) FROM image_count WHERE task_id = $1)::bigint, 0) AS "images!"
           FROM task WHERE id = $1 AND deleted_at IS NULL FOR SHARE"#,
        task.id.uuid(),
    );
    let now = now.fetch_optional(connection).await?.ok_or_else(|| Error::not_found("task"))?;
    if now.state != "draft" {
        return Err(Error::new(Reason::TaskNotDraft, "the task is not a draft any more"));
    }
    count(now.images)
}

/// Inserts behind all images where nothing but the place of the image is another one's.
async fn insert_behind(connection: &mut PgConnection, task: &OwnTask, image: &NewImage) -> Result<bool> {
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM image WHERE task_id = $1 AND pos = $2) AS "taken!""#,
        task.id.uuid(),
        image.position,
    );
    if !taken.fetch_one(&mut *connection).await? {
        return Ok(false);
    }
    let position = next_position(connection).await?;
    insert(connection, task, &NewImage { position, ..image.clone() }).await
}

/// Inserts unless the bytes, the name or the place are there already; waits for one who inserts the same at this
/// moment.
async fn insert(connection: &mut PgConnection, task: &OwnTask, image: &NewImage) -> Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO image (id, task_id, pos, name, media_type, size_bytes, sha256, width, height, uploaded_at,
                            has_rendition, name_seen, notes)
         OVERRIDING SYSTEM VALUE
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, nullif($12, $4), $13)
         ON CONFLICT DO NOTHING",
        image.id.uuid(),
        task.id.uuid(),
        image.position,
        image.name.as_str(),
        image.media_type.as_str(),
        number(image.size_bytes)?,
        image.hash.0.as_slice(),
        i32::try_from(image.width).map_err(Error::internal)?,
        i32::try_from(image.height).map_err(Error::internal)?,
        image.uploaded_at,
        image.has_rendition,
        image.name.seen(),
        &image.notes.iter().map(|note| note_name(*note).to_owned()).collect::<Vec<_>>(),
    )
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Removes an image of a locked draft, if it is there, and counts it off. Its bytes wait from now on.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn remove(
    connection: &mut PgConnection,
    task: &OwnTask,
    image: ImageId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let removed = sqlx::query!(
        "DELETE FROM image WHERE id = $1 AND task_id = $2 RETURNING sha256, size_bytes",
        image.uuid(),
        task.id.uuid(),
    );
    let Some(removed) = removed.fetch_optional(&mut *connection).await? else { return Ok(false) };
    let hash = removed.sha256.try_into().map_err(|_| Error::internal("a hash has 32 bytes"))?;
    contents::may_be_unused(connection, &ContentHash(hash), now).await?;
    usage::take_off(connection, task, image, count(removed.size_bytes)?).await?;
    Ok(true)
}

/// What the table calls a note.
fn note_name(note: Note) -> &'static str {
    match note {
        Note::Malformed => "malformed",
        Note::NoEnd => "no_end",
    }
}

fn notes(names: &[String]) -> Result<Vec<Note>> {
    let note = |name: &String| [Note::Malformed, Note::NoEnd].into_iter().find(|note| note_name(*note) == name);
    let notes = names.iter().map(note).collect::<Option<_>>();
    notes.ok_or_else(|| Error::internal("a note of another release"))
}

/// An image as the table has it.
pub(super) struct Row {
    pub(super) pos: i64,
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) media_type: String,
    pub(super) size_bytes: i64,
    pub(super) sha256: Vec<u8>,
    pub(super) has_rendition: bool,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) notes: Vec<String>,
    pub(super) gold_label: Option<String>,
    pub(super) qualifies: bool,
}

impl TryFrom<Row> for Image {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let hash = <[u8; 32]>::try_from(row.sha256).map_err(|_| Error::internal("a hash of another length"))?;
        Ok(Self {
            position: row.pos,
            id: ImageId::from(row.id),
            name: row.name,
            media_type: row.media_type,
            size_bytes: count(row.size_bytes)?,
            hash: ContentHash(hash),
            has_rendition: row.has_rendition,
            width: u32::try_from(row.width).map_err(Error::internal)?,
            height: u32::try_from(row.height).map_err(Error::internal)?,
            notes: notes(&row.notes)?,
            gold_label: row.gold_label,
            qualifies: row.qualifies,
        })
    }
}

/// An image of a task, if it has it.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn get(connection: &mut PgConnection, task: &OwnTask, image: ImageId) -> Result<Option<Image>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT pos, id, name, media_type, size_bytes, sha256, has_rendition, width, height, notes, gold_label,
                qualifies
         FROM image WHERE id = $1 AND task_id = $2",
        image.uuid(),
        task.id.uuid(),
    );
    row.fetch_optional(connection).await?.map(Image::try_from).transpose()
}

/// The images of a task after a position, in the order of their places.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn list(connection: &mut PgConnection, task: &OwnTask, after: i64, limit: i64) -> Result<Vec<Image>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT pos, id, name, media_type, size_bytes, sha256, has_rendition, width, height, notes, gold_label,
                qualifies
         FROM image WHERE task_id = $1 AND pos > $2 ORDER BY pos LIMIT $3",
        task.id.uuid(),
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Image::try_from).collect()
}

/// The files with these hashes that are images of tasks within reach, each once.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn files(
    connection: &mut PgConnection,
    reach: Reach,
    hashes: &[ContentHash],
) -> Result<Vec<ImageFile>> {
    if reach == Reach::Public {
        return Ok(Vec::new());
    }
    let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.0.to_vec()).collect();
    let rows = sqlx::query!(
        r#"SELECT file.sha256, file.media_type, file.size_bytes, file.width, file.height
           FROM (SELECT DISTINCT sha256 FROM unnest($1::bytea[]) AS wanted (sha256)) AS wanted
           CROSS JOIN LATERAL
               (SELECT i.sha256, i.media_type, i.size_bytes, i.width, i.height
                FROM image i JOIN task t ON t.id = i.task_id
                WHERE i.sha256 = wanted.sha256 AND t.deleted_at IS NULL AND ($2::uuid IS NULL OR t.owner_id = $2)
                LIMIT 1) AS file"#,
        &hashes,
        reach.owner().map(UserId::uuid),
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| {
        let hash = <[u8; 32]>::try_from(row.sha256).map_err(|_| Error::internal("a hash of another length"))?;
        Ok(ImageFile {
            hash: ContentHash(hash),
            media_type: row.media_type,
            size_bytes: count(row.size_bytes)?,
            width: u32::try_from(row.width).map_err(Error::internal)?,
            height: u32::try_from(row.height).map_err(Error::internal)?,
        })
    })
    .collect()
}
