//! `labelmesh me`: what is stored about oneself.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Answers, Client, auth::ExportMyAccessRequest, json::Message, notify::ExportMyNoticesRequest,
    notify::ExportMyWebhooksRequest, renditions::ExportMyTransformationsRequest, subtasks::ExportMyVotesRequest,
    tasks::ExportMyTasksRequest, users::ExportMyAccountRequest,
};
use serde_json::{Map, Value, json};

use crate::{
    exit::Failure,
    output::{self, Output},
    part::Part,
    session::Account,
};

/// Personal data is nobody else's to read.
const MODE: u32 = 0o600;

/// Take away what is stored about you.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write everything that is stored about you as one JSON document.
    ///
    /// It has a list for each part: account, access, tasks, votes, transformations, notices and webhooks; each record
    /// is on a line of its own. Passwords, tokens and other secrets are not in it, nor are the files of images.
    #[command(after_help = "Examples:
  labelmesh me export --output me.json
  labelmesh me export | jq '.votes[].assignment.label'")]
    Export {
        /// Where to write it, readable for you alone; standard output if left out. An export that breaks off leaves an
        /// old file as it was.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    let Command::Export { output: path } = command;
    let Some(path) = path else {
        export(&client, &mut io::stdout()).await?;
        return Ok(());
    };
    let records = to_file(&client, &path).await?;
    let people = || {
        let counts: Vec<_> = records.iter().map(|(list, count)| format!("{list} {count}")).collect();
        format!("{}: {}", path.display(), counts.join(", "))
    };
    output.result(&json!({"file": path, "records": records}), people)
}

/// Writes the document to a file that is there when it is whole, and says how many records each list has.
async fn to_file(client: &Client, path: &Path) -> Result<Map<String, Value>, Failure> {
    let mut part = Part::create(path, MODE)?;
    let records = export(client, part.writer()).await?;
    part.finish()?;
    Ok(records)
}

/// Writes the document, and says how many records each list has.
async fn export(client: &Client, to: &mut impl Write) -> Result<Map<String, Value>, Failure> {
    let mut document = Document { to, records: Map::new() };
    document.list("account", client.export_my_account(ExportMyAccountRequest {}).await?).await?;
    document.list("access", client.export_my_access(ExportMyAccessRequest {}).await?).await?;
    document.list("tasks", client.export_my_tasks(ExportMyTasksRequest {}).await?).await?;
    document.list("votes", client.export_my_votes(ExportMyVotesRequest {}).await?).await?;
    let transformations = client.export_my_transformations(ExportMyTransformationsRequest {});
    document.list("transformations", transformations.await?).await?;
    document.list("notices", client.export_my_notices(ExportMyNoticesRequest {}).await?).await?;
    document.list("webhooks", client.export_my_webhooks(ExportMyWebhooksRequest {}).await?).await?;
    document.end()
}

/// One JSON object of lists, written while they are read.
struct Document<'a, W> {
    to: &'a mut W,
    /// How many records each list has so far.
    records: Map<String, Value>,
}

impl<W: Write> Document<'_, W> {
    async fn list(&mut self, name: &str, mut records: Answers<impl Message>) -> Result<(), Failure> {
        let before = if self.records.is_empty() { "{" } else { "," };
        write!(self.to, "{before}\n\"{name}\": [")?;
        let mut count = 0_u64;
        while let Some(record) = records.try_next().await? {
            let before = if count == 0 { "" } else { "," };
            write!(self.to, "{before}\n{}", output::json(&record))?;
            count += 1;
        }
        write!(self.to, "\n]")?;
        self.records.insert(name.to_owned(), count.into());
        Ok(())
    }

    fn end(self) -> Result<Map<String, Value>, Failure> {
        write!(self.to, "\n}}\n")?;
        self.to.flush()?;
        Ok(self.records)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, future::ready};

    use super::*;
    use crate::stub::stub;

    /// A server that has two records of each part, and breaks off after the first of one.
    async fn breaking_in(broken: &'static str) -> Client {
        stub(move |path, _| {
            let breaks = !broken.is_empty() && path.ends_with(broken);
            let last = if breaks { r#"{"error":{"code":14,"message":"the server is stopping"}}"# } else { "{}" };
            ready(Some(format!("{{}}\n{last}\n")))
        })
        .await
    }

    #[tokio::test]
    async fn whichever_part_breaks_off_there_is_no_half_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("me.json");
        for part in ["account", "access", "tasks", "votes", "transformations", "notices", "webhooks"] {
            let failure = to_file(&breaking_in(part).await, &path).await.expect_err(part);
            assert!(failure.is_passing(), "{failure}");
            assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0, "{part}");
        }
        let records = to_file(&breaking_in("").await, &path).await.expect("whole");
        assert_eq!(records.values().map(Value::as_u64).collect::<Vec<_>>(), [Some(2); 7]);
        let document: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        assert_eq!(document["webhooks"], json!([{}, {}]));
    }
}
