//! The rule as it is typed.

use std::{fmt, str::FromStr};

use labelmesh_sdk::tasks::Policy;

/// When an image has enough votes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rule {
    Fixed { votes: u32 },
    Confidence { confidence: f64, least: u32, most: u32 },
}

impl Rule {
    /// The policy of a task.
    pub(super) fn policy(&self) -> Policy {
        match *self {
            Self::Fixed { votes } => Policy { redundancy: votes, ..Policy::default() },
            Self::Confidence { confidence, least, most } => {
                Policy { redundancy: least, max_votes: most, confidence, ..Policy::default() }
            }
        }
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "must be fixed:N or confidence:C:MIN:MAX, such as fixed:5 or confidence:0.95:2:20".to_owned();
        let number = |text: &str| text.parse().map_err(|_| wrong());
        match *text.split(':').collect::<Vec<_>>() {
            ["fixed", votes] => Ok(Self::Fixed { votes: number(votes)? }),
            ["confidence", confidence, least, most] => Ok(Self::Confidence {
                confidence: confidence.parse().map_err(|_| wrong())?,
                least: number(least)?,
                most: number(most)?,
            }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed { votes } => write!(f, "fixed:{votes}"),
            Self::Confidence { confidence, least, most } => write!(f, "confidence:{confidence}:{least}:{most}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_written() {
        for text in ["fixed:5", "confidence:0.95:2:20"] {
            assert_eq!(text.parse::<Rule>().map(|rule| rule.to_string()), Ok(text.to_owned()));
        }
        for wrong in ["", "fixed", "fixed:x", "confidence:0.9", "confidence:0.9:1:2:3"] {
            assert!(wrong.parse::<Rule>().is_err_and(|what| what.contains("fixed:N")), "{wrong}");
        }
    }
}
