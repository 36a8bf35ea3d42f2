use bytes::Bytes;
use futures::TryStreamExt as _;
use http_body_util::Full;
use tonic::body::Body;

use super::*;

/// What of a form was read: the parts, or what was wrong after so many.
async fn read(form: &'static [u8]) -> (Vec<Part>, Result<(), BadUpload>) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "Multipart/Form-Data; boundary=X".parse().expect("valid"));
    let body = UploadBody::new(Body::new(Full::new(Bytes::from_static(form))));
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
