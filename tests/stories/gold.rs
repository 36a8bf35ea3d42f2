//! Known labels: who labels badly is paused and told, without learning why; and recorded votes finish the task.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use labelmesh_dev::edge::{Edge, File, number, text};
use serde_json::{Value, json};

use crate::{
    patience::until,
    people::{person, picture, system},
};

const PATIENCE: Duration = Duration::from_secs(60);
/// Of the pictures.
const GOLD: usize = 12;
const PICTURES: u32 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn who_labels_known_images_wrong_is_paused_told_and_may_go_on() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "knowing", "ROLE_CLIENT").await?;
    let careless = person(&cluster, "careless", "ROLE_OPERATOR").await?;
    let (task, images) = task_with_gold(&client).await?;

    label_as_dogs_until_paused(&careless).await?;
    let mails =
        cluster.mail().wait_until(PATIENCE, |mails| mails.iter().any(|mail| mail.subject.contains("paused"))).await;
    let mail = mails.iter().find(|mail| mail.subject.contains("paused")).context("a mail about the pause")?;
    ensure!(mail.to == ["careless@labelmesh.example"] && mail.subject == "You are paused in “Cats and dogs”");
    ensure!(!mail.text.to_lowercase().contains("gold"), "the mail gives it away: {}", mail.text);
    let notes = careless.pages("/v1/notifications", "notifications", 50).await?;
    let note = notes.iter().find(|note| text(note, "kind") == "NOTIFICATION_KIND_OPERATOR_PAUSED");
    ensure!(note.is_some_and(|note| text(note, "taskId") == task), "no note about the task: {notes:?}");

    let operators = client.pages(&format!("/v1/tasks/{task}/operators"), "operators", 50).await?;
    let [operator] = operators.as_slice() else { anyhow::bail!("one operator: {operators:?}") };
    ensure!(operator["paused"] == json!(true) && number(operator, "goldAnswers") == 10, "{operator}");
    ensure!(operator["goldRight"] == json!("0") || operator.get("goldRight").is_none(), "{operator}");
    let resume = format!("/v1/tasks/{task}/operators/{}:resume", text(operator, "operator"));
    client.post(&resume, &json!({})).await?;
    let answer = careless.post("/v1/subtasks:lease", &json!({"count": 1})).await?;
    ensure!(answer["leases"].as_array().is_some_and(|leases| leases.len() == 1), "nothing after the pause: {answer}");
    let held = text(&answer["leases"][0], "subtaskId").to_owned();
    careless.post("/v1/subtasks:release", &json!({"subtaskIds": [held]})).await?;

    finish_with_recorded_votes(&client, &task, &images).await
}

/// An open task of pictures, the first of which are known to be cats.
async fn task_with_gold(client: &Edge) -> Result<(String, Vec<String>)> {
    let policy = json!({"redundancy": 2, "goldShare": 0.5});
    let draft = json!({"title": "Cats and dogs", "labels": ["cat", "dog"], "policy": policy});
    let task = text(&client.post("/v1/tasks", &draft).await?, "taskId").to_owned();
    let files: Vec<File> = (0..PICTURES).map(picture).collect();
    client.upload(&format!("/v1/tasks/{task}/images"), &files).await?;
    let images = client.pages(&format!("/v1/tasks/{task}/images"), "images", 100).await?;
    let images: Vec<String> = images.iter().map(|image| text(image, "imageId").to_owned()).collect();
    let gold: Vec<Value> = images[..GOLD].iter().map(|image| json!({"imageId": image, "label": "cat"})).collect();
    let request = reqwest::Client::new().put(format!("{}/v1/tasks/{task}/gold", client.base()));
    let request = request.bearer_auth(client.token().context("signed in")?).json(&json!({ "gold": gold }));
    let answer: Value = request.send().await?.error_for_status()?.json().await?;
    ensure!(number(&answer, "gold") == GOLD as u64, "{answer}");
    client.post(&format!("/v1/tasks/{task}:submit"), &json!({})).await?;
    Ok((task, images))
}

/// Labels whatever comes as a dog until the answer is that one is paused.
async fn label_as_dogs_until_paused(operator: &Edge) -> Result<()> {
    until("the pause", async || {
        let answer = operator.post("/v1/subtasks:lease", &json!({"count": 1})).await?;
        let Some(lease) = answer["leases"].as_array().and_then(|leases| leases.first()) else {
            // Otherwise the images may still be on their way, or rest for a moment.
            return Ok((text(&answer["shortage"], "cause") == "SHORTAGE_CAUSE_PAUSED").then_some(()));
        };
        let vote = format!("/v1/subtasks/{}:vote", text(lease, "subtaskId"));
        let answer = operator.post(&vote, &json!({"label": "dog"})).await?;
        ensure!(text(&answer, "outcome") == "VOTE_OUTCOME_COUNTED", "something tells the images apart: {answer}");
        Ok(None)
    })
    .await
}

/// Two operators' recorded votes decide what is open; the known labels stand as they were.
async fn finish_with_recorded_votes(client: &Edge, task: &str, images: &[String]) -> Result<()> {
    let lines = images.iter().flat_map(|image| ["ann", "bob"].map(|name| format!("{image},{name},dog\n")));
    let data = format!("image_id,operator,label\n{}", lines.collect::<String>()).into_bytes();
    let file = File { name: "votes.csv".into(), media_type: "text/csv".into(), data };
    let said = client.upload(&format!("/v1/tasks/{task}/votes:import"), &[file]).await?;
    ensure!(number(&said[0]["summary"], "lines") == 2 * u64::from(PICTURES), "{said:?}");
    crate::labor::ended_task(client, task).await?;
    let results = client.pages(&format!("/v1/tasks/{task}/results"), "results", 100).await?;
    for result in &results {
        let known = images[..GOLD].iter().any(|image| image == text(result, "imageId"));
        let expected = if known { ("cat", "gold") } else { ("dog", "plurality") };
        ensure!((text(result, "label"), text(result, "rule")) == expected, "{result}");
    }
    ensure!(results.len() == images.len(), "{} results", results.len());
    Ok(())
}
