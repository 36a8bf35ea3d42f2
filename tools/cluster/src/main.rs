//! `./dev cluster`.

use std::process::ExitCode;

fn main() -> ExitCode {
    labelmesh_dev_cluster::run()
}
