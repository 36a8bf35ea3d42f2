//! The demo from the first sign-up to the last check, as any program outside would go about it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use futures::{StreamExt as _, TryStreamExt as _, future::try_join, stream};
use labelmesh_cluster::Cluster;
use labelmesh_sdk::{
    Client, File, Role,
    subtasks::ListVotesRequest,
    tasks::{
        self, CreateTaskRequest, ExportFormat, ExportResultsRequest, ListResultsRequest, Result as Verdict,
        ResultState, SubmitTaskRequest, TaskState, UploadImagesResponse, UploadOutcome, WatchTaskRequest,
    },
    users::CreateUserRequest,
};

use super::{
    Options, check,
    check::{Evidence, SeenVote},
    crew::{self, Diary, Work},
    digits::{self, Fingerprint, Picture},
    odds::{self, Voter},
    people::{self, Person},
    report::{Outcome, Part},
    rule::Policy,
    show,
};

/// What the demo's clients call themselves.
const AGENT: &str = concat!("labelmesh-demo/", env!("CARGO_PKG_VERSION"));
const PASSWORD: &str = "correct horse battery staple";
/// Files in one request, and requests at once.
const FILES: usize = 25;
const UPLOADS: usize = 3;
/// Sign-ups and sign-ins at once: each costs a password hash.
const DOORS: usize = 4;
/// Items on one page of a list.
const PAGE: i32 = 500;
/// How long the mails may take after the last vote.
const MAIL_WITHIN: Duration = Duration::from_secs(60);

/// A demo that was played to the end.
pub(crate) struct Played {
    pub(crate) outcome: Outcome,
    /// In the order of the upload.
    pub(crate) results: Vec<Verdict>,
    /// What was promised and not kept.
    pub(crate) faults: Vec<String>,
}

/// Plays the whole demo against a running system.
pub(crate) async fn play(cluster: &Cluster, options: &Options, pictures: &[Picture]) -> anyhow::Result<Played> {
    // Everybody finds a gateway as a balancer would choose it.
    let gateways = cluster.gateways().iter();
    let clients: Vec<Client> =
        gateways.map(|gateway| Client::builder(gateway).agent(AGENT).build()).collect::<Result<_, _>>()?;
    let policy = Policy {
        redundancy: options.redundancy,
        // A tie may ask for two votes more, as far as there are people.
        max_votes: (options.redundancy + 2).min(options.operators),
    };
    let people = people::crew(options.operators, options.seed);
    let (client, crew) = enter(&clients, &people).await?;
    let task = create(&client, policy).await?;
    let uploaded = upload(&client, &task, pictures).await?;
    client.submit_task(SubmitTaskRequest { task_id: task.clone() }).await?;
    let ids = digits::ids(pictures, &uploaded);
    let (diaries, labeling) = label(&client, &task, crew, (pictures, ids), policy).await?;

    let mails_due = 1 + options.operators + 1;
    let mails = wait_for_mails(cluster, mails_due).await;
    let listed = ListResultsRequest { task_id: task.clone(), page_size: PAGE, ..ListResultsRequest::default() };
    let results: Vec<Verdict> = client.list_results_all(listed).try_collect().await?;
    let listed = ListVotesRequest { task_id: task.clone(), page_size: PAGE, ..ListVotesRequest::default() };
    let votes: Vec<SeenVote> = client.list_votes_all(listed).map_ok(SeenVote::of).try_collect().await?;
    let evidence = Evidence { uploaded: &uploaded, diaries: &diaries, votes: &votes, results: &results, policy };
    let mut faults = evidence.faults();
    faults.extend(check::mails(&mails, mails_due));
    faults.extend(exported(&client, &task, pictures.len()).await?);
    let outcome = weigh(options, policy, pictures, &results, &people, &diaries, mails.len(), labeling);
    faults.extend(check::accuracy(&outcome));
    Ok(Played { outcome, results, faults })
}

/// Signs everybody up and in: the client and the crew.
async fn enter(clients: &[Client], people: &[Person]) -> anyhow::Result<(Client, Vec<(Person, Client)>)> {
    let client = register(&clients[0], "client@clients.example", "Chris", Role::Client);
    let crew = stream::iter(people.iter().cloned().zip(clients.iter().cycle()))
        .map(|(person, client)| async move {
            let client = register(client, &person.email, &person.name, Role::Operator).await?;
            anyhow::Ok((person, client))
        })
        .buffered(DOORS)
        .try_collect::<Vec<_>>();
    show::step(&format!("sign up and in: a client, {} operators", people.len()), try_join(client, crew)).await
}

async fn register(client: &Client, email: &str, name: &str, role: Role) -> anyhow::Result<Client> {
    let user = CreateUserRequest {
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        roles: vec![role.into()],
        ..CreateUserRequest::default()
    };
    client.create_user(user).await?;
    Ok(client.sign_in(email, PASSWORD).await?)
}

async fn create(client: &Client, policy: Policy) -> anyhow::Result<String> {
    let votes = |votes: usize| u32::try_from(votes).context("too many votes");
    let (redundancy, max_votes) = (votes(policy.redundancy)?, votes(policy.max_votes)?);
    let task = CreateTaskRequest {
        title: "Handwritten digits".to_owned(),
        instructions: "Which digit does the picture show?".to_owned(),
        labels: (0..10).map(|digit| digit.to_string()).collect(),
        policy: Some(tasks::Policy { redundancy, max_votes, ..tasks::Policy::default() }),
        ..CreateTaskRequest::default()
    };
    Ok(client.create_task(task).await?.task_id)
}

/// Uploads all pictures, several requests at once; returns the image ids by file name.
async fn upload(client: &Client, task: &str, pictures: &[Picture]) -> anyhow::Result<BTreeMap<String, String>> {
    let bars = show::Bars::new(&[("upload", pictures.len())]);
    let bar = bars.bar(0);
    let outcomes: Vec<Vec<UploadImagesResponse>> = stream::iter(pictures.chunks(FILES).map(<[Picture]>::to_vec))
        .map(|pictures| {
            let bar = &bar;
            async move {
                let files: Vec<File> = pictures.into_iter().map(File::from).collect();
                let outcomes = client.upload_files(task, &files).await?;
                bar.inc(files.len() as u64);
                anyhow::Ok(outcomes)
            }
        })
        .buffer_unordered(UPLOADS)
        .try_collect()
        .await?;
    bars.done(&format!("upload {} images", pictures.len()));
    let mut uploaded = BTreeMap::new();
    for outcome in outcomes.into_iter().flatten() {
        match outcome.outcome() {
            UploadOutcome::Added | UploadOutcome::Present => {}
            other => bail!("{} was not taken: {} {:?}", outcome.name, other.as_str_name(), outcome.error),
        }
        uploaded.insert(outcome.name, outcome.image_id);
    }
    ensure!(uploaded.len() == pictures.len(), "{} pictures were sent, {} taken", pictures.len(), uploaded.len());
    Ok(uploaded)
}

impl From<Picture> for File {
    fn from(picture: Picture) -> Self {
        Self { name: picture.name, media_type: "image/png".to_owned(), data: picture.data.into() }
    }
}

/// Lets the crew label while the client watches, until the task is complete.
async fn label(
    client: &Client,
    task: &str,
    crew: Vec<(Person, Client)>,
    (pictures, ids): (&[Picture], HashMap<Fingerprint, String>),
    policy: Policy,
) -> anyhow::Result<(Vec<Diary>, Duration)> {
    let bars = show::Bars::new(&[("votes", pictures.len() * policy.redundancy), ("decided", pictures.len())]);
    let decided = bars.bar(1);
    let truths = digits::truths(pictures);
    let work = Arc::new(Work { truths, ids, over: AtomicBool::new(false), bar: bars.bar(0) });
    let watching = async {
        let watched = watch(client, task, &decided).await;
        // Whether it is complete or can't be watched: nobody is to wait for more.
        work.over.store(true, Ordering::Relaxed);
        watched
    };
    let (diaries, ()) = try_join(crew::label(crew, Arc::clone(&work)), watching).await?;
    let votes: usize = diaries.iter().map(|diary| diary.votes.len()).sum();
    let took = bars.done(&format!("label: {votes} votes of {} operators", diaries.len()));
    Ok((diaries, took))
}

/// Watches a task until it is complete. A stream that ends early is begun anew: it is of states, nothing is missed.
async fn watch(client: &Client, task: &str, bar: &indicatif::ProgressBar) -> anyhow::Result<()> {
    const STREAMS: u32 = 20;
    let mut last = None;
    for _ in 0..STREAMS {
        let request = WatchTaskRequest { task_id: task.to_owned(), after_version: 0 };
        let mut progress = match client.watch_task(request).await {
            Ok(progress) => progress,
            Err(error) => {
                last = Some(error);
                continue;
            }
        };
        while let Some(state) = progress.next().await {
            let state = match state {
                Ok(state) => state,
                Err(error) => {
                    last = Some(error);
                    break;
                }
            };
            bar.set_position(state.decided);
            match state.state() {
                TaskState::Completed => return Ok(()),
                TaskState::Open => {}
                other => bail!("the task became {}", other.as_str_name()),
            }
        }
    }
    let error = last.map_or_else(|| anyhow::anyhow!("it ended every time"), anyhow::Error::from);
    Err(error).with_context(|| format!("the task can't be watched ({STREAMS} streams)"))
}

/// Waits for so many different mails, the one on completion among them; returns the Message-IDs of all that came.
async fn wait_for_mails(cluster: &Cluster, due: usize) -> Vec<String> {
    let mail = cluster.mail();
    let came = show::step("wait for the completion mail", async {
        let came = mail
            .wait_until(MAIL_WITHIN, |mails| {
                mails.len() >= due && mails.iter().any(|mail| mail.subject.contains("is complete"))
            })
            .await;
        if came.iter().any(|mail| mail.subject.contains("is complete")) { Ok(came) } else { bail!("it did not come") }
    })
    .await;
    let came = came.unwrap_or_else(|_| mail.messages());
    came.iter().map(|mail| mail.message_id.clone()).collect()
}

/// Whether both exports hold every image.
async fn exported(client: &Client, task: &str, images: usize) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for (format, header) in [(ExportFormat::Csv, 1), (ExportFormat::JsonLines, 0)] {
        let request =
            ExportResultsRequest { task_id: task.to_owned(), format: format.into(), ..ExportResultsRequest::default() };
        let pieces: Vec<_> = client.export_results(request).await?.try_collect().await?;
        let lines = String::from_utf8_lossy(&pieces.concat()).lines().filter(|line| !line.is_empty()).count();
        if lines != images + header {
            faults.push(format!("the export as {} has {lines} lines for {images} images", format.as_str_name()));
        }
    }
    Ok(faults)
}

#[expect(clippy::too_many_arguments, reason = "it brings together what every step before it found")]
fn weigh(
    options: &Options,
    policy: Policy,
    pictures: &[Picture],
    results: &[Verdict],
    people: &[Person],
    diaries: &[Diary],
    emails: usize,
    labeling: Duration,
) -> Outcome {
    let truth: BTreeMap<&str, u8> = pictures.iter().map(|picture| (picture.name.as_str(), picture.digit)).collect();
    let is_right =
        |result: &&Verdict| truth.get(result.name.as_str()).is_some_and(|digit| result.label == digit.to_string());
    let decided = results.iter().filter(|result| result.state() == ResultState::Decided);
    let voters: Vec<Voter> = people
        .iter()
        .zip(diaries)
        // Whoever came too late for a single picture may still be asked in a simulated demo, if seldom.
        .map(|(person, diary)| Voter { error_rate: person.error_rate, weight: diary.votes.len().max(1) as f64 })
        .collect();
    let part = |(person, diary): (&Person, &Diary)| Part {
        name: person.name.clone(),
        error_rate: person.error_rate,
        votes: diary.votes.len(),
        right: diary.right,
    };
    Outcome {
        seed: options.seed,
        redundancy: options.redundancy,
        images: pictures.len(),
        votes: diaries.iter().map(|diary| diary.votes.len()).sum(),
        right_votes: diaries.iter().map(|diary| diary.right).sum(),
        decided: decided.count(),
        right_decisions: results.iter().filter(is_right).count(),
        contested: results.iter().filter(|result| result.contested).count(),
        emails,
        labeling,
        odds: odds::predict(pictures.len(), policy, &voters, options.seed),
        parts: people.iter().zip(diaries).map(part).collect(),
    }
}
