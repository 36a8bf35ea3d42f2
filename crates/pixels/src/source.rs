//! A picture that was judged by its header, and what is made of it.

use std::borrow::Cow;

use image::{DynamicImage, ImageFormat, RgbImage};

use crate::{
    Bounds, Encoding, Error, Fit, Focus, Format, Limits, Recipe, animation, attention,
    caught::caught,
    encode::{encode, over_white},
    geometry::{Rect, turned},
    is_whole,
    jpeg::{self, decode::Channels},
    picture::{Header, Stored, eighths, to_srgb},
    readable,
    recipe::{Place, Plan},
    svg::{self, Drawing},
    webp,
};

/// Which frames of an animation are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Frames {
    /// The first.
    #[default]
    First,
    /// All. Only WebP is written with more than one.
    All,
}

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// The format.
    pub encoding: Encoding,
    /// Of an animation.
    pub frames: Frames,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// The file. It has pixels in sRGB and nothing else.
    pub bytes: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What of the upright picture is seen.
    pub window: Rect,
}

/// A file whose header is within all bounds. Nothing was decoded yet.
pub struct Source<'a> {
    original: &'a [u8],
    /// As its decoder wants it.
    bytes: Cow<'a, [u8]>,
    kind: Kind,
    limits: Limits,
}

enum Kind {
    Pixels(Format, Header),
    Drawing(Box<Drawing>),
}

impl<'a> Source<'a> {
    /// Reads and judges the header. Takes little more memory than the file has bytes, whatever the header says.
    ///
    /// # Errors
    /// FormatUnknown, TooManyBytes, TooManyPixels, NotDrawn, Damaged or Panicked.
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        caught(|| Self::read(bytes, limits)).map_err(Error::Panicked)?
    }

    fn read(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        if bytes.len() as u64 > limits.max_bytes {
            return Err(Error::TooManyBytes { max_bytes: limits.max_bytes });
        }
        let (readable, kind) = match format(bytes) {
            Some(format) => {
                let (readable, header) = judged(format, bytes, limits.max_memory_bytes)?;
                (readable, Kind::Pixels(format, header))
            }
            None if svg::is_svg(bytes) => (bytes.into(), Kind::Drawing(Drawing::read(bytes)?.into())),
            None => return Err(Error::FormatUnknown),
        };
        let source = Self { original: bytes, bytes: readable, kind, limits };
        let (width, height) = source.size();
        if width == 0 || height == 0 {
            return Err(Error::Damaged("it has no pixels".to_owned()));
        }
        limits.check_pixels((width, height))?;
        Ok(source)
    }

    /// The file.
    pub(crate) fn original(&self) -> &[u8] {
        self.original
    }

    /// The file as its decoder wants it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Format and header of a file that has pixels; none of a drawing.
    pub(crate) fn pixels(&self) -> Option<(Format, &Header)> {
        match &self.kind {
            Kind::Pixels(format, header) => Some((*format, header)),
            Kind::Drawing(_) => None,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Width and height of the upright picture, in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        match &self.kind {
            Kind::Pixels(_, header) => turned(header.size, header.turn),
            Kind::Drawing(drawing) => drawing.size(),
        }
    }

    /// The registered name of the file's format, whatever it is called.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match &self.kind {
            Kind::Pixels(format, _) => format.media_type(),
            Kind::Drawing(_) => "image/svg+xml",
        }
    }

    /// The encoding that is nearest to the file's own: JPEG and WebP stay what they are, all else becomes PNG.
    #[must_use]
    pub fn encoding(&self, quality: u8) -> Encoding {
        match &self.kind {
            Kind::Pixels(Format::Jpeg, _) => Encoding::Jpeg { quality },
            Kind::Pixels(Format::Webp, _) => Encoding::Webp { quality },
            _ => Encoding::Png,
        }
    }

    /// The most memory that [`Source::make`] takes, in bytes, beside the file and the result's, where that is no AVIF.
    ///
    /// # Errors
    /// WindowOutside or BadRecipe.
    pub fn memory_bytes(&self, recipe: &Recipe) -> Result<u64, Error> {
        let plan = recipe.plan(self.size())?;
        Ok(self.memory(&plan))
    }

    /// The same where the result is written so.
    ///
    /// # Errors
    /// WindowOutside or BadRecipe.
    pub fn memory_bytes_as(&self, recipe: &Recipe, encoding: Encoding) -> Result<u64, Error> {
        let plan = recipe.plan(self.size())?;
        Ok(self.memory(&plan) + encoding.memory_bytes(plan.target))
    }

    fn memory(&self, plan: &Plan) -> u64 {
        let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let decoded = match &self.kind {
            Kind::Drawing(drawing) => {
                let whole = Rect::whole(self.size());
                let window = if let Place::Known(window) = plan.place { window } else { whole };
                drawing.memory_bytes(window, plan.target)
            }
            Kind::Pixels(_, Header { size, frame: Some(frame), .. }) if frame.is_colors() => {
                let components = u64::from(frame.components);
                // Two bytes a coefficient.
                let held = if frame.is_in_scans { pixels(*size) * components * 2 } else { 0 };
                let seen = if let Place::Known(window) = &plan.place { (window.width, window.height) } else { *size };
                let eighths = u64::from(eighths(plan.scale()));
                let side = |length: u32| (u64::from(length) * eighths).div_ceil(8) + 1;
                held + side(seen.0) * side(seen.1) * components
            }
            // Inks: all coefficients, and what they become. WebP: planes of color and alpha beside the pixels. GIF: the
            // frame beside the screen. PNG of 16 bits: the same with eight.
            Kind::Pixels(format, header) => {
                let factor = match format {
                    Format::Jpeg => 5,
                    Format::Webp | Format::Gif => 3,
                    Format::Png => 2,
                };
                header.pixel_bytes * factor
            }
        };
        // The result with alpha; resampled across and not yet down; turned, in sRGB, as coefficients.
        let across = u64::from(plan.target.0.max(plan.target.1)) * u64::from(plan.window().0.max(plan.window().1));
        let across = if plan.target == plan.window() { 0 } else { across };
        decoded + across * 4 + pixels(plan.target) * 20
    }

    /// Makes what is wanted. Takes CPU time: not for an async thread. A decoder that panics fails this call alone.
    ///
    /// # Errors
    /// Any but FormatUnknown and TooManyBytes.
    pub fn make(&self, recipe: &Recipe, output: Output) -> Result<Rendition, Error> {
        caught(|| self.made(recipe, output)).map_err(Error::Panicked)?
    }

    fn made(&self, recipe: &Recipe, output: Output) -> Result<Rendition, Error> {
        output.encoding.check()?;
        let plan = self.plan(recipe)?;
        output.encoding.check_size(plan.target)?;
        self.limits.check_memory(self.memory(&plan) + output.encoding.memory_bytes(plan.target))?;
        let ((width, height), (bytes, window)) = (
            plan.target,
            match (&self.kind, output.frames) {
                (Kind::Pixels(format, header), Frames::All) => self.animated((*format, header), &plan, output)?,
                _ => self.still(&plan, output)?,
            },
        );
        Ok(Rendition { bytes, width, height, window })
    }

    /// What a recipe means for this picture, within all bounds.
    fn plan(&self, recipe: &Recipe) -> Result<Plan, Error> {
        let plan = recipe.plan(self.size())?;
        self.limits.check_pixels(plan.target)?;
        self.limits.check_memory(self.memory(&plan))?;
        Ok(plan)
    }

    /// A copy of the upright picture in sRGB that is no longer than this on either side, over white where it can be
    /// seen through, for whoever looks at it or for something in it; a smaller picture is not made larger. Takes CPU
    /// time: not for an async thread.
    ///
    /// # Errors
    /// Any but FormatUnknown and TooManyBytes.
    pub fn small(&self, most: u32) -> Result<RgbImage, Error> {
        caught(|| Ok(over_white(self.inside(most)?).into_rgb8())).map_err(Error::Panicked)?
    }

    /// The upright picture in sRGB, no longer than this on either side and not larger than it is.
    pub(crate) fn inside(&self, most: u32) -> Result<DynamicImage, Error> {
        let bounds = Bounds::Both(most, most);
        let recipe = Recipe::Resize { bounds, fit: Fit::Inside, enlarge: false, focus: Focus::Center };
        Ok(self.picture(&self.plan(&recipe)?)?.0)
    }

    fn still(&self, plan: &Plan, output: Output) -> Result<(Vec<u8>, Rect), Error> {
        if let (Encoding::Jpeg { quality }, Place::Known(window)) = (output.encoding, &plan.place)
            && let Some(made) = self.recoded(plan, *window, quality)?
        {
            return Ok((made, *window));
        }
        let (picture, window) = self.picture(plan)?;
        Ok((encode(picture, output.encoding, None)?, window))
    }

    /// A JPEG of a JPEG that has no profile: its colors are not converted to RGB and back, which takes time and
    /// precision. None of other files.
    fn recoded(&self, plan: &Plan, window: Rect, quality: u8) -> Result<Option<Vec<u8>>, Error> {
        let Kind::Pixels(Format::Jpeg, header @ Header { profile: None, frame: Some(frame), .. }) = &self.kind else {
            return Ok(None);
        };
        if !frame.is_colors() {
            return Ok(None);
        }
        self.check_whole(Format::Jpeg)?;
        let part = window.stored(header.turn, self.size());
        let (stored, channels) = Stored::decode_jpeg(&self.bytes, (plan.scale(), Some(part)), Channels::YCbCr)?;
        let mut picture = stored.cut(part, turned(plan.target, header.turn));
        picture.apply_orientation(header.turn);
        jpeg::encode::encode_channels(&picture, channels, quality, None).map(Some)
    }

    /// The picture that is planned, of an animation the first frame, and what of the whole is seen.
    fn picture(&self, plan: &Plan) -> Result<(DynamicImage, Rect), Error> {
        let (format, header) = match &self.kind {
            Kind::Drawing(drawing) => return self.drawn(drawing, plan),
            Kind::Pixels(format, header) => (*format, header),
        };
        self.check_whole(format)?;
        let part = match &plan.place {
            Place::Known(window) => Some(window.stored(header.turn, self.size())),
            Place::Sought(..) => None,
        };
        let memory = Some(self.limits.max_memory_bytes);
        let stored = Stored::decode(format, &self.bytes, (header, memory), (plan.scale(), part))?;
        let window = self.window(plan, header, &stored);
        Ok((self.shown(header, &stored, window, plan.target), window))
    }

    fn check_whole(&self, format: Format) -> Result<(), Error> {
        if is_whole(format, self.original) {
            Ok(())
        } else {
            Err(Error::Damaged("it is cut short, or a length or checksum is wrong".to_owned()))
        }
    }

    fn drawn(&self, drawing: &Drawing, plan: &Plan) -> Result<(DynamicImage, Rect), Error> {
        let window = match &plan.place {
            Place::Known(window) => *window,
            Place::Sought(window, faces) => {
                let (size, side) = (self.size(), attention::SIDE);
                let longer = u64::from(size.0.max(size.1));
                let small = |length: u32| (u64::from(length) * u64::from(side) / longer).max(1) as u32;
                let small = drawing.draw(Rect::whole(size), (small(size.0), small(size.1)), &self.limits)?;
                attention::place(&small, size, *window, faces)
            }
        };
        Ok((drawing.draw(window, plan.target, &self.limits)?, window))
    }

    /// All frames of an animation, in the window that the first one tells; a still picture is one.
    fn animated(
        &self,
        (format, header): (Format, &Header),
        plan: &Plan,
        output: Output,
    ) -> Result<(Vec<u8>, Rect), Error> {
        self.check_whole(format)?;
        let Some((frames, loops)) = animation::frames(format, &self.bytes, self.limits.max_memory_bytes)? else {
            return self.still(plan, output);
        };
        if !matches!(output.encoding, Encoding::Webp { .. }) {
            return Err(Error::NotHeld("of an animation all frames are written as WebP alone"));
        }
        let mut place = None;
        let mut made = Vec::new();
        for frame in frames {
            self.limits.check_frames(made.len() as u64 + 1, header.size)?;
            let frame = frame?;
            let milliseconds = animation::milliseconds(&frame);
            let stored = Stored::all(frame.into_buffer().into());
            let window = *place.get_or_insert_with(|| self.window(plan, header, &stored));
            let picture = self.shown(header, &stored, window, plan.target);
            let file = encode(picture, output.encoding, None)?;
            made.push(webp::animation::Frame { file, milliseconds });
        }
        let window = place.ok_or_else(|| Error::Damaged("it has no frame".to_owned()))?;
        Ok((webp::animation::animation(&made, plan.target, loops), window))
    }

    /// The window in the upright picture.
    fn window(&self, plan: &Plan, header: &Header, stored: &Stored) -> Rect {
        match &plan.place {
            Place::Known(window) => *window,
            Place::Sought(window, faces) => {
                let mut small = stored.small(attention::SIDE);
                small.apply_orientation(header.turn);
                attention::place(&small, self.size(), *window, faces)
            }
        }
    }

    /// The window as it is to be seen: cut out first and turned then, for fewer pixels are turned so.
    pub(crate) fn shown(&self, header: &Header, stored: &Stored, window: Rect, size: (u32, u32)) -> DynamicImage {
        let picture = stored.cut(window.stored(header.turn, self.size()), turned(size, header.turn));
        let mut picture = to_srgb(picture, header.profile.as_deref());
        picture.apply_orientation(header.turn);
        picture
    }
}

/// The file as its decoder wants it, and its header.
fn judged(format: Format, bytes: &[u8], max_memory_bytes: u64) -> Result<(Cow<'_, [u8]>, Header), Error> {
    if format == Format::Jpeg {
        // A worker opens each file twice: the data, which are most of it, are not copied for that.
        let head = readable(format, jpeg::head(bytes));
        let header = Header::read(format, &head, Some(max_memory_bytes))?;
        if header.frame.is_some_and(jpeg::Frame::is_colors) {
            return Ok((jpeg::decodable(bytes), header));
        }
    }
    let readable = readable(format, bytes);
    let header = Header::read(format, &readable, Some(max_memory_bytes))?;
    Ok((readable, header))
}

/// What the first bytes look like, whatever the file is called.
fn format(bytes: &[u8]) -> Option<Format> {
    match image::guess_format(bytes).ok()? {
        ImageFormat::Jpeg => Some(Format::Jpeg),
        ImageFormat::Png => Some(Format::Png),
        ImageFormat::WebP => Some(Format::Webp),
        ImageFormat::Gif => Some(Format::Gif),
        _ => None,
    }
}
