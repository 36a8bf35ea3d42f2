//! What pictures are called.

use std::{
    collections::{HashMap, HashSet},
    path::{Component, Path, PathBuf},
};

use labelmesh_sdk::tasks::Image;

use crate::{commands::image::write, images::File};

/// Endings of files that pictures are made of. What else follows a dot belongs to a name.
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "jfif", "png", "webp", "gif", "svg"];

/// A file, an image of a task, or a page of which pictures are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Of an image and of a page, what its picture is called, without a path.
    pub(super) file: File,
    /// The hash of the image, where it is one: the server has it.
    pub(super) image: Option<String>,
    /// The page, where it is one.
    pub(super) page: Option<String>,
    /// Whether another one is called so too, but for the ending.
    is_twin: bool,
}

/// The files of which pictures are made, and those whose pictures would be called as those of an earlier one.
pub(super) fn plan(files: Vec<File>) -> (Vec<Source>, Vec<File>) {
    let mut names = HashSet::new();
    let (first, again): (Vec<File>, Vec<File>) = files.into_iter().partition(|file| names.insert(file.name.clone()));
    let mut stems: HashMap<String, u32> = HashMap::new();
    for file in &first {
        *stems.entry(split(&file.name).0.to_owned()).or_default() += 1;
    }
    let is_twin = |file: &File| stems.get(split(&file.name).0).is_some_and(|count| *count > 1);
    (first.into_iter().map(|file| Source { is_twin: is_twin(&file), file, image: None, page: None }).collect(), again)
}

/// The images of a task, none of which are called the same, in their order.
pub(super) fn plan_images(images: Vec<Image>) -> Vec<Source> {
    let hashes: HashMap<String, String> =
        images.iter().map(|image| (image.name.clone(), image.sha256.clone())).collect();
    let file = |(image, place): (Image, u64)| File { name: image.name, path: PathBuf::new(), size: 0, place };
    let (sources, _) = plan(images.into_iter().zip(1..).map(file).collect());
    sources.into_iter().map(|source| Source { image: hashes.get(&source.file.name).cloned(), ..source }).collect()
}

impl Source {
    /// A page, and what its picture is called.
    pub(super) fn of_page(file: File, page: String) -> Self {
        Self { file, image: None, page: Some(page), is_twin: false }
    }

    /// What a picture of it is called: as it is itself, with the ending of what the picture is. A twin keeps its old
    /// ending before a new one, so that no two sources' pictures are called the same.
    pub(super) fn picture(&self, number: Option<u64>, media_type: &str) -> String {
        let name = self.file.name.as_str();
        if self.page.is_some() {
            // What it ends in is the address's, whatever that looks like.
            return format!("{name}.{}", write::ending(media_type));
        }
        let (stem, old) = split(name);
        let kept = old.filter(|old| is_of(old, media_type));
        let stem = if self.is_twin && kept.is_none() { name } else { stem };
        let ending = kept.unwrap_or_else(|| write::ending(media_type));
        match number {
            Some(number) => format!("{stem}-{number}.{ending}"),
            None => format!("{stem}.{ending}"),
        }
    }
}

/// A path in a folder, and nowhere else.
pub(super) fn inside(folder: &Path, name: &str) -> PathBuf {
    let within = Path::new(name).components().filter(|part| matches!(part, Component::Normal(_)));
    folder.join(within.collect::<PathBuf>())
}

/// A name without and with the ending of a picture, if it has one.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, ending))
            if !stem.is_empty()
                && !stem.ends_with('/')
                && ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) =>
        {
            (stem, Some(ending))
        }
        _ => (name, None),
    }
}

/// Whether files of this type have this ending.
fn is_of(ending: &str, media_type: &str) -> bool {
    let ending = ending.to_ascii_lowercase();
    match media_type {
        "image/jpeg" => matches!(ending.as_str(), "jpg" | "jpeg" | "jfif"),
        other => ending == write::ending(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(names: &[&str]) -> (Vec<Source>, Vec<File>) {
        let file = |(place, name): (u64, &&str)| File { name: (*name).to_owned(), path: "x".into(), size: 1, place };
        plan((1..).zip(names).map(file).collect())
    }

    /// What pictures of this type are called.
    fn names(sources: &[&str], media_type: &str) -> Vec<String> {
        planned(sources).0.iter().map(|source| source.picture(None, media_type)).collect()
    }

    #[test]
    fn a_picture_is_called_as_its_source_with_the_ending_of_what_it_is() {
        let sources = ["more/a.PNG", "b.gif", "c", "v1.2", ".svg", "d.tar.jpeg"];
        assert_eq!(names(&sources, "image/png"), ["more/a.PNG", "b.png", "c.png", "v1.2.png", ".svg.png", "d.tar.png"]);
        assert_eq!(names(&sources, "image/jpeg")[5], "d.tar.jpeg");
        let portrait = planned(&["more/a.jpg"]).0[0].picture(Some(2), "image/jpeg");
        assert_eq!(portrait, "more/a-2.jpg");
    }

    #[test]
    fn no_two_sources_pictures_are_called_the_same() {
        assert_eq!(names(&["a.png", "a.jpg", "b.jpg"], "image/webp"), ["a.png.webp", "a.jpg.webp", "b.webp"]);
        assert_eq!(names(&["a.png", "a.jpg"], "image/jpeg"), ["a.png.jpg", "a.jpg"]);
        let (sources, again) = planned(&["a.png", "b.png", "a.png"]);
        assert_eq!((sources.len(), again.iter().map(|file| file.place).collect::<Vec<_>>()), (2, vec![3]));
    }

    #[test]
    fn pictures_of_images_are_called_as_these_and_read_no_file() {
        let image =
            |name: &str, sha256: &str| Image { name: name.to_owned(), sha256: sha256.to_owned(), ..Image::default() };
        let sources = plan_images(vec![image("b.png", "2"), image("more/a.jpg", "1"), image("more/a.png", "3")]);
        let hashes: Vec<_> = sources.iter().map(|source| source.image.as_deref()).collect();
        assert_eq!(hashes, [Some("2"), Some("1"), Some("3")]);
        let names: Vec<_> = sources.iter().map(|source| source.picture(None, "image/png")).collect();
        assert_eq!(names, ["b.png", "more/a.jpg.png", "more/a.png"]);
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        for name in ["../a/b.png", "/a/b.png", "./a/../b.png"] {
            assert_eq!(inside(Path::new("out"), name), Path::new("out/a/b.png"), "{name}");
        }
    }
}
