//! Known labels: who labels badly is paused and told, without learning why; and recorded votes finish the task.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client, File, Role, Upload,
    notify::{ListNotificationsRequest, NotificationKind},
    subtasks::{
        ListOperatorsRequest, ReleaseSubtasksRequest, ResumeOperatorRequest, ShortageCause, VoteOutcome,
        import_votes_response::Said,
    },
    tasks::{GoldImage, Policy, SetGoldRequest},
};
use labelmesh_testkit::try_until;

use crate::people::{cats_and_dogs, images, lease, person, picture, results, submit, system, vote};

const PATIENCE: Duration = Duration::from_secs(60);
/// Of the pictures.
const GOLD: usize = 12;
const PICTURES: u32 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn who_labels_known_images_wrong_is_paused_told_and_may_go_on() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "knowing", Role::Client).await?;
    let careless = person(&cluster, "careless", Role::Operator).await?;
    let (task, images) = task_with_gold(&client).await?;

    label_as_dogs_until_paused(&careless).await?;
    let mails =
        cluster.mail().wait_until(PATIENCE, |mails| mails.iter().any(|mail| mail.subject.contains("paused"))).await;
    let mail = mails.iter().find(|mail| mail.subject.contains("paused")).context("a mail about the pause")?;
    ensure!(mail.to == ["careless@labelmesh.example"] && mail.subject == "You are paused in “Cats and dogs”");
    ensure!(!mail.text.to_lowercase().contains("gold"), "the mail gives it away: {}", mail.text);
    let notes: Vec<_> = careless.list_notifications_all(ListNotificationsRequest::default()).try_collect().await?;
    let note = notes.iter().find(|note| note.kind() == NotificationKind::OperatorPaused);
    ensure!(note.is_some_and(|note| note.task_id == task), "no note about the task: {notes:?}");

    let listed = ListOperatorsRequest { task_id: task.clone(), ..ListOperatorsRequest::default() };
    let operators: Vec<_> = client.list_operators_all(listed).try_collect().await?;
    let [operator] = operators.as_slice() else { anyhow::bail!("one operator: {operators:?}") };
    ensure!(operator.paused && operator.gold_answers == 10 && operator.gold_right == 0, "{operator:?}");
    let resume = ResumeOperatorRequest { task_id: task.clone(), operator: operator.operator.clone() };
    client.resume_operator(resume).await?;
    let held = lease(&careless, 1).await?;
    let [only] = held.leases.as_slice() else { anyhow::bail!("nothing after the pause: {held:?}") };
    careless.release_subtasks(ReleaseSubtasksRequest { subtask_ids: vec![only.subtask_id.clone()] }).await?;

    finish_with_recorded_votes(&client, &task, &images).await
}

/// An open task of pictures, the first of which are known to be cats.
async fn task_with_gold(client: &Client) -> Result<(String, Vec<String>)> {
    let policy = Policy { redundancy: 2, gold_share: 0.5, ..Policy::default() };
    let task = client.create_task(cats_and_dogs("Cats and dogs", policy)).await?.task_id;
    let files: Vec<File> = (0..PICTURES).map(picture).collect();
    client.upload_files(&task, &files).await?;
    let images: Vec<String> = images(client, &task).await?.into_iter().map(|image| image.image_id).collect();
    let known = images[..GOLD].iter().map(|image| GoldImage { image_id: image.clone(), label: "cat".to_owned() });
    let answer = client.set_gold(SetGoldRequest { task_id: task.clone(), gold: known.collect() }).await?;
    ensure!(answer.gold == GOLD as u64, "{answer:?}");
    submit(client, &task).await?;
    Ok((task, images))
}

/// Labels whatever comes as a dog until the answer is that one is paused.
async fn label_as_dogs_until_paused(operator: &Client) -> Result<()> {
    try_until("the pause", async || {
        let held = lease(operator, 1).await?;
        let Some(lease) = held.leases.first() else {
            // Otherwise the images may still be on their way, or rest for a moment.
            return Ok((held.shortage.unwrap_or_default().cause() == ShortageCause::Paused).then_some(()));
        };
        let answer = vote(operator, &lease.subtask_id, "dog").await?;
        ensure!(answer.outcome() == VoteOutcome::Counted, "something tells the images apart: {answer:?}");
        Ok(None)
    })
    .await
}

/// Two operators' recorded votes decide what is open; the known labels stand as they were.
async fn finish_with_recorded_votes(client: &Client, task: &str, images: &[String]) -> Result<()> {
    let lines = images.iter().flat_map(|image| ["ann", "bob"].map(|name| format!("{image},{name},dog\n")));
    let data = format!("image_id,operator,label\n{}", lines.collect::<String>()).into();
    let file = File { name: "votes.csv".into(), media_type: "text/csv".into(), data };
    let said: Vec<_> = client.import_votes(task, Upload::new().file(file)).await?.try_collect().await?;
    let [Some(Said::Summary(summary))] = said.iter().map(|answer| answer.said.clone()).collect::<Vec<_>>()[..] else {
        anyhow::bail!("{said:?}");
    };
    ensure!(summary.lines == 2 * u64::from(PICTURES), "{said:?}");
    crate::labor::ended_task(client, task).await?;
    let results = results(client, task).await?;
    for result in &results {
        let known = images[..GOLD].contains(&result.image_id);
        let expected = if known { ("cat", "gold") } else { ("dog", "plurality") };
        ensure!((result.label.as_str(), result.rule.as_str()) == expected, "{result:?}");
    }
    ensure!(results.len() == images.len(), "{} results", results.len());
    Ok(())
}
