//! Gathers all votes of a task in memory, for whatever has to look at them together.

use std::collections::HashMap;
use std::hash::Hash;

use labelmesh_consensus::{Label, Ledger, Operator, Vote};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{SubtaskId, UserId};

use super::App;
use crate::domain::Terms;
use crate::store::{
    gold,
    tasks::OwnTask,
    unreadable,
    votes::{self, Position},
};

/// How many votes one statement reads.
const PAGE: i64 = 10_000;
/// How many bytes a vote takes at most while votes are gathered and laid out: 12 here, and 6 in the ledger, both in
/// lists that double when they grow.
pub(super) const VOTE_BYTES: u64 = 36;
/// How many bytes an image takes, with its numbers among the others.
pub(super) const IMAGE_BYTES: u64 = 104;

/// How many answers on gold images are looked at: what they tell is clear from a few hundred.
const MOST_GOLD_ANSWERS: i64 = 50_000;

/// The counted votes of a task.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The images that have votes: the first is item 0 of the ledger.
    pub(super) images: Vec<SubtaskId>,
    /// Their votes.
    pub(super) ledger: Ledger,
    /// Whether they are all, and not the newest ones alone.
    pub(super) whole: bool,
}

/// Reads the counted votes of a task, at most the newest `most`. It reads page by page, so that no statement takes
/// long. It takes [`VOTE_BYTES`] a vote and [`IMAGE_BYTES`] an image.
pub(super) async fn gather(app: &App, task: &OwnTask, terms: &Terms, most: usize) -> Result<Gathered> {
    let labels: HashMap<&str, u16> = terms.labels().iter().map(String::as_str).zip(0..).collect();
    let (mut images, mut operators) = (Numbers::<SubtaskId>::default(), Numbers::<UserId>::default());
    let mut given: Vec<(u32, i16, u16, u32)> = Vec::new();
    let (mut position, mut whole) = (Position::end(), false);
    while given.len() < most && !whole {
        let page = votes::counted_before(&mut *app.pool.acquire().await?, task, &position, PAGE).await?;
        whole = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        position = page.last().map_or_else(Position::end, Position::before);
        for vote in page {
            let label = labels.get(vote.label.as_str()).ok_or_else(|| unreadable("label of a vote"))?;
            given.push((images.of(vote.subtask_id), vote.ordinal, *label, operators.of(vote.operator_id)));
        }
    }
    whole &= given.len() <= most;
    given.truncate(most);
    // Image by image, in the order in which they were given or last revised.
    given.reverse();
    given.sort_by_key(|&(image, ordinal, ..)| (image, ordinal));
    let mut ledger = Ledger::new(terms.labels().len());
    let mut kept = Vec::new();
    for votes in given.chunk_by(|one, next| one.0 == next.0) {
        let of_image: Vec<Vote> = votes
            .iter()
            .map(|&(.., label, operator)| Vote { operator: operators.operator(operator), label: Label(label) })
            .collect();
        ledger.add_item(&of_image).map_err(Error::internal)?;
        kept.push(images.values[votes[0].0 as usize]);
    }
    Ok(Gathered { images: kept, ledger, whole })
}

/// Adds the gold images of a task to the ledger, behind all others, with the answers that operators gave on them: they
/// tell what votes can't. The first on the ring are taken, which lie there by chance.
pub(super) async fn add_gold(app: &App, task: &OwnTask, terms: &Terms, ledger: &mut Ledger) -> Result<()> {
    let answers = gold::answers(&mut *app.pool.acquire().await?, task, MOST_GOLD_ANSWERS).await?;
    let label = |text: &str| terms.label(text).ok_or_else(|| unreadable("label of a gold image"));
    for of_image in answers.chunk_by(|one, next| one.subtask_id == next.subtask_id) {
        let votes: Result<Vec<Vote>> = of_image
            .iter()
            .map(|answer| {
                Ok(Vote { operator: Operator(answer.operator_id.uuid().as_u128()), label: label(&answer.label)? })
            })
            .collect();
        ledger.add_known(&votes?, label(&of_image[0].gold_label)?).map_err(Error::internal)?;
    }
    Ok(())
}

/// Numbers ids in the order in which they turn up.
#[derive(Debug)]
struct Numbers<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }
}

impl<T: Copy + Eq + Hash> Numbers<T> {
    fn of(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(value).or_insert(next);
        if number == next {
            self.values.push(value);
        }
        number
    }
}

impl Numbers<UserId> {
    fn operator(&self, number: u32) -> Operator {
        Operator(self.values[number as usize].uuid().as_u128())
    }
}
