//! The signing keys as the replicas share them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::{KeyPair, PublicKey, UserSigner};
use labelmesh_pg::run_tx;
use labelmesh_seal::Sealer;
use sqlx::{PgConnection, PgPool};
use tokio::sync::Mutex;

use crate::{
    domain::{KeyRing, Rotation, SigningKey},
    store::signing_keys::{self, Stored},
};

/// How long keys are used before they are read again: much shorter than a new key is published before it signs, so that
/// every replica has it in time.
const FRESH: TimeDelta = TimeDelta::seconds(30);

/// The keys that sign internal tokens. Clones share what was read.
///
/// Nothing runs in the background: a call that finds the keys too old reads them again, and makes the next one if it is
/// due. While nobody signs, nobody needs a new key.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pool: PgPool,
    sealer: Sealer,
    clock: Clock,
    random: Random,
    rotation: Rotation,
    read: Arc<Mutex<Option<Reading>>>,
}

/// The keys as they were read, and when.
type Reading = (DateTime<Utc>, Arc<KeyRing>);

impl Keys {
    pub(crate) fn new(pool: PgPool, sealer: Sealer, clock: Clock, random: Random, rotation: Rotation) -> Self {
        Self { pool, sealer, clock, random, rotation, read: Arc::default() }
    }

    /// A signer with the key that signs now.
    ///
    /// # Errors
    /// INTERNAL where the keys were sealed with another key than the configured one; UNAVAILABLE.
    pub(crate) async fn signer(&self) -> Result<UserSigner> {
        let ring = self.ring().await?;
        let key = ring.signing(self.clock.now()).ok_or_else(|| Error::internal("no key signs at this time"))?;
        Ok(UserSigner::new(key.pair.clone(), self.clock.clone()))
    }

    /// The public keys, the newest first, as they are in the database now: another replica may have made the first
    /// one a moment ago.
    ///
    /// # Errors
    /// As [`Keys::signer`].
    pub(crate) async fn published(&self) -> Result<Vec<PublicKey>> {
        let ring = self.read_again().await?;
        Ok(ring.published(self.clock.now()))
    }

    async fn ring(&self) -> Result<Arc<KeyRing>> {
        {
            let read = self.read.lock().await;
            if let Some((at, ring)) = &*read
                && self.clock.now() - *at < FRESH
            {
                return Ok(Arc::clone(ring));
            }
        }
        self.read_again().await
    }

    async fn read_again(&self) -> Result<Arc<KeyRing>> {
        let now = self.clock.now();
        let Stored { mut ring, renewed } = signing_keys::load(&mut *self.pool.acquire().await?, &self.sealer).await?;
        let due = ring.next_due(self.rotation, now).is_some();
        if due || !ring.outlived(now).is_empty() || !renewed.is_empty() {
            ring = run_tx(&self.pool, "rotate_keys", |tx| Box::pin(self.rotate(tx, now))).await?;
        }
        let ring = Arc::new(ring);
        *self.read.lock().await = Some((now, Arc::clone(&ring)));
        Ok(ring)
    }

    /// Makes the key that is due, deletes those that are outlived, and seals anew those that another seal than the
    /// first has sealed. Replicas queue at a lock, and all but the first find nothing left to do.
    async fn rotate(&self, db: &mut PgConnection, now: DateTime<Utc>) -> Result<KeyRing> {
        signing_keys::lock(db).await?;
        let Stored { ring, renewed } = signing_keys::load(db, &self.sealer).await?;
        for (kid, sealed) in renewed {
            signing_keys::reseal(db, &kid, &sealed).await?;
        }
        for key in ring.outlived(now) {
            signing_keys::delete(db, key).await?;
        }
        if let Some(signs_from) = ring.next_due(self.rotation, now) {
            self.make(db, signs_from, now).await?;
        }
        Ok(signing_keys::load(db, &self.sealer).await?.ring)
    }

    async fn make(&self, db: &mut PgConnection, signs_from: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        let key = SigningKey { pair: KeyPair::generate(&self.random), signs_from };
        signing_keys::insert(db, &key, &self.sealer, now).await?;
        tracing::info!(key.id = key.pair.public().id(), key.signs_from = %signs_from, "made a signing key");
        Ok(())
    }

    /// Makes the next key before it is due. It is published as long as any before it signs. Nothing is made while one
    /// is published that does not sign yet.
    ///
    /// # Errors
    /// As [`Keys::signer`].
    pub(crate) async fn rotate_early(&self) -> Result<()> {
        let now = self.clock.now();
        run_tx(&self.pool, "rotate_keys_early", |tx| {
            Box::pin(async move {
                signing_keys::lock(tx).await?;
                let ring = signing_keys::load(tx, &self.sealer).await?.ring;
                match ring.next_early(self.rotation, now) {
                    Some(signs_from) => self.make(tx, signs_from, now).await,
                    None => Ok(()),
                }
            })
        })
        .await
    }

    /// What there is: a line for each signing key, the newest first.
    ///
    /// # Errors
    /// As [`Keys::signer`].
    pub(crate) async fn told(&self) -> Result<Vec<String>> {
        let now = self.clock.now();
        let ring = self.read_again().await?;
        let line = |key: &SigningKey| {
            let (id, from) = (key.pair.public().id(), key.signs_from.format("%FT%TZ"));
            let state = if key.signs_from > now {
                "signs from"
            } else if ring.signing(now).is_some_and(|signing| signing.signs_from == key.signs_from) {
                "signs since"
            } else {
                "is published still, and signed from"
            };
            format!("{id} {state} {from}")
        };
        Ok(ring.iter().map(line).collect())
    }
}
