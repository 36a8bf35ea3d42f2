//! Animations: the first frame, or all.

use std::io::Cursor;

use image::{AnimationDecoder as _, DynamicImage, ImageFormat, codecs::webp::WebPDecoder, metadata::LoopCount};
use labelmesh_pixels::{Bounds, Encoding, Error, Fit, Focus, Frames, Limits, Output, Recipe, Source};

use crate::files::{PNG, as_it_is, encoded, made_by_pillow, make, photo, pillows_picture, pixels, psnr};

const ALL: Output = Output { encoding: Encoding::Webp { quality: 90 }, frames: Frames::All };
const NAMES: [&str; 3] = ["animated.gif", "animated.webp", "animated.png"];

fn half() -> Recipe {
    Recipe::Resize { bounds: Bounds::Width(24), fit: Fit::Inside, enlarge: false, focus: Focus::Center }
}

#[test]
fn the_first_frame_is_a_picture_like_any_other() {
    for name in NAMES {
        let made = make(&made_by_pillow(name), &as_it_is(), PNG).expect(name);
        let alike = psnr(&pixels(&made.bytes), &pillows_picture());
        assert!(alike > 20.0, "{name}: {alike:.1} dB");
    }
}

#[test]
fn all_frames_stay_with_their_times() {
    for name in NAMES {
        let made = make(&made_by_pillow(name), &half(), ALL).expect(name);
        let decoder = WebPDecoder::new(Cursor::new(&made.bytes)).expect("a WebP");
        assert!(matches!(decoder.loop_count(), LoopCount::Finite(count) if count.get() == 3), "{name}");
        let frames = decoder.into_frames().collect_frames().expect("frames");
        let times: Vec<_> = frames.iter().map(|frame| frame.delay().numer_denom_ms().0).collect();
        assert_eq!(times, [120, 240, 360], "{name}");
        let whole = DynamicImage::from(pillows_picture());
        for (frame, should) in frames.iter().zip([whole.clone(), whole.fliph(), whole.rotate180()]) {
            let should = should.resize_exact(24, 16, image::imageops::FilterType::Triangle).into_rgb8();
            let is = DynamicImage::from(frame.buffer().clone()).into_rgb8();
            assert!(psnr(&is, &should) > 20.0, "{name}: {:.1} dB", psnr(&is, &should));
        }
    }
}

#[test]
fn a_still_picture_has_one_frame_and_other_formats_hold_no_more() {
    let still = encoded(&photo(40, 30).into(), ImageFormat::Jpeg);
    let made = make(&still, &half(), ALL).expect("made");
    assert_eq!(pixels(&made.bytes).dimensions(), (24, 18));
    let png = Output { encoding: Encoding::Png, frames: Frames::All };
    assert!(matches!(make(&made_by_pillow("animated.gif"), &half(), png), Err(Error::NotHeld(_))));
}

#[test]
fn frames_without_end_end_at_the_limit() {
    for name in NAMES {
        let bytes = made_by_pillow(name);
        for limits in [
            Limits { max_frames: 2, ..Limits::default() },
            Limits { max_frame_pixels: 48 * 32 * 2, ..Limits::default() },
        ] {
            let made = Source::open(&bytes, limits).expect("a header").make(&half(), ALL);
            assert!(matches!(made, Err(Error::TooManyFrames { .. })), "{name}: {made:?}");
        }
    }
}
