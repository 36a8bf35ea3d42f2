//! README's sessions as people paste them: whole, into a shell at a terminal, in any order and again. Each ends, and
//! stops at its first failure, in bash and in zsh.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use labelmesh_servers::{Tools, free_port};
use tempfile::TempDir;

use crate::{
    command_line::program,
    people::{shared, system},
    screen::Terminal,
};

/// Where README says that the gateway is.
const GATEWAY: &str = "http://127.0.0.1:8080";
const COMMAND_LINE: &str = "## From the command line";
const CURL: &str = "## A first session with curl";
const GRPC: &str = "## A first session with gRPC";

/// What people have at their terminals.
struct Shell {
    program: &'static str,
    /// So that it is as it comes.
    options: &'static [&'static str],
}

impl Shell {
    const ALL: [Self; 2] = [
        Self { program: "bash", options: &["--noprofile", "--norc", "-i"] },
        Self { program: "zsh", options: &["-f", "-i"] },
    ];

    /// Those that are here.
    fn here() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|shell| {
            let is_here = Command::new(shell.program).arg("--version").output().is_ok();
            if !is_here {
                println!("not run: there is no {} here", shell.program);
            }
            is_here
        })
    }
}

/// A folder that looks like the repository to whoever pastes, a home, and a gateway.
struct Desk {
    folder: TempDir,
    gateway: String,
}

impl Desk {
    fn at(gateway: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let place = |name: &str| folder.path().join(name);
        fs::create_dir_all(place("bin"))?;
        fs::create_dir_all(place(".parts/current/bin"))?;
        symlink(repository().join("tools"), place("tools"))?;
        symlink(Tools::locate().buf()?, place(".parts/current/bin/buf"))?;
        symlink(program()?, place("bin/labelmesh"))?;
        // The command line is built and, as it were, installed.
        fs::write(place("bin/cargo"), "#!/bin/sh\n")?;
        fs::set_permissions(place("bin/cargo"), fs::Permissions::from_mode(0o755))?;
        Ok(Self { folder, gateway: gateway.to_owned() })
    }

    /// A terminal of theirs.
    fn terminal(&self, shell: &Shell) -> Result<Terminal> {
        let mut command = Command::new(shell.program);
        let path = std::env::var("PATH").unwrap_or_default();
        command.args(shell.options).current_dir(self.folder.path());
        command.env("PATH", format!("{}:{path}", self.folder.path().join("bin").display()));
        command.env("HOME", self.folder.path()).env("XDG_CONFIG_HOME", self.folder.path().join("home"));
        command.env("LABELMESH_SERVER", &self.gateway).env_remove("LABELMESH_TOKEN").env_remove("LABELMESH_PROFILE");
        Terminal::run(command)
    }

    /// What README has to be pasted below a heading, for this gateway.
    fn blocks(&self, heading: &str) -> Result<Vec<String>> {
        let readme = fs::read_to_string(repository().join("README.md"))?;
        let (_, section) = readme.split_once(heading).with_context(|| format!("README has no {heading}"))?;
        let section = section.split("\n## ").next().unwrap_or_default();
        let blocks = section.split("```sh\n").skip(1);
        let blocks = blocks.map(|block| Some(block.split_once("```")?.0.replace(GATEWAY, &self.gateway)));
        blocks.collect::<Option<Vec<_>>>().context("a block has no end")
    }

    /// One terminal signs a client up and waits, another one labels.
    async fn command_line(&self, shell: &Shell) -> Result<()> {
        let blocks = self.blocks(COMMAND_LINE)?;
        let [client, operator, consensus] = &*blocks else { anyhow::bail!("other blocks: {blocks:?}") };
        let (mut second, mut third) = (self.terminal(shell)?, self.terminal(shell)?);
        paste(&mut second, client)?;
        second.shows("0/10").await?;
        paste(&mut third, operator)?;
        for labeled in 0..10 {
            third.shows(&format!("{labeled} labeled, ")).await?;
            third.shows("[Esc] leave").await?;
            third.press("1")?;
        }
        second.shows("it ended with 0").await?;
        third.shows("it ended with 0").await?;
        paste(&mut second, consensus)?;
        second.shows("3.jpg  dog").await?;
        second.shows("it ended with 0").await?;
        leave(third).await?;
        leave(second).await
    }

    /// All in one terminal; the last one takes what the first one has learned.
    async fn curl_and_grpc(&self, shell: &Shell) -> Result<()> {
        let (curl, grpc) = (self.blocks(CURL)?, self.blocks(GRPC)?);
        let ([session, error], [buf, _grpcurl]) = (&*curl, &*grpc) else { anyhow::bail!("other blocks: {curl:?}") };
        let mut terminal = self.terminal(shell)?;
        paste(&mut terminal, session)?;
        terminal.shows("0001.png,").await?;
        terminal.shows("it ended with 0").await?;
        paste(&mut terminal, error)?;
        terminal.shows("BadRequest").await?;
        terminal.shows("it ended with 22").await?;
        paste(&mut terminal, buf)?;
        terminal.shows("labelmesh.tasks.v1.TaskService/ListTasks").await?;
        terminal.shows("\"Digits\"").await?;
        terminal.shows("it ended with 0").await?;
        leave(terminal).await
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Types a block at once, and behind its last command what says how it ended.
fn paste(terminal: &mut Terminal, block: &str) -> Result<()> {
    terminal.press(&format!("{}; echo \"it ended with $?\"\n", block.trim_end()))
}

async fn leave(mut terminal: Terminal) -> Result<()> {
    terminal.press("exit\n")?;
    let code = terminal.end().await?;
    ensure!(code == Some(0), "the shell ended with {code:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sessions_of_readme_end_in_any_order_and_again() -> Result<()> {
    // A system of its own: operators are handed whatever is open.
    let cluster = system().await?;
    let desk = Desk::at(cluster.gateway())?;
    for shell in Shell::here() {
        desk.curl_and_grpc(&shell).await?;
        desk.command_line(&shell).await?;
        desk.curl_and_grpc(&shell).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_readme_stops_at_its_first_failure() -> Result<()> {
    let cluster = shared().await;
    let away = Desk::at(&format!("http://127.0.0.1:{}", free_port()?))?;
    let desk = Desk::at(cluster.gateway())?;
    let session = &desk.blocks(CURL)?[0];
    for shell in Shell::here() {
        let mut terminal = away.terminal(&shell)?;
        paste(&mut terminal, &away.blocks(CURL)?[0])?;
        let shown = terminal.shows("it ended with 7").await?;
        ensure!(shown.matches("curl: (7)").count() == 1, "{shown}");
        paste(&mut terminal, &away.blocks(COMMAND_LINE)?[0])?;
        let shown = terminal.shows("it ended with 8").await?;
        ensure!(shown.matches("can't be reached").count() == 1, "{shown}");
        leave(terminal).await?;

        // In the middle: pictures that are not there, and a path that leads nowhere.
        for (right, wrong, code, people) in
            [("tools/digits", "tools/none", 26, 1), ("subtasks:lease", "subtasks:none", 1, 2)]
        {
            let mut terminal = desk.terminal(&shell)?;
            paste(&mut terminal, &session.replace(right, wrong))?;
            let shown = terminal.shows(&format!("it ended with {code}")).await?;
            ensure!(shown.matches("\"userId\"").count() == people && !shown.contains("image_id,"), "{shown}");
            leave(terminal).await?;
        }
    }
    Ok(())
}
