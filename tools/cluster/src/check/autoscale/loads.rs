//! Which load reaches which service, through the ingress and at most as fast as the contract lets these people call.

use std::{
    io::Cursor,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, bail};
use futures::{FutureExt as _, TryStreamExt as _};
use labelmesh_sdk::{
    Client, Error, File, Role,
    auth::{GetSecondFactorRequest, ListApiKeysRequest, ListSessionsRequest},
    notify::ListNotificationsRequest,
    renditions::{
        CreateTransformationRequest, Crop, Focus, GetTransformationRequest, ListTransformationsRequest, Percent, Point,
        Spec, crop, focus, spec,
    },
    subtasks::{LeaseSubtasksRequest, ReleaseSubtasksRequest},
    tasks::CancelTaskRequest,
};

use super::super::{
    load::{Act, Load, list_tasks},
    people,
    session::{asks_who, submit},
};
use crate::layout::Layout;

/// How many there are. Each of them may make some 50 calls a second, of which one takes a service a quarter of a
/// millisecond or so: its two replicas are to take more than 80 ms in a second, where each asks for 50 millicores. What
/// operators do takes more, since it is written down.
const CLIENTS: usize = 12;
const OPERATORS: usize = 4;
/// How many calls each has under way: the gateway lets four through.
const CALLERS: usize = 4;
/// What four callers may do who together may make 3,000 calls a minute, 1,800 calls, or 600 of each of three methods.
const OF_3000: Duration = Duration::from_millis(80);
const OF_1800: Duration = Duration::from_millis(135);
/// How many pictures there are to lease: more than are held at once, so that nobody finds none.
const PICTURES: u32 = 48;
/// The width and height of the picture that others are made of, in pixels.
const SIDE: u32 = 1024;

/// Who makes the loads.
pub(super) struct Crowd {
    clients: Vec<Client>,
    operators: Vec<Client>,
    /// The task whose pictures are leased.
    task_id: String,
    /// The picture that others are made of.
    source: String,
}

impl Crowd {
    /// Signs them up, with pictures to lease, and one to make others of.
    pub(super) async fn sign_up(layout: &Layout) -> anyhow::Result<Self> {
        let clients = several(layout, "client", CLIENTS, Role::Client).await?;
        let operators = several(layout, "operator", OPERATORS, Role::Operator).await?;
        let task_id = submit(&clients[0], PICTURES).await?;
        let picture = large_picture()?;
        let mut source = String::new();
        for client in &clients {
            let files = [picture.clone()].into_iter().collect();
            let reports: Vec<_> = client.upload_sources(files).await?.try_collect().await?;
            let report = reports.into_iter().next().context("nothing was said of a source")?;
            source = report.source.with_context(|| format!("the source: {:?}", report.error))?.sha256;
        }
        Ok(Self { clients, operators, task_id, source })
    }

    /// Ends the task, whose pictures nobody else is to be handed out.
    pub(super) async fn leave(self) -> anyhow::Result<()> {
        self.clients[0].cancel_task(CancelTaskRequest { task_id: self.task_id }).await.context("can't end the task")?;
        Ok(())
    }

    /// Begins the one that reaches what an autoscaler of this name scales.
    pub(super) fn load(&self, name: &str) -> anyhow::Result<Load> {
        let (people, every, act) = match name {
            "gateway" | "tasks" => (&self.clients, OF_3000, list_tasks()),
            "users" => (&self.clients, OF_3000, act(|client| async move { asks_who(&client).await })),
            "auth" => (&self.clients, OF_1800, looks_at_access()),
            "subtasks" => (&self.operators, OF_1800, act(leases)),
            "notify" => (&self.clients, OF_3000, act(looks_at_notices)),
            "renditions" => (&self.clients, OF_3000, act(lists_transformations)),
            "renditions-worker" => (&self.clients, OF_3000, crops(&self.source)),
            other => bail!("nobody knows what load reaches {other}"),
        };
        Ok(Load::of(&act, people, CALLERS, every))
    }
}

async fn several(layout: &Layout, name: &str, count: usize, role: Role) -> anyhow::Result<Vec<Client>> {
    let mut all = Vec::new();
    for number in 0..count {
        all.push(people::impatient(layout, &format!("autoscale-{name}{number}"), role).await?);
    }
    Ok(all)
}

fn act<F: Future<Output = Result<(), Error>> + Send + 'static>(
    does: impl Fn(Client) -> F + Send + Sync + 'static,
) -> Act {
    Arc::new(move |client| does(client).boxed())
}

/// One after the other of what `auth` knows of somebody.
fn looks_at_access() -> Act {
    let turn = Arc::new(AtomicU32::new(0));
    act(move |client| {
        let turn = turn.fetch_add(1, Ordering::Relaxed) % 3;
        async move {
            match turn {
                0 => client.list_sessions(ListSessionsRequest::default()).await.map(|_| ()),
                1 => client.list_api_keys(ListApiKeysRequest::default()).await.map(|_| ()),
                _ => client.get_second_factor(GetSecondFactorRequest::default()).await.map(|_| ()),
            }
        }
    })
}

async fn looks_at_notices(client: Client) -> Result<(), Error> {
    client.list_notifications(ListNotificationsRequest::default()).await.map(|_| ())
}

async fn lists_transformations(client: Client) -> Result<(), Error> {
    client.list_transformations(ListTransformationsRequest::default()).await.map(|_| ())
}

/// Takes a picture and gives it back: it never ends.
async fn leases(client: Client) -> Result<(), Error> {
    let request = LeaseSubtasksRequest { count: 1, ..LeaseSubtasksRequest::default() };
    let leased = client.lease_subtasks(request).await?.leases;
    if leased.is_empty() {
        return Ok(());
    }
    let subtask_ids = leased.into_iter().map(|lease| lease.subtask_id).collect();
    client.release_subtasks(ReleaseSubtasksRequest { subtask_ids }).await.map(|_| ())
}

/// Has a part of the picture made that nobody has asked for before, and waits for it.
fn crops(source: &str) -> Act {
    let (source, places) = (source.to_owned(), Arc::new(AtomicU32::new(0)));
    act(move |client| {
        let (source, place) = (source.clone(), places.fetch_add(1, Ordering::Relaxed));
        async move {
            let point = Point { x: SIDE / 4 + place % (SIDE / 2), y: SIDE / 4 + place / (SIDE / 2) % (SIDE / 2) };
            let window = Some(crop::Window::Percent(Percent { width: 50, height: 50 }));
            let focus = Some(Focus { place: Some(focus::Place::Point(point)) });
            let spec = Some(Spec { kind: Some(spec::Kind::Crop(Crop { window, focus, ..Crop::default() })) });
            let request = CreateTransformationRequest { source_sha256: source, spec, ..Default::default() };
            let transformation_id = client.create_transformation(request).await?.transformation_id;
            let request = GetTransformationRequest { transformation_id, wait_seconds: 30 };
            client.get_transformation(request).await.map(|_| ())
        }
    })
}

/// A picture that costs something to read and to write, and that no check before has made others of.
fn large_picture() -> anyhow::Result<File> {
    let [_, red, green, blue] = std::process::id().to_be_bytes();
    let pixel = |x: u32, y: u32| {
        let [_, _, high, low] = (x * y).to_be_bytes();
        image::Rgb([red ^ low, green ^ high, blue ^ low ^ high])
    };
    let mut data = Cursor::new(Vec::new());
    image::RgbImage::from_fn(SIDE, SIDE, pixel).write_to(&mut data, image::ImageFormat::Png)?;
    Ok(File { name: "large.png".into(), media_type: "image/png".into(), data: data.into_inner().into() })
}
