//! The labels as a file.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use super::judged::Judged;
use crate::{exit::Failure, part::Part, votes::Votes};

/// Whoever may read what the user writes may read labels.
const MODE: u32 = 0o666;

/// Writes item, label and confidence, in the order in which items came; `-` is standard output.
pub(super) fn labels(path: &Path, votes: &Votes, judged: &Judged) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Ok(write(io::stdout().lock(), votes, judged)?);
    }
    let mut part = Part::create(path, MODE)?;
    write(part.writer(), votes, judged).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::file(path, &error),
        other => Failure::file(path, &io::Error::other(format!("{other:?}"))),
    })?;
    part.finish()
}

fn write(to: impl Write, votes: &Votes, judged: &Judged) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(BufWriter::with_capacity(1 << 18, to));
    writer.write_record(["item", "label", "confidence"])?;
    for number in 0..votes.items.len() {
        let item = u32::try_from(number).expect("counted as one");
        let confidence = format!("{:.6}", judged.confidence(item));
        writer.write_record([votes.items.name(item), votes.labels.name(judged.label(item)), &confidence])?;
    }
    Ok(writer.flush()?)
}
