//! What is fixed about a task, and where it stands.

use std::sync::Arc;

use labelmesh_consensus::{Label, StopRule, UnfitStopRule};
use labelmesh_ids::UserId;
use labelmesh_visible::find;

use super::{Audience, GoldRules};

/// The surest that votes can make a label.
const SUREST: f64 = 0.95;

/// What is fixed about a task when it is submitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The client who owns it.
    pub owner_id: UserId,
    /// The title.
    pub title: String,
    /// What operators should know.
    pub instructions: String,
    /// The labels and the rule.
    pub terms: Terms,
    /// How many images it has.
    pub images: u64,
    /// How it uses gold images, where it has some.
    pub gold: GoldRules,
    /// Whether an image takes one vote alone from a source network.
    pub one_vote_per_network: bool,
    /// Whom it is open to, as of the event; none where a release without audiences has written it.
    pub audience: Option<Audience>,
}

/// How sure a label has to be where a policy asks for this confidence: a task of an earlier release may ask for more
/// than votes can show, and would never be sure.
#[must_use]
pub fn asked(confidence: f64) -> f64 {
    if confidence < 1.0 && confidence > SUREST { SUREST } else { confidence }
}

/// The rule of a policy: the fixed one where the confidence is 0.
///
/// # Errors
/// If the numbers make no rule.
pub fn stop_rule(redundancy: u16, max_votes: u16, confidence: f64) -> Result<StopRule, UnfitStopRule> {
    if confidence == 0.0 {
        StopRule::new(redundancy, max_votes)
    } else {
        StopRule::until(confidence, redundancy, max_votes)
    }
}

/// What a vote is judged by. Clones share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    labels: Arc<[String]>,
    stop: StopRule,
}

impl Terms {
    /// The labels in the task's order, and the rule that says when there are enough votes.
    #[must_use]
    pub fn new(labels: Vec<String>, stop: StopRule) -> Self {
        Self { labels: labels.into(), stop }
    }

    /// The labels in the task's order.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// When there are votes enough.
    #[must_use]
    pub fn stop(&self) -> StopRule {
        self.stop
    }

    /// The label of this text, where it is one of the task's or looks like one alone. What is stored of it is the
    /// task's own text ([`Terms::text`]).
    #[must_use]
    pub fn label(&self, text: &str) -> Option<Label> {
        u16::try_from(find(&self.labels, text)?).ok().map(Label)
    }

    /// The text of a label of this task.
    #[must_use]
    pub fn text(&self, label: Label) -> &str {
        &self.labels[usize::from(label.0)]
    }
}

/// Where a task stands. It only moves to a later one, so that it does not matter in which order events come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskState {
    /// Images are handed out.
    Open,
    /// The task was finished early: open images are closed with the votes at hand, and later ones at once.
    Finishing,
    /// Every image is decided.
    Completed,
    /// The task was cancelled: nothing is handed out, and images that come later are not created.
    Cancelled,
}

impl TaskState {
    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Finishing => "finishing",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a word in the database.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Finishing, Self::Completed, Self::Cancelled].into_iter().find(|state| state.word() == word)
    }

    /// Whether reaching this state leaves open images behind that have to be closed.
    #[must_use]
    pub fn leaves_work(self) -> bool {
        matches!(self, Self::Finishing | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_what_looks_like_it_and_keeps_the_tasks_own_text() {
        let labels = ["caf\u{e9}", "hot dog"].map(str::to_owned).to_vec();
        let terms = Terms::new(labels, StopRule::new(1, 1).expect("a rule"));
        let text = |text: &str| terms.label(text).map(|label| terms.text(label));
        assert_eq!((text("cafe\u{301}"), text("hot\u{a0}dog")), (Some("caf\u{e9}"), Some("hot dog")));
        assert_eq!((text("caf\u{e9}"), text("cafe"), text("")), (Some("caf\u{e9}"), None, None));
    }
}
