//! `labelmesh consensus` on simulated votes, whose truth is known.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use labelmesh_consensus::simulate::Simulation;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{labelmesh, run, run_with};

/// A folder with the votes and the truth of a crowd, five votes an item.
fn crowd() -> TempDir {
    crowd_of(5)
}

/// The same with so many votes an item; names are texts with all that CSV allows.
fn crowd_of(redundancy: u32) -> TempDir {
    let crowd =
        Simulation { items: 300, operators: 20, classes: 3, redundancy, seed: 5, ..Simulation::default() }.run();
    let lines: Vec<String> = crowd
        .ballots
        .iter()
        .map(|vote| format!("\"a, \"\"{}\"\"\",ann {},l{}\n", vote.item, vote.operator, vote.label))
        .collect();
    let mut truth = String::from("item,truth\n");
    for (item, label) in crowd.truth.iter().enumerate() {
        writeln!(truth, "\"a, \"\"{item}\"\"\",l{label}").expect("memory");
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("votes.csv"), format!("item,worker,label\n{}", lines.concat())).expect("written");
    fs::write(folder.path().join("truth.csv"), truth).expect("written");
    folder
}

fn judge(folder: &Path, more: &[&str]) -> Value {
    let ran = run(labelmesh(folder).current_dir(folder).args(["consensus", "votes.csv", "--json"]).args(more));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    ran.json()
}

#[test]
fn finds_the_labels_and_says_how_sure_it_is() {
    let folder = crowd();
    let answer = judge(folder.path(), &["--truth", "truth.csv", "--labels", "labels.csv"]);
    assert_eq!((&answer["method"], &answer["items"], &answer["workers"]), (&json!("auto"), &json!(300), &json!(20)));
    assert_eq!((&answer["votes"], &answer["classes"], &answer["truths"]), (&json!(1500), &json!(3), &json!(300)));
    assert!(answer["accuracy"].as_f64() > Some(0.9), "{answer}");
    assert!(answer["expected_calibration_error"].as_f64() < Some(0.1), "{answer}");
    assert!(answer["seconds"].as_f64() >= Some(0.0), "{answer}");

    let labels = fs::read_to_string(folder.path().join("labels.csv")).expect("written");
    let lines: Vec<&str> = labels.lines().collect();
    assert_eq!((lines.len(), lines[0]), (301, "item,label,confidence"));
    assert!(lines[1].starts_with("\"a, \"\"0\"\"\",l"), "{}", lines[1]);
}

#[test]
fn without_a_truth_there_is_no_accuracy() {
    let answer = judge(crowd().path(), &["--method", "plurality"]);
    assert_eq!((&answer["accuracy"], &answer["expected_calibration_error"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_truth_of_other_items_is_no_accuracy() {
    for (truth, without_votes, said) in
        [("item,truth\n", 0, "no items"), ("item,truth\nz,l0\n", 1, "no item of the truth")]
    {
        let folder = crowd();
        fs::write(folder.path().join("truth.csv"), truth).expect("written");
        let mut command = labelmesh(folder.path());
        command.current_dir(folder.path()).args(["consensus", "votes.csv", "--truth", "truth.csv"]);
        let people = run(&mut command);
        assert!(people.out.contains("accuracy: not known") && !people.out.contains("NaN"), "{}", people.out);
        let ran = run(command.arg("--json"));
        assert!(ran.err.contains(said), "{}", ran.err);
        let answer = ran.json();
        assert_eq!((&answer["truths"], &answer["truths_without_votes"]), (&json!(0), &json!(without_votes)));
        assert_eq!((&answer["accuracy"], &answer["expected_calibration_error"]), (&Value::Null, &Value::Null));
    }
}

#[test]
fn a_truth_in_other_words_is_told() {
    let folder = crowd();
    fs::write(folder.path().join("truth.csv"), "item,truth\n\"a, \"\"0\"\"\",1.0\n").expect("written");
    let truth = ["consensus", "votes.csv", "--truth", "truth.csv"];
    let ran = run(labelmesh(folder.path()).current_dir(folder.path()).args(truth));
    assert!(ran.err.contains("nobody voted for any true label"), "{}", ran.err);
}

/// Gold for the first items, as a file.
fn gold(folder: &Path, items: usize) {
    let truth = fs::read_to_string(folder.join("truth.csv")).expect("written");
    let lines: Vec<&str> = truth.lines().take(1 + items).collect();
    fs::write(folder.join("gold.csv"), lines.join("\n")).expect("written");
}

#[test]
fn known_labels_are_learned_from_and_not_compared() {
    let folder = crowd();
    let plain = judge(folder.path(), &["--truth", "truth.csv"]);
    assert_eq!((&plain["basis"], &plain["gold_items"]), (&json!("usual"), &json!(0)));
    gold(folder.path(), 90);
    let files = ["--truth", "truth.csv", "--gold", "gold.csv", "--labels", "labels.csv"];
    let answer = judge(folder.path(), &files);
    let told = (&answer["basis"], &answer["gold_items"], &answer["truths"]);
    assert_eq!(told, (&json!("gold"), &json!(90), &json!(210)));
    assert!(answer["accuracy"].as_f64() > Some(0.9), "{answer}");
    let labels = fs::read_to_string(folder.path().join("labels.csv")).expect("written");
    let known = fs::read_to_string(folder.path().join("gold.csv")).expect("written");
    for line in known.lines().skip(1) {
        assert!(labels.contains(&format!("{line},1.000000\n")), "{line}");
    }
    let counted = judge(folder.path(), &["--method", "plurality"]);
    assert_eq!((&counted["basis"], &counted["gold_items"]), (&Value::Null, &Value::Null));
}

#[test]
fn too_few_known_labels_are_said_to_be_too_few() {
    let folder = crowd();
    gold(folder.path(), 9);
    let ran =
        run(labelmesh(folder.path()).current_dir(folder.path()).args(["consensus", "votes.csv", "--gold", "gold.csv"]));
    assert!(ran.err.contains("--gold knows 9 items with votes, too few"), "{}", ran.err);
    assert!(ran.out.contains("--gold makes it true for yours"), "{}", ran.out);
    fs::write(folder.path().join("gold.csv"), "item,truth\nz,l0\n\"a, \"\"1\"\"\",nobody's\n").expect("written");
    let answer = run(labelmesh(folder.path()).current_dir(folder.path()).args([
        "consensus",
        "votes.csv",
        "--gold",
        "gold.csv",
        "--json",
    ]));
    assert_eq!((answer.code, &answer.json()["classes"]), (0, &json!(4)), "{}", answer.err);
}

#[test]
fn gold_where_it_tells_nothing_is_refused() {
    let folder = crowd();
    for (arguments, said) in [
        (&["--gold", "truth.csv", "--truth", "truth.csv"][..], "--truth and --gold are one file"),
        (&["--gold", "truth.csv", "--method", "mace"][..], "--gold tells nothing to mace"),
        (&["--gold", "votes.csv", "--labels", "votes.csv"][..], "would write over"),
    ] {
        let mut command = labelmesh(folder.path());
        let ran = run(command.current_dir(folder.path()).args(["consensus", "votes.csv"]).args(arguments));
        assert!(ran.code != 0 && ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn what_a_file_does_not_say_of_itself_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("truth.txt"), "1|cat\n2|dog\n").expect("written");
    let mut command = labelmesh(folder.path());
    command.current_dir(folder.path()).args([
        "consensus",
        "-",
        "--method",
        "plurality",
        "--truth",
        "truth.txt",
        "--json",
    ]);
    command.args(["--no-header", "--worker", "1", "--item", "2", "--label", "4", "--delimiter", "|"]);
    let answer = run_with(&mut command, "ann|1|x;|cat\nbob|2|y;|dog\n").json();
    assert_eq!((&answer["votes"], &answer["workers"], &answer["accuracy"]), (&json!(2), &json!(2), &json!(1.0)));
    let mut command = labelmesh(folder.path());
    let ran = run_with(command.args(["consensus", "-"]), "photo,who,says\n1,ann,cat\n");
    assert_eq!(ran.code, 6);
    assert!(ran.err.contains("it names photo,who,says") && ran.err.contains("--item COLUMN"), "{}", ran.err);
    let mut command = labelmesh(folder.path());
    command.args(["consensus", "-", "--item", "photo", "--worker", "who", "--label", "says", "--json"]);
    assert_eq!(run_with(&mut command, "photo,who,says\n1,ann,cat\n").json()["votes"], 1);
}

#[test]
fn the_order_of_the_lines_changes_nothing() {
    // Of two votes an item many are tied.
    let folder = crowd_of(2);
    let path = folder.path().join("votes.csv");
    let text = fs::read_to_string(&path).expect("written");
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    let all = |lines: &[&str]| {
        fs::write(&path, format!("item,worker,label\n{}\n", lines.join("\n"))).expect("written");
        labelmesh_consensus::Method::ALL.map(|method| answer(folder.path(), method.name()))
    };
    let before = all(&lines);
    lines.reverse();
    assert_eq!(all(&lines), before);
    lines.sort_by_key(|line| line.bytes().rev().collect::<Vec<_>>());
    assert_eq!(all(&lines), before);
}

/// What a method says of a folder's votes, but for the time it took: each item's label, sorted, and what people are
/// told.
fn answer(folder: &Path, method: &str) -> (Vec<String>, Vec<String>) {
    let arguments = ["consensus", "votes.csv", "--method", method, "--truth", "truth.csv", "--labels", "labels.csv"];
    let ran = run(labelmesh(folder).current_dir(folder).args(arguments));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = fs::read_to_string(folder.join("labels.csv")).expect("written");
    let mut labels: Vec<String> = text.lines().map(str::to_owned).collect();
    labels.sort();
    (labels, ran.out.lines().skip(1).map(str::to_owned).collect())
}

#[test]
fn every_method_answers_and_people_get_a_summary() {
    let folder = crowd();
    for method in labelmesh_consensus::Method::ALL {
        let ran = run(labelmesh(folder.path())
            .args(["consensus", "--method", method.name(), "--truth"])
            .args([folder.path().join("truth.csv"), folder.path().join("votes.csv")]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        for part in ["300 items", "Krippendorff", "accuracy: ", "Best workers:", "Worst workers:", "Most doubtful"] {
            assert!(ran.out.contains(part), "{part} is missing: {}", ran.out);
        }
    }
}

#[test]
fn little_that_says_nothing_gives_no_number_that_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let votes = [("a vote", "a,x,1\n"), ("a label", "a,x,1\na,y,1\nb,x,1\nb,y,1\n"), ("a worker", "a,x,1\nb,x,2\n")];
    for method in labelmesh_consensus::Method::ALL {
        let said = |text: &str, more: &[&str]| {
            let arguments = [&["consensus", "-", "--method", method.name()], more].concat();
            run_with(labelmesh(folder.path()).args(arguments), &format!("item,worker,label\n{text}"))
        };
        for (one, text) in votes {
            let json = said(text, &["--json"]);
            assert_eq!(json.code, 0, "{one} by {}: {}", method.name(), json.err);
            assert_eq!(json.json()["method"], method.name());
            let people = said(text, &[]).out;
            assert!(!people.is_empty() && !people.contains("NaN") && !people.contains("inf"), "{one}: {people}");
        }
        let none = said("", &[]);
        assert_eq!((none.code, none.out.as_str()), (6, ""), "{}", none.err);
    }
}

#[test]
fn who_votes_twice_for_an_item_is_told_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "item,worker,label\na,x,1\na,x,2\na,x,1\nb,x,1\n";
    let ran = run_with(labelmesh(folder.path()).args(["consensus", "-"]), text);
    let note = "note: 2 votes are by a worker who voted for the same item before; all count";
    assert!(ran.code == 0 && ran.err.contains(note), "{} {}", ran.code, ran.err);
}

#[test]
fn what_memory_can_not_hold_is_refused_before_it_begins() {
    // A matrix of 60,000 labels squared for each of 1,000 workers: no machine has so much.
    let votes: String = (0..60_000).map(|label| format!("{},{},{label}\n", label % 10, label % 1000)).collect();
    let text = format!("item,worker,label\n{votes}");
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run_with(labelmesh(folder.path()).args(["consensus", "-", "--method", "dawid-skene"]), &text);
    assert_eq!((ran.code, ran.out.as_str()), (6, ""), "{}", ran.err);
    assert!(ran.err.contains("10 items, 60000 labels") && ran.err.contains("plurality"), "{}", ran.err);
    let ran = run_with(labelmesh(folder.path()).args(["consensus", "-", "--method", "plurality"]), &text);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn bad_lines_are_named_and_stop_it_unless_told_otherwise() {
    let text = "item,worker,label\na,x,1\na,y\na,,1\n";
    let folder = tempfile::tempdir().expect("a folder");
    // An editor shows the same lines, whatever ends them.
    for text in [text, &text.replace('\n', "\r\n"), &text.replace('\n', "\r")] {
        let ran = run_with(labelmesh(folder.path()).args(["consensus", "-"]), text);
        assert_eq!((ran.code, ran.out.as_str()), (6, ""));
        assert!(ran.err.contains("line 3: 2 fields where the header has 3"), "{}", ran.err);
        assert!(ran.err.contains("line 4: worker: must not be empty"), "{}", ran.err);
    }

    let ran = run_with(labelmesh(folder.path()).args(["consensus", "-", "--skip-bad-lines", "--json"]), text);
    assert_eq!((ran.code, &ran.json()["votes"]), (0, &json!(1)), "{}", ran.err);
    assert!(ran.err.contains("line 3"), "{}", ran.err);
}

#[test]
fn a_file_that_is_not_there_is_not_found() {
    let nowhere = PathBuf::from("nowhere.csv");
    let folder = tempfile::tempdir().expect("a folder");
    let ran = run(labelmesh(folder.path()).arg("consensus").arg(&nowhere).arg("--json"));
    assert_eq!((ran.code, ran.out.as_str()), (5, ""));
    let error: Value = serde_json::from_str(&ran.err).expect("an error as JSON");
    assert_eq!(error["error"]["exitCode"], 5, "{error}");
}

#[test]
fn bad_lines_of_the_truth_are_left_out_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("truth.csv"), "item,truth\na,1\na\n").expect("written");
    let mut command = labelmesh(folder.path());
    command.current_dir(folder.path()).args(["consensus", "-", "--truth", "truth.csv"]);
    let text = "item,worker,label\na,x,1\n";
    let ran = run_with(&mut command, text);
    assert_eq!(ran.code, 6);
    assert!(ran.err.contains("truth.csv, line 3") && ran.err.contains("--skip-bad-lines"), "{}", ran.err);
    let ran = run_with(command.arg("--skip-bad-lines"), text);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("1 item, 1 worker, 1 vote (1.0 an item), 1 label;"), "{}", ran.out);
    assert!(ran.out.contains("100.00 % of 1 item with"), "{}", ran.out);
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let folder = crowd();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(path("votes.csv"), path("link.csv")).expect("a link");
    let before = fs::read_to_string(path("votes.csv")).expect("written");
    for labels in ["votes.csv", "./votes.csv", "link.csv", "truth.csv"] {
        let arguments = ["consensus", "votes.csv", "--truth", "truth.csv", "--labels", labels];
        let ran = run(labelmesh(folder.path()).current_dir(folder.path()).args(arguments));
        assert_eq!(ran.code, 2, "{labels}");
        assert!(ran.err.contains("would write over"), "{}", ran.err);
    }
    assert_eq!(fs::read_to_string(path("votes.csv")).expect("still there"), before);
}

#[test]
fn standard_input_and_output_have_one_use_each() {
    let folder = crowd();
    let consensus =
        |arguments: &[&str]| run(labelmesh(folder.path()).current_dir(folder.path()).arg("consensus").args(arguments));
    let ran = consensus(&["-", "--truth", "-"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("standard input is read but once"), "{}", ran.err);
    let ran = consensus(&["votes.csv", "--labels", "-", "--json"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    let ran = consensus(&["votes.csv", "--labels", "-"]);
    assert_eq!((ran.code, ran.out.lines().count(), ran.out.lines().next()), (0, 301, Some("item,label,confidence")));
    assert!(ran.err.contains("300 items"), "{}", ran.err);
    assert!(!folder.path().join("-").exists());
}

#[test]
fn people_read_no_endless_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = "n".repeat(10_000);
    let text = format!("item,worker,label\n{long},{long},{long}\n{long},{long},{long}\n");
    let ran = run_with(labelmesh(folder.path()).args(["consensus", "-", "--method", "plurality"]), &text);
    assert!(ran.out.lines().all(|line| line.chars().count() < 250), "{}", ran.out);
    assert!(ran.out.contains(&format!("{}…", &long[..59])), "{}", ran.out);
    assert!(ran.err.contains("1 vote is by a worker"), "{}", ran.err);
}
