//! What the role of a service may reach of PostgreSQL.

use anyhow::{Result, bail, ensure};
use labelmesh_cluster::Service;
use sqlx::{Connection as _, PgConnection};

use crate::people::shared;

/// "permission denied" and "insufficient privilege" of SQL.
const NOT_ALLOWED: &str = "42501";

#[tokio::test]
async fn a_service_connects_to_its_own_database_and_to_no_other() -> Result<()> {
    let cluster = shared().await;
    for role in Service::with_data() {
        for service in Service::with_data() {
            let connected = PgConnection::connect(&cluster.database_url_as(role, service)).await;
            match connected {
                Ok(connection) => {
                    connection.close().await?;
                    ensure!(role == service, "{role} connects to the database of {service}");
                }
                Err(sqlx::Error::Database(refused)) if role != service => {
                    ensure!(refused.code().as_deref() == Some(NOT_ALLOWED), "{role} at {service}: {refused}");
                }
                Err(error) => bail!("{role} at the database of {service}: {error}"),
            }
        }
    }
    Ok(())
}
