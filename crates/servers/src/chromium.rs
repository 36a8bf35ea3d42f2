//! A Chromium to make pictures of web pages with, and who runs it: it refuses to run as root with its sandbox.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use labelmesh_ephemeral::end_with_us;
use nix::sys::signal::Signal;
use nix::unistd::geteuid;

use crate::Tools;
use crate::account::Account;
use crate::process::run_as;
use crate::scratch::copy_folder;

/// Names a program to use in place of any other.
const VARIABLE: &str = "LABELMESH_CHROMIUM";
/// Where it is in the folder that was fetched.
const PROGRAM: &str = "bin/chromium";
/// Where copies are, below a folder for temporary files.
const COPIES: &str = "labelmesh-chromium";

/// A Chromium that can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chromium {
    /// The program.
    pub program: PathBuf,
    /// Who is to run it, by the numbers of user and group; `None`: ourselves. It is `nobody` where we are root.
    pub user: Option<(u32, u32)>,
}

/// The Chromium that `LABELMESH_CHROMIUM` names, else the one that `./dev parts` fetched, else one on the PATH. None
/// where there is none, nobody to run it, or no sandbox: in a container, as a rule, nobody may make namespaces.
///
/// It is looked for once in a process, which blocks for a moment, and longer where a copy is made: a fetched one that
/// `nobody` can't reach is copied once into the folder for temporary files, where it stays for other processes.
#[must_use]
pub fn chromium() -> Option<Chromium> {
    static FOUND: OnceLock<Option<Chromium>> = OnceLock::new();
    FOUND.get_or_init(find).clone()
}

fn find() -> Option<Chromium> {
    let account = Account::unprivileged().ok()?;
    if !may_make_namespaces(account) {
        return None;
    }
    let named = std::env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
    let on_path = || labelmesh_browser::find(&labelmesh_browser::Config::default());
    let program = named.or_else(|| fetched(account)).or_else(on_path)?;
    Some(Chromium { program, user: account.map(Account::numbers) })
}

/// The fetched one as it lies, or a copy where another user has to run it and can't reach it.
fn fetched(account: Option<Account>) -> Option<PathBuf> {
    let folder = Tools::locate().chromium()?;
    let program = folder.join(PROGRAM);
    if runs(&program, account) {
        return Some(program);
    }
    account?;
    // The first may be below a home as well, or mounted so that nothing in it may be run.
    [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()].iter().find_map(|parent| {
        let program = copy(&folder, parent).ok()?.join(PROGRAM);
        runs(&program, account).then_some(program)
    })
}

/// Whether `account` may make the namespaces that the sandbox consists of. Where it can't be tried it is believed.
fn may_make_namespaces(account: Option<Account>) -> bool {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--pid", "--net", "--fork", "true"]);
    succeeds(command, account).unwrap_or(true)
}

/// Whether `account` can run the program.
fn runs(program: &Path, account: Option<Account>) -> bool {
    let mut command = Command::new(program);
    command.arg("--version");
    succeeds(command, account).unwrap_or(false)
}

fn succeeds(mut command: Command, account: Option<Account>) -> io::Result<bool> {
    command.current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    run_as(&mut command, account);
    end_with_us(&mut command, Signal::SIGKILL);
    Ok(command.status()?.success())
}

/// The copy of a fetched Chromium below `parent`, made where it is not there yet. Its folder's name has the version.
fn copy(folder: &Path, parent: &Path) -> io::Result<PathBuf> {
    let copies = parent.join(COPIES);
    match DirBuilder::new().mode(0o711).create(&copies) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made?,
    }
    // Everybody may write beside it: a folder of that name that isn't ours may be anybody's trap.
    let found = fs::symlink_metadata(&copies)?;
    if !found.is_dir() || found.uid() != geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let copy = copies.join(folder.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    let lock = File::create(copies.join("lock"))?;
    lock.lock()?; // until the file is closed
    if !copy.exists() {
        let fresh = copies.join("fresh");
        match fs::remove_dir_all(&fresh) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
        copy_folder(folder, &fresh)?;
        fs::rename(fresh, &copy)?;
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn fetched_folder(parent: &Path) -> PathBuf {
        let folder = parent.join("chromium-1");
        fs::create_dir_all(folder.join("bin")).expect("a folder");
        fs::copy("/bin/true", folder.join("bin/true")).expect("a program");
        symlink("true", folder.join(PROGRAM)).expect("a link");
        folder
    }

    #[test]
    fn a_copy_is_made_once_and_runs() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = fetched_folder(parent.path());
        let first = copy(&folder, parent.path()).expect("a copy");
        assert!(runs(&first.join(PROGRAM), None));
        assert_eq!(fs::read_link(first.join(PROGRAM)).expect("a link stays one"), Path::new("true"));
        fs::write(first.join("mark"), "").expect("a file");
        let second = copy(&folder, parent.path()).expect("the same");
        assert!(second == first && second.join("mark").exists(), "it is the one that was there");
    }

    #[test]
    fn a_folder_that_somebody_else_laid_there_is_not_used() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = fetched_folder(parent.path());
        let elsewhere = tempfile::tempdir().expect("a folder");
        symlink(elsewhere.path(), parent.path().join(COPIES)).expect("a link");
        assert!(copy(&folder, parent.path()).is_err());
        assert_eq!(fs::read_dir(elsewhere.path()).expect("it is there").count(), 0);
    }
}
