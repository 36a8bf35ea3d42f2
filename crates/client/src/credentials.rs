//! On whose behalf a call is made.

use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use labelmesh_identity::ServiceSigner;

/// On whose behalf a call is made.
#[derive(Debug, Clone)]
pub(crate) enum Credentials {
    /// Nobody's.
    None,
    /// The calling service's own.
    Service(Box<ServiceSigner>),
    /// A user's, whose internal token is passed on.
    User(HeaderValue),
}

impl Credentials {
    pub(crate) fn of_user(token: &str) -> Self {
        // A token that is no header value is no token, and the peer will say so.
        Self::User(bearer(token).unwrap_or_else(|| HeaderValue::from_static("Bearer")))
    }

    /// Adds the credentials for a call to the service `peer`.
    pub(crate) fn add(&self, headers: &mut HeaderMap, peer: &str) {
        let value = match self {
            Self::None => return,
            Self::Service(signer) => bearer(&signer.sign(peer)),
            Self::User(value) => Some(value.clone()),
        };
        headers.extend(value.map(|value| (AUTHORIZATION, value)));
    }
}

fn bearer(token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}
