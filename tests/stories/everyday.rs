//! A day without trouble.

use std::time::Duration;

use anyhow::{Context as _, Result};
use labelmesh_dev::edge::{number, text};
use serde_json::json;

use crate::{
    labor::{self, Tally},
    people::{draft, open_task, person, picture, shared, task},
};

#[tokio::test(flavor = "multi_thread")]
async fn images_become_decided_labels_and_the_client_takes_them_away() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "everyday-client", "ROLE_CLIENT").await?;
    let operators = [
        person(cluster, "everyday-1", "ROLE_OPERATOR").await?,
        person(cluster, "everyday-2", "ROLE_OPERATOR").await?,
        person(cluster, "everyday-3", "ROLE_OPERATOR").await?,
    ];
    let id = open_task(&client, "Everyday", 3, 20).await?;
    let diaries = labor::label(&operators, &client, &id, &Tally::default()).await?;
    labor::nothing_is_lost(cluster, &client, &id, 20, &diaries).await?;

    let done = task(&client, &id).await?;
    assert_eq!((text(&done, "state"), number(&done, "decided")), ("TASK_STATE_COMPLETED", 20));
    let csv = String::from_utf8(client.bytes(&format!("/v1/tasks/{id}/export?format=csv")).await?)?;
    assert_eq!(csv.lines().count(), 21, "a header and a line for each image: {csv}");
    let lines = String::from_utf8(client.bytes(&format!("/v1/tasks/{id}/export?format=json_lines")).await?)?;
    assert_eq!(lines.lines().count(), 20);
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));

    let mails = cluster.mail().wait_until(Duration::from_secs(20), |mails| {
        mails
            .iter()
            .any(|mail| mail.to.iter().any(|to| to.starts_with("everyday-client")) && mail.subject.contains("Everyday"))
    });
    let mails = mails.await;
    assert!(mails.iter().any(|mail| mail.subject.contains("Everyday")), "no mail tells of the completion");
    let notices = client.pages("/v1/notifications", "notifications", 10).await?;
    assert!(notices.iter().any(|notice| text(notice, "taskId") == id), "{notices:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_anothers_is_not_found() -> Result<()> {
    let cluster = shared().await;
    let owner = person(cluster, "owner", "ROLE_CLIENT").await?;
    let stranger = person(cluster, "stranger", "ROLE_CLIENT").await?;
    let id = draft(&owner, "Private", 1).await?;
    owner.upload(&format!("/v1/tasks/{id}/images"), &[picture(1)]).await?;
    for path in ["", "/images", "/results", "/votes", "/export", ":watch"] {
        let refused = stranger.bytes(&format!("/v1/tasks/{id}{path}")).await.err().context("a stranger sees it")?;
        assert_eq!(refused.reason(), "NOT_FOUND", "{path}");
    }
    let refused = stranger.post(&format!("/v1/tasks/{id}:submit"), &json!({})).await.err().context("submitted")?;
    assert_eq!(refused.reason(), "NOT_FOUND");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_is_out() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "leaver", "ROLE_CLIENT").await?;
    client.get("/v1/me").await?;
    let http = reqwest::Client::new();
    let answer = http
        .delete(format!("{}/v1/sessions/current", cluster.gateway()))
        .bearer_auth(client.token().context("signed in")?)
        .send()
        .await?;
    assert!(answer.status().is_success(), "{}", answer.status());
    // Both gateways hear it; the other one within the time of an event.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    for gateway in cluster.gateways() {
        let other = labelmesh_dev::edge::Edge::new(gateway, "stories").with_token(client.token().unwrap_or_default());
        while other.get("/v1/me").await.is_ok() {
            assert!(tokio::time::Instant::now() < deadline, "{gateway} still believes a session that is over");
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}
