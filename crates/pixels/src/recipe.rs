//! What is to be made of a picture, and how that becomes a window and a size.

use crate::{Error, geometry::Rect};

/// What is to be made. All lengths and places are those of the upright picture, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipe {
    /// The picture in another size.
    Resize {
        /// How large it may become.
        bounds: Bounds,
        /// How it is fitted into them.
        fit: Fit,
        /// Whether a smaller picture is made larger; it stays as it is otherwise.
        enlarge: bool,
        /// What stays of it where [`Fit::Cover`] cuts something off.
        focus: Focus,
    },
    /// A part of the picture, pixel by pixel.
    Crop {
        /// How large the part is.
        window: Window,
        /// Where it lies.
        focus: Focus,
    },
}

/// A width, a height, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// Any height.
    Width(u32),
    /// Any width.
    Height(u32),
    /// Both.
    Both(u32, u32),
}

/// How a picture becomes as large as its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The whole picture, as large as it can be within them.
    Inside,
    /// The bounds are filled, and what is over is cut off.
    Cover,
    /// The whole picture, distorted so that it fills them.
    Fill,
}

/// The part that is cut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The largest part whose width is to its height as these are to each other.
    Ratio(u32, u32),
    /// So many per cent of the width and of the height, from 1 to 100.
    Percent(u32, u32),
    /// A width and a height.
    Size(u32, u32),
    /// A part of its own place, which needs no focus.
    Box(Rect),
}

/// Where a window lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Focus {
    /// Where it keeps most of these faces; among such places and without faces, where most is to be seen; in a picture
    /// in which that is nowhere, in the middle.
    Auto {
        /// Where faces are, if that is known.
        faces: Vec<Rect>,
    },
    /// In the middle.
    Center,
    /// Around this point, as far as the picture reaches.
    Point(u32, u32),
}

/// A recipe for a picture of a certain size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// What is cut out.
    pub(crate) place: Place,
    /// How large that becomes.
    pub(crate) target: (u32, u32),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// This.
    Known(Rect),
    /// A window of a width and height whose place the pixels tell, and perhaps these faces.
    Sought((u32, u32), Vec<Rect>),
}

impl Plan {
    /// The size of the window.
    pub(crate) fn window(&self) -> (u32, u32) {
        match &self.place {
            Place::Known(window) => (window.width, window.height),
            Place::Sought(window, _) => *window,
        }
    }

    /// How much larger the result is than the window, in the direction in which it is more so.
    pub(crate) fn scale(&self) -> f64 {
        let (window, target) = (self.window(), self.target);
        f64::max(f64::from(target.0) / f64::from(window.0), f64::from(target.1) / f64::from(window.1))
    }
}

impl Recipe {
    /// What the recipe means for an upright picture of this size.
    pub(crate) fn plan(&self, size: (u32, u32)) -> Result<Plan, Error> {
        match self {
            Self::Crop { window: Window::Box(window), .. } => {
                let (width, height) = size;
                let place =
                    if window.is_within(size) { Ok(*window) } else { Err(Error::WindowOutside { width, height }) };
                Ok(Plan { place: Place::Known(place?), target: (window.width, window.height) })
            }
            Self::Crop { window, focus } => {
                let target = window.size(size)?;
                Ok(Plan { place: focus.place(target, size)?, target })
            }
            Self::Resize { bounds, fit: Fit::Cover, enlarge, focus } => {
                let (width, height) = bounds.both()?;
                let window = Window::Ratio(width, height).size(size)?;
                let place = focus.place(window, size)?;
                let target = if !enlarge && width > window.0 { window } else { (width, height) };
                Ok(Plan { place, target })
            }
            Self::Resize { bounds, fit: Fit::Fill, enlarge, .. } => {
                let most = |bound: u32, length: u32| if *enlarge { bound } else { bound.min(length) };
                let (width, height) = bounds.both()?;
                Ok(Plan { place: Place::Known(Rect::whole(size)), target: (most(width, size.0), most(height, size.1)) })
            }
            Self::Resize { bounds, fit: Fit::Inside, enlarge, .. } => {
                let target = inside(*bounds, size, *enlarge)?;
                Ok(Plan { place: Place::Known(Rect::whole(size)), target })
            }
        }
    }
}

impl Bounds {
    /// Width and height where both are needed.
    fn both(self) -> Result<(u32, u32), Error> {
        match self {
            Self::Both(width, height) if width > 0 && height > 0 => Ok((width, height)),
            Self::Both(..) => Err(Error::BadRecipe("a width and a height are at least 1")),
            _ => Err(Error::BadRecipe("covering and filling need both a width and a height")),
        }
    }
}

/// The largest size within bounds in which nothing is distorted, by more than rounding does.
fn inside(bounds: Bounds, (width, height): (u32, u32), enlarge: bool) -> Result<(u32, u32), Error> {
    let (w, h) = match bounds {
        Bounds::Width(w) => (w, u32::MAX),
        Bounds::Height(h) => (u32::MAX, h),
        Bounds::Both(w, h) => (w, h),
    };
    if w == 0 || h == 0 {
        return Err(Error::BadRecipe("a width and a height are at least 1"));
    }
    if !enlarge && w >= width && h >= height {
        return Ok((width, height));
    }
    if u64::from(w) * u64::from(height) <= u64::from(h) * u64::from(width) {
        Ok((w, share(height, w, width).min(h)))
    } else {
        Ok((share(width, h, height).min(w), h))
    }
}

/// `length * part / whole`, rounded, and at least 1.
fn share(length: u32, part: u32, whole: u32) -> u32 {
    let (length, part, whole) = (u128::from(length), u128::from(part), u128::from(whole));
    u32::try_from((length * part * 2 + whole) / (whole * 2)).unwrap_or(u32::MAX).max(1)
}

impl Window {
    /// Its size in a picture of this size.
    fn size(self, (width, height): (u32, u32)) -> Result<(u32, u32), Error> {
        match self {
            Self::Ratio(0, _) | Self::Ratio(_, 0) => Err(Error::BadRecipe("both sides of a ratio are at least 1")),
            Self::Ratio(w, h) if u64::from(width) * u64::from(h) >= u64::from(height) * u64::from(w) => {
                Ok((share(height, w, h).min(width), height))
            }
            Self::Ratio(w, h) => Ok((width, share(width, h, w).min(height))),
            Self::Percent(w, h) if (1..=100).contains(&w) && (1..=100).contains(&h) => {
                Ok((share(width, w, 100), share(height, h, 100)))
            }
            Self::Percent(..) => Err(Error::BadRecipe("per cent are from 1 to 100")),
            Self::Size(w, h) | Self::Box(Rect { width: w, height: h, .. }) => {
                let is_within = Rect::whole((w, h)).is_within((width, height));
                if is_within { Ok((w, h)) } else { Err(Error::WindowOutside { width, height }) }
            }
        }
    }
}

impl Focus {
    /// Where a window lies in a picture.
    fn place(&self, window: (u32, u32), (width, height): (u32, u32)) -> Result<Place, Error> {
        let around = |(x, y): (u32, u32)| {
            let start = |at: u32, length: u32, end: u32| at.saturating_sub(length / 2).min(end - length);
            let (x, y) = (start(x, window.0, width), start(y, window.1, height));
            Place::Known(Rect { x, y, width: window.0, height: window.1 })
        };
        match self {
            _ if window == (width, height) => Ok(Place::Known(Rect::whole(window))),
            Self::Auto { faces } => Ok(Place::Sought(window, faces.clone())),
            Self::Center => {
                let (x, y) = ((width - window.0) / 2, (height - window.1) / 2);
                Ok(Place::Known(Rect { x, y, width: window.0, height: window.1 }))
            }
            Self::Point(x, y) if *x < width && *y < height => Ok(around((*x, *y))),
            Self::Point(..) => Err(Error::WindowOutside { width, height }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resized(size: (u32, u32), bounds: Bounds, fit: Fit, enlarge: bool) -> (u32, u32) {
        let recipe = Recipe::Resize { bounds, fit, enlarge, focus: Focus::Center };
        recipe.plan(size).expect("a plan").target
    }

    #[test]
    fn sizes_are_those_of_the_fit() {
        let large = (4000, 3000);
        assert_eq!(resized(large, Bounds::Width(800), Fit::Inside, false), (800, 600));
        assert_eq!(resized(large, Bounds::Height(300), Fit::Inside, false), (400, 300));
        assert_eq!(resized(large, Bounds::Both(800, 300), Fit::Inside, false), (400, 300));
        assert_eq!(resized(large, Bounds::Both(800, 300), Fit::Cover, false), (800, 300));
        assert_eq!(resized(large, Bounds::Both(800, 300), Fit::Fill, false), (800, 300));
        assert_eq!(resized((10_000, 1), Bounds::Width(10), Fit::Inside, false), (10, 1));
        // What is smaller stays so unless it is to become larger.
        let small = (40, 30);
        assert_eq!(resized(small, Bounds::Both(800, 800), Fit::Inside, false), small);
        assert_eq!(resized(small, Bounds::Both(800, 800), Fit::Inside, true), (800, 600));
        assert_eq!(resized(small, Bounds::Both(80, 80), Fit::Cover, false), (30, 30));
        assert_eq!(resized(small, Bounds::Both(80, 80), Fit::Cover, true), (80, 80));
        assert_eq!(resized(small, Bounds::Both(80, 20), Fit::Fill, false), (40, 20));
    }

    fn cropped(size: (u32, u32), window: Window, focus: Focus) -> Result<Plan, Error> {
        Recipe::Crop { window, focus }.plan(size)
    }

    #[test]
    fn windows_are_by_ratio_per_cent_size_or_box() {
        let size = (4000, 3000);
        let known = |x, y, width, height| Place::Known(Rect { x, y, width, height });
        for (window, focus, place) in [
            (Window::Ratio(16, 9), Focus::Center, known(0, 375, 4000, 2250)),
            (Window::Ratio(1, 1), Focus::Point(3999, 0), known(1000, 0, 3000, 3000)),
            (Window::Percent(50, 10), Focus::Center, known(1000, 1350, 2000, 300)),
            (Window::Size(800, 600), Focus::Point(500, 400), known(100, 100, 800, 600)),
            (Window::Ratio(4, 3), Focus::Auto { faces: Vec::new() }, known(0, 0, 4000, 3000)),
        ] {
            assert_eq!(cropped(size, window, focus).expect("a plan").place, place, "{window:?}");
        }
        let outside = Err(Error::WindowOutside { width: 4000, height: 3000 });
        let far = Rect { x: u32::MAX, y: 0, width: 2, height: 2 };
        let wide = Rect { x: 3999, y: 0, width: 2, height: 1 };
        for window in [Window::Size(4001, 1), Window::Size(0, 1), Window::Box(far), Window::Box(wide)] {
            assert_eq!(cropped(size, window, Focus::Center), outside, "{window:?}");
        }
        assert_eq!(cropped(size, Window::Size(8, 8), Focus::Point(4000, 0)), outside);
        assert!(matches!(cropped(size, Window::Ratio(0, 1), Focus::Center), Err(Error::BadRecipe(_))));
        assert!(matches!(cropped(size, Window::Percent(0, 101), Focus::Center), Err(Error::BadRecipe(_))));
    }
}
