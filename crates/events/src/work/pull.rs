//! Getting the next messages.

use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{Consumer, pull as nats};
use futures::StreamExt as _;

use super::Work;
use crate::Failure;

/// How long a request for messages waits on the broker.
const PULL_EXPIRES: Duration = Duration::from_secs(5);
/// How late the broker's word that the request has ended may be.
const GRACE: Duration = Duration::from_secs(2);

impl Work {
    /// Up to a batch of messages: those there are, or else the next one with those that came with it. None if none
    /// came for a while.
    ///
    /// Never more are asked for than are handled next, so none waits in a buffer here while another replica idles.
    pub(super) async fn pull(&self, consumer: &Consumer<nats::Config>) -> Result<Vec<Message>, Failure> {
        self.bus.connected().await;
        tokio::select! {
            // The request is lost with the connection: no use to wait for its answer.
            () = self.bus.disconnected() => Ok(Vec::new()),
            messages = self.pull_connected(consumer) => messages,
        }
    }

    async fn pull_connected(&self, consumer: &Consumer<nats::Config>) -> Result<Vec<Message>, Failure> {
        let mut messages = Vec::new();
        self.fetch(consumer, self.batch, &mut messages).await?;
        if messages.is_empty() {
            let next = consumer.batch().max_messages(1).expires(PULL_EXPIRES).messages();
            let mut next = next.await.map_err(Failure::ill)?;
            if let Ok(Some(message)) = tokio::time::timeout(PULL_EXPIRES + GRACE, next.next()).await {
                messages.push(message.map_err(Failure::ill)?);
                if self.batch > 1 {
                    self.fetch(consumer, self.batch - 1, &mut messages).await?;
                }
            }
        }
        Ok(messages)
    }

    /// What there is, without waiting.
    async fn fetch(
        &self,
        consumer: &Consumer<nats::Config>,
        most: usize,
        messages: &mut Vec<Message>,
    ) -> Result<(), Failure> {
        let mut fetched = consumer.fetch().max_messages(most).messages().await.map_err(Failure::ill)?;
        while let Ok(Some(message)) = tokio::time::timeout(GRACE, fetched.next()).await {
            match message {
                Ok(message) => messages.push(message),
                Err(error) if messages.is_empty() => return Err(Failure::ill(error)),
                // What has come is applied first; the next request meets the trouble again.
                Err(_) => break,
            }
        }
        Ok(())
    }
}
