//! An attempt to sign in, counted from its beginning.

use labelmesh_errors::{Reason, Result};
use sqlx::{PgConnection, PgPool};

use super::App;
use crate::{domain::Subjects, store::attempts};

/// An attempt that was let in. Until it is settled it is nobody's fault: where the call ends because its caller left,
/// dropping this takes the count back. Who sees no answer has learnt nothing.
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

    /// It succeeded: with the transaction, the account starts afresh. Of the address only this attempt is taken back, or
    /// else one who has an account could try others without end.
    pub(super) async fn forgive(&self, db: &mut PgConnection) -> Result<()> {
        attempts::forget(db, self.subjects.account()).await?;
        let address: Vec<_> = self.subjects.address().map(str::to_owned).into_iter().collect();
        attempts::take_back(db, &address).await
    }

    /// Settles it by its result: a wrong password stays counted, what failed by our fault is taken back.
    pub(super) async fn settle<T>(mut self, result: &Result<T>) {
        self.settled = true;
        if result.as_ref().is_err_and(|error| error.reason() != Reason::CredentialsWrong) {
            take_back(self.pool.clone(), self.subjects.all()).await;
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
