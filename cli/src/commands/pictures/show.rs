//! `labelmesh pictures show`: one transformation.

use labelmesh_sdk::{
    Client, Refusal,
    renditions::{PageView, Rendition, Transformation, spec::Kind},
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
        origin(made),
        format!("state     {}", state(made)),
    ];
    if !made.batch_id.is_empty() {
        lines.push(format!("batch     {}", made.batch_id));
    }
    lines.extend(made.renditions.iter().zip(0..).map(|(rendition, index)| picture(rendition, index)));
    lines.extend(made.renditions.iter().filter_map(|rendition| rendition.page.as_ref()).flat_map(seen));
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

/// What it is made of.
fn origin(made: &Transformation) -> String {
    match made.spec.as_ref().and_then(|spec| spec.kind.as_ref()) {
        Some(Kind::Screenshot(wanted)) => format!("page      {}", wanted.url),
        Some(Kind::LeadImage(wanted)) => format!("page      {}", wanted.url),
        _ => format!("source    {}", made.source_sha256),
    }
}

/// How a page was looked at.
fn seen(PageView { url, timed_out, cut, lead_image, .. }: &PageView) -> Vec<String> {
    let mut notes = vec![format!("seen      {url}")];
    if *timed_out {
        notes.push("          before all of it was there".to_owned());
    }
    if *cut {
        notes.push("          cut off below".to_owned());
    }
    notes.extend(lead_image.iter().map(|found| format!("image     {}, by {}", found.url, found.rule)));
    notes
}

/// A picture, with the number by which it is got.
fn picture(rendition: &Rendition, index: u32) -> String {
    let Rendition { media_type, size_bytes, width, height, score, .. } = rendition;
    let score = if *score > 0.0 { format!(", score {score:.1}") } else { String::new() };
    format!("picture   {index}: {width} x {height} pixels, {size_bytes} bytes, {media_type}{score}")
}

#[cfg(test)]
mod tests {
    use labelmesh_sdk::renditions::{Candidate, LeadImage, Spec, TransformationState};

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

    #[test]
    fn people_read_of_a_page_how_it_was_seen() {
        let url = "https://a.test/".to_owned();
        let found = Candidate { url: format!("{url}a.jpg"), rule: "og:image".to_owned(), ..Candidate::default() };
        let page = PageView { url: url.clone(), cut: true, lead_image: Some(found), ..PageView::default() };
        let rendition = Rendition { page: Some(page), ..Rendition::default() };
        let kind = Some(Kind::LeadImage(LeadImage { url, ..LeadImage::default() }));
        let made =
            Transformation { spec: Some(Spec { kind }), renditions: vec![rendition], ..Transformation::default() };
        let lines = lines(&made);
        assert_eq!(lines[2], "page      https://a.test/");
        let seen =
            ["seen      https://a.test/", "          cut off below", "image     https://a.test/a.jpg, by og:image"];
        assert_eq!(lines[5..8], seen);
    }
}
