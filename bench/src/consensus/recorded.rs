//! Votes of real people, read from outside the project.

use std::path::Path;

use anyhow::{Context, Result};
use labelmesh_consensus::Ballot;
use labelmesh_consensus::simulate::Simulated;

/// A set with its name.
pub(super) struct Recorded {
    pub(super) name: String,
    pub(super) crowd: Simulated,
}

/// All sets of a folder, by name.
pub(super) fn all(folder: &Path) -> Result<Vec<Recorded>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("no recorded votes in {}", folder.display()))?;
    let mut folders: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.iter().map(|folder| read(folder).with_context(|| folder.display().to_string())).collect()
}

fn read(folder: &Path) -> Result<Recorded> {
    let votes = rows(&folder.join("label.csv"))?;
    let mut truths = rows(&folder.join("truth.csv"))?;
    truths.sort();
    let truth: Vec<u16> = truths.iter().map(|row| u16::try_from(row[1])).collect::<Result<_, _>>()?;
    let label = |row: &Vec<u32>| Ok(Ballot { item: row[0], operator: row[1], label: u16::try_from(row[2])? });
    let ballots: Vec<Ballot> = votes.iter().map(label).collect::<Result<_>>()?;
    let operators = ballots.iter().map(|ballot| ballot.operator as usize + 1).max().unwrap_or(0);
    let classes = ballots.iter().map(|ballot| usize::from(ballot.label) + 1).max().unwrap_or(1);
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let size = (truth.len(), operators, classes);
    Ok(Recorded { name, crowd: Simulated { ballots, truth, size } })
}

/// The numbers of each line after the first.
fn rows(file: &Path) -> Result<Vec<Vec<u32>>> {
    let text = std::fs::read_to_string(file)?;
    let numbers = |line: &str| line.split(',').map(|number| Ok(number.parse()?)).collect();
    text.lines().skip(1).map(numbers).collect()
}
