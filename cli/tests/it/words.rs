//! What the program says of itself.

use serde_json::{Value, json};

use crate::program::{labelmesh, run};

#[test]
fn help_lists_the_commands_and_each_command_has_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = run(labelmesh(folder.path()).arg("--help"));
    assert_eq!(help.code, 0, "{}", help.err);
    for command in ["consensus", "completion"] {
        assert!(help.out.contains(command), "{}", help.out);
        let help = run(labelmesh(folder.path()).args([command, "--help"]));
        assert!(help.out.contains("Examples:"), "{command}: {}", help.out);
    }
}

#[test]
fn a_wrong_command_line_is_code_2() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(run(labelmesh(folder.path()).arg("consensus").arg("--method=luck").arg("x.csv")).code, 2);
    assert_eq!(run(&mut labelmesh(folder.path())).code, 2);
}

#[test]
fn a_wrong_command_line_is_told_as_json_where_that_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(labelmesh(folder.path()).args(["tasks", "show", "--json"]));
    let error: Value = serde_json::from_str(&ran.err).expect("JSON");
    assert_eq!((ran.code, &error["error"]["exitCode"]), (2, &json!(2)));
    assert_eq!(error["error"]["details"], json!(["<TASK>"]));
    let help = run(labelmesh(folder.path()).args(["--json", "--help"]));
    assert!(help.code == 0 && help.out.contains("Usage"), "{}", help.out);
}

#[test]
fn another_profile_is_named_where_it_has_to_sign_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(labelmesh(folder.path()).args(["whoami", "--profile", "bob"]));
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("labelmesh --profile bob login"), "{}", ran.err);
}

#[test]
fn a_folder_is_no_file_of_votes() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(labelmesh(folder.path()).current_dir(folder.path()).args(["consensus", "."]));
    assert_eq!(ran.code, 6);
    assert!(ran.err.starts_with("labelmesh: .: is a directory"), "{}", ran.err);
}

#[test]
fn shells_get_their_completion() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(labelmesh(folder.path()).args(["completion", shell]));
        assert!(ran.code == 0 && ran.out.contains("consensus"), "{shell}: {}", ran.err);
    }
}

#[test]
fn whoever_has_read_enough_is_no_trouble() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = labelmesh(folder.path());
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = command.args(["completion", "bash"]).stdout(writer).output().expect("the program starts");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
