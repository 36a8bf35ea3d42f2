//! What a `Content-Type` says: a media type, and the boundary of a form.

use crate::parameters::{parameters, type_of};

/// No media type is longer (RFC 6838, 4.2).
const LONGEST_MEDIA_TYPE: usize = 255;
/// The most bytes of a boundary. The specification has 70 (RFC 2046, 5.1.1).
const LONGEST_BOUNDARY: usize = 256;

/// The media type in a `Content-Type`, in lower case and without parameters; empty if there is none.
pub(crate) fn media_type(content_type: &[u8]) -> String {
    let essence = type_of(content_type);
    let is_readable = essence.len() <= LONGEST_MEDIA_TYPE && essence.iter().all(u8::is_ascii_graphic);
    if is_readable { String::from_utf8_lossy(essence).to_ascii_lowercase() } else { String::new() }
}

/// The boundary of a form, out of the request's `Content-Type`; none where it has no form or no boundary.
pub(crate) fn boundary(content_type: &[u8]) -> Option<Vec<u8>> {
    if !type_of(content_type).eq_ignore_ascii_case(b"multipart/form-data") {
        return None;
    }
    let parameters = parameters(content_type);
    let boundary = parameters.iter().find(|parameter| parameter.key == "boundary")?.strict().into_owned();
    let is_usable = !boundary.is_empty() && boundary.len() <= LONGEST_BOUNDARY;
    (is_usable && !boundary.iter().any(u8::is_ascii_control)).then_some(boundary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_has_no_case_and_no_parameters() {
        for (content_type, expected) in
            [("Image/PNG", "image/png"), (" a/b ;c=d", "a/b"), ("a/b, c", "a/b"), ("", ""), ("\u{e9}/a", "")]
        {
            assert_eq!(media_type(content_type.as_bytes()), expected, "{content_type:?}");
        }
        assert_eq!(media_type("x".repeat(256).as_bytes()), "");
    }

    #[test]
    fn a_boundary_is_read_as_programs_write_it() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=X", "X"),
            ("Multipart/Form-Data;BOUNDARY=\"X\"", "X"),
            ("multipart/form-data; boundary=X; charset=utf-8", "X"),
            ("multipart/form-data; charset=\"utf-8\"; boundary=X;", "X"),
            ("multipart/form-data\t;\tboundary = X \t", "X"),
            (" multipart/form-data ; boundary=\"X\" ", "X"),
            ("multipart/form-data, boundary=X", "X"),
            ("multipart/form-data; boundary================123==", "===============123=="),
            ("multipart/form-data; boundary=a/b:c?d'(e)+_,-.f", "a/b:c?d'(e)+_,-.f"),
            ("multipart/form-data; boundary=\"a b;c=\\\"d\\\"\\=\\\\\"", "a b;c=\"d\"=\\"),
            ("multipart/form-data; boundary=a b", "a b"),
        ] {
            let read = boundary(content_type.as_bytes()).unwrap_or_default();
            assert_eq!(String::from_utf8_lossy(&read), expected, "{content_type}");
        }
        let long = format!("multipart/form-data; boundary={}", "x".repeat(257));
        for content_type in [
            "",
            "multipart/form-data",
            "multipart/form-data; boundary",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\"a\tb\"",
            "multipart/mixed; boundary=X",
            "multipart/form-datas; boundary=X",
            "boundary=X",
            &long,
        ] {
            assert_eq!(boundary(content_type.as_bytes()), None, "{content_type}");
        }
    }
}
