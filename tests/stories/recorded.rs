//! The security log: who acted on what, by ids alone.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::{Cluster, accounts::ADMINISTRATOR};
use labelmesh_sdk::{
    Role,
    auth::{CreateApiKeyRequest, LoginRequest},
    tasks::SubmitTaskRequest,
    users::{BlockUserRequest, GetMeRequest, ListUsersRequest, UpdateUserRequest},
};
use labelmesh_testkit::try_until;
use serde_json::Value as Json;

use crate::people::{PASSWORD, draft, person, stranger, system};

/// What a line may have.
const FIELDS: [&str; 13] = [
    "time",
    "level",
    "service.name",
    "target",
    "message",
    "enduser.id",
    "rpc.method",
    "rpc.code",
    "error.reason",
    "act.on",
    "request.id",
    "trace_id",
    "span_id",
];

/// The lines of the security log that name this id: the method's short name, the code, and what was acted on.
fn recorded(logs: &[PathBuf], id: &str) -> Result<Vec<(String, String, Json)>> {
    let mut lines = Vec::new();
    for log in logs {
        for line in String::from_utf8_lossy(&fs::read(log)?).lines().filter(|line| line.contains(id)) {
            let Ok(line) = serde_json::from_str::<Json>(line) else { continue };
            if line["target"] != "security" {
                continue;
            }
            let told = line.as_object().context("an object")?;
            ensure!(told.keys().all(|key| FIELDS.contains(&key.as_str())), "{line}");
            let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            let method = text("rpc.method").rsplit_once('/').map(|(_, name)| name.to_owned()).context("a method")?;
            lines.push((method, text("rpc.code"), line["act.on"].clone()));
        }
    }
    Ok(lines)
}

/// Waits until such a line is there.
async fn is_told(cluster: &Cluster, id: &str, method: &str, code: &str, on: &str) -> Result<()> {
    let expected = (method.to_owned(), code.to_owned(), if on.is_empty() { Json::Null } else { on.into() });
    let logs = cluster.logs().await?;
    try_until(&format!("{method} of {id} in the security log"), async || {
        Ok(recorded(&logs, id)?.contains(&expected).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_change_and_what_they_may_not_is_in_the_security_log() -> Result<()> {
    // A system of its own: the lines of refusals are bounded, and other stories are refused a lot.
    let cluster = &system().await?;
    let client = person(cluster, "recorded", Role::Client).await?;
    let me = client.get_me(GetMeRequest {}).await?;
    let who = me.user_id.as_str();
    is_told(cluster, who, "CreateUser", "OK", who).await?;

    let task = draft(&client, "Recorded", 1).await?;
    is_told(cluster, who, "CreateTask", "OK", &task).await?;
    client.submit_task(SubmitTaskRequest { task_id: task.clone() }).await.expect_err("no images");
    is_told(cluster, who, "SubmitTask", "FAILED_PRECONDITION", &task).await?;
    let renamed = UpdateUserRequest { user_id: who.to_owned(), name: Some("Marked".into()), ..Default::default() };
    client.update_user(renamed).await?;
    is_told(cluster, who, "UpdateUser", "OK", who).await?;
    let login = LoginRequest { email: me.email.clone(), password: PASSWORD.into(), ..Default::default() };
    let session = stranger(cluster.gateway())?.login(login).await?;
    is_told(cluster, who, "Login", "OK", &session.session_id).await?;
    let expires_at = session.expires_at;
    let key = CreateApiKeyRequest { name: "ci".into(), roles: vec![Role::Client.into()], expires_at };
    let key = client.create_api_key(key).await?.api_key.context("a key")?;
    is_told(cluster, who, "CreateApiKey", "OK", &key.api_key_id).await?;
    client.list_users(ListUsersRequest::default()).await.expect_err("not theirs to see");
    is_told(cluster, who, "ListUsers", "PERMISSION_DENIED", "").await?;

    // Who is nobody is refused at the gateway, and that is told there.
    stranger(cluster.gateway())?.with_token("lm_made-up").get_me(GetMeRequest {}).await.expect_err("made up");
    is_told(cluster, "UserService/GetMe", "GetMe", "UNAUTHENTICATED", "").await?;

    let root = stranger(cluster.gateway())?.sign_in(ADMINISTRATOR, cluster.administrator_password()).await?;
    root.block_user(BlockUserRequest { user_id: who.to_owned(), ..Default::default() }).await?;
    is_told(cluster, who, "BlockUser", "OK", who).await?;

    // Neither what was typed nor from where is told.
    let wrong = LoginRequest { email: me.email.clone(), password: "not the password".into(), ..Default::default() };
    stranger(cluster.gateway())?.login(wrong).await.expect_err("wrong");
    for log in cluster.logs().await? {
        let log = String::from_utf8_lossy(&fs::read(log)?).into_owned();
        for secret in [me.email.as_str(), PASSWORD, "not the password", "Marked"] {
            let mut lines = log.lines().filter(|line| line.contains("\"target\":\"security\""));
            ensure!(lines.all(|line| !line.contains(secret)), "the security log tells {secret}");
        }
    }
    Ok(())
}
