//! The images of a task, by what they may be called in somebody's file.

use std::{collections::HashMap, path::Path};

use futures::StreamExt as _;

use crate::{
    api::{Api, Image, Rpc, parse},
    exit::Failure,
};

/// The images of a task.
#[derive(Debug, Default)]
pub(crate) struct Album {
    ids: HashMap<String, String>,
    /// Names without what follows the last dot; none where several images share it.
    stems: HashMap<String, Option<String>>,
}

impl Album {
    /// All images of a task.
    pub(crate) async fn of(api: &Api, task: &str) -> Result<Self, Failure> {
        let mut album = Self::default();
        let mut images = api.list(&Rpc::LIST_IMAGES, &[task], "images", usize::MAX).boxed();
        while let Some(image) = images.next().await {
            album.add(parse(&image?)?);
        }
        Ok(album)
    }

    /// One with these names and ids.
    #[cfg(test)]
    pub(crate) fn with(images: &[(&str, &str)]) -> Self {
        let mut album = Self::default();
        for &(name, id) in images {
            album.add(Image { image_id: id.to_owned(), name: name.to_owned(), ..Image::default() });
        }
        album
    }

    fn add(&mut self, image: Image) {
        let name = Path::new(&image.name);
        let stem = name.with_extension("").to_string_lossy().into_owned();
        let id = image.image_id;
        self.stems.entry(stem).and_modify(|known| *known = None).or_insert_with(|| Some(id.clone()));
        self.ids.insert(image.name, id.clone());
        self.ids.insert(id.clone(), id);
    }

    /// The image that is called so: by its name, its id, or its name without the ending.
    pub(crate) fn find(&self, item: &str) -> Result<&str, String> {
        if let Some(id) = self.ids.get(item) {
            return Ok(id);
        }
        match self.stems.get(item) {
            Some(Some(id)) => Ok(id),
            Some(None) => Err(format!("several images of the task are called '{item}' but for their endings")),
            None => Err(format!("no image of the task is called '{item}'")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_by_name_id_and_stem() {
        let album = Album::with(&[("a/1.png", "x"), ("2.png", "y"), ("3.png", "z"), ("3.jpg", "w")]);
        assert_eq!((album.find("a/1.png"), album.find("a/1"), album.find("y")), (Ok("x"), Ok("x"), Ok("y")));
        assert!(album.find("3").is_err_and(|what| what.contains("several")));
        assert!(album.find("4").is_err_and(|what| what.contains("no image")));
    }
}
