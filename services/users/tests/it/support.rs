//! The users service in this process, and whoever calls it.

use labelmesh_client::{Options, Peer, PeerService};
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::{Reason, reason_of};
use labelmesh_events::Event;
use labelmesh_identity::{self as identity, Role, ServiceSigner};
use labelmesh_ids::SessionId;
use labelmesh_password::Cost;
use labelmesh_proto::users::v1::{
    CreateUserRequest, User, UserCreated, UserUpdated, group_service_client::GroupServiceClient,
    user_service_client::UserServiceClient,
};
use labelmesh_service::{Handle, Surroundings};
use labelmesh_testkit::{FakeAuth, FakeNotify, Identities, TestBroker, TestDatabase, told};
use sqlx::{AssertSqlSafe, PgPool};
use tonic::{Code, Response, Status};
use users::Config;
use uuid::Uuid;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) type Groups = GroupServiceClient<PeerService>;
pub(crate) type Client = UserServiceClient<PeerService>;

/// A users service on a database of its own.
pub(crate) struct Running {
    pub(crate) config: Config,
    identities: Identities,
    pub(crate) clock: Clock,
    pub(crate) notify: FakeNotify,
    pool: PgPool,
    peer: Peer,
    _handle: Handle,
    _auth: FakeAuth,
    _broker: TestBroker,
    _database: TestDatabase,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// The defaults but for what `change` changes; hashes cost little.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual("2026-11-22T12:00:00Z".parse().expect("a time"));
        let identities = Identities::new(&clock);
        let auth = FakeAuth::start(&identities).await;
        let database = TestDatabase::create("users", users::migrate).await;
        let broker = TestBroker::create().await;
        let notify = FakeNotify::start(&identities, "users").await;
        let mut config = Config::new(
            labelmesh_pg::Config::new(database.url()),
            broker.config("users"),
            labelmesh_client::Config::new(vec![notify.uri()]),
            [7; 32].into(),
        );
        // What it is about is told where it is.
        config.confirmation.required = false;
        config.basics.listen = ([127, 0, 0, 1], 0).into();
        config.basics.admin_listen = ([127, 0, 0, 1], 0).into();
        config.basics.identity.services = identities.service_keys(&["auth", "notify", "gateway"]).into_iter().collect();
        config.basics.identity.key = Some(identities.service_key("users"));
        config.basics.identity.auth.endpoints = vec![auth.uri()];
        config.passwords.cost = Cost::LEAST;
        change(&mut config);
        let handle = start(&config, &clock).await;
        let endpoint = format!("http://{}", handle.grpc_addr()).parse().expect("a URI");
        let peer = Peer::new("users", vec![endpoint], Options::default(), Random::system());
        let pool = database.pool();
        Self {
            config,
            identities,
            clock,
            notify,
            pool,
            peer,
            _handle: handle,
            _auth: auth,
            _broker: broker,
            _database: database,
        }
    }

    /// Another replica on the same database, with the configuration as it is now.
    pub(crate) async fn replica(&self) -> Handle {
        start(&self.config, &self.clock).await
    }

    pub(crate) fn as_nobody(&self) -> Client {
        UserServiceClient::new(self.peer.plain())
    }

    pub(crate) fn as_user(&self, user_id: &str, roles: &[Role]) -> Client {
        let user_id = user_id.parse().expect("an id");
        UserServiceClient::new(self.peer.as_user(&self.identities.user_token(user_id, roles)))
    }

    /// Calls about groups, as this user.
    pub(crate) fn groups_as(&self, user_id: &str, roles: &[Role]) -> Groups {
        let user_id = user_id.parse().expect("an id");
        GroupServiceClient::new(self.peer.as_user(&self.identities.user_token(user_id, roles)))
    }

    /// The same as a user whom the table does not know.
    pub(crate) fn groups_as_somebody(&self, roles: &[Role]) -> Groups {
        self.groups_as(&self.identities.new_user().to_string(), roles)
    }

    /// The events of a kind that others were or will be told.
    pub(crate) async fn events<E: Event>(&self) -> Vec<E> {
        told(&self.pool).await
    }

    /// A user with these roles, whom the table does not know.
    pub(crate) fn as_somebody(&self, roles: &[Role]) -> Client {
        self.as_user(&self.identities.new_user().to_string(), roles)
    }

    /// A user who has not confirmed the address.
    pub(crate) fn as_unconfirmed(&self, user_id: &str, roles: &[Role]) -> Client {
        let session_id = Some(SessionId::new(self.clock.now(), [3; 10]));
        let user_id = user_id.parse().expect("an id");
        let user = identity::User { user_id, session_id, roles: roles.to_vec(), confirmed: false };
        UserServiceClient::new(self.peer.as_user(&self.identities.user_token_of(&user)))
    }

    pub(crate) fn as_service(&self, name: &str) -> Client {
        let signer = ServiceSigner::new(name, self.identities.service_key(name), self.clock.clone());
        UserServiceClient::new(self.peer.as_service(&signer))
    }

    /// A new user with these roles, made by an administrator.
    pub(crate) async fn create(&self, email: &str, roles: &[Role]) -> User {
        let roles = roles.iter().map(|role| i32::from(*role)).collect();
        let request = CreateUserRequest { roles, ..anyone(email) };
        let created = self.as_somebody(&[Role::Administrator]).create_user(request).await;
        created.expect("created").into_inner()
    }

    /// Does what the service has no way for.
    pub(crate) async fn execute(&self, statements: &str) {
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&self.pool).await.expect("executed");
    }

    /// The one number that a statement gives.
    pub(crate) async fn count(&self, statement: &str) -> i64 {
        let statement = AssertSqlSafe(statement.to_owned());
        sqlx::query_scalar(statement).fetch_one(&self.pool).await.expect("a number")
    }

    /// What the others were or will be told of changes of users.
    pub(crate) async fn updated_events(&self) -> Vec<UserUpdated> {
        told(&self.pool).await
    }

    /// The ids of the users of whose creation the others were or will be told.
    pub(crate) async fn created_events(&self) -> Vec<String> {
        told::<UserCreated>(&self.pool).await.into_iter().map(|created| created.user_id).collect()
    }
}

/// A replica on this configuration.
async fn start(config: &Config, clock: &Clock) -> Handle {
    let surroundings = Surroundings { clock: clock.clone(), random: Random::system() };
    users::start(config.clone(), surroundings).await.expect("the service starts")
}

/// An operator who wants to sign up, under a request id of their own.
pub(crate) fn anyone(email: &str) -> CreateUserRequest {
    let request_id = Uuid::from_bytes(Random::system().bytes());
    CreateUserRequest {
        email: email.into(),
        password: PASSWORD.into(),
        name: "Ada".into(),
        surname: "Lovelace".into(),
        roles: vec![Role::Operator.into()],
        request_id: request_id.to_string(),
    }
}

/// The code and the reason of a call that must fail.
pub(crate) trait Refusal {
    fn refused(self) -> (Code, Option<Reason>);
}

impl<T> Refusal for Result<Response<T>, Status> {
    fn refused(self) -> (Code, Option<Reason>) {
        let status = self.map(drop).expect_err("the call is refused");
        (status.code(), reason_of(&status))
    }
}
