//! The recipes of `docs/neighbours.md`, with files as those products write them.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The programs of the document, by the file that they are tried with.
fn recipes() -> BTreeMap<String, String> {
    let document = fs::read_to_string(root().join("docs/neighbours.md")).expect("the document");
    let blocks = document.split("```python ").skip(1).filter_map(|block| block.split("```").next());
    blocks.filter_map(|block| block.split_once('\n')).map(|(file, program)| (file.into(), program.into())).collect()
}

fn python(program: &str, arguments: &[PathBuf]) -> String {
    let output = Command::new("python3").arg("-c").arg(program).args(arguments).output().expect("Python 3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").replace("\r\n", "\n")
}

#[test]
fn what_neighbours_export_becomes_votes_that_are_decided() {
    let recipes = recipes();
    for (file, votes, decided) in [
        (
            "label-studio.json",
            "item,worker,label\n1a2b3c4d-tier_1.png,ann@example.com,Katze\n1a2b3c4d-tier_1.png,2,Hund\n\
             \"tier, 2.png\",ann@example.com,Hund\n",
            2,
        ),
        ("ann.jsonl", "item,worker,label\ntier_1.png,ann,Katze\nÜbung 3.png,ann,Hund\n", 2),
        ("dee.xml", "item,worker,label\ntier_1.png,dee,Katze\ntier_2.png,dee,Hund & Wolf\n", 2),
    ] {
        let written = python(&recipes[file], &[root().join("cli/tests/neighbours").join(file)]);
        assert_eq!(written, votes, "{file}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("votes.csv");
        fs::write(&path, written).expect("written");
        let mut consensus = Command::new(env!("CARGO_BIN_EXE_labelmesh"));
        let output = consensus.arg("consensus").arg(path).args(["--labels", "-"]).output().expect("started");
        let lines = String::from_utf8(output.stdout).expect("UTF-8").lines().count();
        assert_eq!((output.status.code(), lines), (Some(0), decided + 1), "{file}");
    }
}

#[test]
fn an_export_becomes_a_folder_for_each_label() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("pictures")).expect("made");
    for name in ["a.png", "b, c.png", "d.png"] {
        fs::write(at("pictures").join(name), name).expect("written");
    }
    let export = "image_id,name,label,confidence\n1,a.png,cat,1\n2,\"b, c.png\",big/small,0.9\n3,d.png,,\n";
    fs::write(at("labels.csv"), export).expect("written");
    python(&recipes()["export"], &[at("labels.csv"), at("pictures"), at("training")]);
    assert!(at("training/cat/a.png").exists() && at("training/big_small/b, c.png").exists());
    assert_eq!(fs::read_dir(at("training")).expect("a folder").count(), 2);
}
