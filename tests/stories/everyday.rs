//! A day without trouble.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client, HttpMethod, Role,
    auth::LogoutRequest,
    notify::ListNotificationsRequest,
    tasks::{ExportFormat, ExportResultsRequest, TaskState},
    users::GetMeRequest,
};
use labelmesh_testkit::try_until;
use tokio::time::timeout;

use crate::{
    labor::{self, Tally},
    people::{draft, open_task, person, picture, shared, stranger, submit, task},
};

#[tokio::test(flavor = "multi_thread")]
async fn images_become_decided_labels_and_the_client_takes_them_away() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "everyday-client", Role::Client).await?;
    let operators = [
        person(cluster, "everyday-1", Role::Operator).await?,
        person(cluster, "everyday-2", Role::Operator).await?,
        person(cluster, "everyday-3", Role::Operator).await?,
    ];
    let id = open_task(&client, "Everyday", 3, 20).await?;
    let diaries = labor::label(&operators, &client, &id, &Tally::default()).await?;
    labor::nothing_is_lost(cluster, &client, &id, 20, &diaries).await?;

    let done = task(&client, &id).await?;
    assert_eq!((done.state(), done.decided), (TaskState::Completed, 20));
    let csv = exported(&client, &id, ExportFormat::Csv).await?;
    assert_eq!(csv.lines().count(), 21, "a header and a line for each image: {csv}");
    let lines = exported(&client, &id, ExportFormat::JsonLines).await?;
    assert_eq!(lines.lines().count(), 20);
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));

    let mails = cluster.mail().wait_until(Duration::from_secs(20), |mails| {
        mails
            .iter()
            .any(|mail| mail.to.iter().any(|to| to.starts_with("everyday-client")) && mail.subject.contains("Everyday"))
    });
    let mails = mails.await;
    assert!(mails.iter().any(|mail| mail.subject.contains("Everyday")), "no mail tells of the completion");
    let notices = client.list_notifications_all(ListNotificationsRequest::default());
    let notices: Vec<_> = notices.try_collect().await?;
    assert!(notices.iter().any(|notice| notice.task_id == id), "{notices:?}");
    Ok(())
}

async fn exported(client: &Client, task: &str, format: ExportFormat) -> Result<String> {
    let request =
        ExportResultsRequest { task_id: task.to_owned(), format: format.into(), ..ExportResultsRequest::default() };
    let pieces: Vec<_> = client.export_results(request).await?.try_collect().await?;
    Ok(String::from_utf8(pieces.concat())?)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_anothers_is_not_found() -> Result<()> {
    let cluster = shared().await;
    let owner = person(cluster, "owner", Role::Client).await?;
    let stranger = person(cluster, "stranger", Role::Client).await?;
    let id = draft(&owner, "Private", 1).await?;
    owner.upload_files(&id, &[picture(1)]).await?;
    for path in ["", "/images", "/results", "/votes", "/export", ":watch"] {
        let path = format!("/v1/tasks/{id}{path}");
        let refused = stranger.json(HttpMethod::GET, &path, None).await.err().context("a stranger sees it")?;
        assert_eq!(refused.reason(), "NOT_FOUND", "{path}");
    }
    let refused = submit(&stranger, &id).await.err().context("submitted")?;
    let refused: &labelmesh_sdk::Error = refused.downcast_ref().context("the server's refusal")?;
    assert_eq!(refused.reason(), "NOT_FOUND");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_is_out() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "leaver", Role::Client).await?;
    client.get_me(GetMeRequest {}).await?;
    client.logout(LogoutRequest {}).await?;
    // Both gateways hear it; the other one within the time of an event.
    for gateway in cluster.gateways() {
        let other = stranger(gateway)?.with_token(client.token().unwrap_or_default());
        let ended = try_until("the end of the session", async || Ok(other.get_me(GetMeRequest {}).await.err()));
        timeout(Duration::from_secs(10), ended).await.with_context(|| format!("{gateway} still believes it"))??;
        // Whoever repeats it, because an answer was lost or twice by mistake, is out all the same.
        other.logout(LogoutRequest {}).await?;
    }
    Ok(())
}
