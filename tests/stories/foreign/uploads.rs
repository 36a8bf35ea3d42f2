//! Names of files, as the clients of others send them.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use labelmesh_sdk::{Client, Role};
use labelmesh_servers::Tools;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{
    command_line::{self, Shell},
    people::{draft, images, person, picture, shared},
};

/// What files are called on people's disks.
const NAMES: [&str; 7] =
    ["my cat.png", "quo\"te.png", "Übung 1.png", "日本語 猫.png", "100% & more;x=1.png", "a'b.png", "кот\u{1F431}.png"];

/// Names that a form escaped as browsers do it can't say.
const AMBIGUOUS: [&str; 8] = [
    "a%22b.png",
    "a%0Ab%25.png",
    "x\"; k=1.png",
    "x\\\"; filename=\"b.png",
    "C:\\dir\\",
    "back\\\\slash.png",
    "=?utf-8?B?w5w=?=.png",
    "UTF-8''%C3%9C.png",
];

/// What no image may be called.
const REFUSED: [&str; 2] = ["a\nb.png", "a\r\nb: c.png"];

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_sends_names_as_the_disk_has_them() -> Result<()> {
    let shell = Shell::of(shared().await, "names-shell", "client").await?;
    let task = command_line::draft(&shell, "1").await?;
    let folder = tempfile::tempdir()?;
    for (number, name) in (0..).zip(NAMES.into_iter().chain(AMBIGUOUS).chain(REFUSED)) {
        std::fs::write(folder.path().join(name), picture(number).data)?;
    }
    let images = folder.path().to_str().context("a path")?;
    let said = shell.run(&["tasks", "upload", &task, images, "--json"], "").await?;
    let refused = &said.lines()?[0]["refused"];
    let refused = refused.as_array().into_iter().flatten().map(|file| (file["name"].as_str(), file["reason"].as_str()));
    assert_eq!(said.code, 6, "{}", said.err);
    assert!(refused.eq(REFUSED.map(|name| (Some(name), Some("IMAGE_NAME_INVALID")))), "{}", said.out);
    let mut expected: Vec<&str> = NAMES.into_iter().chain(AMBIGUOUS).collect();
    expected.sort_unstable();
    let results = shell.ok(&["tasks", "results", &task, "--json"], "").await?.lines()?;
    let names: Vec<_> = results.iter().filter_map(|result| result["name"].as_str()).collect();
    assert_eq!(names, expected);
    Ok(())
}

#[tokio::test]
async fn names_come_back_as_the_disk_has_them_whoever_sends_them() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "names-client", Role::Client).await?;
    let java = compiled().await?;
    for program in ["requests", "httpx", "aiohttp", "curl", "node", "java"] {
        let task = draft(&client, program, 1).await?;
        let url = format!("{}/v1/tasks/{task}/images", cluster.gateway());
        let mut is_here = true;
        for (number, name) in (0..).zip(NAMES) {
            let java = java.as_ref().map(TempDir::path);
            let said = upload((program, java), &url, &client, name, &picture(number).data).await;
            let Some(said) = said.with_context(|| format!("{program}: {name}"))? else {
                println!("not run: there is no {program} here");
                is_here = false;
                break;
            };
            let said: Value = serde_json::from_str(said.trim()).with_context(|| format!("{program}: {said}"))?;
            assert_eq!((said["name"].as_str(), said["error"].as_object()), (Some(name), None), "{program}: {said}");
        }
        if is_here {
            let names: Vec<String> = images(&client, &task).await?.into_iter().map(|image| image.name).collect();
            assert_eq!(names, NAMES, "{program}");
        }
    }
    Ok(())
}

/// A folder with what Java runs; none where there is no compiler for it.
async fn compiled() -> Result<Option<TempDir>> {
    let folder = tempfile::tempdir()?;
    let mut compiler = Command::new("javac");
    let output = match compiler.arg("-d").arg(folder.path()).arg(script("Uploads.java")).output().await {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(Some(folder))
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stories/foreign").join(name)
}

/// What the gateway says of a file that a program uploads; none where the program is not here.
async fn upload(
    (program, java): (&str, Option<&Path>),
    url: &str,
    client: &Client,
    name: &str,
    picture: &[u8],
) -> Result<Option<String>> {
    let token = client.token().context("who signed in has a token")?;
    let folder = tempfile::tempdir()?;
    let mut command = match program {
        "curl" => {
            let path = folder.path().join(name);
            std::fs::write(&path, picture)?;
            let mut curl = Command::new("curl");
            // A path between quotes, as its manual has it for names with semicolons.
            let path = path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
            curl.args(["--silent", "--show-error", "--form", "csrf=x", "--form", &format!("file=@\"{path}\"")]);
            curl.args(["--header", &format!("authorization: Bearer {token}"), url]);
            curl
        }
        "node" => {
            let mut node = Command::new("node");
            node.arg(script("uploads.mjs")).args([url, token, name]);
            node
        }
        "java" => {
            let Some(classes) = java else { return Ok(None) };
            let mut java = Command::new("java");
            java.args(["-XX:TieredStopAtLevel=1", "-cp"]).arg(classes).args(["Uploads", url, token, name]);
            // Where the locale is not of UTF-8, Java can't read its arguments.
            java.env("LC_ALL", "C.UTF-8");
            java
        }
        python => {
            let mut command = Command::new("python3");
            command.arg(script("uploads.py")).args([python, url, token, name]);
            command.env("PYTHONPATH", Tools::locate().python_clients()?);
            command
        }
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut input = child.stdin.take().context("a pipe")?;
    // curl reads the file, and closes its input at once.
    let _ = input.write_all(picture).await;
    drop(input);
    let output = child.wait_with_output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(Some(String::from_utf8(output.stdout)?))
}
