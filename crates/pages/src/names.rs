//! What the name of a file, or of an element's class, says of an image.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use url::Url;

/// Parts of names, and what they mean.
const WORDS: [(Looks, &str); 4] = [
    // Who shows something, or where one clicks.
    (
        Looks::Furniture,
        "avatar avatars button buttons captcha emoji emojis emoticon favicon favicons gravatar icon icons ico logo \
         logos logotype smiley smilies sprite sprites",
    ),
    // What decorates a text, and may be the very subject in a head.
    (
        Looks::Ornament,
        "arrow badge badges bug flag flags glyph loader loading qr qrcode rating spinner star stars watermark wordmark",
    ),
    // What stands for an image that comes later, or for none.
    (
        Looks::StandIn,
        "1x1 blank clear dummy empty grey lazyload noimage noimg nophoto pixel placeholder placehold spacer trans \
         transparent",
    ),
    // What others pay for.
    (Looks::Ad, "ad ads adserver advert advertisement advertising adview banner banners promo sponsor sponsored"),
];
static MEANINGS: LazyLock<HashMap<&str, Looks>> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(looks, words)| words.split_whitespace().map(|word| (word, *looks)));
    words.collect()
});
/// Parts of hosts that count visitors or show ads.
const TRACKERS: &str = "2mdn adnxs adsystem amazon-adsystem analytics atdmt bat beacon chartbeat comscore demdex \
                        doubleclick feedburner feedsportal google-analytics googlesyndication moatads pixel \
                        quantserve scorecardresearch stat stats taboola tracking";
static COUNTING: LazyLock<HashSet<&str>> = LazyLock::new(|| TRACKERS.split_whitespace().collect());
/// Names of what counts visitors.
const COUNTERS: [&str; 8] = ["beacon", "count", "counter", "hit", "pixel", "track", "tracking", "watch"];
/// Endings of files that are pictures.
pub(crate) const PICTURES: [&str; 5] = ["jpg", "jpeg", "png", "webp", "gif"];
/// Endings of files that are no pictures, though pages show them as such.
pub(crate) const FILMS: [&str; 8] = ["avi", "m3u8", "m4v", "mov", "mp3", "mp4", "ogv", "webm"];
/// Hosts of pictures of people who write.
const PORTRAITS: [&str; 2] = ["gravatar", "emoji"];

/// What an image is by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Looks {
    /// Nothing speaks against it.
    Picture,
    Ad,
    Ornament,
    Furniture,
    StandIn,
    Tracker,
}

/// What an image is by its URL.
pub(crate) fn of_url(url: &Url) -> Looks {
    let host = url.host_str().unwrap_or_default();
    let mut labels = host.split('.');
    if labels.clone().any(|label| COUNTING.contains(label)) || is_facebook_pixel(host, url.path()) {
        return Looks::Tracker;
    }
    if labels.any(|label| PORTRAITS.contains(&label)) || has_ending(url, &["ico", "cur"]) {
        return Looks::Furniture;
    }
    let is_named = url.path().rsplit('/').next().is_some_and(|name| name.contains('.'));
    if !is_named && url.path().split('/').any(|part| COUNTERS.contains(&part)) {
        return Looks::Tracker;
    }
    // Deeper folders than these are the site's, and say nothing of the image.
    let path: Vec<&str> = url.path().rsplit('/').take(4).collect();
    path.into_iter().map(of_name).max().unwrap_or(Looks::Picture)
}

fn is_facebook_pixel(host: &str, path: &str) -> bool {
    host.ends_with("facebook.com") && path.trim_end_matches('/') == "/tr"
}

/// What an image is by one of its names.
pub(crate) fn of_name(name: &str) -> Looks {
    words(name).filter_map(|word| MEANINGS.get(word.as_str()).copied()).max().unwrap_or(Looks::Picture)
}

/// The words of a name, in lower case: `siteLogo_2x.png` has site, logo, 2x and png.
pub(crate) fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for next in name.chars() {
        let begins = !next.is_alphanumeric() || (next.is_uppercase() && was_small);
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if next.is_alphanumeric() {
            word.extend(next.to_lowercase());
        }
        was_small = next.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words.into_iter()
}

/// Whether the path ends in one of these, whatever follows in the query.
pub(crate) fn has_ending(url: &Url, endings: &[&str]) -> bool {
    let Some((_, ending)) = url.path().rsplit_once('.') else { return false };
    endings.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Width and height that a file's name tells, as in `photo-1024x683.jpg`.
pub(crate) fn size(url: &Url) -> Option<(u32, u32)> {
    let side = |text: &str| text.parse().ok().filter(|side| (16..=9999).contains(side));
    let name = url.path().rsplit('/').next()?;
    let parts = name.split(|between: char| !between.is_ascii_digit() && between != 'x');
    let sizes = parts.filter_map(|part| part.split_once('x'));
    sizes.filter_map(|(width, height)| Some((side(width)?, side(height)?))).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(url: &str) -> Looks {
        of_url(&Url::parse(url).expect("a URL"))
    }

    #[test]
    fn names_are_taken_apart_at_signs_and_capitals() {
        let words: Vec<_> = words("siteLogo_2x-ÉtéBig.png").collect();
        assert_eq!(words, ["site", "logo", "2x", "été", "big", "png"]);
        assert_eq!(super::words("--").count(), 0);
    }

    #[test]
    fn furniture_is_told_by_whole_words() {
        assert_eq!(looks("https://a.test/img/siteLogo.png"), Looks::Furniture);
        assert_eq!(looks("https://a.test/icons/share.svg"), Looks::Furniture);
        assert_eq!(looks("https://a.test/img/iconic-silicon-logos2.jpg"), Looks::Picture);
        assert_eq!(looks("https://secure.gravatar.com/x"), Looks::Furniture);
        assert_eq!(looks("https://a.test/logo/of/the/site/photo/1.jpg"), Looks::Picture);
        assert_eq!(looks("https://a.test/Flag_of_New_Zealand.svg.png"), Looks::Ornament);
        assert_eq!(looks("https://a.test/favicon.ico?v=2"), Looks::Furniture);
    }

    #[test]
    fn stand_ins_ads_and_trackers_are_told() {
        assert_eq!(looks("https://a.test/spacer.gif"), Looks::StandIn);
        assert_eq!(looks("https://a.test/ads/1.jpg"), Looks::Ad);
        assert_eq!(looks("https://www.facebook.com/tr?id=1"), Looks::Tracker);
        assert_eq!(looks("https://a.test/watch/1234?x=y.z"), Looks::Tracker);
        assert_eq!(looks("https://a.test/watch/1234.jpg"), Looks::Picture);
        assert_eq!(looks("https://sb.scorecardresearch.com/p?c=1"), Looks::Tracker);
    }

    #[test]
    fn a_size_is_read_from_a_name() {
        let size = |name: &str| size(&Url::parse(&format!("https://a.test/2x3/{name}")).expect("a URL"));
        assert_eq!(size("photo-1024x683.jpg"), Some((1024, 683)));
        assert_eq!(size("16x9-300x200.jpg?x=1x1"), Some((300, 200)));
        assert_eq!(size("0x1f-matrix.jpg"), None);
    }
}
