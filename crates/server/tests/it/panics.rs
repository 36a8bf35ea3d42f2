//! A panic ends its call and nothing else.

use std::sync::Arc;

use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_proto::tasks::v1::{GetTaskRequest, Task, TaskProgress, WatchTaskRequest};
use tokio::sync::Notify;
use tonic::{Code, Request, Status};

use crate::fake::{Fake, GET_TASK, WATCH_TASK, authorized};

const TASK: &str = "01890000-0000-7000-8000-000000000000";

fn is_blank(status: &Status) -> bool {
    status.code() == Code::Internal
        && reason_of(status) == Some(Reason::Internal)
        && !status.message().contains("hunter2")
        && !String::from_utf8_lossy(status.details()).contains("hunter2")
}

#[tokio::test]
async fn a_panic_is_an_internal_error_that_tells_nothing() {
    let fake = Fake::new().unary(GET_TASK, |request: Request<GetTaskRequest>| async move {
        assert!(request.get_ref().task_id != TASK, "hunter2");
        Ok(Task::default())
    });
    let mut client = fake.tasks();
    let request = |id: &str| authorized(GetTaskRequest { task_id: id.into() }, &fake.user(&[Role::Administrator]));
    let status = client.get_task(request(TASK)).await.expect_err("panicked");
    assert!(is_blank(&status), "{status:?}");
    client.get_task(request("01890000-0000-7000-8000-000000000001")).await.expect("the next call is none the worse");
}

#[tokio::test]
async fn a_panic_in_a_stream_ends_it_with_an_internal_error() {
    let heard = Arc::new(Notify::new());
    let wait = heard.clone();
    let fake = Fake::new().streaming(WATCH_TASK, move |_: Request<WatchTaskRequest>| {
        futures::stream::unfold((1, wait.clone()), |(number, wait)| async move {
            if number > 1 {
                wait.notified().await;
            }
            assert!(number == 1, "hunter2");
            Some((Ok(TaskProgress::default()), (number + 1, wait)))
        })
    });
    let request = WatchTaskRequest { task_id: TASK.into(), ..Default::default() };
    let answer = fake.tasks().watch_task(authorized(request, &fake.user(&[Role::Administrator]))).await;
    let mut stream = answer.expect("begun").into_inner();
    stream.message().await.expect("the first").expect("a message");
    heard.notify_one();
    let status = stream.message().await.expect_err("panicked");
    assert!(is_blank(&status), "{status:?}");
}
