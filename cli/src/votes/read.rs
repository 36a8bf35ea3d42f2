//! Reads files of votes and truths.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

use labelmesh_consensus::Ballot;
use labelmesh_records::{Column, Options, Reader, Row};
use labelmesh_visible::visible;

use super::{Problems, TruthLayout, VotesLayout};
use crate::{
    exit::{Exit, Failure},
    names::Names,
};

/// How much of a file is read at once.
const PIECE: usize = 1 << 18;
/// How many labels a ballot can tell apart.
pub(crate) const MOST_LABELS: usize = 1 << 16;

/// All votes of a file.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    pub(crate) items: Names,
    pub(crate) workers: Names,
    pub(crate) labels: Names,
    /// Numbered in the order in which names came.
    pub(crate) ballots: Vec<Ballot>,
}

/// The true label of each item that has one, by what the item looks like.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) labels: BTreeMap<String, String>,
}

/// A file to read; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let open = || {
        let file = File::open(path)?;
        // A folder can be opened, but not read.
        if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
    };
    Ok(Box::new(open().map_err(|error| Failure::file(path, &error))?))
}

/// Checks that votes and what an option names are not both standard input, which can be read only once.
///
/// # Errors
/// If they are.
pub(crate) fn check_inputs(votes: &Path, option: &str, other: &Path) -> Result<(), Failure> {
    if votes == Path::new("-") && other == votes {
        let message = format!("FILE and {option} can't both be '-': standard input is read but once");
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(())
}

/// Reads votes. What can't be read is left out and reported.
///
/// # Errors
/// If reading fails.
pub(crate) fn read_votes(input: impl Read, layout: &VotesLayout) -> Result<(Votes, Problems), io::Error> {
    let mut votes = Votes::default();
    let problems = rows(input, layout.columns(), layout.options(), |row| {
        let [item, worker, label] = row.texts();
        // Before anything gets a number: a refused line leaves no item, worker or label without votes behind.
        if votes.labels.len() == MOST_LABELS && votes.labels.find(label).is_none() {
            return Err("more than 65,536 different labels".to_owned());
        }
        let item = votes.items.number(item);
        let operator = votes.workers.number(worker);
        let label = u16::try_from(votes.labels.number(label)).expect("no more than were counted");
        votes.ballots.push(Ballot { item, operator, label });
        Ok(())
    })?;
    Ok((votes, problems))
}

/// Reads truths.
///
/// # Errors
/// If reading fails.
pub(crate) fn read_truth(
    input: impl Read,
    layout: &TruthLayout,
    options: Options,
) -> Result<(Truth, Problems), io::Error> {
    let mut truth = Truth::default();
    let problems = rows(input, layout.columns(), options, |row| {
        let [item, label] = row.texts();
        let item = visible(item);
        match truth.labels.get(&*item) {
            Some(before) if visible(before) != visible(label) => {
                Err("another truth for the same item stands above".to_owned())
            }
            Some(_) => Ok(()),
            None => {
                truth.labels.insert(item.into_owned(), label.to_owned());
                Ok(())
            }
        }
    })?;
    Ok((truth, problems))
}

/// Gives each row of a file to `take`; returns what is wrong with the other lines.
///
/// # Errors
/// If reading fails.
pub(crate) fn rows(
    mut input: impl Read,
    columns: impl Into<Vec<Column>>,
    options: Options,
    mut take: impl FnMut(&Row<'_>) -> Result<(), String>,
) -> Result<Problems, io::Error> {
    let mut problems = Problems::default();
    let mut reader = Reader::new(columns, options);
    let mut each = |read: Result<Row<'_>, _>| match read {
        Ok(row) => {
            if let Err(what) = take(&row) {
                problems.add(row.line, what);
            }
        }
        Err(problem) => problems.add_fault(problem),
    };
    let mut piece = vec![0; PIECE];
    loop {
        match input.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => reader.push(&piece[..read], &mut each),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    reader.finish(&mut each);
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(text: &str) -> (Votes, Problems) {
        read_votes(text.as_bytes(), &VotesLayout::default()).expect("memory can be read")
    }

    #[test]
    fn names_are_numbered_in_the_order_of_the_lines() {
        let (votes, problems) = votes("\u{feff}label,note,item,worker\r\ncat,x,\"a, b\",é\r\ndog,, a2 ,é\n");
        assert_eq!(problems, Problems::default());
        assert_eq!((votes.items.name(0), votes.items.name(1), votes.workers.name(0)), ("a, b", "a2", "é"));
        let ballots = [Ballot { item: 0, operator: 0, label: 0 }, Ballot { item: 1, operator: 0, label: 1 }];
        assert_eq!(votes.ballots, ballots);
    }

    #[test]
    fn names_that_look_the_same_are_one() {
        let (votes, _) = votes("item,worker,label\na,Jos\u{e9},caf\u{e9}\na\u{200b},Jose\u{301},cafe\u{301}\n");
        assert_eq!((votes.items.len(), votes.workers.len(), votes.labels.len()), (1, 1, 1));
        let text = "item,truth\na,caf\u{e9}\na\u{200b},cafe\u{301}\na\u{ad},tea\n".as_bytes();
        let read = read_truth(text, &TruthLayout::default(), Options::default());
        let (truth, problems) = read.expect("memory can be read");
        assert_eq!((truth.labels.len(), problems.count), (1, 1));
    }

    #[test]
    fn every_bad_line_is_named() {
        let (votes, problems) = votes("item,worker,label\n1,2\n\n1,2,3\n1,,3\n\"1\n1\",2,3\n1,2,3,4\n");
        let expected = [
            (2, "2 fields where the header has 3".to_owned()),
            (5, "worker: must not be empty".to_owned()),
            (8, "4 fields where the header has 3".to_owned()),
        ];
        assert_eq!((problems.first.as_slice(), votes.ballots.len()), (&expected[..], 2));
    }

    #[test]
    fn a_line_with_a_label_too_many_leaves_nothing_behind() {
        let lines: String = (0..65_538).map(|label| format!("a,x,{label}\n")).collect();
        let (votes, problems) = votes(&format!("item,worker,label\n{lines}b,y,65537\na,x,7\n"));
        assert_eq!((problems.count, problems.first[0].0), (3, 65_538));
        assert_eq!((votes.items.len(), votes.workers.len(), votes.labels.len()), (1, 1, 65_536));
        assert_eq!((votes.ballots.len(), votes.ballots[65_536].label), (65_537, 7));
    }

    #[test]
    fn where_a_column_is_missing_the_options_that_name_them_are_too() {
        let failure = votes("0,1,2\n").1.failure("f");
        assert_eq!(
            failure.details,
            ["f, line 1: the header must name the columns item, worker, label; it names 0,1,2"]
        );
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("--no-header")));
        assert_eq!(votes("item,worker,label\n1\n").1.failure("f").remedy, None);
    }

    #[test]
    fn one_truth_an_item() {
        let text = &b"item,truth\na,1\na,1\na,2\nb,2\n"[..];
        let read = read_truth(text, &TruthLayout::default(), Options::default());
        let (truth, problems) = read.expect("memory can be read");
        let found = (truth.labels["a"].as_str(), truth.labels.len(), problems.count, problems.first[0].0);
        assert_eq!(found, ("1", 2, 1, 4));
    }
}
