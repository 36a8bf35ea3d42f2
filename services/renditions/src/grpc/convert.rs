//! Between the contract's messages and the domain's values.

use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_proto::{
    renditions::v1::{self, crop, focus, spec, transformation_result},
    time, timestamp,
};

use crate::{
    app::{Asking, Batch, Datum, FileReport},
    domain::{
        Candidate, Crop, Cut, Digest, Face, Fit, Focus, Format, Job, Kind, LeadImage, NoFace, Optimize, Output,
        PageUrl, PageView, Portrait, Progress, Rendition, Resize, Screenshot, Source, Spec, State, StoredSource,
        Transformation, Window,
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
    let spec: Spec = spec.unwrap_or_default().try_into()?;
    Ok(Asking { source: origin("source_sha256", source, spec.kind())?, spec })
}

/// The source of a picture of this kind; none where a page is.
fn origin(field: &'static str, source: &str, kind: Kind) -> Result<Option<Digest>> {
    match (kind.is_of_pages(), source) {
        (true, "") => Ok(None),
        (true, _) => Err(Error::invalid(field, format!("must be empty for {kind}, which is made of a page"))),
        (false, "") => Err(Error::invalid(field, format!("must be given for {kind}, which is made of a source"))),
        (false, source) => parse_field(field, source).map(Some),
    }
}

impl TryFrom<v1::Spec> for Spec {
    type Error = Error;

    fn try_from(spec: v1::Spec) -> Result<Self> {
        match spec.kind {
            None => {
                let kinds = Kind::ALL.map(Kind::name).join(", ");
                Err(Error::invalid("spec", format!("must say what is to be made, one of {kinds}")))
            }
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
            Some(spec::Kind::Screenshot(wanted)) => {
                let screenshot = Screenshot {
                    url: page("screenshot.url", &wanted.url)?,
                    width: wanted.width,
                    scale: wanted.scale,
                    max_height: wanted.max_height,
                    window_only: wanted.window_only,
                    hide_banners: wanted.hide_banners,
                    anew: wanted.anew,
                    output: output(wanted.output)?,
                };
                Ok(Self::Screenshot(screenshot.checked()?))
            }
            Some(spec::Kind::LeadImage(wanted)) => {
                let lead_image = LeadImage {
                    url: page("lead_image.url", &wanted.url)?,
                    min_side: wanted.min_side,
                    max_candidates: wanted.max_candidates,
                    html_only: wanted.html_only,
                    anew: wanted.anew,
                    output: output(wanted.output)?,
                };
                Ok(Self::LeadImage(lead_image.checked()?))
            }
        }
    }
}

fn page(field: &'static str, url: &str) -> Result<PageUrl> {
    PageUrl::parse(url).map_err(|rule| Error::invalid(field, rule))
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
        Ok(v1::Format::Avif) => Format::Avif,
        Err(_) => return Err(Error::invalid("output.format", "must be one of the contract")),
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
            Spec::Portrait(portrait) => spec::Kind::Portrait(portrait.into()),
            Spec::Screenshot(screenshot) => spec::Kind::Screenshot(screenshot.into()),
            Spec::LeadImage(lead_image) => spec::Kind::LeadImage(lead_image.into()),
        };
        Self { kind: Some(kind) }
    }
}

impl From<Portrait> for v1::Portrait {
    fn from(portrait: Portrait) -> Self {
        let (width, height) = portrait.ratio;
        let no_face = match portrait.no_face {
            NoFace::Fail => v1::NoFace::Fail,
            NoFace::Center => v1::NoFace::Center,
        };
        Self {
            ratio: Some(v1::Ratio { width, height }),
            margin: Some(portrait.margin),
            max_faces: portrait.max_faces,
            min_score: portrait.min_score,
            no_face: no_face.into(),
            output: Some(portrait.output.into()),
        }
    }
}

impl From<Screenshot> for v1::Screenshot {
    fn from(screenshot: Screenshot) -> Self {
        Self {
            url: screenshot.url.into(),
            width: screenshot.width,
            scale: screenshot.scale,
            max_height: screenshot.max_height,
            window_only: screenshot.window_only,
            hide_banners: screenshot.hide_banners,
            anew: screenshot.anew,
            output: Some(screenshot.output.into()),
        }
    }
}

impl From<LeadImage> for v1::LeadImage {
    fn from(lead_image: LeadImage) -> Self {
        Self {
            url: lead_image.url.into(),
            min_side: lead_image.min_side,
            max_candidates: lead_image.max_candidates,
            html_only: lead_image.html_only,
            anew: lead_image.anew,
            output: Some(lead_image.output.into()),
        }
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
            Format::Avif => v1::Format::Avif,
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
            page: rendition.page.map(v1::PageView::from),
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
            page: rendition.page.map(PageView::from),
        }
    }
}

impl From<PageView> for v1::PageView {
    fn from(view: PageView) -> Self {
        Self {
            url: view.url,
            timed_out: view.timed_out,
            cut: view.cut,
            lead_image: view.lead_image.map(v1::Candidate::from),
            runners_up: view.runners_up.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<v1::PageView> for PageView {
    fn from(view: v1::PageView) -> Self {
        Self {
            url: view.url,
            timed_out: view.timed_out,
            cut: view.cut,
            lead_image: view.lead_image.map(Candidate::from),
            runners_up: view.runners_up.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Candidate> for v1::Candidate {
    fn from(Candidate { url, rule, score, rejected }: Candidate) -> Self {
        Self { url, rule, score, rejected: rejected.unwrap_or_default() }
    }
}

impl From<v1::Candidate> for Candidate {
    fn from(v1::Candidate { url, rule, score, rejected }: v1::Candidate) -> Self {
        Self { url, rule, score, rejected: Some(rejected).filter(|why| !why.is_empty()) }
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

/// Empty where a page is the source.
fn digits(source: Option<Digest>) -> String {
    source.map(|source| source.to_string()).unwrap_or_default()
}

impl From<Job> for v1::Job {
    fn from(job: Job) -> Self {
        Self {
            key: job.key.to_string(),
            run: job.run,
            source_sha256: digits(job.source),
            spec: Some(job.spec.into()),
            queued_at: Some(timestamp(job.queued_at)),
        }
    }
}

impl TryFrom<v1::Job> for Job {
    type Error = Error;

    fn try_from(job: v1::Job) -> Result<Self> {
        let spec: Spec = job.spec.unwrap_or_default().try_into()?;
        Ok(Self {
            key: parse_field("job.key", &job.key)?,
            run: job.run,
            source: origin("job.source_sha256", &job.source_sha256, spec.kind())?,
            spec,
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
            source_sha256: digits(transformation.source),
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
