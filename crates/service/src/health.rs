//! gRPC health and reflection.

use labelmesh_proto::method::METHODS;
use tokio::sync::watch;
use tonic::service::Routes;
use tonic_health::{ServingStatus, pb, server::HealthReporter};
use tonic_reflection::server::Builder;

use crate::readiness::Faults;

/// The gRPC services that the binary of this name serves: those of the package `labelmesh.<name>.v1`; for the gateway,
/// which serves none of its own, all that have a route.
pub(crate) fn services(name: &str) -> Vec<&'static str> {
    let package = format!("labelmesh.{name}.v1");
    let own = METHODS.iter().filter(|method| method.package() == package).map(|method| method.service());
    let mut services: Vec<_> = own.collect();
    if services.is_empty() {
        services = METHODS.iter().filter(|method| method.routed).map(|method| method.service()).collect();
    }
    services.dedup();
    services
}

/// Adds health, and reflection (v1 and v1alpha) for these services, which are described by a set of files.
pub(crate) fn add(
    routes: Routes,
    services: &[&str],
    descriptors: &[u8],
    reporter: HealthReporter,
) -> anyhow::Result<Routes> {
    let health =
        pb::health_server::HealthServer::new(tonic_health::server::HealthService::from_health_reporter(reporter));
    let builder = || {
        let builder = Builder::configure()
            .register_encoded_file_descriptor_set(descriptors)
            .register_encoded_file_descriptor_set(pb::FILE_DESCRIPTOR_SET)
            .with_service_name("grpc.health.v1.Health");
        services.iter().fold(builder, |builder, service| builder.with_service_name(*service))
    };
    Ok(routes.add_service(health).add_service(builder().build_v1()?).add_service(builder().build_v1alpha()?))
}

/// Makes every service known, not yet serving: who asks as soon as the port is open hears so, not that there is none.
pub(crate) async fn announce(reporter: &HealthReporter, services: &[&'static str]) {
    for service in services.iter().copied().chain([""]) {
        reporter.set_service_status(service, ServingStatus::NotServing).await;
    }
}

/// Keeps health as true as readiness, for the server as a whole ("") and each of its services.
pub(crate) async fn report(reporter: HealthReporter, services: Vec<&'static str>, mut faults: watch::Receiver<Faults>) {
    loop {
        let ready = faults.borrow_and_update().is_empty();
        let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        for service in services.iter().copied().chain([""]) {
            reporter.set_service_status(service, status).await;
        }
        if faults.changed().await.is_err() {
            return;
        }
    }
}
