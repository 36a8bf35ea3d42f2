//! Transactions that are tried again when another one was in the way.

use std::error::Error as _;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use labelmesh_errors::{Error, Result};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use tracing::{Instrument, Span, field};

/// How often a transaction is tried before its caller is told of the conflict.
const ATTEMPTS: u32 = 6;
/// The longest pause after the first attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(8);

/// A running transaction: a connection, as far as statements are concerned (`&mut **tx`).
///
/// `'a` is what the body borrows from around it; naming it here lets a body hold references without cloning.
pub struct Tx<'a> {
    inner: Transaction<'static, Postgres>,
    around: PhantomData<&'a ()>,
}

impl Deref for Tx<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}

/// Runs `body` in a transaction and commits it, or rolls it back if it fails.
///
/// The body runs again, at most six times in all, when the server ends it with a serialization failure or a
/// deadlock: it must have no effect but through the transaction. `name` tells transactions apart in spans and metrics.
///
/// ```text
/// let task = run_tx(&pool, "submit_task", |tx| Box::pin(async move {
/// let task = store::lock(tx, id).await?;
/// outbox.enqueue(tx, &event).await?;
/// Ok(task)
/// })).await?;
/// ```
///
/// # Errors
/// The body's error; unavailable if the database can't be reached. If the connection breaks during the commit,
/// whether it took effect is unknown, and that is unavailable too.
pub async fn run_tx<'a, T, F>(pool: &PgPool, name: &'static str, mut body: F) -> Result<T>
where
    T: Send,
    F: for<'t> FnMut(&'t mut Tx<'a>) -> BoxFuture<'t, Result<T>> + Send,
{
    let span = tracing::info_span!(
        "transaction",
        otel.name = name,
        otel.kind = "client",
        db.system.name = "postgresql",
        db.attempts = field::Empty,
    );
    // An alert sees the first one only where there was a zero before it.
    let retries = metrics::counter!("db_transaction_retries_total", "transaction" => name);
    retries.increment(0);
    async {
        for attempt in 1.. {
            let outcome = try_once(pool, &mut body).await;
            let Err(error) = &outcome else {
                Span::current().record("db.attempts", attempt);
                return outcome;
            };
            if attempt >= ATTEMPTS || !lost_a_race(error) {
                Span::current().record("db.attempts", attempt);
                return outcome;
            }
            retries.increment(1);
            tokio::time::sleep(pause(attempt)).await;
        }
        unreachable!("the last attempt returns")
    }
    .instrument(span)
    .await
}

/// Begins a transaction that is rolled back when it is dropped. Use this instead of the pool's own `begin`: that one,
/// dropped while the server begins, gives the connection back with a transaction which nobody knows of, and the next
/// statements there are lost with it.
///
/// # Errors
/// Unavailable if the database can't be reached.
pub async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    let connection = pool.acquire().await?;
    // A task of its own comes to the end of it, whoever has given up waiting.
    let begin = tokio::spawn(Transaction::begin(connection, None).in_current_span());
    Ok(begin.await.map_err(Error::internal)??)
}

async fn try_once<'a, T, F>(pool: &PgPool, body: &mut F) -> Result<T>
where
    F: for<'t> FnMut(&'t mut Tx<'a>) -> BoxFuture<'t, Result<T>> + Send,
{
    let mut tx = Tx { inner: begin(pool).await?, around: PhantomData };
    match body(&mut tx).await {
        Ok(value) => {
            tx.inner.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // A rollback that fails has happened: the connection is gone, and the transaction with it.
            let _ = tx.inner.rollback().await;
            Err(error)
        }
    }
}

/// Whether the server ended the transaction for the sake of another: serialization failure or deadlock.
fn lost_a_race(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<sqlx::Error>());
    let code = cause.and_then(sqlx::Error::as_database_error).and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01"))
}

/// A pause between nothing and twice the last one's longest, spread evenly over those who wait: steps of the golden
/// ratio never come close to each other, which is what jitter is for, and need no source of randomness.
fn pause(attempt: u32) -> Duration {
    static STEPS: AtomicU64 = AtomicU64::new(0);
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let step = STEPS.fetch_add(1, Ordering::Relaxed).wrapping_add(u64::from(std::process::id()));
    let spread = (step.wrapping_mul(GOLDEN) >> 11) as f64 / (1u64 << 53) as f64;
    FIRST_PAUSE.mul_f64(spread * f64::from(1 << (attempt - 1)))
}
