//! The client that `grpcio.py` is.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use labelmesh_servers::Tools;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// Whoever says nothing for so long has gone wrong.
const LIMIT: Duration = Duration::from_secs(60);

/// A process that makes calls for us.
pub(crate) struct Grpcio {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    calls: u64,
    _child: Child,
}

/// A call to make.
pub(crate) struct Call<'a> {
    /// Where, as `host:port` or as the URL of it.
    pub(crate) target: &'a str,
    /// The path of the method.
    pub(crate) path: &'a str,
    /// As whom: the token, where there is one.
    pub(crate) token: Option<&'a str>,
    /// The message, as JSON, or bytes in hexadecimal digits.
    pub(crate) message: Value,
    /// A deadline that the client does not watch over itself, such as `500m`.
    pub(crate) unwatched_deadline: Option<&'a str>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct End {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) details: Vec<Value>,
    /// What was answered before.
    pub(crate) answers: Vec<Value>,
}

/// What is heard of a call.
pub(crate) enum Heard {
    Answer(Value),
    End(End),
}

impl End {
    /// The reason of the contract that the details name.
    pub(crate) fn reason(&self) -> &str {
        let reason = self.details.iter().find_map(|detail| detail["reason"].as_str());
        reason.unwrap_or_default()
    }

    /// The fields that the details name as violated.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let violations = self.details.iter().filter_map(|detail| detail["fieldViolations"].as_array()).flatten();
        violations.map(|violation| violation["field"].as_str().unwrap_or_default()).collect()
    }
}

impl Grpcio {
    /// A client that learns the contract from this gateway, or from a service's own port.
    pub(crate) fn start(gateway: &str) -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories/foreign/grpcio.py");
        let mut child = Command::new("python3")
            .arg(script)
            .arg(host(gateway))
            .env("PYTHONPATH", Tools::locate().python_clients()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("can't start python3")?;
        let input = child.stdin.take().context("its input")?;
        let output = BufReader::new(child.stdout.take().context("its output")?).lines();
        Ok(Self { input, output, calls: 0, _child: child })
    }

    /// Begins a call and returns its number.
    pub(crate) async fn begin(&mut self, call: &Call<'_>) -> Result<u64> {
        let mut metadata = json!({});
        if let Some(token) = call.token {
            metadata["authorization"] = json!(format!("Bearer {token}"));
        }
        if let Some(deadline) = call.unwatched_deadline {
            metadata["grpc-timeout"] = json!(deadline);
        }
        let watched = call.unwatched_deadline.is_none().then_some(30);
        let line = json!({
            "call": self.calls, "target": host(call.target), "path": call.path, "messages": [call.message],
            "metadata": metadata, "timeout": watched,
        });
        self.input.write_all(format!("{line}\n").as_bytes()).await?;
        self.calls += 1;
        Ok(self.calls - 1)
    }

    /// Waits for the next answer of a call, or for its end.
    pub(crate) async fn hear(&mut self) -> Result<(u64, Heard)> {
        let line = timeout(LIMIT, self.output.next_line()).await.context("grpcio says nothing")??;
        let mut said: Value = serde_json::from_str(&line.context("grpcio ended; what it says is above")?)?;
        let call = said["call"].as_u64().context("a number")?;
        if let Some(broken) = said["broken"].as_str() {
            bail!("grpcio can't make call {call}: {broken}");
        }
        if said["code"].is_null() {
            return Ok((call, Heard::Answer(said["answer"].take())));
        }
        let end = End {
            code: said["code"].as_str().unwrap_or_default().to_owned(),
            message: said["message"].as_str().unwrap_or_default().to_owned(),
            details: said["details"].as_array().cloned().unwrap_or_default(),
            answers: Vec::new(),
        };
        Ok((call, Heard::End(end)))
    }

    /// Makes calls side by side and waits for how each ended.
    pub(crate) async fn make(&mut self, calls: &[Call<'_>]) -> Result<Vec<End>> {
        let first = self.calls;
        for call in calls {
            self.begin(call).await?;
        }
        let (mut ends, mut answers) = (vec![None; calls.len()], vec![Vec::new(); calls.len()]);
        while ends.iter().any(Option::is_none) {
            let (call, heard) = self.hear().await?;
            ensure!(call >= first, "call {call} had ended before");
            let call = usize::try_from(call - first)?;
            match heard {
                Heard::Answer(answer) => answers[call].push(answer),
                Heard::End(end) => ends[call] = Some(end),
            }
        }
        let ends = ends.into_iter().flatten().zip(answers);
        Ok(ends.map(|(end, answers)| End { answers, ..end }).collect())
    }
}

fn host(url: &str) -> &str {
    url.trim_start_matches("http://")
}
