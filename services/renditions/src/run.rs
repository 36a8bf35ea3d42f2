//! What the command line says.

use std::process::ExitCode;

use labelmesh_service::no_keys;

use crate::{Kind, migrate, start, worker};

/// The name of the service, and of its role that takes calls.
const NAME: &str = "renditions";
/// The name of the role that makes pictures: what its configuration is called by.
const WORKER: &str = "renditions_worker";

/// Does what a command says: `worker`, which makes pictures of all kinds that it can, `worker --kinds crop,resize`,
/// which makes those, or a command that every service has.
#[must_use]
pub fn run(command: &[&str]) -> ExitCode {
    let ["worker", rest @ ..] = command else {
        return labelmesh_service::run(NAME, command, start, migrate, no_keys);
    };
    let kinds = match rest {
        [] => Ok(None),
        ["--kinds", kinds] => kinds.split(',').map(str::parse).collect::<Result<Vec<Kind>, _>>().map(Some),
        _ => {
            eprintln!("{NAME}: worker takes --kinds, and kinds separated by commas");
            return ExitCode::FAILURE;
        }
    };
    match kinds {
        Ok(kinds) => {
            let start = async |config, surroundings| worker::start(config, kinds.as_deref(), surroundings).await;
            labelmesh_service::run(WORKER, &["serve"], start, migrate, no_keys)
        }
        Err(error) => {
            eprintln!("{NAME}: {error}");
            ExitCode::FAILURE
        }
    }
}
