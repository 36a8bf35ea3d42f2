//! `labelmesh pictures`: what is told before any server is asked.

use crate::program::{labelmesh, run};

#[test]
fn each_command_has_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in
        ["resize", "crop", "optimize", "portrait", "screenshot", "lead-image", "list", "show", "get", "cancel"]
    {
        let help = run(labelmesh(folder.path()).args(["pictures", command, "--help"]));
        assert!(help.code == 0 && help.out.contains("Examples:"), "{command}: {}{}", help.out, help.err);
    }
}

#[test]
fn what_to_make_and_where_pictures_go_must_be_said() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, said) in [
        (&["resize", "a.jpg", "--width", "9"][..], "--out"),
        (&["resize", "a.jpg", "--out", "x"], "--width"),
        (&["resize", "--width", "9", "--out", "x"], "PATH"),
        (&["resize", "a.jpg", "--from-task", "t", "--width", "9", "--out", "x"], "--from-task"),
        (&["crop", "a.jpg", "--ratio", "1:1", "--out", "x", "--task", "t"], "--task"),
        (&["crop", "a.jpg", "--ratio", "1:1", "--size", "9x9", "--out", "x"], "--size"),
        (&["optimize", "a.jpg", "--out", "x", "--score", "96"], "a number from 1 to 95"),
        (&["portrait", "a.jpg", "--task", "t", "--overwrite"], "--overwrite"),
        (&["screenshot", "--out", "x"], "URL"),
        (&["screenshot", "https://a.test/"], "--out"),
        (&["screenshot", "https://a.test/", "--width", "319", "--out", "x"], "--width"),
        (&["lead-image", "https://a.test/", "--max-candidates", "21", "--out", "x"], "--max-candidates"),
    ] {
        let ran = run(labelmesh(folder.path()).arg("pictures").args(arguments));
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn what_a_task_would_refuse_is_not_made_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["resize", "a.jpg", "--width", "9", "--format", "avif"][..],
        &["optimize", "a.jpg", "--format", "any"],
        &["lead-image", "https://a.test/", "--format", "avif"],
    ] {
        let mut program = labelmesh(folder.path());
        let ran = run(program.env("LABELMESH_TOKEN", "t").arg("pictures").args(arguments).args(["--task", "t"]));
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("tasks take no AVIF"), "{arguments:?}: {}", ran.err);
    }
}
