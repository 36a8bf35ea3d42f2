//! A database and two roles for each service that keeps data: the owner, who may change the schema, and the role that
//! the service has, which may not.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, bail};
use futures::future::try_join_all;
use labelmesh_servers::{Postgres, Program};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

use crate::{Service, folder::Folder};

/// How long a service may take to bring its database to the present schema.
const MIGRATED_WITHIN: Duration = Duration::from_secs(60);

/// The databases of one system on a server.
#[derive(Debug, Clone)]
pub(crate) struct Databases {
    /// Begins every database's name; empty on a server of our own.
    prefix: String,
    /// The superuser's URL with an empty path.
    admin_url: String,
}

impl Databases {
    /// Creates what is missing and brings all to the present schema, as `binary` knows it.
    pub(crate) async fn prepare(
        postgres: &Postgres,
        prefix: &str,
        binary: &Path,
        folder: &Folder,
    ) -> anyhow::Result<Self> {
        let databases = Self { prefix: prefix.to_owned(), admin_url: postgres.admin_url() };
        let mut admin = PgConnection::connect(&databases.admin_url).await.context("can't reach PostgreSQL")?;
        for service in Service::with_data() {
            databases
                .create(&mut admin, service)
                .await
                .with_context(|| format!("can't make the database of {service}"))?;
        }
        // On a server of our own. Somebody else may have use for theirs.
        if prefix.is_empty() {
            run(&mut admin, "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC".to_owned()).await?;
        }
        // Whether it ends politely does not matter.
        let _ = admin.close().await;
        let log = |service| folder.logs().join(format!("{service}-migrate.log"));
        try_join_all(Service::with_data().map(|service| databases.migrate(service, binary, log(service)))).await?;
        Ok(databases)
    }

    async fn create(&self, admin: &mut PgConnection, service: Service) -> anyhow::Result<()> {
        let (database, owner, role) = (self.name(service), owner(service), service.name());
        let owner_password = self.password(&owner);
        let password = self.password(role);
        for (role, password) in [(owner.as_str(), owner_password), (role, password)] {
            // Names and passwords are ours: letters, digits and underscores.
            run(
                admin,
                format!("DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"),
            )
            .await?;
            run(admin, format!("ALTER ROLE {role} PASSWORD '{password}'")).await?;
        }
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(&database)
            .fetch_one(&mut *admin)
            .await?;
        if !known {
            run(admin, format!("CREATE DATABASE {database} OWNER {owner}")).await?;
        }
        // By default anybody may connect to any database.
        run(admin, format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC")).await?;
        run(admin, format!("GRANT CONNECT ON DATABASE {database} TO {role}")).await
    }

    /// Migrates as an administrator does: by the service's own command, which alone is told the owner's password.
    async fn migrate(&self, service: Service, binary: &Path, log: PathBuf) -> anyhow::Result<()> {
        let mut command = Command::new(binary);
        let url = format!("{}__MIGRATE_URL", service.name().to_uppercase());
        command.args(["migrate", service.name()]).env(url, self.owner_url(service));
        let program = Program::start(command, &log).with_context(|| format!("can't start {}", binary.display()))?;
        program.wait(MIGRATED_WITHIN).await;
        match program.ended() {
            Some(status) if status.success() => Ok(()),
            Some(status) => bail!("can't migrate {service} ({status}); its log says:\n{}", program.log_tail()),
            None => bail!("{service} is not migrated after {} s", MIGRATED_WITHIN.as_secs()),
        }
    }

    /// Removes the databases; for a server of somebody else's.
    pub(crate) async fn remove(&self) -> anyhow::Result<()> {
        let mut admin = PgConnection::connect(&self.admin_url).await?;
        for service in Service::with_data() {
            run(&mut admin, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name(service))).await?;
        }
        Ok(())
    }

    /// As the service connects.
    pub(crate) fn url(&self, service: Service) -> String {
        self.url_of(service, service.name())
    }

    /// As migrations connect.
    fn owner_url(&self, service: Service) -> String {
        self.url_of(service, &owner(service))
    }

    /// As a checker connects, who may read everything.
    pub(crate) fn admin_url(&self, service: Service) -> String {
        let mut url = Url::parse(&self.admin_url).expect("PostgreSQL was reached by it");
        url.set_path(&self.name(service));
        url.to_string()
    }

    /// The URL of a service's database for a role.
    pub(crate) fn url_of(&self, service: Service, role: &str) -> String {
        let mut url = Url::parse(&self.admin_url(service)).expect("made from a URL");
        // Only a URL without a host refuses, and PostgreSQL was reached by this one.
        let _ = url.set_username(role);
        let _ = url.set_password(Some(&self.password(role)));
        url.to_string()
    }

    fn name(&self, service: Service) -> String {
        format!("{}{service}", self.prefix)
    }

    /// Follows from what only a superuser of this server knows, so that it need not be kept anywhere and two systems
    /// on one server agree on it. The port is left out: it changes with every start.
    fn password(&self, role: &str) -> String {
        let url = Url::parse(&self.admin_url).ok();
        let secret = url.as_ref().and_then(|url| url.password()).unwrap_or(&self.admin_url);
        hex::encode(Sha256::digest(format!("labelmesh role {role} {secret}")))
    }
}

fn owner(service: Service) -> String {
    format!("{service}_owner")
}

async fn run(connection: &mut PgConnection, sql: String) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}
