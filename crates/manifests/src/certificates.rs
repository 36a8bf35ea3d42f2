//! That what is called by TLS has a certificate for the names by which it is called. The cluster finds out when
//! somebody calls.

use serde_json::Value;

use crate::object::{array, name, namespace, text};

/// Where Istio's ingress gateway, and so the Secrets that it presents, may be.
const INGRESS: &[&str] = &["istio-system", "istio-ingress"];

/// Every ingress whose certificate is for other hosts, or for nobody. Where an installation brings certificates itself,
/// there is nothing to be said.
pub(super) fn faults(objects: &[Value]) -> Vec<String> {
    let certificates: Vec<_> = objects.iter().filter(|object| object["kind"] == "Certificate").collect();
    let presented: Vec<_> = certificates.iter().filter(|object| INGRESS.contains(&namespace(object))).collect();
    if presented.is_empty() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for gateway in objects.iter().filter(|object| object["kind"] == "Gateway") {
        for server in array(&gateway["spec"]["servers"]) {
            let Some(secret) = server["tls"]["credentialName"].as_str() else { continue };
            let mut found = presented.iter().filter(|certificate| certificate["spec"]["secretName"] == secret);
            let Some(certificate) = found.next() else {
                faults.push(format!("{}: nothing makes the Secret {secret} for the ingress", name(gateway)));
                continue;
            };
            let covered =
                |host: &&Value| array(&certificate["spec"]["dnsNames"]).any(|name| fits(text(name), text(host)));
            let missing = array(&server["hosts"]).filter(|host| !covered(host));
            faults.extend(missing.map(|host| format!("{}: {secret} is not for {}", name(gateway), text(host))));
        }
    }
    faults
}

/// Whether a name of a certificate is for a host: a star is for one label.
fn fits(name: &str, host: &str) -> bool {
    let under = |wild: &str| host.split_once('.').is_some_and(|(_, rest)| rest == wild);
    name == host || name.strip_prefix("*.").is_some_and(under)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ingress(namespace: &str, secret: &str, names: &[&str]) -> Vec<String> {
        let server = json!({"hosts": ["labels.example.com"], "tls": {"credentialName": "labels-tls"}});
        let objects = [
            json!({"kind": "Gateway", "metadata": {"name": "labels"}, "spec": {"servers": [server]}}),
            json!({
                "kind": "Certificate",
                "metadata": {"name": "labels", "namespace": namespace},
                "spec": {"secretName": secret, "dnsNames": names},
            }),
        ];
        faults(&objects)
    }

    #[test]
    fn an_ingress_has_a_certificate_for_its_hosts() {
        let here = "istio-system";
        for names in [["labels.example.com"], ["*.example.com"]] {
            assert_eq!(ingress(here, "labels-tls", &names), Vec::<String>::new());
        }
        for names in [["example.com"], ["*.labels.example.com"], ["*.com"]] {
            assert_eq!(
                ingress(here, "labels-tls", &names),
                ["Gateway labels: labels-tls is not for labels.example.com"]
            );
        }
        assert_eq!(
            ingress(here, "other-tls", &["labels.example.com"]),
            ["Gateway labels: nothing makes the Secret labels-tls for the ingress"]
        );
        assert_eq!(ingress("postgres", "other-tls", &[]), Vec::<String>::new(), "the installation brings it");
    }
}
