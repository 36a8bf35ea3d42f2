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
        (&["resize", "a.jpg", "--width", "9"][..], "--output"),
        (&["resize", "a.jpg", "--output", "x"], "--width"),
        (&["resize", "--width", "9", "--output", "x"], "PATH"),
        (&["resize", "a.jpg", "--from-task", "t", "--width", "9", "--output", "x"], "--from-task"),
        (&["crop", "a.jpg", "--ratio", "1:1", "--output", "x", "--task", "t"], "--task"),
        (&["crop", "a.jpg", "--ratio", "1:1", "--size", "9x9", "--output", "x"], "--size"),
        (&["optimize", "a.jpg", "--output", "x", "--score", "96"], "a number from 1 to 95"),
        (&["portrait", "a.jpg", "--task", "t", "--overwrite"], "--overwrite"),
        (&["screenshot", "--output", "x"], "URL"),
        (&["screenshot", "https://a.test/"], "--output"),
        (&["screenshot", "https://a.test/", "--width", "319", "--output", "x"], "--width"),
        (&["lead-image", "https://a.test/", "--max-candidates", "21", "--output", "x"], "--max-candidates"),
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
