//! What budgets ask for, and whether that many pods are ready at every moment.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, ensure};
use labelmesh_servers::Program;
use serde_json::{Deserializer, Value};
use tokio::time::{Instant, sleep};

use crate::{check::array, deploy::read, kubectl::Kubectl, layout::Layout};

const KIND: &str = "poddisruptionbudgets.policy";
const LABEL: &str = "app.kubernetes.io/name";
/// How long until budgets have noticed that all pods are ready, and kubectl watches them.
const KNOWN_WITHIN: Duration = Duration::from_secs(30);
const PULSE: Duration = Duration::from_millis(500);

/// How many pods of a service have to be ready.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) service: String,
    pub(super) least: usize,
    /// How many may go at present.
    allowed: u64,
}

impl Budget {
    /// All that there are, when each of them lets a pod go.
    ///
    /// # Errors
    /// If there are none, if one lets nobody go though all pods are ready, or as kubectl says.
    pub(super) async fn all(kubectl: &Kubectl) -> anyhow::Result<Vec<Self>> {
        let deadline = Instant::now() + KNOWN_WITHIN;
        loop {
            let list = kubectl.get(&["--namespace", "labelmesh", KIND])?;
            let budgets = array(&list["items"]).map(Self::read).collect::<anyhow::Result<Vec<_>>>()?;
            ensure!(!budgets.is_empty(), "there are no budgets");
            let Some(closed) = budgets.iter().find(|budget| budget.allowed == 0) else { return Ok(budgets) };
            ensure!(Instant::now() < deadline, "the budget of {} lets no pod go", closed.service);
            sleep(PULSE).await;
        }
    }

    fn read(object: &Value) -> anyhow::Result<Self> {
        let (name, status) = (&object["metadata"]["name"], &object["status"]);
        let number = |field: &str| status[field].as_u64().with_context(|| format!("the budget {name} has no {field}"));
        let service = object["spec"]["selector"]["matchLabels"][LABEL].as_str();
        Ok(Self {
            service: service.with_context(|| format!("the budget {name} is for no service"))?.to_owned(),
            least: usize::try_from(number("desiredHealthy")?)?,
            allowed: number("disruptionsAllowed")?,
        })
    }
}

/// kubectl, which writes down every change of a pod. It ends when the value is dropped.
pub(super) struct Watch<'a> {
    program: Program,
    log: PathBuf,
    budgets: &'a [Budget],
}

impl<'a> Watch<'a> {
    /// Begins, and waits until each budget has more ready pods than it asks for.
    ///
    /// # Errors
    /// If one does not, or if kubectl can't watch.
    pub(super) async fn start(layout: &Layout, kubectl: &Kubectl, budgets: &'a [Budget]) -> anyhow::Result<Self> {
        let log = layout.log("drained-pods");
        fs::write(&log, "")?;
        let get = ["get", "pods", "--namespace", "labelmesh", "--watch", "--output-watch-events", "--output", "json"];
        let watch = Self { program: Program::start(kubectl.command(&get), &log)?, log, budgets };
        let deadline = Instant::now() + KNOWN_WITHIN;
        loop {
            let fewest = watch.fewest()?;
            let missing = budgets.iter().find(|budget| !fewest.contains_key(&budget.service));
            let Some(missing) = missing else { return Ok(watch) };
            ensure!(Instant::now() < deadline, "{} has too few pods to lose one", missing.service);
            sleep(PULSE).await;
        }
    }

    /// Makes sure that each budget has been kept since then.
    ///
    /// # Errors
    /// If one was not, or if it is not known.
    pub(super) fn end(self) -> anyhow::Result<()> {
        ensure!(self.program.ended().is_none(), "kubectl did not go on watching: {}", self.program.log_tail());
        let fewest = self.fewest()?;
        for Budget { service, least, .. } in self.budgets {
            let had = fewest.get(service).copied().unwrap_or_default();
            ensure!(had >= *least, "{service} had {had} pods that were ready, and its budget asks for {least}");
        }
        Ok(())
    }

    fn fewest(&self) -> anyhow::Result<BTreeMap<String, usize>> {
        let written = read(&self.log)?;
        let mut events = Vec::new();
        for event in Deserializer::from_str(&written).into_iter::<Value>() {
            match event {
                Ok(event) => events.push(event),
                // What kubectl has written but in part is left for the next time.
                Err(error) if error.is_eof() => break,
                Err(error) => return Err(error).context("what kubectl saw can't be read"),
            }
        }
        Ok(fewest(&events, self.budgets))
    }
}

/// How many pods of each service were ready at least since there were more of them than its budget asks for. Nothing is
/// told of those of whom there never were.
fn fewest(events: &[Value], budgets: &[Budget]) -> BTreeMap<String, usize> {
    let (mut ready, mut fewest) = (BTreeMap::new(), BTreeMap::new());
    for event in events {
        let labels = &event["object"]["metadata"]["labels"];
        let name = event["object"]["metadata"]["name"].as_str().unwrap_or_default();
        if event["type"] != "DELETED" && is_ready(&event["object"]) {
            ready.insert(name, labels[LABEL].as_str().unwrap_or_default());
        } else {
            ready.remove(name);
        }
        for Budget { service, least, .. } in budgets {
            let has = ready.values().filter(|of| **of == service.as_str()).count();
            if fewest.contains_key(service) || has > *least {
                let fewest = fewest.entry(service.clone()).or_insert(has);
                *fewest = has.min(*fewest);
            }
        }
    }
    fewest
}

/// Whether a pod can be called, and is not on its way out.
fn is_ready(pod: &Value) -> bool {
    let mut conditions = array(&pod["status"]["conditions"]);
    let is_ready = conditions.any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
    is_ready && pod["metadata"]["deletionTimestamp"].is_null()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, name: &str, ready: bool, ends: bool) -> Value {
        let ends = if ends { json!("2026-12-01T12:00:00Z") } else { Value::Null };
        let status = if ready { "True" } else { "False" };
        json!({"type": kind, "object": {
            "metadata": {"name": name, "labels": {LABEL: "users"}, "deletionTimestamp": ends},
            "status": {"conditions": [{"type": "Ready", "status": status}]},
        }})
    }

    #[test]
    fn the_fewest_pods_are_those_that_were_ready_at_the_worst_moment() {
        let budgets = [("users", 1), ("auth", 1)].map(|(service, least)| Budget {
            service: service.to_owned(),
            least,
            allowed: 1,
        });
        let mut events = vec![event("ADDED", "a", true, false)];
        assert_eq!(fewest(&events, &budgets), BTreeMap::new(), "it has no pod to lose");
        let users = |number: usize| BTreeMap::from([("users".to_owned(), number)]);
        events.push(event("ADDED", "b", true, false));
        assert_eq!(fewest(&events, &budgets), users(2));
        events.extend([event("MODIFIED", "a", true, true), event("ADDED", "c", false, false)]);
        assert_eq!(fewest(&events, &budgets), users(1), "one ends, and its successor has not begun");
        events.extend([event("MODIFIED", "c", true, false), event("DELETED", "a", false, true)]);
        assert_eq!(fewest(&events, &budgets), users(1), "the worst moment is what counts");
        events.extend([event("MODIFIED", "b", true, true), event("MODIFIED", "c", false, false)]);
        assert_eq!(fewest(&events, &budgets), users(0), "one ends, and the other one is ill");
    }
}
