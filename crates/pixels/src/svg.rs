//! SVG, drawn: nothing in it is run, and nothing is fetched or read for it.
//!
//! A drawing may be nested, repeated and filtered without end. Its elements, their depth, its letters and the layers
//! that drawing allocates are bounded before the first pixel is.

mod fonts;
mod letters;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use image::{DynamicImage, RgbaImage};
use resvg::{
    render,
    tiny_skia::{Pixmap, Transform},
    usvg::{Group, ImageHrefResolver, Node, Options, Tree, roxmltree},
};

use crate::{Error, Limits, geometry::Rect};

/// The most elements, those that are repeated counted each time, and the most of them within one another.
const MAX_NODES: u32 = 100_000;
const MAX_DEPTH: usize = 200;
/// All layers together have at most this many times the pixels that a picture may have.
const LAYERS: u64 = 20;
/// A thread of its own draws, with this stack: elements within one another are calls within one another.
const STACK_BYTES: usize = 64 << 20;

/// A drawing whose elements are within all bounds.
pub(crate) struct Drawing {
    tree: Tree,
}

/// Whether a file is text that has an `svg` element near its beginning.
pub(crate) fn is_svg(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(4096)];
    let begin = begin.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(begin).trim_ascii_start();
    begin.starts_with(b"<") && begin.windows(4).any(|window| window == b"<svg" || window == b":svg")
}

impl Drawing {
    /// Reads a drawing.
    ///
    /// # Errors
    /// Damaged or NotDrawn.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let text = str::from_utf8(bytes).map_err(|_| damaged("its text is not UTF-8"))?;
        let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..Default::default() };
        let document = roxmltree::Document::parse_with_options(text, options).map_err(damaged)?;
        check(&document)?;
        let nothing =
            ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
        let lacks_letters = Arc::new(AtomicBool::new(false));
        let options = Options {
            image_href_resolver: nothing,
            font_resolver: fonts::resolver(Arc::clone(&lacks_letters)),
            fontdb: fonts::database(),
            ..Options::default()
        };
        let tree = with_stack(|| Tree::from_xmltree(&document, &options))?.map_err(damaged)?;
        if lacks_letters.load(Ordering::Relaxed) || fonts::lacks_letters(tree.root()) {
            return Err(Error::NotDrawn("letters that no font here has"));
        }
        Ok(Self { tree })
    }

    /// Width and height in pixels, rounded up.
    pub(crate) fn size(&self) -> (u32, u32) {
        let size = self.tree.size();
        (size.width().ceil().max(1.0) as u32, size.height().ceil().max(1.0) as u32)
    }

    /// The most memory that drawing a window in this size takes.
    pub(crate) fn memory_bytes(&self, window: Rect, target: (u32, u32)) -> u64 {
        let layers = self.layers(window, target);
        layers.deepest.saturating_mul(4)
    }

    /// Draws a window in this size.
    ///
    /// # Errors
    /// NotDrawn or Panicked.
    pub(crate) fn draw(&self, window: Rect, target: (u32, u32), limits: &Limits) -> Result<DynamicImage, Error> {
        if self.layers(window, target).all > limits.max_pixels.saturating_mul(LAYERS) {
            return Err(Error::NotDrawn("more layers than may be"));
        }
        let transform = Transform::from_translate(-(window.x as f32), -(window.y as f32))
            .post_scale(target.0 as f32 / window.width as f32, target.1 as f32 / window.height as f32);
        with_stack(|| {
            let Some(mut pixels) = Pixmap::new(target.0, target.1) else {
                return Err(Error::BadRecipe("a width and a height are at least 1"));
            };
            render(&self.tree, transform, &mut pixels.as_mut());
            let pixels = RgbaImage::from_raw(target.0, target.1, pixels.take_demultiplied());
            Ok(pixels.expect("a pixmap has four bytes a pixel").into())
        })?
    }

    fn layers(&self, window: Rect, target: (u32, u32)) -> Layers {
        let scale =
            f64::max(f64::from(target.0) / f64::from(window.width), f64::from(target.1) / f64::from(window.height));
        let canvas = u64::from(target.0) * u64::from(target.1);
        let mut layers = within(self.tree.root(), scale, canvas, MAX_DEPTH * 4);
        layers.all = layers.all.saturating_add(canvas);
        layers.deepest = layers.deepest.saturating_add(canvas);
        layers
    }
}

fn damaged(error: impl ToString) -> Error {
    Error::Damaged(error.to_string())
}

/// Refuses what is not drawn, rather than leave it out, and what lies too deep.
fn check(document: &roxmltree::Document<'_>) -> Result<(), Error> {
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        match node.tag_name().name() {
            "image" | "feImage" => return Err(Error::NotDrawn("an image")),
            "foreignObject" => return Err(Error::NotDrawn("a foreign object")),
            _ => {}
        }
        if node.ancestors().take(MAX_DEPTH + 1).count() > MAX_DEPTH {
            return Err(Error::NotDrawn("elements too deep within others"));
        }
    }
    letters::check(document)
}

/// Pixels of the layers that are allocated while a group is drawn: of all, and of most that are there at once.
#[derive(Default)]
struct Layers {
    all: u64,
    deepest: u64,
}

/// The layers of a group. Each has at most the pixels of `canvas`, a filter's of five times its width and height.
fn within(group: &Group, scale: f64, canvas: u64, depth: usize) -> Layers {
    if depth == 0 {
        return Layers { all: u64::MAX, deepest: u64::MAX };
    }
    let mut own = 0_u64;
    let area = {
        let bounds = group.abs_layer_bounding_box();
        let area = f64::from(bounds.width()) * scale * f64::from(bounds.height()) * scale;
        // As a number of pixels it is never negative, and infinity is the largest.
        area as u64
    };
    if group.should_isolate() {
        own += area.min(canvas);
    }
    let primitives: usize = group.filters().iter().map(|filter| filter.primitives().len() + 1).sum();
    own = own.saturating_add(area.min(canvas.saturating_mul(25)).saturating_mul(primitives as u64));
    if group.mask().is_some() {
        own = own.saturating_add(canvas);
    }
    if group.clip_path().is_some() {
        own = own.saturating_add(canvas);
    }
    let mut layers = Layers::default();
    let mut add = |inner: Layers| {
        layers.all = layers.all.saturating_add(inner.all);
        layers.deepest = layers.deepest.max(inner.deepest);
    };
    for node in group.children() {
        if let Node::Group(inner) = node {
            add(within(inner, scale, canvas, depth - 1));
        }
        // Clips, masks and patterns are groups of their own.
        node.subroots(|inner| add(within(inner, scale, canvas, depth - 1)));
    }
    Layers { all: layers.all.saturating_add(own), deepest: layers.deepest.saturating_add(own) }
}

/// Runs something in a thread with a large stack.
fn with_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Result<T, Error> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run);
        let thread = thread.map_err(|error| Error::Panicked(error.to_string()))?;
        thread.join().map_err(|_| Error::Panicked("the drawing could not be drawn".to_owned()))
    })
}
