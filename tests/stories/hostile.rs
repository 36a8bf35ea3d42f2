//! Files and requests that mean harm: each is refused by its name, and nobody else suffers.

use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures::{TryStreamExt as _, stream};
use labelmesh_cluster::Service;
use labelmesh_sdk::{Error, File, Refusal, Role, Upload, tasks::CreateTaskRequest};
use labelmesh_servers::http_client;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    people::{PASSWORD, draft, images, person, picture, shared, system},
    watched::metrics,
};

/// A PNG that says it has 65,535 x 65,535 pixels, in a few dozen bytes.
fn bomb() -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(65_535u32.to_be_bytes());
    header.extend(65_535u32.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut data = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |body: &[u8]| {
        data.extend(u32::try_from(body.len() - 4).expect("small").to_be_bytes());
        data.extend(body);
        data.extend(crc32(body).to_be_bytes());
    };
    chunk(&header);
    chunk(b"IDATx\x9c\x03\x00\x00\x00\x00\x01");
    chunk(b"IEND");
    data
}

/// The checksum of a PNG chunk (ISO 3309), bit by bit.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

fn truncated_jpeg() -> Vec<u8> {
    let mut data = std::io::Cursor::new(Vec::new());
    let pixels =
        image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([(x * 4) as u8, (y * 4) as u8, ((x ^ y) * 4) as u8]));
    pixels.write_to(&mut data, image::ImageFormat::Jpeg).expect("a JPEG in memory");
    let mut data = data.into_inner();
    data.truncate(data.len() / 2);
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_by_name_and_good_ones_beside_them_kept() -> Result<()> {
    let client = person(shared().await, "hostile", Role::Client).await?;
    let task = draft(&client, "Hostile", 1).await?;
    let file = |name: &str, media_type: &str, data: Vec<u8>| {
        let (name, media_type, data) = (name.to_owned(), media_type.to_owned(), data.into());
        File { name, media_type, data }
    };
    let files = [
        file("bomb.png", "image/png", bomb()),
        picture(1),
        file("script.png", "image/png", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        file("half.jpg", "image/jpeg", truncated_jpeg()),
        file("empty.png", "image/png", Vec::new()),
        file("liar.jpg", "image/jpeg", picture(2).data.to_vec()),
        picture(3),
    ];
    let outcomes = client.upload_files(&task, &files).await?;
    let reason = |name: &str| {
        let outcome = outcomes.iter().find(|outcome| outcome.name == name).expect("each file is reported");
        outcome.error.as_ref().map(|error| Refusal::from(error).reason).unwrap_or_default()
    };
    assert_eq!(reason("bomb.png"), "IMAGE_TOO_MANY_PIXELS");
    assert_eq!(reason("script.png"), "IMAGE_FORMAT_UNKNOWN");
    assert_eq!(reason("half.jpg"), "IMAGE_DAMAGED");
    assert_eq!(reason("empty.png"), "IMAGE_EMPTY");
    let names: Vec<_> = images(&client, &task).await?.into_iter().map(|image| image.name).collect();
    // Bytes decide, and not a name.
    assert_eq!(names, ["0001.png", "liar.jpg", "0003.png"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_ten_gigabytes_is_cut_off_in_bounded_memory() -> Result<()> {
    const CHUNK: usize = 256 * 1024;
    const CHUNKS: usize = 10 * 1024 * 1024 * 1024 / CHUNK;
    let cluster = system().await?;
    let client = person(&cluster, "endless", Role::Client).await?;
    let task = draft(&client, "Endless", 1).await?;
    let chunk = Bytes::from(vec![0u8; CHUNK]);
    let content = stream::iter(std::iter::repeat_n(chunk, CHUNKS).map(Ok));
    let upload = Upload::new().stream("huge.png", "image/png", content);
    let reported = async { client.upload_images(&task, upload).await?.try_collect::<Vec<_>>().await };
    // Either a refusal with its reason arrives, or the connection is cut while the rest is still being sent; never
    // success.
    match timeout(Duration::from_secs(60), reported).await.context("ten gigabytes were read to the end")? {
        Ok(files) => {
            let reasons: Vec<_> = files.iter().filter_map(|file| file.error.as_ref()).map(Refusal::from).collect();
            assert!(matches!(&reasons[..], [only] if only.reason == "IMAGE_TOO_LARGE"), "{files:?}");
        }
        Err(Error::Lost { .. }) => {}
        Err(error) => assert!(matches!(error.reason(), "IMAGE_TOO_LARGE" | "REQUEST_TOO_LARGE"), "{error}"),
    }
    for service in [Service::Gateway, Service::Tasks] {
        for address in cluster.admin_addresses(service).await {
            let resident = metrics(&address).await?.total("process_resident_memory_bytes");
            assert!(resident < 400e6, "{service} at {address} grew to {resident} bytes");
        }
    }
    assert!(images(&client, &task).await?.is_empty());
    Ok(())
}

/// Tries once to sign somebody up with these roles; says how that went.
async fn sign_up(gateway: &str, name: &str, roles: &[u32]) -> Result<(u16, Value)> {
    let user = json!({ "email": format!("{name}@labelmesh.example"), "password": PASSWORD, "roles": roles });
    let answer = http_client().post(format!("{gateway}/v1/users")).json(&user).send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_break_rules_without_end_fail_alone() -> Result<()> {
    const TIMES: usize = 12;
    let cluster = system().await?;
    let gateway = cluster.gateway();
    let client = person(&cluster, "wordy", Role::Client).await?;
    let roles: Vec<u32> = (100..400).collect();
    let strangers = async {
        for _ in 0..TIMES {
            let (status, error) = sign_up(gateway, "nobody", &roles).await?;
            assert_eq!((status, error["code"].as_i64()), (400, Some(3)), "{error}");
        }
        anyhow::Ok(())
    };
    let labels: Vec<String> = (0..1000).map(|number| format!("bell\u{7}{number}")).collect();
    let clients = async {
        for _ in 0..TIMES {
            let request = CreateTaskRequest { labels: labels.clone(), ..CreateTaskRequest::default() };
            let Error::Refused { refusal, .. } = client.create_task(request).await.expect_err("1,000 rules are broken")
            else {
                anyhow::bail!("it is refused");
            };
            assert_eq!((refusal.reason.as_str(), refusal.fields.len()), ("FIELD_INVALID", 20), "{refusal}");
            assert!(refusal.violations >= 1000, "{refusal}");
        }
        anyhow::Ok(())
    };
    let others = async {
        for number in 0..TIMES {
            let (status, answer) = sign_up(gateway, &format!("honest{number}"), &[2]).await?;
            assert_eq!(status, 200, "{answer}");
            draft(&client, &format!("Honest {number}"), 1).await?;
        }
        anyhow::Ok(())
    };
    futures::try_join!(strangers, clients, others)?;
    let roles: Vec<u32> = (1..=4).collect();
    let (_, error) = sign_up(gateway, "greedy", &roles).await?;
    assert!(error.to_string().contains("must have at most 3 items"), "{error}");
    Ok(())
}
