//! What is left of a body that was refused is read on for a moment: a client that is still sending when its connection
//! is closed may lose the answer that says why.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tokio::time::timeout;

/// How much is still read, and for how long.
const BYTES: usize = 16 << 20;
const LONGEST: Duration = Duration::from_secs(2);

/// Reads on for a moment and throws away what comes. A client that is still sending after that is cut off.
pub(super) async fn linger<E>(body: impl Stream<Item = Result<Bytes, E>>) {
    let mut body = std::pin::pin!(body);
    let mut read = 0;
    let reading = async {
        while let Some(Ok(bytes)) = body.next().await {
            read += bytes.len();
            if read > BYTES {
                break;
            }
        }
    };
    let _ = timeout(LONGEST, reading).await;
}
