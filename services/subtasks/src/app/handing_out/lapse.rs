//! Takes back leases that have run out, also while nobody leases.

use labelmesh_errors::Result;
use labelmesh_pg::run_tx;

use crate::app::{App, handing_out::lease::LAPSED_AT_ONCE};
use crate::domain;
use crate::store::leases;

/// How many leases that ran out long ago one call forgets at most.
const FORGOTTEN_AT_ONCE: i64 = 1_000;

/// Takes back every lease that has run out, a few in each transaction, and says how many. Leases whose image is locked
/// at the moment are left to the next time.
///
/// # Errors
/// Only if the database fails.
pub async fn lapse_due(app: &App) -> Result<u64> {
    let mut lapsed = 0;
    loop {
        let now = app.clock.now();
        let step =
            run_tx(&app.pool, "lapse", |tx| Box::pin(async move { leases::lapse(tx, now, LAPSED_AT_ONCE).await }));
        let step = step.await?;
        lapsed += step;
        if step < LAPSED_AT_ONCE.unsigned_abs() {
            if lapsed > 0 {
                tracing::info!(lease.count = lapsed, "leases have run out");
            }
            return Ok(lapsed);
        }
    }
}

/// Forgets leases that ran out so long ago that they cost nothing any more.
///
/// # Errors
/// Only if the database fails.
pub async fn forget_lapses(app: &App) -> Result<u64> {
    let until = domain::forgiven(app.clock.now());
    leases::forget_lapses(&mut *app.pool.acquire().await?, until, FORGOTTEN_AT_ONCE).await
}
