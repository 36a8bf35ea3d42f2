//! Mails as Python's email package reads them.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, Result, ensure};
use labelmesh_servers::Message;
use serde_json::Value;
use tokio::process::Command;

/// What a mail program reads of mails, in their order.
///
/// # Errors
/// If one is not in the form that mails have, or its two parts don't say the same.
pub(crate) async fn read(mails: &[Arc<Message>]) -> Result<Vec<Value>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories/foreign/mail.py");
    let output = Command::new("python3").arg(script).args(mails.iter().map(|mail| &mail.file)).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    let read = said.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    for mail in &read {
        let faults = mail["faults"].as_array().context("what is wrong")?;
        ensure!(faults.is_empty(), "{}: {faults:?}", mail["subject"]);
    }
    Ok(read)
}
