//! The attribute `srcset`.

/// Beyond this width in pixels more tells nothing, and costs.
const WIDE_ENOUGH: f64 = 2560.0;

/// One image of a `srcset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry<'a> {
    /// As it stands there.
    pub(crate) url: &'a str,
    /// In pixels, if it is told.
    pub(crate) width: Option<u32>,
    /// Width, or density where no width is told: larger is larger.
    size: f64,
}

/// The largest image that is not larger than anybody needs, else the smallest.
pub(crate) fn largest(srcset: &str) -> Option<Entry<'_>> {
    let usable = |entry: &&Entry<'_>| !entry.url.starts_with("data:");
    let entries = entries(srcset);
    let fitting = entries.iter().filter(usable).filter(|entry| entry.size <= WIDE_ENOUGH);
    // Of equals the first.
    let fitting = fitting.rev().max_by(|one, other| one.size.total_cmp(&other.size));
    let smallest = || entries.iter().filter(usable).min_by(|one, other| one.size.total_cmp(&other.size));
    fitting.or_else(smallest).copied()
}

/// Takes a `srcset` apart as the HTML standard does (4.8.4.2.1, "parse a srcset attribute"): an URL ends with white
/// space, so it may have commas within.
fn entries(srcset: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let mut rest = srcset;
    loop {
        rest = rest.trim_start_matches(|next: char| next.is_ascii_whitespace() || next == ',');
        if rest.is_empty() {
            return entries;
        }
        let (url, after) = rest.split_at(rest.find(|next: char| next.is_ascii_whitespace()).unwrap_or(rest.len()));
        let bare = url.trim_end_matches(',');
        let descriptors = if bare.len() < url.len() {
            rest = after;
            ""
        } else {
            let end = end_of_descriptors(after);
            rest = &after[end..];
            &after[..end]
        };
        entries.push(entry(bare, descriptors));
    }
}

/// Where a comma ends the descriptors; one in parentheses does not.
fn end_of_descriptors(text: &str) -> usize {
    let mut within = false;
    for (at, next) in text.char_indices() {
        match next {
            '(' => within = true,
            ')' => within = false,
            ',' if !within => return at,
            _ => {}
        }
    }
    text.len()
}

fn entry<'a>(url: &'a str, descriptors: &str) -> Entry<'a> {
    let (mut width, mut density) = (None, 1.0);
    for descriptor in descriptors.split_ascii_whitespace() {
        if let Some(told) = descriptor.strip_suffix('w').and_then(|number| number.parse::<u32>().ok()) {
            width = Some(told);
        } else if let Some(told) = descriptor.strip_suffix('x').and_then(|number| number.parse::<f64>().ok()) {
            density = told;
        }
    }
    Entry { url, width, size: width.map_or(density, f64::from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(srcset: &str) -> Option<&str> {
        largest(srcset).map(|entry| entry.url)
    }

    #[test]
    fn the_largest_is_taken_by_width_or_density() {
        assert_eq!(url("a.jpg 320w, b.jpg 1280w, c.jpg 640w"), Some("b.jpg"));
        assert_eq!(url("a.jpg, b.jpg 2x"), Some("b.jpg"));
        assert_eq!(url("a.jpg 1.5x, b.jpg"), Some("a.jpg"));
        assert_eq!(url("a.jpg, b.jpg"), Some("a.jpg"), "of equals the first");
        assert_eq!(largest("a.jpg 800w 600h").and_then(|entry| entry.width), Some(800));
    }

    #[test]
    fn what_is_wider_than_anybody_needs_is_left_unless_all_are() {
        assert_eq!(url("a.jpg 800w, b.jpg 2000w, c.jpg 9000w"), Some("b.jpg"));
        assert_eq!(url("a.jpg 8000w, b.jpg 4000w"), Some("b.jpg"));
    }

    #[test]
    fn commas_within_urls_belong_to_them() {
        assert_eq!(url("/w_300,c_fill/a.jpg 300w, /w_900,c_fill/a.jpg 900w"), Some("/w_900,c_fill/a.jpg"));
        assert_eq!(url("/f,q/a.jpg, /f,q/b.jpg 2x"), Some("/f,q/b.jpg"));
        assert_eq!(url("a.jpg (1,2) 3x, b.jpg 2x"), Some("a.jpg"));
    }

    #[test]
    fn what_is_nothing_gives_nothing() {
        assert_eq!(url(""), None);
        assert_eq!(url(" ,, ,"), None);
        assert_eq!(url("data:image/gif;base64,R0lG 1x"), None);
        assert_eq!(url("data:image/gif;base64,R0lG 900w, a.jpg 300w"), Some("a.jpg"));
    }

    #[test]
    fn descriptors_that_are_none_change_nothing() {
        assert_eq!(url("a.jpg wide, b.jpg -1w, c.jpg NaNx"), Some("a.jpg"));
    }
}
