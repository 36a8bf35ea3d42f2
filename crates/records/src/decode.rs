//! Bytes in whatever Unicode a program writes them, as UTF-8.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::Fault;

/// So many bytes tell what a file is.
const HEAD: usize = 4;
/// A byte that no UTF-8 has: it stands for what is broken, so that the field it is in is refused.
const BROKEN: u8 = 0xff;
/// How files begin that are not text, and what they are.
const OTHERS: [(&[u8], &str); 3] = [
    (b"PK\x03\x04", "the file is a spreadsheet or a ZIP archive: save it as CSV"),
    (b"\x1f\x8b", "the file is compressed: unpack it with gunzip"),
    (b"PAR1", "the file is Parquet: write it as CSV or JSON Lines"),
];

/// Turns a file into UTF-8 without a byte order mark. UTF-16 is known by its mark, or by every other byte being 0.
#[derive(Default)]
pub(crate) struct Decoding {
    /// How the file begins, until that is enough to tell what it is.
    head: Vec<u8>,
    encoding: Option<Known>,
    decoded: Vec<u8>,
}

enum Known {
    Utf8,
    Utf16(Decoder),
}

impl Known {
    fn of(encoding: &'static Encoding) -> Self {
        if encoding == UTF_8 { Self::Utf8 } else { Self::Utf16(encoding.new_decoder_without_bom_handling()) }
    }
}

impl Decoding {
    /// The text that a piece of a file adds.
    ///
    /// # Errors
    /// If the file is no text.
    pub(crate) fn decode<'a>(&'a mut self, piece: &'a [u8], last: bool) -> Result<&'a [u8], Fault> {
        self.decoded.clear();
        if self.encoding.is_none() {
            self.head.extend_from_slice(piece);
            if self.head.len() < HEAD && !last {
                return Ok(&[]);
            }
            if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| self.head.starts_with(begin)) {
                self.encoding = Some(Known::Utf8);
                return Err(Fault::Format((*what).to_owned()));
            }
            let head = std::mem::take(&mut self.head);
            let (encoding, mark) = sniff(&head);
            let mut known = Known::of(encoding);
            match &mut known {
                Known::Utf8 => self.decoded.extend_from_slice(&head[mark..]),
                Known::Utf16(decoder) => convert(decoder, &head[mark..], last, &mut self.decoded),
            }
            self.encoding = Some(known);
            return Ok(&self.decoded);
        }
        match &mut self.encoding {
            Some(Known::Utf16(decoder)) => {
                convert(decoder, piece, last, &mut self.decoded);
                Ok(&self.decoded)
            }
            _ => Ok(piece),
        }
    }
}

/// The encoding of a file that begins so, and how long its byte order mark is.
fn sniff(head: &[u8]) -> (&'static Encoding, usize) {
    match (Encoding::for_bom(head), head) {
        (Some(known), _) => known,
        (None, [(1..), 0, ..]) => (UTF_16LE, 0),
        (None, [0, (1..), ..]) => (UTF_16BE, 0),
        (None, _) => (UTF_8, 0),
    }
}

fn convert(decoder: &mut Decoder, mut piece: &[u8], last: bool, to: &mut Vec<u8>) {
    loop {
        let from = to.len();
        let most = decoder.max_utf8_buffer_length_without_replacement(piece.len()).unwrap_or(piece.len() * 3);
        to.resize(from + most, 0);
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(piece, &mut to[from..], last);
        to.truncate(from + written);
        piece = &piece[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => to.push(BROKEN),
        }
    }
}

/// A whole file as text, in any of the encodings that files of records may have.
///
/// # Errors
/// If it is no text.
pub fn text(bytes: &[u8]) -> Result<String, Fault> {
    let decoded = Decoding::default().decode(bytes, true)?.to_vec();
    String::from_utf8(decoded).map_err(|_| Fault::malformed("the file is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn a_text_is_known_by_its_mark_or_without_one() {
        for marked in ["\u{feff}猫,🐱\r\n", "cat,🐱\n", "c"] {
            let plain = marked.trim_start_matches('\u{feff}');
            for bytes in [marked.as_bytes().to_vec(), utf16(marked, u16::to_le_bytes), utf16(marked, u16::to_be_bytes)]
            {
                assert_eq!(text(&bytes).as_deref(), Ok(plain), "{bytes:?}");
            }
        }
        assert_eq!(text(b""), Ok(String::new()));
    }

    #[test]
    fn what_is_broken_is_no_text() {
        for bytes in [&b"\xff\xfea"[..], b"\xff\xfea\0\0\xd8b\0", b"caf\xe9"] {
            assert_eq!(text(bytes), Err(Fault::malformed("the file is not UTF-8")), "{bytes:?}");
        }
    }

    #[test]
    fn other_files_are_named() {
        assert!(text(b"PK\x03\x04\x14").is_err_and(|fault| fault.ends_file() && fault.to_string().contains("CSV")));
    }
}
