//! An attempt to sign in, counted from its beginning.

use labelmesh_errors::{Error, Reason, Result};
use sqlx::{PgConnection, PgPool};
use tracing::Instrument as _;

use super::App;
use crate::{domain::Subjects, store::attempts};

/// An attempt that was let in. Until it is settled it counts as nobody's fault: where the call ends because its caller
/// left, dropping this takes the count back. A caller who sees no answer has learnt nothing.
#[derive(Debug)]
pub(super) struct Attempt {
    pool: PgPool,
    subjects: Subjects,
    settled: bool,
}

impl Attempt {
    /// Counts an attempt and lets it pass while its subjects are within the limits, over all replicas.
    ///
    /// # Errors
    /// TOO_MANY_ATTEMPTS; the refused attempt stays counted.
    pub(super) async fn begin(app: &App, subjects: Subjects) -> Result<Self> {
        // A task of its own: if the caller leaves while the database counts, the attempt is still made, and its drop
        // takes the count back.
        let (pool, limits, now) = (app.pool.clone(), app.limits, app.clock.now());
        let counting = async move {
            let counts = attempts::count(&mut *pool.acquire().await?, &subjects, now, now - limits.window).await?;
            limits.admit(&counts, now)?;
            Ok::<_, Error>(Self { pool, subjects, settled: false })
        };
        tokio::spawn(counting.in_current_span()).await.map_err(Error::internal)?
    }

    /// Forgives a login that succeeded, with the transaction: the account starts afresh. Of the address only this
    /// attempt is taken back; otherwise the owner of one account could try others without end.
    pub(super) async fn forgive(&self, db: &mut PgConnection) -> Result<()> {
        attempts::forget(db, self.subjects.account()).await?;
        let address: Vec<_> = self.subjects.address().map(str::to_owned).into_iter().collect();
        attempts::take_back(db, &address).await
    }

    /// Settles the attempt by its result: a wrong password stays counted, a failure of ours is taken back.
    pub(super) async fn settle<T>(mut self, result: &Result<T>) {
        self.settled = true;
        if result.as_ref().is_err_and(|error| error.reason() != Reason::CredentialsWrong) {
            // Where the deadline has passed, the call may end first: this goes on without it.
            let taken = tokio::spawn(take_back(self.pool.clone(), self.subjects.all()).in_current_span());
            if let Err(error) = taken.await {
                tracing::warn!(error = %error, "taking back an attempt to sign in broke off");
            }
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.settled {
            tokio::spawn(take_back(self.pool.clone(), self.subjects.all()));
        }
    }
}

async fn take_back(pool: PgPool, subjects: Vec<String>) {
    let done = async { attempts::take_back(&mut *pool.acquire().await?, &subjects).await };
    if let Err(error) = done.await {
        tracing::warn!(error = %error, "could not take back an attempt to sign in");
    }
}
