//! Pixels as planes of brightness and color differences (ITU-R BT.601, full range, ten bits), and back.

use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use rav1e::Frame;

/// The most that a sample has.
const MOST: f32 = 1023.0;
/// A color difference of nothing.
const MIDDLE: f32 = 512.0;
/// How much red, green and blue each add to brightness.
const RED: f32 = 0.299;
const GREEN: f32 = 0.587;
const BLUE: f32 = 0.114;

/// The colors and the alpha of a picture. What can't be seen at all has the mean color of what can: it takes no room
/// then, and hides nothing.
pub(super) fn apart(pixels: &RgbaImage) -> (RgbImage, GrayImage) {
    let (mut sum, mut seen) = ([0_u64; 3], 0_u64);
    for Rgba([red, green, blue, alpha]) in pixels.pixels() {
        if *alpha > 0 {
            sum = [sum[0] + u64::from(*red), sum[1] + u64::from(*green), sum[2] + u64::from(*blue)];
            seen += 1;
        }
    }
    let mean = Rgb(sum.map(|sum| (sum / seen.max(1)) as u8));
    let (width, height) = pixels.dimensions();
    let colors = RgbImage::from_fn(width, height, |x, y| match pixels.get_pixel(x, y).0 {
        [.., 0] => mean,
        [red, green, blue, _] => Rgb([red, green, blue]),
    });
    (colors, GrayImage::from_fn(width, height, |x, y| Luma([pixels.get_pixel(x, y).0[3]])))
}

/// Fills the first plane of a frame.
pub(super) fn put_grey(pixels: &GrayImage, frame: &mut Frame<u16>) {
    let mut plane = frame.planes[0].mut_slice(Default::default());
    for (row, samples) in pixels.rows().zip(plane.rows_iter_mut()) {
        for (Luma([grey]), sample) in row.zip(samples) {
            *sample = to_sample(f32::from(*grey) * (MOST / 255.0));
        }
    }
}

/// Fills the three planes of a frame.
pub(super) fn put_colors(pixels: &RgbImage, frame: &mut Frame<u16>) {
    let [mut brightness, mut blue, mut red] = frame.planes.each_mut().map(|plane| plane.mut_slice(Default::default()));
    let rows = brightness.rows_iter_mut().zip(blue.rows_iter_mut()).zip(red.rows_iter_mut());
    for (row, ((brightness, blue), red)) in pixels.rows().zip(rows) {
        for (((Rgb(color), y), cb), cr) in row.zip(brightness).zip(blue).zip(red) {
            let [r, g, b] = color.map(|value| f32::from(value) * (MOST / 255.0));
            let light = RED * r + GREEN * g + BLUE * b;
            *y = to_sample(light);
            *cb = to_sample((b - light) / (2.0 * (1.0 - BLUE)) + MIDDLE);
            *cr = to_sample((r - light) / (2.0 * (1.0 - RED)) + MIDDLE);
        }
    }
}

/// The pixels of a frame, with the alpha of another.
pub(super) fn picture(colors: &Frame<u16>, alpha: Option<&Frame<u16>>, (width, height): (u32, u32)) -> DynamicImage {
    let is_grey = colors.planes[1].cfg.width == 0;
    match (is_grey, alpha) {
        (true, _) => grey(colors, (width, height)).into(),
        (false, None) => rgb(colors, (width, height)).into(),
        (false, Some(alpha)) => {
            let (colors, alpha) = (rgb(colors, (width, height)), grey(alpha, (width, height)));
            let pixel = |x, y| {
                let [red, green, blue] = colors.get_pixel(x, y).0;
                Rgba([red, green, blue, alpha.get_pixel(x, y).0[0]])
            };
            RgbaImage::from_fn(width, height, pixel).into()
        }
    }
}

fn grey(frame: &Frame<u16>, (width, height): (u32, u32)) -> GrayImage {
    let mut pixels = GrayImage::new(width, height);
    for (row, samples) in pixels.rows_mut().zip(frame.planes[0].rows_iter()) {
        for (pixel, sample) in row.zip(samples) {
            *pixel = Luma([to_byte(f32::from(*sample))]);
        }
    }
    pixels
}

fn rgb(frame: &Frame<u16>, (width, height): (u32, u32)) -> RgbImage {
    let mut pixels = RgbImage::new(width, height);
    let [brightness, blue, red] = frame.planes.each_ref().map(|plane| plane.rows_iter());
    for (row, ((brightness, blue), red)) in pixels.rows_mut().zip(brightness.zip(blue).zip(red)) {
        for (((pixel, y), cb), cr) in row.zip(brightness).zip(blue).zip(red) {
            let (light, cb, cr) = (f32::from(*y), f32::from(*cb) - MIDDLE, f32::from(*cr) - MIDDLE);
            let r = light + 2.0 * (1.0 - RED) * cr;
            let b = light + 2.0 * (1.0 - BLUE) * cb;
            let g = (light - RED * r - BLUE * b) / GREEN;
            *pixel = Rgb([r, g, b].map(to_byte));
        }
    }
    pixels
}

fn to_sample(value: f32) -> u16 {
    value.round().clamp(0.0, MOST) as u16
}

fn to_byte(sample: f32) -> u8 {
    (sample * (255.0 / MOST)).round().clamp(0.0, 255.0) as u8
}
