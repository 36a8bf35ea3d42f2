//! Which column is which.

use csv::ByteRecord;

use super::Problem;

/// A column and the names by which it may go.
pub(crate) struct Column {
    pub(super) name: &'static str,
    pub(super) also: &'static [&'static str],
}

pub(crate) const ITEM: Column = Column { name: "item", also: &["task", "subtask_id", "image_id", "name"] };
pub(crate) const WORKER: Column = Column { name: "worker", also: &["operator", "annotator", "performer"] };
pub(crate) const LABEL: Column = Column { name: "label", also: &[] };
pub(crate) const TRUTH: Column = Column { name: "truth", also: &["label"] };

impl Column {
    pub(super) fn is(&self, name: &[u8]) -> bool {
        let is = |known: &&str| known.as_bytes().eq_ignore_ascii_case(name);
        is(&self.name) || self.also.iter().any(is)
    }
}

/// Where each column stands in a header.
pub(super) fn find<const N: usize>(header: &ByteRecord, columns: [Column; N]) -> Result<[usize; N], Problem> {
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(&columns) {
        let found = header.iter().position(|name| column.is(name.trim_ascii()));
        *place = found.ok_or_else(|| {
            let wanted: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let line = header.position().map_or(1, csv::Position::line);
            let what = format!("the header must be {}; there is no column '{}'", wanted.join(","), column.name);
            Problem { line, what }
        })?;
    }
    Ok(places)
}
