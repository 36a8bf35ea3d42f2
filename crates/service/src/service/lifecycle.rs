//! The order in which a service stops.

use std::{convert::Infallible, time::Duration};

use anyhow::{Result, anyhow};
use http::{Request, Response};
use labelmesh_server::{Draining, listen};
use tokio::{
    net::TcpListener,
    task::{Id, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tower::Service as TowerService;

use super::{Handle, Service};
use crate::{admin, health};

/// How long background tasks may take to end.
const TASKS_GRACE: Duration = Duration::from_secs(5);

/// A service on its way from its start to its end.
pub(super) struct Lifecycle {
    service: Service,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
    names: Vec<(Id, &'static str)>,
}

impl Lifecycle {
    pub(super) fn new(service: Service) -> Self {
        Self { service, shutdown: CancellationToken::new(), tasks: JoinSet::new(), names: Vec::new() }
    }

    pub(super) fn start<S, B>(mut self, listener: TcpListener, admin: TcpListener, app: S) -> Result<Handle>
    where
        S: TowerService<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send>
            + Clone
            + Send
            + 'static,
        B: listen::AnswerBody,
    {
        let (grpc_addr, admin_addr, shutdown) = (listener.local_addr()?, admin.local_addr()?, self.shutdown.clone());
        for (name, task) in std::mem::take(&mut self.service.tasks) {
            let id = self.tasks.spawn(task).id();
            self.names.push((id, name));
        }
        tracing::info!(service.name = self.service.name, %grpc_addr, %admin_addr, "started");
        let running = Some(tokio::spawn(self.run(listener, admin, app)));
        Ok(Handle { grpc_addr, admin_addr, shutdown, running })
    }

    async fn run<S, B>(mut self, listener: TcpListener, admin: TcpListener, app: S) -> Result<()>
    where
        S: TowerService<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send>
            + Clone
            + Send
            + 'static,
        B: listen::AnswerBody,
    {
        let faults = self.service.readiness.watch();
        let (service, end) = (&self.service, Draining::default());
        let readiness = tokio::spawn(service.readiness.clone().run(self.shutdown.clone()));
        let health = health::report(service.reporter.clone(), health::services(service.name), faults.clone());
        let health = tokio::spawn(health);
        let admin = tokio::spawn(admin::serve(admin, faults, end.clone()));
        let drain = service.basics.drain;
        let grace = Duration::from_millis(drain.grace_ms);
        let (bounds, closing) = (service.bounds.clone(), service.closing.clone());
        let serving = tokio::spawn(listen::serve(listener, app, bounds, closing, grace));

        let result = tokio::select! {
            () = self.shutdown.cancelled() => Ok(()),
            Some(ended) = self.tasks.join_next_with_id() => Err(self.fault(ended)),
        };
        self.shutdown.cancel();
        let _ = readiness.await;
        sleep(Duration::from_millis(drain.delay_ms)).await;
        self.service.closing.begin();
        let _ = serving.await;
        self.stop_tasks().await;
        health.abort();
        end.begin();
        let _ = admin.await;
        tracing::info!(service.name = self.service.name, "stopped");
        result
    }

    fn fault(&self, ended: Result<(Id, ()), tokio::task::JoinError>) -> anyhow::Error {
        let id = ended.as_ref().map_or_else(tokio::task::JoinError::id, |(id, ())| *id);
        let name = self.names.iter().find(|(named, _)| *named == id).map_or("?", |(_, name)| *name);
        tracing::error!(task.name = name, panicked = ended.is_err(), "a background task ended; stopping");
        anyhow!("the background task {name} ended before it was told to")
    }

    async fn stop_tasks(&mut self) {
        self.service.stop.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(TASKS_GRACE, all).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "background tasks did not end in time");
            self.tasks.shutdown().await;
        }
    }
}
