//! The table `signing_key`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::KeyPair;
use labelmesh_seal::{Census, Sealer, context};
use sqlx::PgConnection;

use crate::domain::{KeyRing, SigningKey};

/// The keys as they are stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) ring: KeyRing,
    /// The ids of those that another seal than the first has sealed, and their seeds sealed with the first.
    pub(crate) renewed: Vec<(String, Vec<u8>)>,
}

/// All keys.
///
/// # Errors
/// INTERNAL where one was sealed with another key than the configured ones.
pub(crate) async fn load(db: &mut PgConnection, sealer: &Sealer) -> Result<Stored> {
    let rows = sqlx::query!("SELECT kid, sealed_seed, signs_from FROM signing_key").fetch_all(db).await?;
    let (mut keys, mut renewed) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let context = sealed_for(&row.kid);
        let seed = sealer.open(&context, &row.sealed_seed).map_err(Error::internal)?;
        let seed: [u8; 32] = seed.try_into().map_err(|_| Error::internal("a sealed seed is not 32 bytes long"))?;
        keys.push(SigningKey { pair: KeyPair::from_seed(seed), signs_from: row.signs_from });
        let anew = sealer.renew(&context, &row.sealed_seed).map_err(Error::internal)?;
        renewed.extend(anew.map(|sealed| (row.kid, sealed)));
    }
    Ok(Stored { ring: KeyRing::new(keys), renewed })
}

/// Counts all keys by what they are sealed with.
pub(crate) async fn count(db: &mut PgConnection, census: &mut Census) -> Result<()> {
    for row in sqlx::query!("SELECT kid, sealed_seed FROM signing_key").fetch_all(db).await? {
        census.count("signing keys", &sealed_for(&row.kid), &row.sealed_seed);
    }
    Ok(())
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

/// Stores a key's seed as it was sealed anew.
pub(crate) async fn reseal(db: &mut PgConnection, kid: &str, sealed: &[u8]) -> Result<()> {
    sqlx::query!("UPDATE signing_key SET sealed_seed = $2 WHERE kid = $1", kid, sealed).execute(db).await?;
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
