//! Which image of a task stands for which item.

use std::collections::HashMap;

use super::pictures;
use crate::commands::import::Album;

/// An image for each item, and none for two.
pub(super) struct Cast<'a> {
    images: HashMap<&'a str, Result<&'a str, String>>,
}

impl<'a> Cast<'a> {
    /// Finds the images: by the names that we gave them ourselves, or as an import does.
    pub(super) fn of(album: &'a Album, items: &'a [String], ours: bool) -> Self {
        let mut taken: HashMap<&str, &str> = HashMap::new();
        let images = items.iter().map(|item| {
            let image = if ours { album.find(&pictures::name(item)) } else { album.find(item) };
            let image = image.and_then(|image| match taken.insert(image, item) {
                Some(other) => Err(format!("'{item}' and '{other}' would be the same image of the task")),
                None => Ok(image),
            });
            (item.as_str(), image)
        });
        Self { images: images.collect() }
    }

    /// The image of an item.
    pub(super) fn image(&self, item: &str) -> Result<&'a str, String> {
        self.images.get(item).cloned().unwrap_or_else(|| Err(format!("'{item}' is no item of the votes")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn an_item_that_is_called_like_the_picture_of_another_has_its_own() {
        let album = Album::with(&[("a.png", "x"), ("a.png.png", "y")]);
        let items = items(&["a", "a.png"]);
        let cast = Cast::of(&album, &items, true);
        assert_eq!((cast.image("a"), cast.image("a.png")), (Ok("x"), Ok("y")));
    }

    #[test]
    fn two_items_are_never_one_image() {
        let album = Album::with(&[("a.png", "x"), ("b.png", "y")]);
        let items = items(&["a", "a.png", "b", "c"]);
        let cast = Cast::of(&album, &items, false);
        assert_eq!((cast.image("a"), cast.image("b")), (Ok("x"), Ok("y")));
        assert!(cast.image("a.png").is_err_and(|what| what == "'a.png' and 'a' would be the same image of the task"));
        assert!(cast.image("c").is_err_and(|what| what.contains("no image")));
    }
}
