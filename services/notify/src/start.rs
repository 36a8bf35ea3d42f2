//! Wiring: the one place that knows all parts.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use labelmesh_acts::Acts;
use labelmesh_outbound::{Outbound, SystemLookup};
use labelmesh_proto::notify::v1::{
    mail_service_server::MailServiceServer, notification_service_server::NotificationServiceServer,
    phone_service_server::PhoneServiceServer, webhook_service_server::WebhookServiceServer,
};
use labelmesh_seal::Sealer;
use labelmesh_service::{Handle, Service, Surroundings};
use tokio::sync::Notify;
use tonic::service::Routes;

use crate::{
    app::{self, App, Texts, keep_posting, keep_sending},
    config::Config,
    domain::Medium,
    events::{heard, published},
    grpc::{Mails, Notifications, Phones, Webhooks},
    smtp::Sender,
    text_gateway::TextGateway,
    users::Users,
};

pub(crate) const NAME: &str = "notify";
/// What we call ourselves at others' endpoints.
const AGENT: &str = concat!("labelmesh/", env!("CARGO_PKG_VERSION"));
/// How often deliveries that are old are removed.
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);
/// How often secrets are looked for that another key than the first has sealed, after the start.
const SEAL_EVERY: Duration = Duration::from_secs(60 * 60);

/// Starts the service. It runs without its neighbours and becomes ready when what it needs is there.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let app = app(&config, &mut service).await?;
    for consumer in heard::consumers(&app.bus) {
        service.consume(consumer, &app, heard::apply);
    }
    service.consume(heard::deletions(&app.bus), &app, heard::apply_deleted);
    service.consume(heard::deleted_users(&app.bus), &app, heard::apply_deleted_users);
    service.spawn("mails", |stop| keep_sending(app.clone(), Medium::Mail, stop));
    if app.texts.is_some() {
        service.spawn("texts", |stop| keep_sending(app.clone(), Medium::Text, stop));
    }
    service.spawn("webhooks", |stop| keep_posting(app.clone(), stop));
    let workers = [app.sending.clone(), app.texting.clone(), app.posting.clone()];
    service.spawn("hints", |stop| published::wake_on_hints(app.bus.clone(), workers, stop));
    service.every("forget deliveries", FORGET_EVERY, &app, app::forget_deliveries);
    service.every("seal anew", SEAL_EVERY, &app, app::seal_anew);
    let routes = Routes::new(NotificationServiceServer::new(Notifications(app.clone())));
    let routes = routes.add_service(WebhookServiceServer::new(Webhooks(app.clone())));
    let routes = routes.add_service(PhoneServiceServer::new(Phones(app.clone())));
    service.serve(routes.add_service(MailServiceServer::new(Mails(app)))).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `notify`.
///
/// # Errors
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

async fn app(config: &Config, service: &mut Service) -> Result<App> {
    let pool = service.database(&config.database, sqlx::migrate!())?;
    let (bus, clock) = (service.bus(&config.events).await?, service.clock());
    let outbox = service.outbox(&pool, &bus);
    Ok(App {
        acts: Acts::new(&outbox, &clock),
        pool,
        bus,
        outbox,
        clock,
        random: service.random(),
        pages: service.page_tokens(&config.page_key),
        users: Users::new(&service.peer("users", &config.users), &service.signer()?),
        sender: Sender::new(&config.smtp, config.delivery.concurrency)?,
        mail_rules: config.delivery.rules()?,
        texts: texts(config)?,
        outbound: Outbound::new(&config.outbound, AGENT, Arc::new(SystemLookup)).map_err(anyhow::Error::from_boxed)?,
        posting_rules: config.webhooks.rules()?,
        sealer: Sealer::new(&config.webhook_key, service.random()),
        public_url: config.public_address()?,
        sending: Arc::new(Notify::new()),
        texting: Arc::new(Notify::new()),
        posting: Arc::new(Notify::new()),
    })
}

fn texts(config: &Config) -> Result<Option<Texts>> {
    let Some(texts) = &config.texts else { return Ok(None) };
    let (gateway, rules) = (TextGateway::new(texts, AGENT)?, texts.rules(&config.delivery)?);
    Ok(Some(Texts { gateway, rules }))
}
