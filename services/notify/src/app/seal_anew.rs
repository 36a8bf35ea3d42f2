//! Seals stored secrets anew, so that an old key can be taken out.

use labelmesh_errors::{Error, Result};
use labelmesh_seal::{Census, Sealer};
use sqlx::PgPool;

use super::{App, webhooks::secret_of};
use crate::store::webhooks::{self, Secrets};

/// How many webhooks are read at once.
const BATCH: i64 = 500;

/// Seals the secrets of webhooks with the first key where another one has sealed them, and says how many were sealed
/// anew. What is changed meanwhile by another call is left to that.
///
/// # Errors
/// INTERNAL where no key opens one, which does not hold up the others; UNAVAILABLE.
pub(crate) async fn seal_anew(app: App) -> Result<u64> {
    let mut db = app.pool.acquire().await?;
    let (mut behind, mut sealed_anew, mut broken) = (None, 0, 0);
    loop {
        let page = webhooks::secrets_behind(&mut db, behind, BATCH).await?;
        let Some(last) = page.last() else { break };
        behind = Some(last.webhook_id);
        for secrets in page {
            match renewed(&app.sealer, &secrets) {
                Ok(None) => {}
                Ok(Some(anew)) => sealed_anew += webhooks::replace_secrets(&mut db, &secrets, &anew).await?,
                Err(_) => broken += 1,
            }
        }
    }
    if broken > 0 {
        return Err(Error::internal(format!("no key opens the secrets of {broken} webhooks")));
    }
    Ok(sealed_anew)
}

/// Counts what each key has sealed.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn census(pool: &PgPool, sealer: Sealer) -> Result<Census> {
    let (mut db, mut census, mut behind) = (pool.acquire().await?, Census::new(sealer), None);
    loop {
        let page = webhooks::secrets_behind(&mut db, behind, BATCH).await?;
        let Some(last) = page.last() else { return Ok(census) };
        behind = Some(last.webhook_id);
        for Secrets { webhook_id, secret, old_secret } in &page {
            for sealed in [Some(secret), old_secret.as_ref()].into_iter().flatten() {
                census.count("secrets of webhooks", &secret_of(*webhook_id), sealed);
            }
        }
    }
}

/// The secrets sealed with the first key; none where they are already.
fn renewed(sealer: &Sealer, secrets: &Secrets) -> Result<Option<Secrets>, labelmesh_seal::Broken> {
    let context = secret_of(secrets.webhook_id);
    let secret = sealer.renew(&context, &secrets.secret)?;
    let old = secrets.old_secret.as_ref().map(|sealed| sealer.renew(&context, sealed)).transpose()?.flatten();
    if secret.is_none() && old.is_none() {
        return Ok(None);
    }
    Ok(Some(Secrets {
        webhook_id: secrets.webhook_id,
        secret: secret.unwrap_or_else(|| secrets.secret.clone()),
        old_secret: old.or_else(|| secrets.old_secret.clone()),
    }))
}
