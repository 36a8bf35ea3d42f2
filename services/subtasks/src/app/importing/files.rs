//! Reading the records of files, a batch at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_records::{Column, Fault, Options, Problem, Reader, Row};

use super::Piece;
use crate::store::tasks::OwnTask;

/// How many lines one transaction applies.
const BATCH: usize = 256;
/// The same for a rule that learns from the votes before: about as many as the first snapshot takes.
const LEARNED_BATCH: usize = 32;
/// The longest line. A longer one holds no vote; it is thrown away as it arrives.
const LONGEST_BYTES: usize = 16 * 1024;
/// How much of a piece is read at once. What it holds beyond a batch waits in memory.
const READ_BYTES: usize = 16 * 1024;

/// A record of a file.
pub(super) trait Recorded: Sized + Send {
    /// The columns that are read.
    const COLUMNS: &'static [Column];

    /// The record that a line's fields make up.
    ///
    /// # Errors
    /// FIELD_INVALID for a field that breaks a rule of its own.
    fn read(row: &Row<'_>) -> Result<Self>;
}

/// Where a line stands.
#[derive(Debug, Clone)]
pub(super) struct Position {
    pub(super) file: Arc<str>,
    pub(super) line: u64,
}

/// The lines for one transaction. Each is a record, or already a problem.
pub(super) type Batch<R> = Vec<(Position, Result<R>)>;

/// Reads the records of files, a batch at a time.
pub(super) struct Batches<S, R> {
    pieces: S,
    /// How many lines a batch has at most.
    most: usize,
    /// The file under way.
    file: Option<(Arc<str>, Reader)>,
    /// What is left of the present piece, and whether that is the file's last.
    rest: Bytes,
    last: bool,
    /// What is read and waits for a batch.
    ready: VecDeque<(Position, Result<R>)>,
    /// Why nothing more can be read.
    broken: Option<Error>,
}

impl<S: Stream<Item = Result<Piece>> + Send + Unpin, R: Recorded> Batches<S, R> {
    /// Reads pieces for a task, in small batches if its rule learns.
    pub(super) fn new(pieces: S, task: &OwnTask) -> Self {
        let learns = task.terms.as_ref().is_some_and(|terms| terms.stop().confidence().is_some());
        let most = if learns { LEARNED_BATCH } else { BATCH };
        Self { pieces, most, file: None, rest: Bytes::new(), last: false, ready: VecDeque::new(), broken: None }
    }

    /// The next batch; an empty one at the end. If a file turns out to be broken, what was read before comes first.
    pub(super) async fn next(&mut self) -> Batch<R> {
        while self.ready.len() < self.most && self.broken.is_none() {
            match self.read().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.broken = Some(error),
            }
        }
        let count = self.ready.len().min(self.most);
        self.ready.drain(..count).collect()
    }

    /// Checks that all files were read to their ends.
    ///
    /// # Errors
    /// FIELD_INVALID where a header lacks a column, MALFORMED for a file of another format or a stream that stops
    /// within a file; what the stream of pieces fails with.
    pub(super) fn finish(self) -> Result<()> {
        self.broken.map_or(Ok(()), Err)
    }

    /// Reads on; false at the end of all files.
    async fn read(&mut self) -> Result<bool> {
        let Self { file, rest, last, ready, broken, .. } = self;
        if let Some((name, reader)) = file
            && !rest.is_empty()
        {
            let piece = rest.split_to(rest.len().min(READ_BYTES));
            reader.push(&piece, &mut |read| take(name, read, ready, broken));
        } else if let Some((name, reader)) = file.take_if(|_| *last) {
            *last = false;
            reader.finish(&mut |read| take(&name, read, ready, broken));
        } else {
            return self.piece().await;
        }
        Ok(true)
    }

    /// Takes the next piece; false where there is none.
    async fn piece(&mut self) -> Result<bool> {
        match self.pieces.next().await.transpose()? {
            Some(Piece { name, data, last }) => {
                let options = Options { longest: LONGEST_BYTES, ..Options::default() };
                self.file.get_or_insert_with(|| (name.into(), Reader::new(R::COLUMNS, options)));
                (self.rest, self.last) = (data, last);
                Ok(true)
            }
            None if self.file.is_none() => Ok(false),
            None => Err(Error::new(Reason::Malformed, "the stream ended within a file: its last piece must say so")),
        }
    }
}

/// Keeps what was read of a line for a batch, or why nothing more can be read.
fn take<R: Recorded>(
    file: &Arc<str>,
    read: Result<Row<'_>, Problem>,
    ready: &mut VecDeque<(Position, Result<R>)>,
    broken: &mut Option<Error>,
) {
    let (line, record) = match read {
        Ok(row) => (row.line, R::read(&row)),
        // An empty file holds no votes, which is no error.
        Err(Problem { fault: Fault::Empty, .. }) => return,
        Err(Problem { fault, .. }) if fault.ends_file() => return *broken = Some(error(fault)),
        Err(Problem { line, fault }) => (line, Err(error(fault))),
    };
    ready.push_back((Position { file: file.clone(), line }, record));
}

/// The contract's error for a fault.
pub(super) fn error(fault: Fault) -> Error {
    match fault {
        Fault::Field { field, rule } => Error::invalid(field, rule),
        Fault::Header(rule) => Error::invalid("header", rule),
        Fault::TooLong(_) => Error::new(Reason::RequestTooLarge, fault.to_string()),
        Fault::Empty | Fault::Format(_) | Fault::Malformed(_) => Error::new(Reason::Malformed, fault.to_string()),
    }
}
