//! Between messages and domain values.

use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_password::Password;
use labelmesh_proto::{timestamp, users::v1};

use crate::{
    app::NewUser,
    domain::{Email, PersonName, Profile, Roles, User},
};

impl TryFrom<v1::CreateUserRequest> for NewUser {
    type Error = Error;

    fn try_from(request: v1::CreateUserRequest) -> Result<Self> {
        let request_id = Some(&request.request_id).filter(|text| !text.is_empty());
        let request_id = request_id.map(|text| parse_field("request_id", text)).transpose()?;
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
