//! Sends a mail.

use super::{App, deliver::NotSent, take_mail::unseal};
use crate::{
    domain::Mail,
    store::deliveries::{Claim, What},
    users::Lookup,
};

/// Sends one mail; its Message-ID is the delivery's id.
///
/// # Errors
/// Why the mail server has not taken it.
pub(super) async fn deliver_mail(app: &App, claim: &Claim) -> Result<(), NotSent> {
    let (contact, letter) = match &claim.what {
        What::Notice { user_id, letter } => match app.users.contact(*user_id).await {
            Lookup::Found(contact) => (contact, letter.clone()),
            Lookup::Gone => return Err(NotSent::Useless("the user no longer exists")),
            Lookup::Unconfirmed => return Err(NotSent::Useless("the address is not confirmed")),
            Lookup::Unavailable(why) => return Err(NotSent::NoAddress(why)),
        },
        What::Asked { sealed } => unseal(app, claim.delivery_id, sealed).map_err(NotSent::NotOpened)?,
    };
    let mail = Mail::compose(claim.delivery_id, contact, &letter).map_err(NotSent::NotComposed)?;
    app.sender.send(&mail).await.map_err(NotSent::Refused)
}
