//! The way of a call, as its spans tell it: from the client over the ingress to the gateway, and from each service that
//! calls another over both their sidecars.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};

use crate::jaeger::Span;

/// How the ingress gateway's Envoy names itself.
const INGRESS: &str = "istio-ingressgateway.istio-system";
/// What sidecars add to the name of their service.
const NAMESPACE: &str = ".labelmesh";

/// Makes sure that every span is a part of the client's, and that every call went over all hops, each of them once.
/// The ways to the services, for people to read.
///
/// # Errors
/// Says what is missing, and where a span hangs elsewhere.
pub(super) fn check(spans: &[Span], client: &str, services: &[&str]) -> anyhow::Result<String> {
    let by_id: BTreeMap<_, _> = spans.iter().map(|span| (span.id.as_str(), span)).collect();
    ensure!(by_id.len() == spans.len(), "of {} spans some have the same id", spans.len());
    let mut reached = BTreeSet::new();
    let mut ways = vec![];
    for span in spans {
        let way = way(span, client, &by_id)?;
        if span.kind == "server" && !is_proxy(span) {
            follow(&way)?;
            reached.insert(span.maker.as_str());
            ways.push(told(&way));
        }
    }
    let missing: Vec<_> = services.iter().filter(|service| !reached.contains(*service)).collect();
    ensure!(missing.is_empty(), "no span of {missing:?} is there; of {} spans: {}", spans.len(), ways.join("; "));
    for span in spans.iter().filter(|span| hands_on(span)) {
        let next = spans.iter().filter(|next| next.parent.as_ref() == Some(&span.id) && is_hop(next)).count();
        ensure!(next == 1, "{} was handed on {next} times", shown(span));
    }
    ways.sort_unstable();
    Ok(ways.join("; "))
}

/// The spans from one up to the client's.
fn way<'a>(span: &'a Span, client: &str, by_id: &BTreeMap<&str, &'a Span>) -> anyhow::Result<Vec<&'a Span>> {
    let mut way = vec![span];
    let mut at = span;
    loop {
        let parent = at.parent.as_deref().with_context(|| format!("{} has no parent", shown(at)))?;
        if parent == client {
            return Ok(way);
        }
        at = by_id.get(parent).copied().with_context(|| format!("the parent of {} is not there", shown(at)))?;
        ensure!(way.len() <= by_id.len(), "{} is its own parent", shown(at));
        way.push(at);
    }
}

/// Goes up from a service: its sidecar, the caller's sidecar, the caller, and at last the ingress.
fn follow(way: &[&Span]) -> anyhow::Result<()> {
    let hops: Vec<_> = way.iter().filter(|span| is_hop(span)).collect();
    let mut hops = hops.as_slice();
    loop {
        let [callee, inbound, outbound, caller, rest @ ..] = hops else {
            anyhow::bail!("the way ends early: {}", told(way));
        };
        let of_callee = format!("{}{NAMESPACE}", callee.maker);
        let of_caller = if outbound.maker == INGRESS { INGRESS } else { outbound.maker.trim_end_matches(NAMESPACE) };
        let right = [
            callee.kind == "server" && !is_proxy(callee),
            inbound.kind == "server" && inbound.maker == of_callee,
            outbound.kind == "client" && is_proxy(outbound),
            caller.maker == of_caller,
        ];
        ensure!(right.iter().all(|right| *right), "the way is another: {}", told(way));
        if of_caller == INGRESS {
            ensure!(caller.kind == "server" && rest.is_empty(), "the ingress is not the beginning: {}", told(way));
            return Ok(());
        }
        ensure!(caller.kind == "client", "nobody called: {}", told(way));
        hops = rest;
    }
}

/// Whether it is one of the steps of a call, and not what a service does beside, such as a transaction.
fn is_hop(span: &Span) -> bool {
    is_proxy(span) || span.kind == "server" || span.method.is_some()
}

/// Whether somebody else has to have a span of the same call.
fn hands_on(span: &Span) -> bool {
    is_proxy(span) || span.kind == "client" && span.method.is_some()
}

fn is_proxy(span: &Span) -> bool {
    span.maker == INGRESS || span.maker.ends_with(NAMESPACE)
}

/// The steps of a way, from the client on.
fn told(way: &[&Span]) -> String {
    let steps = way.iter().rev().filter(|span| is_hop(span)).map(|span| format!("{} ({})", span.maker, span.kind));
    steps.collect::<Vec<_>>().join(" > ")
}

fn shown(span: &Span) -> String {
    format!("the span {:?} of {} ({})", span.name, span.maker, span.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "client";

    /// A span whose parent is the one before, unless another is named.
    fn span(id: &str, parent: &str, maker: &str, kind: &str) -> Span {
        let method = (!maker.contains('.')).then(|| "labelmesh.tasks.v1.TaskService/GetTask".to_owned());
        Span {
            id: id.into(),
            parent: Some(parent.into()),
            maker: maker.into(),
            name: id.into(),
            kind: kind.into(),
            method,
        }
    }

    /// One call of tasks, through the ingress and the gateway.
    fn trace() -> Vec<Span> {
        let hops = [
            (INGRESS, "server"),
            (INGRESS, "client"),
            ("gateway.labelmesh", "server"),
            ("gateway", "server"),
            ("gateway", "client"),
            ("gateway.labelmesh", "client"),
            ("tasks.labelmesh", "server"),
            ("tasks", "server"),
        ];
        let ids = [CLIENT, "0", "1", "2", "3", "4", "5", "6", "7"];
        let span = |(at, (maker, kind)): (usize, (&str, &str))| span(ids[at + 1], ids[at], maker, kind);
        hops.into_iter().enumerate().map(span).collect()
    }

    fn fault(spans: &[Span]) -> String {
        check(spans, CLIENT, &["gateway", "tasks"]).expect_err("it is not whole").to_string()
    }

    #[test]
    fn a_call_is_followed_from_the_client_to_the_last_service() {
        let told = check(&trace(), CLIENT, &["gateway", "tasks"]).expect("it is whole");
        assert!(told.ends_with("gateway.labelmesh (client) > tasks.labelmesh (server) > tasks (server)"), "{told}");
    }

    #[test]
    fn what_a_service_does_beside_is_no_hop() {
        let mut spans = trace();
        let mut transaction = span("transaction", "7", "tasks", "client");
        transaction.method = None;
        spans.push(transaction);
        check(&spans, CLIENT, &["tasks"]).expect("it is whole");
    }

    #[test]
    fn a_sidecar_that_made_no_span_is_missed() {
        let mut spans = trace();
        spans.remove(6);
        spans[6].parent = Some("5".into());
        assert!(fault(&spans).starts_with("the way is another"), "{}", fault(&spans));
    }

    #[test]
    fn a_span_whose_parent_did_not_come_is_missed() {
        let mut spans = trace();
        spans.remove(4);
        assert!(fault(&spans).starts_with("the parent of"), "{}", fault(&spans));
    }

    #[test]
    fn a_service_that_made_no_span_is_missed() {
        let mut spans = trace();
        spans.pop();
        assert!(fault(&spans).starts_with("no span of [\"tasks\"]"), "{}", fault(&spans));
    }

    #[test]
    fn a_call_that_was_made_twice_is_seen() {
        let mut spans = trace();
        spans.push(span("again", "5", "tasks.labelmesh", "server"));
        spans.push(span("answered again", "again", "tasks", "server"));
        assert!(fault(&spans).ends_with("was handed on 2 times"), "{}", fault(&spans));
    }

    #[test]
    fn a_trace_of_its_own_is_none_of_the_clients() {
        let mut spans = trace();
        spans[3].parent = None;
        assert!(fault(&spans).ends_with("has no parent"), "{}", fault(&spans));
    }
}
