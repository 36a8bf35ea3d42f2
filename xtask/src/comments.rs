//! Holds comments to the width of code: rustfmt wraps code and leaves comments as they are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};

/// The widest line; rustfmt.toml says the same of code.
const WIDTH: usize = 120;

/// Folders that a generator or somebody else writes.
const LEFT_OUT: &[&str] = &["gen", "third_party", "target"];

/// Migrations that are older have run: their checksums hold their comments as they are.
const MIGRATIONS_SINCE: &str = "20261128";

/// Names every comment below `root` that is too wide.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
    let mut wide = Vec::new();
    for path in files {
        let Some(mark) = mark(&path) else { continue };
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let lines = text.lines().zip(1..).filter(|(line, _)| is_wide(line, mark));
        wide.extend(lines.map(|(_, number)| format!("{}:{number}", path.display())));
    }
    ensure!(wide.is_empty(), "comments wider than {WIDTH} columns:\n{}", wide.join("\n"));
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !path.is_dir() {
            files.push(path);
        } else if !name.starts_with('.') && !LEFT_OUT.contains(&name.as_str()) {
            collect(&path, files)?;
        }
    }
    Ok(())
}

/// What begins a comment in a file; `None` where comments are not looked at.
fn mark(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "rs" | "proto" => Some("//"),
        "sql" if path.file_name()?.to_str()? >= MIGRATIONS_SINCE => Some("--"),
        _ => None,
    }
}

/// A single word, such as an address, can't be wrapped.
fn is_wide(line: &str, mark: &str) -> bool {
    let words = || line.trim_start().strip_prefix(mark).map(|comment| comment.split_whitespace().count());
    line.chars().count() > WIDTH && words().is_some_and(|words| words > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_comment_is_found_wherever_it_stands() {
        let long = "word ".repeat(24);
        for (file, line, wide) in [
            ("src/lib.rs", format!("//! {long}"), true),
            ("src/lib.rs", format!("    /// {}", &long[..111]), false),
            ("src/lib.rs", format!("    let text = \"{long}\";"), false),
            ("src/lib.rs", format!("/// <https://{}>", "x".repeat(120)), false),
            ("proto/a.proto", format!("  // {long}"), true),
            ("migrations/20261231000000_new.sql", format!("-- {long}"), true),
            ("migrations/20261101000000_old.sql", format!("-- {long}"), false),
        ] {
            let found = mark(Path::new(file)).is_some_and(|mark| is_wide(&line, mark));
            assert_eq!(found, wide, "{file}: {line}");
        }
    }
}
