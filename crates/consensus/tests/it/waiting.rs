//! How long images wait for their decision in a queue with lanes, such as subtasks has.

use std::collections::VecDeque;

use labelmesh_consensus::simulate::{Simulated, Simulation};
use labelmesh_consensus::{Snapshot, StopRule, Verdict, Vote, lane};

use crate::live::{ledger, votes_by_item};

/// The lane of images that nobody has seen. Before it come those whose next vote tells most, behind it the others.
const FRESH: usize = 1;

/// The labeling of a task: images are taken from the first lane that has any, and judged anew by each snapshot.
struct Labeling<'a> {
    crowd: &'a Simulated,
    rule: StopRule,
    /// How many lanes there are for images that want an extra vote.
    lanes: u8,
    /// The votes that each image would get, and how many of them it has got.
    votes: Vec<Vec<Vote>>,
    given: Vec<usize>,
    queue: Vec<VecDeque<usize>>,
    snapshot: Option<Snapshot>,
    /// After how many votes each image was decided, and how many labels are right.
    decided: Vec<usize>,
    right: usize,
}

impl<'a> Labeling<'a> {
    fn new(crowd: &'a Simulated, rule: StopRule, lanes: u8) -> Self {
        let votes = votes_by_item(crowd);
        let mut queue = vec![VecDeque::new(); FRESH + usize::from(lanes)];
        queue[FRESH].extend(0..votes.len());
        let given = vec![0; votes.len()];
        Self { crowd, rule, lanes, votes, given, queue, snapshot: None, decided: Vec::new(), right: 0 }
    }

    fn run(mut self) -> Self {
        while let Some(image) = self.queue.iter_mut().find_map(VecDeque::pop_front) {
            self.given[image] = usize::max(self.given[image] + 1, usize::from(self.rule.redundancy()));
            self.settle(image);
            let learned_from = self.snapshot.as_ref().map_or(0, Snapshot::votes);
            if Snapshot::is_due(learned_from, self.all_given() as u64, self.crowd.size.2) {
                self.learn();
            }
        }
        self
    }

    fn all_given(&self) -> usize {
        self.given.iter().sum()
    }

    /// Decides an image, or lets it wait for one more vote.
    fn settle(&mut self, image: usize) {
        let votes = &self.votes[image][..self.given[image]];
        match self.rule.judge(votes, self.snapshot.as_ref()) {
            Verdict::Decided(decision) => {
                self.right += usize::from(decision.label.0 == self.crowd.truth[image]);
                self.decided.push(self.all_given());
            }
            Verdict::OneMore { worth } => {
                let lane = match usize::from(lane(worth, self.lanes)) {
                    0 => 0,
                    less => FRESH + less,
                };
                self.queue[lane].push_back(image);
            }
        }
    }

    fn learn(&mut self) {
        let given: Vec<Vec<Vote>> =
            self.votes.iter().zip(&self.given).map(|(votes, &given)| votes[..given].to_vec()).collect();
        self.snapshot = Some(Snapshot::learn(&ledger(&given, self.crowd.size.2)));
        let waiting = (0..self.queue.len()).filter(|&lane| lane != FRESH);
        let waiting: Vec<usize> = waiting.flat_map(|lane| std::mem::take(&mut self.queue[lane])).collect();
        waiting.into_iter().for_each(|image| self.settle(image));
    }
}

#[test]
fn no_image_waits_five_times_as_long_as_the_median_and_lanes_save_votes() {
    let rule = StopRule::until(0.9, 2, 15).expect("fit");
    let (mut one, mut four) = ((0, 0), (0, 0));
    for seed in 1..=3 {
        let simulation = Simulation { redundancy: 15, hard: 0.2, hardness: 0.8, seed, ..Simulation::default() };
        let crowd = simulation.run();
        for (lanes, sum) in [(1, &mut one), (4, &mut four)] {
            let labeling = Labeling::new(&crowd, rule, lanes).run();
            let (waits, votes, right) = (&labeling.decided, labeling.all_given(), labeling.right);
            let (median, longest) = (waits[waits.len() / 2], waits[waits.len() - 1]);
            println!("{lanes} lanes: {votes} votes, {right} right; median wait {median}, longest {longest}");
            assert!(waits.len() == 1000 && longest <= 5 * median, "{lanes} lanes: {median}, {longest}");
            *sum = (sum.0 + votes, sum.1 + right);
        }
    }
    // Votes, and right labels of 3,000.
    assert!(four.0 < one.0 && four.1 + 30 >= one.1, "{four:?} with four lanes, {one:?} with one");
}
