//! Cuts files into parts that fit into memory, whatever the size of the files.

use bytes::{Bytes, BytesMut};
use labelmesh_proto::r#type::v1::Part;

/// A part is sent when it has this size.
const ENOUGH: usize = 32 << 10;
/// No part is larger. It is small, since a client that stalls leaves a few of them in memory.
const LARGEST: usize = 64 << 10;

/// Cuts one file into parts. Only the first says what file it is.
pub(crate) struct Cutter {
    name: String,
    media_type: String,
    pending: BytesMut,
}

impl Cutter {
    /// A file of this name and declared media type.
    pub(crate) fn new(name: String, media_type: String) -> Self {
        Self { name, media_type, pending: BytesMut::new() }
    }

    /// The parts that are full. The rest of the bytes wait for the next chunk, so that the last part is never sent too
    /// early. Small chunks are copied together; a chunk that is enough for a part is passed on without a copy.
    pub(crate) fn add(&mut self, mut chunk: Bytes) -> Vec<Part> {
        let mut parts = Vec::new();
        if !self.pending.is_empty() {
            let missing = ENOUGH - self.pending.len();
            self.pending.extend_from_slice(&chunk.split_to(missing.min(chunk.len())));
            if self.pending.len() >= ENOUGH {
                parts.push(self.pending_part(false));
            }
        }
        while chunk.len() >= ENOUGH {
            let data = chunk.split_to(chunk.len().min(LARGEST));
            parts.push(self.part(data, false));
        }
        self.pending.extend_from_slice(&chunk);
        parts
    }

    /// The last part, which may be empty.
    pub(crate) fn last(mut self) -> Part {
        self.pending_part(true)
    }

    fn pending_part(&mut self, last: bool) -> Part {
        let data = std::mem::take(&mut self.pending).freeze();
        self.part(data, last)
    }

    fn part(&mut self, data: Bytes, last: bool) -> Part {
        let (name, media_type) = (std::mem::take(&mut self.name), std::mem::take(&mut self.media_type));
        Part { name, media_type, data, last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_into_parts_of_bounded_size_and_only_the_first_is_named() {
        let mut cutter = Cutter::new("a.png".to_owned(), "image/png".to_owned());
        let file: Vec<u8> = (0..700_000u32).map(|byte| byte as u8).collect();
        let mut parts: Vec<Part> =
            file.chunks(300_000).flat_map(|chunk| cutter.add(Bytes::copy_from_slice(chunk))).collect();
        parts.push(cutter.last());
        assert!(parts.iter().all(|part| part.data.len() <= LARGEST));
        assert_eq!(parts.iter().flat_map(|part| part.data.clone()).collect::<Vec<_>>(), file);
        assert_eq!(parts.iter().filter(|part| !part.name.is_empty()).count(), 1);
        assert_eq!((parts[0].name.as_str(), parts[0].media_type.as_str()), ("a.png", "image/png"));
        assert_eq!(parts.iter().filter(|part| part.last).count(), 1);
        assert!(parts[parts.len() - 1].last);
    }

    #[test]
    fn a_chunk_that_is_enough_for_a_part_is_not_copied() {
        let mut cutter = Cutter::new("a.png".to_owned(), String::new());
        let chunk = Bytes::from(vec![1; 2 * ENOUGH]);
        let parts = cutter.add(chunk.clone());
        assert!(matches!(&parts[..], [part] if part.data.as_ptr_range() == chunk.as_ptr_range()));
        // One of a few bytes waits for more, and takes no more than it needs from what comes.
        assert!(cutter.add(Bytes::from_static(b"few")).is_empty());
        let parts = cutter.add(chunk.clone());
        let sizes: Vec<usize> = parts.iter().map(|part| part.data.len()).collect();
        assert_eq!(sizes, [ENOUGH, ENOUGH + 3]);
        assert_eq!(parts[1].data.as_ptr_range().end, chunk.as_ptr_range().end);
    }

    #[test]
    fn an_empty_file_is_one_empty_part() {
        let part = Cutter::new("empty".to_owned(), String::new()).last();
        assert!(part.last && part.data.is_empty() && part.name == "empty");
    }
}
