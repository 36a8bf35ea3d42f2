//! The command line as people use it: the real program against the whole system.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::UNIX_EPOCH,
};

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::{Cluster, accounts::ADMINISTRATOR};
use labelmesh_testkit::{authenticator_code, try_until};
use serde_json::Value;
use tempfile::TempDir;

use crate::people::{PASSWORD, picture, shared, system};

/// A field of text in what a command wrote; empty where it is absent.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// A field with a whole number, which the contract's JSON writes as text where it has 64 bits; 0 where it is absent.
pub(crate) fn number(value: &Value, field: &str) -> u64 {
    let field = &value[field];
    field.as_u64().or_else(|| field.as_str()?.parse().ok()).unwrap_or_default()
}

/// The command line's program, as it was built.
pub(crate) fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let program = test.ancestors().skip(1).take(3).map(|folder| folder.join("labelmesh")).find(|path| path.is_file());
    program.context("labelmesh is not built: run cargo build -p labelmesh-cli")
}

/// What a command said, and its exit code.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Each line of standard output as JSON.
    pub(crate) fn lines(&self) -> Result<Vec<Value>> {
        self.out.lines().map(|line| serde_json::from_str(line).with_context(|| self.out.clone())).collect()
    }
}

/// Somebody's shell, with a home of their own.
pub(crate) struct Shell {
    home: TempDir,
    program: PathBuf,
    server: String,
    /// What is in LABELMESH_TOKEN.
    token: Option<String>,
}

impl Shell {
    /// Signs somebody up.
    pub(crate) async fn of(cluster: &Cluster, name: &str, role: &str) -> Result<Self> {
        let shell = Self::empty(cluster)?;
        let email = format!("{name}@labelmesh.example");
        // As a file has it that was saved with the mark of its encoding.
        let file = format!("\u{feff}{PASSWORD}\r\n");
        shell.ok(&["signup", "--email", &email, "--role", role], &file).await?;
        Ok(shell)
    }

    /// Where nobody has signed in.
    pub(crate) fn empty(cluster: &Cluster) -> Result<Self> {
        Ok(Self { home: tempfile::tempdir()?, program: program()?, server: cluster.gateway().to_owned(), token: None })
    }

    /// Where nobody has signed in, but there is a token.
    fn with_token(cluster: &Cluster, token: &str) -> Result<Self> {
        Self::at(cluster.gateway(), token)
    }

    /// The same with another server in front.
    pub(crate) fn at(server: &str, token: &str) -> Result<Self> {
        let (home, program) = (tempfile::tempdir()?, program()?);
        Ok(Self { home, program, server: server.to_owned(), token: Some(token.to_owned()) })
    }

    /// A command of theirs.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).env("XDG_CONFIG_HOME", self.home.path()).env("LABELMESH_SERVER", &self.server);
        command.env_remove("LABELMESH_TOKEN").env_remove("LABELMESH_PROFILE");
        command.envs(self.token.iter().map(|token| ("LABELMESH_TOKEN", token)));
        command
    }

    /// Runs a command with a text on standard input.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> Result<Said> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let input = input.to_owned();
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn()?;
            // Who does not read has closed the pipe, which is no fault of theirs.
            let _ = child.stdin.take().context("piped")?.write_all(input.as_bytes());
            anyhow::Ok(child.wait_with_output()?)
        })
        .await??;
        let (out, err) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        Ok(Said { code: output.status.code().unwrap_or(-1), out, err })
    }

    /// Labels by lines; returns what became of each, as soon as there was anything to label.
    async fn work(&self, lines: &str) -> Result<Vec<String>> {
        loop {
            let said = self.ok(&["work", "--plain", "--json"], lines).await?.lines()?;
            let outcomes: Vec<_> = said.iter().filter_map(|line| line["outcome"].as_str()).map(str::to_owned).collect();
            if !outcomes.is_empty() {
                return Ok(outcomes);
            }
        }
    }

    pub(crate) async fn ok(&self, arguments: &[&str], input: &str) -> Result<Said> {
        let said = self.run(arguments, input).await?;
        ensure!(said.code == 0, "{arguments:?} ended with {}: {}{}", said.code, said.out, said.err);
        Ok(said)
    }
}

/// A folder with so many pictures, and one file that is none.
pub(crate) fn pictures(count: u32) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("more"))?;
    for number in 0..count {
        let file = picture(0x00c1_1000 + number);
        let name = if number % 2 == 0 { format!("{number}.png") } else { format!("more/{number}.png") };
        fs::write(folder.path().join(name), file.data)?;
    }
    fs::write(folder.path().join("broken.png"), "no picture")?;
    Ok(folder)
}

pub(crate) async fn draft(client: &Shell, votes: &str) -> Result<String> {
    let create = ["tasks", "create", "--title", "Pets", "--labels", "cat,dog", "--votes", votes, "--json"];
    Ok(text(&client.ok(&create, "").await?.lines()?[0], "taskId").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_and_operators_do_everything_from_the_command_line() -> Result<()> {
    // A system of its own: operators are handed whatever is open.
    let cluster = &system().await?;
    let client = Shell::of(cluster, "cli-client", "client").await?;
    let folder = pictures(6)?;
    let images = folder.path().to_str().context("a path")?;
    let task = draft(&client, "2").await?;

    std::os::unix::fs::symlink("nowhere", folder.path().join("more/gone.png"))?;
    let said = client.run(&["tasks", "upload", &task, images, "--json"], "").await?;
    let summary = &said.lines()?[0];
    assert_eq!((said.code, number(summary, "added"), number(summary, "present")), (6, 6, 0), "{}", said.err);
    assert_eq!(text(&summary["refused"][0], "reason"), "IMAGE_FORMAT_UNKNOWN", "{summary}");
    assert_eq!(text(&summary["refused"][1], "name"), "more/gone.png", "{summary}");
    for refused in ["broken.png", "more/gone.png"] {
        fs::remove_file(folder.path().join(refused))?;
    }
    let again = client.ok(&["tasks", "upload", &task, images, "--json"], "").await?;
    assert_eq!((number(&again.lines()?[0], "added"), number(&again.lines()?[0], "present")), (0, 6));
    for what in [
        &["tasks", "watch", &task] as &[&str],
        &["tasks", "votes", &task],
        &["tasks", "agreement", &task],
        &["tasks", "operators", &task],
        &["tasks", "redecide", &task],
        &["tasks", "decisions", &task, "0.png"],
        &["tasks", "adjudicate", &task, "0.png", "cat"],
        &["votes", "import", &task, "-"],
        &["decisions", "import", &task, "-"],
    ] {
        let said = client.run(what, "").await?;
        assert!(said.code == 7 && said.err.contains("not submitted yet"), "{what:?}: {}", said.err);
        assert_eq!(said.out, "", "{what:?}");
    }
    client.ok(&["tasks", "submit", &task], "").await?;

    // One leaves in the middle; what they held is free for the other at once.
    let (first, second) =
        (Shell::of(cluster, "cli-first", "operator").await?, Shell::of(cluster, "cli-second", "operator").await?);
    let lines = "cat\ncat\n:undo\n:undo\ndog\ndog\n:quit\n";
    assert_eq!(first.work(lines).await?, ["counted", "counted", "revised", "revised"]);
    assert_eq!(second.work(&"dog\n".repeat(6)).await?, ["counted"; 6]);
    assert_eq!(first.work(&"dog\n".repeat(4)).await?, ["counted"; 4]);
    let watched = client.ok(&["tasks", "watch", &task, "--json"], "").await?;
    let last = watched.lines()?.pop().context("a state")?;
    assert_eq!((text(&last, "state"), number(&last, "decided")), ("TASK_STATE_COMPLETED", 6));
    let done = first.ok(&["statistics", "--json"], "").await?.lines()?.remove(0);
    assert_eq!((text(&done, "taskId"), number(&done, "votes"), number(&done, "decided")), (task.as_str(), 6, 0));
    let said = first.ok(&["statistics"], "").await?.out;
    assert!(said.contains("Pets") && said.contains("in all"), "{said}");
    let own = first.ok(&["votes", "list", &task, "--limit", "2"], "").await?.out;
    assert_eq!((own.lines().count(), own.matches(",dog,").count()), (3, 2), "{own}");
    let votes = client.ok(&["tasks", "votes", &task, "--format", "json-lines"], "").await?;
    assert_eq!(votes.lines()?.len(), 12);
    let votes = client.ok(&["tasks", "votes", &task], "").await?.out;
    let agreed = client.ok(&["consensus", "-", "--method", "plurality", "--json"], &votes).await?.lines()?.remove(0);
    assert_eq!((number(&agreed, "votes"), number(&agreed, "workers"), number(&agreed, "classes")), (12, 2, 1));

    let results = client.ok(&["tasks", "results", &task, "--json"], "").await?;
    assert_eq!(results.lines()?.len(), 6);
    let file = folder.path().join("labels.csv");
    client.ok(&["tasks", "export", &task, "-o", file.to_str().context("a path")?], "").await?;
    assert_eq!(fs::read_to_string(&file)?.lines().count(), 7);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_take_away_what_is_stored_about_them() -> Result<()> {
    let cluster = shared().await;
    let client = Shell::of(cluster, "cli-leaving", "client").await?;
    let task = draft(&client, "2").await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("me.json");
    let path = file.to_str().context("a path")?;

    // Somebody whose token is no good gets nothing, and an old file stays.
    fs::write(&file, "old")?;
    let nobody = Shell::with_token(cluster, "lms_nobodys")?.run(&["me", "export", "--output", path], "").await?;
    assert_eq!((nobody.code, fs::read_to_string(&file)?.as_str()), (3, "old"), "{}", nobody.err);
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);

    let said = client.ok(&["me", "export", "--output", path, "--json"], "").await?.lines()?.remove(0);
    assert_eq!((number(&said["records"], "tasks"), text(&said, "file")), (2, path), "a usage and a task: {said}");
    let document: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let parts: Vec<_> = document.as_object().context("an object")?.keys().map(String::as_str).collect();
    assert_eq!(parts, ["access", "account", "notices", "tasks", "transformations", "votes", "webhooks"]);
    assert_eq!(text(&document["account"][0]["account"], "email"), "cli-leaving@labelmesh.example");
    assert_eq!(text(&document["tasks"][1]["task"], "taskId"), task);
    let private = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file)?.permissions());
    assert_eq!(private & 0o777, 0o600);
    let shown = client.ok(&["me", "export"], "").await?.out;
    let shown: Value = serde_json::from_str(&shown)?;
    assert_eq!((&shown["account"], &shown["tasks"]), (&document["account"], &document["tasks"]));
    Ok(())
}

/// How many of a task's images are decided, as it says itself.
async fn decided(client: &Shell, task: &str) -> Result<u64> {
    let shown = client.ok(&["tasks", "show", task, "--json"], "").await?.lines()?;
    Ok(number(&shown[0], "decided"))
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_votes_are_imported_and_replayed() -> Result<()> {
    let cluster = shared().await;
    let client = Shell::of(cluster, "cli-importer", "client").await?;
    let folder = pictures(4)?;
    fs::remove_file(folder.path().join("broken.png"))?;
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let task = draft(&client, "2").await?;
    client.ok(&["tasks", "upload", &task, &folder.path().to_string_lossy()], "").await?;
    let refused = client.run(&["tasks", "gold", &task, "-"], "item,truth\nmore/3,horse\n").await?;
    assert!(refused.code == 6 && refused.err.contains("line 2: 'horse'"), "{}", refused.err);
    let gold = client.ok(&["tasks", "gold", &task, "-", "--json"], "item,truth\nmore/3,dog\n").await?;
    assert_eq!(number(&gold.lines()?[0], "gold"), 1);
    let shown = client.ok(&["tasks", "show", &task], "").await?.out;
    assert!(shown.contains("gold      1 image, 10 % of what"), "{shown}");
    client.ok(&["tasks", "submit", &task], "").await?;

    // The gold image is decided, and that comes by itself.
    try_until("the gold image", async || Ok((decided(&client, &task).await? == 1).then_some(()))).await?;
    write(
        &path("votes.csv"),
        "item,worker,label\n0,ann,cat\n0,bob,cat\nmore/1.png,ann,dog\n7,ann,dog\n2,\"cyd\nlee\",dog\n2,ann,cow\n",
    )?;
    let said = client.run(&["votes", "import", &task, &path("votes.csv"), "--json"], "").await?;
    let summary = &said.lines()?[0];
    assert_eq!((said.code, number(summary, "counted"), number(summary, "decided")), (6, 3, 1), "{}", said.err);
    assert!(said.err.contains("line 5: no image of the task is called '7'"), "{}", said.err);
    // A number is the same wherever it stands.
    assert_eq!(decided(&client, &task).await?, 2);
    // The server's own problems, by the numbers of our file.
    assert!(said.err.contains("line 6: operator: must have 1 to 200 characters on one line"), "{}", said.err);
    assert!(said.err.contains("line 8: "), "{}", said.err);

    write(&path("labels.csv"), "item,label\n2,cat\n")?;
    client.ok(&["decisions", "import", &task, &path("labels.csv")], "").await?;
    client.ok(&["tasks", "adjudicate", &task, "more/1.png", "cat", "--comment", "seen"], "").await?;
    assert!(client.ok(&["tasks", "operators", &task], "").await?.err.contains("No operator"), "nobody was handed gold");
    let decisions = client.ok(&["tasks", "decisions", &task, "more/1.png", "--json"], "").await?;
    assert_eq!(text(&decisions.lines()?[0], "rule"), "adjudicated");

    // The last is called like the picture of the first.
    let recorded: String = [("0", "a"), ("1", "a"), ("2", "a"), ("3", "b"), ("0.png", "b")]
        .iter()
        .flat_map(|(item, label)| ["x", "y", "z"].map(|worker| format!("{item},{worker},{label}\n")))
        .collect();
    write(&path("recorded.csv"), &format!("item,worker,label\n{recorded}"))?;
    write(&path("truth.csv"), "item,truth\n0,a\n1,a\n2,a\n3,b\n0.png,a\n")?;
    let (votes, truth) = (path("recorded.csv"), path("truth.csv"));
    let replay = [
        "replay",
        &votes,
        "--truth",
        &truth,
        "--new",
        "--rule",
        "fixed:2",
        "--seeds",
        "2",
        "--redecide",
        "auto",
        "--json",
    ];
    let answer = client.ok(&replay, "").await?.lines()?.remove(0);
    assert_eq!(answer["runs"].as_array().map(Vec::len), Some(2), "{answer}");
    assert_eq!((answer["mean"]["accuracy"].as_f64(), answer["mean"]["votes_used"].as_f64()), (Some(0.8), Some(10.0)));
    assert_eq!(answer["mean"]["accuracy_again"].as_f64(), Some(0.8), "two votes that agree stand");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_finds_people() -> Result<()> {
    let cluster = shared().await;
    Shell::of(cluster, "cli-wanted", "operator").await?;
    let administrator = Shell::empty(cluster)?;
    let login = ["login", "--email", ADMINISTRATOR];
    administrator.ok(&login, cluster.administrator_password()).await?;
    let found = administrator.ok(&["users", "list", "--email", "CLI-wanted@", "--json"], "").await?.lines()?;
    let emails: Vec<_> = found.iter().map(|user| text(user, "email")).collect();
    assert_eq!(emails, ["cli-wanted@labelmesh.example"]);
    let said = administrator.ok(&["users", "list", "--email", "cli-wanted@"], "").await?.out;
    assert!(said.contains("operator") && said.contains("cli-wanted@labelmesh.example"), "{said}");
    let said = administrator.ok(&["users", "list", "--name", "nobody is called so"], "").await?;
    assert_eq!((said.out.as_str(), said.err.trim()), ("", "Nobody fits."));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_changes_people_and_keeps_them_out() -> Result<()> {
    let cluster = shared().await;
    let wanted = Shell::of(cluster, "cli-changed", "operator").await?;
    let user = text(&wanted.ok(&["whoami", "--json"], "").await?.lines()?[0], "userId").to_owned();
    wanted.ok(&["users", "update", &user, "--name", "Ann", "--surname", "Byron"], "").await?;
    let administrator = Shell::empty(cluster)?;
    administrator.ok(&["login", "--email", ADMINISTRATOR], cluster.administrator_password()).await?;
    let change = ["users", "update", &user, "--surname", "", "--grant", "client", "--withdraw", "operator", "--json"];
    let changed = administrator.ok(&change, "").await?.lines()?.remove(0);
    assert_eq!((text(&changed, "name"), text(&changed, "surname")), ("Ann", ""));
    assert_eq!(changed["roles"], serde_json::json!(["ROLE_CLIENT"]));
    assert_eq!(administrator.run(&["users", "update", &user, "--withdraw", "client"], "").await?.code, 2);
    assert_eq!(administrator.run(&["users", "update", &user], "").await?.code, 2);

    let said = administrator.ok(&["users", "block", &user], "").await?.out;
    assert!(said.contains("blocked"), "{said}");
    let listed = administrator.ok(&["users", "list", "--email", "cli-changed@"], "").await?.out;
    assert!(listed.contains("client (blocked)"), "{listed}");
    let login = ["login", "--email", "cli-changed@labelmesh.example"];
    let refused = wanted.run(&login, PASSWORD).await?;
    assert_eq!(refused.code, 4, "{}", refused.err);
    administrator.ok(&["users", "unblock", &user], "").await?;
    wanted.ok(&login, PASSWORD).await?;
    assert_eq!(wanted.run(&["users", "block", &user], "").await?.code, 4);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_delete_themselves_when_they_say_who_they_are() -> Result<()> {
    let shell = Shell::of(shared().await, "cli-leaving", "client").await?;
    let user = text(&shell.ok(&["whoami", "--json"], "").await?.lines()?[0], "userId").to_owned();
    let delete = ["users", "delete", &user];
    assert_eq!(shell.run(&delete, "").await?.code, 2);
    let said = shell.run(&delete, "somebody@labelmesh.example\n").await?;
    assert_eq!(said.code, 2, "{}", said.err);
    assert_eq!(shell.ok(&delete, "cli-leaving@labelmesh.example\n").await?.out.trim(), "Deleted.");
    signed_out(&shell).await?;
    let login = ["login", "--email", "cli-leaving@labelmesh.example"];
    assert_eq!(shell.run(&login, PASSWORD).await?.code, 3);
    // Somebody else may have the address.
    let again = Shell::of(shared().await, "cli-leaving", "client").await?;
    let other = text(&again.ok(&["whoami", "--json"], "").await?.lines()?[0], "userId").to_owned();
    assert_ne!(other, user);
    again.ok(&["users", "delete", &other, "--yes"], "").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_calls_with_a_key_until_it_is_revoked() -> Result<()> {
    let cluster = shared().await;
    let desk = Shell::of(cluster, "cli-keyed", "client").await?;
    assert_eq!(desk.run(&["keys", "create", "--name", "ci", "--role", "operator"], "").await?.code, 6);
    let create = ["keys", "create", "--name", "ci", "--role", "client", "--days", "2", "--json"];
    let made = desk.ok(&create, "").await?.lines()?.remove(0);
    let (key, secret) = (text(&made["apiKey"], "apiKeyId").to_owned(), text(&made, "secret").to_owned());
    let program = Shell::with_token(cluster, &secret)?;
    program.ok(&["tasks", "list"], "").await?;
    assert_eq!(program.run(&["logout"], "").await?.code, 4);
    let listed = desk.ok(&["keys", "list"], "").await?.out;
    assert!(listed.contains(&key) && listed.contains("ci") && !listed.contains("never"), "{listed}");
    desk.ok(&["keys", "revoke", &key], "").await?;
    signed_out(&program).await?;
    assert_eq!(desk.ok(&["keys", "list"], "").await?.err.trim(), "There is no key.");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_where_they_are_signed_in_and_end_it() -> Result<()> {
    let cluster = shared().await;
    let (desk, phone) = (Shell::of(cluster, "cli-roaming", "client").await?, Shell::empty(cluster)?);
    let login = ["login", "--email", "cli-roaming@labelmesh.example"];
    phone.ok(&login, PASSWORD).await?;
    let sessions = desk.ok(&["sessions", "list", "--json"], "").await?.lines()?;
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    let other = sessions.iter().find(|session| session["current"] == false).context("the phone's")?;
    desk.ok(&["sessions", "end", text(other, "sessionId")], "").await?;
    signed_out(&phone).await?;
    phone.ok(&login, PASSWORD).await?;
    let said = desk.ok(&["sessions", "list"], "").await?.out;
    assert!(said.contains("this one") && said.contains("labelmesh/"), "{said}");

    let new = "a password of another kind";
    assert_eq!(desk.run(&["password"], &format!("not the password\n{new}\n")).await?.code, 4);
    let said = desk.ok(&["password"], &format!("{PASSWORD}\n{new}\n")).await?.out;
    assert!(said.contains("other session has ended"), "{said}");
    phone.ok(&login, new).await?;
    desk.ok(&["sessions", "end", "--others"], "").await?;
    desk.ok(&["sessions", "end", "--all"], "").await?;
    signed_out(&desk).await?;
    assert_eq!(desk.run(&["sessions", "end"], "").await?.code, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn images_stand_as_they_were_given_however_they_are_sent() -> Result<()> {
    let shell = Shell::of(shared().await, "cli-orderly", "client").await?;
    let folder = tempfile::tempdir()?;
    // The first is so large that it arrives last.
    let noise = |x: u32, y: u32| {
        image::Rgb((x * 31 + y * 17).wrapping_mul(0x9e37_79b1).to_be_bytes()[..3].try_into().expect("3"))
    };
    image::RgbImage::from_fn(700, 700, noise).save(folder.path().join("000.png"))?;
    let names: Vec<_> = (0..230).map(|number| format!("{number:03}.png")).collect();
    for (name, number) in names.iter().zip(0x00c2_2000..).skip(1) {
        fs::write(folder.path().join(name), picture(number).data)?;
    }
    let listed = async |task: &str| {
        let results = shell.ok(&["tasks", "results", task, "--json"], "").await?.lines()?;
        anyhow::Ok(results.iter().map(|result| text(result, "name").to_owned()).collect::<Vec<_>>())
    };
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (all, first, last) = (path(""), path("000.png"), path("229.png"));
    for parallel in ["1", "4", "32"] {
        let task = draft(&shell, "1").await?;
        // What is added later stands behind what is there.
        if parallel == "4" {
            fs::rename(path("100.png"), path(".100.png"))?;
            shell.ok(&["tasks", "upload", &task, &all], "").await?;
            fs::rename(path(".100.png"), path("100.png"))?;
        }
        shell.ok(&["tasks", "upload", &task, &all, "--parallel", parallel], "").await?;
        let mut expected = names.clone();
        if parallel == "4" {
            expected.remove(100);
            expected.push("100.png".to_owned());
        }
        assert_eq!(listed(&task).await?, expected, "{parallel}");
    }
    let task = draft(&shell, "1").await?;
    shell.ok(&["tasks", "upload", &task, &last, &first], "").await?;
    assert_eq!(listed(&task).await?, ["229.png", "000.png"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_at_login_until_it_is_off() -> Result<()> {
    let cluster = shared().await;
    let shell = Shell::of(cluster, "cli-careful", "client").await?;
    let email = "cli-careful@labelmesh.example";
    let enrolled = shell.ok(&["second-factor", "enrol", "--json"], PASSWORD).await?.lines()?.remove(0);
    let now = i64::try_from(UNIX_EPOCH.elapsed()?.as_secs())?;
    let used = authenticator_code(text(&enrolled, "uri"), now);
    let wrong = if used == "000000" { "111111" } else { "000000" };
    assert_eq!(shell.run(&["second-factor", "confirm", "--json"], wrong).await?.code, 4);
    let confirmed = shell.ok(&["second-factor", "confirm", "--json"], &used).await?.lines()?.remove(0);
    let recovery = confirmed["recoveryCodes"][0].as_str().context("a recovery code")?.to_owned();

    // A code is good once, and so is one that stands in for the device.
    let login = ["login", "--email", email];
    let phone = Shell::empty(cluster)?;
    assert_eq!(phone.run(&login, &format!("{PASSWORD}\n{used}")).await?.code, 3);
    phone.ok(&login, &format!("{PASSWORD}\n{recovery}")).await?;
    assert_eq!(phone.run(&login, &format!("{PASSWORD}\n{recovery}")).await?.code, 3);
    let said = shell.ok(&["second-factor", "show"], "").await?.out;
    assert!(said.contains("Recovery codes left: 9."), "{said}");

    let another = confirmed["recoveryCodes"][1].as_str().context("a recovery code")?;
    shell.ok(&["second-factor", "off"], &format!("{PASSWORD}\n{another}")).await?;
    phone.ok(&login, PASSWORD).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_made_tried_and_taken_away() -> Result<()> {
    let shell = Shell::of(shared().await, "cli-hooked", "client").await?;
    // Nobody listens there, which is all that these commands need.
    let create = ["webhooks", "create", "http://127.0.0.1:9/hook", "--kind", "task-completed", "--json"];
    let created = shell.ok(&create, "").await?.lines()?.remove(0);
    assert!(text(&created, "secret").starts_with("whsec_"), "{created}");
    let webhook = text(&created["webhook"], "webhookId").to_owned();
    let said = shell.ok(&["webhooks", "list"], "").await?.out;
    assert!(said.contains("enabled") && said.contains("task completed") && said.contains(":9/hook"), "{said}");
    let said = shell.ok(&["webhooks", "rotate", &webhook], "").await?.out;
    assert!(said.contains("whsec_") && said.contains("good until"), "{said}");

    let delivery = shell.ok(&["webhooks", "test", &webhook, "--json"], "").await?.lines()?.remove(0);
    let delivery = text(&delivery, "deliveryId").to_owned();
    try_until("an attempt", async || {
        let said = shell.ok(&["webhooks", "deliveries", &webhook], "").await?.out;
        Ok((said.contains(&delivery) && said.contains("no connection")).then_some(()))
    })
    .await?;
    shell.ok(&["webhooks", "disable", &webhook], "").await?;
    let redeliver = ["webhooks", "redeliver", &webhook, &delivery];
    assert_eq!(shell.run(&redeliver, "").await?.code, 7);
    shell.ok(&["webhooks", "enable", &webhook], "").await?;
    shell.ok(&redeliver, "").await?;
    shell.ok(&["webhooks", "delete", &webhook], "").await?;
    assert_eq!(shell.run(&["webhooks", "test", &webhook], "").await?.code, 5);
    assert_eq!(shell.run(&["webhooks", "create", "http://10.0.0.1/"], "").await?.code, 6);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_are_listed_read_and_chosen() -> Result<()> {
    let shell = Shell::of(shared().await, "cli-told", "client").await?;
    let said = try_until("the first notification", async || {
        let said = shell.ok(&["notifications", "list"], "").await?.out;
        Ok(said.contains("New sign-in").then_some(said))
    })
    .await?;
    assert!(said.contains(" new "), "{said}");
    assert_eq!(shell.ok(&["notifications", "read", "--all"], "").await?.out.trim(), "0 unread.");
    assert!(!shell.ok(&["notifications", "list"], "").await?.out.contains(" new "), "it was read");
    let off = ["notifications", "preferences", "--off", "task-completed", "email", "--json"];
    let now = shell.ok(&off, "").await?.lines()?.remove(0);
    let all = now["preferences"].as_array().context("a list")?;
    assert_eq!(all.iter().filter(|one| one["enabled"] != true).count(), 1, "{now}");
    let mails = ["notifications", "preferences", "--off", "logged-in", "email"];
    assert_eq!(shell.run(&mails, "").await?.code, 6);
    assert_eq!(shell.run(&["notifications", "read"], "").await?.code, 2);
    let phone = shell.ok(&["notifications", "phone", "show"], "").await?.out;
    assert!(phone.contains("No text messages are sent here."), "{phone}");
    assert_eq!(shell.run(&["notifications", "phone", "set", "+431234567"], "").await?.code, 7);
    Ok(())
}

/// Waits until the server believes a session no more.
async fn signed_out(shell: &Shell) -> Result<()> {
    try_until("the end of a session", async || Ok((shell.run(&["whoami"], "").await?.code == 3).then_some(()))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_trouble_has_its_code() -> Result<()> {
    let cluster = shared().await;
    let client = Shell::of(cluster, "cli-trouble", "client").await?;
    let task = draft(&client, "1").await?;
    for (code, arguments) in [
        (2, ["tasks", "nonsense", ""]),
        (4, ["work", "--plain", ""]),
        (4, ["votes", "list", &task]),
        (5, ["tasks", "show", "01a213d3-0227-7f5b-b217-6d7c073c7f86"]),
        (6, ["tasks", "show", "no-id"]),
        (7, ["tasks", "submit", &task]),
        // A token goes to no other server than the one that gave it.
        (3, ["whoami", "--server", "http://127.0.0.1:9"]),
    ] {
        let arguments: Vec<&str> = arguments.into_iter().filter(|argument| !argument.is_empty()).collect();
        let said = client.run(&arguments, "").await?;
        assert_eq!((said.code, said.out.as_str()), (code, ""), "{arguments:?}: {}", said.err);
    }
    client.ok(&["logout"], "").await?;
    assert_eq!(client.run(&["whoami"], "").await?.code, 3);
    let unreachable = ["login", "--server", "http://127.0.0.1:9", "--email", "a@b.example"];
    assert_eq!(client.run(&unreachable, PASSWORD).await?.code, 8);
    Ok(())
}

fn write(path: &str, text: &str) -> Result<()> {
    Ok(fs::write(Path::new(path), text)?)
}
