//! An attempt to sign in, counted from its beginning.

use labelmesh_errors::Result;
use sqlx::{PgConnection, PgPool};

use super::App;
use crate::{domain::Subjects, store::attempts};

/// An attempt that was let in. Until it is settled it is nobody's fault: where the call ends early, by a failure of
/// ours or because its caller left, dropping this takes the count back. Who sees no answer has learnt nothing.
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
    ///
    /// TOO_MANY_ATTEMPTS; the refused attempt stays counted.
    pub(super) async fn begin(app: &App, subjects: Subjects) -> Result<Self> {
        let now = app.clock.now();
        let mut db = app.pool.acquire().await?;
        let counts = attempts::count(&mut db, &subjects, now, now - app.limits.window).await?;
        app.limits.admit(&counts, now)?;
        Ok(Self { pool: app.pool.clone(), subjects, settled: false })
    }

    /// It failed by the caller's fault, and stays counted.
    pub(super) fn failed(mut self) {
        self.settled = true;
    }

    /// It succeeded: the account starts afresh. Of the address only this attempt is taken back, or else one who has an
    /// account could try others without end.
    pub(super) async fn succeeded(&self, db: &mut PgConnection) -> Result<()> {
        attempts::forget(db, self.subjects.account()).await?;
        let address: Vec<_> = self.subjects.address().map(str::to_owned).into_iter().collect();
        attempts::take_back(db, &address).await
    }

    /// Says that the transaction of [`Attempt::succeeded`] was committed.
    pub(super) fn settled(mut self) {
        self.settled = true;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let (pool, subjects) = (self.pool.clone(), self.subjects.all());
        let take_back = async move {
            let mut db = pool.acquire().await?;
            attempts::take_back(&mut db, &subjects).await
        };
        tokio::spawn(async move {
            if let Err(error) = take_back.await {
                tracing::warn!(error = %error, "could not take back an attempt to sign in");
            }
        });
    }
}
