//! No server outlives the process that started it, and nothing is left lying about.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use labelmesh_ephemeral::Scratch;
use labelmesh_servers::{Mail, http_client};
use labelmesh_testkit::until;

/// A process with servers, and where they are.
struct Starter {
    process: Child,
    ports: Vec<u16>,
    folders: tempfile::TempDir,
}

impl Starter {
    fn start() -> Self {
        // A folder of its own for temporary files, which another user may pass through as through the real one.
        let folders = tempfile::Builder::new().permissions(mode(0o711)).tempdir().expect("a temporary folder");
        let mut process = Command::new(env!("CARGO_BIN_EXE_labelmesh-servers"))
            .env("TMPDIR", folders.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process with servers");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        // All seven lines, or the process would find its output closed.
        let lines: Vec<String> = output.lines().take(7).collect::<Result<_, _>>().expect("lines");
        let ports: Vec<u16> =
            lines.iter().filter_map(|line| url::Url::parse(line.split_once('=')?.1).ok()?.port()).collect();
        assert_eq!(ports.len(), 3, "PostgreSQL, NATS and S3");
        Self { process, ports, folders }
    }

    fn folders(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folders.path()).expect("the temporary folders");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }

    async fn ended(&mut self) {
        self.process.wait().expect("an end");
        for port in &self.ports {
            let silent = async || tokio::net::TcpStream::connect(("127.0.0.1", *port)).await.err();
            until("the end of the servers", silent).await;
        }
    }
}

fn mode(bits: u32) -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(bits)
}

fn signal(process: &Child, signal: nix::sys::signal::Signal) {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(process.id()).expect("a process number"));
    nix::sys::signal::kill(pid, signal).expect("a signal");
}

#[tokio::test]
async fn servers_and_folders_end_with_their_starter() {
    let mut starter = Starter::start();
    assert!(!starter.folders().is_empty());
    signal(&starter.process, nix::sys::signal::Signal::SIGTERM);
    starter.ended().await;
    assert!(starter.folders().is_empty(), "{:?}", starter.folders());
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn servers_end_with_a_killed_starter_and_the_next_one_removes_the_folders() {
    let mut starter = Starter::start();
    signal(&starter.process, nix::sys::signal::Signal::SIGKILL);
    starter.ended().await;

    // PostgreSQL's last processes may still be writing.
    until("the end of the folders", async || {
        drop(Scratch::new_in(starter.folders.path()).expect("a folder"));
        starter.folders().is_empty().then_some(())
    })
    .await;
}

#[test]
fn a_server_belongs_to_no_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mail = runtime().block_on(Mail::start(None)).expect("a server");
    let page = runtime().block_on(async { http_client().get(format!("http://{}/", mail.http_addr())).send().await });
    assert!(page.expect("an answer").status().is_success());
}
