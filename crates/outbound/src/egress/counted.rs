//! A connection whose bytes are counted.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::ledger::Ledger;

/// A connection to a server. It fails as soon as there are too many bytes, which nobody gets.
pub(super) struct Counted {
    stream: TcpStream,
    ledger: Arc<Ledger>,
}

impl Counted {
    pub(super) fn new(stream: TcpStream, ledger: Arc<Ledger>) -> Self {
        Self { stream, ledger }
    }

    fn spend(&self, bytes: usize) -> io::Result<()> {
        self.ledger.spend(bytes).map_err(|_| io::ErrorKind::QuotaExceeded.into())
    }
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let spent = self.spend(buffer.filled().len() - before);
        if spent.is_err() {
            buffer.set_filled(before);
        }
        Poll::Ready(spent)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        Poll::Ready(self.spend(written).map(|()| written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
