//! `labelmesh page`: from an address to a picture, over a server on this machine.

use std::{
    fs,
    io::{BufRead as _, BufReader, Cursor, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Ran, labelmesh, run};

const PAGE: &str = "<title>A page</title><meta property=og:image content=/missing.png>\
                    <meta name=twitter:image content=/photo.png><img src=/other.png width=600 height=400>";

/// Serves a page with a picture for as long as the tests run. Says where.
fn site() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || listener.incoming().flatten().for_each(answer));
    format!("http://{address}")
}

fn answer(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let (status, kind, body) = match first.split(' ').nth(1).unwrap_or_default() {
        "/page" => ("200 OK", "text/html", PAGE.into()),
        "/empty" => ("200 OK", "text/html", b"<p>Nothing".to_vec()),
        "/photo.png" => ("200 OK", "image/png", picture()),
        _ => ("404 Not Found", "text/plain", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // Whoever has seen enough is gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn picture() -> Vec<u8> {
    let picture = RgbImage::from_fn(400, 300, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 90]));
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).expect("memory");
    file.into_inner()
}

fn page(folder: &TempDir, arguments: &[&str]) -> Ran {
    run(labelmesh(folder.path()).current_dir(folder.path()).args(["page", "image"]).args(arguments))
}

#[test]
fn the_image_of_a_page_is_written_and_told_with_those_that_were_not_taken() {
    let (folder, site) = (tempfile::tempdir().expect("a folder"), site());
    let url = format!("{site}/page");
    let told = page(&folder, &[&url, "--allow", "127.0.0.0/8", "--out", "lead.png", "--json"]).json();
    assert_eq!(fs::read(folder.path().join("lead.png")).expect("written"), picture());
    let facts = ["rule", "score", "mediaType", "width", "height", "bytes", "file"].map(|name| told[name].clone());
    let bytes = json!(picture().len());
    let expected =
        [json!("twitter:image"), json!(0.9), json!("image/png"), json!(400), json!(300), bytes, json!("lead.png")];
    assert_eq!(facts, expected);
    assert_eq!((&told["page"], &told["url"]), (&json!(url), &json!(format!("{site}/photo.png"))));
    let reasons: Vec<&Value> = told["runnersUp"].as_array().expect("some").iter().map(|one| &one["reason"]).collect();
    assert_eq!(reasons, ["unreachable", "not tried"]);

    let ran = page(&folder, &[&url, "--allow", "127.0.0.1"]);
    assert!(ran.code == 0 && ran.out.starts_with(&format!("{site}/photo.png\n400 x 300 pixels")), "{}", ran.out);
    assert!(ran.out.contains("missing.png: unreachable, by og:image (0.94)"), "{}", ran.out);
}

#[test]
fn where_there_is_none_the_code_says_why() {
    let (folder, site) = (tempfile::tempdir().expect("a folder"), site());
    let fails = |path: &str, more: &[&str]| {
        let ran = page(&folder, &[&[&*format!("{site}{path}")], more].concat());
        (ran.code, ran.err)
    };
    let allowed = ["--allow", "127.0.0.0/8"];
    let (code, error) = fails("/page", &[]);
    assert!(code == 6 && error.contains("not public") && error.contains("--allow"), "{error}");
    assert_eq!(fails("/empty", &allowed).0, 6);
    assert_eq!(fails("/nowhere", &allowed).0, 5);
    let (code, error) = fails("/page", &["--allow", "127.0.0.0/8", "--min-side", "301"]);
    assert!(code == 6 && error.contains("photo.png: too small"), "{error}");
    assert_eq!(fails("/page", &["--allow", "everything"]).0, 2);
    assert_eq!(fails("/page", &["--out", "-", "--json"]).0, 2);
    assert_eq!(page(&folder, &["file:///etc/passwd"]).code, 6);
}
