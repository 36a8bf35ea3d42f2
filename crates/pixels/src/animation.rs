//! The frames of an animation, one after the other.

use std::io::Cursor;

use image::{
    AnimationDecoder, Frames, ImageDecoder as _, ImageResult, Limits,
    codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::LoopCount,
};

use crate::{Error, Format};

/// What viewers show a frame for that says it is shown for no time, or as good as none.
const SHORT_MILLISECONDS: u32 = 100;
const NO_TIME_MILLISECONDS: u32 = 10;

/// The frames of an animation as they are seen, and how often they are; 0 is for ever. None of a still picture.
pub(crate) fn frames(format: Format, bytes: &[u8], max_memory_bytes: u64) -> Result<Option<(Frames<'_>, u16)>, Error> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_memory_bytes);
    let bytes = Cursor::new(bytes);
    let open = || -> ImageResult<Option<(Frames<'_>, LoopCount)>> {
        match format {
            Format::Jpeg => Ok(None),
            Format::Gif => {
                let mut decoder = GifDecoder::new(bytes)?;
                decoder.set_limits(limits)?;
                Ok(Some(with_loops(decoder)))
            }
            Format::Webp => {
                let decoder = WebPDecoder::new(bytes)?;
                Ok(decoder.has_animation().then(|| with_loops(decoder)))
            }
            Format::Png => {
                let decoder = PngDecoder::with_limits(bytes, limits)?;
                if decoder.is_apng()? { Ok(Some(with_loops(decoder.apng()?))) } else { Ok(None) }
            }
        }
    };
    let opened = open()?;
    Ok(opened.map(|(frames, loops)| {
        let loops = match loops {
            LoopCount::Infinite => 0,
            LoopCount::Finite(count) => u16::try_from(count.get()).unwrap_or(0),
        };
        (frames, loops)
    }))
}

fn with_loops<'a>(decoder: impl AnimationDecoder<'a>) -> (Frames<'a>, LoopCount) {
    let loops = decoder.loop_count();
    (decoder.into_frames(), loops)
}

/// How long a frame is shown.
pub(crate) fn milliseconds(frame: &image::Frame) -> u32 {
    let (numerator, denominator) = frame.delay().numer_denom_ms();
    match numerator / denominator.max(1) {
        0..=NO_TIME_MILLISECONDS => SHORT_MILLISECONDS,
        time => time,
    }
}
