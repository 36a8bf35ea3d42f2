//! What no manifest has: an installation makes it first.

use serde_json::{Value, json};

/// By namespace, kind and name; the README of `deploy/kubernetes` tells how. What is not in `labelmesh` is for servers
/// that come with an overlay.
const BROUGHT: &[(&str, &str, &str)] = &[
    ("labelmesh", "ConfigMap", "authorities"),
    ("labelmesh", "Secret", "auth"),
    ("labelmesh", "Secret", "auth-owner"),
    ("labelmesh", "Secret", "gateway"),
    ("labelmesh", "Secret", "notify"),
    ("labelmesh", "Secret", "notify-owner"),
    ("labelmesh", "Secret", "renditions"),
    ("labelmesh", "Secret", "renditions-owner"),
    ("labelmesh", "Secret", "renditions-worker"),
    ("labelmesh", "Secret", "subtasks"),
    ("labelmesh", "Secret", "subtasks-owner"),
    ("labelmesh", "Secret", "tasks"),
    ("labelmesh", "Secret", "tasks-owner"),
    ("labelmesh", "Secret", "users"),
    ("labelmesh", "Secret", "users-owner"),
    ("nats", "Secret", "broker-users"),
    ("postgres", "Secret", "auth"),
    ("postgres", "Secret", "auth-owner"),
    ("postgres", "Secret", "backups"),
    ("postgres", "Secret", "notify"),
    ("postgres", "Secret", "notify-owner"),
    ("postgres", "Secret", "renditions"),
    ("postgres", "Secret", "renditions-owner"),
    ("postgres", "Secret", "subtasks"),
    ("postgres", "Secret", "subtasks-owner"),
    ("postgres", "Secret", "tasks"),
    ("postgres", "Secret", "tasks-owner"),
    ("postgres", "Secret", "users"),
    ("postgres", "Secret", "users-owner"),
];

/// All of it as objects, of which nothing but the names is known.
pub(super) fn brought() -> Vec<Value> {
    let head = |namespace: &str, name: &str| json!({"name": name, "namespace": namespace});
    BROUGHT.iter().map(|(namespace, kind, name)| json!({"kind": kind, "metadata": head(namespace, name)})).collect()
}
