//! `labelmesh notifications phone`: where you are sent text messages.

use clap::Subcommand;
use labelmesh_sdk::{
    Client,
    notify::{ConfirmPhoneRequest, GetPhoneRequest, Phone, RemovePhoneRequest, SetPhoneRequest},
};

use crate::{
    exit::Failure,
    output::{Output, when},
};

/// See and say where you are sent text messages.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show your number, and whether text messages are sent here.
    Show,
    /// Have a code texted to a number, which confirms that it is yours.
    #[command(after_help = "Example:\n  labelmesh notifications phone set +431234567")]
    Set {
        /// The number with its country: + and 7 to 15 digits.
        number: String,
    },
    /// Confirm the number to which a code was texted.
    #[command(after_help = "Example:\n  labelmesh notifications phone confirm 123456")]
    Confirm {
        /// The six digits.
        code: String,
    },
    /// Have your number forgotten.
    Remove,
}

pub(crate) async fn run(command: Command, client: &Client, output: Output) -> Result<(), Failure> {
    let phone = match command {
        Command::Show => client.get_phone(GetPhoneRequest {}).await?,
        Command::Set { number } => client.set_phone(SetPhoneRequest { number }).await?,
        Command::Confirm { code } => client.confirm_phone(ConfirmPhoneRequest { code }).await?,
        Command::Remove => {
            client.remove_phone(RemovePhoneRequest {}).await?;
            output.note("Your number is forgotten.");
            return Ok(());
        }
    };
    output.message(&phone, || told(&phone))
}

fn told(phone: &Phone) -> String {
    let mut lines = Vec::new();
    if !phone.offered {
        lines.push("No text messages are sent here.".to_owned());
    }
    match phone.number.as_str() {
        "" => lines.push("No number of yours is confirmed.".to_owned()),
        number => {
            lines.push(format!("Your number is {number}, confirmed at {}.", when(phone.confirmed_at.as_ref())));
        }
    }
    if !phone.pending_number.is_empty() {
        lines.push(format!(
            "A code was texted to {}: confirm it by `labelmesh notifications phone confirm CODE` until {}.",
            phone.pending_number,
            when(phone.code_expires_at.as_ref())
        ));
    }
    lines.join("\n")
}
