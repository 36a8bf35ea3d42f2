//! What replicas tell each other.

use bytes::Bytes;
use prost::Message;

use crate::Key;

/// What one replica has let through since it last told.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct News {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) replica: Bytes,
    #[prost(message, repeated, tag = "2")]
    pub(crate) consumed: Vec<Consumed>,
}

/// What was let through of one key. Both numbers are told, so that replicas need not know the same quotas.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Consumed {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
    /// For how long each attempt uses the quota up.
    #[prost(uint64, tag = "2")]
    interval_micros: u64,
    #[prost(uint32, tag = "3")]
    count: u32,
}

impl News {
    pub(crate) fn encode(&self) -> Bytes {
        self.encode_to_vec().into()
    }

    /// None where that is not what the bytes are.
    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        Message::decode(message).ok()
    }
}

impl Consumed {
    pub(crate) fn new(key: Key, interval_micros: u64, count: u32) -> Self {
        Self { key: key.bytes(), interval_micros, count }
    }

    /// The key; one that is too short stands for nobody.
    pub(crate) fn key(&self) -> Key {
        Key::read(&self.key).unwrap_or(Key::of("", ""))
    }

    /// For how long the quota is used up by all of it.
    pub(crate) fn micros(&self) -> u64 {
        self.interval_micros.saturating_mul(self.count.into())
    }
}
