//! From bytes to text, as browsers tell the encoding of a page.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Where a page may say its encoding. The standard asks for the first 1024 bytes; some pages need more.
const PRESCAN: usize = 4096;

/// The text of a page, by its byte order mark, else by what the server says, else by what the page says, else UTF-8
/// where it is that and windows-1252 where not. What can't be decoded becomes U+FFFD.
pub(crate) fn decode<'a>(bytes: &'a [u8], told: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    let told = told.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = told.or_else(|| said(&bytes[..bytes.len().min(PRESCAN)])).unwrap_or_else(|| guess(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        // The page was cut within a character.
        Err(error) => error.error_len().is_none(),
    };
    if is_utf8 { UTF_8 } else { WINDOWS_1252 }
}

/// What a `<meta>` says of the encoding: `charset=`, as an attribute or within another one.
fn said(bytes: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    for meta in text.split("<meta").skip(1) {
        let meta = meta.split('>').next().unwrap_or_default();
        let Some((_, value)) = meta.split_once("charset") else { continue };
        let Some(value) = value.trim_start().strip_prefix('=') else { continue };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let label = value.split(|end: char| end.is_ascii_whitespace() || "\"';/".contains(end)).next();
        let Some(encoding) = label.and_then(|label| Encoding::for_label(label.as_bytes())) else { continue };
        // It was read as ASCII, so it is not what it says.
        return Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_goes_before_the_server_and_the_server_before_the_page() {
        assert_eq!(decode(b"\xef\xbb\xbfcaf\xc3\xa9", Some("latin1")), "café");
        assert_eq!(decode(b"\xff\xfec\0a\0f\0\xe9\0", None), "café");
        assert_eq!(decode(b"<meta charset=utf-8>caf\xe9", Some("iso-8859-1")), "<meta charset=utf-8>café");
    }

    #[test]
    fn a_page_says_its_encoding_in_either_way() {
        for said in [
            "<meta charset=iso-8859-2>",
            "<META CharSet='ISO-8859-2' />",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-2\">",
            "<meta name=a content=b><meta charset = \"latin2\">",
        ] {
            let page = [said.as_bytes(), b"\xb1"].concat();
            assert!(decode(&page, None).ends_with('ą'), "{said}");
        }
    }

    #[test]
    fn without_a_word_it_is_utf8_or_windows_1252() {
        assert_eq!(decode("naïve – ☃".as_bytes(), None), "naïve – ☃");
        assert_eq!(decode(b"na\xefve \x96", Some("no such")), "naïve –");
        assert_eq!(decode(b"<meta charset=utf-16le>\xc3\xa9", None), "<meta charset=utf-16le>é");
        assert_eq!(decode(b"cut \xc3", None), "cut \u{fffd}");
    }
}
