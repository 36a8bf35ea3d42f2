//! Two replicas of auth and one users service in this process, on databases of their own, under a clock that is moved
//! by hand.

mod log;
mod mesh;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use labelmesh_errors::{Reason, reason_of};
use labelmesh_proto::auth::v1::LoginRequest;
use tonic::{Code, Response, Status};

pub(crate) use self::{log::listen, mesh::Mesh};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The right password of whoever has this address.
pub(crate) fn credentials(email: &str) -> LoginRequest {
    LoginRequest { email: email.into(), password: PASSWORD.into() }
}

/// The id of the key that signed an internal token.
pub(crate) fn kid_of(token: &str) -> String {
    let header = token.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok()).expect("a header");
    let header: serde_json::Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a key id").to_owned()
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
