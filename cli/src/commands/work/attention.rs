//! Whether somebody is still there.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::queue::Queue;
use crate::exit::Failure;

/// Whoever does nothing for so long has left: others may have the images.
const IDLE: Duration = Duration::from_mins(10);
/// What is said to whoever has left.
pub(super) const LEFT: &str = "Nothing came from you for ten minutes, so others may have what you held.";

/// Waits for a key or a line, and prolongs what is held meanwhile; nothing comes of whoever has left.
pub(super) async fn heard<T>(
    queue: &mut Queue,
    input: impl Future<Output = Result<T, Failure>>,
) -> Result<Option<T>, Failure> {
    let mut input = std::pin::pin!(input);
    let left = Instant::now() + IDLE;
    loop {
        tokio::select! {
            heard = &mut input => return heard.map(Some),
            () = sleep_until(left) => return Ok(None),
            // Given up where something comes meanwhile; it is due again at once.
            extended = prolonged(queue) => extended?,
        }
    }
}

async fn prolonged(queue: &mut Queue) -> Result<(), Failure> {
    sleep_until(queue.due()).await;
    queue.extend().await
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use labelmesh_sdk::Client;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_does_nothing_for_ten_minutes_has_left_and_each_key_begins_them_anew() {
        let mut queue = Queue::new(Client::new("http://127.0.0.1:9").expect("an address"), 1, false);
        for key in 'a'..'d' {
            let pressed = async {
                sleep(IDLE - Duration::from_secs(1)).await;
                Ok(key)
            };
            assert_eq!(heard(&mut queue, pressed).await, Ok(Some(key)));
        }
        let begun = Instant::now();
        assert_eq!(heard::<char>(&mut queue, pending()).await, Ok(None));
        assert_eq!(begun.elapsed(), IDLE);
    }
}
