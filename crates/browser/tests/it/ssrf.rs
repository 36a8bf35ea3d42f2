//! Pages that reach for internal servers, through the real Chromium and the proxy that guards it.
//!
//! The site is at 127.0.0.2, what may be reached beside it at 127.0.0.3, and the internal server at 127.0.0.1 and ::1.
//! Each way of reaching is tried at both: at the one it must come through, so that we know that it is one, and at the
//! other nothing may.

mod site;
mod traps;
mod ways;

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    io,
    net::IpAddr,
    os::unix::fs::PermissionsExt as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, ready};
use labelmesh_browser::{Browser, Config, Job, Page};
use labelmesh_outbound::{Config as Guard, Egress, Limits, Lookup};
use tokio::{
    net::{TcpStream, UdpSocket},
    time::{Instant, timeout},
};
use url::Url;

use self::{
    site::Site,
    traps::{Inside, Outside},
    ways::Way,
};

/// How many ways are tried in one page.
const AT_ONCE: usize = 15;
/// How long a page of them may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the names of the tests stand for.
#[derive(Default)]
struct Names {
    is_rebound: AtomicBool,
}

impl Lookup for Names {
    fn lookup(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let addresses: &[&str] = match host.as_str() {
            "outside.test" | "127.0.0.3.outside.test" => &["127.0.0.3"],
            "six.inside.test" => &["::1"],
            "both.inside.test" => &["127.0.0.3", "127.0.0.1"],
            "mapped.inside.test" => &["::ffff:127.0.0.1"],
            "rebound.test" if !self.is_rebound.swap(true, Ordering::SeqCst) => &["127.0.0.3"],
            _ => &["127.0.0.1"],
        };
        let addresses = addresses.iter().map(|text| text.parse().expect("an address")).collect();
        Box::pin(ready(Ok(addresses)))
    }
}

/// All that a test needs; none where there is no Chromium.
struct Stage {
    browser: Browser,
    inside: Inside,
    outside: Outside,
    site: Site,
}

impl Stage {
    async fn set(test: &str, ways: &[Way]) -> Option<Self> {
        let config = Config { max_memory: 3_000_000_000, ..crate::site::config(test)? };
        let (inside, outside) = (Inside::start().await, Outside::start(ways).await);
        let Ok(site) = Site::start(ways, inside.port, outside.ports.clone()).await else {
            eprintln!("NOT RUN: no address 127.0.0.2 for {test}");
            return None;
        };
        Some(Self { browser: Browser::new(config).expect("Chromium is there"), inside, outside, site })
    }

    async fn page(&self) -> (Egress, Page) {
        let allow = ["127.0.0.2/32", "127.0.0.3/32"].map(|text| text.parse().expect("a network"));
        let guard = Guard { allow: allow.to_vec(), timeout: Duration::from_secs(5) };
        let limits = Limits { requests: 10_000, hosts: 1_000, time: 10 * PATIENCE, ..Limits::default() };
        let egress = Egress::bind(&guard, limits, Arc::new(Names::default())).expect("a port");
        let job = Job { proxy: egress.address(), width: 1280, height: 800, scale: 1.0, styles: Vec::new() };
        let page = self.browser.open(job).await.expect("a page");
        (egress, page)
    }

    /// Waits until all these ways have come through to where they may, and returns those that do not.
    async fn come_through(&self, ways: &[Way]) -> Vec<String> {
        let wanted: BTreeSet<String> =
            ways.iter().filter(|way| way.unsure.is_none()).map(|way| way.name.clone()).collect();
        let _ = timeout(PATIENCE, self.outside.all_reached(&wanted)).await;
        wanted.difference(&self.outside.reached()).cloned().collect()
    }
}

/// Goes to a page. That nothing comes is an answer as well.
async fn go(page: &Page, url: &str) {
    page.navigate(&Url::parse(url).expect("a URL"), by()).await.expect("the browser is well");
}

fn by() -> Instant {
    Instant::now() + PATIENCE
}

#[tokio::test]
async fn the_internal_server_notes_whoever_comes() {
    let inside = Inside::start().await;
    drop(TcpStream::connect(("127.0.0.1", inside.port)).await.expect("it listens"));
    inside.saw("a connection").await;
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a port");
    socket.send_to(b"x", ("127.0.0.1", inside.port)).await.expect("it is sent");
    inside.saw("a datagram: x").await;
}

#[tokio::test]
async fn no_page_reaches_an_internal_server_in_any_way() {
    let ways = ways::all();
    let Some(stage) = Stage::set("no_page_reaches_an_internal_server_in_any_way", &ways).await else { return };
    // They would show nothing.
    let mut lead_nowhere = Vec::new();
    for ways in ways.chunks(AT_ONCE) {
        let (egress, page) = stage.page().await;
        let names: Vec<&str> = ways.iter().map(|way| &*way.name).collect();
        go(&page, &stage.site.frames(&names)).await;
        lead_nowhere.extend(stage.come_through(ways).await);
        page.close().await.expect("the browser is well");
        assert_eq!(egress.usage().over, None);
        assert_eq!(stage.inside.seen(), [""; 0], "by one of {names:?}");
    }
    let reached = stage.outside.reached().len();
    println!("{} ways were tried, {reached} come through where they may", ways.len());
    assert_eq!(lead_nowhere, [""; 0]);
    assert!(reached >= 60, "{reached}");
}

/// The ways that leave the page for another one, where it is the topmost that is left.
#[tokio::test]
async fn no_page_leads_to_an_internal_server() {
    let ways = ways::all();
    let Some(stage) = Stage::set("no_page_leads_to_an_internal_server", &ways).await else { return };
    let leaves = |name: &str| {
        let kind = name.trim_start_matches(|first: char| first.is_ascii_digit()).trim_start_matches('-');
        ["location", "navigation-api", "meta-refresh", "header-refresh", "form", "a-click", "frame"]
            .iter()
            .any(|leaving| kind.starts_with(leaving))
    };
    let ways: Vec<Way> = ways.into_iter().filter(|way| leaves(&way.name)).collect();
    assert!(ways.len() >= 15, "{}", ways.len());
    for way in &ways {
        let (_egress, page) = stage.page().await;
        go(&page, &stage.site.page("inside", &way.name)).await;
        // What it reaches for has been refused.
        assert!(page.settle(Duration::from_millis(200), by()).await.expect("the browser is well"), "{}", way.name);
        go(&page, &stage.site.page("outside", &way.name)).await;
        assert_eq!(stage.come_through(std::slice::from_ref(way)).await, [""; 0]);
        page.close().await.expect("the browser is well");
        assert_eq!(stage.inside.seen(), [""; 0], "by {}", way.name);
    }
}

#[tokio::test]
async fn no_url_is_that_of_an_internal_server() {
    let ways: Vec<Way> = ways::all().into_iter().filter(|way| way.name.ends_with("-iframe")).collect();
    let Some(stage) = Stage::set("no_url_is_that_of_an_internal_server", &ways).await else { return };
    let (egress, page) = stage.page().await;
    for way in &ways {
        let port = stage.outside.ports[&way.name];
        for scheme in ["http", "https"] {
            // It shows nothing, or the proxy's refusal: either way it is for us to see who was asked.
            let inside = format!("{scheme}://{}:{}/", way.hosts.0, stage.inside.port);
            go(&page, &inside).await;
        }
        go(&page, &format!("http://{}:{port}/", way.hosts.1)).await;
        assert_eq!(stage.come_through(std::slice::from_ref(way)).await, [""; 0]);
        assert_eq!(stage.inside.seen(), [""; 0], "by {}", way.name);
    }
    drop(egress);
}

/// A name that is the site's when the page comes and the internal server's from then on.
#[tokio::test]
async fn a_name_that_is_rebound_leads_nowhere() {
    let ways: Vec<Way> = ways::all().into_iter().take(1).collect();
    let Some(stage) = Stage::set("a_name_that_is_rebound_leads_nowhere", &ways).await else { return };
    let (_egress, page) = stage.page().await;
    let url = format!("http://rebound.test:{}/", stage.inside.port);
    // The same name and port has to be the site's first.
    let first = Outside::at(stage.inside.port, "rebound").await;
    go(&page, &url).await;
    assert!(first.reached().contains("rebound"));
    let again = "(async () => { const statuses = []; for (const mode of ['no-store', 'reload', 'default']) {
        statuses.push((await fetch('/again', {cache: mode})).status) } return statuses })()";
    let statuses = page.evaluate(again, by()).await.expect("they are answered");
    assert_eq!(statuses, serde_json::json!([403, 403, 403]));
    assert_eq!(stage.inside.seen(), [""; 0]);
}

/// What is on the machine's disk is as far away as an internal server.
#[tokio::test]
async fn no_page_reads_a_file() {
    let ways = [ways::files()];
    let Some(stage) = Stage::set("no_page_reads_a_file", &ways).await else { return };
    let folder = tempfile::Builder::new().prefix("canary").tempdir().expect("a folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("a folder of ours");
    for (name, content) in ways[0].files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    let (_egress, page) = stage.page().await;
    go(&page, &stage.site.page("outside", &ways[0].name)).await;
    let read = async |folder: &str| {
        let read = page.evaluate(&READ_FILES.replace("FOLDER", folder), by()).await.expect("it ends");
        serde_json::from_value::<Vec<String>>(read).expect("names")
    };
    // Where it may read, it does.
    let all = read(".").await;
    assert_eq!(all, ["fetch", "xhr", "img", "script", "style", "worker"]);
    assert_eq!(read(&format!("file://{}", folder.path().display())).await, [""; 0]);
}

/// Tries to read files, and tells by which ways it could.
const READ_FILES: &str = "(async () => {
    const read = [];
    const loads = (name, element, place) => new Promise(done => {
        element.onload = () => { read.push(name); done() };
        element.onerror = done;
        Object.assign(element, place);
        document.body.append(element);
    });
    await fetch('FOLDER/a.html').then(() => read.push('fetch'), () => {});
    await new Promise(done => {
        const request = new XMLHttpRequest();
        request.onload = () => { read.push('xhr'); done() };
        request.onerror = done;
        request.open('GET', 'FOLDER/a.html');
        request.send();
    });
    await loads('img', new Image(), {src: 'FOLDER/a.svg'});
    await loads('script', document.createElement('script'), {src: 'FOLDER/a.js'});
    await loads('style', document.createElement('link'), {rel: 'stylesheet', href: 'FOLDER/a.css'});
    try { new Worker('FOLDER/a.js'); read.push('worker') } catch {}
    return read;
})()";
