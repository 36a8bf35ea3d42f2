//! Whether a file is an image that people can look at.
//!
//! Its bytes decide, not its name or what a client declares; and of its bytes, what can be seen: a picture that has all
//! its pixels is whole, with or without an end marker, and one that has not is damaged.
//!
//! Two steps, so that memory can be set aside between them: the header says how large the picture would be and is
//! judged before anything is allocated for pixels; then the picture is really decoded, for only that shows damage.

mod gif;

use std::io::Cursor;

use image::{ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, metadata::Orientation};
use labelmesh_pixels::{
    Error, Format, Note, Shrunk, Sides, check_jpeg, for_operators, is_whole, notes, readable, shrinking, shrunk,
    thumbnail_format, turning,
};

use super::Refusal;

/// Wider or higher than any of the formats but PNG can say.
const MAX_SIDE: u32 = 65_535;
/// The most that a decoder may take for each pixel beside its output, over all formats: see [`Header::read`].
const BYTES_PER_PIXEL: u64 = 16;
/// The most that a GIF takes for each pixel where a thumbnail is made of it: two pictures with alpha, and a frame.
const GIF_BYTES_PER_PIXEL: u64 = 12;
/// How large a picture operators get, in pixels: as large as a screen shows. And how large a thumbnail is.
const SIDES: Sides = Sides { screen: 1_600, thumbnail: 320 };

/// What the bytes of an image are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/webp`
    Webp,
    /// `image/gif`
    Gif,
}

impl MediaType {
    /// The registered name.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    /// What the first bytes look like, whatever the file is called.
    fn of(bytes: &[u8]) -> Option<Self> {
        match image::guess_format(bytes).ok()? {
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::WebP => Some(Self::Webp),
            ImageFormat::Gif => Some(Self::Gif),
            _ => None,
        }
    }

    fn format(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Webp => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }

    /// What thumbnails of such images are.
    #[must_use]
    pub(crate) fn of_thumbnail(self) -> Self {
        if thumbnail_format(self.container()) == Format::Jpeg { Self::Jpeg } else { Self::Webp }
    }

    /// The type of this name.
    #[must_use]
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::Webp, Self::Gif].into_iter().find(|media_type| media_type.as_str() == name)
    }

    fn container(self) -> Format {
        match self {
            Self::Jpeg => Format::Jpeg,
            Self::Png => Format::Png,
            Self::Webp => Format::Webp,
            Self::Gif => Format::Gif,
        }
    }
}

/// What the header of a file says, within all bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    media_type: MediaType,
    size: Size,
    memory_bytes: u64,
}

/// Width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    width: u32,
    height: u32,
}

impl Size {
    fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Whether thumbnails of an image are other pictures than the one that operators get.
#[must_use]
pub(crate) fn has_thumbnail(width: u32, height: u32) -> bool {
    width.max(height) > SIDES.thumbnail
}

/// What is made of an image for those who look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Renditions {
    /// What operators get in place of the file, where that is another.
    pub(crate) operators: Option<Vec<u8>>,
    /// A thumbnail, of an image that is larger.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

/// An image that was decoded to its end; of an animation, its first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// What the bytes are.
    pub(crate) media_type: MediaType,
    /// In pixels, as people see it: upright. Never zero.
    pub(crate) width: u32,
    /// In pixels, as people see it: upright. Never zero.
    pub(crate) height: u32,
}

impl Header {
    /// Reads and judges the header. Allocates at most a copy of the file, whatever the header says.
    ///
    /// # Errors
    /// Empty, FormatUnknown, TooManyPixels or Damaged.
    pub(crate) fn read(bytes: &[u8], max_pixels: u64) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        let media_type = MediaType::of(bytes).ok_or(Refusal::FormatUnknown)?;
        let (size, memory_bytes) = match media_type {
            MediaType::Gif => {
                let size = gif::size(bytes)?;
                let shrinking = shrinking((size.width, size.height), SIDES);
                (size, size.pixels() * if shrinking > 0 { GIF_BYTES_PER_PIXEL } else { 1 } + shrinking)
            }
            other => measure(other, bytes, max_pixels)?,
        };
        if size.pixels() > max_pixels {
            return Err(Refusal::TooManyPixels { max_pixels });
        }
        // The file as its decoder wants it, what operators get, and what that was made of.
        Ok(Self { media_type, size, memory_bytes: memory_bytes + 3 * bytes.len() as u64 })
    }

    /// The most memory, but for tables of fixed size, that [`Header::decode`] or [`Header::renditions`] takes, beside
    /// the file itself.
    #[must_use]
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// What is made of the file for those who look at it, of one decode: see [`labelmesh_pixels`]. Takes CPU time: not
    /// for an async thread.
    ///
    /// # Errors
    /// Damaged or TooManyScans.
    pub(crate) fn renditions(self, bytes: &[u8]) -> Result<Renditions, Refusal> {
        let container = self.media_type.container();
        // A picture that can be seen as it is is not refused because it can't be made smaller.
        let Shrunk { screen, thumbnail } = shrunk(container, bytes, SIDES).unwrap_or_default();
        let operators = match screen {
            Some(small) => Some(small),
            None => for_operators(container, bytes).map_err(undecodable)?,
        };
        Ok(Renditions { operators, thumbnail })
    }

    /// A thumbnail alone, of a picture that is larger and was judged before; none where none can be made. Takes CPU
    /// time: not for an async thread.
    #[must_use]
    pub(crate) fn thumbnail(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let alone = Sides { screen: u32::MAX, ..SIDES };
        shrunk(self.media_type.container(), bytes, alone).unwrap_or_default().thumbnail
    }

    /// What strict readers stop at in a file whose pixels are all there. Takes CPU time: not for an async thread.
    #[must_use]
    pub(crate) fn notes(self, bytes: &[u8]) -> Vec<Note> {
        notes(self.media_type.container(), bytes)
    }

    /// Decodes the picture and throws the pixels away. Takes CPU time: not for an async thread.
    ///
    /// # Errors
    /// Damaged or TooManyScans.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<Picture, Refusal> {
        let Self { media_type, size, .. } = self;
        if !is_whole(media_type.container(), bytes) {
            return Err(Refusal::Damaged("it is cut short, or a length or checksum is wrong".to_owned()));
        }
        match media_type {
            MediaType::Gif => gif::decode(bytes)?,
            MediaType::Jpeg => check_jpeg(bytes).map_err(undecodable)?,
            MediaType::Png | MediaType::Webp => decode(media_type, bytes, size.pixels())?,
        }
        Ok(Picture { media_type, width: size.width, height: size.height })
    }
}

/// The size that a picture is seen in, and the most memory that decoding it takes.
fn measure(media_type: MediaType, bytes: &[u8], max_pixels: u64) -> Result<(Size, u64), Refusal> {
    let container = media_type.container();
    let bytes = readable(container, bytes);
    let mut decoder = decoder(media_type, &bytes, max_pixels)?;
    let (width, height) = decoder.dimensions();
    // What is wrong with metadata is not wrong with the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let size = if is_turned(orientation) { Size { width: height, height: width } } else { Size { width, height } };
    // What each decoder takes at most, for each byte of its output. JPEG: no output, but the coefficients of a
    // progressive picture, two bytes each, of four components where the output has three. WebP: planes of color and
    // alpha beside the output, and two pictures that are compared.
    let factor = match media_type {
        MediaType::Png | MediaType::Gif => 1,
        MediaType::Jpeg => 3,
        MediaType::Webp => 5,
    };
    let turning = if orientation == Orientation::NoTransforms { 0 } else { turning(container) };
    let shrinking = shrinking((width, height), SIDES);
    // What can be seen through is copied before it is made smaller.
    let copies = if shrinking > 0 { (factor + turning).max(2) } else { factor + turning };
    Ok((size, decoder.total_bytes() * copies + shrinking))
}

/// Whether width and height change places for whoever looks at it (Exif 2.32, tag 0112H).
fn is_turned(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

fn decode(media_type: MediaType, bytes: &[u8], max_pixels: u64) -> Result<(), Refusal> {
    let bytes = readable(media_type.container(), bytes);
    let decoder = decoder(media_type, &bytes, max_pixels)?;
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| Refusal::TooManyPixels { max_pixels })?;
    decoder.read_image(&mut vec![0; size]).map_err(|error| refusal(&error, max_pixels))
}

fn decoder<'a>(media_type: MediaType, bytes: &'a [u8], max_pixels: u64) -> Result<impl ImageDecoder + 'a, Refusal> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(max_pixels.saturating_mul(BYTES_PER_PIXEL).max(16 * 1024 * 1024));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), media_type.format());
    reader.limits(limits);
    reader.into_decoder().map_err(|error| refusal(&error, max_pixels))
}

/// What is wrong with a picture that could not be decoded.
fn undecodable(error: Error) -> Refusal {
    match error {
        Error::Damaged(why) => Refusal::Damaged(why),
        Error::TooManyScans { max_scans } => Refusal::TooManyScans { max_scans },
        other => Refusal::Damaged(other.to_string()),
    }
}

fn refusal(error: &ImageError, max_pixels: u64) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels { max_pixels },
        // What a library says is not ours to promise.
        _ => Refusal::Damaged("its pixels can't be decoded".to_owned()),
    }
}

#[cfg(test)]
mod tests;
