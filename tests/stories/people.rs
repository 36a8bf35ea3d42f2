//! Who is in the stories: a system, a client, operators, and pictures made on the spot.

use std::{io::Cursor, sync::OnceLock, time::Duration};

use anyhow::Result;
use futures::TryStreamExt as _;
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_sdk::{
    Client, File, Retries, Role,
    subtasks::{GivenVote, LeaseSubtasksRequest, LeaseSubtasksResponse, ListVotesRequest, VoteRequest, VoteResponse},
    tasks::{
        CreateTaskRequest, GetTaskRequest, Image, ListImagesRequest, ListResultsRequest, Policy, Result as Verdict,
        SubmitTaskRequest, Task,
    },
    users::CreateUserRequest,
};
use tokio::sync::OnceCell;

/// Waits outlast the restart of any server.
const RETRIES: Retries =
    Retries { tries: 8, first_wait: Duration::from_millis(100), longest_wait: Duration::from_secs(20) };
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

/// Nobody in particular, at a gateway.
pub(crate) fn stranger(gateway: &str) -> Result<Client> {
    Ok(Client::builder(gateway).agent("stories").retries(RETRIES).build()?)
}

/// Signs somebody up and in. Names are chosen by the stories so that they differ.
pub(crate) async fn person(cluster: &Cluster, name: &str, role: Role) -> Result<Client> {
    let client = stranger(cluster.gateway())?;
    let user = CreateUserRequest {
        email: format!("{name}@labelmesh.example"),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        roles: vec![role.into()],
        ..CreateUserRequest::default()
    };
    let email = client.create_user(user).await?.email;
    Ok(client.sign_in(&email, PASSWORD).await?)
}

/// A small picture; another number is another picture.
pub(crate) fn picture(number: u32) -> File {
    let color = |shift: u32| u8::try_from((number >> shift) & 0xff).expect("masked to a byte");
    let pixels = image::RgbImage::from_pixel(8, 8, image::Rgb([color(16), color(8), color(0)]));
    let mut data = Cursor::new(Vec::new());
    pixels.write_to(&mut data, image::ImageFormat::Png).expect("a PNG in memory");
    File { name: format!("{number:04}.png"), media_type: "image/png".into(), data: data.into_inner().into() }
}

/// The file name of a small picture that somebody sees.
pub(crate) fn name_of(picture: &[u8]) -> Result<String> {
    let image::Rgb([red, green, blue]) = *image::load_from_memory(picture)?.to_rgb8().get_pixel(0, 0);
    Ok(format!("{:04}.png", u32::from_be_bytes([0, red, green, blue])))
}

/// What creates a task with the labels cat and dog.
pub(crate) fn cats_and_dogs(title: &str, policy: Policy) -> CreateTaskRequest {
    let labels = ["cat", "dog"].map(str::to_owned).into();
    CreateTaskRequest { title: title.to_owned(), labels, policy: Some(policy), ..CreateTaskRequest::default() }
}

/// A draft with the labels cat and dog.
pub(crate) async fn draft(client: &Client, title: &str, redundancy: u32) -> Result<String> {
    let policy = Policy { redundancy, ..Policy::default() };
    Ok(client.create_task(cats_and_dogs(title, policy)).await?.task_id)
}

/// An open task with so many pictures, in uploads of 50.
pub(crate) async fn open_task(client: &Client, title: &str, redundancy: u32, pictures: u32) -> Result<String> {
    let task = draft(client, title, redundancy).await?;
    let files: Vec<File> = (0..pictures).map(picture).collect();
    for batch in files.chunks(50) {
        client.upload_files(&task, batch).await?;
    }
    submit(client, &task).await?;
    Ok(task)
}

/// Submits a draft.
pub(crate) async fn submit(client: &Client, task: &str) -> Result<()> {
    client.submit_task(SubmitTaskRequest { task_id: task.to_owned() }).await?;
    Ok(())
}

/// The task as it is now.
pub(crate) async fn task(client: &Client, task: &str) -> Result<Task> {
    Ok(client.get_task(GetTaskRequest { task_id: task.to_owned() }).await?)
}

/// All images of a task.
pub(crate) async fn images(client: &Client, task: &str) -> Result<Vec<Image>> {
    let request = ListImagesRequest { task_id: task.to_owned(), page_size: 100, ..ListImagesRequest::default() };
    Ok(client.list_images_all(request).try_collect().await?)
}

/// What was decided so far about all images of a task.
pub(crate) async fn results(client: &Client, task: &str) -> Result<Vec<Verdict>> {
    let request = ListResultsRequest { task_id: task.to_owned(), page_size: 100, ..ListResultsRequest::default() };
    Ok(client.list_results_all(request).try_collect().await?)
}

/// All votes of a task, as its owner sees them.
pub(crate) async fn votes(client: &Client, task: &str) -> Result<Vec<GivenVote>> {
    let request = ListVotesRequest { task_id: task.to_owned(), page_size: 500, ..ListVotesRequest::default() };
    Ok(client.list_votes_all(request).try_collect().await?)
}

/// Brings what an operator holds up to so many images.
pub(crate) async fn lease(operator: &Client, count: u32) -> Result<LeaseSubtasksResponse, labelmesh_sdk::Error> {
    operator.lease_subtasks(LeaseSubtasksRequest { count, ..Default::default() }).await
}

/// Votes for an image.
pub(crate) async fn vote(operator: &Client, subtask: &str, label: &str) -> Result<VoteResponse, labelmesh_sdk::Error> {
    operator.vote(VoteRequest { subtask_id: subtask.to_owned(), label: label.to_owned() }).await
}
