//! What the service consumes: one consumer for each service that it listens to, shared by all replicas.

mod notices;

use std::sync::Arc;

use labelmesh_events::{Bus, Delivery, Event as _, Failure, Work};
use labelmesh_pg::run_tx;
use labelmesh_proto::{auth::v1::LoggedIn, subtasks::v1::OperatorPaused, tasks::v1::TaskCompleted};
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{app::record_notice::Recorder, domain::notice::Notice};

/// Over which every replica is told that there is something to send. Nothing depends on it: the sweep finds it too.
pub(crate) const HINT: &str = "notify.deliveries";

/// So many events at most are applied in one transaction: few, so that the replicas share a burst.
const BATCH: usize = 16;

/// Sign-ins.
pub(crate) fn logins(bus: &Bus) -> Work {
    Work::new(bus, "notify-logins", &[LoggedIn::SUBJECT]).batch(BATCH)
}

/// Completed tasks.
pub(crate) fn completions(bus: &Bus) -> Work {
    Work::new(bus, "notify-completions", &[TaskCompleted::SUBJECT]).batch(BATCH)
}

/// Operators who were paused.
pub(crate) fn pauses(bus: &Bus) -> Work {
    Work::new(bus, "notify-pauses", &[OperatorPaused::SUBJECT]).batch(BATCH)
}

/// Writes down what events tell.
pub(crate) struct Scribe {
    pub(crate) pool: PgPool,
    pub(crate) bus: Bus,
    pub(crate) recorder: Recorder,
    /// Wakes this replica's own sender.
    pub(crate) bell: Arc<Notify>,
}

impl Scribe {
    /// Writes all of them down in one transaction. A mail server plays no part in it.
    ///
    /// # Errors
    /// Poison if an event is not what the contract says, ill if the database is away.
    pub(crate) async fn apply(&self, deliveries: Vec<Delivery>) -> Result<(), Failure> {
        let notices = deliveries.iter().map(|delivery| Ok((read(delivery)?, delivery.trace())));
        let notices = notices.collect::<Result<Vec<_>, Failure>>()?;
        let (recorder, notices) = (&self.recorder, &notices);
        let recorded = run_tx(&self.pool, "record_notices", |tx| {
            Box::pin(async move {
                let mut new = 0;
                for (notice, trace) in notices {
                    new += usize::from(recorder.record(tx, notice, trace).await?);
                }
                Ok(new)
            })
        });
        if recorded.await? > 0 {
            self.bell.notify_one();
            self.bus.hint(HINT, "").await;
        }
        Ok(())
    }
}

fn read(delivery: &Delivery) -> Result<Notice, Failure> {
    if delivery.is::<LoggedIn>() {
        Ok(delivery.decode::<LoggedIn>()?.try_into()?)
    } else if delivery.is::<OperatorPaused>() {
        Ok(delivery.decode::<OperatorPaused>()?.try_into()?)
    } else {
        Ok(delivery.decode::<TaskCompleted>()?.try_into()?)
    }
}
