//! What holds for any picture and any recipe.

use image::ImageFormat;
use labelmesh_pixels::{Bounds, Fit, Focus, Limits, Recipe, Rect, Source, Window};
use proptest::prelude::*;

use crate::files::{PNG, encoded, photo, pixels};

fn recipes() -> impl Strategy<Value = Recipe> {
    let side = || 1..200_u32;
    let fits = prop_oneof![Just(Fit::Inside), Just(Fit::Cover), Just(Fit::Fill)];
    let faces = prop::collection::vec((side(), side(), side(), side()), 0..3);
    let focuses = prop_oneof![
        Just(Focus::Center),
        (side(), side()).prop_map(|(x, y)| Focus::Point(x, y)),
        faces.prop_map(|faces| {
            let face = |(x, y, width, height)| Rect { x, y, width, height };
            Focus::Auto { faces: faces.into_iter().map(face).collect() }
        }),
    ];
    let windows = prop_oneof![
        (side(), side()).prop_map(|(width, height)| Window::Ratio(width, height)),
        (1..=100_u32, 1..=100_u32).prop_map(|(width, height)| Window::Percent(width, height)),
        (side(), side()).prop_map(|(width, height)| Window::Size(width, height)),
        (side(), side(), side(), side()).prop_map(|(x, y, width, height)| Window::Box(Rect { x, y, width, height })),
    ];
    let bounds = prop_oneof![
        side().prop_map(Bounds::Width),
        side().prop_map(Bounds::Height),
        (side(), side()).prop_map(|(width, height)| Bounds::Both(width, height)),
    ];
    let (focus, other) = (focuses.boxed(), bounds.boxed());
    prop_oneof![
        (other, fits, any::<bool>(), focus.clone()).prop_map(|(bounds, fit, enlarge, focus)| Recipe::Resize {
            bounds,
            fit,
            enlarge,
            focus
        }),
        (windows, focus).prop_map(|(window, focus)| Recipe::Crop { window, focus }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_made_is_as_large_as_it_says_and_its_window_is_in_the_picture(
        recipe in recipes(),
        (width, height) in (1..150_u32, 1..150_u32),
        is_jpeg in any::<bool>(),
    ) {
        let format = if is_jpeg { ImageFormat::Jpeg } else { ImageFormat::Png };
        let bytes = encoded(&photo(width, height).into(), format);
        let source = Source::open(&bytes, Limits::default()).expect("a header");
        prop_assert_eq!(source.size(), (width, height));
        let Ok(made) = source.make(&recipe, PNG) else { return Ok(()) };
        prop_assert_eq!(pixels(&made.bytes).dimensions(), (made.width, made.height));
        let window = made.window;
        prop_assert!(window.width > 0 && window.height > 0);
        prop_assert!(window.x + window.width <= width && window.y + window.height <= height);
        match recipe {
            Recipe::Crop { .. } => prop_assert_eq!((window.width, window.height), (made.width, made.height)),
            Recipe::Resize { bounds: Bounds::Both(w, h), .. } => prop_assert!(made.width <= w && made.height <= h),
            Recipe::Resize { bounds: Bounds::Width(w), .. } => prop_assert!(made.width <= w),
            Recipe::Resize { bounds: Bounds::Height(h), .. } => prop_assert!(made.height <= h),
        }
    }
}
