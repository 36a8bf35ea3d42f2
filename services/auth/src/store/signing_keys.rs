//! The table `signing_key`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::KeyPair;
use labelmesh_seal::{Sealer, context};
use sqlx::PgConnection;

use crate::domain::{KeyRing, SigningKey};

/// All keys.
///
/// # Errors
/// INTERNAL where one was sealed with another key than the configured one.
pub(crate) async fn load(db: &mut PgConnection, sealer: &Sealer) -> Result<KeyRing> {
    let rows = sqlx::query!("SELECT kid, sealed_seed, signs_from FROM signing_key").fetch_all(db).await?;
    let keys = rows.into_iter().map(|row| {
        let seed = sealer.open(&sealed_for(&row.kid), &row.sealed_seed).map_err(Error::internal)?;
        let seed: [u8; 32] = seed.try_into().map_err(|_| Error::internal("a sealed seed is not 32 bytes long"))?;
        Ok(SigningKey { pair: KeyPair::from_seed(seed), signs_from: row.signs_from })
    });
    Ok(KeyRing::new(keys.collect::<Result<_>>()?))
}

/// Lets one replica at a time, until its transaction ends, look whether a key is due and make it.
pub(crate) async fn lock(db: &mut PgConnection) -> Result<()> {
    // Any number that nothing else in this database locks.
    sqlx::query!("SELECT pg_advisory_xact_lock(7310000002)").execute(db).await?;
    Ok(())
}

/// Stores a key.
pub(crate) async fn insert(db: &mut PgConnection, key: &SigningKey, sealer: &Sealer, now: DateTime<Utc>) -> Result<()> {
    let kid = key.pair.public().id();
    let sealed = sealer.seal(&sealed_for(&kid), &key.pair.seed());
    sqlx::query!(
        "INSERT INTO signing_key (kid, sealed_seed, created_at, signs_from) VALUES ($1, $2, $3, $4)",
        kid,
        sealed,
        now,
        key.signs_from,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes a key whose last token has expired.
pub(crate) async fn delete(db: &mut PgConnection, key: &SigningKey) -> Result<()> {
    sqlx::query!("DELETE FROM signing_key WHERE kid = $1", key.pair.public().id()).execute(db).await?;
    Ok(())
}

/// A sealed seed opens for its own row alone.
fn sealed_for(kid: &str) -> String {
    context(&["signing_key", kid])
}
