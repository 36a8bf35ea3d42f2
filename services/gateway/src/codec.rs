//! A codec that leaves messages as bytes: the gateway decodes only what it must show.

use bytes::{Buf as _, BufMut as _, Bytes};
use labelmesh_proto::r#type::v1::Part;
use prost::encoding::message;
use tonic::{
    Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

/// A message on its way to a service.
#[derive(Debug, Default)]
pub(crate) struct Outbound {
    /// Its fields, encoded.
    pub(crate) encoded: Bytes,
    /// One more field of this number: a piece of a file. It is encoded where it is sent from, so that its bytes are
    /// copied once.
    pub(crate) part: Option<(u32, Part)>,
}

impl From<Vec<u8>> for Outbound {
    fn from(encoded: Vec<u8>) -> Self {
        Self { encoded: encoded.into(), part: None }
    }
}

/// Messages as bytes, in both directions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Outbound;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Outbound;
    type Error = Status;

    fn encode(&mut self, item: Outbound, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item.encoded);
        if let Some((number, part)) = item.part {
            message::encode(number, &part, buffer);
        }
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
