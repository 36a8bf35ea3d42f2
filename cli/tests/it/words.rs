//! What the program says of itself.

use std::{io::Write as _, net::TcpListener};

use crate::program::{labelmesh, run, run_with};

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
fn a_server_without_tls_is_told_from_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = server.local_addr().expect("an address");
    std::thread::spawn(move || {
        for connection in server.incoming() {
            // Whether the client still listens makes no difference to it.
            let _ = connection.expect("a connection").write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let mut login = labelmesh(folder.path());
    login.args(["login", "--email", "ann@example.com", "--server", &format!("https://{address}")]);
    let ran = run_with(&mut login, "a password\n");
    assert_eq!(ran.code, 8);
    assert!(ran.err.contains(&format!("--server http://{address}")), "{}", ran.err);
}

#[test]
fn another_profile_is_named_where_it_has_to_sign_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(labelmesh(folder.path()).args(["whoami", "--profile", "bob"]));
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("labelmesh login --profile bob"), "{}", ran.err);
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
