//! The second factor of an account: enrolled, confirmed, asked for, switched off, taken away.

use chrono::{DateTime, Utc};
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{Everything, User};
use labelmesh_ids::UserId;
use labelmesh_password::Attempt as PasswordAttempt;
use labelmesh_pg::run_tx;
use labelmesh_proto::auth::v1::SecondFactorChange;
use labelmesh_seal::Census;
use sqlx::{PgConnection, PgPool};

use super::{App, end_sessions::end_in};
use crate::{
    domain::{FactorSecret, RecoveryCode, TypedCode},
    events::published,
    store::{
        accounts,
        second_factors::{self, Deleted, Factor, sealed_for},
        sessions::Ending,
    },
    users::Whose,
};

/// How many secrets are read at once.
const BATCH: i64 = 500;

/// What is known of a user's second factor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// Since when codes are asked for; none where they are not.
    pub(crate) since: Option<DateTime<Utc>>,
    /// How many recovery codes are left.
    pub(crate) recovery_left: u32,
}

/// Makes a secret for who calls and knows their password. Codes are asked for when it is confirmed.
///
/// # Errors
/// PASSWORD_WRONG, SECOND_FACTOR_ON; FIELD_INVALID for a name that authenticators can't show; OVERLOADED.
pub(crate) async fn enrol_second_factor(
    app: &App,
    user: &User,
    password: PasswordAttempt,
    name: &str,
) -> Result<(FactorSecret, String)> {
    let secret = FactorSecret::generate(&app.random);
    let uri = secret.uri(name)?;
    know_password(app, user.user_id, password).await?;
    let (whose, now, made) = (user.user_id, app.clock.now(), &secret);
    let stored = run_tx(&app.pool, "enrol_second_factor", |tx| {
        Box::pin(async move {
            // Nothing is kept of who was deleted a moment ago.
            accounts::check(tx, whose).await?;
            let enrolled = second_factors::enrol(tx, whose, made, &app.sealer, now).await?;
            if enrolled {
                app.acts.note(tx, Deed::on(whose)).await?;
            }
            Ok(enrolled)
        })
    });
    if !stored.await? {
        return Err(is_on());
    }
    Ok((secret, uri))
}

/// Confirms the secret by a code of it: from now on codes are asked for. Answers with the recovery codes, which can't
/// be had again.
///
/// # Errors
/// CODE_WRONG, SECOND_FACTOR_ON; NOT_FOUND where none is enrolled.
pub(crate) async fn confirm_second_factor(app: &App, user: &User, code: &str) -> Result<Vec<RecoveryCode>> {
    let (user, now) = (user.user_id, app.clock.now());
    let factor = second_factors::find(&mut *app.pool.acquire().await?, user, &app.sealer).await?;
    let factor = factor.ok_or_else(|| Error::not_found("second factor"))?;
    if factor.confirmed_at.is_some() {
        return Err(is_on());
    }
    let Some(TypedCode::OfNow(code)) = TypedCode::read(code) else { return Err(code_wrong()) };
    let step = factor.secret.step_of(&code, now).ok_or_else(code_wrong)?;
    let codes = RecoveryCode::generate_all(&app.random);
    let digests: Vec<_> = codes.iter().map(|code| code.digest(user)).collect();
    let digests = &digests;
    run_tx(&app.pool, "confirm_second_factor", |tx| {
        Box::pin(async move {
            if !second_factors::confirm(tx, user, step, now).await? {
                return Err(is_on());
            }
            second_factors::store_recovery(tx, user, digests).await?;
            app.acts.note(tx, Deed::on(user).result("second_factor", "on")).await?;
            tell(app, tx, user, SecondFactorChange::Confirmed, now).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(codes)
}

/// Switches the second factor of who calls off, for who knows the password and has a code.
///
/// # Errors
/// PASSWORD_WRONG, CODE_WRONG; NOT_FOUND where there is none; OVERLOADED.
pub(crate) async fn remove_second_factor(app: &App, user: &User, password: PasswordAttempt, code: &str) -> Result<()> {
    let user = user.user_id;
    know_password(app, user, password).await?;
    let factor = second_factors::find(&mut *app.pool.acquire().await?, user, &app.sealer).await?;
    let factor = factor.ok_or_else(|| Error::not_found("second factor"))?;
    let (typed, factor, now) = (&TypedCode::read(code), &factor, app.clock.now());
    run_tx(&app.pool, "remove_second_factor", |tx| {
        Box::pin(async move {
            // One that was never confirmed is nobody's protection.
            if factor.confirmed_at.is_some() && !spend(tx, user, factor, typed.as_ref(), now).await? {
                return Err(code_wrong());
            }
            let deleted = second_factors::delete(tx, user).await?;
            if deleted != Deleted::Nothing {
                app.acts.note(tx, Deed::on(user).field("second_factor", Some(deleted.was()), None)).await?;
            }
            if deleted == Deleted::Confirmed {
                tell(app, tx, user, SecondFactorChange::Removed, now).await?;
            }
            Ok(())
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// Takes the second factor from somebody who has lost the device, and ends all their sessions: whoever asks for it in
/// another's name gains none. API keys go on. Nothing happens where there is none.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn take_second_factor(app: &App, _: Everything, user: UserId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "take_second_factor", |tx| {
        Box::pin(async move {
            let deleted = second_factors::delete(tx, user).await?;
            if deleted != Deleted::Nothing {
                let ended = end_in(app, tx, Ending { user, kept: None, until: now }, now).await?;
                let deed = Deed::on(user).field("second_factor", Some(deleted.was()), None);
                app.acts.note(tx, deed.result("sessions_ended", ended.len())).await?;
            }
            if deleted == Deleted::Confirmed {
                tell(app, tx, user, SecondFactorChange::Taken, now).await?;
            }
            Ok(())
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// Tells whose it is, in the caller's transaction.
async fn tell(
    app: &App,
    db: &mut PgConnection,
    user: UserId,
    change: SecondFactorChange,
    now: DateTime<Utc>,
) -> Result<()> {
    app.outbox.enqueue(db, &published::second_factor_changed(user, change, now)).await?;
    Ok(())
}

/// How the second factor of a user stands.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn second_factor(app: &App, user: UserId) -> Result<Standing> {
    let mut db = app.pool.acquire().await?;
    let since = second_factors::find(&mut db, user, &app.sealer).await?.and_then(|factor| factor.confirmed_at);
    let recovery_left = u32::try_from(second_factors::recovery_left(&mut db, user).await?).unwrap_or(u32::MAX);
    Ok(Standing { since, recovery_left })
}

/// Uses a code in the caller's transaction; false where it is wrong or was used before.
pub(super) async fn spend(
    db: &mut PgConnection,
    user: UserId,
    factor: &Factor,
    code: Option<&TypedCode>,
    now: DateTime<Utc>,
) -> Result<bool> {
    match code {
        Some(TypedCode::OfNow(code)) => match factor.secret.step_of(code, now) {
            Some(step) => second_factors::spend_step(db, user, step).await,
            None => Ok(false),
        },
        Some(TypedCode::Recovery(code)) => second_factors::spend_recovery(db, user, code.digest(user)).await,
        Some(TypedCode::Nonsense) | None => Ok(false),
    }
}

/// Seals secrets with the first key where another one has sealed them.
///
/// # Errors
/// INTERNAL where no key opens one, which does not hold up the others; UNAVAILABLE.
pub(crate) async fn seal_anew(app: App) -> Result<()> {
    let (mut db, mut behind, mut broken) = (app.pool.acquire().await?, None, 0);
    loop {
        let page = second_factors::sealed_behind(&mut db, behind, BATCH).await?;
        let Some(last) = page.last() else { break };
        behind = Some(last.user_id);
        for stored in page {
            match app.sealer.renew(&sealed_for(stored.user_id), &stored.sealed_secret) {
                Ok(None) => {}
                Ok(Some(anew)) => second_factors::reseal(&mut db, &stored, &anew).await?,
                Err(_) => broken += 1,
            }
        }
    }
    if broken > 0 {
        return Err(Error::internal(format!("no key opens {broken} second factors")));
    }
    Ok(())
}

/// Counts what each key has sealed.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn count_second_factors(pool: &PgPool, census: &mut Census) -> Result<()> {
    let (mut db, mut behind) = (pool.acquire().await?, None);
    loop {
        let page = second_factors::sealed_behind(&mut db, behind, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        behind = Some(last.user_id);
        for stored in &page {
            census.count("second factors", &sealed_for(stored.user_id), &stored.sealed_secret);
        }
    }
}

async fn know_password(app: &App, user: UserId, password: PasswordAttempt) -> Result<()> {
    let checking = app.hasher.reserve()?;
    let credential = app.users.credential(&Whose::User(user)).await?.ok_or_else(|| Error::not_found("user"))?;
    if checking.verify(password, Some(credential.hash)).await? {
        return Ok(());
    }
    Err(Error::new(Reason::PasswordWrong, "the password is another one"))
}

fn is_on() -> Error {
    Error::new(Reason::SecondFactorOn, "a second factor is asked for already: switch it off first")
}

fn code_wrong() -> Error {
    Error::new(Reason::CodeWrong, "the code is wrong, or was used before")
}
