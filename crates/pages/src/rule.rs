//! By which rule an image was found.

use std::fmt;

/// Where a page names an image. Where it names one in several places, the first of these counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The page is no page but a picture.
    Page,
    /// `og:image:secure_url` (Open Graph).
    OpenGraphSecure,
    /// `og:image` or `og:image:url`.
    OpenGraph,
    /// `twitter:image` or `twitter:image:src`.
    Twitter,
    /// `image` or `primaryImageOfPage` of JSON-LD by the vocabulary of schema.org.
    JsonLdImage,
    /// `itemprop="image"` of microdata.
    ItemProp,
    /// `<link rel="image_src">`.
    ImageSrc,
    /// `thumbnailUrl` of JSON-LD or microdata, or a meta element that is called thumbnail.
    Thumbnail,
    /// `<link rel="preload" as="image">`.
    Preload,
    /// `<img>`, with `<picture>`, `srcset` and what scripts load later.
    Img,
    /// `<amp-img>`.
    AmpImg,
    /// `<video poster>`.
    Poster,
    /// The image, or the background, that a browser names as its largest paint of the page.
    LargestPaint,
    /// An image that a browser shows.
    Rendered,
}

impl Rule {
    /// A short name that stays.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::OpenGraphSecure => "og:image:secure_url",
            Self::OpenGraph => "og:image",
            Self::Twitter => "twitter:image",
            Self::JsonLdImage => "json-ld image",
            Self::ItemProp => "itemprop image",
            Self::ImageSrc => "image_src",
            Self::Thumbnail => "thumbnail",
            Self::Preload => "preload",
            Self::Img => "img",
            Self::AmpImg => "amp-img",
            Self::Poster => "poster",
            Self::LargestPaint => "largest-contentful-paint",
            Self::Rendered => "rendered",
        }
    }

    /// How sure one can be of what is found so, from 0 to 1, before anything else is known of it.
    pub(crate) fn score(self) -> f64 {
        match self {
            Self::Page => 1.0,
            Self::OpenGraphSecure => 0.95,
            Self::OpenGraph => 0.94,
            Self::Twitter => 0.90,
            Self::JsonLdImage => 0.86,
            Self::ItemProp => 0.82,
            Self::ImageSrc => 0.80,
            Self::Thumbnail => 0.72,
            Self::Preload => 0.45,
            Self::Img | Self::AmpImg => 0.30,
            Self::Poster => 0.40,
            Self::LargestPaint => 0.66,
            Self::Rendered => 0.35,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
