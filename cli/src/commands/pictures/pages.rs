//! Lists of web pages, and what their pictures are called.

use std::{
    collections::HashSet,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::plan::Source;
use crate::{
    exit::{Exit, Failure},
    images::File,
};

/// The longest name of a picture, but for its ending and what tells it from others.
const LONGEST_NAME: usize = 120;

/// The pages that are given and those that a file lists, each once.
///
/// # Errors
/// If the file can't be read, something is no address of a page, or there is none.
pub(super) fn listed(given: Vec<String>, file: Option<&Path>) -> Result<Vec<String>, Failure> {
    let text = file.map(read).transpose()?.unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut seen = HashSet::new();
    let mut pages = Vec::new();
    for page in given.into_iter().chain(lines.map(str::to_owned)) {
        if !is_page(&page) {
            let message = format!("{page} is no address of a page: these begin with http:// or https://");
            return Err(Failure::new(Exit::Usage, message));
        }
        if seen.insert(page.clone()) {
            pages.push(page);
        }
    }
    if pages.is_empty() { Err(Failure::new(Exit::NotFound, "there is no page in the list")) } else { Ok(pages) }
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => io::stdin().lock().read_to_string(&mut text).map(|_| text),
        false => fs::read_to_string(path),
    };
    read.map_err(|error| Failure::file(path, &error))
}

fn is_page(text: &str) -> bool {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    !rest.is_empty() && ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Pages as sources of pictures, no two of which are called the same.
pub(super) fn sources(pages: Vec<String>) -> Vec<Source> {
    let mut taken = HashSet::new();
    let mut sources = Vec::with_capacity(pages.len());
    for (page, place) in pages.into_iter().zip(1..) {
        let first = name(&page);
        let mut others = (2..).map(|number: u64| format!("{first}-{number}"));
        let mut name = first.clone();
        while !taken.insert(name.to_lowercase()) {
            name = others.next().unwrap_or_default();
        }
        let file = File { name, path: PathBuf::new(), size: 0, place };
        sources.push(Source::of_page(file, page));
    }
    sources
}

/// What the picture of a page is called: host and path, of letters that files may have everywhere.
fn name(page: &str) -> String {
    let address = page.split_once("://").map_or(page, |(_, address)| address);
    let address = address.split('#').next().unwrap_or_default().trim_end_matches('/');
    let mut name = String::new();
    for letter in address.chars() {
        let letter = if letter.is_alphanumeric() || matches!(letter, '.' | '_') { letter } else { '-' };
        if !(letter == '-' && name.ends_with('-')) {
            name.push(letter);
        }
    }
    while name.len() > LONGEST_NAME {
        name.pop();
    }
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() { "page".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pages: &[&str], media_type: &str) -> Vec<String> {
        let sources = sources(pages.iter().map(ToString::to_string).collect());
        sources.iter().map(|source| source.picture(None, media_type)).collect()
    }

    #[test]
    fn a_picture_is_called_as_its_page() {
        let pages = ["https://example.com/", "http://example.com/a/b?c=d&e#f", "https://example.com:8080/cat.jpg"];
        let expected = ["example.com.png", "example.com-a-b-c-d-e.png", "example.com-8080-cat.jpg.png"];
        assert_eq!(names(&pages, "image/png"), expected);
        assert_eq!(names(&["https://a.test/cat.jpg"], "image/jpeg"), ["a.test-cat.jpg.jpg"], "'/cat' is another page");
        assert_eq!(
            names(&["https://b\u{fc}cher.example/\u{e4}/../.."], "image/webp"),
            ["b\u{fc}cher.example-\u{e4}.webp"]
        );
    }

    #[test]
    fn no_two_pages_pictures_are_called_the_same_and_none_lies_elsewhere() {
        let pages = ["http://a.test/", "https://a.test/", "https://A.test", "https://a.test-2/"];
        assert_eq!(names(&pages, "image/png"), ["a.test.png", "a.test-2.png", "A.test-3.png", "a.test-2-2.png"]);
        let long = format!("https://a.test/{}", "x".repeat(4_000));
        for page in ["https://../../etc/passwd", "https://.", &long] {
            let name = names(&[page], "image/png").remove(0);
            assert!(name.len() < 130 && !name.contains('/') && !name.starts_with('.'), "{name}");
        }
    }

    #[test]
    fn a_list_has_an_address_on_each_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pages.txt");
        fs::write(&file, "# Sites\r\nhttps://a.test/\r\n\r\n  HTTP://b.test/x \nhttps://a.test/\n").expect("written");
        let listed = listed(vec!["https://c.test".to_owned()], Some(&file));
        let expected = ["https://c.test", "https://a.test/", "HTTP://b.test/x"].map(str::to_owned);
        assert_eq!(listed, Ok(expected.to_vec()));
    }

    #[test]
    fn what_is_no_page_is_told_before_anything_is_asked_for() {
        for page in ["photo.jpg", "file:///etc/passwd", "https://", "javascript:alert(1)"] {
            assert_eq!(listed(vec![page.to_owned()], None).map_err(|failure| failure.exit), Err(Exit::Usage), "{page}");
        }
        let missing = listed(Vec::new(), Some(Path::new("/nowhere/pages.txt")));
        assert!(missing.is_err_and(|failure| failure.message.contains("pages.txt")));
    }
}
