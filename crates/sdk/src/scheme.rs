//! A server that is spoken to in the wrong way: with TLS where it has none, or without where it wants it.

use std::{error::Error as StdError, io, iter::successors};

use rustls::InvalidMessage;

use crate::Error;

/// The error, if an address with the wrong scheme is probably why a connection came to nothing.
pub(crate) fn mistaken(server: &str, error: &(dyn StdError + 'static)) -> Option<Error> {
    let mut causes = successors(Some(error), |&error| cause(error));
    if server.starts_with("https:") {
        return causes.any(answers_in_clear).then(|| Error::WithoutTls(server.to_owned()));
    }
    causes.any(answers_no_http).then(|| Error::WantsTls(server.to_owned()))
}

/// The same of an answer: many a server that wants TLS says so in plain HTTP.
pub(crate) fn wants_tls(server: &str, status: u16, body: &[u8]) -> Option<Error> {
    let is_ours = body.starts_with(b"{");
    let says = status == 400 && String::from_utf8_lossy(body).contains("HTTPS");
    (says && !is_ours && server.starts_with("http:")).then(|| Error::WantsTls(server.to_owned()))
}

/// What lies right below an error. The source of an error of input and output is that of the error in it.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// What TLS says of an answer that is none of its messages.
fn answers_in_clear(error: &(dyn StdError + 'static)) -> bool {
    let wrong = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
    error.downcast_ref() == Some(&wrong)
}

/// What HTTP says of an answer that is none of its messages, such as an alert of TLS.
fn answers_no_http(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref().is_some_and(hyper::Error::is_parse)
}
