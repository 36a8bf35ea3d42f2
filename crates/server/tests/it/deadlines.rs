//! Calls end in time, and so do streams.

use std::time::Duration;

use labelmesh_deadline::current;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_proto::tasks::v1::{GetTaskRequest, Task, TaskProgress, WatchTaskRequest};
use tokio::time::Instant;
use tokio_stream::{StreamExt as _, wrappers::IntervalStream};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::fake::{Fake, GET_TASK, WATCH_TASK, authorized};

const TASK: &str = "01890000-0000-7000-8000-000000000000";

fn get(fake: &Fake, timeout: Option<Duration>) -> Request<GetTaskRequest> {
    let mut request = authorized(GetTaskRequest { task_id: TASK.into() }, &fake.user(&[Role::Administrator]));
    if let Some(timeout) = timeout {
        request.set_timeout(timeout);
    }
    request
}

fn watch(fake: &Fake) -> Request<WatchTaskRequest> {
    authorized(WatchTaskRequest { task_id: TASK.into(), ..Default::default() }, &fake.user(&[Role::Administrator]))
}

fn stuck() -> Fake {
    Fake::new().unary(GET_TASK, |_: Request<GetTaskRequest>| std::future::pending::<Result<Task, Status>>())
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_exceeds_its_deadline_and_is_never_cancelled() {
    let fake = stuck();
    let began = Instant::now();
    let late = fake.tasks().get_task(get(&fake, None)).await.expect_err("late");
    assert_eq!((late.code(), reason_of(&late)), (Code::DeadlineExceeded, Some(Reason::DeadlineExceeded)));
    assert_eq!(began.elapsed().as_millis(), 2000);
}

#[tokio::test(start_paused = true)]
async fn a_caller_may_ask_for_less_or_for_more_up_to_the_limit() {
    for (asked, given) in [(Duration::from_millis(300), 300), (Duration::from_secs(3600), 30_000)] {
        let fake = stuck();
        let began = Instant::now();
        let late = fake.tasks().get_task(get(&fake, Some(asked))).await.expect_err("late");
        assert_eq!(late.code(), Code::DeadlineExceeded);
        assert_eq!(began.elapsed().as_millis(), given);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_handler_calls_inherits_what_is_left() {
    let fake = Fake::new().unary(GET_TASK, |_: Request<GetTaskRequest>| async {
        tokio::time::advance(Duration::from_millis(500)).await;
        let left = current().expect("a deadline").remaining();
        Ok(Task { title: left.as_millis().to_string(), ..Task::default() })
    });
    let task = fake.tasks().get_task(get(&fake, None)).await.expect("in time").into_inner();
    assert_eq!(task.title, "1500");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_that_is_none_is_refused() {
    let fake = stuck();
    let mut request = get(&fake, None);
    request.metadata_mut().insert("grpc-timeout", "soon".parse().expect("a value"));
    let refused = fake.tasks().get_task(request).await.expect_err("refused");
    assert_eq!(reason_of(&refused), Some(Reason::Malformed));
}

#[tokio::test(start_paused = true)]
async fn a_stream_lasts_as_long_as_it_is_not_silent_for_too_long() {
    let fake = Fake::new().streaming(WATCH_TASK, |_: Request<WatchTaskRequest>| {
        let ticks = IntervalStream::new(tokio::time::interval(Duration::from_secs(29)));
        ticks.take(10).map(|_| Ok(TaskProgress::default())).chain(tokio_stream::pending())
    });
    let began = Instant::now();
    let mut stream = fake.tasks().watch_task(watch(&fake)).await.expect("begun").into_inner();
    for _ in 0..10 {
        stream.message().await.expect("going on").expect("a message");
    }
    let silent = stream.message().await.expect_err("silent for too long");
    assert_eq!((silent.code(), reason_of(&silent)), (Code::DeadlineExceeded, Some(Reason::DeadlineExceeded)));
    assert_eq!(began.elapsed().as_secs(), 9 * 29 + 30);
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_its_caller_wants_it_to() {
    let fake = Fake::new().streaming(WATCH_TASK, |_: Request<WatchTaskRequest>| {
        let ticks = IntervalStream::new(tokio::time::interval(Duration::from_secs(1)));
        ticks.map(|_| Ok(TaskProgress::default()))
    });
    let mut request = watch(&fake);
    request.set_timeout(Duration::from_millis(3500));
    let mut stream = fake.tasks().watch_task(request).await.expect("begun").into_inner();
    for _ in 0..4 {
        stream.message().await.expect("going on").expect("a message");
    }
    assert_eq!(stream.message().await.expect_err("over").code(), Code::DeadlineExceeded);
}

#[tokio::test(start_paused = true)]
async fn streams_end_within_a_second_when_the_server_stops() {
    let fake = Fake::new()
        .streaming(WATCH_TASK, |_: Request<WatchTaskRequest>| tokio_stream::pending::<Result<TaskProgress, Status>>());
    let mut stream = fake.tasks().watch_task(watch(&fake)).await.expect("begun").into_inner();
    let began = Instant::now();
    fake.draining.begin();
    let ended = stream.message().await.expect_err("the server stops");
    assert_eq!((ended.code(), reason_of(&ended)), (Code::Unavailable, Some(Reason::Unavailable)));
    assert!(ended.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some()));
    assert!(began.elapsed() < Duration::from_secs(1));
    assert!(stream.message().await.expect("ended").is_none());
}
