//! Hands text messages to a gateway, which sends them on.

use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use labelmesh_ids::DeliveryId;
use labelmesh_outbound::{Fault, Outbound, SystemLookup};
use labelmesh_transport::Protection;
use secrecy::ExposeSecret as _;
use serde_json::json;
use url::Url;

use crate::{
    config::Texts,
    domain::{PhoneNumber, Refusal},
};

/// A gateway for text messages. Clones share connections.
#[derive(Clone)]
pub(crate) struct TextGateway {
    outbound: Outbound,
    url: String,
    authorization: Option<HeaderValue>,
}

impl TextGateway {
    /// A gateway that is called with the first message: the service starts without it. It is the operator's own choice,
    /// so it may have any address.
    ///
    /// # Errors
    /// If its URL or token can't be used, or it is on another machine without encryption.
    pub(crate) fn new(config: &Texts, agent: &str) -> anyhow::Result<Self> {
        let url = Url::parse(&config.url).context("texts.url is no address such as https://texts.example/send")?;
        let protection = Protection { section: "texts", remedy: "write https:// in texts.url" };
        protection.require(url.host_str().unwrap_or_default(), url.scheme() == "https", config.insecure)?;
        let outbound = labelmesh_outbound::Config { allow: everywhere()?, timeout: config.timeout };
        let outbound = Outbound::new(&outbound, agent, Arc::new(SystemLookup)).map_err(anyhow::Error::from_boxed)?;
        let url = outbound.check(&config.url).context("texts.url")?.into();
        let authorization = config.token.as_ref().map(|token| {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))?;
            value.set_sensitive(true);
            anyhow::Ok(value)
        });
        let authorization = authorization.transpose().context("texts.token can't be sent in a header")?;
        Ok(Self { outbound, url, authorization })
    }

    /// Returns when the gateway has taken the message. The same id again is the same message.
    ///
    /// # Errors
    /// Why it was not taken: nothing in it is the gateway's own.
    pub(crate) async fn send(&self, id: DeliveryId, to: &PhoneNumber, text: &str) -> Result<(), Refusal> {
        let id = id.to_string();
        let body = Bytes::from(json!({"id": id, "to": to.as_str(), "text": text}).to_string());
        let key = HeaderValue::try_from(id).map_err(|error| Refusal::ForGood(error.to_string()))?;
        let mut headers = HeaderMap::from_iter([
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (HeaderName::from_static("idempotency-key"), key),
        ]);
        headers.extend(self.authorization.clone().map(|value| (header::AUTHORIZATION, value)));
        let answer = self.outbound.post(&self.url, headers, body, 0).await;
        judge(answer.map(|answer| answer.status))
    }
}

/// Every address there is.
fn everywhere() -> anyhow::Result<Vec<labelmesh_identity::Network>> {
    ["0.0.0.0/0", "::/0"].into_iter().map(str::parse).collect::<Result<_, _>>().context("all networks")
}

/// What an answer means for the message and for the others.
fn judge(answer: Result<StatusCode, Fault>) -> Result<(), Refusal> {
    let status = answer.map_err(|fault| Refusal::NoServer(fault.to_string()))?;
    match status {
        // By a conflict it says that it has the message already.
        status if status.is_success() || status == StatusCode::CONFLICT => Ok(()),
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Err(Refusal::ForGood(format!("status {}", status.as_u16()))),
        // No message changes that: what is configured is wrong, or the gateway is ill.
        status => Err(Refusal::NoServer(format!("status {}", status.as_u16()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16) -> Result<(), Refusal> {
        judge(Ok(StatusCode::from_u16(status).expect("a status")))
    }

    #[test]
    fn a_message_is_taken_refused_for_good_or_waits_with_all_others() {
        assert!([200, 201, 202, 204, 409].iter().all(|status| of(*status).is_ok()));
        assert!([400, 413, 415, 422].iter().all(|status| matches!(of(*status), Err(Refusal::ForGood(_)))));
        let waiting = [301, 307, 401, 403, 404, 408, 429, 500, 503];
        assert!(waiting.iter().all(|status| matches!(of(*status), Err(Refusal::NoServer(_)))));
        assert!(matches!(judge(Err(Fault::NoConnection)), Err(Refusal::NoServer(_))));
    }

    #[test]
    fn what_leaves_this_machine_is_encrypted_unless_it_is_said() {
        let gateway = |url: &str, insecure| {
            let config = Texts { url: url.to_owned(), insecure, ..Texts::new(String::new()) };
            TextGateway::new(&config, "a test").map(drop)
        };
        for good in ["https://10.1.2.3/send", "http://127.0.0.1:8080/send", "https://texts.example"] {
            gateway(good, false).expect(good);
        }
        gateway("http://texts.example/send", true).expect("as it was said");
        for bad in ["http://texts.example/send", "texts.example", "ftp://127.0.0.1/", "https://me:word@texts.example"] {
            assert!(gateway(bad, false).is_err(), "{bad}");
        }
    }
}
