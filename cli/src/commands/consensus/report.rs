//! What is said of the result.

use std::time::Duration;

use labelmesh_consensus::{Basis, Calibration, calibration};
use serde_json::{Value, json};

use super::judged::Judged;
use crate::{
    output::{counted, table},
    votes::{Truth, Votes},
};

/// Over so many bins calibration is told.
const BINS: usize = 10;
/// No name is shown longer than this.
const LONGEST_NAME: usize = 60;
/// So many of the best, the worst and the most doubtful are shown.
const SHOWN: usize = 5;

pub(super) struct Report {
    json: Value,
    compared: Option<Compared>,
}

/// How the labels fare against the truth.
struct Compared {
    truths: usize,
    right: usize,
    /// Whether any vote is for any true label.
    is_voted_for: bool,
    /// Items of the truth without any vote.
    without_votes: usize,
    calibration: Calibration,
}

impl Report {
    pub(super) fn new(votes: &Votes, judged: &Judged, truth: Option<&Truth>, reading: Duration) -> Self {
        let compared = truth.map(|truth| Compared::new(votes, judged, truth));
        let of_truth = |value: &dyn Fn(&Compared) -> Value| compared.as_ref().map_or(Value::Null, value);
        let json = json!({
            "method": judged.method.name(),
            "items": votes.items.len(),
            "workers": votes.workers.len(),
            "votes": votes.ballots.len(),
            "classes": votes.labels.len(),
            "truths": of_truth(&|compared| compared.truths.into()),
            "truths_without_votes": of_truth(&|compared| compared.without_votes.into()),
            "accuracy": of_truth(&|compared| compared.accuracy().into()),
            "basis": judged.basis().map(|basis| if basis == Basis::Usual { "usual" } else { "gold" }),
            "gold_items": judged.basis().map(gold_items),
            "seconds": judged.took.as_secs_f64(),
            "reading_seconds": reading.as_secs_f64(),
            "expected_calibration_error": of_truth(&|compared| compared.calibration_error().into()),
            "krippendorff_alpha": judged.agreement.krippendorff_alpha,
            "fleiss_kappa": judged.agreement.fleiss_kappa,
            "repeated_votes": judged.repeated,
        });
        Self { json, compared }
    }

    pub(super) fn json(&self) -> Value {
        self.json.clone()
    }

    /// What is worth a word where a truth was given that tells nothing.
    pub(super) fn warning(&self) -> Option<String> {
        let compared = self.compared.as_ref()?;
        let what = match (compared.truths, compared.without_votes) {
            (0, 0) => "the truth has no items; there is nothing to compare with",
            (0, _) => "no item of the truth has votes; are its items named as those of the votes?",
            _ if !compared.is_voted_for => "nobody voted for any true label; are labels named as those of the votes?",
            _ => return None,
        };
        Some(format!("note: {what}"))
    }

    pub(super) fn people(&self, votes: &Votes, judged: &Judged) -> String {
        let mut parts = vec![self.summary(votes, judged)];
        parts.push(workers(votes, judged));
        parts.push(doubtful(votes, judged));
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }

    fn summary(&self, votes: &Votes, judged: &Judged) -> String {
        let per_item = votes.ballots.len() as f64 / votes.items.len() as f64;
        let number = |number: usize, noun: &str| counted(number as u64, noun);
        let mut lines = vec![
            format!(
                "{}, {}, {} ({per_item:.1} an item), {}; by {} in {:.2} s",
                number(votes.items.len(), "item"),
                number(votes.workers.len(), "worker"),
                number(votes.ballots.len(), "vote"),
                number(votes.labels.len(), "label"),
                judged.method.name(),
                judged.took.as_secs_f64()
            ),
            format!(
                "agreement: Krippendorff's alpha {}, Fleiss' kappa {} (1 is perfect, 0 is chance)",
                agreement(judged.agreement.krippendorff_alpha),
                agreement(judged.agreement.fleiss_kappa)
            ),
        ];
        if let Some(Basis::Gold { images }) = judged.basis() {
            let items = counted(images.into(), "item");
            lines.push(format!("how sure: as far as {items} of known label show it of this crowd"));
        } else if judged.basis().is_some() {
            lines.push(
                "how sure: if this crowd errs together as crowds usually do; --gold makes it true for yours".into(),
            );
        }
        if let Some(compared) = &self.compared {
            lines.push(match (compared.accuracy(), compared.calibration_error()) {
                (Some(accuracy), Some(error)) => format!(
                    "accuracy: {:.2} % of {} with a known truth; expected calibration error {error:.3}",
                    100.0 * accuracy,
                    number(compared.truths, "item")
                ),
                _ => "accuracy: not known, no truth is of an item with votes".to_owned(),
            });
            if compared.without_votes > 0 {
                let have = if compared.without_votes == 1 { "has" } else { "have" };
                lines
                    .push(format!("          {} of the truth {have} no votes", number(compared.without_votes, "item")));
            }
        }
        lines.join("\n")
    }
}

impl Compared {
    fn new(votes: &Votes, judged: &Judged, truth: &Truth) -> Self {
        let mut judgements = Vec::with_capacity(truth.labels.len());
        for (item, label) in &truth.labels {
            let Some(item) = votes.items.find(item) else { continue };
            judgements.push((judged.confidence(item), votes.labels.find(label) == Some(judged.label(item))));
        }
        Self {
            is_voted_for: truth.labels.values().any(|label| votes.labels.find(label).is_some()),
            truths: judgements.len(),
            right: judgements.iter().filter(|(_, right)| *right).count(),
            without_votes: truth.labels.len() - judgements.len(),
            calibration: calibration(&judgements, BINS),
        }
    }

    /// `None` where no truth is of an item with votes.
    fn accuracy(&self) -> Option<f64> {
        (self.truths > 0).then(|| self.right as f64 / self.truths as f64)
    }

    /// `None` where no truth is of an item with votes.
    fn calibration_error(&self) -> Option<f64> {
        (self.truths > 0).then_some(self.calibration.error)
    }
}

/// How many known labels confidences rest on.
fn gold_items(basis: Basis) -> u32 {
    match basis {
        Basis::Usual => 0,
        Basis::Gold { images } => images,
    }
}

/// The most and the least reliable workers.
fn workers(votes: &Votes, judged: &Judged) -> String {
    let number = |number: usize| u32::try_from(number).expect("counted as one");
    let mut all: Vec<u32> = (0..number(votes.workers.len())).collect();
    all.sort_by(|&a, &b| {
        let better = judged.worker(b).1.total_cmp(&judged.worker(a).1);
        better.then(judged.place_of_worker(a).cmp(&judged.place_of_worker(b)))
    });
    let row = |&worker: &u32| {
        let (given, accuracy, doubt, agree) = judged.worker(worker);
        let agree = agree.map_or("-".to_owned(), |agree| format!("{:.0} %", 100.0 * agree));
        let accuracy = format!("{:.0} ± {:.0} %", 100.0 * accuracy, 100.0 * doubt);
        vec![short(votes.workers.name(worker)), given.to_string(), accuracy, agree]
    };
    let headings = ["worker", "votes", "right", "others agree"];
    if all.len() <= 2 * SHOWN {
        return format!("Workers:\n{}", table(&headings, &all.iter().map(row).collect::<Vec<_>>()));
    }
    let best: Vec<_> = all[..SHOWN].iter().map(row).collect();
    let worst: Vec<_> = all[all.len() - SHOWN..].iter().rev().map(row).collect();
    format!("Best workers:\n{}\n\nWorst workers:\n{}", table(&headings, &best), table(&headings, &worst))
}

/// The items whose labels are the least sure.
fn doubtful(votes: &Votes, judged: &Judged) -> String {
    let number = |number: usize| u32::try_from(number).expect("counted as one");
    let mut all: Vec<(f64, u32)> = (0..number(votes.items.len())).map(|item| (judged.confidence(item), item)).collect();
    let by_confidence =
        |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(judged.place(a.1).cmp(&judged.place(b.1)));
    if all.len() > SHOWN {
        all.select_nth_unstable_by(SHOWN, by_confidence);
        all.truncate(SHOWN);
    }
    all.sort_by(by_confidence);
    let row = |&(confidence, item): &(f64, u32)| {
        let counts = judged.counts(item).into_iter().take(SHOWN);
        let counts: Vec<String> =
            counts.map(|(label, count)| format!("{}: {count}", short(votes.labels.name(label)))).collect();
        let label = short(votes.labels.name(judged.label(item)));
        vec![short(votes.items.name(item)), label, format!("{:.0} %", 100.0 * confidence), counts.join(", ")]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    format!("Most doubtful items:\n{}", table(&["item", "label", "sure", "votes"], &rows))
}

/// A name as it fits into a table.
fn short(name: &str) -> String {
    console::truncate_str(name, LONGEST_NAME, "…").into_owned()
}

/// How far people agree; what is 0 but for rounding is not below it.
fn agreement(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{:.3}", if value.abs() < 0.0005 { 0.0 } else { value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_agreement_is_not_below_zero() {
        let said = [Some(-2.2e-16), Some(-0.25), Some(1.0), None].map(agreement);
        assert_eq!(said, ["0.000", "-0.250", "1.000", "-"]);
    }

    #[test]
    fn names_are_cut_where_tables_would_be_too_wide() {
        assert_eq!(short(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(short(&"é".repeat(61)), "é".repeat(59) + "…");
        assert_eq!(short(&"猫".repeat(31)), "猫".repeat(29) + "…");
    }
}
