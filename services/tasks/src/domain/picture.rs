//! Whether a file is an image that people can look at.
//!
//! Two steps, so that memory can be set aside between them: the header says how large the picture would be and is
//! judged before anything is allocated for pixels; then the picture is really decoded, for only that shows damage.

use std::io::Cursor;

use image::{ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::{Refusal, ending::is_whole};

/// Wider or higher than any of the formats but PNG can say.
const MAX_SIDE: u32 = 65_535;
/// The most that a decoder may take for each pixel beside its output, over all formats: see [`Header::read`].
const BYTES_PER_PIXEL: u64 = 16;

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

    /// Whether a declared media type fits. Nothing, and the word for "some bytes", fit everything.
    fn is_declared_by(self, declared: &str) -> bool {
        let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "" | "application/octet-stream" => true,
            // What old browsers say.
            "image/jpg" | "image/pjpeg" => self == Self::Jpeg,
            "image/x-png" => self == Self::Png,
            other => other == self.as_str(),
        }
    }
}

/// What the header of a file says, within all bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    media_type: MediaType,
    width: u32,
    height: u32,
    memory_bytes: u64,
}

/// An image that was decoded to its end; of an animation, its first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// What the bytes are.
    pub(crate) media_type: MediaType,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
}

impl Header {
    /// Reads and judges the header. Allocates at most a copy of the file, whatever the header says.
    ///
    /// # Errors
    /// Empty, FormatUnknown, TypeMismatch, TooManyPixels or Damaged.
    pub(crate) fn read(bytes: &[u8], declared: &str, max_pixels: u64) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        let media_type = MediaType::of(bytes).ok_or(Refusal::FormatUnknown)?;
        if !media_type.is_declared_by(declared) {
            return Err(Refusal::TypeMismatch { declared: declared.to_owned(), actual: media_type });
        }
        let decoder = decoder(media_type, bytes, max_pixels)?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > max_pixels {
            return Err(Refusal::TooManyPixels { max_pixels });
        }
        // What each decoder takes at most, for each byte of its output. JPEG: the coefficients of a progressive picture
        // are two bytes where the output is one, four components where it is three. WebP: planes of color and alpha
        // beside the output. GIF: the frame beside the screen.
        let factor = match media_type {
            MediaType::Png => 1,
            MediaType::Gif => 2,
            MediaType::Webp => 3,
            MediaType::Jpeg => 4,
        };
        let memory_bytes = decoder.total_bytes() * factor + bytes.len() as u64;
        Ok(Self { media_type, width, height, memory_bytes })
    }

    /// The most memory that [`Header::decode`] takes, beside the file itself.
    #[must_use]
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Decodes the picture and throws the pixels away. Takes CPU time: not for an async thread.
    ///
    /// # Errors
    /// Damaged.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<Picture, Refusal> {
        let Self { media_type, width, height, .. } = self;
        if !is_whole(media_type, bytes) {
            return Err(Refusal::Damaged("it is cut short".to_owned()));
        }
        let max_pixels = u64::from(width) * u64::from(height);
        let decoder = decoder(media_type, bytes, max_pixels)?;
        let size = usize::try_from(decoder.total_bytes()).map_err(|_| Refusal::TooManyPixels { max_pixels })?;
        let mut pixels = vec![0; size];
        decoder.read_image(&mut pixels).map_err(|error| refusal(&error, max_pixels))?;
        Ok(Picture { media_type, width, height })
    }
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

fn refusal(error: &ImageError, max_pixels: u64) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels { max_pixels },
        other => Refusal::Damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
