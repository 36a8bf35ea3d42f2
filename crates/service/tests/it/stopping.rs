//! A service that stops.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_proto::tasks::v1::WatchTaskRequest;
use tokio::time::{Instant, timeout};
use tonic::Code;

use crate::fake::{Mesh, TASK, get, handlers};

#[tokio::test]
async fn streams_end_within_a_second_and_tell_their_callers_to_come_back() {
    let mesh = Mesh::start().await;
    let tasks = mesh.tasks().serve(handlers()).await.expect("started");
    let request = WatchTaskRequest { task_id: TASK.into(), ..Default::default() };
    let answer = mesh.client(&tasks, &[Role::Client]).watch_task(request).await;
    let mut stream = answer.expect("begun").into_inner();
    let began = Instant::now();
    let (ended, stopped) = tokio::join!(stream.message(), tasks.shutdown());
    let ended = ended.expect_err("the server stops");
    assert_eq!((ended.code(), reason_of(&ended)), (Code::Unavailable, Some(Reason::Unavailable)));
    stopped.expect("stopped");
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn background_tasks_are_told_to_stop_and_waited_for() {
    let mesh = Mesh::start().await;
    let mut service = mesh.tasks();
    let finished = Arc::new(AtomicBool::new(false));
    let finish = finished.clone();
    service.spawn("relay", |stop| async move {
        stop.cancelled().await;
        let turn = tokio::task::spawn_blocking(|| ());
        turn.await.expect("no panic");
        finish.store(true, Ordering::SeqCst);
    });
    let tasks = service.serve(handlers()).await.expect("started");
    mesh.client(&tasks, &[Role::Client]).get_task(get()).await.expect("answered");
    tasks.shutdown().await.expect("stopped");
    assert!(finished.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_background_task_that_ends_early_or_panics_stops_the_service() {
    let mesh = Mesh::start().await;
    let mut service = mesh.tasks();
    service.spawn("relay", |_| async {});
    let mut tasks = service.serve(handlers()).await.expect("started");
    let fault = tasks.wait().await.expect_err("a fault");
    assert!(fault.to_string().contains("relay"), "{fault}");
    let mut service = mesh.tasks();
    service.spawn("sweeper", |_| async { panic!("as told") });
    let mut tasks = service.serve(handlers()).await.expect("started");
    let fault = tasks.wait().await.expect_err("a fault");
    assert!(fault.to_string().contains("sweeper"), "{fault}");
}

#[tokio::test]
async fn a_service_whose_handle_is_dropped_stops_by_itself() {
    let mesh = Mesh::start().await;
    let mut service = mesh.tasks();
    let (told, stopped) = tokio::sync::oneshot::channel();
    service.spawn("relay", |stop| async move {
        stop.cancelled().await;
        let _ = told.send(());
    });
    drop(service.serve(handlers()).await.expect("started"));
    timeout(Duration::from_secs(10), stopped).await.expect("in time").expect("told");
}
