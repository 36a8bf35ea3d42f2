//! Between messages and domain values.

use labelmesh_email::Email;
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_password::{Hash, Password};
use labelmesh_proto::{timestamp, users::v1};

use crate::{
    app::{NewPassword, NewUser, Whose},
    domain::{Confirmed, Patch, PersonName, Profile, Roles, User},
};

/// The fields that a mask can name.
const FIELDS: [&str; 4] = ["email", "name", "surname", "roles"];

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

impl TryFrom<v1::UpdateUserRequest> for Patch {
    type Error = Error;

    /// What the mask names; without one, what is given. What it names and is not given becomes empty.
    fn try_from(request: v1::UpdateUserRequest) -> Result<Self> {
        let mask = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
        if mask.iter().any(|path| !FIELDS.contains(&path.as_str())) {
            return Err(Error::invalid("update_mask", format!("must name fields among {}", FIELDS.join(", "))));
        }
        let named = |field: &str| mask.iter().any(|path| path == field);
        let wanted = |field, given: Option<String>| match mask.is_empty() {
            true => given,
            false => named(field).then(|| given.unwrap_or_default()),
        };
        let roles = if mask.is_empty() { !request.roles.is_empty() } else { named("roles") };
        Ok(Self {
            email: wanted("email", request.email).as_deref().map(Email::parse).transpose()?,
            name: wanted("name", request.name).map(|text| PersonName::parse("name", &text)).transpose()?,
            surname: wanted("surname", request.surname).map(|text| PersonName::parse("surname", &text)).transpose()?,
            roles: roles.then(|| Roles::parse(request.roles)).transpose()?,
        })
    }
}

impl TryFrom<v1::ReplaceUserRequest> for Patch {
    type Error = Error;

    fn try_from(request: v1::ReplaceUserRequest) -> Result<Self> {
        let profile = Profile {
            email: Email::parse(&request.email)?,
            name: PersonName::parse("name", &request.name)?,
            surname: PersonName::parse("surname", &request.surname)?,
            roles: Roles::parse(request.roles)?,
        };
        Ok(profile.into())
    }
}

impl TryFrom<v1::LookupCredentialRequest> for Whose {
    type Error = Error;

    fn try_from(request: v1::LookupCredentialRequest) -> Result<Self> {
        match request.user_id.as_str() {
            "" => Ok(Self::Email(Email::spelled(&request.email))),
            user_id => Ok(Self::User(parse_field("user_id", user_id)?)),
        }
    }
}

impl TryFrom<v1::SetPasswordRequest> for NewPassword {
    type Error = Error;

    fn try_from(request: v1::SetPasswordRequest) -> Result<Self> {
        let kept = Some(request.kept_session_id).filter(|text| !text.is_empty());
        Ok(Self {
            user_id: parse_field("user_id", &request.user_id)?,
            hash: Hash::parse(request.password_hash)?,
            replaces: request.password_version,
            kept: kept.map(|text| parse_field("kept_session_id", &text)).transpose()?,
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
            blocked_at: user.blocked_at.map(timestamp),
            etag: user.etag(),
            unconfirmed: user.is_unconfirmed(),
            pending_email: user.pending.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            confirmed_at: if let Confirmed::At(at) = user.confirmed { Some(timestamp(at)) } else { None },
        }
    }
}
