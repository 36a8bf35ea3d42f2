//! Which column is which.

use crate::Fault;

/// How much of a header or an object a fault tells.
const TOLD_CHARACTERS: usize = 200;

/// A column and the names by which it may go. Capitals, blanks, `_` and `-` make no difference between names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it is called here, and in faults.
    pub name: &'static str,
    /// What it is called elsewhere, the name that says it best first.
    also: &'static [&'static str],
    required: bool,
    may_be_empty: bool,
    given: Option<String>,
}

/// What votes are about.
pub const ITEM: Column = Column::required("item", &["image_id", "subtask_id", "image", "task", "question", "name"]);
/// What votes are about, by its id in Labelmesh.
pub const IMAGE_ID: Column = Column::required("image_id", &["subtask_id", "item", "image", "task", "question"]);
/// What an item is called, for files that have its id too.
pub const NAME: Column = Column::optional("name", &[]);
/// Who voted.
pub const WORKER: Column = Column::required("worker", WORKER_ALSO);
/// Who voted, as the contract calls it.
pub const OPERATOR: Column = Column::required("operator", WORKER_ALSO);
const WORKER_ALSO: &[&str] = &["operator", "worker", "annotator", "performer"];
/// What somebody voted for, or what was decided.
pub const LABEL: Column = Column::required("label", &["answer"]);
/// What is true of an item.
pub const TRUTH: Column = Column::required("truth", &["label", "answer"]);
/// What was decided; empty where [`STATE`] says that nothing was: see [`Row::decision`](crate::Row::decision).
pub const DECISION: Column = Column::named("label", &["answer"]);
/// Whether something is decided.
pub const STATE: Column = Column::optional("state", &[]);
/// How sure a decision is.
pub const CONFIDENCE: Column = Column::optional("confidence", &[]);

impl Column {
    /// A column that every record has.
    const fn required(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, required: true, may_be_empty: false, given: None }
    }

    /// A column that a file has, and that a record may leave empty.
    const fn named(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, required: true, may_be_empty: true, given: None }
    }

    /// A column that a file may lack, or leave empty.
    const fn optional(name: &'static str, also: &'static [&'static str]) -> Self {
        Self { name, also, required: false, may_be_empty: true, given: None }
    }

    /// The same column by the only name or number, from 1, that it has in a file; by its usual names where none is
    /// given.
    #[must_use]
    pub fn called(self, given: Option<String>) -> Self {
        Self { given, ..self }
    }

    /// Whether every record has something there.
    pub(crate) fn is_never_empty(&self) -> bool {
        !self.may_be_empty
    }

    /// All names by which it may go, those that say it best first.
    fn names(&self) -> impl Iterator<Item = &str> {
        let usual = std::iter::once(self.name).chain(self.also.iter().copied());
        let usual = usual.take(if self.given.is_some() { 0 } else { usize::MAX });
        self.given.as_deref().into_iter().chain(usual)
    }

    /// How well a name says that it is this column: 0 is best.
    pub(crate) fn rank(&self, name: &str) -> Option<usize> {
        self.names().position(|known| is_same(known, name))
    }

    /// Which of the names of a header is this column's: the one that says it best.
    ///
    /// # Errors
    /// If two names are the same: nobody can know which is meant.
    fn find(&self, header: &[&str]) -> Result<Option<usize>, Fault> {
        for known in self.names() {
            let mut places = header.iter().enumerate().filter(|(_, name)| is_same(known, name));
            match (places.next(), places.next()) {
                (None, _) => {}
                (Some((place, _)), None) => return Ok(Some(place)),
                (Some((first, _)), Some((second, _))) => {
                    let what = format!("names '{known}' twice, in the columns {} and {}", first + 1, second + 1);
                    return Err(Fault::Header(what));
                }
            }
        }
        Ok(self.number().filter(|place| *place < header.len()))
    }

    /// The place that was given as a number.
    fn number(&self) -> Option<usize> {
        self.given.as_ref()?.parse::<usize>().ok()?.checked_sub(1)
    }
}

/// Where each column stands by a header; none where an optional one is missing.
pub(crate) type Places = Vec<Option<usize>>;

/// Finds the columns by a header.
///
/// # Errors
/// If it lacks a required column, or names one twice.
pub(crate) fn by_header(columns: &[Column], header: &[&str]) -> Result<Places, Fault> {
    let places = columns.iter().map(|column| column.find(header)).collect::<Result<Places, _>>()?;
    let missing = columns.iter().zip(&places).filter(|(column, place)| column.required && place.is_none());
    let missing: Vec<&str> = missing.map(|(column, _)| column.given.as_deref().unwrap_or(column.name)).collect();
    match missing[..] {
        [] => Ok(places),
        _ => {
            let which = if missing.len() == 1 { "column" } else { "columns" };
            let (missing, names) = (missing.join(", "), told(header.join(",")));
            Err(Fault::Header(format!("must name the {which} {missing}; it names {names}")))
        }
    }
}

/// Finds the columns by their numbers in a file without a header: those that are given, otherwise the required ones in
/// their order from the first.
///
/// # Errors
/// If one is given by a name, or there are not so many fields.
pub(crate) fn by_number(columns: &[Column], fields: usize) -> Result<Places, Fault> {
    let mut next = 0..;
    let place = |column: &Column| {
        let usual = if column.required { next.next() } else { None };
        let place = match (&column.given, column.number()) {
            (None, _) => usual,
            (Some(_), Some(number)) => Some(number),
            (Some(given), None) => {
                let what = format!("is missing, so columns go by number, and '{given}' is none");
                return Err(Fault::Header(what));
            }
        };
        match place {
            Some(place) if place >= fields => {
                let what = format!("is missing, and the first line has no column {} for {}", place + 1, column.name);
                Err(Fault::Header(what))
            }
            place => Ok(place),
        }
    };
    columns.iter().map(place).collect()
}

fn is_same(known: &str, name: &str) -> bool {
    known == name || plain(known).eq(plain(name))
}

/// What makes a difference between names of columns.
fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase)
}

/// What a header names, as far as a fault tells it.
fn told(mut names: String) -> String {
    if let Some((end, _)) = names.char_indices().nth(TOLD_CHARACTERS) {
        names.truncate(end);
        names.push('…');
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<const N: usize>(header: &[&str], columns: [Column; N]) -> Result<Vec<usize>, String> {
        let places = by_header(&columns, header).map_err(|fault| fault.to_string())?;
        Ok(places.into_iter().map(|place| place.unwrap_or(usize::MAX)).collect())
    }

    #[test]
    fn a_columns_own_name_goes_before_the_others() {
        assert_eq!(found(&["name", "item", "worker", "label"], [ITEM, WORKER, LABEL]), Ok(vec![1, 2, 3]));
        assert_eq!(found(&["operator", "Worker", "task", "ITEM"], [ITEM, WORKER]), Ok(vec![3, 1]));
        assert_eq!(found(&["item", "label", "truth"], [ITEM, TRUTH]), Ok(vec![0, 2]));
        assert_eq!(found(&["item", "label"], [ITEM, TRUTH]), Ok(vec![0, 1]));
    }

    #[test]
    fn of_other_names_the_best_one_counts() {
        assert_eq!(found(&["name", "task", "image_id"], [ITEM]), Ok(vec![2]));
        assert_eq!(found(&["name", "task"], [ITEM]), Ok(vec![1]));
        assert_eq!(found(&["Image ID", "imageid"], [NAME]), Ok(vec![usize::MAX]));
        assert_eq!(found(&["imageId"], [ITEM]), Ok(vec![0]));
    }

    #[test]
    fn two_columns_of_one_name_are_none() {
        let what = |header: &[&str]| found(header, [ITEM]).expect_err("two columns");
        assert_eq!(what(&["item", "name", "Item"]), "the header names 'item' twice, in the columns 1 and 3");
        assert_eq!(
            what(&["x", "task", "name", "name", "task"]),
            "the header names 'task' twice, in the columns 2 and 5"
        );
        assert_eq!(found(&["name", "name", "item"], [ITEM]), Ok(vec![2]));
    }

    #[test]
    fn all_that_is_missing_is_told_at_once_beside_what_is_there() {
        let what = found(&["question", "who", "says"], [ITEM, WORKER, LABEL]).expect_err("two are missing");
        assert_eq!(what, "the header must name the columns worker, label; it names question,who,says");
        let long = "ü".repeat(8_000);
        assert!(found(&[&long], [ITEM]).is_err_and(|what| what.chars().count() < 300));
    }

    #[test]
    fn a_given_name_is_the_only_one_and_may_be_a_number() {
        let by = |given: &str| found(&["item", "pic", "2"], [ITEM.called(Some(given.to_owned()))]);
        assert_eq!((by("Pic"), by("1"), by("2")), (Ok(vec![1]), Ok(vec![0]), Ok(vec![2])));
        assert_eq!(by("picture"), Err("the header must name the column picture; it names item,pic,2".to_owned()));
        let numbered = |item: &str, fields| by_number(&[ITEM.called(Some(item.to_owned())), WORKER, NAME], fields);
        assert_eq!(numbered("3", 3), Ok(vec![Some(2), Some(1), None]));
        assert!(numbered("3", 2).is_err() && numbered("item", 3).is_err() && numbered("0", 3).is_err());
    }
}
