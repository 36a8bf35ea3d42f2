//! The promises that a demo must see kept; each broken one is said in a sentence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use labelmesh_sdk::{
    subtasks::GivenVote,
    tasks::{Result as Verdict, ResultState},
};

use super::{crew::Diary, report::Outcome, rule::Policy};

/// Worse than predicted by more standard errors than this is a failure: by chance one demo in 740 is.
const STANDARD_ERRORS: f64 = 3.0;

/// A vote as the task's owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenVote {
    pub(crate) subtask: String,
    pub(crate) operator: String,
    pub(crate) label: u8,
    pub(crate) surplus: bool,
}

impl SeenVote {
    /// From what the task's owner is told.
    pub(crate) fn of(vote: GivenVote) -> Self {
        Self {
            subtask: vote.subtask_id,
            operator: vote.operator,
            // What is no digit is no label of the task, and differs from every vote that was given.
            label: vote.label.parse().unwrap_or(u8::MAX),
            surplus: vote.surplus,
        }
    }
}

/// Everything there is to compare.
pub(crate) struct Evidence<'a> {
    /// Image id by file name, as the upload acknowledged them.
    pub(crate) uploaded: &'a BTreeMap<String, String>,
    pub(crate) diaries: &'a [Diary],
    /// In the order in which they were given.
    pub(crate) votes: &'a [SeenVote],
    pub(crate) results: &'a [Verdict],
    pub(crate) policy: Policy,
}

impl Evidence<'_> {
    /// All that is wrong; nothing if nothing is.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = self.images();
        faults.extend(self.votes());
        faults.extend(self.decisions());
        faults
    }

    /// Every image that was acknowledged is there, once, and decided.
    fn images(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen = BTreeMap::new();
        for result in self.results {
            let (name, id) = (result.name.as_str(), result.image_id.as_str());
            if seen.insert(name, id).is_some() {
                faults.push(format!("{name} is among the results twice"));
            }
            if result.state() != ResultState::Decided {
                faults.push(format!("{name} is not decided"));
            }
        }
        for (name, id) in self.uploaded {
            if seen.get(name.as_str()) != Some(&id.as_str()) {
                faults.push(format!("{name} was acknowledged as {id} and is missing from the results"));
            }
        }
        faults
    }

    /// Every vote that was acknowledged is there, once, and nothing else is: each operator's diary is one pseudonym's.
    fn votes(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen: HashMap<&str, BTreeSet<(&str, u8)>> = HashMap::new();
        let mut pairs = BTreeSet::new();
        for vote in self.votes {
            if !pairs.insert((&vote.operator, &vote.subtask)) {
                faults.push(format!("a vote for {} is counted twice", vote.subtask));
            }
            seen.entry(&vote.operator).or_default().insert((&vote.subtask, vote.label));
        }
        let mut listed: Vec<_> = seen.into_values().collect();
        for diary in self.diaries.iter().filter(|diary| !diary.votes.is_empty()) {
            let given: BTreeSet<_> = diary.votes.iter().map(|(subtask, label)| (subtask.as_str(), *label)).collect();
            match listed.iter().position(|votes| *votes == given) {
                Some(place) => drop(listed.swap_remove(place)),
                None => faults
                    .push(format!("the {} votes acknowledged to one operator are not what is listed", given.len())),
            }
        }
        if !listed.is_empty() {
            faults.push(format!("votes of {} operators are listed that nobody gave", listed.len()));
        }
        faults
    }

    /// The decisions follow from the votes, counted again here.
    fn decisions(&self) -> Vec<String> {
        let mut by_image: HashMap<&str, Vec<u8>> = HashMap::new();
        for vote in self.votes.iter().filter(|vote| !vote.surplus) {
            by_image.entry(&vote.subtask).or_default().push(vote.label);
        }
        self.results.iter().filter_map(|result| self.decision(result, by_image.get(result.image_id.as_str()))).collect()
    }

    fn decision(&self, result: &Verdict, votes: Option<&Vec<u8>>) -> Option<String> {
        let name = &result.name;
        let Some(votes) = votes else { return Some(format!("{name} has no votes")) };
        let counted: u32 = result.votes.iter().map(|count| count.votes).sum();
        if counted as usize != votes.len() {
            return Some(format!("{name} is decided by {counted} votes, but {} were given", votes.len()));
        }
        let Some(decision) = self.policy.decide(votes) else {
            return Some(format!("{name} is decided by {} votes, too few", votes.len()));
        };
        let same = result.label == decision.label.to_string() && result.contested == decision.contested;
        (!same).then(|| format!("{name} is decided as {}, the votes say {}", result.label, decision.label))
    }
}

/// Whether deciding is worth as much as the error rates predict.
pub(crate) fn accuracy(outcome: &Outcome) -> Option<String> {
    let deviation = outcome.deviation();
    (deviation < -STANDARD_ERRORS).then(|| {
        format!("decisions are better than single votes by {:.1} standard errors less than predicted", -deviation)
    })
}

/// Whether each sign-in and the completion were told of, once each.
pub(crate) fn mails(message_ids: &[String], expected: usize) -> Vec<String> {
    let mut faults = Vec::new();
    let different = message_ids.iter().collect::<BTreeSet<_>>().len();
    if different != expected {
        faults.push(format!("{different} different mails came, {expected} were due"));
    }
    if message_ids.len() != different {
        faults.push(format!("{} mails came twice", message_ids.len() - different));
    }
    faults
}

#[cfg(test)]
mod tests {
    use labelmesh_sdk::tasks::LabelCount;

    use super::*;

    const POLICY: Policy = Policy { redundancy: 2, max_votes: 3 };

    fn vote(operator: &str, label: u8) -> SeenVote {
        SeenVote { subtask: "i".to_owned(), operator: operator.to_owned(), label, surplus: false }
    }

    fn diary(label: u8) -> Diary {
        Diary { votes: HashMap::from([("i".to_owned(), label)]), right: 0 }
    }

    fn result(label: &str, votes: u32) -> Verdict {
        Verdict {
            image_id: "i".to_owned(),
            name: "i.png".to_owned(),
            state: ResultState::Decided.into(),
            label: label.to_owned(),
            votes: vec![LabelCount { label: label.to_owned(), votes }],
            ..Verdict::default()
        }
    }

    fn faults(diaries: &[Diary], votes: &[SeenVote], results: &[Verdict]) -> Vec<String> {
        let uploaded = BTreeMap::from([("i.png".to_owned(), "i".to_owned())]);
        Evidence { uploaded: &uploaded, diaries, votes, results, policy: POLICY }.faults()
    }

    #[test]
    fn what_agrees_has_no_faults() {
        let none = faults(&[diary(4), diary(4)], &[vote("a", 4), vote("b", 4)], &[result("4", 2)]);
        assert!(none.is_empty(), "{none:?}");
    }

    #[test]
    fn what_is_lost_doubled_or_made_up_is_found() {
        let both = [diary(4), diary(4)];
        let listed = [vote("a", 4), vote("b", 4)];
        assert!(!faults(&both, &listed, &[]).is_empty(), "a lost image");
        assert!(!faults(&both, &listed[..1], &[result("4", 2)]).is_empty(), "a lost vote");
        assert!(!faults(&both, &listed, &[result("4", 3)]).is_empty(), "a vote counted twice");
        assert!(!faults(&both[..1], &listed, &[result("4", 2)]).is_empty(), "a made-up vote");
        assert!(!faults(&both, &listed, &[result("5", 2)]).is_empty(), "another decision");
        let twice = [vote("a", 4), vote("a", 4)];
        assert!(!faults(&both, &twice, &[result("4", 2)]).is_empty(), "one operator's vote twice");
    }

    #[test]
    fn a_mail_too_few_and_a_mail_twice_are_found() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert!(mails(&ids(&["a", "b"]), 2).is_empty());
        assert_eq!(mails(&ids(&["a"]), 2).len(), 1);
        assert_eq!(mails(&ids(&["a", "b", "b"]), 2).len(), 1);
    }
}
