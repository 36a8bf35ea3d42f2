//! Signs in.

use std::net::IpAddr;

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::SessionId;
use labelmesh_password::{self as password, Reservation};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{App, attempt::Attempt, learn_account::learn, second_factor::spend};
use crate::{
    domain::{Account, Origin, Session, Subjects, Token, TypedCode},
    events::published,
    store::{accounts, second_factors, sessions},
    users::Whose,
};

/// Who wants to sign in, and from where.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: password::Attempt,
    /// What was typed for the second factor; none where nothing was.
    pub(crate) code: Option<TypedCode>,
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
/// An unknown address and a wrong password take the same way to the same answer: one look-up, one bcrypt. So does a
/// wrong code, which is told from a wrong password by nothing.
///
/// # Errors
/// CREDENTIALS_WRONG; SECOND_FACTOR_WANTED and ACCOUNT_BLOCKED, where the password is right; TOO_MANY_ATTEMPTS for the
/// account or the address; OVERLOADED where too many passwords wait to be checked; UNAVAILABLE where users can't be
/// asked, which is never taken for a wrong password nor counted as one.
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
    // Of nobody too, so that it takes as long; and before it is known whether the password is right.
    let whose = account.as_ref().map_or_else(|| Uuid::nil().into(), |account| account.user_id);
    let factor = second_factors::find(&mut *app.pool.acquire().await?, whose, &app.sealer).await?;
    let factor = factor.filter(|factor| factor.confirmed_at.is_some());
    let turn = reservation.turn().await?;
    attempt.spend();
    let right = turn.verify(login.password.clone(), hash).await?;
    let Some(account) = account.filter(|_| right) else { return Err(wrong(login)) };
    if account.blocked {
        return Err(Error::new(Reason::AccountBlocked, "an administrator has blocked this account"));
    }
    if factor.is_some() && login.code.is_none() {
        return Err(Error::new(Reason::SecondFactorWanted, "a code of the second factor is wanted as well"));
    }
    let now = app.clock.now();
    let session = Session {
        id: SessionId::new(now, app.random.bytes()),
        user_id: account.user_id,
        roles: account.roles.clone(),
        confirmed: !account.unconfirmed,
        started_at: now,
        expires_at: now + app.session_lifetime,
        used_at: now,
        origin: Origin {
            address: login.address.map(|ip| ip.to_canonical().to_string()),
            user_agent: login.user_agent.clone(),
        },
    };
    let begun = LoggedIn { session, token: Token::of_session(app.random.bytes()) };
    let (attempt, account, begun_now, factor) = (&*attempt, &account, &begun, factor.as_ref());
    run_tx(&app.pool, "login", |tx| {
        Box::pin(async move {
            if let Some(factor) = factor
                && !spend(tx, account.user_id, factor, login.code.as_ref(), now).await?
            {
                return Err(wrong(login));
            }
            begin_session(app, tx, login, account, begun_now, attempt).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(begun)
}

/// The refusal of whoever does not know everything that it takes. What it says depends on what was sent alone.
fn wrong(login: &Login) -> Error {
    let message = match login.code {
        None => "the e-mail address or the password is wrong",
        Some(_) => "the e-mail address, the password or the code is wrong",
    };
    Error::new(Reason::CredentialsWrong, message)
}

async fn begin_session(
    app: &App,
    db: &mut PgConnection,
    login: &Login,
    account: &Account,
    begun: &LoggedIn,
    attempt: &Attempt,
) -> Result<()> {
    learn(app, db, account, begun.session.started_at).await?;
    // Who was deleted since users said otherwise is as unknown as anybody.
    accounts::check(db, account.user_id).await.map_err(|error| match error.reason() {
        Reason::NotFound => wrong(login),
        _ => error,
    })?;
    sessions::insert(db, &begun.session, &begun.token.digest()).await?;
    let logged_in = published::logged_in(&begun.session);
    app.outbox.enqueue_about(db, account.user_id, &logged_in).await?;
    app.acts.note(db, Deed::on(begun.session.id).by(account.user_id).made(&begun.session)).await?;
    // Last, because logins from one address share a row.
    attempt.forgive(db, account.user_id, begun.session.started_at).await
}
