//! Pictures of web pages, through a real browser where there is one.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use anyhow::{Context as _, Result, ensure};
use axum::{Router, extract::Path, response::Html, routing::get};
use futures::TryStreamExt as _;
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{
    Client, Role,
    renditions::{
        CreateTransformationRequest, GetRenditionRequest, Screenshot, Spec, Transformation, TransformationState, spec,
    },
    subtasks::GetSubtaskImageRequest,
};
use labelmesh_servers::{chromium, http_client};
use labelmesh_testkit::try_until;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore};

use crate::{
    command_line::{self, Shell, number, text},
    people::{lease, person},
    pictures::{ended, made, told},
    watched::metrics,
};

/// What the text of each page is seen on.
const COLORS: [[u8; 3]; 3] = [[200, 30, 30], [30, 200, 30], [30, 30, 200]];

/// Whether there is a browser; says that a story is not told where there is none.
fn has_browser(story: &str) -> bool {
    let found = chromium().is_some();
    if !found {
        eprintln!("NOT RUN: no Chromium for {story}");
    }
    found
}

/// A system without workers that looks at pages on this machine, with as many workers later that do.
async fn without_workers(page_workers: usize) -> Result<Cluster> {
    let mut settings = Settings { workers: 0, page_workers, ..Settings::for_tests()? };
    for role in ["RENDITIONS", "RENDITIONS_WORKER"] {
        settings.environment.push((format!("{role}__PAGES__ALLOW"), r#"["127.0.0.1/32"]"#.to_owned()));
    }
    Cluster::start(settings).await
}

/// A site with pages of these colors, and one that does not answer before it may.
struct Site {
    address: String,
    hits: Arc<AtomicU32>,
    answers: Arc<Semaphore>,
}

impl Site {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let (hits, answers) = (Arc::new(AtomicU32::new(0)), Arc::new(Semaphore::new(0)));
        let held = {
            let (hits, answers) = (Arc::clone(&hits), Arc::clone(&answers));
            move || async move {
                hits.fetch_add(1, Ordering::SeqCst);
                let _permit = answers.acquire().await;
                Html(page(COLORS[0]))
            }
        };
        let colored = |Path(number): Path<usize>| async move { Html(page(COLORS[number % COLORS.len()])) };
        let router = Router::new().route("/held", get(held)).route("/pages/{number}", get(colored));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, hits, answers })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

fn page([red, green, blue]: [u8; 3]) -> String {
    format!(
        "<!doctype html><title>A page</title>\
         <style>body {{ margin: 0; background: rgb({red}, {green}, {blue}) }}</style>\
         <div style=height:900px></div>"
    )
}

async fn ask(client: &Client, url: String) -> Result<Transformation> {
    let screenshot = Screenshot { url, width: 400, ..Screenshot::default() };
    let spec = Some(Spec { kind: Some(spec::Kind::Screenshot(screenshot)) });
    Ok(client.create_transformation(CreateTransformationRequest { spec, ..Default::default() }).await?)
}

/// How many screenshots wait, as a replica measures it.
async fn pending(cluster: &Cluster) -> Result<f64> {
    let address = cluster.admin_addresses(Service::Renditions).await.swap_remove(1);
    Ok(metrics(&address).await?.total_of("renditions_jobs_pending", &["screenshot"]))
}

fn color_in_the_middle(picture: &[u8]) -> Result<[u8; 3]> {
    let pixels = image::load_from_memory(picture)?.to_rgb8();
    ensure!(pixels.dimensions() == (400, 900), "{:?}", pixels.dimensions());
    Ok(pixels.get_pixel(200, 450).0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_fed_by_screenshots_of_a_list_of_pages() -> Result<()> {
    if !has_browser("a_task_is_fed_by_screenshots_of_a_list_of_pages") {
        return Ok(());
    }
    let (cluster, site) = (without_workers(1).await?, Site::start().await?);
    let client = Shell::of(&cluster, "sites", "client").await?;
    let folder = tempfile::tempdir()?;
    let list = folder.path().join("pages.txt").to_string_lossy().into_owned();
    let pages: Vec<String> = (0..COLORS.len()).map(|number| site.url(&format!("/pages/{number}"))).collect();
    fs::write(&list, pages.join("\n"))?;
    let task = command_line::draft(&client, "1").await?;
    let shoot = ["pictures", "screenshot", "--pages", &list, "--width", "400", "--task", &task, "--json"];
    let worker = async {
        try_until("the pages to wait", async || Ok((pending(&cluster).await? == 3.0).then_some(()))).await?;
        cluster.add_worker().await
    };
    let (said, worker) = tokio::join!(client.ok(&shoot, ""), worker);
    worker?;
    let said = said?.lines()?.remove(0);
    assert_eq!(["made", "failed", "written"].map(|field| number(&said, field)), [3, 0, 3], "{said}");
    let name = text(&said["pictures"][0], "name");
    ensure!(name.starts_with("127.0.0.1-") && name.ends_with("-pages-0"), "{name}");
    let shown = client.ok(&["tasks", "show", &task, "--json"], "").await?.lines()?.remove(0);
    assert_eq!(number(&shown, "images"), 3);
    // The same again is there.
    let again = client.ok(&shoot, "").await?.lines()?.remove(0);
    assert_eq!(["made", "written", "present"].map(|field| number(&again, field)), [3, 0, 3], "{again}");

    client.ok(&["tasks", "submit", &task], "").await?;
    let operator = person(&cluster, "looks-at-sites", Role::Operator).await?;
    let leased = try_until("three images to label", async || {
        let held = lease(&operator, 3).await?.leases;
        Ok((held.len() == COLORS.len()).then_some(held))
    })
    .await?;
    let mut seen = Vec::new();
    for subtask in leased {
        let request = GetSubtaskImageRequest { subtask_id: subtask.subtask_id };
        let bytes: Vec<bytes::Bytes> = operator.get_subtask_image(request).await?.try_collect().await?;
        seen.push(color_in_the_middle(&bytes.concat())?);
    }
    seen.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(seen, COLORS);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_killed_while_it_makes_a_screenshot_and_another_one_makes_it() -> Result<()> {
    if !has_browser("a_worker_is_killed_while_it_makes_a_screenshot_and_another_one_makes_it") {
        return Ok(());
    }
    let (cluster, site) = (without_workers(2).await?, Site::start().await?);
    let client = person(&cluster, "patient-with-pages", Role::Client).await?;
    let asked = ask(&client, site.url("/held")).await?;
    cluster.add_worker().await?;
    let hits = |count| {
        let hits = &site.hits;
        async move {
            let said = format!("the page to be asked for {count} times");
            try_until(&said, async || Ok((hits.load(Ordering::SeqCst) == count).then_some(()))).await
        }
    };
    hits(1).await?;
    cluster.add_worker().await?;
    cluster.kill_worker(0).await;
    // Nothing was acknowledged, so that the other one gets the job.
    hits(2).await?;
    site.answers.add_permits(2);
    let made_of_it = ended(&client, &asked.transformation_id).await?;
    ensure!(made_of_it.state() == TransformationState::Succeeded, "{made_of_it:?}");
    let request = GetRenditionRequest { transformation_id: asked.transformation_id, index: 0 };
    let bytes: Vec<bytes::Bytes> = client.get_rendition(request).await?.try_collect().await?;
    assert_eq!(color_in_the_middle(&bytes.concat())?, COLORS[0]);
    assert_eq!((told(&cluster).await?, made(&cluster.objects())?), (1, 2), "a picture and what it is, once each");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_asked_for_as_json_api_has_it_and_refused_where_it_is_not_public() -> Result<()> {
    let cluster = without_workers(0).await?;
    let client = person(&cluster, "json-api-of-pages", Role::Client).await?;
    let token = client.token().context("signed in")?;
    let post = async |kind: &str, attributes: Value| {
        let body = json!({"data": {"type": format!("{kind}_task"), "attributes": attributes}});
        let request = http_client().post(format!("{}/v1/jsonapi/{kind}", cluster.gateway()));
        let request = request.header("content-type", "application/vnd.api+json").bearer_auth(token);
        let answer = request.body(body.to_string()).send().await?;
        anyhow::Ok((answer.status().as_u16(), serde_json::from_str::<Value>(&answer.text().await?)?))
    };
    let (status, created) = post("lead_image", json!({"url": "https://example.com/#top", "min_side": 300})).await?;
    ensure!(status == 202, "{status}: {created}");
    let attributes = &created["data"]["attributes"];
    ensure!(created["data"]["type"] == "lead_image_tasks" && attributes.get("image_id").is_none(), "{created}");
    ensure!(attributes["spec"]["leadImage"]["url"] == "https://example.com/", "{created}");
    ensure!(attributes["spec"]["leadImage"]["minSide"] == 300, "{created}");
    for (attributes, status, code, pointer) in [
        (json!({"url": "ftp://example.com/"}), 400, "FIELD_INVALID", "/data/attributes/url"),
        (json!({}), 400, "FIELD_INVALID", "/data/attributes/url"),
        (json!({"url": "http://169.254.169.254/latest"}), 400, "ADDRESS_REFUSED", ""),
    ] {
        let (answered, refused) = post("lead_image", attributes).await?;
        let error = &refused["errors"][0];
        ensure!(answered == status && error["code"] == code, "{refused}");
        ensure!(pointer.is_empty() || error["source"]["pointer"] == pointer, "{refused}");
    }
    Ok(())
}
