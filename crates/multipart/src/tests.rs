use bytes::Bytes;
use futures::{FutureExt as _, TryStreamExt as _, stream};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use proptest::prelude::*;
use tonic::body::Body;

use super::*;

/// What of a form was read: the parts, or what was wrong after so many.
async fn read(form: &[u8]) -> (Vec<Part>, Result<(), BadUpload>) {
    read_pieces(&[form]).await
}

/// The same of a form that comes in pieces.
async fn read_pieces(pieces: &[&[u8]]) -> (Vec<Part>, Result<(), BadUpload>) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "Multipart/Form-Data; boundary=X".parse().expect("valid"));
    let pieces: Vec<_> =
        pieces.iter().map(|piece| Ok::<_, Status>(Frame::data(Bytes::copy_from_slice(piece)))).collect();
    let body = UploadBody::new(Body::new(StreamBody::new(stream::iter(pieces))));
    let (mut parts, _) = files(&headers, None, body).expect("a form");
    let mut read = Vec::new();
    loop {
        match parts.try_next().await {
            Ok(Some(part)) => read.push(part),
            Ok(None) => return (read, Ok(())),
            Err(bad) => return (read, Err(bad)),
        }
    }
}

#[tokio::test]
async fn fields_that_are_no_files_are_passed_over_wherever_they_stand() {
    let (parts, end) = read(
        b"--X\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nsecret\r\n\
          --X\r\ncontent-disposition: form-data; NAME=f; FILENAME=a.png\r\nContent-Type: Image/PNG\r\n\r\nbytes\r\n\
          --X\r\nContent-Disposition: form-data; name=\"_charset_\"\r\n\r\nutf-8\r\n\
          --X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n--X--\r\n",
    )
    .await;
    end.expect("a whole form");
    let seen: Vec<_> = parts.iter().map(|part| (part.name.as_str(), &*part.data, part.last)).collect();
    assert_eq!(seen, [("a.png", &b"bytes"[..], true), ("", &b""[..], true)]);
    assert_eq!(parts[0].media_type, "image/png");
}

#[tokio::test]
async fn a_form_without_its_end_is_told_from_a_whole_one() {
    let (parts, end) = read(b"--X\r\nContent-Disposition: form-data; filename=a.png\r\n\r\nbytes").await;
    assert!(parts.iter().all(|part| !part.last) && matches!(end, Err(BadUpload::Malformed(_))));
}

/// Name and content of each file of a form that is whole.
async fn files_of(form: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (parts, end) = read(form).await;
    end.unwrap_or_else(|bad| panic!("{}: {bad}", String::from_utf8_lossy(form)));
    parts.into_iter().map(|part| (part.name, part.data.to_vec())).collect()
}

#[tokio::test]
async fn what_is_odd_about_one_part_concerns_it_alone() {
    let named = "Content-Disposition: form-data; filename=";
    let many = "x: y\r\n".repeat(100);
    for (odd, expected) in [
        // Read all the same.
        ("Content-Disposition: form-data;\r\n filename=a\r\n\r\n1".to_owned(), Some(("a", "1"))),
        ("Content-Disposition : form-data; filename=a\r\n\r\n1".to_owned(), Some(("a", "1"))),
        (format!("{many}{named}a\r\n\r\n1"), Some(("a", "1"))),
        (format!("{named}a\r\nno header\u{7}\r\n: x\r\n\r\n1"), Some(("a\nno header\u{7}\n: x", "1"))),
        (format!("{named}a\r\n\r\n"), Some(("a", ""))),
        (format!("{named}a\r\n"), Some(("a", ""))),
        // Refused by its name.
        (format!("{named}\"a\u{1}b\"\r\n\r\n1"), Some(("a\u{1}b", "1"))),
        (format!("{named}\"a\nb\"\r\n\r\n1"), Some(("a\nb", "1"))),
        ("Content-Disposition: form-data; filename*=b\r\n\r\n1".to_owned(), Some(("b\u{FFFD}", "1"))),
        ("\r\n1".to_owned(), Some(("\u{FFFD}", "1"))),
        ("Content-Type: image/png\r\n\r\n1".to_owned(), Some(("\u{FFFD}", "1"))),
        ("nonsense".to_owned(), Some(("\u{FFFD}", ""))),
        // Nothing is there.
        (String::new(), None),
    ] {
        let form = format!("--X\r\n{odd}\r\n--X\r\n{named}next\r\n\r\n2\r\n--X--\r\n");
        let expected = expected.into_iter().chain([("next", "2")]);
        let expected: Vec<_> = expected.map(|(name, data)| (name.to_owned(), data.as_bytes().to_vec())).collect();
        assert_eq!(files_of(form.as_bytes()).await, expected, "{form:?}");
    }
}

#[tokio::test]
async fn boundaries_are_found_as_programs_write_them() {
    let files = [("a".to_owned(), b"1".to_vec())];
    let named = "Content-Disposition: form-data; filename=a";
    for form in [
        format!("--X\r\n{named}\r\n\r\n1\r\n--X--"),
        format!("\r\n--X\r\n{named}\r\n\r\n1\r\n--X--\r\n"),
        format!("hello --X\r\n--Xy\r\n--X \t\r\n{named}\r\n\r\n1\r\n--X--bye\r\n--X\r\n"),
        format!("--X\n{named}\n\n1\n--X--\n"),
        format!("--X\n{named}\n\n1\n--X\n--X--\n"),
        format!("--X\r\n--X\r\n{named}\r\n\r\n1\r\n--X--\r\n"),
    ] {
        assert_eq!(files_of(form.as_bytes()).await, files, "{form:?}");
    }
    let inside = format!("--X\r\n{named}\r\n\r\n--Xy\r\n--X-\r\n--X y\n--X\n\r\r\n--X--");
    assert_eq!(files_of(inside.as_bytes()).await[0].1, b"--Xy\r\n--X-\r\n--X y\n--X\n\r");
}

#[tokio::test]
async fn what_belongs_to_no_file_is_bounded() {
    let named = "Content-Disposition: form-data; filename=a\r\n\r\n";
    for endless in [
        "x".repeat(2 << 20),
        format!("--X\r\nx: {}", "y".repeat(2 << 20)),
        format!("--X\r\nContent-Disposition: form-data; name=f\r\n\r\n{}", "y".repeat(2 << 20)),
        "--X\r\n".repeat(2 << 20),
    ] {
        let form = format!("--X\r\n{named}1\r\n{endless}\r\n--X--");
        let (_, end) = read(if endless.starts_with('x') { endless.as_bytes() } else { form.as_bytes() }).await;
        assert!(matches!(end, Err(BadUpload::Malformed(why)) if why == "too much that belongs to no file"));
    }
    // However much belongs to files.
    let form = format!("--X\r\n{named}{}\r\n", "y".repeat(700_000)).repeat(3) + "--X--";
    read(form.as_bytes()).await.1.expect("a whole form");
}

/// Content that is nearly a boundary, again and again.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let pieces =
        ["\r\n--", "\n--", "\r", "\n", "-", "--", "--Xy", "\r\n--Xy", "\r\n--X-y", "\r\n--X \ty", "\r\n\r\n", "y"];
    let piece = prop::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec());
    let pieces = prop::collection::vec(prop_oneof![piece, prop::collection::vec(any::<u8>(), 0..9)], 0..20);
    pieces.prop_map(|pieces| pieces.concat()).prop_filter("the boundary is in no file", |content| {
        let lines = |line: &[u8]| line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_end() == b"--X";
        !content.split(|&byte| byte == b'\n').any(|line| lines(line) || line.starts_with(b"--X--"))
    })
}

/// The form in pieces of these sizes, in turn.
fn pieces<'a>(form: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let (mut pieces, mut rest) = (Vec::new(), form);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at((*size).min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

proptest! {
    #[test]
    fn files_are_the_same_in_whatever_pieces_they_come(
        contents in prop::collection::vec(content(), 0..4),
        line_break in prop::sample::select(vec!["\r\n", "\n"]),
        sizes in prop::collection::vec(1_usize..40, 1..20),
    ) {
        let mut form = Vec::new();
        for (number, content) in contents.iter().enumerate() {
            let head = ["--X", &format!("Content-Disposition: form-data; filename={number}"), "", ""].join(line_break);
            form.extend([head.as_bytes(), content, line_break.as_bytes()].concat());
        }
        form.extend(b"--X--");
        let (parts, end) = read_pieces(&pieces(&form, &sizes)).now_or_never().expect("nothing waits");
        prop_assert!(end.is_ok());
        let read: Vec<Vec<u8>> = parts.iter().map(|part| part.data.to_vec()).collect();
        prop_assert_eq!(read, contents);
        prop_assert!(parts.iter().enumerate().all(|(number, part)| part.name == number.to_string()));
    }

    #[test]
    fn whatever_comes_is_read_alike_in_whatever_pieces(
        tokens in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "--X", "--X\r\n", "\r\n--X\r\n", "\n--X\n", "--X--", "\r\n", "\n", "\r", "-", " ", ":", ";", "\"",
                    "=", "Content-Disposition: form-data; filename=", "filename*", "=?utf-8?B?", "?=", "x",
                ]).prop_map(|token| token.as_bytes().to_vec()),
                prop::collection::vec(any::<u8>(), 0..5),
            ],
            0..40,
        ),
        sizes in prop::collection::vec(1_usize..40, 1..20),
    ) {
        let form = tokens.concat();
        let said = |(parts, end): (Vec<Part>, Result<(), BadUpload>)| (parts, end.err().map(|bad| bad.to_string()));
        let whole = said(read(&form).now_or_never().expect("nothing waits"));
        let pieces = read_pieces(&pieces(&form, &sizes)).now_or_never().expect("nothing waits");
        prop_assert_eq!(said(pieces), whole);
    }
}

#[tokio::test]
async fn one_file_is_named_by_the_query_and_its_media_type_has_no_case() {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "Image/PNG".parse().expect("valid"));
    let body = || UploadBody::new(Body::new(Full::new(Bytes::from_static(b"bytes"))));
    let (parts, query) = files(&headers, Some("name=%C3%9C.png&x=1"), body()).expect("a file");
    let parts: Vec<Part> = parts.try_collect().await.expect("whole");
    assert_eq!((parts[0].name.as_str(), parts[0].media_type.as_str()), ("Ü.png", "image/png"));
    assert_eq!(query.as_deref(), Some("x=1"));
    headers.insert(header::CONTENT_TYPE, "Multipart/Mixed".parse().expect("valid"));
    assert!(matches!(files(&headers, Some("name=a"), body()), Err(BadUpload::NoFiles)));
}
