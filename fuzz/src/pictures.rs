//! Pictures.

use labelmesh_pixels::{Bounds, Encoding, Error, Fit, Focus, Frames, Limits, Output, Recipe, Source, Window};

use crate::first_line;

const LIMITS: Limits = Limits {
    max_bytes: 1 << 16,
    max_pixels: 100_000,
    max_frames: 5,
    max_frame_pixels: 200_000,
    max_memory_bytes: 32 << 20,
};

/// A line that says what is made: `resize` or `crop`, then perhaps `cover`, `enlarge`, `center`, `webp`, `jpeg` and
/// `all` (frames), with blanks between; then the file.
pub fn pictures(data: &[u8]) {
    let Some((line, file)) = first_line(data) else { return };
    let has = |word: &str| line.split(' ').any(|other| other == word);
    let focus = if has("center") { Focus::Center } else { Focus::Auto { faces: Vec::new() } };
    let recipe = if has("crop") {
        Recipe::Crop { window: Window::Percent(60, 40), focus }
    } else {
        let fit = if has("cover") { Fit::Cover } else { Fit::Inside };
        Recipe::Resize { bounds: Bounds::Both(20, 30), fit, enlarge: has("enlarge"), focus }
    };
    let encoding = match (has("webp"), has("jpeg")) {
        (true, _) => Encoding::Webp { quality: 50 },
        (_, true) => Encoding::Jpeg { quality: 50 },
        _ => Encoding::Png,
    };
    let frames = if has("all") { Frames::All } else { Frames::First };
    let made = Source::open(file, LIMITS).and_then(|source| source.make(&recipe, Output { encoding, frames }));
    match made {
        Ok(made) => assert!(u64::from(made.width) * u64::from(made.height) <= LIMITS.max_pixels),
        Err(Error::Panicked(said)) => panic!("{said}"),
        Err(_) => {}
    }
}
