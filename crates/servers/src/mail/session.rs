//! The SMTP side.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use mailin::{Action, Handler, Response, Session, SessionBuilder, response};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Catch, Mood};

/// No line is longer than this: neither a command nor one of a message.
const LINE_BYTES: u64 = 64 * 1024;
/// No message is longer than this.
const MESSAGE_BYTES: usize = 8 * 1024 * 1024;

/// Answers senders, for ever.
pub(super) async fn serve(listener: TcpListener, catch: Arc<Catch>) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        };
        let catch = Arc::clone(&catch);
        // The state machine may not change threads.
        tokio::task::spawn_local(async move {
            if let Err(error) = converse(stream, peer.ip(), catch).await {
                tracing::debug!(error = %error, "a sender went away");
            }
        });
    }
}

async fn converse(stream: TcpStream, peer: IpAddr, catch: Arc<Catch>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut mood = catch.mood.subscribe();
    let receiver = Receiver { catch: Arc::clone(&catch), raw: Vec::new() };
    let mut session = SessionBuilder::new("labelmesh").build(peer, receiver);
    stream.write_all(&session.greeting().buffer()?).await?;
    loop {
        let mut line = Vec::new();
        let read = (&mut stream).take(LINE_BYTES).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Ok(());
        }
        // While it stalls nothing is answered; the connection stays open.
        if mood.wait_for(|mood| *mood != Mood::Stall).await.is_err() {
            return Ok(());
        }
        if !answer(&mut stream, &mut session, &line).await? {
            return Ok(());
        }
    }
}

/// Answers one line; false when that was the last.
async fn answer(stream: &mut BufReader<TcpStream>, session: &mut Session<Receiver>, line: &[u8]) -> io::Result<bool> {
    let response = session.process(line);
    if response.action == Action::NoReply {
        return Ok(true);
    }
    stream.write_all(&response.buffer()?).await?;
    Ok(response.action != Action::Close)
}

/// Takes one sender's messages.
struct Receiver {
    catch: Arc<Catch>,
    raw: Vec<u8>,
}

impl Handler for Receiver {
    fn mail(&mut self, _peer: IpAddr, _domain: &str, _from: &str) -> Response {
        match *self.catch.mood.borrow() {
            Mood::Accept | Mood::Stall => response::OK,
            Mood::Refuse => Response::custom(451, "Not now, try again later".to_owned()),
            Mood::Reject => Response::custom(550, "Not here, don't try again".to_owned()),
        }
    }

    fn data_start(&mut self, _domain: &str, from: &str, _is8bit: bool, to: &[String]) -> Response {
        self.raw = format!("Return-Path: <{from}>\r\n").into_bytes();
        for recipient in to {
            self.raw.extend_from_slice(format!("Delivered-To: {recipient}\r\n").as_bytes());
        }
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        if self.raw.len() + line.len() > MESSAGE_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.raw.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        match self.catch.keep(&self.raw) {
            Ok(()) => response::OK,
            Err(error) => {
                tracing::error!(error = %error, "could not keep a message");
                // After any other error the state machine would take what follows for more of the message.
                response::NO_SERVICE
            }
        }
    }
}
