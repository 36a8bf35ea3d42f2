//! What imports of recorded votes and decisions share: items become images of the task, and problems are told by the line
//! of the user's own file.

mod album;
mod lines;
mod send;

pub(super) use self::{album::Album, lines::Lines, send::send};
use crate::{
    exit::{Exit, Failure},
    votes::Problems,
};

/// The failure of an import with lines that were not taken.
pub(super) fn refused(problems: &Problems, file: &str) -> Option<Failure> {
    if problems.count == 0 {
        return None;
    }
    let message = match problems.count {
        1 => "1 line was not taken; all others were".to_owned(),
        many => format!("{many} lines were not taken; all others were"),
    };
    Some(Failure { details: problems.lines(file), ..Failure::new(Exit::Refused, message) })
}
