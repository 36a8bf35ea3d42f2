//! API keys: accepted wherever a session's token is, but for what concerns signing in.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_cluster::{Cluster, accounts::ADMINISTRATOR};
use labelmesh_proto::method::{Grant, Method, Who};
use labelmesh_sdk::{
    Client, HttpMethod, Role,
    auth::{CreateApiKeyRequest, CreateApiKeyResponse, ListApiKeysRequest, LoginRequest, RevokeApiKeyRequest},
    tasks::WatchTaskRequest,
    users::{BlockUserRequest, GetMeRequest, UnblockUserRequest},
};
use labelmesh_testkit::try_until;
use tokio::time::timeout;

use crate::{
    foreign::frames,
    people::{PASSWORD, draft, person, shared, stranger},
    requests::{is_open, public},
};

/// Far less than the time for which a gateway believes a token without being told anything.
const AT_ONCE: Duration = Duration::from_secs(10);
/// What can't be done with a key by who does not administer: the list is written out so that none is lost from it.
const BY_SESSION: [&str; 12] = [
    "ChangePassword",
    "ConfirmSecondFactor",
    "CreateApiKey",
    "DeleteUser",
    "EndSession",
    "EndSessions",
    "EnrolSecondFactor",
    "RemoveSecondFactor",
    "ReplaceUser",
    "ResendConfirmation",
    "RevokeApiKey",
    "UpdateUser",
];

/// Somebody who is signed in, and a key of theirs with this role.
async fn keyed(cluster: &Cluster, email: &str, password: &str, role: Role) -> Result<(Client, CreateApiKeyResponse)> {
    let nobody = stranger(cluster.gateway())?;
    let login = LoginRequest { email: email.to_owned(), password: password.to_owned(), ..Default::default() };
    let session = nobody.login(login).await?;
    let client = nobody.with_token(&session.token);
    let (name, roles) = ("nightly".to_owned(), vec![role.into()]);
    let key = client.create_api_key(CreateApiKeyRequest { name, expires_at: session.expires_at, roles }).await?;
    Ok((client, key))
}

/// The same for a new person.
async fn person_with_key(cluster: &Cluster, name: &str, role: Role) -> Result<(Client, CreateApiKeyResponse)> {
    person(cluster, name, role).await?;
    keyed(cluster, &format!("{name}@labelmesh.example"), PASSWORD, role).await
}

/// Whether the contract lets somebody of a role call a method with a key; `None` where it does not at all.
fn lets_in(method: &Method, role: Role) -> Option<bool> {
    let fits = |grant: &&Grant| match grant.who {
        Who::Anyone | Who::SignedIn => true,
        Who::Role(needed) => needed == role,
        Who::SignedOut | Who::Service(_) => false,
    };
    let fitting: Vec<_> = method.allow.iter().filter(fits).collect();
    (!fitting.is_empty()).then(|| fitting.iter().any(|grant| !grant.by_session))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_taken_by_every_method_of_the_contract_but_those_that_take_a_session() -> Result<()> {
    let cluster = shared().await;
    let password = cluster.administrator_password();
    let keys = [
        (Role::Client, person_with_key(cluster, "keyed-client", Role::Client).await?.1),
        (Role::Operator, person_with_key(cluster, "keyed-operator", Role::Operator).await?.1),
        (Role::Administrator, keyed(cluster, ADMINISTRATOR, password, Role::Administrator).await?.1),
    ];
    let mut refused = BTreeSet::new();
    for (role, key) in &keys {
        let token = format!("Bearer {}", key.secret);
        for method in public().filter(|method| !is_open(method)) {
            let Some(lets_in) = lets_in(method, *role) else { continue };
            // Not a message: whoever may call is told so, and nothing happens.
            let end = frames::call(cluster.gateway(), method.path, &[("authorization", &token)], &[0xff, 0xff], || ())
                .await?;
            let expected = if lets_in { "3" } else { "7" };
            ensure!(end.status()? == expected, "{} as {role:?}: {}", method.path, end.status()?);
            if !lets_in && *role != Role::Administrator {
                refused.insert(method.name());
            }
        }
    }
    assert_eq!(refused.into_iter().collect::<Vec<_>>(), BY_SESSION);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_is_refused_at_every_gateway_and_its_streams_end() -> Result<()> {
    let cluster = shared().await;
    let (owner, key) = person_with_key(cluster, "keyed-owner", Role::Client).await?;
    let task = draft(&owner, "Watched", 1).await?;
    let mut streams = Vec::new();
    for gateway in cluster.gateways() {
        let program = stranger(gateway)?.with_token(&key.secret);
        let mut states = program.watch_task(WatchTaskRequest { task_id: task.clone(), ..Default::default() }).await?;
        states.next().await.context("the state now")??;
        streams.push(states);
    }
    let listed: Vec<_> = owner.list_api_keys_all(ListApiKeysRequest::default()).try_collect().await?;
    assert!(listed[0].last_used_at.is_some());
    let api_key_id = key.api_key.clone().context("told")?.api_key_id;
    owner.revoke_api_key(RevokeApiKeyRequest { api_key_id }).await?;
    for mut states in streams {
        while let Some(Ok(_)) = timeout(AT_ONCE, states.next()).await.context("a stream goes on")? {}
    }
    refused_everywhere(cluster, &key).await?;
    owner.get_me(GetMeRequest {}).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_who_is_blocked_is_good_for_nothing_as_long_as_they_are() -> Result<()> {
    let cluster = shared().await;
    let root = stranger(cluster.gateway())?.sign_in(ADMINISTRATOR, cluster.administrator_password()).await?;
    let (owner, key) = person_with_key(cluster, "keyed-blocked", Role::Client).await?;
    let user_id = owner.get_me(GetMeRequest {}).await?.user_id;
    let program = stranger(cluster.gateway())?.with_token(&key.secret);
    program.get_me(GetMeRequest {}).await?;
    root.block_user(BlockUserRequest { user_id: user_id.clone(), ..Default::default() }).await?;
    refused_everywhere(cluster, &key).await?;
    root.unblock_user(UnblockUserRequest { user_id, ..Default::default() }).await?;
    let good = try_until("the key", async || Ok(program.get_me(GetMeRequest {}).await.ok()));
    timeout(AT_ONCE, good).await.context("it is refused")??;
    Ok(())
}

/// Waits until each gateway refuses a key.
async fn refused_everywhere(cluster: &Cluster, key: &CreateApiKeyResponse) -> Result<()> {
    for gateway in cluster.gateways() {
        let program = stranger(gateway)?.with_token(&key.secret);
        let refused = try_until("the refusal", async || {
            let refused = program.json(HttpMethod::GET, "/v1/me", None).await.err();
            Ok(refused.filter(|refused| refused.reason() == "NOT_SIGNED_IN"))
        });
        timeout(AT_ONCE, refused).await.with_context(|| format!("{gateway} does not know"))??;
    }
    Ok(())
}
