//! Signs in.

use std::net::IpAddr;

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::SessionId;
use labelmesh_password::{self as password, Reservation};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, attempt::Attempt, learn_account::learn};
use crate::{
    domain::{Account, Origin, Session, Subjects, Token},
    events::published,
    store::sessions,
    users::Whose,
};

/// Who wants to sign in, and from where.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: password::Attempt,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
}

/// A session that has begun, with its token.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    pub(crate) session: Session,
    pub(crate) token: Token,
}

/// Starts a session for whoever knows the password.
///
/// An unknown address and a wrong password take the same way to the same answer: one look-up, one bcrypt.
///
/// # Errors
/// CREDENTIALS_WRONG; ACCOUNT_BLOCKED, where the password is right; TOO_MANY_ATTEMPTS for the account or the address;
/// OVERLOADED where too many passwords wait to be checked; UNAVAILABLE where users can't be asked, which is never taken
/// for a wrong password nor counted as one.
pub(crate) async fn login(app: &App, login: Login) -> Result<LoggedIn> {
    let reservation = app.hasher.reserve()?;
    let subjects = Subjects::new(&login.email, login.address);
    let mut attempt = Attempt::begin(app.pool.clone(), subjects, app.limits, app.clock.now()).await?;
    let result = check_and_begin(app, reservation, &login, &mut attempt).await;
    attempt.settle(&result).await;
    result
}

async fn check_and_begin(
    app: &App,
    reservation: Reservation,
    login: &Login,
    attempt: &mut Attempt,
) -> Result<LoggedIn> {
    let credential = app.users.credential(&Whose::Email(&login.email)).await?;
    let (account, hash) = credential.map_or((None, None), |found| (Some(found.account), Some(found.hash)));
    let turn = reservation.turn().await?;
    attempt.spend();
    let right = turn.verify(login.password.clone(), hash).await?;
    let Some(account) = account.filter(|_| right) else {
        return Err(Error::new(Reason::CredentialsWrong, "the e-mail address or the password is wrong"));
    };
    if account.blocked {
        return Err(Error::new(Reason::AccountBlocked, "an administrator has blocked this account"));
    }
    let now = app.clock.now();
    let session = Session {
        id: SessionId::new(now, app.random.bytes()),
        user_id: account.user_id,
        roles: account.roles.clone(),
        started_at: now,
        expires_at: now + app.session_lifetime,
        used_at: now,
        origin: Origin {
            address: login.address.map(|ip| ip.to_canonical().to_string()),
            user_agent: login.user_agent.clone(),
        },
    };
    let begun = LoggedIn { session, token: Token::of_session(app.random.bytes()) };
    let attempt = &*attempt;
    run_tx(&app.pool, "login", |tx| Box::pin(begin_session(app, tx, &account, &begun, attempt))).await?;
    app.outbox.wake();
    Ok(begun)
}

async fn begin_session(
    app: &App,
    db: &mut PgConnection,
    account: &Account,
    begun: &LoggedIn,
    attempt: &Attempt,
) -> Result<()> {
    learn(app, db, account, begun.session.started_at).await?;
    sessions::insert(db, &begun.session, &begun.token.digest()).await?;
    let logged_in = published::logged_in(&begun.session);
    app.outbox.enqueue(db, &logged_in).await?;
    // Last, because logins from one address share a row.
    attempt.forgive(db, begun.session.started_at).await
}
