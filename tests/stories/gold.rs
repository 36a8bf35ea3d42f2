//! Known labels: who labels badly is paused and told, without learning why; and recorded votes finish the task.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client, File, Role, Upload,
    notify::{ListNotificationsRequest, NotificationKind},
    subtasks::{
        GetHoldsRequest, ListOperatorsRequest, ReleaseSubtasksRequest, ResumeOperatorRequest, ShortageCause,
        SkipSubtaskRequest, VoteOutcome, import_votes_response::Said,
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

#[tokio::test(flavor = "multi_thread")]
async fn who_skips_in_search_of_gold_finds_little_and_is_seen() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "owner", Role::Client).await?;
    let skipper = person(&cluster, "skipper", Role::Operator).await?;
    let policy = Policy { redundancy: 1, gold_share: 0.2, qualification: 3, ..Policy::default() };
    let (task, images) = task_with(&client, policy).await?;

    let mut handed = Vec::new();
    try_until("the end of what comes", async || {
        let held = lease(&skipper, 20).await?;
        for lease in &held.leases {
            skipper
                .skip_subtask(SkipSubtaskRequest { subtask_id: lease.subtask_id.clone(), ..Default::default() })
                .await?;
        }
        handed.extend(held.leases.into_iter().map(|lease| lease.subtask_id));
        let cause = held.shortage.unwrap_or_default().cause();
        Ok((!handed.is_empty() && cause == ShortageCause::Unqualified).then_some(()))
    })
    .await?;
    ensure!(handed.len() <= 5, "half as many again as must be right: {}", handed.len());
    let listed = ListOperatorsRequest { task_id: task.clone(), ..ListOperatorsRequest::default() };
    let operators: Vec<_> = client.list_operators_all(listed).try_collect().await?;
    let [operator] = operators.as_slice() else { anyhow::bail!("one operator: {operators:?}") };
    let counts = (operator.images_seen, operator.skips, operator.qualified);
    ensure!(counts == (handed.len() as u64, handed.len() as u64, false), "{operator:?}");

    // Two who hold images at the same time have no ids in common, neither with each other nor with the owner.
    let pair = [person(&cluster, "one", Role::Operator).await?, person(&cluster, "two", Role::Operator).await?];
    let mut ids: BTreeSet<String> = images.into_iter().chain(handed).collect();
    let mut known = ids.len();
    for operator in &pair {
        let held = lease(operator, 5).await?.leases;
        ensure!(!held.is_empty(), "nothing to label");
        known += held.len();
        ids.extend(held.into_iter().map(|lease| lease.subtask_id));
    }
    ensure!(ids.len() == known, "an id came to two of them");
    let holds = client.get_holds(GetHoldsRequest { task_id: task }).await?;
    ensure!(holds.images == 0 || holds.oldest.is_some(), "{holds:?}");
    Ok(())
}

/// An open task of pictures, the first of which are known to be cats.
async fn task_with_gold(client: &Client) -> Result<(String, Vec<String>)> {
    task_with(client, Policy { redundancy: 2, gold_share: 0.5, ..Policy::default() }).await
}

/// The same under a policy.
async fn task_with(client: &Client, policy: Policy) -> Result<(String, Vec<String>)> {
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
