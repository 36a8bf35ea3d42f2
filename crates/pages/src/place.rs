//! Where in a page something stands, by the elements around it.

use std::{collections::HashSet, rc::Rc, sync::LazyLock};

use crate::{names, tokens::Tag};

/// Words in a class or id of what a page is about.
const CONTENT: [&str; 14] = [
    "article", "body", "content", "entry", "featured", "gallery", "hero", "lead", "main", "post", "product", "recipe",
    "single", "story",
];
/// Words in a class or id of what stands around it.
const AROUND: &str = "ad ads advert author bio breadcrumb breadcrumbs byline comment comments cookie footer menu modal \
                      more nav navbar navigation newsletter popular popup promo recommended recommendations related \
                      share sharing sidebar social sponsor sponsored subscribe toolbar trending widget";
static STANDS_AROUND: LazyLock<HashSet<&str>> = LazyLock::new(|| AROUND.split_whitespace().collect());

/// Where something stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) is_content: bool,
    pub(crate) is_around: bool,
    pub(crate) is_figure: bool,
    pub(crate) is_hero: bool,
    pub(crate) is_hidden: bool,
    /// Where a click leads to.
    pub(crate) link: Option<Rc<str>>,
}

impl Place {
    /// The place of what stands in an element that stands here.
    pub(crate) fn with(mut self, tag: &Tag) -> Self {
        let is_in_article = self.is_content;
        match tag.name.as_str() {
            "article" | "main" => self.is_content = true,
            "nav" | "footer" | "aside" => self.is_around = true,
            // That of an article has its image.
            "header" => self.is_around |= !is_in_article,
            "figure" => self.is_figure = true,
            "template" | "svg" => self.is_hidden = true,
            "a" => self.link = tag.get("href").map(Rc::from),
            _ => {}
        }
        self.is_hidden |= tag.has("hidden") || tag.get("style").is_some_and(is_display_none);
        match tag.get("role") {
            Some("main" | "article") => self.is_content = true,
            Some("navigation" | "contentinfo" | "complementary" | "banner" | "dialog") => self.is_around = true,
            _ => {}
        }
        let is_body = tag.get("itemprop").is_some_and(|name| name.eq_ignore_ascii_case("articleBody"));
        let named = [tag.get("class"), tag.get("id")];
        let words: Vec<String> = named.into_iter().flatten().flat_map(names::words).collect();
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        let has_around = words.iter().any(|word| STANDS_AROUND.contains(word.as_str()));
        // One that is called both wraps both.
        match (has(&CONTENT), has_around) {
            (true, false) => self.is_content = true,
            (false, true) => self.is_around = true,
            _ => {}
        }
        // The text of an article is nothing around it, whatever wraps it.
        let is_text = !has_around && has(&["article", "entry", "post", "story"]) && has(&["body", "content"]);
        if is_body || is_text {
            (self.is_content, self.is_around) = (true, false);
        }
        self.is_hero |= has(&["hero", "featured", "lead", "cover", "masthead"]);
        self
    }
}

fn is_display_none(style: &str) -> bool {
    let style: String = style.chars().filter(|next| !next.is_ascii_whitespace()).take(200).collect();
    style.to_ascii_lowercase().contains("display:none")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::scan;

    fn place(html: &str) -> Place {
        let page = scan(html);
        let within = page.images.last().expect("an image").within;
        within.map(|within| page.containers[within].place.clone()).unwrap_or_default()
    }

    #[test]
    fn the_place_of_an_image_is_that_of_all_around_it() {
        let lead = place("<main><div class='lead-image'><a href=/a.jpg><figure><img></figure></a></div></main>");
        assert!(lead.is_content && lead.is_figure && lead.is_hero && !lead.is_around && !lead.is_hidden);
        assert_eq!(lead.link.as_deref(), Some("/a.jpg"));
        assert!(place("<main><div class=related-posts><img></div></main>").is_content);
        assert!(place("<div class=related><img></div>").is_around);
        assert!(!place("<div class=related><p>x</div><img>").is_around, "it has ended");
        assert!(place("<div style='Display: none'><img></div>").is_hidden);
        assert!(!place("<div><svg/><img></div>").is_hidden, "it has ended where it began");
        assert_eq!(place("<a href=/a><p>x<a href=/b><img></a>").link.as_deref(), Some("/b"));
        assert!(place("<a href=/a>x<a href=/b>y</a><img>").link.is_none());
    }

    #[test]
    fn the_head_of_an_article_is_no_head_of_a_page() {
        assert!(place("<header><img></header>").is_around);
        assert!(!place("<article><header><img></header></article>").is_around);
    }

    #[test]
    fn the_text_of_an_article_is_content_whatever_wraps_it() {
        assert!(!place("<div class=widget><div class=post-body><img></div></div>").is_around);
        assert!(!place("<div class=sidebar><div itemprop=articleBody><img></div></div>").is_around);
        assert!(place("<div class=widget><div class=post><img></div></div>").is_around);
    }
}
