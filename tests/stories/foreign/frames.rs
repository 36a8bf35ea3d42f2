//! A call frame by frame: what every client of gRPC has to make sense of.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};

/// What has not ended by then has gone wrong.
const LIMIT: Duration = Duration::from_secs(60);
/// The one stream of a connection that a client opens first.
const STREAM: [u8; 4] = [0, 0, 0, 1];
const END_STREAM: u8 = 1;
/// Behind the end of an answer: the rest of the request will not be read (RFC 9113, section 8.1). Whether a server that
/// refuses by the headers alone sends it depends on whether the request's end has come by then.
const UNREAD: &str = "RST_STREAM 0";

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The first headers.
    head: HeaderMap,
    /// The last ones, where they are not the first.
    trailers: Option<HeaderMap>,
    /// Each frame of the call's stream, such as `HEADERS`, `DATA END_STREAM` or, with its error code, `RST_STREAM 8`.
    frames: Vec<String>,
}

impl Seen {
    /// The number of the gRPC code, from an answer in one of the two shapes that gRPC knows.
    pub(crate) fn status(&self) -> Result<&str> {
        let answer = self.frames.strip_suffix(&[UNREAD.to_owned()]).unwrap_or(&self.frames);
        let [first, middle @ .., last] = answer else {
            // Trailers alone.
            ensure!(answer == ["HEADERS END_STREAM"], "{self:?}");
            return Ok(self.head.get("grpc-status").context("no status")?.to_str()?);
        };
        ensure!(first == "HEADERS" && last == "HEADERS END_STREAM", "{self:?}");
        ensure!(middle.iter().all(|frame| frame == "DATA"), "{self:?}");
        ensure!(!self.head.contains_key("grpc-status"), "a status before the end: {self:?}");
        let trailers = self.trailers.as_ref().context("no trailers")?;
        Ok(trailers.get("grpc-status").context("no status")?.to_str()?)
    }
}

/// Calls a method with a message on a connection of its own, and tells of the first answer.
pub(crate) async fn call(
    target: &str,
    path: &str,
    headers: &[(&str, &str)],
    message: &[u8],
    begun: impl FnOnce(),
) -> Result<Seen> {
    let read = Arc::new(Mutex::new(Vec::new()));
    let target = target.trim_start_matches("http://");
    let tee = Tee { connection: TcpStream::connect(target).await?, read: read.clone() };
    let (mut client, connection) = h2::client::handshake(tee).await?;
    let connection = tokio::spawn(connection);
    let mut request = Request::post(format!("http://{target}{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    poll_fn(|context| client.poll_ready(context)).await?;
    let (response, mut body) = client.send_request(request.body(())?, false)?;
    // A stream that was refused by its headers may have ended by now, and takes no data.
    let _ = body.send_data(framed(message)?, true);
    let answer = async {
        let (head, mut body) = response.await?.into_parts();
        let mut begun = Some(begun);
        // How it ends is read from the frames: an error here is a reset, which is one of them.
        while let Some(Ok(data)) = body.data().await {
            body.flow_control().release_capacity(data.len())?;
            if let Some(begun) = begun.take() {
                begun();
            }
        }
        anyhow::Ok((head.headers, body.trailers().await.unwrap_or_default()))
    };
    let (head, trailers) = timeout(LIMIT, answer).await.context("the call does not end")??;
    connection.abort();
    let frames = frames(&read.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Seen { head, trailers, frames })
}

/// A message as gRPC frames it: not compressed, and its length.
fn framed(message: &[u8]) -> Result<Bytes> {
    let mut framed = BytesMut::new();
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len())?);
    framed.put_slice(message);
    Ok(framed.freeze())
}

/// The frames of the call's stream (RFC 9113, section 4.1), but for those that only keep the flow.
fn frames(mut read: &[u8]) -> Vec<String> {
    let mut frames = Vec::new();
    while let [a, b, c, kind, flags, s0, s1, s2, s3, rest @ ..] = read {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let payload;
        (payload, read) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let name = match kind {
            0 => "DATA",
            1 => "HEADERS",
            3 => "RST_STREAM",
            _ => continue,
        };
        if [*s0, *s1, *s2, *s3] == STREAM {
            frames.push(match payload {
                [0, 0, 0, code] if name == "RST_STREAM" => format!("{name} {code}"),
                _ if *kind < 3 && flags & END_STREAM != 0 => format!("{name} END_STREAM"),
                _ => name.to_owned(),
            });
        }
    }
    frames
}

/// A connection that keeps all that is read from it.
struct Tee {
    connection: TcpStream,
    read: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Tee {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.connection).poll_read(cx, buffer))?;
        let fresh = &buffer.filled()[before..];
        self.read.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(fresh);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tee {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(cx)
    }
}
