//! What is to be made of a picture or a page: with every default filled in, so that the same is always written in the
//! same way.

mod of_pages;

use chrono::{DateTime, Datelike as _, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_faces::MIN_SCORE;
use labelmesh_ids::TransformationId;
use labelmesh_pixels::{Bounds, Encoding, Fit as PixelFit, Focus as PixelFocus, Frames, Recipe, Window as Part};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub(crate) use self::of_pages::{LeadImage, Screenshot};
use super::{Digest, Face, JobKey, Kind, PageUrl, Window};

/// How good JPEG, WebP and AVIF look where nobody says it.
const QUALITY: u8 = 80;
/// The score that is promised where nobody says it.
const SCORE: f64 = 75.0;
/// How wide a portrait is beside its height where nobody says it.
const RATIO: (u32, u32) = (4, 5);
/// How much there is around a face where nobody says it, as a share of its sides.
const MARGIN: f64 = 0.6;
/// The largest such share.
const WIDEST_MARGIN: f64 = 10.0;
/// How many portraits one picture may give.
const MOST_FACES: u32 = 20;
/// The longest side that a picture may be made to have, and that a ratio may name.
const LONGEST: u32 = 16_384;

/// What is to be made of a picture or a page. Its JSON names the job, so that a change of it makes all pictures anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Spec {
    Resize(Resize),
    Crop(Crop),
    Optimize(Optimize),
    Portrait(Portrait),
    Screenshot(Screenshot),
    LeadImage(LeadImage),
}

/// Another size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resize {
    /// In pixels; 0 means any.
    pub(crate) width: u32,
    /// In pixels; 0 means any.
    pub(crate) height: u32,
    pub(crate) fit: Fit,
    pub(crate) enlarge: bool,
    pub(crate) focus: Focus,
    pub(crate) output: Output,
}

/// How a picture becomes as large as its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fit {
    Inside,
    Cover,
    Fill,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Crop {
    pub(crate) cut: Cut,
    pub(crate) focus: Focus,
    pub(crate) output: Output,
}

/// How large a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cut {
    Ratio(u32, u32),
    Percent(u32, u32),
    Size(u32, u32),
    Box(Window),
}

/// Where a part lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Focus {
    Auto,
    Center,
    Point(u32, u32),
}

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) quality: u8,
    pub(crate) all_frames: bool,
}

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Same,
    Jpeg,
    Png,
    Webp,
    Avif,
}

/// Fewer bytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Optimize {
    pub(crate) score: f64,
    pub(crate) any_format: bool,
}

/// Faces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Portrait {
    pub(crate) ratio: (u32, u32),
    pub(crate) margin: f64,
    pub(crate) max_faces: u32,
    pub(crate) min_score: f64,
    pub(crate) no_face: NoFace,
    pub(crate) output: Output,
}

/// What becomes of a picture without a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoFace {
    Fail,
    Center,
}

impl Output {
    /// How a picture is written. A quality of 0 is the usual one.
    ///
    /// # Errors
    /// FIELD_INVALID.
    pub(crate) fn new(format: Format, quality: u32, all_frames: bool) -> Result<Self> {
        let quality = match quality {
            0 => QUALITY,
            1..=100 => quality as u8,
            _ => return Err(Error::invalid("output.quality", "must be at most 100")),
        };
        if all_frames && matches!(format, Format::Jpeg | Format::Png | Format::Avif) {
            return Err(Error::invalid("output.all_frames", "is for WebP alone, which can hold several"));
        }
        Ok(Self { format, quality, all_frames })
    }

    /// The encoding, where that of the source is given.
    pub(crate) fn encoding(self, same: Encoding) -> Encoding {
        match self.format {
            Format::Same => same,
            Format::Jpeg => Encoding::Jpeg { quality: self.quality },
            Format::Png => Encoding::Png,
            Format::Webp => Encoding::Webp { quality: self.quality },
            Format::Avif => Encoding::Avif { quality: self.quality },
        }
    }

    /// Which frames of an animation are written.
    pub(crate) fn frames(self) -> Frames {
        if self.all_frames { Frames::All } else { Frames::First }
    }
}

impl Resize {
    /// Another size. Where nothing is cut off, there is no focus.
    ///
    /// # Errors
    /// FIELD_INVALID.
    pub(crate) fn new(
        (width, height): (u32, u32),
        fit: Fit,
        enlarge: bool,
        focus: Option<Focus>,
        output: Output,
    ) -> Result<Self> {
        for (field, side) in [("resize.width", width), ("resize.height", height)] {
            if side > LONGEST {
                return Err(Error::invalid(field, format!("must be at most {LONGEST}")));
            }
        }
        if width == 0 && height == 0 {
            return Err(Error::invalid("resize.width", "must be given, or the height"));
        }
        if fit != Fit::Inside && (width == 0 || height == 0) {
            return Err(Error::invalid("resize.fit", "needs both a width and a height where it is not FIT_INSIDE"));
        }
        if fit != Fit::Cover && focus.is_some() {
            return Err(Error::invalid("resize.focus", "is for FIT_COVER alone, which cuts something off"));
        }
        Ok(Self { width, height, fit, enlarge, focus: focus.unwrap_or(Focus::Auto), output })
    }

    fn bounds(&self) -> Bounds {
        match (self.width, self.height) {
            (width, 0) => Bounds::Width(width),
            (0, height) => Bounds::Height(height),
            (width, height) => Bounds::Both(width, height),
        }
    }
}

impl Crop {
    /// A part.
    ///
    /// # Errors
    /// FIELD_INVALID.
    pub(crate) fn new(cut: Cut, focus: Option<Focus>, output: Output) -> Result<Self> {
        let (name, width, height, most) = match cut {
            Cut::Ratio(width, height) => ("ratio", width, height, LONGEST),
            Cut::Percent(width, height) => ("percent", width, height, 100),
            Cut::Size(width, height) => ("size", width, height, u32::MAX),
            Cut::Box(Window { width, height, .. }) => ("box", width, height, u32::MAX),
        };
        for (field, side) in [("width", width), ("height", height)] {
            if !(1..=most).contains(&side) {
                let rule = if most == u32::MAX {
                    "must be at least 1".to_owned()
                } else {
                    format!("must be from 1 to {most}")
                };
                return Err(Error::invalid(format!("crop.{name}.{field}"), rule));
            }
        }
        if matches!(cut, Cut::Box(_)) && focus.is_some() {
            return Err(Error::invalid("crop.focus", "is not for a box, which has a place of its own"));
        }
        Ok(Self { cut, focus: focus.unwrap_or(Focus::Auto), output })
    }
}

impl Optimize {
    /// Fewer bytes. A score of 0 is the usual one.
    ///
    /// # Errors
    /// FIELD_INVALID.
    pub(crate) fn new(score: f64, any_format: bool) -> Result<Self> {
        if score == 0.0 {
            return Ok(Self { score: SCORE, any_format });
        }
        if !(1.0..=95.0).contains(&score) {
            return Err(Error::invalid("optimize.score", "must be from 1 to 95"));
        }
        Ok(Self { score, any_format })
    }
}

impl Portrait {
    /// Faces. What is zero or not given is the usual.
    ///
    /// # Errors
    /// FIELD_INVALID.
    pub(crate) fn new(
        ratio: Option<(u32, u32)>,
        margin: Option<f64>,
        max_faces: u32,
        min_score: f64,
        no_face: NoFace,
        output: Output,
    ) -> Result<Self> {
        let (ratio, margin) = (ratio.unwrap_or(RATIO), margin.unwrap_or(MARGIN));
        for (field, side) in [("portrait.ratio.width", ratio.0), ("portrait.ratio.height", ratio.1)] {
            if !(1..=LONGEST).contains(&side) {
                return Err(Error::invalid(field, format!("must be from 1 to {LONGEST}")));
            }
        }
        if !(0.0..=WIDEST_MARGIN).contains(&margin) {
            return Err(Error::invalid("portrait.margin", format!("must be from 0 to {WIDEST_MARGIN}")));
        }
        if max_faces > MOST_FACES {
            return Err(Error::invalid("portrait.max_faces", format!("must be at most {MOST_FACES}")));
        }
        if !(0.0..=1.0).contains(&min_score) {
            return Err(Error::invalid("portrait.min_score", "must be from 0 to 1"));
        }
        if output.all_frames {
            return Err(Error::invalid("portrait.output.all_frames", "is not for portraits: faces are in one frame"));
        }
        let min_score = if min_score == 0.0 { f64::from(MIN_SCORE) } else { min_score };
        Ok(Self { ratio, margin, max_faces: max_faces.max(1), min_score, no_face, output })
    }

    /// The part around a face, or the middle of the picture, as pixels wants it.
    pub(crate) fn recipe(&self, face: Option<&Face>, size: (u32, u32)) -> Recipe {
        let window = match face {
            Some(face) => Part::Box(labelmesh_faces::portrait(&(*face).into(), self.ratio, self.margin, size)),
            None => Part::Ratio(self.ratio.0, self.ratio.1),
        };
        Recipe::Crop { window, focus: PixelFocus::Center }
    }
}

impl Focus {
    fn pixels(self, faces: &[Face]) -> PixelFocus {
        match self {
            Self::Auto => PixelFocus::Auto { faces: faces.iter().map(|face| face.place.into()).collect() },
            Self::Center => PixelFocus::Center,
            Self::Point(x, y) => PixelFocus::Point(x, y),
        }
    }
}

impl Cut {
    fn pixels(self) -> Part {
        match self {
            Self::Ratio(width, height) => Part::Ratio(width, height),
            Self::Percent(width, height) => Part::Percent(width, height),
            Self::Size(width, height) => Part::Size(width, height),
            Self::Box(window) => Part::Box(window.into()),
        }
    }
}

impl Resize {
    /// What that means for pixels, where faces are in these places.
    pub(crate) fn recipe(&self, faces: &[Face]) -> Recipe {
        let fit = match self.fit {
            Fit::Inside => PixelFit::Inside,
            Fit::Cover => PixelFit::Cover,
            Fit::Fill => PixelFit::Fill,
        };
        Recipe::Resize { bounds: self.bounds(), fit, enlarge: self.enlarge, focus: self.focus.pixels(faces) }
    }
}

impl Crop {
    /// What that means for pixels, where faces are in these places.
    pub(crate) fn recipe(&self, faces: &[Face]) -> Recipe {
        Recipe::Crop { window: self.cut.pixels(), focus: self.focus.pixels(faces) }
    }
}

impl Spec {
    /// Its kind.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Resize(_) => Kind::Resize,
            Self::Crop(_) => Kind::Crop,
            Self::Optimize(_) => Kind::Optimize,
            Self::Portrait(_) => Kind::Portrait,
            Self::Screenshot(_) => Kind::Screenshot,
            Self::LeadImage(_) => Kind::LeadImage,
        }
    }

    /// How sure it has to be that something is a face, where faces are to be looked for: where it matters where they
    /// are.
    pub(crate) fn looks_for_faces(&self) -> Option<f64> {
        match self {
            Self::Resize(Resize { fit: Fit::Cover, focus: Focus::Auto, .. }) => Some(f64::from(MIN_SCORE)),
            Self::Crop(Crop { cut: Cut::Box(_), .. }) => None,
            Self::Crop(Crop { focus: Focus::Auto, .. }) => Some(f64::from(MIN_SCORE)),
            Self::Portrait(portrait) => Some(portrait.min_score),
            Self::Resize(_) | Self::Crop(_) | Self::Optimize(_) | Self::Screenshot(_) | Self::LeadImage(_) => None,
        }
    }

    /// Whether what is made is AVIF, which takes long.
    pub(crate) fn writes_avif(&self) -> bool {
        let output = match self {
            Self::Resize(resize) => resize.output,
            Self::Crop(crop) => crop.output,
            Self::Optimize(_) => return false,
            Self::Portrait(portrait) => portrait.output,
            Self::Screenshot(screenshot) => screenshot.output,
            Self::LeadImage(lead_image) => lead_image.output,
        };
        output.format == Format::Avif
    }

    /// The page, where one is the source.
    pub(crate) fn page(&self) -> Option<&PageUrl> {
        match self {
            Self::Resize(_) | Self::Crop(_) | Self::Optimize(_) | Self::Portrait(_) => None,
            Self::Screenshot(screenshot) => Some(&screenshot.url),
            Self::LeadImage(lead_image) => Some(&lead_image.url),
        }
    }

    /// Whether a page is looked at for one transformation alone.
    fn is_anew(&self) -> bool {
        match self {
            Self::Resize(_) | Self::Crop(_) | Self::Optimize(_) | Self::Portrait(_) => false,
            Self::Screenshot(screenshot) => screenshot.anew,
            Self::LeadImage(lead_image) => lead_image.anew,
        }
    }

    /// The name of the job that makes this, by this release: of a source, whoever asks and whenever; of a page, for
    /// all who ask on a day (UTC), or for one transformation alone.
    pub(crate) fn key(&self, source: Option<&Digest>, id: TransformationId, now: DateTime<Utc>) -> JobKey {
        let name = match source {
            Some(source) => self.hash(&source.0),
            None if self.is_anew() => self.hash(&[b"for ", &id.uuid().into_bytes()[..]].concat()),
            None => self.hash(&[b"on ", &now.num_days_from_ce().to_be_bytes()[..]].concat()),
        };
        JobKey(name)
    }

    /// What tells a request from another: what is to be made of what, whenever it is asked for.
    pub(crate) fn fingerprint(&self, source: Option<&Digest>) -> [u8; 32] {
        self.hash(source.map_or(&[], |source| &source.0[..]))
    }

    fn hash(&self, of: &[u8]) -> [u8; 32] {
        let canonical = serde_json::to_vec(self).expect("a specification is plain data");
        let mut hash = Sha256::new();
        hash.update(b"labelmesh rendition\0");
        hash.update(self.kind().recipe_version().to_be_bytes());
        hash.update(of);
        hash.update(canonical);
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_errors::Reason;

    use super::*;

    fn output() -> Output {
        Output::new(Format::Same, 0, false).expect("an output")
    }

    fn screenshot(anew: bool) -> Spec {
        let url = PageUrl::parse("https://example.com/").expect("a page");
        let (width, scale, max_height, window_only, hide_banners) = (0, 0.0, 0, false, false);
        let asked = Screenshot { url, width, scale, max_height, window_only, hide_banners, anew, output: output() };
        Spec::Screenshot(asked.checked().expect("a screenshot"))
    }

    fn transformation(number: u8) -> TransformationId {
        uuid::Uuid::from_bytes([number; 16]).into()
    }

    /// Its first moment.
    fn day(number: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(number * 24 * 60 * 60, 0).expect("a time")
    }

    fn crop(cut: Cut) -> Spec {
        Spec::Crop(Crop::new(cut, None, output()).expect("a crop"))
    }

    #[test]
    fn the_same_is_called_the_same_and_anything_else_otherwise() {
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        let key = |spec: &Spec, source: &Digest| {
            let key = spec.key(Some(source), transformation(1), day(1));
            assert_eq!(key, spec.key(Some(source), transformation(2), day(2)), "whoever asks, and whenever");
            key
        };
        let half = crop(Cut::Percent(50, 10));
        assert_eq!(key(&half, &one), key(&crop(Cut::Percent(50, 10)), &one));
        assert_ne!(key(&half, &one), key(&half, &other));
        assert_ne!(key(&half, &one), key(&crop(Cut::Percent(10, 50)), &one));
        assert_ne!(key(&half, &one), key(&crop(Cut::Size(50, 10)), &one));
        // What is not said is said by default.
        let usual = Output::new(Format::Same, 80, false).expect("an output");
        let usual = Spec::Crop(Crop::new(Cut::Percent(50, 10), None, usual).expect("a crop"));
        assert_eq!(key(&usual, &one), key(&half, &one));
    }

    #[test]
    fn a_page_is_looked_at_once_a_day_unless_it_is_to_be_anew() {
        let (daily, anew) = (screenshot(false), screenshot(true));
        let key = |spec: &Spec, of, at| spec.key(None, transformation(of), at);
        let evening = day(1) + chrono::TimeDelta::hours(23);
        assert_eq!(key(&daily, 1, day(1)), key(&daily, 2, evening));
        assert_ne!(key(&daily, 1, evening), key(&daily, 1, day(2)));
        assert_eq!(key(&anew, 1, day(1)), key(&anew, 1, day(2)));
        assert_ne!(key(&anew, 1, day(1)), key(&anew, 2, day(1)));
        assert_ne!(key(&anew, 1, day(1)), key(&daily, 1, day(1)));
        assert_ne!(daily.fingerprint(None), anew.fingerprint(None));
    }

    /// Whoever changes what is written here makes every picture anew.
    #[test]
    fn what_is_made_has_the_name_that_it_always_had() {
        let written = serde_json::to_string(&crop(Cut::Percent(50, 10))).expect("JSON");
        let output = r#"{"format":"same","quality":80,"all_frames":false}"#;
        let crop = format!(r#"{{"cut":{{"percent":[50,10]}},"focus":"auto","output":{output}}}"#);
        assert_eq!(written, format!(r#"{{"crop":{crop}}}"#));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_the_name_of_its_field() {
        let resized = |size, fit, focus| Resize::new(size, fit, false, focus, output()).map(|_| ());
        let faces =
            |ratio, margin, most, score| Portrait::new(ratio, margin, most, score, NoFace::Fail, output()).map(|_| ());
        let refused = [
            (resized((0, 0), Fit::Inside, None), "resize.width"),
            (resized((8, 0), Fit::Cover, None), "resize.fit"),
            (resized((8, 8), Fit::Inside, Some(Focus::Center)), "resize.focus"),
            (Output::new(Format::Png, 0, true).map(|_| ()), "output.all_frames"),
            (Output::new(Format::Avif, 0, true).map(|_| ()), "output.all_frames"),
            (Output::new(Format::Png, 101, false).map(|_| ()), "output.quality"),
            (Optimize::new(f64::NAN, false).map(|_| ()), "optimize.score"),
            (Optimize::new(0.5, false).map(|_| ()), "optimize.score"),
            (faces(Some((4, 0)), None, 0, 0.0), "portrait.ratio.height"),
            (faces(None, Some(f64::NAN), 0, 0.0), "portrait.margin"),
            (faces(None, Some(10.5), 0, 0.0), "portrait.margin"),
            (faces(None, None, 21, 0.0), "portrait.max_faces"),
            (faces(None, None, 0, -0.1), "portrait.min_score"),
        ];
        for (outcome, field) in refused {
            let error = outcome.expect_err(field);
            assert_eq!(error.reason(), Reason::FieldInvalid);
            assert!(error.message().starts_with(field), "{error}");
        }
        for (cut, field) in [(Cut::Percent(101, 1), "crop.percent.width"), (Cut::Size(1, 0), "crop.size.height")] {
            let error = Crop::new(cut, None, output()).expect_err(field);
            assert!(error.message().starts_with(field), "{error}");
        }
        let window = Window { x: 0, y: 0, width: 1, height: 1 };
        Crop::new(Cut::Box(window), Some(Focus::Center), output()).expect_err("a box has its place");
    }
}
