//! Where a browser can't be started.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use labelmesh_browser::{Browser, Config, Error};

use crate::site::Site;

fn config(program: &Path) -> Config {
    // Root needs somebody, and others need nobody.
    let user = nix::unistd::geteuid().is_root().then_some((65534, 65534));
    Config { program: Some(program.to_owned()), user, ..Config::default() }
}

fn program(folder: &Path, script: &str) -> std::path::PathBuf {
    let program = folder.join("chromium");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("ours");
    program
}

#[test]
fn root_has_to_name_an_ordinary_user() {
    let config = Config { program: Some("/bin/sh".into()), ..Config::default() };
    let is_root = nix::unistd::geteuid().is_root();
    assert_eq!(Browser::new(config.clone()).err(), is_root.then_some(Error::Root));
    for user in [(0, 0), (0, 65534), (65534, 0)] {
        let as_root = Browser::new(Config { user: Some(user), ..config.clone() });
        assert_eq!(as_root.err(), Some(Error::Root), "{user:?}");
    }
}

#[test]
fn where_there_is_none_it_is_told() {
    assert_eq!(Browser::new(config(Path::new("/nowhere/chromium"))).err(), Some(Error::Missing));
}

#[tokio::test]
async fn what_it_says_of_why_it_does_not_start_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = program(folder.path(), "echo 'No usable sandbox!' >&2; exit 1");
    let browser = Browser::new(config(&program)).expect("there is a program");
    let opened = browser.open(Site::start().await.job()).await;
    assert_eq!(opened.err(), Some(Error::NotStarted("No usable sandbox!".to_owned())));
    assert_eq!(browser.process().await, None);
}

#[tokio::test]
async fn a_program_that_can_not_be_run_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = program(folder.path(), "");
    fs::write(&program, "#!/nowhere/sh\n").expect("a file");
    let browser = Browser::new(config(&program)).expect("there is a program");
    let version = browser.version().await;
    assert!(matches!(version, Err(Error::NotStarted(_))), "{version:?}");
}
