//! The browser that shows pages.

use std::{path::PathBuf, sync::Arc};

use labelmesh_browser::{Browser, Error as BrowserError};
use labelmesh_outbound::{Config, Fault, Outbound, SystemLookup};
use labelmesh_pages::{RenderError, Renderer};

use crate::exit::{Exit, Failure};

/// Which browser, and who runs it.
#[derive(Debug, clap::Args)]
pub(super) struct Chromium {
    /// The program of Chromium. Without it: chromium, chromium-browser or google-chrome on PATH.
    #[arg(long, value_name = "PROGRAM", env = "LABELMESH_CHROMIUM")]
    chromium: Option<PathBuf>,
    /// For root: the numbers of the user and the group that run Chromium, such as 65534:65534 for nobody.
    #[arg(long, value_name = "UID:GID", value_parser = numbers)]
    chromium_user: Option<(u32, u32)>,
}

impl Chromium {
    /// The browser behind its guard. It is not started before it is needed.
    pub(super) fn renderer(&self, network: Config, outbound: Outbound) -> Result<Renderer, Failure> {
        let program = self.chromium.clone().filter(|program| !program.as_os_str().is_empty());
        let config = labelmesh_browser::Config { program, user: self.chromium_user, ..Default::default() };
        let browser = Browser::new(config).map_err(|error| unusable(&error))?;
        Ok(Renderer::new(browser, outbound, network, Arc::new(SystemLookup)))
    }
}

fn numbers(text: &str) -> Result<(u32, u32), String> {
    let pair = text.split_once(':').and_then(|(user, group)| Some((user.parse().ok()?, group.parse().ok()?)));
    pair.ok_or_else(|| "two numbers are wanted, such as 65534:65534".to_owned())
}

/// What a browser that there is not, or that does not start, means.
pub(super) fn unusable(error: &BrowserError) -> Failure {
    let failure = Failure::new(Exit::State, error.to_string());
    match error {
        BrowserError::Missing => failure.remedy("to install it (on Debian: apt install chromium), or --chromium"),
        BrowserError::Root => failure.remedy("as another user, or --chromium-user 65534:65534"),
        _ => failure,
    }
}

/// Why a page could not be seen.
pub(super) fn failure(url: &str, error: &RenderError) -> Failure {
    let exit = match error {
        RenderError::Browser(error) => return unusable(error),
        RenderError::Unreachable(_) | RenderError::TookTooLong | RenderError::BrowserLost => Exit::Unavailable,
        RenderError::AddressRefused(_) | RenderError::NotAPage | RenderError::TooLarge | RenderError::Crashed => {
            Exit::Refused
        }
    };
    let failure = Failure::new(exit, format!("{url}: {error}"));
    match error {
        RenderError::AddressRefused(Fault::AddressRefused | Fault::PortRefused) => {
            failure.remedy("--allow with its network, if that is yours")
        }
        _ => failure,
    }
}
