//! `./dev secrets`: every secret of an installation on Kubernetes, made once, for its servers and its services.

use std::{
    collections::BTreeMap,
    fs::{DirBuilder, File},
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use labelmesh_clock::Random;
use labelmesh_cluster::Service;
use labelmesh_identity::KeyPair;
use serde_json::{Value, json};

/// The namespace of all services.
const NAMESPACE: &str = "labelmesh";
/// The namespaces of the servers that come with the overlay `complete`.
const POSTGRES: &str = "postgres";
const NATS: &str = "nats";
/// Encrypts and verifies connections to PostgreSQL; the manifests mount the file.
const TLS: &str = "sslmode=verify-full&sslrootcert=/etc/labelmesh/authorities/ca.crt";

/// What to make secrets for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Where to write them: a folder that is not there yet.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Where PostgreSQL answers.
    #[arg(long, value_name = "HOST:PORT", default_value = "postgres.postgres.svc.cluster.local:5432")]
    database: String,
    /// Where PostgreSQL answers who migrates, if not at the same place: behind a pooler that lends connections for one
    /// transaction a migration can't lock.
    #[arg(long, value_name = "HOST:PORT")]
    owners_database: Option<String>,
    /// The key with which tasks and renditions read and write images: its id, a colon, and its secret.
    #[arg(long, value_name = "ID:SECRET", env = "LABELMESH_BLOBS_KEY", hide_env_values = true)]
    blobs_key: String,
    /// The key with which subtasks reads images. It needs no other right.
    #[arg(long, value_name = "ID:SECRET", env = "LABELMESH_BLOBS_READING_KEY", hide_env_values = true)]
    blobs_reading_key: String,
    /// Who notify signs in as at the mail server, if it wants that: a name, a colon, and a password.
    #[arg(long, value_name = "NAME:PASSWORD", env = "LABELMESH_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// The key with which the PostgreSQL of the overlay `complete` writes its backups.
    #[arg(long, value_name = "ID:SECRET", env = "LABELMESH_BACKUPS_KEY", hide_env_values = true)]
    backups_key: Option<String>,
    /// Where the bucket of the backups is.
    #[arg(long, value_name = "REGION", default_value = "eu-central-1")]
    backups_region: String,
}

/// Writes the Secrets, the set-up of the databases, and the broker's users.
///
/// # Errors
/// If the folder is there, since whoever makes new keys loses what was sealed with the old ones; or can't be written.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let secrets = Secrets::make(options, &Random::system())?;
    let folder = &options.folder;
    ensure!(!folder.exists(), "{} is there already: its keys are not to be lost", folder.display());
    DirBuilder::new().mode(0o700).create(folder).with_context(|| format!("can't make {}", folder.display()))?;
    let files = [
        ("secrets.yaml", secrets.manifests()?),
        ("servers.yaml", secrets.of_servers(options)?),
        ("databases.sql", secrets.databases()),
        ("nats.env", secrets.broker_users()),
        ("nats-administrator.seed", format!("{}\n", secrets.broker["administrator"].seed)),
    ];
    for (name, text) in files {
        write(&folder.join(name), &text)?;
    }
    let shown = folder.display();
    println!("{shown}/secrets.yaml            kubectl apply -f it: the Secrets of all services");
    println!(
        "{shown}/servers.yaml            kubectl apply -f it, for the overlay complete: what its servers are told"
    );
    println!(
        "{shown}/databases.sql           psql -f it, as a superuser, for a server of your own: roles and databases"
    );
    println!(
        "{shown}/nats.env                the environment of nats-server, for one of your own: its users' public keys"
    );
    println!("{shown}/nats-administrator.seed for people who look after NATS: nats --nkey");
    println!("The first administrator's password is USERS__SEED__ADMINISTRATOR_PASSWORD in secrets.yaml.");
    println!("Keep the folder as you keep backups: without its keys what is stored under them can't be read.");
    Ok(())
}

/// A user of the broker.
struct BrokerUser {
    seed: String,
    public: String,
}

/// Everything that is made.
struct Secrets {
    /// The environment of each service.
    environments: BTreeMap<&'static str, BTreeMap<String, String>>,
    /// The passwords of the roles of PostgreSQL that own schemas, by service.
    owners: BTreeMap<&'static str, String>,
    /// The passwords of the plain ones.
    roles: BTreeMap<&'static str, String>,
    /// By service, and `administrator`.
    broker: BTreeMap<&'static str, BrokerUser>,
    database: String,
    owners_database: String,
}

impl Secrets {
    fn make(options: &Options, random: &Random) -> anyhow::Result<Self> {
        let passwords = || {
            let password = |service: Service| (service.name(), hex::encode(random.bytes::<16>()));
            Service::with_data().map(password).collect::<BTreeMap<_, _>>()
        };
        let names = Service::ALL.into_iter().map(Service::name).chain(["administrator"]);
        let broker = names.map(|name| Ok((name, broker_user(random)?))).collect::<anyhow::Result<_>>()?;
        let database = options.database.clone();
        let owners_database = options.owners_database.clone().unwrap_or_else(|| database.clone());
        let (owners, roles) = (passwords(), passwords());
        let mut secrets = Self { environments: BTreeMap::new(), owners, roles, broker, database, owners_database };
        let pairs: BTreeMap<_, _> =
            Service::ALL.into_iter().map(|service| (service, KeyPair::generate(random))).collect();
        for service in Service::ALL {
            let mut environment = secrets.common(service, &pairs);
            environment.extend(own(service, options, random)?);
            let prefix = service.name().to_uppercase();
            let environment = environment.into_iter().map(|(key, value)| (format!("{prefix}__{key}"), value)).collect();
            secrets.environments.insert(service.name(), environment);
        }
        secrets.environments.insert("renditions-worker", secrets.of_worker(options, &pairs)?);
        Ok(secrets)
    }

    /// What every service has.
    fn common(&self, service: Service, pairs: &BTreeMap<Service, KeyPair>) -> BTreeMap<String, String> {
        let name = service.name();
        let mut environment = BTreeMap::from([
            ("BASICS__IDENTITY__KEY".to_owned(), pairs[&service].reveal()),
            ("EVENTS__CREDENTIALS".to_owned(), self.broker[name].seed.clone()),
        ]);
        for (other, pair) in pairs {
            let other = other.name().to_uppercase();
            environment.insert(format!("BASICS__IDENTITY__SERVICES__{other}"), pair.public().to_string());
        }
        if let Some(password) = self.roles.get(name) {
            environment.insert("DATABASE__URL".to_owned(), url(&self.database, name, name, password));
        }
        environment
    }

    /// What a worker of renditions has: what the service itself has, but for its database.
    fn of_worker(
        &self,
        options: &Options,
        pairs: &BTreeMap<Service, KeyPair>,
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let mut environment = self.common(Service::Renditions, pairs);
        environment.remove("DATABASE__URL");
        let blobs = with_blobs(&options.blobs_key, vec![])?;
        environment.extend(blobs.into_iter().map(|(key, value)| (key.to_owned(), value)));
        Ok(environment.into_iter().map(|(key, value)| (format!("RENDITIONS_WORKER__{key}"), value)).collect())
    }

    /// The Secrets of the services as YAML.
    fn manifests(&self) -> anyhow::Result<String> {
        let of_services =
            self.environments.iter().map(|(name, environment)| secret(NAMESPACE, name, &json!(environment)));
        let of_owners = self.owners.iter().map(|(name, password)| {
            let url = url(&self.owners_database, &format!("{name}_owner"), name, password);
            secret(NAMESPACE, &format!("{name}-owner"), &json!({"database-url": url}))
        });
        documents(of_services.chain(of_owners))
    }

    /// The Secrets of the servers as YAML: each role's password, the broker's users, and the key of the backups.
    fn of_servers(&self, options: &Options) -> anyhow::Result<String> {
        let of_roles = self.roles.iter().map(|(name, password)| role(name, name, password));
        let of_owners = self.owners.iter().map(|(name, password)| {
            let owner = format!("{name}_owner");
            role(&format!("{name}-owner"), &owner, password)
        });
        let users = self.broker.iter().map(|(name, user)| (broker_variable(name), user.public.as_str()));
        let users = secret(NATS, "broker-users", &json!(users.collect::<BTreeMap<_, _>>()));
        let backups = options.backups_key.as_ref().map(|key| {
            let (id, key) = key.split_once(':').context("a key of S3 is ID:SECRET")?;
            let data = json!({"access-key": id, "secret-key": key, "region": options.backups_region});
            anyhow::Ok(secret(POSTGRES, "backups", &data))
        });
        documents(of_roles.chain(of_owners).chain([users]).chain(backups.transpose()?))
    }

    /// Roles and databases. By default every role of PostgreSQL may connect to every database.
    fn databases(&self) -> String {
        let mut text = "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;\n".to_owned();
        for (name, owner) in &self.owners {
            let password = &self.roles[name];
            text += &format!(
                "\nCREATE ROLE {name}_owner LOGIN PASSWORD '{owner}';\n\
                 CREATE ROLE {name} LOGIN PASSWORD '{password}';\n\
                 CREATE DATABASE {name} OWNER {name}_owner;\n\
                 REVOKE ALL ON DATABASE {name} FROM PUBLIC;\n\
                 GRANT CONNECT ON DATABASE {name} TO {name};\n"
            );
        }
        text
    }

    fn broker_users(&self) -> String {
        let line = |(name, user): (&&str, &BrokerUser)| format!("{}={}\n", broker_variable(name), user.public);
        self.broker.iter().map(line).collect()
    }
}

/// What one service alone has.
fn own(service: Service, options: &Options, random: &Random) -> anyhow::Result<BTreeMap<String, String>> {
    // A seed and a key to seal with are written the same way: 32 bytes in base64url.
    let seal = || KeyPair::generate(random).reveal();
    let environment = match service {
        Service::Gateway => vec![],
        Service::Auth => vec![("SIGNING_KEYS__SEAL", seal())],
        Service::Users => {
            vec![("PAGE_KEY", seal()), ("SEED__ADMINISTRATOR_PASSWORD", hex::encode(random.bytes::<12>()))]
        }
        Service::Tasks | Service::Renditions => with_blobs(&options.blobs_key, vec![("PAGE_KEY", seal())])?,
        Service::Subtasks => {
            with_blobs(&options.blobs_reading_key, vec![("PAGE_KEY", seal()), ("PSEUDONYM_KEY", seal())])?
        }
        Service::Notify => {
            let mut own = vec![("PAGE_KEY", seal()), ("WEBHOOK_KEY", seal())];
            if let Some(account) = &options.smtp {
                let (user, password) = account.split_once(':').context("--smtp is NAME:PASSWORD")?;
                own.extend([("SMTP__USER", user.to_owned()), ("SMTP__PASSWORD", password.to_owned())]);
            }
            own
        }
    };
    Ok(environment.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn with_blobs(key: &str, mut environment: Vec<(&'static str, String)>) -> anyhow::Result<Vec<(&'static str, String)>> {
    let (id, secret) = key.split_once(':').context("a key of S3 is ID:SECRET")?;
    environment.extend([("BLOBS__ACCESS_KEY", id.to_owned()), ("BLOBS__SECRET_KEY", secret.to_owned())]);
    Ok(environment)
}

fn broker_user(random: &Random) -> anyhow::Result<BrokerUser> {
    let key = nkeys::KeyPair::new_from_raw(nkeys::KeyPairType::User, random.bytes())?;
    Ok(BrokerUser { public: key.public_key(), seed: key.seed()? })
}

/// The variable in which a server of NATS finds the public key of a user.
fn broker_variable(user: &str) -> String {
    format!("LABELMESH_NKEY_{}", user.to_uppercase())
}

fn url(server: &str, role: &str, database: &str, password: &str) -> String {
    format!("postgres://{role}:{password}@{server}/{database}?{TLS}")
}

fn secret(namespace: &str, name: &str, data: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "labelmesh"}},
        "stringData": data,
    })
}

/// The password of a role of PostgreSQL, as CloudNativePG wants it; the label has it look again when it is another.
fn role(name: &str, role: &str, password: &str) -> Value {
    let mut secret = secret(POSTGRES, name, &json!({"username": role, "password": password}));
    secret["type"] = json!("kubernetes.io/basic-auth");
    secret["metadata"]["labels"]["cnpg.io/reload"] = json!("true");
    secret
}

fn documents(mut objects: impl Iterator<Item = Value>) -> anyhow::Result<String> {
    objects.try_fold(String::new(), |text, object| Ok(text + "---\n" + &serde_yaml_ng::to_string(&object)?))
}

/// Writes a file that only its owner can read.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| format!("can't write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;

    use super::*;

    fn secrets_of_servers() -> Vec<Value> {
        let options = Options {
            folder: PathBuf::new(),
            database: "postgres.example:5432".to_owned(),
            owners_database: None,
            blobs_key: "writer:one".to_owned(),
            blobs_reading_key: "reader:two".to_owned(),
            smtp: None,
            backups_key: Some("backups:three".to_owned()),
            backups_region: "eu-central-1".to_owned(),
        };
        let secrets = Secrets::make(&options, &Random::seeded(1)).expect("secrets");
        parsed(&secrets.of_servers(&options).expect("keys of S3"))
    }

    fn parsed(text: &str) -> Vec<Value> {
        serde_yaml_ng::Deserializer::from_str(text)
            .map(|document| Value::deserialize(document).expect("YAML"))
            .collect()
    }

    /// The Secrets in a namespace, each by its name.
    fn named<'a>(secrets: &'a [Value], namespace: &str) -> BTreeMap<&'a str, &'a Value> {
        let there = secrets.iter().filter(|secret| secret["metadata"]["namespace"] == namespace);
        there.map(|secret| (secret["metadata"]["name"].as_str().expect("a name"), &secret["stringData"])).collect()
    }

    #[test]
    fn every_role_of_the_databases_has_its_password() {
        let made = secrets_of_servers();
        let made = named(&made, POSTGRES);
        let manifest = include_str!("../../../deploy/kubernetes/servers/postgres/cluster.yaml");
        let cluster = parsed(manifest).pop().expect("a Cluster");
        let roles = cluster["spec"]["managed"]["roles"].as_array().expect("roles");
        for role in roles {
            let secret = role["passwordSecret"]["name"].as_str().expect("a Secret");
            assert_eq!(made[secret]["username"], role["name"], "{secret}");
        }
        assert_eq!(roles.len(), 2 * Service::with_data().count());
        assert_eq!(made.len(), roles.len() + 1, "and the key of the backups");
        assert_eq!(*made["backups"], json!({"access-key": "backups", "secret-key": "three", "region": "eu-central-1"}));
    }

    #[test]
    fn every_user_of_the_broker_has_a_key() {
        let made = secrets_of_servers();
        let users = named(&made, NATS)["broker-users"];
        let named = include_str!("../../../deploy/nats/users.conf")
            .lines()
            .filter_map(|line| line.trim().strip_prefix("nkey: $"));
        let named: Vec<_> = named.collect();
        assert!(named.iter().all(|name| users[*name].as_str().is_some_and(|key| key.starts_with('U'))), "{named:?}");
        assert_eq!(users.as_object().map(serde_json::Map::len), Some(named.len()));
    }
}
