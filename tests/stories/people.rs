//! Who is in the stories: a system, a client, operators, and pictures made on the spot.

use std::{io::Cursor, sync::OnceLock};

use anyhow::Result;
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_dev::edge::{Edge, File, text};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse";

/// A system of a story's own, two replicas of each service.
pub(crate) async fn system() -> Result<Cluster> {
    Cluster::start(Settings::for_tests()?).await
}

/// The system that stories share which break nothing.
pub(crate) async fn shared() -> &'static Cluster {
    static SHARED: OnceLock<OnceCell<Cluster>> = OnceLock::new();
    let cell = SHARED.get_or_init(OnceCell::new);
    cell.get_or_init(|| async { system().await.expect("the system starts") }).await
}

/// Signs somebody up and in. Names are chosen by the stories so that they differ.
pub(crate) async fn person(cluster: &Cluster, name: &str, role: &str) -> Result<Edge> {
    let edge = Edge::new(cluster.gateway(), "stories");
    let email = format!("{name}@labelmesh.example");
    let user = json!({"email": email, "password": PASSWORD, "name": name, "roles": [role]});
    edge.post("/v1/users", &user).await?;
    Ok(edge.sign_in(&email, PASSWORD).await?)
}

/// A small picture; another number is another picture.
pub(crate) fn picture(number: u32) -> File {
    let color = |shift: u32| u8::try_from((number >> shift) & 0xff).expect("masked to a byte");
    let pixels = image::RgbImage::from_pixel(8, 8, image::Rgb([color(16), color(8), color(0)]));
    let mut data = Cursor::new(Vec::new());
    pixels.write_to(&mut data, image::ImageFormat::Png).expect("a PNG in memory");
    File { name: format!("{number:04}.png"), media_type: "image/png".into(), data: data.into_inner() }
}

/// A draft with the labels cat and dog.
pub(crate) async fn draft(client: &Edge, title: &str, redundancy: u32) -> Result<String> {
    let task = json!({"title": title, "labels": ["cat", "dog"], "policy": {"redundancy": redundancy}});
    Ok(text(&client.post("/v1/tasks", &task).await?, "taskId").to_owned())
}

/// An open task with so many pictures, in uploads of 50.
pub(crate) async fn open_task(client: &Edge, title: &str, redundancy: u32, pictures: u32) -> Result<String> {
    let task = draft(client, title, redundancy).await?;
    let files: Vec<File> = (0..pictures).map(picture).collect();
    for batch in files.chunks(50) {
        client.upload(&format!("/v1/tasks/{task}/images"), batch).await?;
    }
    client.post(&format!("/v1/tasks/{task}:submit"), &json!({})).await?;
    Ok(task)
}

/// The task as it is now.
pub(crate) async fn task(client: &Edge, task: &str) -> Result<Value> {
    Ok(client.get(&format!("/v1/tasks/{task}")).await?)
}
