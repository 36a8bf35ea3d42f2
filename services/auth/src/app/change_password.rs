//! Changes a password, for whoever knows the old one.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{Reach, User};
use labelmesh_password::{Attempt, Password};

use super::{App, end_sessions::end_sessions};
use crate::users::Whose;

/// Changes the password of who calls, and ends their other sessions; says how many.
///
/// Users tells of it as well: should this call break off after the password was set, the sessions end by that.
///
/// # Errors
/// PASSWORD_WRONG; OVERLOADED where too many passwords wait to be checked; UNAVAILABLE; CONFLICT where the password is
/// being changed by another call.
pub(crate) async fn change_password(app: &App, user: &User, old: Attempt, new: Password) -> Result<u32> {
    let (checking, hashing) = (app.hasher.reserve()?, app.hasher.reserve()?);
    let credential = app.users.credential(&Whose::User(user.user_id)).await?.ok_or_else(|| Error::not_found("user"))?;
    if !checking.verify(old, Some(credential.hash)).await? {
        return Err(Error::new(Reason::PasswordWrong, "the old password is another one"));
    }
    let hash = hashing.hash(new).await?;
    app.users.set_password(user, &hash, credential.password_version).await?;
    end_sessions(app, Reach::Own(user.user_id), user.user_id, user.session_id).await
}
