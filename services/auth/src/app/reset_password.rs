//! Replaces passwords that were forgotten.

use std::net::IpAddr;

use chrono::TimeDelta;
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::{DeliveryId, UserId};
use labelmesh_password::Password;
use labelmesh_pg::run_tx;
use labelmesh_proto::{
    notify::v1::{MailKind, SendMailRequest},
    timestamp,
};
use labelmesh_seal::context;

use super::{
    App,
    change_password::{Changed, set_and_end},
};
use crate::{
    domain::{Reset, Token, email_digest, link_invalid},
    store::{
        attempts,
        resets::{self, Due, Request},
    },
    users::Whose,
};

/// How many requests are looked at, and mails handed over, at once.
const BATCH: i64 = 16;
/// After this long what could not be done is tried again.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(5);

/// Notes that somebody has forgotten the password to an address. Whether anybody has it is looked at afterwards, so
/// nothing of the answer can depend on it.
///
/// # Errors
/// RATE_LIMITED.
pub(crate) async fn request_reset(app: &App, email: &str, address: Option<IpAddr>) -> Result<()> {
    let (now, email) = (app.clock.now(), &email.to_ascii_lowercase());
    let id = DeliveryId::new(now, app.random.bytes());
    run_tx(&app.pool, "request_reset", |tx| {
        Box::pin(async move {
            for (subject, most) in app.resets.counted(email, address) {
                let (count, since) = attempts::count(tx, &subject, app.resets.window, now).await?;
                app.resets.admit(count, most, since, now)?;
            }
            resets::ask(tx, id, email, now).await?;
            // Whose account it is, if anybody's, is not known yet.
            app.acts.note(tx, Deed::on("")).await
        })
    })
    .await?;
    app.mailing.notify_one();
    Ok(())
}

/// Looks at requests, and hands mails that are due over to notify. What could not be done is tried again; a replica
/// that dies with some in hand leaves them to the others.
///
/// # Errors
/// Only if the database fails.
pub(crate) async fn mail_resets(app: App) -> Result<()> {
    loop {
        let now = app.clock.now();
        let mut db = app.pool.acquire().await?;
        let requests = resets::claim_requests(&mut db, now, now + AGAIN_AFTER, BATCH).await?;
        drop(db);
        let looked = requests.len();
        for request in requests {
            let id = request.id;
            if let Err(error) = look_at(&app, request).await {
                tracing::warn!(delivery.id = %id, error = %error, "could not look at a request to reset a password");
            }
        }
        let due = resets::claim(&mut *app.pool.acquire().await?, now, now + AGAIN_AFTER, BATCH).await?;
        if looked == 0 && due.is_empty() {
            return Ok(());
        }
        for mail in due {
            let id = mail.id;
            match hand_over(&app, mail).await {
                Ok(()) => resets::handed_over(&mut *app.pool.acquire().await?, id).await?,
                Err(error) => tracing::warn!(delivery.id = %id, error = %error, "could not hand a mail over"),
            }
        }
    }
}

/// Has what resets a password mailed, where somebody may reset theirs: who is blocked, or has not confirmed the
/// address, may not.
async fn look_at(app: &App, request: Request) -> Result<()> {
    let credential = app.users.credential(&Whose::Email(&request.email)).await?;
    let credential = credential.filter(|found| !found.account.blocked && !found.account.unconfirmed);
    let token = Token::of_reset(app.random.bytes());
    let plain = serde_json::to_vec(&(&request.email, token.reveal())).map_err(Error::internal)?;
    let sealed = &app.sealer.seal(&of_mail(request.id), &plain);
    let reset = &credential.map(|found| Reset {
        id: request.id,
        user: found.account.user_id,
        email_digest: email_digest(&request.email),
        password_version: found.password_version,
        expires_at: request.asked_at + app.resets.lifetime,
    });
    let (digest, now) = (&token.digest(), app.clock.now());
    run_tx(&app.pool, "look_at_reset", |tx| {
        Box::pin(async move {
            if let Some(reset) = reset {
                resets::insert(tx, reset, digest, sealed, now).await?;
            }
            resets::looked_at(tx, request.id).await
        })
    })
    .await
}

async fn hand_over(app: &App, due: Due) -> Result<()> {
    let plain = app.sealer.open(&of_mail(due.id), &due.sealed).map_err(Error::internal)?;
    let (email, token) = serde_json::from_slice(&plain).map_err(Error::internal)?;
    let mail = SendMailRequest {
        mail_id: due.id.to_string(),
        user_id: due.user.to_string(),
        email,
        expires_at: Some(timestamp(due.expires_at)),
        kind: MailKind::PasswordReset.into(),
        token,
    };
    app.notify.send(mail).await
}

/// Replaces the password of whoever this token was mailed to, and ends their sessions; their API keys too where
/// `revoke` says so. Answers whose it was.
///
/// Of several who come with the same token one gets through: the new password takes the place of the very one that the
/// token was made for. Should this call break off after that, sessions end by what users tells.
///
/// # Errors
/// LINK_INVALID, also where the account is blocked; OVERLOADED; UNAVAILABLE.
pub(crate) async fn reset_password(app: &App, token: &Token, new: Password, revoke: bool) -> Result<(UserId, Changed)> {
    let now = app.clock.now();
    let reset = resets::find(&mut *app.pool.acquire().await?, &token.digest(), now).await?.ok_or_else(link_invalid)?;
    let hashing = app.hasher.reserve()?;
    let credential = app.users.credential(&Whose::User(reset.user)).await?.ok_or_else(link_invalid)?;
    let is_theirs = email_digest(&credential.email) == reset.email_digest;
    if credential.account.blocked || credential.password_version != reset.password_version || !is_theirs {
        return Err(link_invalid());
    }
    let hash = hashing.hash(new).await?;
    let set = async {
        let set = app.users.set_password(reset.user, None, &hash, reset.password_version).await;
        set.map_err(|error| if error.reason() == Reason::Conflict { link_invalid() } else { error })
    };
    Ok((reset.user, set_and_end(app, reset.user, None, revoke, set).await?))
}

/// What a token is sealed for.
fn of_mail(id: DeliveryId) -> String {
    context(&["password reset", &id.to_string()])
}
