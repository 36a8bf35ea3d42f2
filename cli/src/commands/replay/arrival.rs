//! How many images are decided, where what was decided may not have arrived among the results yet.

use std::future::ready;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use crate::{
    api::{Api, Rpc, field},
    exit::Failure,
};

/// How many images are asked after at once.
const AT_ONCE: usize = 8;

/// How many of a task's images are decided: by these results, or else by what each image says of itself, which is known at
/// once.
pub(super) async fn decided(api: &Api, task: &str, results: &[Value]) -> Result<u64, Failure> {
    let of = |state: &'static str| results.iter().filter(move |result| field(result, "state") == state);
    let arriving = stream::iter(of("RESULT_STATE_PENDING"))
        .map(|result| has_decision(api, task, field(result, "imageId")))
        .buffer_unordered(AT_ONCE)
        .try_filter(|has| ready(*has));
    let arriving: Vec<bool> = arriving.boxed().try_collect().await?;
    Ok((of("RESULT_STATE_DECIDED").count() + arriving.len()) as u64)
}

async fn has_decision(api: &Api, task: &str, image: &str) -> Result<bool, Failure> {
    let mut decisions = api.list(&Rpc::LIST_DECISIONS, &[task, image], "decisions", 1).boxed();
    Ok(decisions.try_next().await?.is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::stub;

    #[tokio::test]
    async fn images_whose_decision_has_not_arrived_are_counted_too() {
        let api = stub(|path, _| async move {
            let decided = path == "/v1/tasks/task/images/arriving/decisions";
            Some(if decided { json!({"decisions": [{"label": "cat"}]}) } else { json!({}) }.to_string())
        })
        .await;
        let result = |image: &str, state: &str| json!({"imageId": image, "state": format!("RESULT_STATE_{state}")});
        let results = [
            result("arrived", "DECIDED"),
            result("arriving", "PENDING"),
            result("open", "PENDING"),
            result("arriving", "UNDECIDED"),
        ];
        assert_eq!(decided(&api, "task", &results).await, Ok(2));
    }
}
