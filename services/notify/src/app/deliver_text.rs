//! Sends a text message.

use labelmesh_errors::Error;

use super::{App, deliver::NotSent, set_phone::unseal};
use crate::{
    domain::text,
    store::{
        deliveries::{Claim, What},
        phones,
    },
};

/// Hands one text message to the gateway, under the delivery's id. What somebody is told goes to the number that is
/// theirs at this moment.
///
/// # Errors
/// Why the gateway has not taken it.
pub(super) async fn deliver_text(app: &App, claim: &Claim) -> Result<(), NotSent> {
    // No worker looks for text messages where there is none.
    let Some(texts) = &app.texts else { return Err(NotSent::Useless("no text messages are sent")) };
    let (number, words) = match &claim.what {
        What::Notice { user_id, letter } => {
            let unavailable = |error: Error| NotSent::NoAddress(error.to_string());
            let mut db = app.pool.acquire().await.map_err(|error| unavailable(error.into()))?;
            match phones::find(&mut db, *user_id).await.map_err(unavailable)?.confirmed {
                Some((number, _)) => (number, text(letter)),
                None => return Err(NotSent::Useless("no number is confirmed")),
            }
        }
        What::Asked { sealed } => unseal(app, claim.delivery_id, sealed).map_err(NotSent::NotOpened)?,
    };
    texts.gateway.send(claim.delivery_id, &number, &words).await.map_err(NotSent::Refused)
}
