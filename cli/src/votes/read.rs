//! Reading the files.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use csv::{ByteRecord, ReaderBuilder};
use labelmesh_consensus::Ballot;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::{
    Problems,
    columns::{Column, ITEM, LABEL, TRUTH, Unfound, WORKER, find},
};
use crate::{
    exit::{Exit, Failure},
    names::Names,
};

/// Some programs begin a file with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// In so many bytes at the beginning it is seen what a file is.
const LOOKED_AT: u64 = 1 << 12;
/// As many as a ballot can tell apart.
const MOST_LABELS: usize = 1 << 16;

/// All votes of a file.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    pub(crate) items: Names,
    pub(crate) workers: Names,
    pub(crate) labels: Names,
    /// Numbered in the order in which names came.
    pub(crate) ballots: Vec<Ballot>,
}

/// The true label of each item that has one.
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

/// That votes and truth are not both standard input, which can be read but once.
///
/// # Errors
/// If they are.
pub(crate) fn check_inputs(votes: &Path, truth: &Path) -> Result<(), Failure> {
    if votes == Path::new("-") && truth == votes {
        return Err(Failure::new(Exit::Usage, "FILE and --truth can't both be '-': standard input is read but once"));
    }
    Ok(())
}

/// Reads votes: the columns item, worker and label in any order, others beside them. What can't be read is left out and
/// reported.
///
/// # Errors
/// If reading fails.
pub(crate) fn read_votes(input: impl Read) -> Result<(Votes, Problems), io::Error> {
    let mut votes = Votes::default();
    let problems = rows(input, [ITEM, WORKER, LABEL], |_, [item, worker, label]| {
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

/// Reads truths: the columns item and truth.
///
/// # Errors
/// If reading fails.
pub(crate) fn read_truth(input: impl Read) -> Result<(Truth, Problems), io::Error> {
    let mut truth = Truth::default();
    let problems = rows(input, [ITEM, TRUTH], |_, [item, label]| match truth.labels.get(item) {
        Some(before) if before != label => Err("another truth for the same item stands above".to_owned()),
        Some(_) => Ok(()),
        None => {
            truth.labels.insert(item.to_owned(), label.to_owned());
            Ok(())
        }
    })?;
    Ok((truth, problems))
}

/// Gives the wanted columns of each line, and its number, to `take`; gathers what is wrong with the others. The file is
/// CSV with a header, or, where it begins with a brace, JSON Lines.
///
/// # Errors
/// If reading fails.
pub(crate) fn rows<const N: usize>(
    mut input: impl Read,
    columns: [Column; N],
    take: impl FnMut(u64, [&str; N]) -> Result<(), String>,
) -> Result<Problems, io::Error> {
    let mut head = Vec::new();
    // A pipe may give a single byte at first.
    input.by_ref().take(LOOKED_AT).read_to_end(&mut head)?;
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
    let json = head.trim_ascii_start().starts_with(b"{");
    let input = BufReader::with_capacity(1 << 18, head.chain(input));
    if json { json_rows(input, columns, take) } else { csv_rows(input, columns, take) }
}

fn csv_rows<const N: usize>(
    input: impl Read,
    columns: [Column; N],
    mut take: impl FnMut(u64, [&str; N]) -> Result<(), String>,
) -> Result<Problems, io::Error> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    let mut record = ByteRecord::new();
    let mut problems = Problems::default();
    if !reader.read_byte_record(&mut record)? {
        problems.add(1, "the file is empty");
        return Ok(problems);
    }
    let width = record.len();
    let places = match find(&record, columns) {
        Ok(places) => places,
        Err(problem) => {
            problems.add(problem.line, problem.what);
            return Ok(problems);
        }
    };
    while reader.read_byte_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != width {
            problems.add(line, format!("{} fields where the header has {width}", record.len()));
            continue;
        }
        let taken = fields(&record, places).and_then(|fields| take(line, fields));
        if let Err(what) = taken {
            problems.add(line, what);
        }
    }
    Ok(problems)
}

fn json_rows<const N: usize>(
    input: impl BufRead,
    columns: [Column; N],
    mut take: impl FnMut(u64, [&str; N]) -> Result<(), String>,
) -> Result<Problems, io::Error> {
    let mut problems = Problems::default();
    for (line, text) in (1..).zip(input.split(b'\n')) {
        let text = text?;
        if text.trim_ascii().is_empty() {
            continue;
        }
        let taken = named(&text, &columns).and_then(|fields| {
            let mut row = [""; N];
            row.iter_mut().zip(&fields).for_each(|(place, field)| *place = field);
            take(line, row)
        });
        if let Err(what) = taken {
            problems.add(line, what);
        }
    }
    Ok(problems)
}

/// The wanted fields of an object; numbers are what they are written as.
fn named(text: &[u8], columns: &[Column]) -> Result<Vec<String>, String> {
    let Fields(fields) = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let names = || fields.iter().map(|(name, _)| name.as_bytes());
    let field = |column: &Column| match column.among(names()).map(|place| &fields[place].1) {
        Ok(Value::String(text)) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        Err(Unfound::Twice(name, _)) => Err(format!("two fields are called '{name}'")),
        _ => Err(format!("no field '{}'", column.name)),
    };
    columns.iter().map(field).collect()
}

/// The fields of an object as they are written, so that a name that stands twice is seen.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

fn fields<const N: usize>(record: &ByteRecord, places: [usize; N]) -> Result<[&str; N], String> {
    let mut fields = [""; N];
    for (field, place) in fields.iter_mut().zip(places) {
        let bytes = &record[place].trim_ascii();
        if bytes.is_empty() {
            return Err("an empty field".to_owned());
        }
        *field = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(text: &str) -> (Votes, Problems) {
        read_votes(text.as_bytes()).expect("memory can be read")
    }

    fn problems(text: &str) -> Vec<(u64, String)> {
        votes(text).1.first.into_iter().map(|problem| (problem.line, problem.what)).collect()
    }

    #[test]
    fn any_strings_in_any_order_of_columns() {
        let (votes, problems) = votes("\u{feff}label,note,item,worker\r\ncat,x,\"a, b\",é\r\ndog,, a2 ,é\n");
        assert_eq!(problems, Problems::default());
        assert_eq!((votes.items.name(0), votes.items.name(1), votes.workers.name(0)), ("a, b", "a2", "é"));
        let ballots = [Ballot { item: 0, operator: 0, label: 0 }, Ballot { item: 1, operator: 0, label: 1 }];
        assert_eq!(votes.ballots, ballots);
    }

    #[test]
    fn every_bad_line_is_named() {
        let text = "item,worker,label\n1,2\n\n1,2,3\n1,,3\n\"1\n1\",2,3\n1,2,3,4\n";
        let expected = [
            (2, "2 fields where the header has 3".to_owned()),
            (5, "an empty field".to_owned()),
            (8, "4 fields where the header has 3".to_owned()),
        ];
        assert_eq!(problems(text), expected);
        assert_eq!(votes(text).0.ballots.len(), 2);
    }

    #[test]
    fn json_lines_are_read_too() {
        let text = "\u{feff}{\"item\": 7, \"operator\": \"é\", \"label\": \"cat\", \"more\": []}\n\n{\"item\": 8}\n";
        let (votes, problems) = votes(text);
        assert_eq!((votes.items.name(0), votes.workers.name(0), votes.ballots.len()), ("7", "é", 1));
        assert_eq!((problems.first[0].line, problems.first[0].what.as_str()), (3, "no field 'worker'"));
    }

    #[test]
    fn a_field_of_an_object_is_found_as_a_column_is() {
        let (read, problems) = votes("{\"label\": 1, \"name\": \"n\", \"item\": \"i\", \"worker\": 2}\n");
        assert_eq!((read.items.name(0), problems.count), ("i", 0));
        let (read, problems) = votes("{\"item\": 1, \"label\": 1, \"worker\": 2, \"item\": 2}\n");
        assert_eq!((read.ballots.len(), problems.first[0].what.as_str()), (0, "two fields are called 'item'"));
        let (truth, _) =
            read_truth(&b"{\"item\": 1, \"label\": \"a\", \"truth\": \"b\"}\n"[..]).expect("memory can be read");
        assert_eq!(truth.labels["1"], "b");
    }

    #[test]
    fn a_line_with_a_label_too_many_leaves_nothing_behind() {
        let lines: String = (0..65_538).map(|label| format!("a,x,{label}\n")).collect();
        let (votes, problems) = votes(&format!("item,worker,label\n{lines}b,y,65537\na,x,7\n"));
        assert_eq!((problems.count, problems.first[0].line), (3, 65_538));
        assert_eq!((votes.items.len(), votes.workers.len(), votes.labels.len()), (1, 1, 65_536));
        assert_eq!((votes.ballots.len(), votes.ballots[65_536].label), (65_537, 7));
    }

    #[test]
    fn a_header_is_needed() {
        assert_eq!(
            problems("0,1,2\n"),
            [(1, "the header must be item,worker,label; there is no column 'item'".to_owned())]
        );
        assert_eq!(problems(""), [(1, "the file is empty".to_owned())]);
    }

    #[test]
    fn what_is_not_utf8_is_named_too() {
        let (_, problems) = read_votes(&b"item,worker,label\na,b,\xff\n"[..]).expect("memory can be read");
        assert_eq!((problems.first[0].line, problems.first[0].what.as_str()), (2, "not UTF-8"));
    }

    /// Gives one byte at a time, as a pipe may.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let most = to.len().min(1);
            self.0.read(&mut to[..most])
        }
    }

    #[test]
    fn what_comes_in_drops_is_read_alike() {
        for text in ["\u{feff}item,worker,label\na,b,c\n", "\u{feff}\n {\"item\": 1, \"worker\": 2, \"label\": 3}\n"] {
            let (votes, problems) = read_votes(Drops(text.as_bytes())).expect("memory can be read");
            assert_eq!((votes.ballots.len(), problems), (1, Problems::default()));
        }
    }

    #[test]
    fn one_truth_an_item() {
        let (truth, problems) = read_truth(&b"item,truth\na,1\na,1\na,2\nb,2\n"[..]).expect("memory can be read");
        assert_eq!(
            (truth.labels["a"].as_str(), truth.labels.len(), problems.count, problems.first[0].line),
            ("1", 2, 1, 4)
        );
    }
}
