//! Whether a peer is still there.
//!
//! A connection lives until it is closed or breaks off, or until its peer has fallen silent: nothing at all came for
//! `PING_TIMEOUT`, although it was asked for a sign. TCP alone tells of a machine that has gone only after minutes.

use std::{
    error::Error,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use h2::{Ping, PingPong, client::Connection};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{sleep, timeout},
};
use tokio_util::io::InspectReader;

/// How often a peer is asked for a sign.
const PING_INTERVAL: Duration = Duration::from_secs(10);
/// For how long a peer that was asked may be silent.
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// Notes in `heard` whenever something is read. A pong alone would not do, since it waits behind all that was sent
/// before it.
pub(crate) fn noting<T>(io: T, heard: Arc<AtomicBool>) -> impl AsyncRead + AsyncWrite + Unpin + Send + 'static
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    InspectReader::new(io, move |_: &[u8]| heard.store(true, Ordering::Relaxed))
}

/// Runs a connection to its end. The calls that are under way then break off.
pub(crate) async fn run<T: AsyncRead + AsyncWrite + Unpin>(
    mut connection: Connection<T, Bytes>,
    heard: Arc<AtomicBool>,
) {
    let pings = connection.ping_pong().expect("nobody else has taken it");
    tokio::select! {
        biased;
        ended = connection => {
            if let Err(error) = ended {
                tracing::debug!(error.cause = &error as &dyn Error, "a connection broke off");
            }
        }
        () = silence(pings, &heard) => tracing::debug!("a peer has fallen silent"),
    }
}

/// Ends when the peer has fallen silent.
async fn silence(mut pings: PingPong, heard: &AtomicBool) {
    loop {
        sleep(PING_INTERVAL).await;
        heard.store(false, Ordering::Relaxed);
        let mut pong = pin!(pings.ping(Ping::opaque()));
        while timeout(PING_TIMEOUT, &mut pong).await.is_err() {
            if !heard.swap(false, Ordering::Relaxed) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{DuplexStream, duplex},
        time::Instant,
    };

    use super::*;

    /// A connection that runs, and the peer's end of it.
    async fn running() -> (impl Future<Output = ()>, DuplexStream) {
        let (ours, theirs) = duplex(1024);
        let heard = Arc::new(AtomicBool::new(false));
        let (sender, connection) =
            h2::client::handshake(noting(ours, heard.clone())).await.expect("it is only written");
        let running = async move {
            run(connection, heard).await;
            drop(sender);
        };
        (running, theirs)
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_nothing_is_given_up() {
        let (running, theirs) = running().await;
        let began = Instant::now();
        running.await;
        assert!((15_000..15_005).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
        drop(theirs);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_answers_pings_is_kept_until_it_goes() {
        let (running, theirs) = running().await;
        let began = Instant::now();
        let peer = async {
            let mut served = h2::server::handshake(theirs).await.expect("a client");
            assert!(timeout(Duration::from_secs(60), served.accept()).await.is_err(), "no call comes");
        };
        tokio::join!(running, peer);
        assert!((60_000..60_005).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }
}
