//! Bars that show how far something has come: on standard error, and only where somebody looks.

use std::ops::Deref;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// How far things have come.
const THINGS: &str = "{prefix:>10} {bar:30} {pos}/{len}  {msg}";
/// How far bytes have come.
const BYTES: &str = "{prefix:>10} {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}, {eta} left  {msg}";

/// A bar that goes away with its owner, however that ends; clones of what is in it count on and show nothing more.
pub(crate) struct Bar(ProgressBar);

impl Deref for Bar {
    type Target = ProgressBar;

    fn deref(&self) -> &ProgressBar {
        &self.0
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Bars below each other.
pub(crate) struct Bars(MultiProgress);

impl Bars {
    /// None yet.
    pub(crate) fn new(output: Output) -> Self {
        Self(MultiProgress::with_draw_target(target(output)))
    }

    /// One more, over `all` things.
    pub(crate) fn bar(&self, all: u64, what: &'static str) -> Bar {
        self.styled(all, what, THINGS)
    }

    /// One more, over bytes.
    pub(crate) fn bytes(&self, all: u64, what: &'static str) -> Bar {
        self.styled(all, what, BYTES)
    }

    fn styled(&self, all: u64, what: &'static str, template: &str) -> Bar {
        // It is drawn where all of them are.
        Bar(self.0.add(styled(ProgressDrawTarget::hidden(), all, what, template)))
    }
}

/// A bar over `all` things; `what` says what is being done.
pub(crate) fn bar(output: Output, all: u64, what: &'static str) -> Bar {
    Bar(styled(target(output), all, what, THINGS))
}

/// The same over bytes.
pub(crate) fn bytes(output: Output, all: u64, what: &'static str) -> Bar {
    Bar(styled(target(output), all, what, BYTES))
}

/// Where bars are drawn; nowhere by itself where standard error is no terminal.
fn target(output: Output) -> ProgressDrawTarget {
    if output.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() }
}

fn styled(target: ProgressDrawTarget, all: u64, what: &'static str, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("a template of ours").progress_chars("━╸ ");
    ProgressBar::with_draw_target(Some(all), target).with_style(style).with_prefix(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_goes_away_with_its_owner_whoever_counts_on() {
        let bar = bytes(Output { json: true }, 2, "sending");
        let counting = bar.clone();
        assert!(!counting.is_finished());
        drop(bar);
        assert!(counting.is_finished());
    }
}
