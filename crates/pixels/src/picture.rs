//! Decoded pixels: read, turned, cut, resized, and in sRGB.

use std::io::Cursor;

use fast_image_resize::{ResizeOptions, Resizer};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits, metadata::Orientation};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::{
    Error, Format,
    geometry::Rect,
    jpeg::{self, decode::Channels},
};

/// What an image decoder knows before it decodes.
pub(crate) struct Header {
    /// As stored.
    pub(crate) size: (u32, u32),
    /// How the picture has to be turned to stand upright.
    pub(crate) turn: Orientation,
    /// The color profile, where it is one of the colors that the decoder gives.
    pub(crate) profile: Option<Vec<u8>>,
    /// Of a JPEG.
    pub(crate) frame: Option<jpeg::Frame>,
    /// Bytes of the decoded pixels.
    pub(crate) pixel_bytes: u64,
}

impl Header {
    /// Reads the header of a file; a decoder's tables take no more memory than that.
    ///
    /// # Errors
    /// Damaged.
    pub(crate) fn read(format: Format, bytes: &[u8], max_memory_bytes: Option<u64>) -> Result<Self, Error> {
        let mut decoder = decoder(format, bytes, max_memory_bytes)?;
        // What is wrong with metadata is not wrong with the picture.
        let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        // A profile of other colors than the decoder gives, as of inks, says nothing of these.
        let frame = if format == Format::Jpeg { jpeg::Frame::read(bytes) } else { None };
        let components = frame.map_or(decoder.original_color_type().channel_count(), |frame| frame.components);
        let profile = decoder.icc_profile().ok().flatten();
        let profile = profile.filter(|_| components == decoder.color_type().channel_count());
        Ok(Self { size: decoder.dimensions(), turn, profile, frame, pixel_bytes: decoder.total_bytes() })
    }
}

/// A decoder of a container's first frame. Memory has no bound where none is given: whoever gives a picture then has
/// judged it.
pub(crate) fn decoder(
    format: Format,
    bytes: &[u8],
    max_memory_bytes: Option<u64>,
) -> ImageResult<impl ImageDecoder + '_> {
    let format = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Webp => ImageFormat::WebP,
        Format::Gif => ImageFormat::Gif,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = max_memory_bytes;
    reader.limits(limits);
    reader.into_decoder()
}

/// Pixels as they are stored: of the picture or, where only a part of it was wanted, of a part around that.
pub(crate) struct Stored {
    pixels: DynamicImage,
    /// How many pixels there are for one of the file, in each direction.
    scale: f64,
    /// Where they begin in the picture of that scale.
    origin: (u32, u32),
}

impl Stored {
    /// Pixels that are those of the file.
    pub(crate) fn all(pixels: DynamicImage) -> Self {
        Self { pixels, scale: 1.0, origin: (0, 0) }
    }

    /// Decodes a file of which so much is needed: enough pixels for a result that is `scale` as large, from this part.
    ///
    /// # Errors
    /// Damaged.
    pub(crate) fn decode(
        format: Format,
        bytes: &[u8],
        (header, max_memory_bytes): (&Header, Option<u64>),
        (scale, part): (f64, Option<Rect>),
    ) -> Result<Self, Error> {
        if !header.frame.is_some_and(jpeg::Frame::is_colors) {
            if format == Format::Jpeg {
                // Of inks a decoder does not tell that pixels are missing.
                jpeg::decode::check(bytes)?;
            }
            return Ok(Self::all(DynamicImage::from_decoder(decoder(format, bytes, max_memory_bytes)?)?));
        }
        Ok(Self::decode_jpeg(bytes, (scale, part), Channels::Rgb)?.0)
    }

    /// Decodes a JPEG of grey or colors, of which so much is needed. Where YCbCr is wanted and the file has it, the
    /// three channels are that; what they are is told.
    ///
    /// # Errors
    /// Damaged or TooManyScans.
    pub(crate) fn decode_jpeg(
        bytes: &[u8],
        (scale, part): (f64, Option<Rect>),
        wanted: Channels,
    ) -> Result<(Self, Channels), Error> {
        let eighths = eighths(scale);
        let part = part.map(|part| {
            // What is cut by the edge of a block belongs to it.
            let start = |at: u32| at * u32::from(eighths) / 8;
            let end = |at: u32| (at * u32::from(eighths)).div_ceil(8);
            let (x, y) = (start(part.x), start(part.y));
            Rect { x, y, width: end(part.x + part.width) - x, height: end(part.y + part.height) - y }
        });
        let (pixels, channels) = jpeg::decode::decode(bytes, eighths, part, wanted)?;
        let origin = part.map_or((0, 0), |part| (part.x, part.y));
        Ok((Self { pixels, scale: f64::from(eighths) / 8.0, origin }, channels))
    }

    /// All pixels.
    pub(crate) fn into_pixels(self) -> DynamicImage {
        self.pixels
    }

    /// What is in a window of the stored picture, in another size; eight bits a channel.
    pub(crate) fn cut(&self, window: Rect, size: (u32, u32)) -> DynamicImage {
        let pixels = eight_bits(&self.pixels);
        let (columns, rows) = (f64::from(pixels.width()), f64::from(pixels.height()));
        let start =
            |at: u32, origin: u32, end: f64| (f64::from(at) * self.scale - f64::from(origin)).clamp(0.0, end - 1.0);
        let (left, top) = (start(window.x, self.origin.0, columns), start(window.y, self.origin.1, rows));
        let width = (f64::from(window.width) * self.scale).min(columns - left);
        let height = (f64::from(window.height) * self.scale).min(rows - top);
        let is_whole = |length: f64, size: u32| length == f64::from(size) && length.fract() == 0.0;
        if is_whole(width, size.0) && is_whole(height, size.1) && left.fract() == 0.0 && top.fract() == 0.0 {
            return pixels.crop_imm(left as u32, top as u32, size.0, size.1);
        }
        resized(&pixels, (left, top, width, height), size)
    }

    /// The whole of it, no longer than this on either side.
    pub(crate) fn small(&self, most: u32) -> DynamicImage {
        let pixels = eight_bits(&self.pixels);
        let (width, height) = (pixels.width(), pixels.height());
        let longer = width.max(height);
        let side = |length: u32| (u64::from(length) * u64::from(most) / u64::from(longer)).max(1) as u32;
        if longer <= most {
            return pixels.into_owned();
        }
        resized(&pixels, (0.0, 0.0, width.into(), height.into()), (side(width), side(height)))
    }
}

/// How many times as many pixels as are needed a JPEG is decoded to at least, in each direction, so that resampling
/// decides how it looks.
const SPARE: f64 = 1.8;

/// In how many eighths of its size a JPEG is decoded of which a result that is `scale` as large is wanted.
pub(crate) fn eighths(scale: f64) -> u8 {
    (1..8).find(|eighths| f64::from(*eighths) / 8.0 >= SPARE * scale).unwrap_or(8)
}

/// A part of a picture of eight bits a channel in another size, by Lanczos with three lobes; what can't be seen through
/// does not shine through.
fn resized(pixels: &DynamicImage, (left, top, width, height): (f64, f64, f64, f64), size: (u32, u32)) -> DynamicImage {
    let mut resized = DynamicImage::new(size.0, size.1, pixels.color());
    let options = ResizeOptions::new().crop(left, top, width, height);
    Resizer::new().resize(pixels, &mut resized, &options).expect("the part is within the picture, and both are alike");
    resized
}

/// The picture with eight bits a channel.
fn eight_bits(pixels: &DynamicImage) -> std::borrow::Cow<'_, DynamicImage> {
    use image::ColorType::{L8, L16, La8, La16, Rgb8, Rgba8};
    use std::borrow::Cow;
    match pixels.color() {
        L8 | La8 | Rgb8 | Rgba8 => Cow::Borrowed(pixels),
        L16 => Cow::Owned(pixels.to_luma8().into()),
        La16 => Cow::Owned(pixels.to_luma_alpha8().into()),
        color if color.has_alpha() => Cow::Owned(pixels.to_rgba8().into()),
        _ => Cow::Owned(pixels.to_rgb8().into()),
    }
}

/// The colors of a profile as those of sRGB. A profile that can't be read, or is one of other colors, is not one.
pub(crate) fn to_srgb(picture: DynamicImage, profile: Option<&[u8]>) -> DynamicImage {
    let Some(profile) = profile.and_then(|bytes| ColorProfile::new_from_slice(bytes).ok()) else { return picture };
    converted(&picture, &profile).unwrap_or(picture)
}

fn converted(picture: &DynamicImage, profile: &ColorProfile) -> Option<DynamicImage> {
    let is_grey = profile.color_space == DataColorSpace::Gray;
    let (from, to) = match picture {
        DynamicImage::ImageLuma8(_) if is_grey => (Layout::Gray, Layout::Rgb),
        DynamicImage::ImageLumaA8(_) if is_grey => (Layout::GrayAlpha, Layout::Rgba),
        DynamicImage::ImageRgb8(_) if profile.color_space == DataColorSpace::Rgb => (Layout::Rgb, Layout::Rgb),
        DynamicImage::ImageRgba8(_) if profile.color_space == DataColorSpace::Rgb => (Layout::Rgba, Layout::Rgba),
        _ => return None,
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(from, &srgb, to, TransformOptions::default()).ok()?;
    let mut converted = if to == Layout::Rgb {
        DynamicImage::new_rgb8(picture.width(), picture.height())
    } else {
        DynamicImage::new_rgba8(picture.width(), picture.height())
    };
    let bytes = match &mut converted {
        DynamicImage::ImageRgb8(pixels) => pixels.as_mut(),
        DynamicImage::ImageRgba8(pixels) => pixels.as_mut(),
        _ => return None,
    };
    transform.transform(picture.as_bytes(), bytes).ok()?;
    Some(converted)
}
