//! Everything that is stored about what a user was told, for the user.

use futures::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use labelmesh_pg::{few, rows};
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{Phone, Preference},
    store::{
        inbox,
        own_data::{self, Inbox, Mail, Origin, SignIn, Stored, Text},
        phones,
    },
};

/// How many rows one query reads.
const PAGE: i64 = 500;

/// Something that is stored about what a user was told.
#[derive(Debug)]
pub(crate) enum Notices {
    Preference(Preference),
    Notification(Stored),
    Mail(Mail),
    SignIn(SignIn),
    Origin(Origin),
    Inbox(Inbox),
    Phone(Phone),
    Text(Text),
}

/// Streams what is stored about what a user was told, read page by page: one kind after the other, notifications the
/// newest first.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub(crate) fn export_notices(app: &App, me: UserId) -> impl Stream<Item = Result<Notices>> + Send + use<> {
    let pool = || app.pool.clone();
    let preferences = few(pool(), move |db| async move { Ok(inbox::wishes(db, me).await?.all_different()) }.boxed());
    let key = |stored: &Stored| (stored.notification.created_at, stored.notification.notification_id);
    let notifications =
        rows(pool(), PAGE, key, move |db, after, limit| own_data::notifications(db, me, after, limit).boxed());
    let key = |mail: &Mail| mail.id;
    let mails = rows(pool(), PAGE, key, move |db, after, limit| own_data::mails(db, me, after, limit).boxed());
    let sign_in = few(pool(), move |db| own_data::sign_in(db, me).boxed());
    let key = |origin: &Origin| origin.origin;
    let origins = rows(pool(), PAGE, key, move |db, after, limit| own_data::origins(db, me, after, limit).boxed());
    let list = few(pool(), move |db| own_data::inbox(db, me).boxed());
    let phone = few(pool(), move |db| phone(db, me).boxed());
    let key = |text: &Text| text.id;
    let texts = rows(pool(), PAGE, key, move |db, after, limit| own_data::texts(db, me, after, limit).boxed());
    preferences
        .map_ok(Notices::Preference)
        .chain(notifications.map_ok(Notices::Notification))
        .chain(mails.map_ok(Notices::Mail))
        .chain(sign_in.map_ok(Notices::SignIn))
        .chain(origins.map_ok(Notices::Origin))
        .chain(list.map_ok(Notices::Inbox))
        .chain(phone.map_ok(Notices::Phone))
        .chain(texts.map_ok(Notices::Text))
}

async fn phone(db: &mut PgConnection, me: UserId) -> Result<Vec<Phone>> {
    let phone = phones::find(db, me).await?;
    Ok(if phone == Phone::default() { Vec::new() } else { vec![phone] })
}
