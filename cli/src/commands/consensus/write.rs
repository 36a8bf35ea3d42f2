//! The labels as a file.

use std::{fs::File, io::BufWriter, path::Path};

use super::judged::Judged;
use crate::{exit::Failure, votes::Votes};

/// Writes item, label and confidence, in the order in which items came.
pub(super) fn labels(path: &Path, votes: &Votes, judged: &Judged) -> Result<(), Failure> {
    write(path, votes, judged).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::file(path, &error),
        other => Failure::file(path, &std::io::Error::other(format!("{other:?}"))),
    })
}

fn write(path: &Path, votes: &Votes, judged: &Judged) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(BufWriter::with_capacity(1 << 18, File::create(path)?));
    writer.write_record(["item", "label", "confidence"])?;
    for number in 0..votes.items.len() {
        let item = u32::try_from(number).expect("counted as one");
        let confidence = format!("{:.6}", judged.confidence(item));
        writer.write_record([votes.items.name(item), votes.labels.name(judged.label(item)), &confidence])?;
    }
    Ok(writer.flush()?)
}
