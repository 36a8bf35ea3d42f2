//! Between the contract's messages and the domain's values.

use labelmesh_errors::{Error, Reason, Result, parse_field};
use labelmesh_proto::{
    renditions::v1::{self, crop, focus, spec, transformation_result},
    time, timestamp,
};

use crate::{
    app::{Asking, Batch, Datum, FileReport},
    domain::{
        Crop, Cut, Face, Fit, Focus, Format, Job, NoFace, Optimize, Output, Portrait, Progress, Rendition, Resize,
        Source, Spec, State, StoredSource, Transformation, Window,
    },
};

impl TryFrom<v1::CreateTransformationRequest> for Asking {
    type Error = Error;

    fn try_from(request: v1::CreateTransformationRequest) -> Result<Self> {
        asking(&request.source_sha256, request.spec)
    }
}

impl TryFrom<v1::TransformationItem> for Asking {
    type Error = Error;

    fn try_from(item: v1::TransformationItem) -> Result<Self> {
        asking(&item.source_sha256, item.spec)
    }
}

fn asking(source: &str, spec: Option<v1::Spec>) -> Result<Asking> {
    Ok(Asking { source: parse_field("source_sha256", source)?, spec: spec.unwrap_or_default().try_into()? })
}

impl TryFrom<v1::Spec> for Spec {
    type Error = Error;

    fn try_from(spec: v1::Spec) -> Result<Self> {
        match spec.kind {
            None => Err(Error::invalid("spec", "must say what is to be made: resize, crop, optimize or portrait")),
            Some(spec::Kind::Resize(resize)) => {
                let fit = match v1::Fit::try_from(resize.fit) {
                    Ok(v1::Fit::Unspecified | v1::Fit::Inside) => Fit::Inside,
                    Ok(v1::Fit::Cover) => Fit::Cover,
                    Ok(v1::Fit::Fill) => Fit::Fill,
                    Err(_) => return Err(Error::invalid("resize.fit", "must be one of the contract")),
                };
                let size = (resize.width, resize.height);
                let resize = Resize::new(size, fit, resize.enlarge, focus(resize.focus), output(resize.output)?)?;
                Ok(Self::Resize(resize))
            }
            Some(spec::Kind::Crop(crop)) => {
                let cut = cut(crop.window)?;
                Ok(Self::Crop(Crop::new(cut, focus(crop.focus), output(crop.output)?)?))
            }
            Some(spec::Kind::Optimize(optimize)) => {
                Ok(Self::Optimize(Optimize::new(optimize.score, optimize.any_format)?))
            }
            Some(spec::Kind::Portrait(wanted)) => {
                let ratio = wanted.ratio.map(|ratio| (ratio.width, ratio.height));
                let no_face = match v1::NoFace::try_from(wanted.no_face) {
                    Ok(v1::NoFace::Unspecified | v1::NoFace::Fail) => NoFace::Fail,
                    Ok(v1::NoFace::Center) => NoFace::Center,
                    Err(_) => return Err(Error::invalid("portrait.no_face", "must be one of the contract")),
                };
                let (most, score, output) = (wanted.max_faces, wanted.min_score, output(wanted.output)?);
                Ok(Self::Portrait(Portrait::new(ratio, wanted.margin, most, score, no_face, output)?))
            }
            Some(spec::Kind::Screenshot(_) | spec::Kind::LeadImage(_)) => {
                Err(Error::new(Reason::KindNotOffered, "pictures of pages are not made here"))
            }
        }
    }
}

fn cut(window: Option<crop::Window>) -> Result<Cut> {
    match window {
        None => Err(Error::invalid("crop", "must say how large the part is: ratio, percent, size or box")),
        Some(crop::Window::Ratio(ratio)) => Ok(Cut::Ratio(ratio.width, ratio.height)),
        Some(crop::Window::Percent(percent)) => Ok(Cut::Percent(percent.width, percent.height)),
        Some(crop::Window::Size(size)) => Ok(Cut::Size(size.width, size.height)),
        Some(crop::Window::Box(window)) => Ok(Cut::Box(window.into())),
    }
}

fn focus(focus: Option<v1::Focus>) -> Option<Focus> {
    match focus?.place? {
        focus::Place::Center(_) => Some(Focus::Center),
        focus::Place::Point(point) => Some(Focus::Point(point.x, point.y)),
    }
}

fn output(output: Option<v1::Output>) -> Result<Output> {
    let output = output.unwrap_or_default();
    let format = match v1::Format::try_from(output.format) {
        Ok(v1::Format::Unspecified) => Format::Same,
        Ok(v1::Format::Jpeg) => Format::Jpeg,
        Ok(v1::Format::Png) => Format::Png,
        Ok(v1::Format::Webp) => Format::Webp,
        Ok(v1::Format::Avif) | Err(_) => return Err(Error::invalid("output.format", "must be one of the contract")),
    };
    Output::new(format, output.quality, output.all_frames)
}

impl From<Spec> for v1::Spec {
    fn from(spec: Spec) -> Self {
        let kind = match spec {
            Spec::Resize(resize) => {
                let fit = match resize.fit {
                    Fit::Inside => v1::Fit::Inside,
                    Fit::Cover => v1::Fit::Cover,
                    Fit::Fill => v1::Fit::Fill,
                };
                spec::Kind::Resize(v1::Resize {
                    width: resize.width,
                    height: resize.height,
                    fit: fit.into(),
                    enlarge: resize.enlarge,
                    focus: resize.focus.into(),
                    output: Some(resize.output.into()),
                })
            }
            Spec::Crop(crop) => spec::Kind::Crop(v1::Crop {
                focus: crop.focus.into(),
                output: Some(crop.output.into()),
                window: Some(match crop.cut {
                    Cut::Ratio(width, height) => crop::Window::Ratio(v1::Ratio { width, height }),
                    Cut::Percent(width, height) => crop::Window::Percent(v1::Percent { width, height }),
                    Cut::Size(width, height) => crop::Window::Size(v1::Size { width, height }),
                    Cut::Box(window) => crop::Window::Box(window.into()),
                }),
            }),
            Spec::Optimize(Optimize { score, any_format }) => spec::Kind::Optimize(v1::Optimize { score, any_format }),
            Spec::Portrait(portrait) => {
                let (width, height) = portrait.ratio;
                let no_face = match portrait.no_face {
                    NoFace::Fail => v1::NoFace::Fail,
                    NoFace::Center => v1::NoFace::Center,
                };
                spec::Kind::Portrait(v1::Portrait {
                    ratio: Some(v1::Ratio { width, height }),
                    margin: Some(portrait.margin),
                    max_faces: portrait.max_faces,
                    min_score: portrait.min_score,
                    no_face: no_face.into(),
                    output: Some(portrait.output.into()),
                })
            }
        };
        Self { kind: Some(kind) }
    }
}

/// None where it is the usual one.
impl From<Focus> for Option<v1::Focus> {
    fn from(focus: Focus) -> Self {
        let place = match focus {
            Focus::Auto => return None,
            Focus::Center => focus::Place::Center(v1::Center {}),
            Focus::Point(x, y) => focus::Place::Point(v1::Point { x, y }),
        };
        Some(v1::Focus { place: Some(place) })
    }
}

impl From<Output> for v1::Output {
    fn from(output: Output) -> Self {
        let format = match output.format {
            Format::Same => v1::Format::Unspecified,
            Format::Jpeg => v1::Format::Jpeg,
            Format::Png => v1::Format::Png,
            Format::Webp => v1::Format::Webp,
        };
        Self { format: format.into(), quality: output.quality.into(), all_frames: output.all_frames }
    }
}

impl From<v1::Area> for Window {
    fn from(window: v1::Area) -> Self {
        let v1::Area { x, y, width, height } = window;
        Self { x, y, width, height }
    }
}

impl From<Window> for v1::Area {
    fn from(window: Window) -> Self {
        let Window { x, y, width, height } = window;
        Self { x, y, width, height }
    }
}

impl From<Rendition> for v1::Rendition {
    fn from(rendition: Rendition) -> Self {
        Self {
            sha256: rendition.sha256,
            media_type: rendition.media_type,
            size_bytes: rendition.size_bytes,
            width: rendition.width,
            height: rendition.height,
            window: rendition.window.map(v1::Area::from),
            score: rendition.score.unwrap_or_default(),
            face: rendition.face.map(v1::Face::from),
            page: None,
        }
    }
}

impl From<v1::Rendition> for Rendition {
    fn from(rendition: v1::Rendition) -> Self {
        Self {
            sha256: rendition.sha256,
            media_type: rendition.media_type,
            size_bytes: rendition.size_bytes,
            width: rendition.width,
            height: rendition.height,
            window: rendition.window.map(Window::from),
            score: Some(rendition.score).filter(|score| *score > 0.0),
            face: rendition.face.map(Face::from),
        }
    }
}

impl From<Face> for v1::Face {
    fn from(Face { place, score }: Face) -> Self {
        Self { area: Some(place.into()), score }
    }
}

impl From<v1::Face> for Face {
    fn from(face: v1::Face) -> Self {
        Self { place: face.area.unwrap_or_default().into(), score: face.score }
    }
}

impl From<Job> for v1::Job {
    fn from(job: Job) -> Self {
        Self {
            key: job.key.to_string(),
            run: job.run,
            source_sha256: job.source.to_string(),
            spec: Some(job.spec.into()),
            queued_at: Some(timestamp(job.queued_at)),
        }
    }
}

impl TryFrom<v1::Job> for Job {
    type Error = Error;

    fn try_from(job: v1::Job) -> Result<Self> {
        Ok(Self {
            key: parse_field("job.key", &job.key)?,
            run: job.run,
            source: parse_field("job.source_sha256", &job.source_sha256)?,
            spec: job.spec.unwrap_or_default().try_into()?,
            queued_at: time(job.queued_at).ok_or_else(|| Error::invalid("job.queued_at", "is required"))?,
        })
    }
}

impl From<Transformation> for v1::Transformation {
    fn from(transformation: Transformation) -> Self {
        let ended_at = transformation.ended_at().map(timestamp);
        let (state, renditions, failure) = match transformation.state {
            State::Queued => (v1::TransformationState::Queued, Vec::new(), None),
            State::Running => (v1::TransformationState::Running, Vec::new(), None),
            State::Succeeded { renditions, .. } => {
                (v1::TransformationState::Succeeded, renditions.into_iter().map(Into::into).collect(), None)
            }
            State::Failed { failure, .. } => {
                (v1::TransformationState::Failed, Vec::new(), Some(Error::from(failure).into()))
            }
            State::Cancelled { .. } => (v1::TransformationState::Cancelled, Vec::new(), None),
        };
        Self {
            transformation_id: transformation.id.to_string(),
            batch_id: transformation.batch.map(|batch| batch.to_string()).unwrap_or_default(),
            owner_id: transformation.owner.to_string(),
            source_sha256: transformation.source.to_string(),
            spec: Some(transformation.spec.into()),
            state: state.into(),
            version: transformation.version,
            renditions,
            failure,
            created_at: Some(timestamp(transformation.created_at)),
            started_at: transformation.started_at.map(timestamp),
            ended_at,
        }
    }
}

impl From<Batch> for v1::CreateTransformationsResponse {
    fn from(batch: Batch) -> Self {
        let results = batch.results.into_iter().map(|result| {
            let result = match result {
                Ok(transformation) => transformation_result::Result::Transformation(transformation.into()),
                Err(error) => transformation_result::Result::Error(error.into()),
            };
            v1::TransformationResult { result: Some(result) }
        });
        Self { batch_id: batch.id.to_string(), results: results.collect() }
    }
}

impl From<Progress> for v1::TransformationsProgress {
    fn from(progress: Progress) -> Self {
        Self {
            batch_id: progress.batch_id.to_string(),
            version: progress.version,
            queued: progress.queued,
            running: progress.running,
            succeeded: progress.succeeded,
            failed: progress.failed,
            cancelled: progress.cancelled,
        }
    }
}

impl From<Source> for v1::Source {
    fn from(source: Source) -> Self {
        Self {
            sha256: source.digest.to_string(),
            media_type: source.media_type,
            size_bytes: source.size_bytes,
            width: source.width,
            height: source.height,
        }
    }
}

impl From<FileReport> for v1::UploadSourcesResponse {
    fn from(report: FileReport) -> Self {
        let (source, error) = match report.outcome {
            Ok(source) => (Some(source.into()), None),
            Err(error) => (None, Some(error.into())),
        };
        Self { name: report.name, index: report.index, source, error }
    }
}

impl From<StoredSource> for v1::StoredSource {
    fn from(stored: StoredSource) -> Self {
        Self {
            source: Some(stored.source.into()),
            uploaded_at: Some(timestamp(stored.uploaded_at)),
            used_at: Some(timestamp(stored.used_at)),
        }
    }
}

impl From<Datum> for v1::RenditionRecord {
    fn from(datum: Datum) -> Self {
        match datum {
            Datum::Source(source) => Self { source: Some(source.into()), transformation: None },
            Datum::Transformation(transformation) => {
                Self { source: None, transformation: Some((*transformation).into()) }
            }
        }
    }
}
