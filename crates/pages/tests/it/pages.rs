//! The pages in `tests/pages/`, each with the image that it is about.

use std::path::PathBuf;

use labelmesh_pages::Rule::{self, *};

/// Name of the page, path of its likeliest image, and the rule that finds it.
pub(crate) const PAGES: [(&str, &str, Rule); 22] = [
    ("amp", "/img/snow.jpg", AmpImg),
    ("base_and_relative", "/deep/img/relative.jpg", ImageSrc),
    ("blog", "/img/rye-bread.jpg", Img),
    ("broken_json_ld", "/img/second-script.jpg", JsonLdImage),
    ("data_and_schemes", "/img/real.jpg", Img),
    ("inside", "/latest/meta-data/photo.jpg", OpenGraph),
    ("judged", "/img/gone.jpg", OpenGraph),
    ("latin1", "/img/caf%C3%A9.jpg", OpenGraph),
    ("lazy_gallery", "/img/lighthouse-1.jpg", Img),
    ("logo_in_head", "/img/tram-line-1200x800.jpg", Img),
    ("malformed_head", "/img/unquoted.jpg", OpenGraph),
    ("microdata", "/img/plum-cake.jpg", ItemProp),
    ("news", "/img/boats-1200x630.jpg", OpenGraph),
    ("only_logo", "/img/small-logo.png", Img),
    ("picture_element", "/img/sunrise-1600.webp", Img),
    ("preload", "/img/hero-1600.jpg", Preload),
    ("secure_url", "/img/secure-address.jpg", OpenGraphSecure),
    ("shop", "/img/kettle-front.jpg", JsonLdImage),
    ("srcset_commas", "/t/w_1200,h_600,c_fill/bridge.jpg", Img),
    ("video_poster", "/img/clock-poster.jpg", Poster),
    ("wiki", "/img/thumb/440px-Kingfisher.jpg", Img),
    ("yoast_graph", "/img/tulips.jpg", JsonLdImage),
];

/// Of these the likeliest image will not do: which one does, if any.
pub(crate) const OTHERS: [(&str, Option<(&str, Rule)>); 3] =
    [("inside", Some(("/img/outside.jpg", Img))), ("judged", Some(("/img/good.jpg", Thumbnail))), ("only_logo", None)];

/// The bytes of a page.
pub(crate) fn read(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/pages", &format!("{name}.html")].iter().collect();
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
