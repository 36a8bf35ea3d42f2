//! What is wrong with what somebody applies.

use std::process::Output;

use anyhow::{Context as _, ensure};
use labelmesh_manifests::{Kustomization, documents};
use serde::Deserialize;
use serde_json::Value;

use super::{
    platform::{Platform, together},
    pods,
    server::Server,
};
use crate::command::{answer, output};

/// What came of one kustomization.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) objects: usize,
    pub(super) pods: usize,
    /// What is wrong, each with the object's name.
    pub(super) faults: Vec<String>,
}

/// Renders a kustomization, applies it and takes it away again. What is wrong is not an error.
///
/// # Errors
/// If a program can't be started, or what was applied does not go.
pub(super) fn judge(server: &Server, platform: &Platform, kustomization: &Kustomization) -> anyhow::Result<Judged> {
    let objects = match kustomization.render(server.renderer()) {
        Ok(objects) => objects,
        Err(error) => return Ok(Judged { faults: vec![format!("{error:#}")], ..Judged::default() }),
    };
    let manifests = together(&objects);
    let mut faults = labelmesh_manifests::faults(&objects, platform.brought());
    // The containers of a pod have the same image.
    faults.dedup();
    faults.extend(refusals(&server.apply(&manifests)?));
    faults.extend(refusals_by_status(&answer(&mut server.istioctl(&["validate", "--filename=-"]), &manifests)?));
    let (outside, inside): (Vec<_>, Vec<_>) = objects.iter().cloned().partition(|object| is_outside(object, &objects));
    let injected = platform.inject(server, &together(&inside))?;
    faults.extend(refusals_by_status(&injected));
    let inside = documents(&String::from_utf8_lossy(&injected.stdout)).context("what istioctl injected")?;
    let pods = [pods::of(&inside), pods::of(&outside)].concat();
    let create = ["create", "--validate=strict", "--filename=-"];
    faults.extend(refusals(&answer(&mut server.kubectl(&create), &together(&pods))?));
    faults.extend(analyze(server)?);
    // Namespaces stay: nobody is here who could end one.
    let is_kept = |object: &Value| object["kind"] == "Namespace";
    let (count, gone) = (objects.len(), objects.into_iter().filter(|object| !is_kept(object)));
    let gone: Vec<_> = gone.chain(pods.iter().cloned()).collect();
    let remove = ["delete", "--wait=false", "--ignore-not-found", "--filename=-"];
    let removed = answer(&mut server.kubectl(&remove), &together(&gone))?;
    // What has no kind can't be removed, nor was it there.
    ensure!(removed.status.success() || !faults.is_empty(), "{}", String::from_utf8_lossy(&removed.stderr).trim());
    Ok(Judged { objects: count, pods: pods.len(), faults })
}

/// Whether an object is in a namespace among these that keeps out of the mesh.
fn is_outside(object: &Value, objects: &[Value]) -> bool {
    let keeps_out = |namespace: &Value| namespace["metadata"]["labels"]["istio-injection"] == "disabled";
    let namespaces = objects.iter().filter(|object| object["kind"] == "Namespace");
    let own = &object["metadata"]["namespace"];
    namespaces.filter(|namespace| keeps_out(namespace)).any(|namespace| namespace["metadata"]["name"] == *own)
}

/// What Istio's analysis finds in the whole cluster: its warnings are faults, too.
fn analyze(server: &Server) -> anyhow::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Found {
        code: String,
        message: String,
        origin: String,
    }
    let analyze = ["analyze", "--all-namespaces", "--output=json", "--output-threshold=Warning"];
    let text = output(&mut server.istioctl(&analyze))?;
    let found: Vec<Found> = serde_json::from_str(&text).with_context(|| format!("what istioctl found: {text}"))?;
    Ok(found.into_iter().map(|Found { code, message, origin }| format!("{origin}: {message} ({code})")).collect())
}

/// What a program complained about, warnings among it.
fn refusals(said: &Output) -> Vec<String> {
    let mut faults = Vec::<String>::new();
    for line in String::from_utf8_lossy(&said.stderr).lines().filter(|line| !line.trim().is_empty()) {
        match faults.last_mut() {
            // Of a list each item is one, and what else is indented belongs to the line before.
            Some(last) if line.starts_with([' ', '\t']) && !line.trim_start().starts_with("* ") => {
                *last += &format!("\n{}", line.trim());
            }
            _ => faults.push(line.trim().trim_start_matches("* ").to_owned()),
        }
    }
    faults.retain(|fault| !fault.ends_with("occurred:"));
    if faults.is_empty() && !said.status.success() {
        faults.push(format!("a program ended with {}", said.status));
    }
    faults
}

/// The same of a program that also says what is well.
fn refusals_by_status(said: &Output) -> Vec<String> {
    if said.status.success() { Vec::new() } else { refusals(said) }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

    use super::*;

    fn said(stderr: &str) -> Vec<String> {
        let status = ExitStatus::from_raw(256);
        refusals(&Output { status, stdout: Vec::new(), stderr: stderr.into() })
    }

    #[test]
    fn a_complaint_of_several_lines_is_one_and_of_a_list_each_item_is() {
        let kubectl =
            "Error from server: (labelmesh/calls): errors:\n  .spec.a: not declared\n  .spec.b: not declared\n";
        let all = "Error from server: (labelmesh/calls): errors:\n.spec.a: not declared\n.spec.b: not declared";
        assert_eq!(said(kubectl), [all]);
        let istioctl = "Error: 2 errors occurred:\n\t* Service/labelmesh/auth: a\n\t* Service/labelmesh/users: b\n\n";
        assert_eq!(said(istioctl), ["Service/labelmesh/auth: a", "Service/labelmesh/users: b"]);
        assert_eq!(said(""), ["a program ended with exit status: 1"]);
    }
}
