//! Which column is which.

use csv::ByteRecord;

use super::Problem;

/// A column and the names by which it may go.
pub(crate) struct Column {
    pub(super) name: &'static str,
    /// What it is called elsewhere, the name that says it best first: an export of results has an image's id and its name.
    pub(super) also: &'static [&'static str],
}

pub(crate) const ITEM: Column = Column { name: "item", also: &["image_id", "subtask_id", "task", "name"] };
pub(crate) const WORKER: Column = Column { name: "worker", also: &["operator", "annotator", "performer"] };
pub(crate) const LABEL: Column = Column { name: "label", also: &[] };
pub(crate) const TRUTH: Column = Column { name: "truth", also: &["label"] };

impl Column {
    /// Which of these names is this column's: its own wherever it stands, or else the first of the others that is there.
    ///
    /// # Errors
    /// If two are called so, for nobody can know which is meant, or none is.
    pub(super) fn among<'a>(&self, names: impl Iterator<Item = &'a [u8]> + Clone) -> Result<usize, Unfound> {
        for known in std::iter::once(&self.name).chain(self.also) {
            let mut places =
                names.clone().enumerate().filter(|(_, name)| name.trim_ascii().eq_ignore_ascii_case(known.as_bytes()));
            match (places.next(), places.next()) {
                (None, _) => {}
                (Some((place, _)), None) => return Ok(place),
                (Some((first, _)), Some((second, _))) => return Err(Unfound::Twice(known, [first + 1, second + 1])),
            }
        }
        Err(Unfound::Missing)
    }
}

/// Why a column was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfound {
    Missing,
    /// A name, and the two places, from 1, where it stands.
    Twice(&'static str, [usize; 2]),
}

/// Where each column stands in a header.
pub(super) fn find<const N: usize>(header: &ByteRecord, columns: [Column; N]) -> Result<[usize; N], Problem> {
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(&columns) {
        *place = column.among(header.iter()).map_err(|unfound| {
            let line = header.position().map_or(1, csv::Position::line);
            let what = match unfound {
                Unfound::Twice(name, [first, second]) => {
                    format!("columns {first} and {second} are both called '{name}'")
                }
                Unfound::Missing => {
                    let wanted: Vec<&str> = columns.iter().map(|column| column.name).collect();
                    format!("the header must be {}; there is no column '{}'", wanted.join(","), column.name)
                }
            };
            Problem { line, what }
        })?;
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<const N: usize>(header: &[&str], columns: [Column; N]) -> Result<[usize; N], String> {
        find(&ByteRecord::from(header.to_vec()), columns).map_err(|problem| problem.what)
    }

    #[test]
    fn a_columns_own_name_goes_before_the_others() {
        assert_eq!(found(&["name", "item", "worker", "label"], [ITEM, WORKER, LABEL]), Ok([1, 2, 3]));
        assert_eq!(found(&["operator", "Worker", "task", " ITEM "], [ITEM, WORKER]), Ok([3, 1]));
        assert_eq!(found(&["item", "label", "truth"], [ITEM, TRUTH]), Ok([0, 2]));
        assert_eq!(found(&["item", "label"], [ITEM, TRUTH]), Ok([0, 1]));
    }

    #[test]
    fn of_other_names_the_best_one_counts() {
        assert_eq!(found(&["name", "task", "image_id"], [ITEM]), Ok([2]));
        assert_eq!(found(&["name", "task"], [ITEM]), Ok([1]));
    }

    #[test]
    fn two_columns_of_one_name_are_none() {
        let what = |header: &[&str]| found(header, [ITEM]).expect_err("two columns");
        assert_eq!(what(&["item", "name", "Item"]), "columns 1 and 3 are both called 'item'");
        assert_eq!(what(&["x", "task", "name", "name", "task"]), "columns 2 and 5 are both called 'task'");
        assert_eq!(found(&["name", "name", "item"], [ITEM]), Ok([2]));
    }
}
