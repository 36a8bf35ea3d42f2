//! The fonts that text is drawn with: those that are shipped here, never those of the machine.
//!
//! Their letters are as wide as those of the families that most drawings name, so that text is as long as whoever drew
//! it saw it.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicBool, Ordering},
};

use resvg::usvg::{
    Font, FontFamily, FontResolver, GlyphId, Group, Node,
    fontdb::{Database, ID, Source},
};

/// Heavier letters are bold, where there are no others than these and those of 400 (CSS Fonts 4, 5.2).
const MEDIUM: u16 = 500;
/// What a font shows in place of a letter that it does not have (OpenType, glyf).
const MISSING: GlyphId = GlyphId(0);

/// Families whose letters are as wide as those of the font in front.
const SANS: [&str; 4] = ["arimo", "arial", "helvetica", "liberation sans"];
const SERIF: [&str; 4] = ["tinos", "times", "times new roman", "liberation serif"];
const MONOSPACE: [&str; 4] = ["cousine", "courier", "courier new", "liberation mono"];

/// All fonts, and which they are.
struct Fonts {
    database: Arc<Database>,
    sans: ID,
    bold: ID,
    serif: ID,
    monospace: ID,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let mut database = Database::new();
    let mut load = |file: &'static [u8]| {
        let ids = database.load_font_source(Source::Binary(Arc::new(file)));
        *ids.first().expect("a font that is shipped here is one")
    };
    let sans = load(include_bytes!("../../fonts/Arimo-Regular.ttf"));
    let bold = load(include_bytes!("../../fonts/Arimo-Bold.ttf"));
    let serif = load(include_bytes!("../../fonts/Tinos-Regular.ttf"));
    let monospace = load(include_bytes!("../../fonts/Cousine-Regular.ttf"));
    Fonts { database: Arc::new(database), sans, bold, serif, monospace }
});

/// The fonts.
pub(super) fn database() -> Arc<Database> {
    Arc::clone(&FONTS.database)
}

/// Chooses among the fonts, and notes where one letter is in none of them: a text of such letters alone is left out of
/// the drawing without a word.
pub(super) fn resolver(lacks_letters: Arc<AtomicBool>) -> FontResolver<'static> {
    FontResolver {
        select_font: Box::new(|wanted, _| Some(select(wanted))),
        // Of each only the letters are taken that are still missing.
        select_fallback: Box::new(move |_, used, _| {
            let other = [FONTS.sans, FONTS.serif, FONTS.monospace].into_iter().find(|font| !used.contains(font));
            lacks_letters.fetch_or(other.is_none(), Ordering::Relaxed);
            other
        }),
    }
}

/// Whether there is a letter in a group that no font has.
pub(super) fn lacks_letters(group: &Group) -> bool {
    group.children().iter().any(|node| match node {
        Node::Group(group) => lacks_letters(group),
        Node::Text(text) => {
            text.layouted().iter().flat_map(|span| &span.positioned_glyphs).any(|glyph| glyph.id == MISSING)
        }
        Node::Path(_) | Node::Image(_) => false,
    })
}

/// The font of the first family that is there, else the one without serifs. Only that has bold letters, and none has
/// slanted ones.
fn select(wanted: &Font) -> ID {
    let family = wanted.families().iter().find_map(family_of).unwrap_or(FONTS.sans);
    if family == FONTS.sans && wanted.weight() > MEDIUM { FONTS.bold } else { family }
}

/// The font that a family stands for.
fn family_of(family: &FontFamily) -> Option<ID> {
    match family {
        FontFamily::SansSerif => Some(FONTS.sans),
        FontFamily::Serif => Some(FONTS.serif),
        FontFamily::Monospace => Some(FONTS.monospace),
        FontFamily::Cursive | FontFamily::Fantasy => None,
        FontFamily::Named(name) => {
            let name = name.to_lowercase();
            let is_of = |names: [&str; 4]| names.contains(&name.as_str());
            if is_of(SANS) {
                Some(FONTS.sans)
            } else if is_of(SERIF) {
                Some(FONTS.serif)
            } else {
                is_of(MONOSPACE).then_some(FONTS.monospace)
            }
        }
    }
}
