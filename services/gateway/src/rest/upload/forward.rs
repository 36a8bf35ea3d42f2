//! Parts of files on their way to the service.

use futures::StreamExt as _;
use labelmesh_multipart::{Parts, UploadBody};
use labelmesh_proto::r#type::v1::Part;
use tokio::sync::{mpsc, oneshot};

use crate::{
    codec::Outbound,
    rest::{linger::linger, status::Refused},
};

/// Puts parts into the messages of a stream. The first message also carries what the path and the query gave.
pub(super) struct Envelope {
    number: u32,
    head: Vec<u8>,
}

impl Envelope {
    /// `number` is that of the field for the parts, `head` the encoded rest of the first message.
    pub(super) fn new(number: u32, head: Vec<u8>) -> Self {
        Self { number, head }
    }

    fn wrap(&mut self, part: Part) -> Outbound {
        Outbound { encoded: std::mem::take(&mut self.head).into(), part: Some((self.number, part)) }
    }
}

/// Forwards the parts of an upload to the service.
pub(super) struct Forward {
    pub(super) parts: Parts,
    pub(super) body: UploadBody,
    pub(super) messages: mpsc::Sender<Outbound>,
    pub(super) envelope: Envelope,
}

/// How an upload ended on the client's side: well, or with what was wrong. It tells nothing where the service ended it.
pub(super) type Forwarded = oneshot::Receiver<Result<(), Refused>>;

/// Whether the whole body was read.
enum Left {
    Nothing,
    Something,
}

impl Forward {
    /// Begins with the first part, in the background.
    pub(super) fn start(self, first: Part) -> Forwarded {
        let (end, forwarded) = oneshot::channel();
        tokio::spawn(async move {
            let body = self.body.clone();
            if let Left::Something = self.run(first, end).await {
                linger(body).await;
            }
        });
        forwarded
    }

    /// Forwards parts until there are none left, or the service wants no more.
    async fn run(mut self, first: Part, end: oneshot::Sender<Result<(), Refused>>) -> Left {
        let mut part = first;
        loop {
            if self.messages.send(self.envelope.wrap(part)).await.is_err() {
                return Left::Something;
            }
            let next = tokio::select! {
                next = self.parts.next() => next,
                () = self.messages.closed() => return Left::Something,
            };
            // Told before the stream to the service ends, so that it is known when the last answer comes.
            part = match next {
                Some(Ok(part)) => part,
                Some(Err(bad)) => {
                    let _ = end.send(Err(bad.into()));
                    return Left::Something;
                }
                None => {
                    let _ = end.send(Ok(()));
                    return Left::Nothing;
                }
            };
        }
    }
}
