//! Sends mails by SMTP.

use std::time::Duration;

use anyhow::Context as _;
use labelmesh_email::Email;
use labelmesh_transport::Protection;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::{
        Error as SmtpError, PoolConfig,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret as _;

use crate::{
    config::{Encryption, Smtp},
    domain::{Mail, Refusal},
};

/// The reply with which a mail server closes the conversation as a whole (RFC 5321, 4.2.1).
const CLOSING: u16 = 421;

/// Sends mails over connections that are kept for a while.
#[derive(Clone)]
pub(crate) struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    timeout: Duration,
}

impl Sender {
    /// A sender that connects with the first mail: the service starts without its mail server.
    ///
    /// # Errors
    /// If the sender's address is not valid, a user is configured without a password or without encryption, or the
    /// server is on another machine without encryption.
    pub(crate) fn new(config: &Smtp, connections: u32) -> anyhow::Result<Self> {
        let protection = Protection { section: "smtp", remedy: "set smtp.encryption to starttls or tls" };
        protection.require(&config.host, config.encryption != Encryption::None, config.insecure)?;
        let from =
            config.from.parse().context("smtp.from is not a mailbox such as `Labelmesh <no-reply@example.org>`")?;
        let tls = match config.encryption {
            Encryption::None => Tls::None,
            Encryption::Starttls => Tls::Required(TlsParameters::new(config.host.clone())?),
            Encryption::Tls => Tls::Wrapper(TlsParameters::new(config.host.clone())?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.clone())
            .port(config.port)
            .tls(tls)
            .timeout(Some(config.timeout))
            .pool_config(PoolConfig::new().max_size(connections));
        if let Some(user) = &config.user {
            anyhow::ensure!(
                config.encryption != Encryption::None,
                "smtp.user needs smtp.encryption: a password is not sent in the clear"
            );
            let password = config.password.as_ref().context("smtp.user needs smtp.password")?;
            builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, timeout: config.timeout })
    }

    /// Returns when the mail server has taken the mail.
    pub(crate) async fn send(&self, mail: &Mail) -> Result<(), Refusal> {
        let message = self.message(mail)?;
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Err(_) => Err(Refusal::NoServer("no answer in time".to_owned())),
            Ok(Err(error)) => Err(judge(&error)),
            Ok(Ok(_)) => Ok(()),
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, Refusal> {
        // The rule of sign-up: addresses from before it are not sent to.
        let no_address = || Refusal::ForGood("the address is not one".to_owned());
        let email = Email::parse(&mail.to.email).map_err(|_| no_address())?;
        let address: Address = email.as_str().parse().map_err(|_| no_address())?;
        let name = Some(mail.to.name.clone()).filter(|name| !name.is_empty());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .message_id(Some(format!("<{}@{}>", mail.delivery_id, self.from.email.domain())))
            .subject(mail.subject.clone())
            // RFC 3834: no out-of-office reply is wanted.
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|error| Refusal::ForGood(error.to_string()))
    }
}

/// What a failed attempt means for the mail and for the others.
fn judge(error: &SmtpError) -> Refusal {
    let Some(code) = error.status().map(u16::from) else {
        let what = if error.is_timeout() { "no answer in time" } else { "no connection" };
        return Refusal::NoServer(what.to_owned());
    };
    let reply = format!("reply {code}");
    match code {
        CLOSING => Refusal::NoServer(reply),
        // Sign-in and encryption are between us and the server; no mail changes that.
        454 | 530 | 534 | 535 | 538 => Refusal::NoServer(reply),
        _ if error.is_permanent() => Refusal::ForGood(reply),
        _ => Refusal::ForNow(reply),
    }
}

/// `Auto-Submitted: auto-generated`.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn to_whom_may_sign_up_mail_can_be_sent(text in r#"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~"@-]{1,8}@[a-zA-Z0-9.-]{1,8}\.[a-z0-9]{2,4}"#) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.as_str().parse::<Address>().is_ok(), "{}", email.as_str());
            }
        }
    }
}
