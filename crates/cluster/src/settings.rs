//! What a system is started with.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context as _;
use labelmesh_servers::Durability;

use crate::Service;

/// What to start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many replicas of each service.
    pub replicas: usize,
    /// How many there may become of a service, by [`Cluster::scale`](crate::Cluster::scale); of others, no more.
    pub most: BTreeMap<Service, usize>,
    /// How many workers make pictures.
    pub workers: usize,
    /// How many of them, the first ones, look at web pages as well: each with a browser, where there is one.
    pub page_workers: usize,
    /// Where everything is kept; without one, in a temporary folder that goes away.
    pub data: Option<PathBuf>,
    /// The program whose `serve SERVICE` is a service, and whose `migrate SERVICE` brings its database up to date.
    pub binary: PathBuf,
    /// The port of the first gateway, where it matters; any free one otherwise.
    pub gateway_port: Option<u16>,
    /// Use the servers that the environment names, where it names any.
    pub given_servers: bool,
    /// Whether what PostgreSQL has acknowledged survives the loss of power too. A kill it always survives.
    pub durability: Durability,
    /// How costly password hashes are (bcrypt). Little where the passwords are known anyway.
    pub password_cost: u32,
    /// Further configuration, such as `("SUBTASKS__LEASES__LENGTH", "2s")`.
    pub environment: Vec<(String, String)>,
}

impl Settings {
    /// Two replicas of each service, and a worker of all kinds, on fresh data, served by the program `binary`.
    #[must_use]
    pub fn new(binary: PathBuf) -> Self {
        Self {
            replicas: 2,
            most: BTreeMap::new(),
            workers: 1,
            page_workers: 1,
            data: None,
            binary,
            gateway_port: None,
            given_servers: false,
            durability: Durability::Full,
            password_cost: 6,
            environment: Vec::new(),
        }
    }

    /// The same for a test, which finds the program among the build's: cargo puts it beside the folder of the tests.
    ///
    /// # Errors
    /// If it is not there: `cargo build -p labelmesh-dev` makes it.
    pub fn for_tests() -> anyhow::Result<Self> {
        let test = std::env::current_exe().context("a program has a path")?;
        let folders = test.ancestors().skip(1).take(3);
        let found = folders.map(|folder| folder.join("labelmesh-dev")).find(|path| path.is_file());
        let binary = found.with_context(|| {
            format!("labelmesh-dev is not beside {}: run cargo build -p labelmesh-dev", test.display())
        })?;
        Ok(Self { durability: Durability::None, ..Self::new(binary) })
    }
}
