//! What is somebody's can't be seen or changed by anybody else, by any RPC there is or will be.
//!
//! Requests are made from the contract: a new RPC is called from its first day, and one that names a resource of which
//! a household has none makes the story fail and says so.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use labelmesh_proto::{
    method::{Idempotency, Method, Who},
    options::v1::Reach,
};
use labelmesh_sdk::Role;
use labelmesh_testkit::try_until;
use serde_json::{Value, json};

use crate::{
    foreign::{Call, End, Grpcio},
    household::Household,
    people::system,
    requests::{filled, is_paged, public, resources, role_for},
};

const ROLES: [Role; 3] = [Role::Client, Role::Operator, Role::Administrator];
/// What can't be compared with what was seen before: streams that last as long as what they tell of, and what changes
/// by being looked at.
const PASSING: [&str; 2] = ["WatchTask", "ListSessions"];
/// An id and a pseudonym of nothing and nobody.
const NO_ID: &str = "00000000-0000-7000-8000-000000000000";
const NOBODY: &str = "nobody";

type Values = BTreeMap<&'static str, Value>;

/// Values of what else a request must have to be taken at all.
fn ordinary() -> Values {
    let part = json!({"name": "a.png", "mediaType": "image/png", "data": "AAAA", "last": true});
    let roles = json!(["ROLE_CLIENT"]);
    [
        ("label", json!("cat")),
        ("labels", json!(["cat", "dog"])),
        ("title", json!("Theirs")),
        ("redundancy", json!(1)),
        ("kind", json!("AUDIENCE_KIND_INVITED")),
        ("method", json!("auto")),
        ("part", part),
        ("page_size", json!(1)),
        ("roles", roles),
    ]
    .into()
}

/// A request that names what a scene has.
fn request(method: &Method, scene: &Values) -> Value {
    let mut values = ordinary();
    // Whoever lists has them as filters, which would fit nobody.
    if is_paged(method) {
        values.remove("method");
    } else {
        values.insert("name", json!("Somebody"));
        // Of an address and a user one is named.
        if method.name() != "AddGroupMember" {
            values.insert("email", json!("somebody@labelmesh.example"));
        }
    }
    values.extend(scene.clone());
    filled(method, &values)
}

/// The scene with things that do not exist in the place of those that do.
fn made_up(scene: &Values) -> Values {
    let none = |(field, value): (&&'static str, &Value)| match value {
        Value::Array(_) => (*field, json!([NO_ID])),
        _ if *field == "operator" => (*field, json!(NOBODY)),
        _ => (*field, json!(NO_ID)),
    };
    scene.iter().map(none).collect()
}

/// The scenes that have all that a method names; none where it names nothing.
fn named_scenes<'a>(method: &Method, household: &'a Household) -> Result<Vec<&'a Values>> {
    let named = resources(method);
    let missing: Vec<_> = named.iter().filter(|name| !household.scenes[0].contains_key(name.as_str())).collect();
    ensure!(
        missing.is_empty(),
        "{} names {missing:?}, of which households have none: let Household::of make one and add it to its first scene",
        method.path
    );
    if named.is_empty() {
        return Ok(Vec::new());
    }
    Ok(household.scenes.iter().filter(|scene| named.iter().all(|name| scene.contains_key(name.as_str()))).collect())
}

/// Whether those of a role see and change what others own, as the contract says.
fn reaches_all(method: &Method, role: Role) -> bool {
    method.allow.iter().any(|grant| grant.who == Who::Role(role) && grant.reach == Reach::All)
}

fn call<'a>(gateway: &'a str, method: &'a Method, household: &'a Household, role: Role, message: Value) -> Call<'a> {
    let token = Some(household.token(role));
    Call { target: gateway, path: method.path, token, message, unwatched_deadline: None }
}

fn is_refused(end: &End) -> bool {
    matches!(&*end.code, "NOT_FOUND" | "PERMISSION_DENIED")
        || matches!(end.reason(), "NEVER_LEASED" | "PAGE_TOKEN_INVALID")
}

/// What was answered, with the names of nothing in the place of those in the scene.
fn anonymous(end: &End, scene: &Values) -> String {
    let mut said = format!("{} {} {:?} {:?}", end.code, end.message, end.details, end.answers);
    for (field, value) in scene {
        let value = if let Value::Array(values) = value { &values[0] } else { value };
        let nothing = if *field == "operator" { NOBODY } else { NO_ID };
        said = said.replace(value.as_str().unwrap_or_default(), nothing);
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_neither_see_nor_change_what_is_somebodys() -> Result<()> {
    let cluster = system().await?;
    let owners = Household::of(&cluster, "ann").await?;
    let strangers = Household::of(&cluster, "bob").await?;
    let gateway = cluster.gateway();
    let mut grpcio = Grpcio::start(gateway)?;
    let before = seen_by_owners(&mut grpcio, gateway, &owners).await?;
    for method in public() {
        for scene in named_scenes(method, &owners)? {
            for role in ROLES.into_iter().filter(|role| !reaches_all(method, *role)) {
                let ask = |scene| call(gateway, method, &strangers, role, request(method, scene));
                let [real, none] = &grpcio.make(&[ask(scene), ask(&made_up(scene))]).await?[..] else { continue };
                let who = format!("{} as {role:?} about {scene:?}", method.path);
                ensure!(
                    is_refused(real) || real.code == "OK",
                    "{who} can't tell: add to `ordinary` what it needs: {real:?}"
                );
                // Who is told the same of what does not exist is told nothing. What is new has an id and a time of its
                // own.
                if method.name() == "CreateTask" {
                    assert_eq!(real.code, none.code, "{who}");
                    continue;
                }
                assert_eq!(anonymous(real, scene), anonymous(none, scene), "{who}");
            }
        }
    }
    let after = seen_by_owners(&mut grpcio, gateway, &owners).await?;
    assert_eq!(before, after, "strangers changed something");
    tokens_are_their_owners(&mut grpcio, gateway, &owners, &strangers).await
}

/// What owners see of their own by every RPC that only reads; an error says that a request is not a good one.
async fn seen_by_owners(grpcio: &mut Grpcio, gateway: &str, owners: &Household) -> Result<BTreeMap<&'static str, End>> {
    let mut seen = BTreeMap::new();
    let reads = public().filter(|method| method.idempotency == Idempotency::NoSideEffects);
    for method in reads.filter(|method| !PASSING.contains(&method.name())) {
        if let Some(scene) = named_scenes(method, owners)?.first() {
            let mut scene = (*scene).clone();
            // All of it on one page: no two tokens are alike.
            scene.insert("page_size", json!(1000));
            let message = request(method, &scene);
            let end = grpcio.make(&[call(gateway, method, owners, role_for(method), message)]).await?.swap_remove(0);
            ensure!(end.code == "OK", "{} does not answer its owner: {end:?}", method.path);
            seen.insert(method.path, end);
        }
    }
    Ok(seen)
}

/// A page token of an owner's is taken from nobody else: neither about what is the owner's, nor about the other's own.
async fn tokens_are_their_owners(
    grpcio: &mut Grpcio,
    gateway: &str,
    owners: &Household,
    strangers: &Household,
) -> Result<()> {
    for method in public().filter(|method| is_paged(method)) {
        let owner = role_for(method);
        let about = |household: &Household, token: &str| {
            let mut scene = household.scenes[0].clone();
            scene.insert("page_token", json!(token));
            request(method, &scene)
        };
        let token = try_until(&format!("a second page of {}", method.path), async || {
            let first = call(gateway, method, owners, owner, about(owners, ""));
            let end = grpcio.make(&[first]).await?.swap_remove(0);
            let token = end.answers.first().and_then(|answer| answer["nextPageToken"].as_str()).map(str::to_owned);
            Ok(token.filter(|token| !token.is_empty()))
        })
        .await?;
        let mut calls = vec![call(gateway, method, owners, owner, about(owners, &token))];
        for role in ROLES {
            calls.push(call(gateway, method, strangers, role, about(owners, &token)));
            calls.push(call(gateway, method, strangers, role, about(strangers, &token)));
        }
        let ends = grpcio.make(&calls).await?;
        let (owns, others) = ends.split_first().context("the owner's")?;
        ensure!(owns.code == "OK", "{} refuses its owner's token: {owns:?}", method.path);
        ensure!(others.iter().all(is_refused), "{} takes another's token: {others:?}", method.path);
    }
    Ok(())
}
