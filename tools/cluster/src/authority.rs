//! Who vouches for the cluster's programs and for the servers outside of it.

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use serde_json::{Value, json};

/// Signs certificates. Its key is never written.
pub(crate) struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    /// Makes one.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub(crate) fn new(name: &str) -> anyhow::Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    /// Its own certificate.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A certificate for somebody of a group, and for hosts and addresses.
    ///
    /// # Errors
    /// If a host is none.
    pub(crate) fn issue(&self, name: &str, group: Option<&str>, hosts: &[&str]) -> anyhow::Result<Pair> {
        let key = KeyPair::generate()?;
        let hosts: Vec<_> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).with_context(|| format!("the hosts of {name}"))?;
        params.distinguished_name.push(DnType::CommonName, name);
        if let Some(group) = group {
            params.distinguished_name.push(DnType::OrganizationName, group);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Pair { certificate, key: key.serialize_pem() })
    }
    /// A kubeconfig of somebody's who believes the API server at `address` for this authority.
    pub(crate) fn access(&self, pair: &Pair, address: &str) -> String {
        let own = |name: &str, key: &str, value: Value| json!([{"name": name, key: value}]);
        let encode = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
        let cluster = json!({"server": address, "certificate-authority-data": encode(self.certificate())});
        let user = json!({"client-certificate-data": encode(&pair.certificate), "client-key-data": encode(&pair.key)});
        json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": own("cluster", "cluster", cluster),
            "users": own("user", "user", user),
            "contexts": own("context", "context", json!({"cluster": "cluster", "user": "user"})),
            "current-context": "context",
        })
        .to_string()
    }
}
