//! Bars that show how far something has come: on standard error, and only where somebody looks.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// A bar over `all` things; `what` says what is being done.
pub(crate) fn bar(output: Output, all: u64, what: &'static str) -> ProgressBar {
    styled(output, all, what, "{prefix:>10} {bar:30} {pos}/{len}  {msg}")
}

/// The same over bytes.
pub(crate) fn bytes(output: Output, all: u64, what: &'static str) -> ProgressBar {
    styled(output, all, what, "{prefix:>10} {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}, {eta} left  {msg}")
}

fn styled(output: Output, all: u64, what: &'static str, template: &str) -> ProgressBar {
    // Hidden by itself where standard error is no terminal.
    let target = if output.json { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template(template).expect("a template of ours").progress_chars("━╸ ");
    ProgressBar::with_draw_target(Some(all), target).with_style(style).with_prefix(what)
}
