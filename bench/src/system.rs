//! People and tasks of a whole system, through its REST edge.

use std::ops::Range;

use anyhow::Result;
use labelmesh_cluster::Settings;
use labelmesh_sdk::{
    Client, File, Role,
    tasks::{Audience, AudienceKind, CreateTaskRequest, Policy, SubmitTaskRequest},
    users::CreateUserRequest,
};

const PASSWORD: &str = "correct horse";
/// How many files go into one upload.
const FILES: usize = 50;

/// What the system under measurement is started with: nobody is held up by what one user may have.
pub(crate) fn settings() -> Result<Settings> {
    let mut settings = Settings::for_tests()?;
    for limit in ["RATE_FACTOR", "REQUESTS_PER_USER", "CALLS_PER_USER"] {
        settings.environment.push((format!("GATEWAY__LIMITS__{limit}"), "1000".to_owned()));
    }
    Ok(settings)
}

/// Signs somebody up and in.
pub(crate) async fn person(client: &Client, name: &str, role: Role) -> Result<Client> {
    let user = CreateUserRequest {
        email: format!("{name}@bench.example"),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        roles: vec![role.into()],
        ..CreateUserRequest::default()
    };
    let email = client.create_user(user).await?.email;
    Ok(client.sign_in(&email, PASSWORD).await?)
}

/// An open task for everybody of pictures with these numbers, each of which wants so many votes.
pub(crate) async fn open_task(client: &Client, images: Range<u32>, redundancy: u32) -> Result<String> {
    let task = CreateTaskRequest {
        title: "Bench".to_owned(),
        labels: ["cat", "dog"].map(str::to_owned).into(),
        policy: Some(Policy { redundancy, ..Policy::default() }),
        audience: Some(Audience { kind: AudienceKind::Open.into(), ..Audience::default() }),
        ..CreateTaskRequest::default()
    };
    let task_id = client.create_task(task).await?.task_id;
    let files: Vec<File> = images.map(picture).collect::<Result<_>>()?;
    for batch in files.chunks(FILES) {
        client.upload_files(&task_id, batch).await?;
    }
    Ok(client.submit_task(SubmitTaskRequest { task_id }).await?.task_id)
}

/// A small picture; another number is another picture.
pub(crate) fn picture(number: u32) -> Result<File> {
    let [_, red, green, blue] = number.to_be_bytes();
    let pixels = image::RgbImage::from_pixel(8, 8, image::Rgb([red, green, blue]));
    let mut data = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut data, image::ImageFormat::Png)?;
    Ok(File { name: format!("{number}.png"), media_type: "image/png".to_owned(), data: data.into_inner().into() })
}
