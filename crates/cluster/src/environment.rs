//! What each process is told: the same keys as in production, all by its environment.

use std::{collections::BTreeMap, path::PathBuf};

use labelmesh_servers::{Chromium, Mail, Nats, S3};
use tokio::sync::Mutex;

use crate::{
    Keys, Service, Settings, accounts::ADMINISTRATOR, addresses::Addresses, databases::Databases, replica::Replica,
};

/// What begins the variables of a worker of renditions.
pub(crate) const WORKER: &str = "RENDITIONS_WORKER";
/// The kinds that need no browser.
const WITHOUT_BROWSER: &str = r#"["resize", "crop", "optimize", "portrait", "lead_image"]"#;

/// Everything that is known before the first process starts.
pub(crate) struct Plan<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) addresses: &'a Addresses,
    pub(crate) databases: &'a Databases,
    pub(crate) keys: &'a Keys,
    pub(crate) mail: &'a Mail,
    pub(crate) s3: &'a S3,
    pub(crate) nats: &'a Nats,
    pub(crate) chromium: Option<&'a Chromium>,
    /// The folder of the logs.
    pub(crate) logs: PathBuf,
}

impl Plan<'_> {
    /// Begins our subjects. The users of a broker of our own are for the default.
    fn subjects(&self) -> String {
        if self.nats.is_external() { self.system() } else { "labelmesh".to_owned() }
    }

    /// Names our bucket: servers of our own need no distinction.
    fn system(&self) -> String {
        if self.settings.given_servers { format!("labelmesh-{}", self.keys.name()) } else { "labelmesh".to_owned() }
    }

    /// The replicas of a service, not started yet.
    pub(crate) fn replicas(&self, service: Service) -> anyhow::Result<Vec<Mutex<Replica>>> {
        let replica = |(number, addresses): (usize, &(String, String))| {
            let log = self.logs.join(format!("{service}-{number}.log"));
            let environment = self.environment(service, addresses)?;
            Ok(Mutex::new(Replica::new(service, &self.settings.binary, log, addresses.clone(), environment)))
        };
        self.addresses[&service].iter().enumerate().map(replica).collect()
    }

    fn environment(&self, service: Service, addresses: &(String, String)) -> anyhow::Result<Vec<(String, String)>> {
        let mut keys = self.connected(service, addresses)?;
        if service != Service::Gateway {
            keys.insert("DATABASE__URL".to_owned(), self.databases.url(service));
        }
        keys.extend(self.own(service).into_iter().map(|(key, value)| (key.to_owned(), value)));
        Ok(self.named(&service.name().to_uppercase(), keys))
    }

    /// What a worker of renditions is told, but for where it listens.
    pub(crate) fn of_worker(&self) -> anyhow::Result<Vec<(String, String)>> {
        let mut keys = self.connected(Service::Renditions, &Default::default())?;
        keys.retain(|key, _| !key.ends_with("LISTEN"));
        let s3 = self.s3.keys();
        let blobs = self.blobs(&s3.access_key, &s3.secret_key);
        keys.extend(blobs.into_iter().map(|(key, value)| (key.to_owned(), value)));
        if let Some(Chromium { program, user }) = self.chromium {
            keys.insert("PAGES__CHROMIUM".to_owned(), program.to_string_lossy().into_owned());
            keys.extend(user.map(|(user, group)| ("PAGES__USER".to_owned(), format!("[{user}, {group}]"))));
        }
        Ok(self.named(WORKER, keys))
    }

    /// Who a service is, and how it reaches the broker.
    fn connected(&self, service: Service, addresses: &(String, String)) -> anyhow::Result<BTreeMap<String, String>> {
        let mut keys = self.basics(service, addresses)?;
        keys.insert("EVENTS__URL".to_owned(), self.nats.url().to_owned());
        match self.nats.credentials(service.name()) {
            Some(seed) => keys.insert("EVENTS__CREDENTIALS".to_owned(), seed.to_owned()),
            // Who may do what on somebody else's server is for its owner to say.
            None => keys.insert("EVENTS__INSECURE".to_owned(), "true".to_owned()),
        };
        keys.insert("EVENTS__PREFIX".to_owned(), self.subjects());
        Ok(keys)
    }

    /// The variables with these keys, for whoever reads those of a name.
    fn named(&self, prefix: &str, keys: BTreeMap<String, String>) -> Vec<(String, String)> {
        let mut environment: Vec<_> =
            keys.into_iter().map(|(key, value)| (format!("{prefix}__{key}"), value)).collect();
        // Last, so that a test has the last word.
        environment.extend(self.settings.environment.iter().cloned());
        environment
    }

    /// What every service has.
    fn basics(
        &self,
        service: Service,
        (address, admin_address): &(String, String),
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let mut keys = BTreeMap::from([
            ("BASICS__LISTEN".to_owned(), address.clone()),
            ("BASICS__ADMIN_LISTEN".to_owned(), admin_address.clone()),
            ("BASICS__DRAIN__GRACE_MS".to_owned(), "3000".to_owned()),
        ]);
        // Auth has the keys of users' tokens itself.
        if service != Service::Auth {
            keys.insert("BASICS__IDENTITY__AUTH__ENDPOINTS".to_owned(), self.endpoints(Service::Auth));
        }
        // Each signs calls or events of its own.
        keys.insert("BASICS__IDENTITY__KEY".to_owned(), self.keys.seed(service).to_owned());
        for other in Service::ALL {
            let name = other.name().to_uppercase();
            keys.insert(format!("BASICS__IDENTITY__SERVICES__{name}"), self.keys.public(other)?);
        }
        Ok(keys)
    }

    /// What this one alone has.
    fn own(&self, service: Service) -> Vec<(&'static str, String)> {
        let seal = || self.keys.seal(service).to_owned();
        let cost = self.settings.password_cost.to_string();
        match service {
            Service::Gateway => vec![
                ("PEERS__AUTH__ENDPOINTS", self.endpoints(Service::Auth)),
                ("PEERS__USERS__ENDPOINTS", self.endpoints(Service::Users)),
                ("PEERS__TASKS__ENDPOINTS", self.endpoints(Service::Tasks)),
                ("PEERS__SUBTASKS__ENDPOINTS", self.endpoints(Service::Subtasks)),
                ("PEERS__NOTIFY__ENDPOINTS", self.endpoints(Service::Notify)),
                ("PEERS__RENDITIONS__ENDPOINTS", self.endpoints(Service::Renditions)),
                // Everybody on this machine is somebody else.
                ("LIMITS__SHARED_NETWORKS", r#"["127.0.0.1", "::1"]"#.to_owned()),
            ],
            Service::Auth => vec![
                ("USERS__ENDPOINTS", self.endpoints(Service::Users)),
                ("NOTIFY__ENDPOINTS", self.endpoints(Service::Notify)),
                ("PASSWORDS__COST", cost),
                ("SIGNING_KEYS__SEAL", seal()),
            ],
            Service::Users => vec![
                ("PAGE_KEY", seal()),
                ("NOTIFY__ENDPOINTS", self.endpoints(Service::Notify)),
                // Who tries something out has no mail to read first. As shipped it is otherwise.
                ("CONFIRMATION__REQUIRED", "false".to_owned()),
                ("PASSWORDS__COST", cost),
                ("SEED__ADMINISTRATOR_EMAIL", ADMINISTRATOR.to_owned()),
                ("SEED__ADMINISTRATOR_PASSWORD", self.keys.administrator_password().to_owned()),
            ],
            Service::Tasks => {
                let keys = self.s3.keys();
                let mut own = self.blobs(&keys.access_key, &keys.secret_key);
                own.extend([("CREATE_BUCKET", "true".to_owned()), ("PAGE_KEY", seal())]);
                // Who tries something out has nobody to invite. As shipped it is otherwise.
                own.push(("AUDIENCE__NEW_ACCOUNTS", "open".to_owned()));
                own
            }
            Service::Subtasks => {
                // Operators' images are read with keys that can do nothing else.
                let keys = self.s3.keys();
                let mut own = self.blobs(&keys.read_only_access_key, &keys.read_only_secret_key);
                own.extend([("PAGE_KEY", seal()), ("PSEUDONYM_KEY", seal())]);
                own
            }
            Service::Notify => self.notify(seal()),
            Service::Renditions => {
                let keys = self.s3.keys();
                let mut own = self.blobs(&keys.access_key, &keys.secret_key);
                own.extend([("CREATE_BUCKET", "true".to_owned()), ("PAGE_KEY", seal())]);
                if self.chromium.is_none() {
                    own.push(("KINDS", WITHOUT_BROWSER.to_owned()));
                }
                own.push(("TASKS__ENDPOINTS", self.endpoints(Service::Tasks)));
                own
            }
        }
    }

    fn notify(&self, key: String) -> Vec<(&'static str, String)> {
        let smtp = self.mail.smtp_addr();
        vec![
            ("USERS__ENDPOINTS", self.endpoints(Service::Users)),
            ("WEBHOOK_KEY", key.clone()),
            ("PAGE_KEY", key),
            // Receivers run on this machine, too.
            ("OUTBOUND__ALLOW", r#"["127.0.0.0/8", "::1"]"#.to_owned()),
            ("PUBLIC_URL", format!("http://{}", self.addresses[&Service::Gateway][0].0)),
            ("SMTP__HOST", smtp.ip().to_string()),
            ("SMTP__PORT", smtp.port().to_string()),
            ("SMTP__ENCRYPTION", "none".to_owned()),
            ("SMTP__FROM", "Labelmesh <no-reply@labelmesh.example>".to_owned()),
        ]
    }

    fn blobs(&self, access_key: &str, secret_key: &str) -> Vec<(&'static str, String)> {
        vec![
            ("BLOBS__ENDPOINT", self.s3.endpoint().to_owned()),
            ("BLOBS__REGION", self.s3.region().to_owned()),
            ("BLOBS__BUCKET", self.system()),
            ("BLOBS__ACCESS_KEY", access_key.to_owned()),
            ("BLOBS__SECRET_KEY", secret_key.to_owned()),
        ]
    }

    /// All replicas of a service, as a client of it is told.
    fn endpoints(&self, service: Service) -> String {
        let urls: Vec<_> = self.addresses[&service].iter().map(|(address, _)| format!("http://{address}")).collect();
        urls.join(",")
    }
}
