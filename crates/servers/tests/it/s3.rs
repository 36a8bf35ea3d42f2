//! The probe: what Labelmesh asks of S3, asked through the client that the services use.
//!
//! With `LABELMESH_S3_ENDPOINT` and its keys set it asks that server instead of ours, apart from killing it.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Credentials, Region, RequestChecksumCalculation};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use labelmesh_servers::{S3, http_client};
use std::time::Duration;

/// The least size of a part that is not the last.
const PART: usize = 5 * 1024 * 1024;

async fn server() -> S3 {
    match S3::from_env() {
        Some(given) => given.expect("the keys of the given server"),
        None => S3::start(None).await.expect("a server"),
    }
}

fn client_with(s3: &S3, access_key: &str, secret_key: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .endpoint_url(s3.endpoint())
        .region(Region::new(s3.region().to_owned()))
        .credentials_provider(Credentials::new(access_key, secret_key, None, None, "test"))
        .request_checksum_calculation(RequestChecksumCalculation::WhenSupported)
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// A client and a bucket of its own.
async fn bucket(s3: &S3, name: &str) -> (Client, String) {
    let client = client_with(s3, s3.access_key(), s3.secret_key());
    let bucket = format!("probe-{name}-{}", std::process::id());
    client.create_bucket().bucket(&bucket).send().await.expect("a bucket");
    (client, bucket)
}

async fn read(client: &Client, bucket: &str, key: &str) -> Vec<u8> {
    let object = client.get_object().bucket(bucket).key(key).send().await.expect("an object");
    object.body.collect().await.expect("its bytes").to_vec()
}

fn soon() -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(60)).expect("a minute")
}

#[tokio::test]
async fn presigned_put_and_get_need_the_right_signature() {
    let s3 = server().await;
    let (client, bucket) = bucket(&s3, "presigned").await;
    let put = client.put_object().bucket(&bucket).key("incoming/a b/1").content_type("image/png");
    let put = put.presigned(soon()).await.expect("a URL");
    let http = http_client();
    let mut request = http.put(put.uri()).body("bytes");
    for (name, value) in put.headers() {
        request = request.header(name, value);
    }
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap_or_default());

    let get = client.get_object().bucket(&bucket).key("incoming/a b/1").presigned(soon()).await.expect("a URL");
    let answer = http.get(get.uri()).send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.text().await.expect("bytes"), "bytes");

    let other = get.uri().replace("incoming", "outgoing");
    assert_eq!(http.get(other).send().await.expect("an answer").status(), 403, "signed for another object");
    let unsigned = get.uri().split('?').next().expect("a URL").to_owned();
    assert_eq!(http.get(unsigned).send().await.expect("an answer").status(), 403, "not signed at all");
    let stranger = client_with(&s3, s3.access_key(), "not the secret key");
    assert!(stranger.get_object().bucket(&bucket).key("incoming/a b/1").send().await.is_err(), "signed by a stranger");
}

#[tokio::test]
async fn of_many_who_create_an_object_one_succeeds() {
    let s3 = server().await;
    let (client, bucket) = bucket(&s3, "conditional").await;
    let create = |value: usize| {
        let put = client.put_object().bucket(&bucket).key("images/one").if_none_match("*");
        put.body(ByteStream::from(value.to_string().into_bytes())).send()
    };
    let answers = futures::future::join_all((0..16).map(create)).await;
    let winners: Vec<usize> = (0..16).filter(|value| answers[*value].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{winners:?} all created it");
    assert_eq!(read(&client, &bucket, "images/one").await, winners[0].to_string().into_bytes());
    let loser = answers.into_iter().find_map(Result::err).expect("a loser");
    assert_eq!(loser.raw_response().expect("a response").status().as_u16(), 412);
}

#[tokio::test]
async fn copies_keep_bytes_and_type() {
    let s3 = server().await;
    let (client, bucket) = bucket(&s3, "copy").await;
    let put = client.put_object().bucket(&bucket).key("incoming/x").content_type("image/webp");
    put.body(bytes().into()).send().await.expect("a put");
    let copy = client.copy_object().bucket(&bucket).key("images/x");
    copy.copy_source(format!("{bucket}/incoming/x")).send().await.expect("a copy");
    client.delete_object().bucket(&bucket).key("incoming/x").send().await.expect("a delete");

    assert_eq!(read(&client, &bucket, "images/x").await, bytes());
    let head = client.head_object().bucket(&bucket).key("images/x").send().await.expect("a head");
    assert_eq!((head.content_type(), head.content_length()), (Some("image/webp"), Some(300_000)));
    let missing = client.get_object().bucket(&bucket).key("incoming/x").send().await.expect_err("deleted");
    assert!(missing.into_service_error().is_no_such_key());
    let listed = client.list_objects_v2().bucket(&bucket).prefix("images/").send().await.expect("a list");
    assert_eq!(listed.contents().iter().map(|object| object.key()).collect::<Vec<_>>(), [Some("images/x")]);
}

#[tokio::test]
async fn a_range_is_a_part() {
    let s3 = server().await;
    let (client, bucket) = bucket(&s3, "range").await;
    client.put_object().bucket(&bucket).key("x").body(bytes().into()).send().await.expect("a put");
    let range = client.get_object().bucket(&bucket).key("x").range("bytes=1000-1999").send().await.expect("a range");
    assert_eq!(range.content_range(), Some("bytes 1000-1999/300000"));
    assert_eq!(range.body.collect().await.expect("its bytes").to_vec(), bytes()[1000..2000]);
}

fn bytes() -> Vec<u8> {
    (0..=255).cycle().take(300_000).collect()
}

#[tokio::test]
async fn multipart_uploads_appear_whole() {
    let s3 = server().await;
    let (client, bucket) = bucket(&s3, "multipart").await;
    let upload = client.create_multipart_upload().bucket(&bucket).key("exports/x").content_type("text/csv");
    let upload = upload.send().await.expect("an upload").upload_id.expect("its id");
    let parts = [vec![b'a'; PART], vec![b'b'; PART], vec![b'c'; 1000]];
    let mut completed = CompletedMultipartUpload::builder();
    for (number, part) in (1..).zip(&parts) {
        let put = client.upload_part().bucket(&bucket).key("exports/x").upload_id(&upload).part_number(number);
        let put = put.body(part.clone().into()).send().await.expect("a part");
        completed = completed.parts(CompletedPart::builder().part_number(number).set_e_tag(put.e_tag).build());
    }
    assert!(client.head_object().bucket(&bucket).key("exports/x").send().await.is_err(), "visible before complete");
    let complete = client.complete_multipart_upload().bucket(&bucket).key("exports/x").upload_id(&upload);
    complete.multipart_upload(completed.build()).send().await.expect("a complete upload");
    assert_eq!(read(&client, &bucket, "exports/x").await, parts.concat());
}

#[tokio::test]
async fn bytes_that_do_not_match_their_checksum_are_refused() {
    let s3 = server().await;
    let (client, bucket) = bucket(&s3, "checksum").await;
    let put = client.put_object().bucket(&bucket).key("x").body(ByteStream::from_static(b"bytes"));
    let wrong = put.checksum_sha256("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").send().await;
    assert!(wrong.is_err(), "the checksum of other bytes was accepted");
}

#[tokio::test]
async fn read_only_keys_read_and_nothing_else() {
    let s3 = S3::start(None).await.expect("a server");
    let (client, bucket) = bucket(&s3, "read-only").await;
    client.put_object().bucket(&bucket).key("x").body(ByteStream::from_static(b"x")).send().await.expect("a put");
    let keys = s3.keys();
    let reader = client_with(&s3, &keys.read_only_access_key, &keys.read_only_secret_key);

    assert_eq!(read(&reader, &bucket, "x").await, b"x");
    assert!(reader.put_object().bucket(&bucket).key("y").send().await.is_err(), "it may write");
    assert!(reader.delete_object().bucket(&bucket).key("x").send().await.is_err(), "it may delete");
    assert!(reader.list_objects_v2().bucket(&bucket).send().await.is_err(), "it may list");
}

#[tokio::test]
async fn keeps_objects_over_a_kill_and_in_a_given_folder() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut s3 = S3::start(Some(folder.path().to_owned())).await.expect("a server");
    let (client, bucket) = bucket(&s3, "kept").await;
    client.put_object().bucket(&bucket).key("x").body(ByteStream::from_static(b"x")).send().await.expect("a put");

    s3.kill().await.expect("a kill");
    assert!(http_client().get(s3.endpoint()).send().await.is_err(), "a killed server answers");
    s3.restart().await.expect("a restart");
    assert_eq!(read(&client, &bucket, "x").await, b"x");
    drop(s3);

    let again = S3::start(Some(folder.path().to_owned())).await.expect("a server on kept objects");
    let client = client_with(&again, again.access_key(), again.secret_key());
    assert_eq!(read(&client, &bucket, "x").await, b"x");
}
