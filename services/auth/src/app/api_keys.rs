//! Makes API keys, lists them and revokes them.

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::{Reach, User};
use labelmesh_ids::{ApiKeyId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_seal::{PageRequest, PageSizes};
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{Account, ApiKey, Through, Token, Wanted, one_more},
    events::published,
    store::{accounts, api_keys},
};

/// How many keys a page has.
const KEYS: PageSizes = PageSizes { default: 50, most: 200 };

/// Makes a key for who calls, and its secret, which can't be had again.
///
/// # Errors
/// FIELD_INVALID, QUOTA_USED_UP; NOT_FOUND where the user was deleted a moment ago.
pub(crate) async fn create_api_key(app: &App, user: &User, wanted: Wanted) -> Result<(ApiKey, Token)> {
    let now = app.clock.now();
    let key = wanted.made_for(ApiKeyId::new(now, app.random.bytes()), user, now)?;
    let secret = Token::of_api_key(app.random.bytes());
    // Of who signed in under a release that did not ask for it, nothing may be known yet. Whatever users says counts
    // more than this.
    let account = Account {
        user_id: user.user_id,
        version: 1,
        roles: user.roles.clone(),
        blocked: false,
        unconfirmed: !user.confirmed,
    };
    let (key, digest) = (&key, secret.digest());
    run_tx(&app.pool, "create_api_key", |tx| {
        let account = &account;
        Box::pin(async move {
            one_more(api_keys::lock_and_count(tx, key.user_id, now).await?)?;
            accounts::suppose(tx, account).await?;
            accounts::check(tx, key.user_id).await?;
            api_keys::insert(tx, key, &digest).await?;
            app.acts.note(tx, Deed::on(key.id).about(key.user_id).made(key)).await
        })
    })
    .await?;
    Ok((key.clone(), secret))
}

/// Lists a page of a user's good keys, the newest first, and the token of the next page.
///
/// # Errors
/// NOT_FOUND where the permission does not reach the user, PAGE_TOKEN_INVALID.
pub(crate) async fn list_api_keys(
    app: &App,
    reach: Reach,
    user: UserId,
    request: &PageRequest<'_>,
) -> Result<(Vec<ApiKey>, String)> {
    if !reach.covers(user) {
        return Err(Error::not_found("user"));
    }
    let page = app.pages.page(request, "ListApiKeys", &[&user.to_string()], KEYS)?;
    let mut db = app.pool.acquire().await?;
    let mut listed = api_keys::list(&mut db, user, page.from, page.limit(), app.clock.now()).await?;
    let next = page.cut(&mut listed, |last| last.id.uuid());
    Ok((listed, next))
}

/// Revokes a key, and tells whoever caches tokens. Nothing happens where it is revoked already.
///
/// # Errors
/// NOT_FOUND where there is none within the caller's permission.
pub(crate) async fn revoke_api_key(app: &App, reach: Reach, key: ApiKeyId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "revoke_api_key", |tx| {
        Box::pin(async move {
            if let Some(user) = api_keys::revoke(tx, key, reach, now).await? {
                app.outbox.enqueue(tx, &published::principal_changed(user, Some(Through::ApiKey(key)), now)).await?;
                app.acts.note(tx, Deed::on(key).field("user", Some(&user.to_string()), None)).await?;
            }
            Ok(())
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// Revokes all keys of a user in the caller's transaction, tells whoever caches tokens, and says how many there were.
pub(super) async fn revoke_all(app: &App, db: &mut PgConnection, user: UserId) -> Result<u32> {
    let now = app.clock.now();
    let revoked = api_keys::revoke_all(db, user, now).await?;
    let told: Vec<_> =
        revoked.iter().map(|key| published::principal_changed(user, Some(Through::ApiKey(*key)), now)).collect();
    app.outbox.enqueue_all(db, &told).await?;
    Ok(u32::try_from(revoked.len()).unwrap_or(u32::MAX))
}
