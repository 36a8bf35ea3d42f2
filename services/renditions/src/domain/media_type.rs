//! What a file is, by its first bytes.

use image::ImageFormat;

/// A GIF.
pub(crate) const GIF: &str = "image/gif";

/// The registered name of the format of a file that pixels reads, whatever the file is called.
pub(crate) fn media_type(bytes: &[u8]) -> &'static str {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => "image/jpeg",
        Ok(ImageFormat::Png) => "image/png",
        Ok(ImageFormat::WebP) => "image/webp",
        Ok(ImageFormat::Gif) => GIF,
        // It reads no other but drawings, which are text.
        _ => "image/svg+xml",
    }
}
