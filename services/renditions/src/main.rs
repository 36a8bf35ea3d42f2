//! The renditions service: `serve` (the default), `worker --kinds KINDS`, `migrate` and others.

fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    renditions::run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}
