//! Where Chromium is.

use std::{
    env,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use crate::Config;

/// What Chromium is called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The program that a configuration means: the one that it names, or else the first of `chromium`, `chromium-browser`
/// and `google-chrome` on `PATH`. None where there is no such program.
#[must_use]
pub fn find(config: &Config) -> Option<PathBuf> {
    if let Some(program) = &config.program {
        return is_program(program).then(|| program.clone());
    }
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    let places = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| is_program(place))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(program: &str) -> Config {
        Config { program: Some(program.into()), ..Config::default() }
    }

    #[test]
    fn a_program_that_is_configured_is_the_only_one() {
        assert_eq!(find(&config("/bin/sh")), Some("/bin/sh".into()));
        for none in ["/bin", "/etc/passwd", "/nowhere/chromium", "chromium"] {
            assert_eq!(find(&config(none)), None, "{none}");
        }
    }
}
