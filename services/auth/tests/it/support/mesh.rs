//! The services and whoever calls them.

use std::{collections::BTreeMap, time::Duration};

use auth::Config;
use labelmesh_client::{Options, Peer, PeerService};
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::Reason;
use labelmesh_identity::{CLIENT_ADDRESS, CLIENT_AGENT, Role, ServiceSigner};
use labelmesh_password::{Cost, Hasher};
use labelmesh_proto::{
    auth::v1::{
        IntrospectRequest, IntrospectResponse, LoginRequest, LoginResponse, audit_service_client::AuditServiceClient,
        auth_service_client::AuthServiceClient,
    },
    event::Event,
    users::v1::{CreateUserRequest, GetMeRequest, user_service_client::UserServiceClient},
};
use labelmesh_service::{Basics, Handle, Surroundings};
use labelmesh_testkit::{FakeNotify, Identities, Publisher, TestBroker, TestDatabase, told, until};
use sqlx::{AssertSqlSafe, PgPool};
use tonic::{Code, Request, Response, Status};

use super::{PASSWORD, Refusal, credentials};

type Client = AuthServiceClient<PeerService>;

/// The administrator, whom users makes at its start.
const ROOT: &str = "root@example.com";

/// Two replicas of auth, the users service that they ask, and another replica of that as any service of the mesh that
/// asks auth for its keys.
pub(crate) struct Mesh {
    pub(crate) clock: Clock,
    /// What takes the mails that auth asks for.
    pub(crate) notify: FakeNotify,
    /// What each replica of auth computes its hashes with.
    pub(crate) hashers: Vec<Hasher>,
    config: Config,
    identities: Identities,
    pool: PgPool,
    replicas: Vec<(Handle, Peer)>,
    users: Option<Handle>,
    users_peer: Peer,
    other: (Peer, Handle),
    users_pool: PgPool,
    broker: TestBroker,
    _databases: [TestDatabase; 2],
}

impl Mesh {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// The defaults but for what `change` changes in auth; hashes cost little.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual("2026-11-22T12:00:00Z".parse().expect("a time"));
        let identities = Identities::new(&clock);
        let broker = TestBroker::create().await;
        let auth_database = TestDatabase::create("auth", auth::migrate).await;
        let users_database = TestDatabase::create("users", users::migrate).await;
        let nowhere = labelmesh_client::Config::new(vec!["http://127.0.0.1:9".parse().expect("a URI")]);
        let mut users_config = users::Config::new(
            labelmesh_pg::Config::new(users_database.url()),
            broker.config("users"),
            nowhere,
            [7; 32].into(),
        );
        // Nobody is here who would mail what confirms addresses.
        users_config.confirmation.required = false;
        users_config.basics = basics(&identities);
        users_config.basics.identity.key = Some(identities.service_key("users"));
        users_config.passwords.cost = Cost::LEAST;
        users_config.seed.administrator_email = Some(ROOT.to_owned());
        users_config.seed.administrator_password = Some(PASSWORD.to_owned().into());
        let users = users::start(users_config.clone(), surroundings(&clock)).await.expect("users starts");

        let notify = FakeNotify::start(&identities, "auth").await;
        let mut config = Config::new(
            labelmesh_pg::Config::new(auth_database.url()),
            broker.config("auth"),
            labelmesh_client::Config::new(vec![uri(&users)]),
            labelmesh_client::Config::new(vec![notify.uri()]),
            [7; 32].into(),
        );
        config.basics = basics(&identities);
        config.basics.identity.key = Some(identities.service_key("auth"));
        config.passwords.cost = Cost::LEAST;
        change(&mut config);
        let mut replicas = Vec::new();
        let mut hashers = Vec::new();
        for _ in 0..2 {
            let hasher = Hasher::new(&config.passwords, Random::system());
            replicas.push(start_auth(&config, &clock, &hasher).await);
            hashers.push(hasher);
        }

        users_config.basics.identity.auth.endpoints = replicas.iter().map(|(handle, _)| uri(handle)).collect();
        let other = users::start(users_config, surroundings(&clock)).await.expect("users starts");
        Self {
            hashers,
            notify,
            config,
            identities,
            pool: auth_database.pool(),
            replicas,
            users_peer: peer("users", &users),
            users: Some(users),
            other: (peer("users", &other), other),
            users_pool: users_database.pool(),
            clock,
            broker,
            _databases: [auth_database, users_database],
        }
    }

    /// Starts a replica again with a changed configuration.
    pub(crate) async fn restart(&mut self, replica: usize, change: impl FnOnce(&mut Config)) {
        let mut config = self.config.clone();
        change(&mut config);
        let started = start_auth(&config, &self.clock, &self.hashers[replica]).await;
        let (stopped, _) = std::mem::replace(&mut self.replicas[replica], started);
        stopped.shutdown().await.expect("it stops");
    }

    /// Ends the users service that auth asks.
    pub(crate) async fn stop_users(&mut self) {
        self.users.take().expect("it runs").shutdown().await.expect("it stops");
    }

    /// Nobody, at a replica of auth.
    pub(crate) fn auth(&self, replica: usize) -> Client {
        AuthServiceClient::new(self.replicas[replica].1.plain())
    }

    /// Whoever has this token, at a replica of auth.
    pub(crate) fn auth_as_user(&self, replica: usize, token: &str) -> Client {
        AuthServiceClient::new(self.replicas[replica].1.as_user(token))
    }

    /// A service, at a replica of auth.
    pub(crate) fn auth_as_service(&self, replica: usize, name: &str) -> Client {
        let signer = ServiceSigner::new(name, self.identities.service_key(name), self.clock.clone());
        AuthServiceClient::new(self.replicas[replica].1.as_service(&signer))
    }

    /// Signs in as the gateway passes it on, for a client at this address.
    pub(crate) async fn login_from(
        &self,
        replica: usize,
        address: &str,
        login: LoginRequest,
    ) -> Result<Response<LoginResponse>, Status> {
        self.auth_as_service(replica, "gateway").login(from(address, login)).await
    }

    /// The same by a client that has given up when the deadline passes, and how that ends.
    pub(crate) async fn login_within(
        &self,
        deadline: Duration,
        replica: usize,
        address: &str,
        login: LoginRequest,
    ) -> Result<(), (Code, Option<Reason>)> {
        let mut request = from(address, login);
        request.set_timeout(deadline);
        self.auth_as_service(replica, "gateway").login(request).await.map(drop).map_err(Refusal::refused)
    }

    /// Whoever has this session, at a replica of auth, for the next minute.
    pub(crate) async fn auth_in(&self, replica: usize, login: &LoginResponse) -> Client {
        let internal = self.introspect(replica, &login.token).await.expect("active").internal_token;
        self.auth_as_user(replica, &internal)
    }

    /// Nobody, at users.
    pub(crate) fn users_as_nobody(&self) -> UserServiceClient<PeerService> {
        UserServiceClient::new(self.users_peer.plain())
    }

    /// A service, at users.
    pub(crate) fn users_as_service(&self, name: &str) -> UserServiceClient<PeerService> {
        let signer = ServiceSigner::new(name, self.identities.service_key(name), self.clock.clone());
        UserServiceClient::new(self.users_peer.as_service(&signer))
    }

    /// Signs in with the right password.
    pub(crate) async fn sign_in(&self, replica: usize, email: &str) -> LoginResponse {
        self.auth(replica).login(credentials(email)).await.expect("signed in").into_inner()
    }

    /// What a gateway of the release before learns of a session's token; nothing where it is not active.
    pub(crate) async fn introspect(&self, replica: usize, token: &str) -> Option<IntrospectResponse> {
        self.introspect_as(replica, IntrospectRequest { token: token.to_owned(), by_service: false }).await
    }

    /// What a gateway learns of a session's token that asks for one for each service, by the service's name.
    pub(crate) async fn introspect_by_service(&self, replica: usize, token: &str) -> BTreeMap<String, String> {
        let request = IntrospectRequest { token: token.to_owned(), by_service: true };
        let answer = self.introspect_as(replica, request).await.expect("active");
        assert_eq!(answer.internal_token, "");
        answer.service_tokens.into_iter().map(|token| (token.service, token.internal_token)).collect()
    }

    async fn introspect_as(&self, replica: usize, request: IntrospectRequest) -> Option<IntrospectResponse> {
        let answer = self.auth_as_service(replica, "gateway").introspect(request).await;
        Some(answer.expect("an answer").into_inner()).filter(|answer| answer.active)
    }

    /// Creates an operator; returns the user's id.
    pub(crate) async fn sign_up(&self, email: &str) -> String {
        let request = CreateUserRequest {
            email: email.into(),
            password: PASSWORD.into(),
            roles: vec![Role::Operator.into()],
            ..CreateUserRequest::default()
        };
        self.users_as_nobody().create_user(request).await.expect("created").into_inner().user_id
    }

    /// The administrator at users, for the next minute.
    pub(crate) async fn root(&self) -> UserServiceClient<PeerService> {
        self.await_root().await;
        let login = self.sign_in(0, ROOT).await;
        let internal = self.introspect(0, &login.token).await.expect("active").internal_token;
        UserServiceClient::new(self.other.0.as_user(&internal))
    }

    /// The administrator at a replica of auth, for the next minute.
    pub(crate) async fn auth_as_root(&self, replica: usize) -> Client {
        self.await_root().await;
        self.auth_in(replica, &self.sign_in(0, ROOT).await).await
    }

    /// The administrator at a replica's audit record, for the next minute.
    pub(crate) async fn audit_as_root(&self, replica: usize) -> AuditServiceClient<PeerService> {
        self.await_root().await;
        let login = self.sign_in(0, ROOT).await;
        let internal = self.introspect(replica, &login.token).await.expect("active").internal_token;
        AuditServiceClient::new(self.replicas[replica].1.as_user(&internal))
    }

    /// Publishes events as another service.
    pub(crate) async fn publish_as<E: Event>(&self, service: &'static str, events: &[E]) {
        Publisher::start(&self.broker, service, &self.clock).await.publish(events).await;
    }

    async fn await_root(&self) {
        let seeded = "SELECT FROM users WHERE roles @> '{3}'";
        until("the administrator", async || {
            sqlx::query(seeded).fetch_optional(&self.users_pool).await.expect("the table")
        })
        .await;
    }

    /// The id of the user for whom another service takes this internal token.
    pub(crate) async fn who_is(&self, token: &str) -> Result<String, Status> {
        let mut users = UserServiceClient::new(self.other.0.as_user(token));
        Ok(users.get_me(GetMeRequest {}).await?.into_inner().user_id)
    }

    /// Has a user confirm the address no more, as far as users knows.
    pub(crate) async fn unconfirm(&self, user_id: &str) {
        let statement = "UPDATE users SET must_confirm = true, confirmed_at = NULL WHERE id = $1::uuid";
        sqlx::query(statement).bind(user_id).execute(&self.users_pool).await.expect("updated");
    }

    /// The one number that a statement gives in auth's database.
    pub(crate) async fn count(&self, statement: &str) -> i64 {
        let statement = AssertSqlSafe(statement.to_owned());
        sqlx::query_scalar(statement).fetch_one(&self.pool).await.expect("a number")
    }

    /// All rows of a table of auth's, as text.
    pub(crate) async fn dump(&self, table: &str) -> String {
        let statement = AssertSqlSafe(format!("SELECT string_agg(rows::text, ' ') FROM {table} AS rows"));
        let rows: Option<String> = sqlx::query_scalar(statement).fetch_one(&self.pool).await.expect("the table");
        rows.unwrap_or_default()
    }

    /// The events of a kind that auth has told or will tell, in their order.
    pub(crate) async fn events<E: Event>(&self) -> Vec<E> {
        told(&self.pool).await
    }
}

/// What a client at this address asks for, as the gateway passes it on.
pub(crate) fn from<T>(address: &str, asked: T) -> Request<T> {
    let mut request = Request::new(asked);
    request.metadata_mut().insert(CLIENT_ADDRESS, address.parse().expect("a header value"));
    request.metadata_mut().insert(CLIENT_AGENT, "a test".parse().expect("a header value"));
    request
}

async fn start_auth(config: &Config, clock: &Clock, hasher: &Hasher) -> (Handle, Peer) {
    let started = auth::start_with(config.clone(), surroundings(clock), hasher.clone()).await;
    let handle = started.expect("auth starts");
    let peer = peer("auth", &handle);
    (handle, peer)
}

fn surroundings(clock: &Clock) -> Surroundings {
    Surroundings { clock: clock.clone(), random: Random::system() }
}

fn basics(identities: &Identities) -> Basics {
    let any_port = ([127, 0, 0, 1], 0).into();
    let mut basics = Basics { listen: any_port, admin_listen: any_port, ..Basics::default() };
    let others = ["auth", "gateway", "notify", "renditions", "subtasks", "tasks", "users"];
    basics.identity.services = identities.service_keys(&others).into_iter().collect();
    basics
}

fn uri(handle: &Handle) -> http::Uri {
    format!("http://{}", handle.grpc_addr()).parse().expect("a URI")
}

fn peer(name: &str, handle: &Handle) -> Peer {
    Peer::new(name, vec![uri(handle)], Options::default(), Random::system())
}
