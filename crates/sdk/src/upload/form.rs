//! A form of files (RFC 7578), and how it says their names.

use std::io;

use bytes::Bytes;
use futures::{
    Stream, StreamExt as _,
    future::ready,
    stream::{self, BoxStream},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A file's bytes as they come.
pub(super) type Content = BoxStream<'static, io::Result<Bytes>>;

/// A file of a form.
pub(super) struct Field {
    head: String,
    content: Content,
    /// How many bytes the content has, where that is known.
    length: Option<u64>,
}

impl Field {
    pub(super) fn new(name: &str, media_type: &str, content: Content, length: Option<u64>) -> Self {
        let mut head = format!("content-disposition: {}\r\n", disposition(name));
        if is_visible(media_type) {
            head += &format!("content-type: {media_type}\r\n");
        }
        head += "\r\n";
        Self { head, content, length }
    }
}

/// How many bytes the form has, where that is known of all its files.
pub(super) fn length(fields: &[Field], boundary: &str) -> Option<u64> {
    let fields: Option<u64> = fields.iter().map(|field| Some(around(field, boundary) + field.length?)).sum();
    Some(fields? + last(boundary).len() as u64)
}

/// The form. Nothing of a file is read before the one before it is sent.
pub(super) fn body(fields: Vec<Field>, boundary: String) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let end = last(&boundary);
    let fields = stream::iter(fields).flat_map(move |field| {
        let head = first(&boundary) + &field.head;
        piece(head).chain(field.content).chain(piece(BEHIND.to_owned()))
    });
    fields.chain(piece(end))
}

fn piece(text: String) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::once(ready(Ok(Bytes::from(text))))
}

fn around(field: &Field, boundary: &str) -> u64 {
    (first(boundary).len() + field.head.len() + BEHIND.len()) as u64
}

/// What stands behind a file's content.
const BEHIND: &str = "\r\n";

fn first(boundary: &str) -> String {
    format!("--{boundary}\r\n")
}

fn last(boundary: &str) -> String {
    format!("--{boundary}--\r\n")
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// What says a file's name. It is escaped as browsers do it (WHATWG HTML, 4.10.21.8), which every server reads, but
/// which can't tell a quote from the three characters `%22`. So a name that servers may read in more ways than one also
/// stands there by its bytes (RFC 8187). Whoever knows that form prefers it, as our server does.
fn disposition(name: &str) -> String {
    let escaped = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let mut said = format!("form-data; name=\"file\"; filename=\"{escaped}\"");
    let is_ambiguous = |c: char| c.is_control() || matches!(c, '%' | '"' | '\\');
    // What begins so may be taken for an encoded word (RFC 2047).
    if name.contains(is_ambiguous) || name.contains("=?") {
        said += &format!("; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC));
    }
    said
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;

    #[test]
    fn a_name_is_escaped_as_browsers_do_it_and_stands_there_twice_where_that_is_ambiguous() {
        for (name, expected) in [
            ("my cat; x=1.png", "filename=\"my cat; x=1.png\""),
            ("\u{dc}.png", "filename=\"\u{dc}.png\""),
            ("a\"b", "filename=\"a%22b\"; filename*=UTF-8''a%22b"),
            ("a%22b", "filename=\"a%22b\"; filename*=UTF-8''a%2522b"),
            ("a\\", "filename=\"a\\\"; filename*=UTF-8''a%5C"),
            ("a\r\nb", "filename=\"a%0D%0Ab\"; filename*=UTF-8''a%0D%0Ab"),
            ("=?x", "filename=\"=?x\"; filename*=UTF-8''%3D%3Fx"),
        ] {
            assert_eq!(disposition(name), format!("form-data; name=\"file\"; {expected}"));
        }
    }

    #[tokio::test]
    async fn a_form_is_as_long_as_it_says() {
        let content = || stream::iter(["by", "tes"]).map(|piece| Ok(Bytes::from(piece))).boxed();
        let fields = || vec![Field::new("a", "image/png", content(), Some(5)), Field::new("b", "", content(), Some(5))];
        let form: Vec<u8> = body(fields(), "X".to_owned()).try_collect::<Vec<_>>().await.expect("bytes").concat();
        let expected = "--X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\
                        content-type: image/png\r\n\r\nbytes\r\n\
                        --X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"b\"\r\n\r\nbytes\r\n--X--\r\n";
        assert_eq!(String::from_utf8_lossy(&form), expected);
        assert_eq!(length(&fields(), "X"), Some(form.len() as u64));
        let unknown = Field::new("c", "", content(), None);
        assert_eq!(length(&[unknown], "X"), None);
    }
}
