//! Numbers to which people are sent text messages: given, confirmed, removed.

use std::net::IpAddr;

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_events::Trace;
use labelmesh_identity::Reach;
use labelmesh_ids::{DeliveryId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_seal::context;

use super::App;
use crate::{
    domain::{CODE_LIFETIME, Pending, Phone, PhoneCode, PhoneNumber, admit, counted},
    events::published,
    store::{deletions, deliveries, phones},
};

/// What the caller has of numbers.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn phone(app: &App, reach: Reach) -> Result<Phone> {
    phones::find(&mut *app.pool.acquire().await?, user(reach)?).await
}

/// Texts a code to a number that is to be the caller's. What is refused is written nowhere.
///
/// # Errors
/// TEXTS_NOT_OFFERED, RATE_LIMITED; NOT_FOUND where the caller was deleted a moment ago.
pub(crate) async fn set_phone(app: &App, reach: Reach, number: PhoneNumber, address: Option<IpAddr>) -> Result<Phone> {
    let user = user(reach)?;
    app.offers_texts()?;
    let (now, code) = (app.clock.now(), PhoneCode::generate(&app.random));
    let delivery_id = DeliveryId::new(now, app.random.bytes());
    let plain = serde_json::to_vec(&(number.as_str(), code.words())).map_err(Error::internal)?;
    let sealed = &app.sealer.seal(&of_text(delivery_id), &plain);
    let sealed_code = app.sealer.seal(&of_code(user), code.reveal().as_bytes());
    let pending = &Pending { number, sealed_code, expires_at: now + CODE_LIFETIME, tries: 0 };
    let trace = &Trace::current();
    let phone = run_tx(&app.pool, "set_phone", |tx| {
        Box::pin(async move {
            // Nothing is kept of who was deleted a moment ago.
            deletions::check_user(tx, user).await?;
            for (subject, most) in counted(&pending.number, user, address) {
                let (count, since) = phones::count(tx, &subject, now).await?;
                admit(count, most, since, now)?;
            }
            let phone = Phone { pending: Some(pending.clone()), ..phones::lock(tx, user).await? };
            phones::store(tx, user, &phone).await?;
            deliveries::insert_code(tx, delivery_id, user, sealed, pending.expires_at, trace, now).await?;
            // Numbers are in no record but their owner's.
            app.acts.note(tx, Deed::on(user).result("phone", "pending")).await?;
            Ok(phone)
        })
    })
    .await?;
    app.texting.notify_one();
    published::hint_of_deliveries(&app.bus).await;
    Ok(phone)
}

/// Makes the number to which a code was texted the caller's, by that code. A wrong one counts.
///
/// # Errors
/// CODE_WRONG; NOT_FOUND where no number is to be confirmed.
pub(crate) async fn confirm_phone(app: &App, reach: Reach, typed: PhoneCode) -> Result<Phone> {
    let (user, now, typed) = (user(reach)?, app.clock.now(), &typed);
    let confirmed = run_tx(&app.pool, "confirm_phone", |tx| {
        Box::pin(async move {
            let mut phone = phones::lock(tx, user).await?;
            let Some(mut pending) = phone.pending.take() else { return Err(Error::not_found("phone")) };
            if !pending.is_good(now) {
                return Ok(None);
            }
            let code = app.sealer.open(&of_code(user), &pending.sealed_code).map_err(Error::internal)?;
            let right = typed.reveal().as_bytes() == code;
            if right {
                phone.confirmed = Some((pending.number, now));
            } else {
                pending.tries += 1;
                phone.pending = Some(pending);
            }
            phones::store(tx, user, &phone).await?;
            if right {
                app.acts.note(tx, Deed::on(user).result("phone", "confirmed")).await?;
            }
            Ok(right.then_some(phone))
        })
    });
    let wrong = "the code is wrong, or good no longer: after five wrong ones, or ten minutes, ask for another one";
    confirmed.await?.ok_or_else(|| Error::new(Reason::CodeWrong, wrong))
}

/// Forgets the caller's numbers.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn remove_phone(app: &App, reach: Reach) -> Result<()> {
    let user = user(reach)?;
    let removed = run_tx(&app.pool, "remove_phone", |tx| {
        Box::pin(async move {
            if phones::lock(tx, user).await? == Phone::default() {
                return Ok(());
            }
            phones::remove(tx, user).await?;
            app.acts.note(tx, Deed::on(user).result("phone", "removed")).await
        })
    });
    removed.await
}

/// To which number a code goes that was asked for, and in which words.
///
/// # Errors
/// If it can't be opened: it was sealed with another key.
pub(super) fn unseal(app: &App, delivery_id: DeliveryId, sealed: &[u8]) -> Result<(PhoneNumber, String)> {
    let plain = app.sealer.open(&of_text(delivery_id), sealed).map_err(Error::internal)?;
    let (number, words): (String, String) = serde_json::from_slice(&plain).map_err(Error::internal)?;
    Ok((PhoneNumber::stored(number), words))
}

fn of_text(delivery_id: DeliveryId) -> String {
    context(&["text", &delivery_id.to_string()])
}

fn of_code(user: UserId) -> String {
    context(&["phone code", &user.to_string()])
}

fn user(reach: Reach) -> Result<UserId> {
    reach.owner().ok_or_else(|| Error::internal("a number is one user's"))
}
