//! People and tasks of a whole system, through its REST edge.

use anyhow::Result;
use labelmesh_dev::edge::{Edge, File, text};
use serde_json::json;

const PASSWORD: &str = "correct horse";
/// How many files go into one upload.
const FILES: usize = 50;

/// Signs somebody up and in.
pub(crate) async fn person(edge: &Edge, name: &str, role: &str) -> Result<Edge> {
    let email = format!("{name}@bench.example");
    edge.post("/v1/users", &json!({"email": email, "password": PASSWORD, "name": name, "roles": [role]})).await?;
    Ok(edge.sign_in(&email, PASSWORD).await?)
}

/// An open task of so many images, each of which wants so many votes.
pub(crate) async fn open_task(client: &Edge, images: u32, redundancy: u32) -> Result<String> {
    let task = json!({"title": "Bench", "labels": ["cat", "dog"], "policy": {"redundancy": redundancy}});
    let task = text(&client.post("/v1/tasks", &task).await?, "taskId").to_owned();
    let files: Vec<File> = (0..images).map(picture).collect::<Result<_>>()?;
    for batch in files.chunks(FILES) {
        client.upload(&format!("/v1/tasks/{task}/images"), batch).await?;
    }
    client.post(&format!("/v1/tasks/{task}:submit"), &json!({})).await?;
    Ok(task)
}

/// A small picture; another number is another picture.
fn picture(number: u32) -> Result<File> {
    let [_, red, green, blue] = number.to_be_bytes();
    let pixels = image::RgbImage::from_pixel(8, 8, image::Rgb([red, green, blue]));
    let mut data = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut data, image::ImageFormat::Png)?;
    Ok(File { name: format!("{number}.png"), media_type: "image/png".to_owned(), data: data.into_inner() })
}
