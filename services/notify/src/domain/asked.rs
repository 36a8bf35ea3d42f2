//! The words of mails that others ask for.

use chrono::{DateTime, Utc};

use super::{Letter, wording::time};

/// Asks the owner of an address whether it is theirs. `public_url` is where the gateway is reached, without a slash at
/// the end.
///
/// Nothing in it was written by whoever signed up. What follows `#` in the link stays in the reader's browser, and
/// opening it does nothing yet: programs open what is in mails, too.
pub(crate) fn confirm_email(token: &str, expires_at: DateTime<Utc>, public_url: &str) -> Letter {
    Letter::new("Confirm your e-mail address")
        .text("Somebody has signed up at Labelmesh with this address. If that was you, confirm that it is yours:")
        .link("Confirm the address", format!("{public_url}/confirm#{token}"))
        .text("Or at the command line:")
        .command(format!("labelmesh users confirm {token}"))
        .text(format!(
            "That is possible until {}. Until you have done so nothing else is mailed to you, and the account can do \
             little.",
            time(expires_at)
        ))
        .text(
            "If it was not you, there is nothing to do: the account stays as it is, and you get no more mail about it.",
        )
}

/// Asks the owner of an address whether it is to be theirs from now on.
pub(crate) fn confirm_new_email(token: &str, expires_at: DateTime<Utc>, public_url: &str) -> Letter {
    Letter::new("Confirm your new e-mail address")
        .text("This is to be the new e-mail address of an account at Labelmesh. If it is your account, confirm that:")
        .link("Confirm the address", format!("{public_url}/confirm#{token}"))
        .text("Or at the command line:")
        .command(format!("labelmesh users confirm {token}"))
        .text(format!(
            "That is possible until {}. Until then the account keeps the address that it has.",
            time(expires_at)
        ))
        .text("If it is not your account, there is nothing to do: you get no more mail about it.")
}

/// Tells the owner of an address that another one is to take its place.
pub(crate) fn email_changing(public_url: &str) -> Letter {
    Letter::new("Your e-mail address at Labelmesh is to be changed")
        .text(
            "Another e-mail address was asked for your Labelmesh account. It takes the place of this one once it is \
             confirmed there; until then everything stays as it is.",
        )
        .text(
            "If this was you, there is nothing to do here. If it was not, somebody has your account: change your \
             password, which ends all other sessions, and give this address again, which ends the change.",
        )
        .link("See what is known of you", format!("{public_url}/v1/me"))
        .command("labelmesh password")
}

/// Lets somebody who has forgotten their password choose another one.
pub(crate) fn password_reset(token: &str, expires_at: DateTime<Utc>, public_url: &str) -> Letter {
    Letter::new("Choose another password")
        .text("Somebody has forgotten the password of your Labelmesh account. If that was you, choose another one:")
        .link("Choose another password", format!("{public_url}/reset#{token}"))
        .text("Or at the command line:")
        .command(format!("labelmesh password reset {token}"))
        .text(format!(
            "That is possible once, until {}. All sessions end by it, and you are told so by a mail.",
            time(expires_at)
        ))
        .text("If it was not you, there is nothing to do: your password stays as it is.")
}
