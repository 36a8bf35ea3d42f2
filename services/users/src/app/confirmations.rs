//! Lets the owners of addresses confirm them.

use std::net::IpAddr;

use chrono::TimeDelta;
use labelmesh_acts::Deed;
use labelmesh_email::Email;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{DeliveryId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_proto::{
    notify::v1::{MailKind, SendMailRequest},
    timestamp,
};
use labelmesh_seal::context;
use sqlx::PgConnection;
use uuid::Uuid;

use super::App;
use crate::{
    domain::{Confirmation, Token, User, link_invalid},
    events::published,
    store::{
        confirmations::{self, Due},
        users,
    },
};

/// How many mails are handed over at once.
const BATCH: i64 = 16;
/// After this long one that was not taken over is tried again.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(5);
/// How long counts are kept: longer than any window.
const COUNTED: TimeDelta = TimeDelta::days(2);

/// Has what confirms a user's address mailed to it, in the caller's transaction, where one is to be confirmed; what was
/// mailed for the user before is good for nothing then. The address `told` is told that another is to take its place.
/// `address` is that of who calls, where that counts.
///
/// # Errors
/// RATE_LIMITED.
pub(super) async fn ask(
    app: &App,
    db: &mut PgConnection,
    user: &User,
    told: Option<&Email>,
    address: Option<IpAddr>,
) -> Result<()> {
    let now = app.clock.now();
    let Some(email) = user.to_confirm() else { return Ok(()) };
    let user = user.id;
    for counted in app.bounds.of(email, user, address) {
        let (count, since) = confirmations::count(db, &counted, now).await?;
        counted.admit(count, since, now)?;
    }
    let confirmation = Confirmation {
        id: DeliveryId::new(now, app.random.bytes()),
        user,
        email: email.clone(),
        told: told.cloned(),
        token: Token::new(app.random.bytes()),
        created_at: now,
        expires_at: now + app.bounds.lifetime,
    };
    let sealed = app.sealer.seal(&of_mail(confirmation.id), confirmation.token.reveal().as_bytes());
    confirmations::insert(db, &confirmation, &sealed).await
}

/// Has it mailed once more to who calls, where there is anything to confirm.
///
/// # Errors
/// RATE_LIMITED.
pub(crate) async fn resend(app: &App, user: UserId, address: Option<IpAddr>) -> Result<()> {
    run_tx(&app.pool, "resend_confirmation", |tx| {
        Box::pin(async move {
            let user = users::lock(tx, user, Reach::All).await?.ok_or_else(|| Error::not_found("user"))?;
            ask(app, tx, &user, None, address).await
        })
    })
    .await?;
    app.mailing.notify_one();
    Ok(())
}

/// Confirms the address to which this token was mailed, and tells the others. Answers whose it is.
///
/// # Errors
/// LINK_INVALID; EMAIL_TAKEN where somebody else has come to have the address meanwhile.
pub(crate) async fn confirm(app: &App, token: &Token) -> Result<UserId> {
    let (digest, now) = (&token.digest(), app.clock.now());
    let user = run_tx(&app.pool, "confirm_email", |tx| {
        Box::pin(async move {
            let meant = confirmations::find(tx, digest, now).await?.ok_or_else(link_invalid)?;
            let user = users::lock(tx, meant.user, Reach::All).await?.ok_or_else(link_invalid)?;
            // Whoever came first has used it up, or had another one mailed.
            if !confirmations::spend(tx, meant.id).await? {
                return Err(link_invalid());
            }
            let old = user;
            let user = User { version: old.version + 1, ..old.confirming(&meant.email, now)? };
            users::update(tx, &user).await?;
            app.outbox.enqueue(tx, &published::updated(&user, now)).await?;
            app.acts.note(tx, Deed::on(user.id).by(user.id).about(user.id).changed(&old, &user)).await?;
            Ok(user.id)
        })
    })
    .await?;
    app.outbox.wake();
    Ok(user)
}

/// Hands mails that are due over to notify. One that could not be is tried again; a replica that dies with some in hand
/// leaves them to the others.
///
/// # Errors
/// Only if the database fails.
pub(crate) async fn hand_over(app: App) -> Result<()> {
    loop {
        let now = app.clock.now();
        let due = confirmations::claim(&mut *app.pool.acquire().await?, now, now + AGAIN_AFTER, BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        for mail in due {
            let id = mail.id;
            match hand_over_one(&app, mail).await {
                Ok(()) => confirmations::handed_over(&mut *app.pool.acquire().await?, id).await?,
                Err(error) => tracing::warn!(delivery.id = %id, error = %error, "could not hand a mail over"),
            }
        }
    }
}

async fn hand_over_one(app: &App, due: Due) -> Result<()> {
    let Due { id, user, email, sealed_token, told_email, moves, expires_at } = due;
    let token = app.sealer.open(&of_mail(id), &sealed_token).map_err(Error::internal)?;
    let token = String::from_utf8(token).map_err(Error::internal)?;
    let mail = |mail_id: Uuid, email, kind: MailKind, token| SendMailRequest {
        mail_id: mail_id.to_string(),
        user_id: user.to_string(),
        email,
        expires_at: Some(timestamp(expires_at)),
        kind: kind.into(),
        token,
    };
    // The address that is there is told first: whoever has it may have to see to it.
    if let Some(old) = told_email {
        let mail_id = Uuid::new_v5(&id.uuid(), b"told");
        app.notify.send(mail(mail_id, old, MailKind::EmailChanging, String::new())).await?;
    }
    let kind = if moves { MailKind::ConfirmNewEmail } else { MailKind::ConfirmEmail };
    app.notify.send(mail(id.uuid(), email, kind, token)).await
}

/// Forgets what can confirm nothing any more.
///
/// # Errors
/// Only if the database fails.
pub(crate) async fn forget(app: App) -> Result<()> {
    let now = app.clock.now();
    confirmations::forget(&mut *app.pool.acquire().await?, now, now - COUNTED).await
}

/// What a token is sealed for.
fn of_mail(id: DeliveryId) -> String {
    context(&["mailed token", &id.to_string()])
}
