//! Results as JSON, one object a line: the contract's `Result` in Protobuf's JSON mapping, as lists of results have it.

use labelmesh_errors::{Error, Result};
use serde::Serialize;

use crate::domain::{ImageResult, LabelCount, Verdict};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    image_id: String,
    name: &'a str,
    state: &'static str,
    label: &'a str,
    confidence: f64,
    votes: &'a [LabelCount],
    contested: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    rule: &'a str,
}

/// The line of one image.
pub(super) fn line(result: &ImageResult) -> Result<Vec<u8>> {
    let mut line = Line {
        image_id: result.image_id.to_string(),
        name: &result.name,
        state: "RESULT_STATE_PENDING",
        label: "",
        confidence: 0.0,
        votes: &[],
        contested: false,
        decided_at: None,
        rule: "",
    };
    if let Some((verdict, at)) = &result.decided {
        line.decided_at = Some(at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
        line.state = "RESULT_STATE_UNDECIDED";
        if let Verdict::Decided { label, confidence, rule, contested, votes } = verdict {
            line = Line {
                state: "RESULT_STATE_DECIDED",
                label,
                confidence: *confidence,
                votes,
                contested: *contested,
                rule,
                ..line
            };
        }
    }
    let mut bytes = serde_json::to_vec(&line).map_err(Error::internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}
