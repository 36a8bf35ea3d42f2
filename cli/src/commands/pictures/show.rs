//! `labelmesh pictures show`: one transformation.

use labelmesh_sdk::{
    Client, Refusal,
    renditions::{Rendition, Transformation},
};

use super::{kind, state, transformation};
use crate::{
    exit::Failure,
    output::{Output, when},
};

/// Show what became of something that you have asked for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh pictures show ID
  labelmesh pictures show ID --json | jq .renditions")]
pub(crate) struct Options {
    /// The transformation's id.
    id: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    told(&transformation(client, &options.id).await?, output)
}

/// Writes a transformation.
pub(super) fn told(transformation: &Transformation, output: Output) -> Result<(), Failure> {
    output.message(transformation, || lines(transformation).join("\n"))
}

fn lines(made: &Transformation) -> Vec<String> {
    let mut lines = vec![
        format!("id        {}", made.transformation_id),
        format!("kind      {}", kind(made)),
        format!("source    {}", made.source_sha256),
        format!("state     {}", state(made)),
    ];
    if !made.batch_id.is_empty() {
        lines.push(format!("batch     {}", made.batch_id));
    }
    lines.extend(made.renditions.iter().zip(0..).map(|(rendition, index)| picture(rendition, index)));
    if let Some(failure) = made.failure.as_ref().map(Refusal::from).map(Failure::from) {
        let reason = failure.reason.map(|reason| format!(" [{reason}]")).unwrap_or_default();
        lines.push(format!("failure   {}{reason}", failure.message));
    }
    for (word, time) in [("created", &made.created_at), ("started", &made.started_at), ("ended", &made.ended_at)] {
        if let Some(time) = time {
            lines.push(format!("{word:10}{}", when(Some(time))));
        }
    }
    lines
}

/// A picture, with the number by which it is got.
fn picture(rendition: &Rendition, index: u32) -> String {
    let Rendition { media_type, size_bytes, width, height, score, .. } = rendition;
    let score = if *score > 0.0 { format!(", score {score:.1}") } else { String::new() };
    format!("picture   {index}: {width} x {height} pixels, {size_bytes} bytes, {media_type}{score}")
}

#[cfg(test)]
mod tests {
    use labelmesh_sdk::renditions::TransformationState;

    use super::*;

    #[test]
    fn people_read_what_was_made() {
        let rendition = Rendition {
            media_type: "image/png".to_owned(),
            size_bytes: 7,
            width: 80,
            height: 60,
            ..Rendition::default()
        };
        let made = Transformation {
            transformation_id: "t".to_owned(),
            state: TransformationState::Succeeded.into(),
            renditions: vec![rendition],
            ..Transformation::default()
        };
        let lines = lines(&made);
        assert_eq!((lines[0].as_str(), lines[3].as_str()), ("id        t", "state     succeeded"));
        assert_eq!(lines[4], "picture   0: 80 x 60 pixels, 7 bytes, image/png");
    }
}
