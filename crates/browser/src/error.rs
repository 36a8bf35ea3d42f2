//! What goes wrong.

/// Why there is no picture of a page, as far as the browser knows. The text is one sentence, lower case, without a full
/// stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no Chromium on this machine.
    #[error("there is no Chromium: none is configured, and PATH has no chromium, chromium-browser or google-chrome")]
    Missing,
    /// We are root, and nobody is named whom Chromium could run as: its sandbox does not work for root. Or root is
    /// named, or the group of root, to which files of the system are open.
    #[error("Chromium does not run as root or in its group: name the user that it runs as")]
    Root,
    /// It did not start; with what it said, or why.
    #[error("Chromium did not start: {0}")]
    NotStarted(String),
    /// The URL is not one of http or https: a browser shows files, too.
    #[error("the URL is not one of http or https")]
    SchemeRefused,
    /// The browser died or hung, and was ended. What was asked of it can be asked again: of a new one.
    #[error("the browser was lost")]
    Lost,
    /// The process in which the page runs died: of this page, most likely.
    #[error("the page crashed")]
    Crashed,
    /// It was not done in time.
    #[error("the page took too long")]
    TookTooLong,
    /// The browser does not do what was asked, which is a fault of ours or a browser too old or too new.
    #[error("the browser does not do {method}: {message}")]
    Refused {
        /// What was asked, by the name that the protocol has for it.
        method: &'static str,
        /// What it said.
        message: String,
    },
}
