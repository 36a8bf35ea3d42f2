//! How many images are decided, where what was decided may not have arrived among the results yet.

use std::future::ready;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use labelmesh_sdk::{
    Client,
    subtasks::ListDecisionsRequest,
    tasks::{Result as Verdict, ResultState},
};

use crate::exit::Failure;

/// How many images are asked after at once.
const AT_ONCE: usize = 8;

/// How many of a task's images are decided: by these results, or else by what each image says of itself, which is known
/// at once.
pub(super) async fn decided(client: &Client, task: &str, results: &[Verdict]) -> Result<u64, Failure> {
    let of = |state: ResultState| results.iter().filter(move |result| result.state() == state);
    let arriving = stream::iter(of(ResultState::Pending))
        .map(|result| has_decision(client, task, &result.image_id))
        .buffer_unordered(AT_ONCE)
        .try_filter(|has| ready(*has));
    let arriving: Vec<bool> = arriving.boxed().try_collect().await?;
    Ok((of(ResultState::Decided).count() + arriving.len()) as u64)
}

async fn has_decision(client: &Client, task: &str, image: &str) -> Result<bool, Failure> {
    let (task_id, image_id) = (task.to_owned(), image.to_owned());
    let request = ListDecisionsRequest { task_id, image_id, page_size: 1, page_token: String::new() };
    Ok(!client.list_decisions(request).await?.decisions.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::stub::stub;

    #[tokio::test]
    async fn images_whose_decision_has_not_arrived_are_counted_too() {
        let client = stub(|path, _| async move {
            let decided = path == "/v1/tasks/task/images/arriving/decisions";
            Some(if decided { json!({"decisions": [{"label": "cat"}]}) } else { json!({}) }.to_string())
        })
        .await;
        let result = |image: &str, state: ResultState| Verdict {
            image_id: image.to_owned(),
            state: state.into(),
            ..Verdict::default()
        };
        let results = [
            result("arrived", ResultState::Decided),
            result("arriving", ResultState::Pending),
            result("open", ResultState::Pending),
            result("arriving", ResultState::Undecided),
        ];
        assert_eq!(decided(&client, "task", &results).await, Ok(2));
    }
}
