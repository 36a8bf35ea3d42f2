//! Takes over mails that others ask for.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_events::Trace;
use labelmesh_identity::Reach;
use labelmesh_ids::{DeliveryId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_seal::context;

use super::App;
use crate::{
    domain::{Contact, Letter},
    events::published,
    store::{deletions, deliveries},
};

/// A mail that somebody asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) mail_id: DeliveryId,
    /// Whom it concerns.
    pub(crate) user_id: UserId,
    /// The address to which it goes.
    pub(crate) email: String,
    pub(crate) letter: Letter,
    /// When it is of no use any more.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Takes a mail over, to be sent, unless whom it concerns was deleted. Address and words are sealed until they are;
/// neither is told by its name, which whoever signed up with the address has chosen.
///
/// # Errors
/// NOT_ALLOWED unless the caller's permission reaches everything.
pub(crate) async fn take_mail(app: &App, reach: Reach, asked: &Asked) -> Result<()> {
    reach.everything()?;
    let Asked { mail_id, user_id, email, letter, expires_at } = asked;
    let plain = serde_json::to_vec(&(email, letter)).map_err(Error::internal)?;
    let sealed = app.sealer.seal(&of_mail(*mail_id), &plain);
    let (sealed, trace, now) = (&sealed, &Trace::current(), app.clock.now());
    run_tx(&app.pool, "take_mail", |tx| {
        Box::pin(async move {
            // Nothing is kept of who was deleted meanwhile.
            if deletions::is_user_deleted(tx, *user_id).await? {
                return Ok(());
            }
            deliveries::insert_asked(tx, *mail_id, *user_id, sealed, *expires_at, trace, now).await
        })
    })
    .await?;
    app.sending.notify_one();
    published::hint_of_deliveries(&app.bus).await;
    Ok(())
}

/// To whom a mail goes that was taken over, and what it says.
///
/// # Errors
/// If it can't be opened: it was sealed with another key.
pub(super) fn unseal(app: &App, mail_id: DeliveryId, sealed: &[u8]) -> Result<(Contact, Letter)> {
    let plain = app.sealer.open(&of_mail(mail_id), sealed).map_err(Error::internal)?;
    let (email, letter) = serde_json::from_slice(&plain).map_err(Error::internal)?;
    Ok((Contact { email, name: String::new() }, letter))
}

fn of_mail(mail_id: DeliveryId) -> String {
    context(&["mail", &mail_id.to_string()])
}
