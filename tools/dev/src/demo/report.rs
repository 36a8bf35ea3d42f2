//! What came of a demo, for people and for programs.

use std::time::Duration;

use serde::Serialize;

use super::odds::Odds;

/// One operator's part in it.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) error_rate: f64,
    pub(crate) votes: usize,
    pub(crate) right: usize,
}

/// Everything measured.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) redundancy: usize,
    pub(crate) images: usize,
    pub(crate) votes: usize,
    pub(crate) right_votes: usize,
    pub(crate) decided: usize,
    pub(crate) right_decisions: usize,
    pub(crate) contested: usize,
    pub(crate) emails: usize,
    pub(crate) labeling: Duration,
    pub(crate) odds: Odds,
    pub(crate) parts: Vec<Part>,
}

/// The report in JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    images: usize,
    operators: usize,
    redundancy: usize,
    seed: u64,
    votes: usize,
    decided: usize,
    contested: usize,
    accuracy_single_vote: f64,
    accuracy_single_vote_predicted: f64,
    accuracy_decision: f64,
    accuracy_predicted: f64,
    standard_error: f64,
    emails: usize,
    seconds_labeling: f64,
    votes_per_second: f64,
}

impl Outcome {
    /// The share of votes that were right.
    pub(crate) fn single_vote(&self) -> f64 {
        self.right_votes as f64 / self.votes.max(1) as f64
    }

    /// The share of decisions that were right.
    pub(crate) fn decision(&self) -> f64 {
        self.right_decisions as f64 / self.images.max(1) as f64
    }

    /// By how many standard errors the gain of deciding over a single vote is better (or, negative, worse) than
    /// predicted.
    pub(crate) fn deviation(&self) -> f64 {
        let difference = self.decision() - self.single_vote() - self.odds.gain();
        // Where nothing can vary, as with one vote an image, nothing may differ but by rounding.
        if difference.abs() < 1e-9 { 0.0 } else { difference / self.odds.gain_error.max(1e-12) }
    }

    /// For programs.
    pub(crate) fn report(&self) -> Report {
        let seconds = self.labeling.as_secs_f64();
        Report {
            images: self.images,
            operators: self.parts.len(),
            redundancy: self.redundancy,
            seed: self.seed,
            votes: self.votes,
            decided: self.decided,
            contested: self.contested,
            accuracy_single_vote: self.single_vote(),
            accuracy_single_vote_predicted: self.odds.single_vote,
            accuracy_decision: self.decision(),
            accuracy_predicted: self.odds.decision,
            standard_error: self.odds.gain_error,
            emails: self.emails,
            seconds_labeling: seconds,
            votes_per_second: self.votes as f64 / seconds,
        }
    }

    /// For people, line by line.
    pub(crate) fn summary(&self) -> Vec<String> {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let seconds = self.labeling.as_secs_f64();
        let mut lines = vec![
            format!("  images      {:>8}", self.images),
            format!("  votes       {:>8}   {:.2} an image", self.votes, self.votes as f64 / self.images as f64),
            format!("  decided     {:>8}", self.decided),
            format!("  contested   {:>8}   tied to the end", self.contested),
            format!("  mails       {:>8}   one for each sign-in, one for the finished task", self.emails),
            format!("  labeling    {seconds:>7.1} s   {:.0} votes a second", self.votes as f64 / seconds),
            String::new(),
            "  accuracy         measured   predicted".to_owned(),
            format!("  a single vote    {:>8}    {:>8}", percent(self.single_vote()), percent(self.odds.single_vote)),
            format!("  a decision       {:>8}    {:>8}", percent(self.decision()), percent(self.odds.decision)),
            format!(
                "  deciding gains {} points, {} predicted, standard error {} ({:+.1} of them)",
                points(self.decision() - self.single_vote()),
                points(self.odds.gain()),
                points(self.odds.gain_error),
                self.deviation()
            ),
            String::new(),
            "  operators, the best first".to_owned(),
        ];
        lines.extend(self.ranking());
        lines
    }

    fn ranking(&self) -> Vec<String> {
        let mut parts: Vec<&Part> = self.parts.iter().collect();
        let share = |part: &Part| part.right as f64 / part.votes.max(1) as f64;
        parts.sort_by(|one, other| share(other).total_cmp(&share(one)).then_with(|| one.name.cmp(&other.name)));
        let line = |(place, part): (usize, &Part)| {
            let right = if part.votes == 0 { "-".to_owned() } else { format!("{:.1} %", share(part) * 100.0) };
            format!(
                "  {:>3}. {:<8} {:>5} votes  {right:>7} right  (stated {:>4.1} %)  {}",
                place + 1,
                part.name,
                part.votes,
                (1.0 - part.error_rate) * 100.0,
                bar(share(part))
            )
        };
        parts.into_iter().enumerate().map(line).collect()
    }
}

fn points(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// A bar of twenty characters for the half above one half.
fn bar(share: f64) -> String {
    let filled = ((share - 0.5).max(0.0) * 40.0).round() as usize;
    "▪".repeat(filled)
}
