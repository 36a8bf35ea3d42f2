//! The `labelmesh` command line: see the library.

fn main() -> std::process::ExitCode {
    labelmesh_cli::main()
}
