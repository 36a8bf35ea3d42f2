//! Bars that show how far something has come: on standard error, and only where somebody looks.

use std::ops::Deref;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

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

/// A bar over `all` things; `what` says what is being done.
pub(crate) fn bar(output: Output, all: u64, what: &'static str) -> Bar {
    styled(output, all, what, "{prefix:>10} {bar:30} {pos}/{len}  {msg}")
}

/// The same over bytes.
pub(crate) fn bytes(output: Output, all: u64, what: &'static str) -> Bar {
    styled(output, all, what, "{prefix:>10} {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}, {eta} left  {msg}")
}

fn styled(output: Output, all: u64, what: &'static str, template: &str) -> Bar {
    // Hidden by itself where standard error is no terminal.
    let target = if output.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template(template).expect("a template of ours").progress_chars("━╸ ");
    Bar(ProgressBar::with_draw_target(Some(all), target).with_style(style).with_prefix(what))
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
