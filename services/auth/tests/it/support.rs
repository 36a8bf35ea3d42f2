//! Two replicas of auth and one users service in this process, on databases of their own, under a clock that is moved
//! by hand.

mod chance;
mod log;
mod mesh;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use labelmesh_errors::{Reason, reason_of};
use labelmesh_proto::auth::v1::LoginRequest;
use tonic::{Code, Response, Status};

pub(crate) use self::{
    chance::chance_of_less,
    log::listen,
    mesh::{Mesh, from},
};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The right password of whoever has this address.
pub(crate) fn credentials(email: &str) -> LoginRequest {
    LoginRequest { email: email.into(), password: PASSWORD.into(), ..LoginRequest::default() }
}

/// The id of the key that signed an internal token.
pub(crate) fn kid_of(token: &str) -> String {
    part(token, 0)["kid"].as_str().expect("a key id").to_owned()
}

/// The roles that an internal token names.
pub(crate) fn roles_of(token: &str) -> Vec<String> {
    serde_json::from_value(part(token, 1)["roles"].clone()).expect("names")
}

/// A part of a token.
fn part(token: &str, number: usize) -> serde_json::Value {
    let part = token.split('.').nth(number).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).expect("a part");
    serde_json::from_slice(&part).expect("JSON")
}

/// The code and the reason of a call that must fail.
pub(crate) trait Refusal {
    fn refused(self) -> (Code, Option<Reason>);
}

impl Refusal for Status {
    fn refused(self) -> (Code, Option<Reason>) {
        (self.code(), reason_of(&self))
    }
}

impl<T> Refusal for Result<Response<T>, Status> {
    fn refused(self) -> (Code, Option<Reason>) {
        self.map(drop).expect_err("the call is refused").refused()
    }
}
