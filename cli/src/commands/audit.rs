//! `labelmesh audit`: who did what.

use std::{io::Write, path::PathBuf};

use clap::{Subcommand, ValueEnum};
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Act, Answers, Client, FieldChange, Timestamp,
    auth::{ExportActsRequest, ListActsRequest, RecordedAct},
};
use serde_json::json;

use crate::{
    exit::Failure,
    limit,
    output::{self, Output, print, print_json, table, when},
    part::Part,
    session::Account,
};

/// The record tells from where people acted.
const MODE: u32 = 0o600;

/// See what was done to accounts, keys, groups, tasks, labels and operators; for administrators.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List what was done, the newest first.
    #[command(after_help = "Examples:
  labelmesh audit list --on 01a2b3c4-...                  # what happened to a user, a task, a key, ...
  labelmesh audit list --by 01a2b3c4-... --since 2026-11-01
  labelmesh audit list --call BlockUser --json | jq '.[].act.actor'")]
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = limit::parser())]
        limit: usize,
    },
    /// Write what was done to a file, the newest first.
    ///
    /// As CSV there is a line for each field that was changed; as JSON Lines a line for each act.
    #[command(after_help = "Examples:
  labelmesh audit export --output 2026-11.csv --since 2026-11-01 --until 2026-12-01
  labelmesh audit export --output acts.jsonl --format json-lines")]
    Export {
        #[command(flatten)]
        which: Which,
        /// Where to write it, readable for you alone. An export that breaks off leaves an old file as it was.
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// The format of the file.
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
    },
}

/// Which acts are meant: those that fit everything that is given.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// What this user did.
    #[arg(long, value_name = "USER", default_value = "", hide_default_value = true)]
    by: String,
    /// What was done to this: the id of a user, a task, a session, a key, a group, a webhook.
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    on: String,
    /// What was done by this call, such as BlockUser.
    #[arg(long, value_name = "METHOD", default_value = "", hide_default_value = true)]
    call: String,
    /// What was done from this time on (UTC): 2026-11-01 or 2026-11-01T08:30:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// What was done before this time.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

/// How acts are written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line for each changed field.
    Csv,
    /// A line for each act.
    JsonLines,
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::List { which, limit } => list(&client, which, limit, output).await,
        Command::Export { which, output: path, format } => {
            let Which { by: actor_id, on: subject_id, call: method, since: from, until } = which;
            let acts = client.export_acts(ExportActsRequest { actor_id, subject_id, method, from, until }).await?;
            let mut part = Part::create(&path, MODE)?;
            let count = match format {
                Format::Csv => write_csv(acts, part.writer()).await?,
                Format::JsonLines => write_lines(acts, part.writer()).await?,
            };
            part.finish()?;
            let people = || format!("{}: {}", path.display(), output::counted(count, "act"));
            output.result(&json!({"file": path, "acts": count}), people)
        }
    }
}

async fn list(client: &Client, which: Which, limit: usize, output: Output) -> Result<(), Failure> {
    let Which { by: actor_id, on: subject_id, call: method, since: from, until } = which;
    let page_size = limit::page(limit);
    let request =
        ListActsRequest { page_size, actor_id, subject_id, method, from, until, ..ListActsRequest::default() };
    let mut acts = limit::first(client.list_acts_all(request), limit).await?;
    limit::cut(&mut acts, limit, output);
    if output.json {
        return print_json(&acts);
    }
    if acts.is_empty() {
        output.note("Nothing of that kind was done.");
        return Ok(());
    }
    let rows: Vec<_> = acts.iter().filter_map(|recorded| recorded.act.as_ref()).map(row).collect();
    print(&[table(&["when", "who", "did", "to", "from", "what changed"], &rows)])
}

fn row(act: &Act) -> Vec<String> {
    let changes: Vec<_> = act.changes.iter().map(change).collect();
    vec![
        when(act.acted_at.as_ref()),
        act.actor.clone(),
        call(act).to_owned(),
        act.subject_id.clone(),
        act.address.clone(),
        changes.join("; "),
    ]
}

fn change(FieldChange { field, before, after }: &FieldChange) -> String {
    match (before, after) {
        (None, Some(after)) => format!("{field}: {after}"),
        (Some(before), None) => format!("{field}: {before}, no more"),
        _ => format!("{field}: {} -> {}", before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default()),
    }
}

fn call(act: &Act) -> &str {
    act.method.rsplit_once('/').map_or(&*act.method, |(_, call)| call)
}

/// Writes a line for each change, and one for an act without any; says how many acts there are.
async fn write_csv(mut acts: Answers<RecordedAct>, to: &mut impl Write) -> Result<u64, Failure> {
    let mut csv = csv::Writer::from_writer(to);
    let columns =
        ["act_id", "acted_at", "actor", "method", "subject_id", "address", "request_id", "field", "before", "after"];
    csv.write_record(columns).map_err(unwritten)?;
    let mut count = 0;
    while let Some(RecordedAct { act_id, act }) = acts.try_next().await? {
        let Some(act) = act else { continue };
        count += 1;
        let at = act.acted_at.map(|at| at.to_string()).unwrap_or_default();
        let none = [FieldChange::default()];
        let changes = if act.changes.is_empty() { &none[..] } else { &act.changes };
        for FieldChange { field, before, after } in changes {
            let (before, after) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
            let act = [&*act_id, &at, &act.actor, &act.method, &act.subject_id, &act.address, &act.request_id];
            csv.write_record(act.into_iter().chain([field, before, after])).map_err(unwritten)?;
        }
    }
    csv.flush()?;
    Ok(count)
}

async fn write_lines(mut acts: Answers<RecordedAct>, to: &mut impl Write) -> Result<u64, Failure> {
    let mut count = 0;
    while let Some(act) = acts.try_next().await? {
        writeln!(to, "{}", output::json(&act))?;
        count += 1;
    }
    to.flush()?;
    Ok(count)
}

fn unwritten(error: csv::Error) -> Failure {
    std::io::Error::from(error).into()
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::stub::stub;

    /// Two acts, of which the first has two changes.
    const ACTS: &str = r#"{"actId":"1","act":{"actor":"user:a","method":"x.S/BlockUser","subjectId":"b","actedAt":"2026-11-30T12:00:00Z","changes":[{"field":"blocked","after":"yes"},{"field":"name","before":"a, \"b\"","after":"c"}]}}
{"actId":"2","act":{"actor":"anonymous","method":"x.S/Login"}}
"#;

    async fn export(body: &'static str) -> Client {
        stub(move |_, _| ready(Some(body.to_owned()))).await
    }

    #[tokio::test]
    async fn a_table_has_a_line_for_each_change_and_lines_one_for_each_act() {
        let acts = export(ACTS).await.export_acts(ExportActsRequest::default()).await.expect("a stream");
        let mut table = Vec::new();
        assert_eq!(write_csv(acts, &mut table).await.expect("written"), 2);
        let mut csv = csv::Reader::from_reader(&*table);
        let lines: Vec<_> = csv.records().map(|line| line.expect("a line")).collect();
        let cells: Vec<_> = lines.iter().map(|line| [&line[0], &line[7], &line[8], &line[9]]).collect();
        assert_eq!(cells, [["1", "blocked", "", "yes"], ["1", "name", "a, \"b\"", "c"], ["2", "", "", ""]]);

        let acts = export(ACTS).await.export_acts(ExportActsRequest::default()).await.expect("a stream");
        let mut lines = Vec::new();
        assert_eq!(write_lines(acts, &mut lines).await.expect("written"), 2);
        assert_eq!(String::from_utf8_lossy(&lines).lines().count(), 2);
    }

    #[tokio::test]
    async fn what_breaks_off_is_no_export() {
        const BROKEN: &str = "{\"actId\":\"1\",\"act\":{}}\n{\"error\":{\"code\":14,\"message\":\"stopping\"}}\n";
        let acts = export(BROKEN).await.export_acts(ExportActsRequest::default()).await.expect("a stream");
        assert!(write_csv(acts, &mut Vec::new()).await.expect_err("broken off").is_passing());
    }
}
