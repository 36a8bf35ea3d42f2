//! What the command line says of how a file is laid out.

use labelmesh_records::{Column, ITEM, LABEL, Options, TRUTH, WORKER};

/// The options of a file with items and labels.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Layout {
    /// The column of the items, by its name or by its number from 1, where it has none of the usual names.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) item: Option<String>,
    /// The column of the labels.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    /// The first line is no header: columns go by number, item, worker and label from the first on unless numbers are
    /// given.
    #[arg(long)]
    no_header: bool,
    /// The character between the fields of CSV, or 'tab'; found by the first line if left out.
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,
}

impl Layout {
    pub(crate) fn options(&self) -> Options {
        Options { header: !self.no_header, delimiter: self.delimiter, ..Options::default() }
    }
}

/// The options of a file of votes.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct VotesLayout {
    /// The column of the workers.
    #[arg(long, value_name = "COLUMN")]
    worker: Option<String>,
    #[command(flatten)]
    layout: Layout,
}

impl VotesLayout {
    pub(crate) fn columns(&self) -> [Column; 3] {
        let Layout { item, label, .. } = self.layout.clone();
        [ITEM.called(item), WORKER.called(self.worker.clone()), LABEL.called(label)]
    }

    /// How the file is read, and a file of truths beside it.
    pub(crate) fn options(&self) -> Options {
        self.layout.options()
    }
}

/// The options of a file of truths that is read beside one of votes.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct TruthLayout {
    /// The column of the items in the file of truths.
    #[arg(long, value_name = "COLUMN")]
    truth_item: Option<String>,
    /// The column of the truths.
    #[arg(long, value_name = "COLUMN")]
    truth_label: Option<String>,
}

impl TruthLayout {
    pub(crate) fn columns(&self) -> [Column; 2] {
        [ITEM.called(self.truth_item.clone()), TRUTH.called(self.truth_label.clone())]
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        b"tab" | b"\\t" => Ok(b'\t'),
        _ => Err("must be one ASCII character other than a quote, or 'tab'".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_character() {
        assert_eq!((delimiter(";"), delimiter("tab"), delimiter("\\t")), (Ok(b';'), Ok(b'\t'), Ok(b'\t')));
        assert!([",,", "", "é", "\""].into_iter().all(|text| delimiter(text).is_err()));
    }
}
