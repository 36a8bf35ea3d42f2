//! Databases that are migrated once a process and service, then cloned for each test.

use std::collections::HashMap;

use labelmesh_servers::Postgres;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::sync::Mutex;

use crate::{left_over, unique};

/// The roles of a service for tests: they can log in, and have the rights of those that migrations name.
pub(crate) struct Roles {
    pub(crate) owner: String,
    pub(crate) app: String,
    pub(crate) password: String,
}

impl Roles {
    fn new(postgres: &Postgres, service: &str) -> Self {
        // Known to every test process that knows the superuser's URL, and to nobody else.
        let password = hex::encode(&Sha256::digest(format!("{}#{service}", postgres.admin_url()))[..16]);
        Self { owner: format!("test_{service}_owner"), app: format!("test_{service}"), password }
    }

    pub(crate) fn url(&self, postgres: &Postgres, role: &str, database: &str) -> String {
        let url = postgres.url(database);
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        format!("{scheme}://{role}:{}@{host}", self.password)
    }
}

/// The template of a service on a server, made when it is first asked for.
pub(crate) async fn of<F>(postgres: &Postgres, service: &str, migrate: F) -> anyhow::Result<(String, Roles)>
where
    F: AsyncFnOnce(&str) -> anyhow::Result<()>,
{
    /// Server and service -> template.
    static MADE: Mutex<Option<HashMap<(String, String), String>>> = Mutex::const_new(None);
    let roles = Roles::new(postgres, service);
    let mut made = MADE.lock().await;
    let made = made.get_or_insert_default();
    let key = (postgres.admin_url(), service.to_owned());
    if let Some(template) = made.get(&key) {
        return Ok((template.clone(), roles));
    }
    let mut admin = PgConnection::connect(&postgres.admin_url()).await?;
    sqlx::raw_sql(AssertSqlSafe(create_roles(service, &roles))).execute(&mut admin).await?;
    left_over::sweep(&mut admin).await?;
    let template = create(&mut admin, postgres, service, &roles, migrate).await?;
    admin.close().await?;
    made.insert(key, template.clone());
    Ok((template, roles))
}

async fn create<F>(
    admin: &mut PgConnection,
    postgres: &Postgres,
    service: &str,
    roles: &Roles,
    migrate: F,
) -> anyhow::Result<String>
where
    F: AsyncFnOnce(&str) -> anyhow::Result<()>,
{
    let template = unique(&format!("template_{service}_"));
    let create = format!("CREATE DATABASE {template} OWNER {}", roles.owner);
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut *admin).await?;
    left_over::mark(&mut *admin, &template).await?;
    migrate(&roles.url(postgres, &roles.owner, &template)).await?;
    // A database can be cloned while nobody is connected; nobody has reason to be.
    let seal = format!("ALTER DATABASE {template} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
    sqlx::raw_sql(AssertSqlSafe(seal)).execute(admin).await?;
    Ok(template)
}

/// Creates what is missing; two processes may do so at once, and one of them then finds the other's.
fn create_roles(service: &str, roles: &Roles) -> String {
    let Roles { owner, app, password } = roles;
    let create = |role: &str, how: &str| {
        format!(
            "BEGIN CREATE ROLE {role} {how}; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;\n"
        )
    };
    format!(
        "DO $$ BEGIN\n{}{}{}\
         PERFORM pg_advisory_xact_lock(hashtext('labelmesh test roles'));\n\
         GRANT {service} TO {app};\nEND $$",
        create(service, "NOLOGIN"),
        create(owner, &format!("LOGIN PASSWORD '{password}'")),
        create(app, &format!("LOGIN PASSWORD '{password}'")),
    )
}
