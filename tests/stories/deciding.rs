//! Votes until a label is sure enough, people who have the last word, and tasks decided again.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use futures::future::{try_join, try_join_all};
use labelmesh_cluster::Service;
use labelmesh_sdk::{
    Client, HttpMethod, Role,
    subtasks::{
        AdjudicateImageRequest, GetAgreementRequest, GetRedecisionRequest, ListDecisionsRequest, RedecideTaskRequest,
    },
    tasks::{Audience, AudienceKind, CancelTaskRequest, Policy, Result as Verdict, SetTaskAudienceRequest},
};
use labelmesh_testkit::try_until;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::{
    labor::{self, Tally},
    people::{cats_and_dogs, draft, open_task, person, picture, results, shared, stranger, submit, system},
};

fn votes(results: &[Verdict]) -> u32 {
    results.iter().flat_map(|result| &result.votes).map(|count| count.votes).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_with_a_confidence_takes_fewer_votes_and_its_owner_has_the_last_word() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "client", Role::Client).await?;
    let names = ["ada", "bela", "chidi", "dana"];
    let operators = try_join_all(names.map(|name| person(&cluster, name, Role::Operator))).await?;
    let fixed = open_task(&client, "Four votes each", 4, 30).await?;
    labor::label(&operators, &client, &fixed, &Tally::default()).await?;
    let policy = Policy { redundancy: 2, confidence: 0.85, ..Policy::default() };
    let task = client.create_task(cats_and_dogs("Until sure", policy)).await?;
    let policy = task.policy.unwrap_or_default();
    assert_eq!((policy.max_votes, policy.confidence), (8, 0.85));
    let sure = &task.task_id;
    client.upload_files(sure, &(0..30).map(picture).collect::<Vec<_>>()).await?;
    submit(&client, sure).await?;
    labor::label(&operators, &client, sure, &Tally::default()).await?;
    let (of_fixed, of_sure) = try_join(results(&client, &fixed), results(&client, sure)).await?;
    assert_eq!((of_fixed.len(), of_sure.len(), votes(&of_fixed)), (30, 30, 120));
    // Nobody errs here, and 100 votes, from which on a crowd is known, are never reached: a lead of two is sure enough.
    assert_eq!(votes(&of_sure), 60);
    assert!(of_sure.iter().all(|result| result.confidence >= 0.85), "{of_sure:?}");

    let (task_id, image_id) = (sure.clone(), of_sure[0].image_id.clone());
    let other = if of_sure[0].label == "cat" { "dog" } else { "cat" };
    let (label, comment) = (other.to_owned(), "The ears.".to_owned());
    let ruling = AdjudicateImageRequest { task_id: task_id.clone(), image_id: image_id.clone(), label, comment };
    client.adjudicate_image(ruling).await?;
    try_until("the adjudicated label", async || {
        let results = results(&client, sure).await?;
        Ok((results[0].label == other && results[0].rule == "adjudicated").then_some(()))
    })
    .await?;
    let listed = ListDecisionsRequest { task_id: task_id.clone(), image_id, ..ListDecisionsRequest::default() };
    let decisions = client.list_decisions(listed).await?.decisions;
    assert_eq!((decisions.len(), decisions[0].comment.as_str()), (2, "The ears."));
    let agreement = client.get_agreement(GetAgreementRequest { task_id }).await?;
    assert_eq!(agreement.by_operator.len(), 4);
    assert_eq!(agreement.krippendorff_alpha, Some(1.0), "{agreement:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_decided_again_while_replicas_are_killed_is_decided_again_once() -> Result<()> {
    // More than one batch.
    const IMAGES: u32 = 600;
    let cluster = system().await?;
    let client = person(&cluster, "client", Role::Client).await?;
    let names = ["ada", "bela", "chidi", "dana"];
    let operators = try_join_all(names.map(|name| person(&cluster, name, Role::Operator))).await?;
    let task = open_task(&client, "Twice", 1, IMAGES).await?;
    labor::label(&operators, &client, &task, &Tally::default()).await?;
    let mut db = PgConnection::connect(&cluster.database_url(Service::Subtasks)).await?;
    let mut held = PgConnection::connect(&cluster.database_url(Service::Subtasks)).await?;
    // Somebody holds the last image, so that deciding stands still behind the first batch.
    let mut held = held.begin().await?;
    sqlx::query("SELECT FROM subtask ORDER BY subtask_id DESC LIMIT 1 FOR UPDATE").execute(&mut *held).await?;
    let ask = || client.redecide_task(RedecideTaskRequest { task_id: task.clone(), method: "auto".to_owned() });
    let found = || client.get_redecision(GetRedecisionRequest { task_id: task.clone() });
    // What is completed in tasks is known in subtasks a moment later.
    try_until("the task's end", async || Ok(ask().await.ok())).await?;
    let half = try_until("the first batch", async || {
        let found = found().await?;
        Ok((found.done > 0).then_some(found))
    })
    .await?;
    assert!(half.done < IMAGES.into() && half.finished_at.is_none(), "{half:?}");
    for replica in [0, 1] {
        cluster.kill(Service::Subtasks, replica).await;
    }
    held.rollback().await?;
    // Whoever died in the middle is followed after 30 s, which nobody waits for here.
    sqlx::query("UPDATE redecision SET claimed_until = now()").execute(&mut db).await?;
    for replica in [0, 1] {
        cluster.restart(Service::Subtasks, replica).await?;
    }
    let done = try_until("the end of deciding again", async || {
        Ok(found().await.ok().filter(|found| found.finished_at.is_some()))
    })
    .await?;
    assert_eq!((done.images, done.done), (IMAGES.into(), IMAGES.into()));
    try_until("the new decisions", async || {
        let results = results(&client, &task).await?;
        Ok(results.iter().all(|result| result.rule == "auto").then_some(()))
    })
    .await?;
    let versions: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT d.version, count(f.version) FROM decision d LEFT JOIN former_decision f USING (subtask_id)
         GROUP BY d.subtask_id, d.version",
    )
    .fetch_all(&mut db)
    .await?;
    let mut numbers = BTreeMap::<(i64, i64), usize>::new();
    versions.into_iter().for_each(|version| *numbers.entry(version).or_default() += 1);
    ensure!(numbers == BTreeMap::from([((2, 1), IMAGES as usize)]), "versions and former decisions: {numbers:?}");
    Ok(())
}

/// What a call over REST is refused with: its status, the reason, and each field with the rule that it breaks.
async fn refused(somebody: &Client, path: &str, body: Option<Value>) -> Result<(u16, String, Vec<(String, String)>)> {
    let verb = if body.is_some() { HttpMethod::POST } else { HttpMethod::GET };
    let error = somebody.json(verb, path, body).await.err().context("it was not refused")?;
    let refusal = error.refusal().with_context(|| error.to_string())?;
    let fields = refusal.fields.iter().map(|violation| (violation.field.clone(), violation.rule.clone()));
    Ok((refusal.http_status.unwrap_or_default(), refusal.reason.clone(), fields.collect()))
}

#[tokio::test(flavor = "multi_thread")]
async fn over_rest_deciding_again_and_agreement_are_refused_with_reason_field_and_rule() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "redecider", Role::Client).await?;
    let stranger = person(cluster, "no-redecider", Role::Client).await?;
    let operator = person(cluster, "redecided", Role::Operator).await?;
    let task = draft(&client, "Never labeled", 1).await?;
    client.upload_files(&task, &[picture(0x00de_c1de)]).await?;
    // Operators of other stories are handed whatever is open to them.
    let nobody = Audience { kind: AudienceKind::Invited.into(), ..Audience::default() };
    let audience = SetTaskAudienceRequest { task_id: task.clone(), audience: Some(nobody) };
    client.set_task_audience(audience).await?;
    submit(&client, &task).await?;
    let [redecide, redecision, agreement] =
        [":redecide", "/redecision", "/agreement"].map(|what| format!("/v1/tasks/{task}{what}"));
    let ask = || Some(json!({"method": "auto"}));
    let told = |status: u16, reason: &str| (status, reason.to_owned(), Vec::new());
    // What is open in tasks is known in subtasks a moment later.
    try_until("the task", async || {
        Ok((refused(&client, &redecide, ask()).await? == told(400, "TASK_NOT_COMPLETED")).then_some(()))
    })
    .await?;
    for (path, body) in [(&redecide, ask()), (&redecision, None), (&agreement, None)] {
        assert_eq!(refused(&stranger, path, body.clone()).await?, told(404, "NOT_FOUND"), "{path}");
        assert_eq!(refused(&operator, path, body.clone()).await?, told(403, "NOT_ALLOWED"), "{path}");
        let nobody = self::stranger(cluster.gateway())?;
        assert_eq!(refused(&nobody, path, body).await?, told(401, "NOT_SIGNED_IN"), "{path}");
    }
    assert_eq!(refused(&client, &redecision, None).await?, told(404, "NOT_FOUND"), "never asked for");
    for (path, body, field) in [
        (redecide.as_str(), Some(json!({})), "method"),
        (&redecide, Some(json!({"method": "luck"})), "method"),
        ("/v1/tasks/1234:redecide", ask(), "task_id"),
        ("/v1/tasks/1234/redecision", None, "task_id"),
        ("/v1/tasks/1234/agreement", None, "task_id"),
    ] {
        let (status, reason, fields) = refused(&client, path, body).await?;
        assert_eq!((status, reason.as_str()), (400, "FIELD_INVALID"), "{path}");
        assert!(matches!(&fields[..], [(named, rule)] if named == field && !rule.is_empty()), "{path}: {fields:?}");
    }
    let seen = client.get_agreement(GetAgreementRequest { task_id: task.clone() }).await?;
    assert_eq!((seen.votes, seen.by_label.len()), (0, 2), "{seen:?}");
    client.cancel_task(CancelTaskRequest { task_id: task }).await?;
    try_until("the cancellation", async || {
        Ok((refused(&client, &redecide, ask()).await? == told(400, "TASK_ENDED")).then_some(()))
    })
    .await
}
