//! Labeling with keys: the real program at a terminal of its own.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    process::{Child, Command},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use labelmesh_cluster::Service;
use nix::pty::{Winsize, openpty};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    command_line::{Shell, draft, pictures},
    people::system,
};

/// What ends a line that is set apart.
const LINE_END: &str = "\x1b[0m";
/// Nothing that is to be seen takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program at a terminal.
pub(crate) struct Terminal {
    child: Child,
    keys: File,
    output: mpsc::UnboundedReceiver<String>,
    /// What was shown and not yet looked at.
    shown: String,
}

impl Terminal {
    pub(crate) fn run(mut command: Command) -> Result<Self> {
        let size = Winsize { ws_row: 30, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None)?;
        command.env("TERM", "xterm").stdin(pty.slave.try_clone()?).stdout(pty.slave.try_clone()?).stderr(pty.slave);
        let child = command.spawn()?;
        let keys = File::from(pty.master);
        let mut screen = keys.try_clone()?;
        let (send, output) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            // It ends with an error when nobody has the terminal any more.
            while let Ok(read @ 1..) = screen.read(&mut bytes) {
                if send.send(String::from_utf8_lossy(&bytes[..read]).into_owned()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, keys, output, shown: String::new() })
    }

    pub(crate) fn press(&mut self, keys: &str) -> Result<()> {
        Ok(self.keys.write_all(keys.as_bytes())?)
    }

    /// Waits until a text is shown behind what was waited for before; returns all that is shown up to its end.
    pub(crate) async fn shows(&mut self, text: &str) -> Result<String> {
        loop {
            if let Some(place) = self.shown.find(text) {
                return Ok(self.shown.drain(..place + text.len()).collect());
            }
            let Ok(Some(more)) = timeout(PATIENCE, self.output.recv()).await else {
                bail!("{text:?} was not shown, but {:?}", self.shown);
            };
            self.shown += &more;
        }
    }

    pub(crate) async fn end(mut self) -> Result<Option<i32>> {
        let status = tokio::task::spawn_blocking(move || self.child.wait()).await??;
        Ok(status.code())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_label_what_is_shown_and_a_server_that_is_away_loses_none() -> Result<()> {
    let cluster = &system().await?;
    let client = Shell::of(cluster, "screen-client", "client").await?;
    let folder = pictures(6)?;
    let task = draft(&client, "1").await?;
    client.run(&["tasks", "upload", &task, folder.path().to_str().context("a path")?], "").await?;
    client.ok(&["tasks", "submit", &task], "").await?;

    let operator = Shell::of(cluster, "screen-operator", "operator").await?;
    let mut terminal = Terminal::run(operator.command(&["work", "--wait"]))?;
    terminal.shows("0 labeled, ").await?;
    terminal.shows("[Esc] leave").await?;
    terminal.press("x")?;
    terminal.shows("no label has the key 'x'").await?;
    terminal.press("2")?;
    terminal.shows("dog: counted").await?;

    // A key that is held: the first image alone was shown when they came.
    terminal.press("11111")?;
    terminal.shows("2 labeled, ").await?;
    terminal.shows("cat: counted").await?;

    cluster.kill(Service::Gateway, 0).await;
    terminal.press("2")?;
    terminal.shows("waiting for the server").await?;
    cluster.restart(Service::Gateway, 0).await?;
    terminal.shows("3 labeled, ").await?;
    terminal.shows("dog: counted").await?;
    terminal.press("\x1b")?;
    terminal.shows("3 images labeled (3 counted). Nothing is held any more.").await?;
    assert_eq!(terminal.end().await?, Some(0));

    let mut terminal = Terminal::run(operator.command(&["work", "--wait"]))?;
    terminal.shows("0 labeled, 3 held").await?;
    terminal.shows("[Esc] leave").await?;
    // Somebody who thinks better of it, and then says why.
    terminal.press("\t")?;
    terminal.shows("why?   [1] unclear   [2] no label fits").await?;
    // What is pressed before the question is there to be read is no answer to it.
    terminal.shows(LINE_END).await?;
    terminal.press("\x7f")?;
    terminal.shows("[Esc] leave").await?;
    terminal.press("\t")?;
    terminal.shows("[Tab] no reason").await?;
    terminal.shows(LINE_END).await?;
    terminal.press("2")?;
    terminal.shows("0 labeled, 2 held").await?;
    terminal.shows("skipped").await?;
    let skips = client.ok(&["tasks", "skips", &task, "--json"], "").await?.lines()?;
    assert_eq!(skips[0]["reason"], "SKIP_REASON_NO_LABEL_FITS");
    terminal.press("\x03")?;
    terminal.shows("Nothing is held any more.").await?;
    terminal.shows("interrupted").await?;
    assert_eq!(terminal.end().await?, Some(130));
    Ok(())
}
