//! Pictures that are made of pictures, by workers that come and go.

use std::{fs, io::Cursor, path::Path};

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{
    Client, File, Role,
    renditions::{
        CancelTransformationRequest, CreateTransformationRequest, CreateTransformationsRequest, Crop,
        GetRenditionRequest, GetTransformationRequest, ListTransformationsRequest, Percent, Spec, Transformation,
        TransformationItem, TransformationState, crop, spec, transformation_result,
    },
};
use labelmesh_servers::http_client;
use labelmesh_testkit::try_until;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::{
    command_line::{self, Shell, number as number_of, text},
    people::{person, picture, shared},
    watched::metrics,
};

/// How many pictures a client asks for in the story of a worker that is killed.
const PICTURES: u32 = 24;

/// So many per cent of the width and of the height of a picture.
pub(crate) fn part_of(share: u32) -> Spec {
    let window = Some(crop::Window::Percent(Percent { width: share, height: share }));
    Spec { kind: Some(spec::Kind::Crop(Crop { window, ..Crop::default() })) }
}

/// Uploads files as sources; returns their digests.
async fn upload(client: &Client, files: Vec<File>) -> Result<Vec<String>> {
    let reports: Vec<_> = client.upload_sources(files.into_iter().collect()).await?.try_collect().await?;
    reports.into_iter().map(|report| Ok(report.source.context("a source")?.sha256)).collect()
}

/// Uploads a small picture as a source; returns its digest.
pub(crate) async fn source(client: &Client, number: u32) -> Result<String> {
    upload(client, vec![picture(number)]).await?.pop().context("a source")
}

/// Asks for half of a source.
pub(crate) async fn halve(client: &Client, source: &str) -> Result<Transformation> {
    let (source_sha256, spec) = (source.to_owned(), Some(part_of(50)));
    Ok(client.create_transformation(CreateTransformationRequest { source_sha256, spec, ..Default::default() }).await?)
}

/// All transformations of a batch.
pub(crate) async fn listed(client: &Client, batch_id: &str) -> Result<Vec<Transformation>> {
    let request = ListTransformationsRequest { batch_id: batch_id.to_owned(), page_size: 100, ..Default::default() };
    Ok(client.list_transformations_all(request).try_collect().await?)
}

/// A transformation when it has ended.
pub(crate) async fn ended(client: &Client, id: &str) -> Result<Transformation> {
    try_until("a transformation's end", async || {
        let request = GetTransformationRequest { transformation_id: id.to_owned(), wait_seconds: 20 };
        let found = client.get_transformation(request).await?;
        Ok(found.ended_at.is_some().then_some(found))
    })
    .await
}

/// A picture that takes a worker a while.
fn large(number: u32) -> File {
    let noise = |x: u32, y: u32| (x.wrapping_mul(31) ^ y.wrapping_mul(17) ^ number.wrapping_mul(0x9e37)) as u8;
    let pixels = image::RgbImage::from_fn(1600, 1200, |x, y| image::Rgb([noise(x, y), (x / 8) as u8, (y / 8) as u8]));
    let mut data = Cursor::new(Vec::new());
    pixels.write_to(&mut data, image::ImageFormat::Jpeg).expect("a JPEG in memory");
    File { name: format!("{number}.jpg"), media_type: "image/jpeg".into(), data: data.into_inner().into() }
}

/// How many files of pictures that were made are below a folder of the S3 server.
pub(crate) fn made(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        count +=
            if path.is_dir() { made(&path)? } else { usize::from(path.to_string_lossy().contains("transformations")) };
    }
    Ok(count)
}

async fn number(cluster: &Cluster, query: &'static str) -> Result<i64> {
    let mut db = PgConnection::connect(&cluster.database_url(Service::Renditions)).await?;
    Ok(sqlx::query_scalar(query).fetch_one(&mut db).await?)
}

/// How many jobs workers were told of.
pub(crate) async fn told(cluster: &Cluster) -> Result<i64> {
    number(cluster, "SELECT count(*) FROM mesh.outbox WHERE subject LIKE 'renditions.%_queued'").await
}

/// How many jobs wait, as a replica measures it.
async fn pending(cluster: &Cluster) -> Result<f64> {
    let address = cluster.admin_addresses(Service::Renditions).await.swap_remove(1);
    Ok(metrics(&address).await?.total_of("renditions_jobs_pending", &["crop"]))
}

async fn without_workers() -> Result<Cluster> {
    Cluster::start(Settings { workers: 0, ..Settings::for_tests()? }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_killed_midway_and_every_picture_is_made_once() -> Result<()> {
    let cluster = without_workers().await?;
    let client = person(&cluster, "pictures", Role::Client).await?;
    let sources = upload(&client, (0..PICTURES).map(large).collect()).await?;
    let items =
        sources.iter().map(|source| TransformationItem { source_sha256: source.clone(), spec: Some(part_of(50)) });
    let request = CreateTransformationsRequest { items: items.collect(), ..Default::default() };
    let batch = client.create_transformations(request.clone()).await?.batch_id;
    let queued = |found: &[Transformation]| {
        found.iter().all(|one| one.state() == TransformationState::Queued) && found.len() == PICTURES as usize
    };
    ensure!(queued(&listed(&client, &batch).await?), "there is nobody who makes them");
    try_until("the queue to be measured", async || Ok((pending(&cluster).await? == f64::from(PICTURES)).then_some(())))
        .await?;

    for _ in 0..2 {
        cluster.add_worker().await?;
    }
    try_until("the first pictures", async || {
        let found = listed(&client, &batch).await?;
        Ok(found.iter().any(|one| one.state() == TransformationState::Succeeded).then_some(()))
    })
    .await?;
    cluster.kill_worker(0).await;
    for one in listed(&client, &batch).await? {
        let one = ended(&client, &one.transformation_id).await?;
        ensure!(one.state() == TransformationState::Succeeded, "{one:?}");
        let rendition = one.renditions.into_iter().next().context("a picture")?;
        assert_eq!((rendition.width, rendition.height), (800, 600));
        let request = GetRenditionRequest { transformation_id: one.transformation_id, index: 0 };
        let bytes: Vec<bytes::Bytes> = client.get_rendition(request).await?.try_collect().await?;
        assert_eq!(bytes.concat().len() as u64, rendition.size_bytes);
    }
    let made = made(&cluster.objects())?;
    assert_eq!(made, 2 * PICTURES as usize, "a picture and what it is, once each");
    try_until("nothing to wait", async || Ok((pending(&cluster).await? == 0.0).then_some(()))).await?;

    // The same again is there at once, with nobody to make it and nobody told.
    let before = told(&cluster).await?;
    ensure!(cluster.remove_worker().await, "a worker stops when it is asked to");
    let again = client.create_transformations(request).await?;
    for result in &again.results {
        let Some(transformation_result::Result::Transformation(one)) = &result.result else {
            anyhow::bail!("{result:?}")
        };
        assert_eq!(one.state(), TransformationState::Succeeded);
    }
    assert_eq!(told(&cluster).await?, before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_asked_for_cancelled_and_asked_for_again_over_rest() -> Result<()> {
    let cluster = without_workers().await?;
    let client = person(&cluster, "patient", Role::Client).await?;
    let source = source(&client, 1).await?;
    let first = halve(&client, &source).await?;
    let cancel = CancelTransformationRequest { transformation_id: first.transformation_id.clone() };
    assert_eq!(client.cancel_transformation(cancel.clone()).await?.state(), TransformationState::Cancelled);
    assert_eq!(client.cancel_transformation(cancel).await?.version, 2, "again is harmless");
    let second = halve(&client, &source).await?;
    assert_eq!(told(&cluster).await?, 1, "the job is the same");
    cluster.add_worker().await?;
    assert_eq!(ended(&client, &second.transformation_id).await?.state(), TransformationState::Succeeded);
    assert_eq!(ended(&client, &first.transformation_id).await?.state(), TransformationState::Cancelled);
    Ok(())
}

/// What the command line says became of a file.
fn became<'a>(said: &'a Value, name: &str) -> Result<&'a Value> {
    let mut all = said["pictures"].as_array().into_iter().flatten();
    all.find(|one| text(one, "name") == name).with_context(|| format!("{name} in {said}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_folder_are_made_from_the_command_line_and_a_draft_gets_portraits() -> Result<()> {
    let client = Shell::of(shared().await, "cli-pictures", "client").await?;
    let folder = command_line::pictures(2)?;
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (photos, small) = (at(""), at("small"));
    let resize = ["pictures", "resize", &photos, "--width", "4", "--output", &small, "--json"];
    let said = client.run(&resize, "").await?;
    let first = said.lines()?.remove(0);
    let counts = |said: &Value| ["made", "failed", "written", "present"].map(|field| number_of(said, field));
    assert_eq!((said.code, counts(&first)), (6, [2, 1, 2, 0]), "{}", said.err);
    assert!(said.err.contains("broken.png: ") && said.err.contains("[IMAGE_FORMAT_UNKNOWN]"), "{}", said.err);
    assert_eq!(became(&first, "more/1.png")?["files"], json!([at("small/more/1.png")]));
    for made in ["small/0.png", "small/more/1.png"] {
        assert_eq!(image::image_dimensions(at(made))?, (4, 4));
    }

    // What was made is neither made again nor a source, and nothing else is written over.
    fs::write(at("small/0.png"), "somebody's")?;
    let again = client.run(&resize, "").await?.lines()?.remove(0);
    assert_eq!(counts(&again), [1, 2, 0, 1], "{again}");
    assert_eq!(again["leftAlone"].as_array().map(Vec::len), Some(2), "{again}");
    assert!(text(became(&again, "0.png")?, "message").contains("--overwrite"), "{again}");
    assert_eq!(fs::read_to_string(at("small/0.png"))?, "somebody's");

    let astronaut = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/faces/tests/files/astronaut.jpg");
    fs::create_dir_all(at("people/crew"))?;
    fs::copy(astronaut, at("people/crew/her.jpg"))?;
    let (people, task) = (at("people"), command_line::draft(&client, "2").await?);
    let portraits = ["pictures", "portrait", &people, "--max-faces", "3", "--task", &task, "--json"];
    let said = client.ok(&portraits, "").await?.lines()?.remove(0);
    assert_eq!((text(&said, "taskId"), counts(&said)), (task.as_str(), [1, 0, 1, 0]), "{said}");
    let her = became(&said, "crew/her.jpg")?;
    assert_eq!(her["files"], json!(["crew/her-1.jpg"]));
    let said = client.ok(&portraits, "").await?.lines()?.remove(0);
    assert_eq!(counts(&said), [1, 0, 0, 1], "{said}");
    let shown = client.ok(&["tasks", "show", &task, "--json"], "").await?.lines()?.remove(0);
    assert_eq!(number_of(&shown, "images"), 1);

    let (id, face) = (text(her, "transformationId"), at("face.jpg"));
    client.ok(&["pictures", "get", id, "--output", &face], "").await?;
    let (width, height) = image::image_dimensions(&face)?;
    assert!(width < height, "{width} x {height}");
    assert!(client.ok(&["pictures", "show", id], "").await?.out.contains("portrait"));
    assert_eq!(client.run(&["pictures", "cancel", id], "").await?.code, 7, "it has ended");
    let listed = client.ok(&["pictures", "list", "--json"], "").await?.lines()?;
    assert!(listed.iter().any(|one| text(one, "transformationId") == id));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_made_of_the_images_of_a_task_of_ones_own_and_nothing_is_sent() -> Result<()> {
    let client = Shell::of(shared().await, "cli-images", "client").await?;
    let stranger = Shell::of(shared().await, "cli-stranger", "client").await?;
    let folder = command_line::pictures(2)?;
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (task, small) = (command_line::draft(&client, "2").await?, at("small"));
    client.run(&["tasks", "upload", &task, &at("")], "").await?;
    let resize = ["pictures", "resize", "--from-task", &task, "--width", "4", "--output", &small, "--json"];
    let counts = |said: &Value| ["made", "failed", "written", "present"].map(|field| number_of(said, field));
    let said = client.ok(&resize, "").await?.lines()?.remove(0);
    assert_eq!(counts(&said), [2, 0, 2, 0], "{said}");
    for made in ["small/0.png", "small/more/1.png"] {
        assert_eq!(image::image_dimensions(at(made))?, (4, 4));
    }
    let said = client.ok(&resize, "").await?.lines()?.remove(0);
    assert_eq!(counts(&said), [2, 0, 0, 2], "{said}");
    assert_ne!(stranger.run(&resize, "").await?.code, 0);

    // One task is fed by another.
    let other = command_line::draft(&client, "2").await?;
    let crop = ["pictures", "crop", "--from-task", &task, "--percent", "50x50", "--task", &other, "--json"];
    assert_eq!(counts(&client.ok(&crop, "").await?.lines()?.remove(0)), [2, 0, 2, 0]);
    let shown = client.ok(&["tasks", "show", &other, "--json"], "").await?.lines()?.remove(0);
    assert_eq!(number_of(&shown, "images"), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_thesis_posts_is_taken_as_json_api() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "thesis", Role::Client).await?;
    let token = client.token().context("signed in")?;
    let source = source(&client, 4_711).await?;
    let post = async |attributes: Value| {
        let body = json!({"data": {"type": "crop_task", "attributes": attributes}});
        let request = http_client().post(format!("{}/v1/jsonapi/crop", cluster.gateway()));
        anyhow::Ok(
            request.header("content-type", "application/json").bearer_auth(token).body(body.to_string()).send().await?,
        )
    };
    let get = async |path: &str| {
        let request = http_client().get(format!("{}{path}", cluster.gateway())).bearer_auth(token);
        anyhow::Ok(request.send().await?.error_for_status()?)
    };

    // Listing 4.1, but for the image.
    let answer = post(json!({"image_id": source, "width": 50, "height": 10})).await?;
    ensure!(matches!(answer.status().as_u16(), 201 | 202), "{}", answer.status());
    ensure!(answer.headers()["content-type"] == "application/vnd.api+json");
    let place = answer.headers()["content-location"].to_str()?.to_owned();
    let created: Value = serde_json::from_str(&answer.text().await?)?;
    ensure!(created["data"]["type"] == "crop_tasks" && created["data"]["attributes"]["image_id"] == source.as_str());
    let made = try_until("the picture", async || {
        let found: Value = serde_json::from_str(&get(&place).await?.text().await?)?;
        Ok((found["data"]["attributes"]["state"] == "TRANSFORMATION_STATE_SUCCEEDED").then_some(found))
    })
    .await?;
    let related = made["data"]["links"]["related"].as_str().context("a link to the picture")?;
    let seen = image::load_from_memory(&get(related).await?.bytes().await?)?;
    ensure!((seen.width(), seen.height()) == (4, 1), "half of 8 pixels, and a tenth: {seen:?}");

    for (attributes, pointer) in [
        (json!({"image_id": source, "width": 0, "height": 10}), "/data/attributes/width"),
        (json!({"image_id": "example.jpg", "width": 50, "height": 10}), "/data/attributes/image_id"),
        (json!({"width": 50, "height": 10}), "/data/attributes/image_id"),
    ] {
        let answer = post(attributes).await?;
        ensure!(answer.status().as_u16() == 400, "{}", answer.status());
        let refused: Value = serde_json::from_str(&answer.text().await?)?;
        ensure!(refused["errors"][0]["source"]["pointer"] == pointer, "{refused}");
    }
    Ok(())
}

/// All of some batches when they have ended: each made, once.
async fn all_made_once(cluster: &Cluster, client: &Client, batches: &[&str], pictures: usize) -> Result<()> {
    let mut count = 0;
    for batch in batches {
        for one in listed(client, batch).await? {
            let one = ended(client, &one.transformation_id).await?;
            ensure!(one.state() == TransformationState::Succeeded, "{one:?}");
            count += 1;
        }
    }
    ensure!(count == pictures, "{count} of {pictures}");
    let made = made(&cluster.objects())?;
    ensure!(made == 2 * pictures, "a picture and what it is, once each: {made}");
    ensure!(number(cluster, "SELECT count(*) FROM job WHERE run > 1").await? == 0, "none was begun anew");
    Ok(())
}

/// Asks for the same part of many sources.
async fn ask_for_parts(client: &Client, sources: &[String]) -> Result<String> {
    let item = |source: &String| TransformationItem { source_sha256: source.clone(), spec: Some(part_of(50)) };
    let request = CreateTransformationsRequest { items: sources.iter().map(item).collect(), ..Default::default() };
    Ok(client.create_transformations(request).await?.batch_id)
}

async fn some_made(client: &Client, batch: &str) -> Result<()> {
    try_until("the first pictures", async || {
        let found = listed(client, batch).await?;
        Ok(found.iter().any(|one| one.state() == TransformationState::Succeeded).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_pictures_store_is_away_jobs_wait_and_all_are_made_when_it_is_back() -> Result<()> {
    let cluster = without_workers().await?;
    let client = person(&cluster, "patient", Role::Client).await?;
    let sources = upload(&client, (0..PICTURES).map(large).collect()).await?;
    let (first, second) = sources.split_at(sources.len() / 2);
    let batch = ask_for_parts(&client, first).await?;
    for _ in 0..2 {
        cluster.add_worker().await?;
    }
    some_made(&client, &batch).await?;
    cluster.kill_s3().await?;
    // Who asks need not wait.
    let other = ask_for_parts(&client, second).await?;
    try_until("the workers to wait for it", async || {
        let mut waiting = 0;
        for address in cluster.worker_addresses().await {
            let ready = http_client().get(format!("http://{address}/readyz")).send().await?;
            waiting += usize::from(ready.status() == 503);
        }
        Ok((waiting == 2).then_some(()))
    })
    .await?;
    cluster.restart_s3().await?;
    all_made_once(&cluster, &client, &[&batch, &other], sources.len()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_queue_when_its_store_was_lost_is_made_all_the_same() -> Result<()> {
    let cluster = without_workers().await?;
    let client = person(&cluster, "patient", Role::Client).await?;
    // More than is queued of one client at a time.
    let many = 80;
    let sources = upload(&client, (0..many).map(picture).collect()).await?;
    let batch = ask_for_parts(&client, &sources).await?;
    try_until("the queue to be measured", async || Ok((pending(&cluster).await? == f64::from(many)).then_some(())))
        .await?;
    ensure!(told(&cluster).await? == 64, "the others wait");
    cluster.lose_nats().await?;
    cluster.add_worker().await?;
    some_made(&client, &batch).await?;
    // And once more while they are made.
    cluster.lose_nats().await?;
    all_made_once(&cluster, &client, &[&batch], sources.len()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_while_the_broker_is_away_is_made_when_it_is_back() -> Result<()> {
    let cluster = without_workers().await?;
    let client = person(&cluster, "patient", Role::Client).await?;
    let sources = upload(&client, (0..6).map(large).collect()).await?;
    let before = halve(&client, &sources[0]).await?;
    cluster.kill_nats().await?;
    // Workers come while there is nothing to ask for work.
    cluster.add_worker().await?;
    let mut asked = vec![before.transformation_id];
    for source in &sources[1..] {
        asked.push(halve(&client, source).await?.transformation_id);
    }
    cluster.crash_nats().await?;
    for id in &asked {
        let made = ended(&client, id).await?;
        ensure!(made.state() == TransformationState::Succeeded, "{made:?}");
    }
    ensure!(number(&cluster, "SELECT count(*) FROM job WHERE run > 1").await? == 0, "each was made at once");
    Ok(())
}
