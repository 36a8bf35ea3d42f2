//! Creates a user.

use std::net::IpAddr;

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{Principal, Reach};
use labelmesh_ids::{RequestId, UserId};
use labelmesh_password::{Hash, Password};
use labelmesh_pg::{
    requests::{self, Once},
    run_tx,
};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::{App, confirmations};
use crate::{
    domain::{Confirmed, Profile, User},
    events::published,
    store::{credentials, users},
};

const METHOD: &str = "CreateUser";

/// Whom to create.
#[derive(Debug)]
pub(crate) struct NewUser {
    pub(crate) profile: Profile,
    pub(crate) password: Password,
    /// What makes a repeat harmless; none where the caller brought none.
    pub(crate) request_id: Option<RequestId>,
}

/// Creates a user whose address is still to be confirmed, unless none has to be: with any roles where the caller's
/// permission reaches everything, else with those that are open.
///
/// # Errors
/// ROLE_NOT_OPEN, EMAIL_TAKEN, REQUEST_ID_REUSED, OVERLOADED, RATE_LIMITED.
pub(crate) async fn create_user(
    app: &App,
    principal: &Principal,
    reach: Reach,
    address: Option<IpAddr>,
    new: NewUser,
) -> Result<User> {
    if reach != Reach::All {
        new.profile.roles.open_to_the_public(&app.open_roles)?;
    }
    let hash = app.hasher.reserve()?.hash(new.password.clone()).await?;
    let now = app.clock.now();
    let id = UserId::new(now, app.random.bytes());
    let confirmed = if app.confirms { Confirmed::No } else { Confirmed::Assumed };
    let user =
        User { id, profile: new.profile, blocked_at: None, confirmed, pending: None, version: 1, created_at: now };
    // Administrators are let be by the bounds of their networks.
    let address = address.filter(|_| reach != Reach::All);
    let signs_up = *principal == Principal::Anonymous;
    let (principal, request_id) = (principal.key(), new.request_id.map(|id| id.to_string()));
    let key = request_id.as_deref();
    let key = key.map(|request_id| requests::Key { principal: &principal, method: METHOD, request_id });
    let work = Work { app, key, user: &user, hash: &hash, address, signs_up };
    match run_tx(&app.pool, "create_user", |tx| Box::pin(work.create_once(tx))).await? {
        Outcome::Created => {
            app.outbox.wake();
            app.mailing.notify_one();
            Ok(user)
        }
        Outcome::Repeated(user, first) => same_password(app, new.password, user, first).await,
    }
}

/// How a transaction ended.
enum Outcome {
    Created,
    /// The request was answered before with this user. Their first hash is here unless the password was changed since.
    Repeated(User, Option<Hash>),
}

/// What the transaction works with.
struct Work<'a> {
    app: &'a App,
    key: Option<requests::Key<'a>>,
    user: &'a User,
    hash: &'a Hash,
    address: Option<IpAddr>,
    /// Whether the user creates themselves.
    signs_up: bool,
}

impl Work<'_> {
    async fn create_once(&self, db: &mut PgConnection) -> Result<Outcome> {
        if let Some(key) = &self.key {
            let fingerprint = fingerprint(&self.user.profile);
            let once = requests::once(db, key, &fingerprint, self.user.id.uuid(), self.user.created_at).await?;
            if let Once::Repeat(id) = once {
                let user = users::find(db, id.into(), Reach::All).await?.ok_or_else(|| Error::not_found("user"))?;
                let first = credentials::first_hash(db, user.id).await?;
                return Ok(Outcome::Repeated(user, first));
            }
        }
        insert(self.app, db, self.user, self.hash).await?;
        confirmations::ask(self.app, db, self.user, None, self.address).await?;
        let id = self.user.id;
        let deed = Deed::on(id).about(id).made(self.user);
        // Whoever signs up has not signed in yet.
        let deed = if self.signs_up { deed.by(id) } else { deed };
        self.app.acts.note(db, deed).await?;
        Ok(Outcome::Created)
    }
}

/// Inserts a user with a password and says so to the others, in the caller's transaction.
pub(super) async fn insert(app: &App, db: &mut PgConnection, user: &User, hash: &Hash) -> Result<()> {
    if !users::insert(db, user).await? {
        return Err(users::email_taken());
    }
    credentials::insert(db, user.id, hash, user.created_at).await?;
    app.outbox.enqueue(db, &published::created(user)).await?;
    Ok(())
}

/// The fingerprint of a request, without the password: a digest of it in the request table would be quick to try
/// passwords against, however slow bcrypt is. `same_password` compares that part.
fn fingerprint(profile: &Profile) -> [u8; 32] {
    let mut digest = Sha256::new();
    for text in [profile.email.as_str(), profile.name.as_str(), profile.surname.as_str()] {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    for role in profile.roles.to_wire() {
        digest.update(role.to_be_bytes());
    }
    digest.finalize().into()
}

/// The rest of the fingerprint: a repeat has the password that the user was created with. It is checked against the
/// stored hash, outside of any transaction since that takes long. Once the password was changed, nobody can tell any
/// more.
async fn same_password(app: &App, password: Password, user: User, first: Option<Hash>) -> Result<User> {
    let Some(first) = first else { return Ok(user) };
    if app.hasher.reserve()?.verify(password.into(), Some(first)).await? {
        Ok(user)
    } else {
        Err(Error::new(Reason::RequestIdReused, "the request_id was used before with another password"))
    }
}
