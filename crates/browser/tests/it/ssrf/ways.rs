//! The ways by which a page may reach for a server. In what they say stands for the server:
//!
//! - `{url}`: a URL of http of it, `{secure}` one of https, `{ws}` and `{wss}` those of WebSockets
//! - `{host}` and `{port}`: its parts
//! - `{redirect}`: a URL of the page's own server, by which it is redirected to `{url}`; `{redirect:301}` says how

mod addresses;
mod pages;
mod scripts;

/// A way to reach for a server.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// Its name, of letters, digits and hyphens.
    pub(crate) name: String,
    /// The page that does it.
    pub(crate) page: String,
    /// Headers that come with the page.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// What else lies beside the page: names and contents.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// What the internal server is called, and what the one that may be reached.
    pub(crate) hosts: (&'static str, &'static str),
    /// Why it is not waited for that it reaches a server that may be reached: Chromium, as it is started, never does
    /// that, or not in every version.
    pub(crate) unsure: Option<&'static str>,
}

fn way(name: impl Into<String>, page: impl Into<String>) -> Way {
    Way { name: name.into(), page: page.into(), headers: &[], files: &[], hosts: HOSTS, unsure: None }
}

impl Way {
    fn with(mut self, files: &'static [(&'static str, &'static str)]) -> Self {
        self.files = files;
        self
    }

    fn headed(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }

    fn at(mut self, hosts: (&'static str, &'static str)) -> Self {
        self.hosts = hosts;
        self
    }

    fn unsure(mut self, reason: &'static str) -> Self {
        self.unsure = Some(reason);
        self
    }
}

/// The internal server, and the one that may be reached.
const HOSTS: (&str, &str) = ("127.0.0.1", "127.0.0.3");

/// Why ways come to nothing.
const NO_WINDOWS: &str = "no windows are opened";
const NO_DATAGRAMS: &str = "no datagrams are sent";
const NO_PINGS: &str = "pings are off";
const NOT_ASKED: &str = "pages must be permitted to, and nobody is asked";
const NOT_GUESSED: &str = "nothing is fetched before it is wanted";
const LATE: &str = "by TCP it comes long after all others";
const NOT_ALL: &str = "not in every version";
const NOT_FOR_PAGES: &str = "pages may not";

/// All ways within a frame.
pub(crate) fn all() -> Vec<Way> {
    let mut ways = pages::elements();
    ways.extend(pages::styles());
    ways.extend(scripts::scripts());
    ways.extend(pages::hints());
    ways.extend(pages::frames());
    ways.extend(pages::vectors());
    ways.extend(scripts::workers());
    ways.extend(scripts::sockets());
    ways.extend(pages::reports());
    ways.extend(addresses::schemes());
    ways.extend(addresses::redirects());
    ways.extend(addresses::notations());
    ways
}

/// A page that reaches for nothing, with files beside it.
pub(crate) fn files() -> Way {
    way("files", "<p>x").with(&[
        ("a.html", "canary"),
        ("a.js", "1"),
        ("a.css", "p { color: red }"),
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
    ])
}
