//! One caught message.

use std::path::{Path, PathBuf};

use mail_parser::MessageParser;
use serde::Serialize;

/// A message as it was handed over, and what is in it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Message {
    /// The name of its file without `.eml`: its place in the order of arrival.
    pub id: String,
    /// Whom the sending program gave as sender.
    pub from: String,
    /// Whom it was to be delivered to.
    pub to: Vec<String>,
    /// The `Message-ID`, by which a message that was sent twice is known; empty if it has none.
    pub message_id: String,
    /// The subject, decoded.
    pub subject: String,
    /// The text body, decoded; where there is only HTML, its text.
    pub text: String,
    /// The file with the whole of it.
    pub file: PathBuf,
}

impl Message {
    /// Reads a message whose envelope stands in its first lines, as mail servers write it there on delivery.
    pub(super) fn read(path: &Path, raw: &[u8]) -> Self {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let envelope = |name: &str| {
            let head = String::from_utf8_lossy(raw);
            let prefix = format!("{name}: ");
            let lines =
                head.lines().take_while(|line| line.starts_with("Return-Path: ") || line.starts_with("Delivered-To: "));
            lines.filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect::<Vec<_>>()
        };
        let parsed = MessageParser::default().parse(raw).unwrap_or_default();
        Self {
            id,
            from: envelope("Return-Path").concat().trim_matches(['<', '>']).to_owned(),
            to: envelope("Delivered-To"),
            message_id: parsed.message_id().unwrap_or_default().to_owned(),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            text: parsed.body_text(0).unwrap_or_default().into_owned(),
            file: path.to_owned(),
        }
    }
}
