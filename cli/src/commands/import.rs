//! The parts that imports of recorded votes and decisions share. Items become images of the task, and problems are told
//! by the lines of the user's own file.

mod album;
mod arrival;
mod lines;
mod send;

pub(super) use self::{
    album::Album,
    arrival::{LATE, arrived},
    lines::{DecisionLine, Lines, VoteLine},
    send::{Import, send},
};
use crate::{exit::Failure, votes::Problems};

/// The failure of an import with lines that were not taken; `fit` is how many were sent.
pub(super) fn refused(problems: &Problems, file: &str, fit: usize) -> Option<Failure> {
    if problems.count == 0 {
        return None;
    }
    let message = match problems.count {
        _ if fit == 0 => "nothing was taken".to_owned(),
        1 => "1 line was not taken; all others were".to_owned(),
        many => format!("{many} lines were not taken; all others were"),
    };
    Some(problems.failure_of(file, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whether_other_lines_were_taken_is_said() {
        let mut problems = Problems::default();
        let message = |problems: &Problems, fit| refused(problems, "f", fit).map(|failure| failure.message);
        assert_eq!(message(&problems, 0), None);
        problems.add(1, "the header must be item,label");
        assert_eq!(message(&problems, 0).as_deref(), Some("nothing was taken"));
        assert_eq!(message(&problems, 1).as_deref(), Some("1 line was not taken; all others were"));
    }
}
