//! What is to be made, as the contract says it.

use labelmesh_pixels::{Bounds, Fit, Focus, Formats, Promise, Recipe, Rect, Window};
use labelmesh_sdk::renditions::{
    self, Area, Center, Crop, LeadImage, NoFace, Optimize, Output, Percent, Point, Portrait, Ratio, Resize, Screenshot,
    Size, Spec, crop, focus::Place, spec::Kind,
};

use super::options::{self, WrittenPage};
use crate::{
    commands::image::{
        options::{Format, Which, Written},
        portrait::{Otherwise, What},
    },
    exit::{Exit, Failure},
};

/// As many portraits as a server makes of one picture.
const MOST_FACES: u32 = 20;

/// Another size, or a part.
///
/// # Errors
/// If options do not fit each other.
pub(super) fn made_by(recipe: Recipe, written: &Written) -> Result<Spec, Failure> {
    let output = Some(output(written)?);
    let kind = match recipe {
        Recipe::Resize { bounds, fit, enlarge, focus } => {
            let (width, height) = match bounds {
                Bounds::Width(width) => (width, 0),
                Bounds::Height(height) => (0, height),
                Bounds::Both(width, height) => (width, height),
            };
            let fit = match fit {
                Fit::Inside => renditions::Fit::Inside,
                Fit::Cover => renditions::Fit::Cover,
                Fit::Fill => renditions::Fit::Fill,
            };
            Kind::Resize(Resize { width, height, fit: fit.into(), enlarge, focus: place(&focus), output })
        }
        Recipe::Crop { window, focus } => Kind::Crop(Crop { window: Some(part(window)), focus: place(&focus), output }),
    };
    Ok(Spec { kind: Some(kind) })
}

/// Fewer bytes.
pub(super) fn promised(Promise { score, formats }: Promise) -> Spec {
    Spec { kind: Some(Kind::Optimize(Optimize { score, any_format: formats == Formats::Any })) }
}

/// Faces.
///
/// # Errors
/// If they are more than a server cuts out, or options do not fit each other.
pub(super) fn portraits(what: &What, written: &Written) -> Result<Spec, Failure> {
    let Some(max_faces) = u32::try_from(what.max_faces).ok().filter(|faces| *faces <= MOST_FACES) else {
        return Err(Failure::new(Exit::Usage, format!("--max-faces: a server makes {MOST_FACES} at most")));
    };
    let ratio = match what.ratio {
        Window::Ratio(width, height) => Some(Ratio { width, height }),
        _ => None,
    };
    let no_face = match what.no_face {
        Otherwise::Fail => NoFace::Fail,
        Otherwise::Center => NoFace::Center,
    };
    let portrait = Portrait {
        ratio,
        margin: Some(what.margin),
        max_faces,
        min_score: what.min_score,
        no_face: no_face.into(),
        output: Some(output(written)?),
    };
    Ok(Spec { kind: Some(Kind::Portrait(portrait)) })
}

/// Pages as they are seen; which, is not said.
///
/// # Errors
/// If options do not fit each other.
pub(super) fn shown(wanted: &options::Screenshot, anew: bool) -> Result<Spec, Failure> {
    if !(1.0..=3.0).contains(&wanted.scale) {
        return Err(Failure::new(Exit::Usage, "--scale: it is from 1 to 3"));
    }
    let screenshot = Screenshot {
        url: String::new(),
        width: wanted.width,
        scale: wanted.scale,
        max_height: wanted.max_height,
        window_only: wanted.viewport_only,
        hide_banners: wanted.hide_banners,
        anew,
        output: Some(page_output(&wanted.written)?),
    };
    Ok(Spec { kind: Some(Kind::Screenshot(screenshot)) })
}

/// The images that pages are about; which pages, is not said.
///
/// # Errors
/// If options do not fit each other.
pub(super) fn found(wanted: &options::LeadImage, anew: bool) -> Result<Spec, Failure> {
    let lead_image = LeadImage {
        url: String::new(),
        min_side: wanted.min_side,
        max_candidates: wanted.max_candidates,
        html_only: wanted.html_only,
        anew,
        output: Some(page_output(&wanted.written)?),
    };
    Ok(Spec { kind: Some(Kind::LeadImage(lead_image)) })
}

/// The same of a page.
pub(super) fn of_page(spec: &Spec, url: &str) -> Spec {
    let url = url.to_owned();
    let kind = spec.kind.clone().map(|kind| match kind {
        Kind::Screenshot(screenshot) => Kind::Screenshot(Screenshot { url, ..screenshot }),
        Kind::LeadImage(lead_image) => Kind::LeadImage(LeadImage { url, ..lead_image }),
        of_source @ (Kind::Resize(_) | Kind::Crop(_) | Kind::Optimize(_) | Kind::Portrait(_)) => of_source,
    });
    Spec { kind }
}

/// Whether what is made may be an AVIF.
pub(super) fn may_be_avif(spec: &Spec) -> bool {
    let output = match &spec.kind {
        Some(Kind::Optimize(optimize)) => return optimize.any_format,
        Some(Kind::Resize(Resize { output, .. }) | Kind::Crop(Crop { output, .. })) => output,
        Some(Kind::Portrait(Portrait { output, .. }) | Kind::Screenshot(Screenshot { output, .. })) => output,
        Some(Kind::LeadImage(LeadImage { output, .. })) => output,
        None => return false,
    };
    output.as_ref().is_some_and(|output| output.format() == renditions::Format::Avif)
}

fn page_output(&WrittenPage { format, quality }: &WrittenPage) -> Result<Output, Failure> {
    output(&Written { format, quality, frames: Which::First })
}

fn part(window: Window) -> crop::Window {
    match window {
        Window::Ratio(width, height) => crop::Window::Ratio(Ratio { width, height }),
        Window::Percent(width, height) => crop::Window::Percent(Percent { width, height }),
        Window::Size(width, height) => crop::Window::Size(Size { width, height }),
        Window::Box(Rect { x, y, width, height }) => crop::Window::Box(Area { x, y, width, height }),
    }
}

/// Where something lies; nothing where the server is to find that.
fn place(focus: &Focus) -> Option<renditions::Focus> {
    let place = match focus {
        Focus::Auto { .. } => return None,
        Focus::Center => Place::Center(Center {}),
        Focus::Point(x, y) => Place::Point(Point { x: *x, y: *y }),
    };
    Some(renditions::Focus { place: Some(place) })
}

fn output(written: &Written) -> Result<Output, Failure> {
    let all_frames = written.frames == Which::All;
    if all_frames && matches!(written.format, Some(Format::Jpeg | Format::Png | Format::Avif)) {
        return Err(Failure::new(Exit::Usage, "--frames all needs --format webp: others hold one frame alone"));
    }
    let format = match written.format {
        None => renditions::Format::Unspecified,
        Some(Format::Jpeg) => renditions::Format::Jpeg,
        Some(Format::Png) => {
            written.without_quality()?;
            renditions::Format::Png
        }
        Some(Format::Webp) => renditions::Format::Webp,
        Some(Format::Avif) => renditions::Format::Avif,
    };
    Ok(Output { format: format.into(), quality: written.quality.map_or(0, u32::from), all_frames })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Written = Written { format: None, quality: None, frames: Which::First };

    #[test]
    fn what_is_not_said_is_left_to_the_server() {
        let recipe = Recipe::Resize {
            bounds: Bounds::Width(800),
            fit: Fit::Inside,
            enlarge: false,
            focus: Focus::Auto { faces: Vec::new() },
        };
        let made = made_by(recipe, &PLAIN).expect("it fits").kind;
        let fit = renditions::Fit::Inside.into();
        let expected = Resize { width: 800, fit, output: Some(Output::default()), ..Resize::default() };
        assert_eq!(made, Some(Kind::Resize(expected)));
    }

    #[test]
    fn a_part_has_its_place() {
        let recipe = || Recipe::Crop { window: Window::Percent(50, 10), focus: Focus::Point(3, 4) };
        let webp = Written { format: Some(Format::Webp), quality: Some(60), ..PLAIN };
        let Some(Kind::Crop(made)) = made_by(recipe(), &webp).expect("it fits").kind else { panic!("a part") };
        assert_eq!(made.window, Some(crop::Window::Percent(Percent { width: 50, height: 10 })));
        assert_eq!(made.focus.and_then(|focus| focus.place), Some(Place::Point(Point { x: 3, y: 4 })));
        assert_eq!(made.output.map(|output| (output.format(), output.quality)), Some((renditions::Format::Webp, 60)));
        let avif = Written { format: Some(Format::Avif), ..PLAIN };
        let Some(Kind::Crop(made)) = made_by(recipe(), &avif).expect("it fits").kind else { panic!("a part") };
        assert_eq!(made.output.map(|output| output.format()), Some(renditions::Format::Avif));
    }

    #[test]
    fn options_that_do_not_fit_each_other_are_told_before_anything_is_sent() {
        let crop = || Recipe::Crop { window: Window::Ratio(1, 1), focus: Focus::Center };
        for written in [
            Written { format: Some(Format::Png), quality: Some(9), ..PLAIN },
            Written { format: Some(Format::Jpeg), frames: Which::All, ..PLAIN },
            Written { format: Some(Format::Avif), frames: Which::All, ..PLAIN },
        ] {
            assert_eq!(made_by(crop(), &written).map_err(|failure| failure.exit), Err(Exit::Usage), "{written:?}");
        }
    }
}
