//! The images of a task, by the names that a file may give them.

use std::{collections::HashMap, path::Path};

use futures::TryStreamExt as _;
use labelmesh_sdk::{Client, tasks::Image};
use labelmesh_visible::{unguarded, visible};

use crate::{commands::tasks::images, exit::Failure};

/// The images of a task. A name is that of the image that is called so, else of the only one whose name looks the same.
#[derive(Debug, Default)]
pub(crate) struct Album {
    /// By id and by name as it is written.
    written: HashMap<String, String>,
    /// By what names look like that are not written so; none where several images share it.
    looks: HashMap<String, Option<String>>,
    /// By what names look like without what follows their last dot.
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
        let Image { image_id: id, name, .. } = image;
        let look = visible(&name).into_owned();
        let stem = Path::new(&look).with_extension("").to_string_lossy().into_owned();
        let add = |names: &mut HashMap<String, Option<String>>, name| {
            names.entry(name).and_modify(|known| *known = None).or_insert_with(|| Some(id.clone()));
        };
        add(&mut self.stems, stem);
        if look != name {
            add(&mut self.looks, look);
        }
        self.written.entry(name).or_insert_with(|| id.clone());
        self.written.insert(id.clone(), id);
    }

    /// The image with this name, this id, or this name without its ending.
    pub(crate) fn find(&self, item: &str) -> Result<&str, String> {
        let known = self.called(item).or_else(|| self.stems.get(&*visible(item)).map(Option::as_deref));
        the_only(item, known)
    }

    /// The image with this name or this id.
    pub(crate) fn named(&self, item: &str) -> Result<&str, String> {
        the_only(item, self.called(item))
    }

    /// The image with this name or id; none of them where several names look like this one.
    fn called(&self, item: &str) -> Option<Option<&str>> {
        if let Some(id) = self.written.get(item) {
            return Some(Some(id.as_str()));
        }
        let look = visible(item);
        match (self.written.get(&*look), self.looks.get(&*look)) {
            (Some(id), None) => Some(Some(id.as_str())),
            (None, Some(known)) => Some(known.as_deref()),
            (Some(_), Some(_)) => Some(None),
            // As an export for spreadsheets writes it.
            (None, None) => self.called(&unguarded(item)?),
        }
    }

    /// The image with this name or id, or else with this other name. An export of another task's results has ids that
    /// say nothing here, and names beside them.
    pub(crate) fn find_either(&self, item: &str, name: Option<&str>) -> Result<&str, String> {
        self.find(item).or_else(|what| name.and_then(|name| self.find(name).ok()).ok_or(what))
    }
}

/// The image that an item is, where there is one alone.
fn the_only<'a>(item: &str, known: Option<Option<&'a str>>) -> Result<&'a str, String> {
    match known {
        Some(Some(id)) => Ok(id),
        Some(None) => Err(format!("several images of the task are called '{item}'")),
        None => Err(format!("no image of the task is called '{item}'")),
    }
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

    #[test]
    fn a_name_is_written_so_or_looks_so_and_has_its_ending_where_that_is_asked() {
        let album = Album::with(&[("hot dog.png", "x"), ("hot\u{a0}dog.png", "y"), ("e\u{301}.png", "z")]);
        assert_eq!((album.named("hot dog.png"), album.named("hot\u{a0}dog.png")), (Ok("x"), Ok("y")));
        assert!(album.named("hot  dog.png").is_err_and(|what| what.contains("several")));
        assert_eq!((album.named("\u{e9}.p\u{200b}ng"), album.named("z")), (Ok("z"), Ok("z")));
        assert_eq!((album.find("\u{e9}"), album.named("\u{e9}").is_err()), (Ok("z"), true));
        assert_eq!(Album::with(&[("=1.png", "x")]).find("'=1.png"), Ok("x"));
    }
}
