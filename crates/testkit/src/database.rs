//! A database for one test.

use labelmesh_servers::Postgres;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};

use crate::{aside, left_over, servers, template, unique};

/// An empty, migrated database with an owner and the role that the service runs under. Dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    admin_url: String,
    superuser_url: String,
    owner_url: String,
    app_url: String,
}

impl TestDatabase {
    /// A database of `service`, cloned from a template that `migrate` has brought to the present schema once.
    /// `migrate` gets the owner's URL.
    ///
    /// # Panics
    /// If there is no server or the migration fails.
    pub async fn create<F>(service: &str, migrate: F) -> Self
    where
        F: AsyncFnOnce(&str) -> anyhow::Result<()>,
    {
        Self::create_on(servers::postgres().await, service, migrate).await
    }

    /// The same on a server of the test's own, which may then be killed and restarted.
    ///
    /// # Panics
    /// If the migration fails.
    pub async fn create_on<F>(postgres: &Postgres, service: &str, migrate: F) -> Self
    where
        F: AsyncFnOnce(&str) -> anyhow::Result<()>,
    {
        let (template, roles) = template::of(postgres, service, migrate).await.expect("the schema is migrated");
        let name = unique(&format!("test_{service}_"));
        let clone = format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {}", roles.owner);
        let mut admin = PgConnection::connect(&postgres.admin_url()).await.expect("a server");
        sqlx::raw_sql(AssertSqlSafe(clone)).execute(&mut admin).await.expect("the template is cloned");
        left_over::mark(&mut admin, &name).await.expect("a comment");
        admin.close().await.expect("a polite end");
        Self {
            admin_url: postgres.admin_url(),
            superuser_url: postgres.url(&name),
            owner_url: roles.url(postgres, &roles.owner, &name),
            app_url: roles.url(postgres, &roles.app, &name),
            name,
        }
    }

    /// The URL for the service itself: its role can change data, not the schema.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.app_url
    }

    /// The URL of the owner, for migrations.
    #[must_use]
    pub fn owner_url(&self) -> &str {
        &self.owner_url
    }

    /// The URL of the superuser, for a test that looks behind.
    #[must_use]
    pub fn superuser_url(&self) -> &str {
        &self.superuser_url
    }

    /// A small pool under the service's role.
    ///
    /// # Panics
    /// Never: the URL is one.
    #[must_use]
    pub fn pool(&self) -> PgPool {
        let config = labelmesh_pg::Config { max_connections: 8, ..labelmesh_pg::Config::new(&*self.app_url) };
        labelmesh_pg::connect(&config, "test").expect("a URL")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (url, statement) = (self.admin_url.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        aside::run(async move {
            // A server that was stopped by its test has taken the database with it.
            let Ok(mut admin) = PgConnection::connect(&url).await else { return };
            let _ = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await;
            let _ = admin.close().await;
        });
    }
}
