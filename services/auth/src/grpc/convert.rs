//! Between messages and domain values.

use labelmesh_proto::{
    auth::v1::{IntrospectResponse, LoginResponse},
    timestamp,
};

use crate::app::{Introspected, LoggedIn};

impl From<LoggedIn> for LoginResponse {
    fn from(begun: LoggedIn) -> Self {
        Self {
            token: begun.token.reveal(),
            session_id: begun.session.id.to_string(),
            user_id: begun.session.user_id.to_string(),
            roles: begun.session.roles.iter().map(|role| i32::from(*role)).collect(),
            expires_at: Some(timestamp(begun.session.expires_at)),
        }
    }
}

impl From<Introspected> for IntrospectResponse {
    fn from(found: Introspected) -> Self {
        Self {
            active: true,
            internal_token: found.token,
            expires_at: Some(timestamp(found.expires_at)),
            user_id: found.session.user_id.to_string(),
            session_id: found.session.id.to_string(),
        }
    }
}
