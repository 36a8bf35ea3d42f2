//! What breaks off behind nginx is never taken for the whole, and goes on: a real nginx, the real command line.
//!
//! Behind a proxy a break looks like an end wherever neither a length nor a last chunk tells of the end. Between nginx
//! and the gateway stands a [`Saw`], which ends a connection at a chosen byte of the answer.

use std::{
    collections::BTreeSet,
    fs,
    net::Ipv4Addr,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use labelmesh_cluster::Cluster;
use labelmesh_sdk::Role;
use labelmesh_servers::{Program, Tools, free_port};
use labelmesh_testkit::try_until;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    command_line::Shell,
    people::{open_task, person, shared},
};

/// How many answers are cut at once: where an answer has not begun, the command line asks again, and waits before.
const LANES: usize = 12;
/// What nginx itself says where nothing else is configured, which was HTTP/1.0 before 1.29.7.
const BARE: &str = "";
const OLD: &str = "proxy_http_version 1.0; proxy_set_header Connection close;";

/// Lets so many bytes of an answer through, and then ends the connection.
struct Saw {
    port: u16,
    most: AtomicUsize,
    /// How many bytes of the answers behind one that was cut.
    then: AtomicUsize,
    /// The bytes of the answer that came last.
    came: AtomicUsize,
}

impl Saw {
    /// Stands before a gateway, for as long as the test runs.
    async fn before(gateway: &str) -> Result<Arc<Self>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let [most, then] = [usize::MAX; 2].map(AtomicUsize::new);
        let saw = Arc::new(Self { port, most, then, came: AtomicUsize::new(0) });
        let (sawing, gateway) = (Arc::clone(&saw), gateway.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (saw, gateway) = (Arc::clone(&sawing), gateway.clone());
                // A connection that fails is one more that ends.
                tokio::spawn(async move { saw.relay(near, &gateway).await });
            }
        });
        Ok(saw)
    }

    /// Hands on what comes from either side; an answer begins behind each request.
    async fn relay(&self, mut near: TcpStream, gateway: &str) -> Result<()> {
        let mut far = TcpStream::connect(gateway).await?;
        let (mut request, mut answer) = ([0; 4096], [0; 4096]);
        loop {
            tokio::select! {
                read = near.read(&mut request) => match read? {
                    0 => return Ok(()),
                    read => {
                        self.came.store(0, SeqCst);
                        far.write_all(&request[..read]).await?;
                    }
                },
                read = far.read(&mut answer) => {
                    let read = read?;
                    let most = self.most.load(SeqCst);
                    let rest = most.saturating_sub(self.came.fetch_add(read, SeqCst));
                    near.write_all(&answer[..read.min(rest)]).await?;
                    if read > rest && most % 2 == 1 {
                        // Every other connection is reset, as when a process is killed.
                        near.set_zero_linger()?;
                    }
                    if read > rest {
                        self.most.store(self.then.load(SeqCst), SeqCst);
                    }
                    if read == 0 || read > rest {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// nginx with a port for each saw.
struct Nginx {
    _program: Program,
    _folder: TempDir,
    ports: Vec<u16>,
}

impl Nginx {
    async fn start(program: &Path, saws: &[Arc<Saw>], directives: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let ports = saws.iter().map(|_| Ok(free_port()?)).collect::<Result<Vec<_>>>()?;
        let servers = ports.iter().zip(saws).map(|(port, saw)| {
            let location = format!("proxy_pass http://127.0.0.1:{}; {directives}", saw.port);
            format!("server {{ listen 127.0.0.1:{port}; location / {{ {location} }} }}\n")
        });
        let servers: String = servers.collect();
        let configuration =
            format!("daemon off; master_process off; events {{}}\nhttp {{ access_log off;\n{servers}}}\n");
        fs::write(folder.path().join("nginx.conf"), configuration)?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder.path()).args(["-c", "nginx.conf"]);
        let log = folder.path().join("log");
        let program = Program::start(command, &log)?;
        for port in &ports {
            try_until("nginx", async || {
                ensure!(program.ended().is_none(), "nginx ended: {}", program.log_tail());
                Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).await.ok())
            })
            .await?;
        }
        Ok(Self { _program: program, _folder: folder, ports })
    }
}

/// Somebody at the command line whose server is nginx, and what they write to.
struct Reader<'a> {
    shell: Shell,
    saw: &'a Saw,
    folder: TempDir,
}

impl<'a> Reader<'a> {
    fn new(port: u16, saw: &'a Saw, token: &str) -> Result<Self> {
        Ok(Self { shell: Shell::at(&format!("http://127.0.0.1:{port}"), token)?, saw, folder: tempfile::tempdir()? })
    }

    /// Takes an export through nginx that is cut behind so many bytes, and those after it behind so many: the file, if
    /// one stands there afterwards, and what was said.
    async fn export(&self, task: &str, most: usize, then: usize) -> Result<(Option<String>, i32, String)> {
        let file = self.folder.path().join("labels.csv");
        self.saw.most.store(most, SeqCst);
        self.saw.then.store(then, SeqCst);
        let path = file.to_str().context("a path")?;
        let said = self.shell.run(&["tasks", "export", task, "--output", path], "").await?;
        let written = file.is_file().then(|| fs::read_to_string(&file)).transpose()?;
        if written.is_some() {
            fs::remove_file(&file)?;
        }
        Ok((written, said.code, said.err))
    }

    /// What breaks off once goes on, to the same file.
    async fn goes_on(&self, task: &str, most: usize, whole: &str) -> Result<()> {
        let (file, code, said) = self.export(task, most, usize::MAX).await?;
        ensure!(code == 0 && file.as_deref() == Some(whole), "cut at {most} it ended with {code} and {file:?}: {said}");
        Ok(())
    }

    /// Nothing is left of a file that breaks off and can't go on, not even a part of it.
    async fn is_told(&self, task: &str, most: usize) -> Result<()> {
        let (file, code, said) = self.export(task, most, 0).await?;
        ensure!(file.is_none() && code != 0, "cut at {most} it ended with {code} and {file:?}: {said}");
        let left = fs::read_dir(self.folder.path())?.count();
        ensure!(left == 0, "cut at {most} it left {left} files");
        Ok(())
    }
}

/// An open task with so many pictures that its export does not fit into one buffer of nginx; whoever owns it.
async fn owner_and_task(cluster: &Cluster) -> Result<(String, String)> {
    let client = person(cluster, "proxied", Role::Client).await?;
    let task = open_task(&client, "Behind nginx", 1, 150).await?;
    Ok((client.token().context("signed in")?.to_owned(), task))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_breaks_off_behind_nginx_goes_on_and_is_never_taken_for_the_whole() -> Result<()> {
    let Some(program) = Tools::locate().nginx() else {
        println!("not run: there is no nginx for this machine");
        return Ok(());
    };
    let cluster = shared().await;
    let (token, task) = owner_and_task(cluster).await?;
    let saws = try_join_all((0..LANES).map(|_| Saw::before(cluster.gateway()))).await?;
    let nginx = Nginx::start(&program, &saws, BARE).await?;
    let readers = nginx.ports.iter().zip(&saws).map(|(port, saw)| Reader::new(*port, saw, &token));
    let readers = readers.collect::<Result<Vec<_>>>()?;

    let whole = Reader::new(nginx.ports[0], &saws[0], &token)?;
    let (file, code, said) = whole.export(&task, usize::MAX, usize::MAX).await?;
    let file = file.with_context(|| format!("whole it ended with {code}: {said}"))?;
    assert_eq!((code, file.lines().count()), (0, 151));
    let length = saws[0].came.load(SeqCst);
    ensure!(length > file.len(), "{length} bytes came, and {} are in the file", file.len());

    // From its first byte to its last, and each of the last ones: there a chunk ends, and the last of all begins.
    let places: BTreeSet<_> = (0..length).step_by(length / 12).chain(length.saturating_sub(12)..length).collect();
    try_join_all(readers.iter().enumerate().map(async |(lane, reader)| {
        for place in places.iter().skip(lane).step_by(LANES) {
            reader.goes_on(&task, *place, &file).await?;
        }
        if lane % (LANES / 2) == 1 {
            // Each asks several times, and nobody may ask too often.
            reader.is_told(&task, length / LANES * lane).await?;
        }
        anyhow::Ok(())
    }))
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_1_0_as_older_nginx_speaks_an_export_is_refused_in_words() -> Result<()> {
    let Some(program) = Tools::locate().nginx() else {
        println!("not run: there is no nginx for this machine");
        return Ok(());
    };
    let cluster = shared().await;
    let client = person(cluster, "proxied-old", Role::Client).await?;
    let task = open_task(&client, "Behind an old nginx", 1, 2).await?;
    let saws = [Saw::before(cluster.gateway()).await?];
    let nginx = Nginx::start(&program, &saws, OLD).await?;
    let reader = Reader::new(nginx.ports[0], &saws[0], client.token().context("signed in")?)?;
    let (file, code, said) = reader.export(&task, usize::MAX, usize::MAX).await?;
    assert!(file.is_none() && code != 0 && said.contains("HTTP/1.1"), "{file:?} {code} {said}");
    Ok(())
}
