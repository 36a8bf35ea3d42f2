//! What came of a replay.

use std::time::Duration;

use serde_json::{Value, json};

/// What came of one order of the votes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    pub(super) seed: u64,
    pub(super) task: String,
    pub(super) items: usize,
    /// Items whose truth is known, and those of them that were decided rightly.
    pub(super) truths: usize,
    pub(super) right: usize,
    /// Those that were right when all was decided again, where it was.
    pub(super) right_again: Option<usize>,
    pub(super) decided: usize,
    pub(super) contested: usize,
    /// Votes that decided, and all that there are.
    pub(super) used: u64,
    pub(super) votes: usize,
    pub(super) took: Duration,
}

impl Outcome {
    fn accuracy(&self) -> f64 {
        self.right as f64 / self.truths.max(1) as f64
    }

    fn accuracy_again(&self) -> Option<f64> {
        self.right_again.map(|right| right as f64 / self.truths.max(1) as f64)
    }

    fn share(&self) -> f64 {
        self.used as f64 / self.votes.max(1) as f64
    }

    fn per_item(&self) -> f64 {
        self.used as f64 / self.items.max(1) as f64
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "seed": self.seed, "taskId": self.task, "accuracy": self.accuracy(),
            "accuracy_again": self.accuracy_again(), "votes_used": self.used,
            "share_used": self.share(), "votes_per_item": self.per_item(), "decided": self.decided,
            "contested": self.contested, "truths": self.truths, "seconds": self.took.as_secs_f64(),
        })
    }

    pub(super) fn row(&self) -> Vec<String> {
        let mut cells = vec![
            self.seed.to_string(),
            format!("{:.4}", self.accuracy()),
            self.used.to_string(),
            format!("{:.1} %", 100.0 * self.share()),
            format!("{:.2}", self.per_item()),
            self.contested.to_string(),
            format!("{:.1}", self.took.as_secs_f64()),
        ];
        cells.extend(self.accuracy_again().map(|accuracy| format!("{accuracy:.4}")));
        cells
    }

    pub(super) fn text(&self) -> String {
        format!("accuracy {:.4}, {:.1} % of all votes used", self.accuracy(), 100.0 * self.share())
    }

    /// The mean over several orders.
    pub(super) fn mean(outcomes: &[Self]) -> Value {
        let mean = |value: fn(&Self) -> f64| outcomes.iter().map(value).sum::<f64>() / outcomes.len().max(1) as f64;
        let all_again = !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.right_again.is_some());
        let again = all_again.then(|| mean(|outcome| outcome.accuracy_again().unwrap_or_default()));
        json!({
            "accuracy": mean(Self::accuracy), "accuracy_again": again,
            "votes_used": mean(|outcome| outcome.used as f64),
            "share_used": mean(Self::share), "votes_per_item": mean(Self::per_item),
        })
    }
}
