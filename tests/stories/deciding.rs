//! Votes until a label is sure enough, people who have the last word, and tasks decided again.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use futures::future::{try_join, try_join_all};
use labelmesh_cluster::Service;
use labelmesh_dev::edge::{Edge, number, text};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::{
    labor::{self, Tally},
    patience::until,
    people::{draft, open_task, person, picture, shared, system},
};

async fn results(client: &Edge, task: &str) -> Result<Vec<Value>> {
    Ok(client.pages(&format!("/v1/tasks/{task}/results"), "results", 500).await?)
}

fn votes(results: &[Value]) -> u64 {
    results
        .iter()
        .flat_map(|result| result["votes"].as_array().into_iter().flatten())
        .map(|vote| number(vote, "votes"))
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_with_a_confidence_takes_fewer_votes_and_its_owner_has_the_last_word() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "client", "ROLE_CLIENT").await?;
    let names = ["ada", "bela", "chidi", "dana"];
    let operators = try_join_all(names.map(|name| person(&cluster, name, "ROLE_OPERATOR"))).await?;
    let fixed = open_task(&client, "Four votes each", 4, 30).await?;
    labor::label(&operators, &client, &fixed, &Tally::default()).await?;
    let policy = json!({"redundancy": 2, "confidence": 0.85});
    let task = json!({"title": "Until sure", "labels": ["cat", "dog"], "policy": policy});
    let task = client.post("/v1/tasks", &task).await?;
    assert_eq!((number(&task["policy"], "maxVotes"), task["policy"]["confidence"].as_f64()), (8, Some(0.85)));
    let sure = text(&task, "taskId");
    client.upload(&format!("/v1/tasks/{sure}/images"), &(0..30).map(picture).collect::<Vec<_>>()).await?;
    client.post(&format!("/v1/tasks/{sure}:submit"), &json!({})).await?;
    labor::label(&operators, &client, sure, &Tally::default()).await?;
    let (of_fixed, of_sure) = try_join(results(&client, &fixed), results(&client, sure)).await?;
    assert_eq!((of_fixed.len(), of_sure.len(), votes(&of_fixed)), (30, 30, 120));
    // Nobody errs here, and 100 votes, from which on a crowd is known, are never reached: a lead of two is sure enough.
    assert_eq!(votes(&of_sure), 60);
    assert!(of_sure.iter().all(|result| result["confidence"].as_f64() >= Some(0.85)), "{of_sure:?}");

    let image = text(&of_sure[0], "imageId");
    let other = if text(&of_sure[0], "label") == "cat" { "dog" } else { "cat" };
    let ruling = json!({"label": other, "comment": "The ears."});
    client.post(&format!("/v1/tasks/{sure}/images/{image}:adjudicate"), &ruling).await?;
    until("the adjudicated label", async || {
        let results = results(&client, sure).await?;
        Ok((text(&results[0], "label") == other && text(&results[0], "rule") == "adjudicated").then_some(()))
    })
    .await?;
    let decisions = client.pages(&format!("/v1/tasks/{sure}/images/{image}/decisions"), "decisions", 10).await?;
    assert_eq!((decisions.len(), text(&decisions[0], "comment")), (2, "The ears."));
    let agreement = client.get(&format!("/v1/tasks/{sure}/agreement")).await?;
    assert_eq!(agreement["byOperator"].as_array().map(Vec::len), Some(4));
    assert_eq!(agreement["krippendorffAlpha"].as_f64(), Some(1.0), "{agreement}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_decided_again_while_replicas_are_killed_is_decided_again_once() -> Result<()> {
    // More than one batch.
    const IMAGES: u32 = 600;
    let cluster = system().await?;
    let client = person(&cluster, "client", "ROLE_CLIENT").await?;
    let names = ["ada", "bela", "chidi", "dana"];
    let operators = try_join_all(names.map(|name| person(&cluster, name, "ROLE_OPERATOR"))).await?;
    let task = open_task(&client, "Twice", 1, IMAGES).await?;
    labor::label(&operators, &client, &task, &Tally::default()).await?;
    let mut db = PgConnection::connect(&cluster.database_url(Service::Subtasks)).await?;
    let mut held = PgConnection::connect(&cluster.database_url(Service::Subtasks)).await?;
    // Somebody holds the last image, so that deciding stands still behind the first batch.
    let mut held = held.begin().await?;
    sqlx::query("SELECT FROM subtask ORDER BY subtask_id DESC LIMIT 1 FOR UPDATE").execute(&mut *held).await?;
    let ask = json!({"method": "auto"});
    // What is completed in tasks is known in subtasks a moment later.
    until("the task's end", async || Ok(client.post(&format!("/v1/tasks/{task}:redecide"), &ask).await.ok())).await?;
    let half = until("the first batch", async || {
        let found = client.get(&format!("/v1/tasks/{task}/redecision")).await?;
        Ok((number(&found, "done") > 0).then_some(found))
    })
    .await?;
    assert!(number(&half, "done") < IMAGES.into() && half["finishedAt"].is_null(), "{half}");
    for replica in [0, 1] {
        cluster.kill(Service::Subtasks, replica).await;
    }
    held.rollback().await?;
    // Whoever died in the middle is followed after 30 s, which nobody waits for here.
    sqlx::query("UPDATE redecision SET claimed_until = now()").execute(&mut db).await?;
    for replica in [0, 1] {
        cluster.restart(Service::Subtasks, replica).await?;
    }
    let done = until("the end of deciding again", async || {
        let found = client.get(&format!("/v1/tasks/{task}/redecision")).await.ok();
        Ok(found.filter(|found| found["finishedAt"].is_string()))
    })
    .await?;
    assert_eq!((number(&done, "images"), number(&done, "done")), (IMAGES.into(), IMAGES.into()));
    until("the new decisions", async || {
        let results = results(&client, &task).await?;
        Ok(results.iter().all(|result| text(result, "rule") == "auto").then_some(()))
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
async fn refused(somebody: &Edge, path: &str, body: Option<Value>) -> Result<(u16, String, Vec<(String, String)>)> {
    let (http, address) = (reqwest::Client::new(), format!("{}{path}", somebody.base()));
    let request = match body {
        Some(body) => http.post(address).json(&body),
        None => http.get(address),
    };
    let answer = request.bearer_auth(somebody.token().unwrap_or_default()).send().await?;
    let status = answer.status().as_u16();
    let error: Value = answer.json().await?;
    let details = || error["details"].as_array().into_iter().flatten();
    let reason = details().find_map(|detail| detail["reason"].as_str()).unwrap_or_default();
    let fields = details().filter_map(|detail| detail["fieldViolations"].as_array()).flatten();
    let fields = fields.map(|field| (text(field, "field").to_owned(), text(field, "description").to_owned()));
    Ok((status, reason.to_owned(), fields.collect()))
}

#[tokio::test(flavor = "multi_thread")]
async fn over_rest_deciding_again_and_agreement_are_refused_with_reason_field_and_rule() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "redecider", "ROLE_CLIENT").await?;
    let stranger = person(cluster, "no-redecider", "ROLE_CLIENT").await?;
    let operator = person(cluster, "redecided", "ROLE_OPERATOR").await?;
    let task = draft(&client, "Never labeled", 1).await?;
    client.upload(&format!("/v1/tasks/{task}/images"), &[picture(0x00de_c1de)]).await?;
    client.post(&format!("/v1/tasks/{task}:submit"), &json!({})).await?;
    let [redecide, redecision, agreement] =
        [":redecide", "/redecision", "/agreement"].map(|what| format!("/v1/tasks/{task}{what}"));
    let ask = || Some(json!({"method": "auto"}));
    let told = |status: u16, reason: &str| (status, reason.to_owned(), Vec::new());
    // What is open in tasks is known in subtasks a moment later.
    until("the task", async || {
        Ok((refused(&client, &redecide, ask()).await? == told(400, "TASK_NOT_COMPLETED")).then_some(()))
    })
    .await?;
    for (path, body) in [(&redecide, ask()), (&redecision, None), (&agreement, None)] {
        assert_eq!(refused(&stranger, path, body.clone()).await?, told(404, "NOT_FOUND"), "{path}");
        assert_eq!(refused(&operator, path, body.clone()).await?, told(403, "NOT_ALLOWED"), "{path}");
        let nobody = Edge::new(cluster.gateway(), "stories");
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
    let seen = client.get(&agreement).await?;
    assert_eq!((number(&seen, "votes"), seen["byLabel"].as_array().map(Vec::len)), (0, Some(2)), "{seen}");
    client.post(&format!("/v1/tasks/{task}:cancel"), &json!({})).await?;
    until("the cancellation", async || {
        Ok((refused(&client, &redecide, ask()).await? == told(400, "TASK_ENDED")).then_some(()))
    })
    .await
}
