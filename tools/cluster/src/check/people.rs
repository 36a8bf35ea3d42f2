//! Who uses the installation: people with confirmed addresses, as it is shipped.

use std::{fs, io::Cursor, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use labelmesh_sdk::{
    Client, File, Retries, Role,
    users::{ConfirmEmailRequest, CreateUserRequest},
};
use mail_parser::MessageParser;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::time::{Instant, sleep};

use super::HOST;
use crate::layout::Layout;

const PASSWORD: &str = "correct horse battery";
const MAILED_WITHIN: Duration = Duration::from_secs(60);
const PULSE: Duration = Duration::from_millis(100);

/// The installation, for nobody in particular, through the ingress.
fn stranger(tries: usize) -> anyhow::Result<Client> {
    let retries = Retries { tries, ..Retries::default() };
    Ok(Client::builder(&format!("https://{HOST}")).agent("cluster-test").retries(retries).build()?)
}

/// A client of HTTP that sends whatever headers it is told to, and believes the authority of the cluster.
pub(super) fn browser(layout: &Layout) -> anyhow::Result<reqwest::Client> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(layout.state("servers/ca.crt"))? {
        roots.add(certificate?)?;
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build()?)
}

/// Somebody who has signed up, confirmed the address by the mail that came, and signed in.
pub(super) async fn person(layout: &Layout, name: &str, role: Role) -> anyhow::Result<Client> {
    let client = stranger(3)?;
    // Another address each time: a cluster is tested more than once.
    let email = format!("{name}-{}@labelmesh.example", std::process::id());
    let user = CreateUserRequest {
        email: email.clone(),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        roles: vec![role.into()],
        ..CreateUserRequest::default()
    };
    client.create_user(user).await.context("can't sign up")?;
    let token = mailed_token(layout, &email).await?;
    client.confirm_email(ConfirmEmailRequest { token }).await.context("can't confirm the address")?;
    client.sign_in(&email, PASSWORD).await.context("can't sign in")
}

/// The same, each of whose calls is made once: nothing is made good.
pub(crate) async fn impatient(layout: &Layout, name: &str, role: Role) -> anyhow::Result<Client> {
    let client = person(layout, name, role).await?;
    Ok(stranger(1)?.with_token(client.token().unwrap_or_default()))
}

/// What stands behind the `#` of the link in the mail to an address.
async fn mailed_token(layout: &Layout, to: &str) -> anyhow::Result<String> {
    let deadline = Instant::now() + MAILED_WITHIN;
    while Instant::now() < deadline {
        for entry in fs::read_dir(layout.state("mail"))?.flatten() {
            let raw = fs::read(entry.path()).unwrap_or_default();
            let Some(mail) = MessageParser::default().parse(&raw) else { continue };
            let is_theirs = mail.to().and_then(|to| to.first()).and_then(|address| address.address()) == Some(to);
            let text = mail.body_text(0).unwrap_or_default();
            if let Some((_, behind)) = text.split_once('#').filter(|_| is_theirs) {
                return Ok(behind.split_whitespace().next().unwrap_or_default().to_owned());
            }
        }
        sleep(PULSE).await;
    }
    bail!("no mail came to {to} within {} s", MAILED_WITHIN.as_secs())
}

/// A small picture; another number is another picture.
pub(super) fn picture(number: u32) -> anyhow::Result<File> {
    let [_, red, green, blue] = number.to_be_bytes();
    let mut data = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([red, green, blue])).write_to(&mut data, image::ImageFormat::Png)?;
    Ok(File { name: format!("{number:04}.png"), media_type: "image/png".into(), data: data.into_inner().into() })
}
