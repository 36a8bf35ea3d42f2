//! Between messages and domain values.

use labelmesh_errors::{Error, Result};
use labelmesh_password::Password;
use labelmesh_proto::{timestamp, users::v1};
use uuid::Uuid;

use crate::{
    app::NewUser,
    domain::{Email, PersonName, Profile, Roles, User},
};

impl TryFrom<v1::CreateUserRequest> for NewUser {
    type Error = Error;

    fn try_from(request: v1::CreateUserRequest) -> Result<Self> {
        let request_id = match request.request_id.as_str() {
            "" => None,
            // In one spelling: the same id in other letters is the same id.
            text => {
                Some(Uuid::parse_str(text).map_err(|_| Error::invalid("request_id", "must be a UUID"))?.to_string())
            }
        };
        Ok(Self {
            profile: Profile {
                email: Email::parse(&request.email)?,
                name: PersonName::parse("name", &request.name)?,
                surname: PersonName::parse("surname", &request.surname)?,
                roles: Roles::parse(request.roles)?,
            },
            password: Password::choose(request.password)?,
            request_id,
        })
    }
}

impl From<User> for v1::User {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id.to_string(),
            email: user.profile.email.as_str().to_owned(),
            name: user.profile.name.as_str().to_owned(),
            surname: user.profile.surname.as_str().to_owned(),
            roles: user.profile.roles.to_wire(),
            created_at: Some(timestamp(user.created_at)),
        }
    }
}
