//! People change: what they may do, whether they may be here at all, and what is said about them.

use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all};
use labelmesh_cluster::{Cluster, accounts::ADMINISTRATOR};
use labelmesh_sdk::{
    Client, HttpMethod, Role,
    auth::{ChangePasswordRequest, ListSessionsRequest},
    tasks::WatchTaskRequest,
    users::{BlockUserRequest, GetMeRequest, UnblockUserRequest, UpdateUserRequest},
};
use labelmesh_servers::http_client;
use labelmesh_testkit::try_until;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::people::{PASSWORD, draft, lease, open_task, person, shared, stranger, system};

/// Far less than the time for which a gateway believes a token without being told anything.
const AT_ONCE: Duration = Duration::from_secs(10);

async fn administrator(cluster: &Cluster) -> Result<Client> {
    Ok(stranger(cluster.gateway())?.sign_in(ADMINISTRATOR, cluster.administrator_password()).await?)
}

/// The promise: a role that was withdrawn is gone within it, and the streams that it allowed.
const PROMISED: Duration = Duration::from_secs(1);

/// Waits until each gateway refuses this person a call, for this reason.
async fn refused_everywhere(cluster: &Cluster, who: &Client, path: &str, reason: &str) -> Result<()> {
    for gateway in cluster.gateways() {
        let client = stranger(gateway)?.with_token(who.token().unwrap_or_default());
        let refused = try_until(reason, async || {
            let refused = client.json(HttpMethod::GET, path, None).await.err();
            Ok(refused.filter(|refused| refused.reason() == reason))
        });
        timeout(AT_ONCE, refused).await.with_context(|| format!("{gateway} does not know"))??;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_withdrawn_ends_streams_and_counts_everywhere_at_once() -> Result<()> {
    let cluster = shared().await;
    let (root, client) = (administrator(cluster).await?, person(cluster, "demoted", Role::Client).await?);
    let me = client.get_me(GetMeRequest {}).await?;
    let task = draft(&client, "Watched", 1).await?;
    let mut streams = Vec::new();
    for gateway in cluster.gateways() {
        let watcher = stranger(gateway)?.with_token(client.token().unwrap_or_default());
        let mut states = watcher.watch_task(WatchTaskRequest { task_id: task.clone(), ..Default::default() }).await?;
        states.next().await.context("the state now")??;
        streams.push(states);
    }
    let roles = vec![Role::Operator.into()];
    root.update_user(UpdateUserRequest { user_id: me.user_id.clone(), roles, ..Default::default() }).await?;
    for mut states in streams {
        while let Some(Ok(_)) = timeout(AT_ONCE, states.next()).await.context("a stream goes on")? {}
    }
    refused_everywhere(cluster, &client, "/v1/tasks", "NOT_ALLOWED").await?;
    // The session itself goes on.
    assert_eq!(client.get_me(GetMeRequest {}).await?.roles, [i32::from(Role::Operator)]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_a_role_outlives_its_withdrawal_is_measured_at_each_gateway() -> Result<()> {
    const ROUNDS: usize = 9;
    // Of its own, and otherwise idle.
    let cluster = system().await?;
    let root = administrator(&cluster).await?;
    let mut measured = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        let client = person(&cluster, &format!("demoted-{round}"), Role::Client).await?;
        let user_id = client.get_me(GetMeRequest {}).await?.user_id;
        let task = draft(&client, "Watched", 1).await?;
        let mut streams = Vec::new();
        for gateway in cluster.gateways() {
            let watcher = stranger(gateway)?.with_token(client.token().unwrap_or_default());
            let request = WatchTaskRequest { task_id: task.clone(), ..Default::default() };
            let mut states = watcher.watch_task(request).await?;
            states.next().await.context("the state now")??;
            streams.push((watcher, states));
        }
        let roles = vec![Role::Operator.into()];
        root.update_user(UpdateUserRequest { user_id, roles, ..Default::default() }).await?;
        let withdrawn = Instant::now();
        let ends = streams.into_iter().map(|(watcher, mut states)| async move {
            while let Some(Ok(_)) = timeout(AT_ONCE, states.next()).await.context("a stream goes on")? {}
            let ended = withdrawn.elapsed();
            // The stream ends by what the gateway has heard, so a call made now is refused.
            let refused = watcher.json(HttpMethod::GET, "/v1/tasks", None).await.err().context("not refused")?;
            assert_eq!(refused.reason(), "NOT_ALLOWED");
            anyhow::Ok((ended, withdrawn.elapsed()))
        });
        for (of_gateway, took) in measured.iter_mut().zip(try_join_all(ends).await?) {
            of_gateway.push(took);
        }
    }
    for (gateway, mut took) in measured.into_iter().enumerate() {
        took.sort_unstable();
        let all: Vec<_> = took.iter().map(|(ended, refused)| (ended.as_millis(), refused.as_millis())).collect();
        println!("gateway {gateway}: ms until a stream had ended and a call was refused: {all:?}");
        // The machine may be busy with other stories: that of most rounds holds.
        let (ended, refused) = took[ROUNDS / 2];
        assert!(ended < PROMISED && refused < PROMISED, "gateway {gateway}: {all:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_is_out_at_once_and_what_they_held_goes_to_others() -> Result<()> {
    // Of its own: the idler would keep other stories' images too.
    let cluster = system().await?;
    let root = administrator(&cluster).await?;
    let owner = person(&cluster, "owner", Role::Client).await?;
    let (idler, other) =
        (person(&cluster, "idler", Role::Operator).await?, person(&cluster, "busy", Role::Operator).await?);
    let me = idler.get_me(GetMeRequest {}).await?;
    open_task(&owner, "Held", 1, 3).await?;
    let holds_all = async |client: &Client| Ok((lease(client, 3).await?.leases.len() == 3).then_some(()));
    try_until("all images", async || holds_all(&idler).await).await?;
    root.block_user(BlockUserRequest { user_id: me.user_id.clone(), ..Default::default() }).await?;
    refused_everywhere(&cluster, &idler, "/v1/me", "NOT_SIGNED_IN").await?;
    let refused = stranger(cluster.gateway())?.sign_in(&me.email, PASSWORD).await.err().context("let in")?;
    assert_eq!(refused.reason(), "ACCOUNT_BLOCKED");
    try_until("the others' turn", async || holds_all(&other).await).await?;

    root.unblock_user(UnblockUserRequest { user_id: me.user_id, ..Default::default() }).await?;
    stranger(cluster.gateway())?.sign_in(&me.email, PASSWORD).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_for_another_state_is_412_and_what_is_absent_stays() -> Result<()> {
    let cluster = shared().await;
    let person = person(cluster, "changing", Role::Client).await?;
    let user_id = person.get_me(GetMeRequest {}).await?.user_id;
    let (http, url) = (http_client(), format!("{}/v1/users/{user_id}", cluster.gateway()));
    let token = person.token().unwrap_or_default();
    let call = async |request: RequestBuilder, body: Option<Value>| {
        let request = request.bearer_auth(token);
        let answer = if let Some(body) = body { request.json(&body) } else { request }.send().await?;
        let etag = answer.headers().get("etag").map(|etag| etag.to_str().map(str::to_owned)).transpose()?;
        anyhow::Ok((answer.status(), etag.unwrap_or_default(), answer.json::<Value>().await?))
    };
    let (_, first, user) = call(http.get(&url), None).await?;
    assert_eq!(first, format!("{}", user["etag"]), "in quotation marks, as JSON has them");
    let surname = json!({"surname": "King", "name": null});
    let (status, second, user) = call(http.patch(&url).header("if-match", &first), Some(surname)).await?;
    assert_eq!((status, &user["name"], &user["surname"]), (StatusCode::OK, &json!("changing"), &json!("King")));
    let late = json!({"surname": "Byron"});
    let (status, _, error) = call(http.patch(&url).header("if-match", &first), Some(late.clone())).await?;
    assert_eq!((status, &error["details"][0]["reason"]), (StatusCode::PRECONDITION_FAILED, &json!("ETAG_MISMATCH")));
    assert_ne!(first, second);
    let (status, ..) = call(http.patch(&url).header("if-match", "W/\"1\""), Some(late)).await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let whole = json!({"email": user["email"], "surname": "Byron", "roles": user["roles"]});
    let (status, _, user) = call(http.put(&url).header("if-match", &second), Some(whole.clone())).await?;
    assert_eq!((status, &user["name"], &user["surname"]), (StatusCode::OK, &json!(""), &json!("Byron")));
    let (status, ..) = call(http.put(&url).header("if-match", "*"), Some(whole)).await?;
    assert_eq!(status, StatusCode::OK);
    // What has no etag is not changed under a condition.
    let body = json!({"title": "Conditional", "labels": ["cat", "dog"]});
    let tasks = http.post(format!("{}/v1/tasks", cluster.gateway())).header("if-match", "\"1\"");
    let (status, _, error) = call(tasks, Some(body)).await?;
    assert_eq!((status, &error["details"][0]["reason"]), (StatusCode::PRECONDITION_FAILED, &json!("ETAG_MISMATCH")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_the_other_sessions_at_every_gateway() -> Result<()> {
    let cluster = shared().await;
    let desk = person(cluster, "forgetful", Role::Client).await?;
    let phone = stranger(cluster.gateway())?.sign_in("forgetful@labelmesh.example", PASSWORD).await?;
    // Both gateways know the session that is to end.
    for gateway in cluster.gateways() {
        stranger(gateway)?.with_token(phone.token().unwrap_or_default()).get_me(GetMeRequest {}).await?;
    }
    let sessions: Vec<_> = desk.list_sessions_all(ListSessionsRequest::default()).try_collect().await?;
    assert_eq!(sessions.iter().map(|session| session.current).collect::<Vec<_>>(), [false, true]);
    assert!(sessions.iter().all(|session| session.address == "127.0.0.1" && session.user_agent.contains("stories")));
    let new = "a password nobody else has";
    let change = |old: &str| {
        let (old_password, new_password) = (old.to_owned(), new.to_owned());
        ChangePasswordRequest { old_password, new_password, ..Default::default() }
    };
    let refused = desk.change_password(change("not the password")).await.err().context("changed")?;
    assert_eq!(refused.reason(), "PASSWORD_WRONG");
    assert_eq!(desk.change_password(change(PASSWORD)).await?.ended, 1);
    refused_everywhere(cluster, &phone, "/v1/me", "NOT_SIGNED_IN").await?;
    desk.get_me(GetMeRequest {}).await?;
    stranger(cluster.gateway())?.sign_in("forgetful@labelmesh.example", new).await?;
    Ok(())
}
