//! From sources to their pictures.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use labelmesh_sdk::{
    Client, Refusal,
    renditions::{Transformation, TransformationState},
};

use super::{
    ask::{Asker, BATCH},
    deliver::{Placed, To},
    fetch::Remote,
    options::{Origin, Wanted},
    pages,
    plan::{Source, plan, plan_images},
    report::{Outcome, Report, Why},
};
use crate::{
    commands::tasks::{images as images_of, upload},
    exit::{Exit, Failure},
    images::{self, File, Found},
    output::{Output, counted},
    progress::Bars,
};

/// How many batches are under way at once: while one is made the next is sent.
const BATCHES: usize = 2;
/// How many sources of a batch have their pictures fetched at once.
const PARALLEL: usize = 4;

pub(super) async fn run(wanted: Wanted, client: &Client, output: Output) -> Result<(), Failure> {
    let mut report = Report::default();
    let (sources, to) = match &wanted.origin {
        Origin::Files(paths) => {
            let found = images::find_sources(paths)?;
            let to = To::of(&wanted.target, client).await?;
            (planned(found, &to, &mut report)?, to)
        }
        Origin::Task(id) => {
            report.of = "image";
            let images: Vec<_> = images_of(client, id).try_collect().await?;
            if images.is_empty() {
                return Err(Failure::new(Exit::NotFound, "the task has no images"));
            }
            (plan_images(images), To::of(&wanted.target, client).await?)
        }
        Origin::Pages(urls) => {
            report.of = "page";
            (pages::sources(urls.clone()), To::of(&wanted.target, client).await?)
        }
    };
    let maker = Maker { client, to, wanted, output };
    let fetched = maker.made(&sources, &mut report).await?;
    maker.upload(fetched, &mut report).await?;
    report.sort();
    output.result(&report.json(maker.to.task()), || report.text())?;
    report.failure().map_or(Ok(()), Err)
}

/// The files of which pictures are made. What is the matter with others is reported.
fn planned(mut found: Found, to: &To, report: &mut Report) -> Result<Vec<Source>, Failure> {
    to.leave_alone(&mut found);
    if found.is_empty() {
        return Err(Failure::new(Exit::NotFound, "there is nothing but pictures that were made before"));
    }
    report.left_alone = std::mem::take(&mut found.left_alone);
    report.outcomes.extend(unreadable(&mut found));
    let (sources, again) = plan(found.files);
    let same = "another file that was given has the same name";
    report.outcomes.extend(again.iter().map(|file| Outcome::of(file).without(Why::said(same))));
    Ok(sources)
}

/// What can't be read.
fn unreadable(found: &mut Found) -> impl Iterator<Item = Outcome> {
    std::mem::take(&mut found.unreadable).into_iter().map(|(name, why)| {
        let (transformation, files, why) = (None, Vec::new(), Some(Why::said(why)));
        Outcome { name, place: 0, transformation, files, why }
    })
}

/// Who has pictures made and takes them.
struct Maker<'a> {
    client: &'a Client,
    to: To,
    wanted: Wanted,
    output: Output,
}

/// What was taken of one source.
struct Taken {
    outcome: Outcome,
    written: usize,
    present: usize,
    fetched: Vec<File>,
}

impl Maker<'_> {
    /// Has pictures made of all sources, and takes them; those that are still to be uploaded, in their order.
    async fn made(&self, sources: &[Source], report: &mut Report) -> Result<Vec<File>, Failure> {
        let bars = Bars::new(self.output);
        let (sent, made) = (bars.bytes(0, "sending"), bars.bar(sources.len() as u64, "made"));
        let asker =
            Asker { client: self.client, spec: &self.wanted.spec, made: &made, sent: &sent, output: self.output };
        let mut batches =
            stream::iter(sources.chunks(BATCH)).map(|batch| self.batch(&asker, batch)).buffer_unordered(BATCHES);
        let (mut fetched, before) = (Vec::new(), report.outcomes.len());
        while let Some(batch) = batches.next().await {
            let come = report.outcomes.len() - before;
            for taken in batch.map_err(|failure| broken_off(failure, come, sources.len(), report.of))? {
                report.written += taken.written;
                report.present += taken.present;
                report.outcomes.push(taken.outcome);
                fetched.extend(taken.fetched);
            }
        }
        // Those of one source have the same place, and are in their order.
        fetched.sort_by_key(|file: &File| file.place);
        Ok(fetched)
    }

    async fn batch(&self, asker: &Asker<'_>, sources: &[Source]) -> Result<Vec<Taken>, Failure> {
        let made = asker.ended(sources).await?;
        let taken = stream::iter(sources.iter().zip(made)).map(|(source, made)| self.take(source, made));
        taken.buffered(PARALLEL).try_collect().await
    }

    /// Takes the pictures of a source.
    async fn take(&self, source: &Source, made: Result<Transformation, Failure>) -> Result<Taken, Failure> {
        let outcome = Outcome::of(&source.file);
        let mut taken = Taken { outcome, written: 0, present: 0, fetched: Vec::new() };
        let made = match made {
            Ok(made) => made,
            Err(failure) => {
                taken.outcome.why = Some(failure.into());
                return Ok(taken);
            }
        };
        taken.outcome.transformation = Some((made.transformation_id.clone(), made.state()));
        taken.outcome.why = unmade(&made);
        for (rendition, index) in made.renditions.iter().zip(0_u32..) {
            let number = self.wanted.numbered.then(|| u64::from(index) + 1);
            let name = source.picture(number, &rendition.media_type);
            let transformation_id = made.transformation_id.as_str();
            let remote = Remote { client: self.client, transformation_id, index, rendition };
            match self.to.take(&source.file, &name, remote).await {
                Ok(Placed::Written(name)) => {
                    taken.written += 1;
                    taken.outcome.files.push(name);
                }
                Ok(Placed::Present(name)) => {
                    taken.present += 1;
                    taken.outcome.files.push(name);
                }
                Ok(Placed::Fetched(file)) => {
                    taken.outcome.files.push(file.name.clone());
                    taken.fetched.push(file);
                }
                Err(failure) if matches!(failure.exit, Exit::Refused | Exit::NotFound | Exit::State) => {
                    taken.outcome.why = Some(failure.into());
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(taken)
    }

    /// Uploads what was fetched to the task, where there is one.
    async fn upload(&self, mut fetched: Vec<File>, report: &mut Report) -> Result<(), Failure> {
        let Some(task) = self.to.task() else { return Ok(()) };
        for (file, place) in fetched.iter_mut().zip(1..) {
            file.place = place;
        }
        if fetched.is_empty() {
            return Ok(());
        }
        let found = Found { files: fetched, ..Found::default() };
        let uploaded = upload::upload(self.client, task, found, upload::PARALLEL, self.output).await;
        let summary = uploaded.map_err(again)?;
        report.written += summary.added;
        report.present += summary.present.len();
        let refused: HashMap<_, _> = summary.refused.into_iter().map(|file| (file.name.clone(), file)).collect();
        let present: HashMap<_, _> = summary.present.into_iter().map(|file| (file.name, file.first_name)).collect();
        for outcome in &mut report.outcomes {
            for name in &mut outcome.files {
                if let Some(file) = refused.get(name.as_str()) {
                    outcome.why = Some(Why::with_reason(file.message.clone(), file.reason.clone()));
                }
                if let Some(first) = present.get(name.as_str()) {
                    name.clone_from(first);
                }
            }
            outcome.files.retain(|name| !refused.contains_key(name.as_str()));
        }
        Ok(())
    }
}

/// Why a server has no picture, where it has none.
fn unmade(made: &Transformation) -> Option<Why> {
    match (made.state(), &made.failure) {
        (TransformationState::Succeeded, _) => None,
        (_, Some(status)) => Some(Failure::from(Refusal::from(status)).into()),
        (TransformationState::Cancelled, None) => Some(Why::said("it was cancelled")),
        (_, None) => Some(Why::said("it has not ended")),
    }
}

/// What is said where it broke off, of so many sources.
fn broken_off(mut failure: Failure, come: usize, all: usize, of: &str) -> Failure {
    failure.details.push(format!("of {}, {come} are through for sure", counted(all as u64, of)));
    again(failure)
}

/// The same with how it goes on, where it can.
fn again(failure: Failure) -> Failure {
    match failure.exit {
        Exit::Unavailable | Exit::Unexpected => failure.remedy("the same again: it goes on from there"),
        Exit::NotSignedIn => failure.remedy("labelmesh login, then the same again: it goes on from there"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_there_is_no_picture_is_what_the_server_says() {
        let of = |state: TransformationState| Transformation { state: state.into(), ..Transformation::default() };
        assert_eq!(unmade(&of(TransformationState::Succeeded)), None);
        assert_eq!(unmade(&of(TransformationState::Cancelled)), Some(Why::said("it was cancelled")));
    }

    #[test]
    fn what_breaks_off_says_how_it_goes_on() {
        let failure = broken_off(Failure::new(Exit::Unavailable, "away"), 500, 1200, "file");
        assert_eq!(failure.details, ["of 1200 files, 500 are through for sure"]);
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("goes on")));
    }
}
