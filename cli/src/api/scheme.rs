//! A server that is spoken to in the wrong way: with TLS where it has none, or without where it wants it.

use std::{error::Error, io, iter::successors};

use ::http::StatusCode;
use rustls::InvalidMessage;

use crate::exit::{Exit, Failure};

/// The failure, if an address with the wrong scheme is probably why a connection came to nothing.
pub(super) fn mistaken(base: &str, error: &(dyn Error + 'static)) -> Option<Failure> {
    let mut causes = successors(Some(error), |&error| cause(error));
    if base.starts_with("https:") {
        return causes.any(answers_in_clear).then(|| without_tls(base));
    }
    causes.any(answers_no_http).then(|| with_tls(base))
}

/// The same of an answer: many a server that wants TLS says so in plain HTTP.
pub(super) fn wants_tls(base: &str, status: StatusCode, body: &[u8]) -> Option<Failure> {
    let is_ours = body.starts_with(b"{");
    let says = status == StatusCode::BAD_REQUEST && String::from_utf8_lossy(body).contains("HTTPS");
    (says && !is_ours && base.starts_with("http:")).then(|| with_tls(base))
}

fn without_tls(base: &str) -> Failure {
    let message = format!("{base} can't be reached: the server answers without TLS, so probably the address is wrong");
    Failure::new(Exit::Usage, message).remedy(format!("--server {}", base.replacen("https:", "http:", 1)))
}

fn with_tls(base: &str) -> Failure {
    let message = format!("{base} can't be reached: the server does not answer in HTTP, so probably it wants TLS");
    Failure::new(Exit::Usage, message).remedy(format!("--server {}", base.replacen("http:", "https:", 1)))
}

/// What lies right below an error. The source of an error of input and output is that of the error in it.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// What TLS says of an answer that is none of its messages.
fn answers_in_clear(error: &(dyn Error + 'static)) -> bool {
    let wrong = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
    error.downcast_ref() == Some(&wrong)
}

/// What HTTP says of an answer that is none of its messages, such as an alert of TLS.
fn answers_no_http(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref().is_some_and(hyper::Error::is_parse)
}
