//! Writes a notice down as a notification and as a mail to be sent.

use labelmesh_clock::{Clock, Random};
use labelmesh_errors::Result;
use labelmesh_events::Trace;
use labelmesh_ids::{DeliveryId, NotificationId};
use sqlx::PgConnection;

use crate::{
    domain::notice::Notice,
    store::{deliveries, notifications},
};

/// What is needed to write notices down. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    /// Where the gateway is reached, for the links.
    pub(crate) public_url: String,
}

impl Recorder {
    /// Writes both down, in the caller's transaction; nothing if the same notice was there before. Says whether it
    /// was new. The mail goes on in `trace`.
    pub(crate) async fn record(&self, connection: &mut PgConnection, notice: &Notice, trace: &Trace) -> Result<bool> {
        let now = self.clock.now();
        let notification_id = NotificationId::new(now, self.random.bytes());
        let words = notice.words(&self.public_url);
        if !notifications::insert(connection, notification_id, notice, &words).await? {
            return Ok(false);
        }
        let delivery_id = DeliveryId::new(now, self.random.bytes());
        deliveries::insert(connection, delivery_id, notification_id, trace, now).await?;
        Ok(true)
    }
}
