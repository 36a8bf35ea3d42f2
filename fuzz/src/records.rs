//! Files of votes, truths and decisions.

use labelmesh_records::{CONFIDENCE, Column, ITEM, LABEL, Options, Problem, Reader, Row, TRUTH, WORKER};

use crate::first_line;

/// A line that says what the file has and how it is read: `votes`, `truths` or `decisions`, then perhaps `no-header`,
/// `short` (lines of at most 40 bytes) and a delimiter such as `;`, with blanks between; then the file.
pub fn records(data: &[u8]) {
    let Some((line, file)) = first_line(data) else { return };
    let mut words = line.split(' ');
    let columns: &[Column] = match words.next() {
        Some("votes") => &[ITEM, WORKER, LABEL],
        Some("truths") => &[ITEM, TRUTH],
        Some("decisions") => &[ITEM, LABEL, CONFIDENCE],
        _ => return,
    };
    let mut options = Options::default();
    for word in words {
        match word {
            "no-header" => options.header = false,
            "short" => options.longest = 40,
            other => options.delimiter = other.bytes().next(),
        }
    }
    let whole = read(columns, options, file, file.len());
    for size in [1, 7] {
        assert_eq!(read(columns, options, file, size), whole, "in pieces of {size}");
    }
}

/// What is read of a file that comes in pieces of so many bytes.
fn read(columns: &[Column], options: Options, file: &[u8], size: usize) -> Vec<String> {
    let mut reader = Reader::new(columns, options);
    let mut read = Vec::new();
    let mut take = |row: Result<Row<'_>, Problem>| match row {
        Ok(row) => {
            let fields: Vec<_> = (0..columns.len()).map(|place| row.get(place)).collect();
            read.push(format!("{}: {fields:?}", row.line));
        }
        Err(problem) => read.push(format!("{}! {}", problem.line, problem.fault)),
    };
    for piece in file.chunks(size.max(1)) {
        reader.push(piece, &mut take);
    }
    reader.finish(&mut take);
    read
}
