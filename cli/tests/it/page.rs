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
    let told = page(&folder, &[&url, "--allow", "127.0.0.0/8", "--output", "lead.png", "--json"]).json();
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
    assert_eq!(fails("/page", &["--output", "-", "--json"]).0, 2);
    assert_eq!(page(&folder, &["file:///etc/passwd"]).code, 6);
}

/// Takes a picture of a page with the Chromium that is there. None where there is none, which is said.
fn screenshot(test: &str, folder: &TempDir, arguments: &[&str]) -> Option<Ran> {
    let Some(chromium) = labelmesh_servers::chromium() else {
        eprintln!("NOT RUN: no Chromium for {test}");
        return None;
    };
    let mut command = labelmesh(folder.path());
    command.current_dir(folder.path()).args(["page", "screenshot"]).args(arguments);
    command.env("LABELMESH_CHROMIUM", chromium.program);
    if let Some((user, group)) = chromium.user {
        command.args(["--chromium-user", &format!("{user}:{group}")]);
    }
    Some(run(&mut command))
}

#[test]
fn a_page_is_pictured_and_told() {
    let (folder, site) = (tempfile::tempdir().expect("a folder"), site());
    let url = format!("{site}/empty");
    let take = |arguments: &[&str]| {
        screenshot("a_page_is_pictured_and_told", &folder, &[&[&*url, "--allow", "127.0.0.0/8"], arguments].concat())
    };
    let Some(ran) = take(&["-o", "page.png", "--width", "400", "--scale", "2", "--json"]) else { return };
    let told = ran.json();
    let facts =
        ["url", "status", "width", "height", "file", "timedOut", "limited", "cut"].map(|name| told[name].clone());
    let no = json!(false);
    let expected = [json!(url), json!(200), json!(800), json!(600), json!("page.png"), no.clone(), no.clone(), no];
    assert_eq!(facts, expected);
    let picture = image::open(folder.path().join("page.png")).expect("a PNG");
    assert_eq!((picture.width(), picture.height()), (800, 600));
    let ran = take(&[]).expect("there is a Chromium");
    assert!(ran.code == 0 && ran.out.starts_with("127.0.0.1.png: 1280 x 960 pixels"), "{}{}", ran.out, ran.err);
    assert!(folder.path().join("127.0.0.1.png").exists());
    let missing = screenshot("", &folder, &[&format!("{site}/missing"), "--allow", "127.0.0.1"]);
    let missing = missing.expect("there is a Chromium");
    assert!(missing.code == 8 && missing.err.contains("nothing came"), "{}", missing.err);
    let refused = screenshot("", &folder, &[&url]).expect("there is a Chromium");
    assert!(refused.code == 6 && refused.err.contains("--allow"), "{}", refused.err);
}

#[test]
fn where_there_is_no_chromium_or_root_would_run_it_it_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let run_with = |program: &str, more: &[&str]| {
        let arguments = ["page", "screenshot", "https://news.example/", "--chromium", program];
        run(labelmesh(folder.path()).args(arguments).args(more))
    };
    let none = run_with("/nowhere/chromium", &[]);
    assert!(none.code == 7 && none.err.contains("there is no Chromium"), "{}", none.err);
    let root = run_with("/bin/sh", &["--chromium-user", "0:0"]);
    assert!(root.code == 7 && root.err.contains("does not run as root"), "{}", root.err);
    let wrong = run_with("/bin/sh", &["--chromium-user", "nobody"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
}
