//! Clients that nobody of ours wrote are told what went wrong, in full: code, sentence and details.
//!
//! Ours would understand more than they must: tonic takes a status from any headers.

pub(crate) mod frames;
mod grpcio;
pub(crate) mod mail;
mod uploads;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::{Cluster, Service, accounts::ADMINISTRATOR};
use labelmesh_proto::method::{METHODS, Method};
use labelmesh_sdk::{Client, Role, tasks::WatchTaskRequest};
use labelmesh_servers::Tools;
use prost_reflect::prost::Message as _;
use serde_json::{Value, json};
use tokio::{process::Command, sync::mpsc};

use crate::{
    people::{draft, person, shared, stranger, system},
    requests::{is_open, public, role_for, service_of, spoilt},
};
use frames::Seen;
use grpcio::Heard;
pub(crate) use grpcio::{Call, End, Grpcio};

const WATCH: &str = "/labelmesh.tasks.v1.TaskService/WatchTask";
/// No message of any type begins with these bytes, here in hexadecimal digits.
const GARBLED: &str = "ffff";

/// Somebody of each role.
struct Cast(BTreeMap<Role, Client>);

impl Cast {
    async fn of(cluster: &Cluster, name: &str) -> Result<Self> {
        let password = cluster.administrator_password();
        let administrator = stranger(cluster.gateway())?.sign_in(ADMINISTRATOR, password).await?;
        let client = person(cluster, &format!("{name}-client"), Role::Client).await?;
        let operator = person(cluster, &format!("{name}-operator"), Role::Operator).await?;
        Ok(Self([(Role::Administrator, administrator), (Role::Client, client), (Role::Operator, operator)].into()))
    }

    /// Their session's tokens.
    fn tokens(&self) -> BTreeMap<Role, String> {
        self.0.iter().map(|(role, client)| (*role, client.token().unwrap_or_default().to_owned())).collect()
    }

    /// What each service's own port takes of them, for a minute.
    async fn internal_tokens(&self, cluster: &Cluster) -> Result<BTreeMap<&'static str, BTreeMap<Role, String>>> {
        let mut all = BTreeMap::new();
        for service in Service::with_data() {
            let mut tokens = self.tokens();
            for token in tokens.values_mut() {
                *token = cluster.internal_token(token, service).await?;
            }
            all.insert(service.name(), tokens);
        }
        Ok(all)
    }
}

/// A call that can't but be refused.
struct Refused {
    method: &'static Method,
    signed_in: bool,
    message: Value,
    code: &'static str,
    reason: &'static str,
}

impl Refused {
    /// What a method is sure to refuse: nobody, what can't be read, and what breaks the rules of its fields.
    fn by(method: &'static Method) -> impl Iterator<Item = Self> {
        let refused = move |signed_in, message, code, reason| Self { method, signed_in, message, code, reason };
        let nobody = (!is_open(method)).then(|| refused(false, json!({}), "UNAUTHENTICATED", "NOT_SIGNED_IN"));
        let garbled = refused(true, json!(GARBLED), "INVALID_ARGUMENT", "MALFORMED");
        let spoilt = spoilt(method).map(|spoilt| refused(true, spoilt, "INVALID_ARGUMENT", "FIELD_INVALID"));
        nobody.into_iter().chain([garbled]).chain(spoilt)
    }

    fn call<'a>(&'a self, target: &'a str, tokens: &'a BTreeMap<Role, String>) -> Call<'a> {
        let token = self.signed_in.then(|| &*tokens[&role_for(self.method)]);
        let (path, message) = (self.method.path, self.message.clone());
        Call { target, path, token, message, unwatched_deadline: None }
    }

    /// Whether they were told, in full.
    fn is_told(&self, end: &End, base: &str) -> Result<()> {
        let path = self.method.path;
        ensure!((&*end.code, end.reason()) == (self.code, self.reason), "{path} at {base}: {end:?}");
        let names_fields = !end.fields().is_empty() && end.fields().iter().all(|field| !field.is_empty());
        ensure!(self.reason != "FIELD_INVALID" || names_fields, "{path} at {base} names no field: {end:?}");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grpcio_is_told_why_by_every_method_at_the_gateway_and_at_the_services_own_port() -> Result<()> {
    let cluster = shared().await;
    let cast = Cast::of(cluster, "grpcio").await?;
    let mut own_ports = BTreeMap::new();
    for service in Service::ALL {
        own_ports.insert(service.name(), cluster.addresses(service).await.swap_remove(0));
    }
    let refused: Vec<_> = public().flat_map(Refused::by).collect();
    let mut grpcio = Grpcio::start(cluster.gateway())?;
    let tokens = cast.tokens();
    let calls: Vec<_> = refused.iter().map(|refused| refused.call(cluster.gateway(), &tokens)).collect();
    let at_gateway = grpcio.make(&calls).await?;
    let tokens = cast.internal_tokens(cluster).await?;
    let calls: Vec<_> = refused
        .iter()
        .map(|refused| (service_of(refused.method), refused))
        .map(|(service, refused)| refused.call(&own_ports[service], &tokens[service]))
        .collect();
    let at_own_port = grpcio.make(&calls).await?;
    for (refused, (at_gateway, at_own_port)) in refused.iter().zip(at_gateway.iter().zip(&at_own_port)) {
        refused.is_told(at_gateway, "the gateway")?;
        refused.is_told(at_own_port, "its own port")?;
        ensure!(at_gateway.details == at_own_port.details, "{at_gateway:?} and {at_own_port:?} differ");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_in_a_shape_that_grpc_knows() -> Result<()> {
    let cluster = shared().await;
    let tokens = Cast::of(cluster, "frames").await?.tokens();
    let gateway = cluster.gateway();
    let see = async |path: &str, role: Role, message: &[u8]| {
        let token = format!("Bearer {}", tokens[&role]);
        frames::call(gateway, path, &[("authorization", &token)], message, || ()).await
    };
    for method in public() {
        let garbled = see(method.path, role_for(method), &hex::decode(GARBLED)?).await?;
        assert_eq!(garbled.status().context(method.path)?, "3", "{}", method.path);
        if !is_open(method) {
            let nobody = frames::call(gateway, method.path, &[], &[], || ()).await?;
            assert_eq!(nobody.status().context(method.path)?, "16", "{}", method.path);
        }
    }
    let good = see("/labelmesh.users.v1.UserService/GetMe", Role::Client, &[]).await?;
    assert_eq!(good.status()?, "0");
    let unknown = see("/labelmesh.users.v1.UserService/None", Role::Client, &[]).await?;
    assert_eq!(unknown.status()?, "12");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_deadline_passes_says_so() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "impatient", Role::Client).await?;
    let task = draft(&client, "Nothing happens", 1).await?;
    let session = client.token().context("signed in")?;
    let internal = cluster.internal_token(session, Service::Tasks).await?;
    let own_port = cluster.addresses(Service::Tasks).await.swap_remove(0);
    let mut grpcio = Grpcio::start(cluster.gateway())?;
    for (target, token) in [(cluster.gateway(), session), (&own_port, &internal)] {
        let seen = watch(target, token, &task, "300m", || ()).await?;
        assert_eq!(seen.status()?, "4", "at {target}");
        let call = watching(target, token, &task, "300m");
        let ends = grpcio.make(&[call]).await?;
        assert_eq!((&*ends[0].code, ends[0].reason()), ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"), "at {target}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_replica_is_killed_ends_as_unavailable() -> Result<()> {
    const WATCHERS: usize = 8;
    /// Those whose replica lives end by it.
    const DEADLINE: &str = "8S";
    let cluster = system().await?;
    let client = person(&cluster, "watcher", Role::Client).await?;
    let task = draft(&client, "Nothing happens", 1).await?;
    let token = client.token().context("signed in")?;
    let mut grpcio = Grpcio::start(cluster.gateway())?;
    for _ in 0..WATCHERS {
        grpcio.begin(&watching(cluster.gateway(), token, &task, DEADLINE)).await?;
    }
    for _ in 0..WATCHERS {
        ensure!(matches!(grpcio.hear().await?.1, Heard::Answer(_)), "a stream ended before it began");
    }
    let (begun, mut begins) = mpsc::unbounded_channel();
    let watchers = futures::future::try_join_all((0..WATCHERS).map(|_| {
        let begun = begun.clone();
        watch(cluster.gateway(), token, &task, DEADLINE, move || begun.send(()).unwrap_or_default())
    }));
    let kill = async {
        for _ in 0..WATCHERS {
            begins.recv().await.context("it begins")?;
        }
        cluster.kill(Service::Tasks, 0).await;
        anyhow::Ok(())
    };
    let (seen, ()) = tokio::try_join!(watchers, kill)?;
    let seen = seen.iter().map(Seen::status).collect::<Result<Vec<_>>>()?;
    ensure!(seen.iter().all(|status| ["4", "14"].contains(status)) && seen.contains(&"14"), "{seen:?}");
    let mut heard = Vec::new();
    while heard.len() < WATCHERS {
        if let Heard::End(end) = grpcio.hear().await?.1 {
            heard.push(end);
        }
    }
    let told = |end: &End| (&*end.code, end.reason()) == ("UNAVAILABLE", "UNAVAILABLE");
    let late = |end: &End| (&*end.code, end.reason()) == ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED");
    ensure!(heard.iter().all(|end| told(end) || late(end)) && heard.iter().any(told), "{heard:?}");
    Ok(())
}

fn watching<'a>(target: &'a str, token: &'a str, task: &str, deadline: &'a str) -> Call<'a> {
    let message = json!({ "taskId": task });
    Call { target, path: WATCH, token: Some(token), message, unwatched_deadline: Some(deadline) }
}

async fn watch(target: &str, token: &str, task: &str, deadline: &str, begun: impl FnOnce()) -> Result<Seen> {
    let token = format!("Bearer {token}");
    let headers = [("authorization", &*token), ("grpc-timeout", deadline)];
    let message = WatchTaskRequest { task_id: task.to_owned(), after_version: 0 }.encode_to_vec();
    frames::call(target, WATCH, &headers, &message, begun).await
}

#[tokio::test(flavor = "multi_thread")]
async fn grpcurl_is_told_why() -> Result<()> {
    let Some(grpcurl) = Tools::locate().grpcurl() else {
        println!("not run: there was no Go to build grpcurl with");
        return Ok(());
    };
    let cluster = shared().await;
    let tokens = Cast::of(cluster, "grpcurl").await?.tokens();
    let gateway = cluster.gateway().trim_start_matches("http://");
    let vote = METHODS.iter().find(|method| method.name() == "Vote").context("in the contract")?;
    let call = async |role: Role, message: Value| {
        let authorization = format!("authorization: Bearer {}", tokens[&role]);
        let mut command = Command::new(&grpcurl);
        command.args(["-plaintext", "-format-error", "-H", &authorization, "-d", &message.to_string(), gateway]);
        let output = command.arg(&vote.path[1..]).kill_on_drop(true).output().await?;
        let end: Value = serde_json::from_slice(&output.stderr)
            .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
        anyhow::Ok(end)
    };
    let foreign = json!({"subtaskId": "00000000-0000-7000-8000-000000000000", "label": "cat"});
    let said = call(Role::Operator, foreign).await?;
    assert_eq!((&said["code"], &said["details"][0]["reason"]), (&json!(9), &json!("NEVER_LEASED")), "{said}");
    let said = call(Role::Operator, json!({"subtaskId": "?"})).await?;
    let fields =
        said["details"].as_array().into_iter().flatten().filter_map(|detail| detail["fieldViolations"].as_array());
    assert_eq!((&said["code"], fields.flatten().count()), (&json!(3), 2), "{said}");
    Ok(())
}
