//! What is stored about a user, as messages.

use chrono::DateTime;
use labelmesh_proto::{
    auth::v1::{
        AccessRecord, StoredApiKey, StoredPasswordReset, StoredPlace, StoredSecondFactor, StoredSession, StoredStanding,
    },
    timestamp,
};

use crate::{
    app::Datum,
    store::own_data::{ApiKey, Reset, SecondFactor, Session, Standing},
};

/// How long a step of a time-based code is, in seconds (RFC 6238).
const STEP: i64 = 30;

impl From<Datum> for AccessRecord {
    fn from(datum: Datum) -> Self {
        let record = Self::default();
        match datum {
            Datum::Standing(standing) => Self { standing: Some(standing.into()), ..record },
            Datum::Session(session) => Self { session: Some(session.into()), ..record },
            Datum::ApiKey(key) => Self { api_key: Some(key.into()), ..record },
            Datum::SecondFactor(factor) => Self { second_factor: Some(factor.into()), ..record },
            Datum::Place(place) => {
                Self { place: Some(StoredPlace { seen_at: Some(timestamp(place.seen_at)) }), ..record }
            }
            Datum::Reset(reset) => Self { password_reset: Some(reset.into()), ..record },
            Datum::Act(act) => Self { act: Some(act.into()), ..record },
        }
    }
}

fn roles(stored: Vec<i16>) -> Vec<i32> {
    stored.into_iter().map(i32::from).collect()
}

impl From<Standing> for StoredStanding {
    fn from(standing: Standing) -> Self {
        Self {
            user_id: standing.user_id.to_string(),
            version: standing.version.unsigned_abs(),
            roles: roles(standing.roles),
            blocked: standing.blocked,
            unconfirmed: standing.unconfirmed,
        }
    }
}

impl From<Session> for StoredSession {
    fn from(session: Session) -> Self {
        Self {
            session_id: session.id.to_string(),
            roles: roles(session.roles),
            started_at: Some(timestamp(session.started_at)),
            last_used_at: Some(timestamp(session.used_at)),
            expires_at: Some(timestamp(session.expires_at)),
            ended_at: session.ended_at.map(timestamp),
            address: session.address.unwrap_or_default(),
            user_agent: session.user_agent.unwrap_or_default(),
        }
    }
}

impl From<ApiKey> for StoredApiKey {
    fn from(key: ApiKey) -> Self {
        Self {
            api_key_id: key.id.to_string(),
            name: key.name,
            roles: roles(key.roles),
            created_at: Some(timestamp(key.created_at)),
            expires_at: Some(timestamp(key.expires_at)),
            last_used_at: key.used_at.map(timestamp),
            revoked_at: key.revoked_at.map(timestamp),
        }
    }
}

impl From<SecondFactor> for StoredSecondFactor {
    fn from(factor: SecondFactor) -> Self {
        let last_used_at = Some(factor.last_step).filter(|step| *step > 0);
        let last_used_at = last_used_at.and_then(|step| DateTime::from_timestamp(step.saturating_mul(STEP), 0));
        Self {
            enrolled_at: Some(timestamp(factor.enrolled_at)),
            confirmed_at: factor.confirmed_at.map(timestamp),
            last_used_at: last_used_at.map(timestamp),
            recovery_codes_left: u32::try_from(factor.recovery_codes).unwrap_or(u32::MAX),
        }
    }
}

impl From<Reset> for StoredPasswordReset {
    fn from(reset: Reset) -> Self {
        Self {
            reset_id: reset.id.to_string(),
            password_version: reset.password_version.unsigned_abs(),
            expires_at: Some(timestamp(reset.expires_at)),
        }
    }
}
