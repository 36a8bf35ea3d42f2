//! The images of a task, by the names that a file may give them.

use std::{borrow::Cow, collections::HashMap, path::Path};

use futures::TryStreamExt as _;
use icu_normalizer::ComposingNormalizerBorrowed;
use labelmesh_sdk::{Client, tasks::Image};

use crate::{commands::tasks::images, exit::Failure};

/// The images of a task. Names are compared as people see them: composed, as Unicode calls it (NFC).
#[derive(Debug, Default)]
pub(crate) struct Album {
    /// By id and by name; none where several images share it.
    names: HashMap<String, Option<String>>,
    /// By names without what follows the last dot.
    stems: HashMap<String, Option<String>>,
}

impl Album {
    /// All images of a task.
    pub(crate) async fn of(client: &Client, task: &str) -> Result<Self, Failure> {
        let mut album = Self::default();
        let mut images = images(client, task);
        while let Some(image) = images.try_next().await? {
            album.add(image);
        }
        Ok(album)
    }

    /// An album with images of these names and ids.
    #[cfg(test)]
    pub(crate) fn with(images: &[(&str, &str)]) -> Self {
        let mut album = Self::default();
        for &(name, id) in images {
            album.add(Image { image_id: id.to_owned(), name: name.to_owned(), ..Image::default() });
        }
        album
    }

    fn add(&mut self, image: Image) {
        let (id, name) = (image.image_id, composed(&image.name));
        let stem = Path::new(&*name).with_extension("").to_string_lossy().into_owned();
        let add = |names: &mut HashMap<String, Option<String>>, name| {
            names.entry(name).and_modify(|known| *known = None).or_insert_with(|| Some(id.clone()));
        };
        add(&mut self.stems, stem);
        add(&mut self.names, name.into_owned());
        self.names.insert(id.clone(), Some(id));
    }

    /// The image with this name, this id, or this name without its ending.
    pub(crate) fn find(&self, item: &str) -> Result<&str, String> {
        let name = composed(item);
        match self.names.get(&*name).or_else(|| self.stems.get(&*name)) {
            Some(Some(id)) => Ok(id),
            Some(None) => Err(format!("several images of the task are called '{item}'")),
            None => Err(format!("no image of the task is called '{item}'")),
        }
    }

    /// The image with this name or id, or else with this other name. An export of another task's results has ids that
    /// say nothing here, and names beside them.
    pub(crate) fn find_either(&self, item: &str, name: Option<&str>) -> Result<&str, String> {
        self.find(item).or_else(|what| name.and_then(|name| self.find(name).ok()).ok_or(what))
    }
}

/// A name as it is compared.
fn composed(name: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_by_name_id_and_stem() {
        let album =
            Album::with(&[("a/1.png", "x"), ("2.png", "y"), ("3.png", "z"), ("3.jpg", "w"), ("e\u{301}.png", "v")]);
        assert_eq!((album.find("\u{e9}.png"), album.find("e\u{301}")), (Ok("v"), Ok("v")));
        assert_eq!((album.find("a/1.png"), album.find("a/1"), album.find("y")), (Ok("x"), Ok("x"), Ok("y")));
        assert!(album.find("3").is_err_and(|what| what.contains("several")));
        assert!(album.find("4").is_err_and(|what| what.contains("no image")));
        assert_eq!((album.find_either("other", Some("2.png")), album.find_either("x", Some("2"))), (Ok("y"), Ok("x")));
        assert!(album.find_either("4", Some("3")).is_err_and(|what| what.contains("'4'")));
    }
}
