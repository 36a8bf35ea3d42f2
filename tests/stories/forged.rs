//! What somebody has made up is taken for nobody's: tokens at each service's own port, and headers at the gateway.
//!
//! Every method of the contract is tried with everything, so that a new one is tried from its first day.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use jsonwebtoken::{EncodingKey, Header, encode};
use labelmesh_cluster::{Cluster, Service, signer};
use labelmesh_proto::method::METHODS;
use labelmesh_sdk::{Client, Role};
use labelmesh_servers::http_client;
use serde_json::{Value, json};

use crate::{
    foreign::{Call, Grpcio, frames},
    people::{person, shared},
    requests::{is_open, public, service_of},
};

const GET_JWKS: &str = "/labelmesh.auth.v1.AuthService/GetJwks";
const GET_ME: &str = "/labelmesh.users.v1.UserService/GetMe";
/// What other systems believe about a caller because a header says so, and what the gateway tells services itself.
/// `{victim}` stands for somebody's id.
const CLAIMING: [(&str, &str); 22] = [
    ("x-user-id", "{victim}"),
    ("x-user", "{victim}"),
    ("x-labelmesh-user", "{victim}"),
    ("x-authenticated-user", "{victim}"),
    ("x-auth-request-user", "{victim}"),
    ("x-forwarded-user", "{victim}"),
    ("x-remote-user", "{victim}"),
    ("remote-user", "{victim}"),
    ("x-principal", "{victim}"),
    ("x-session-id", "{victim}"),
    ("x-roles", "administrator"),
    ("x-role", "ROLE_ADMINISTRATOR"),
    ("x-labelmesh-roles", "administrator"),
    ("x-service", "auth"),
    ("x-forwarded-client-cert", "URI=spiffe://cluster.local/ns/labelmesh/sa/auth"),
    ("x-client-address", "127.0.0.1"),
    ("x-client-agent", "gateway"),
    ("x-original-url", "/v1/users"),
    ("x-rewrite-url", "/v1/users"),
    ("x-http-method-override", "GET"),
    ("cookie", "token={victim}; session={victim}"),
    ("proxy-authorization", "Bearer {victim}"),
];

/// Whoever forges tokens, and what they may have got hold of.
struct Forger {
    /// auth's public key, as everybody can read it, and its id.
    auth_key: [u8; 32],
    auth_kid: String,
    /// What auth has said in a token of somebody's.
    claims: Value,
    /// The key of a service.
    stolen: SigningKey,
    stolen_kid: String,
    /// A key that nobody knows.
    own: SigningKey,
}

impl Forger {
    async fn of(cluster: &Cluster, grpcio: &mut Grpcio, client: &Client) -> Result<Self> {
        let auth = cluster.addresses(Service::Auth).await.swap_remove(0);
        let keys = cluster.keys();
        let gateway = signer(keys, Service::Gateway)?.sign("auth");
        let ask =
            Call { target: &auth, path: GET_JWKS, token: Some(&gateway), message: json!({}), unwatched_deadline: None };
        let end = grpcio.make(&[ask]).await?.swap_remove(0);
        ensure!(end.code == "OK", "the keys are not told: {end:?}");
        let key = &end.answers[0]["keys"][0];
        let token = cluster.internal_token(client.token().context("signed in")?, Service::Auth).await?;
        Ok(Self {
            auth_key: decoded(key["x"].as_str().context("a key")?)?.try_into().ok().context("32 bytes")?,
            auth_kid: key["kid"].as_str().context("an id")?.to_owned(),
            claims: serde_json::from_slice(&decoded(token.split('.').nth(1).context("three parts")?)?)?,
            stolen: SigningKey::from_bytes(&decoded(keys.seed(Service::Gateway))?.try_into().ok().context("32 bytes")?),
            stolen_kid: header(&gateway)?["kid"].as_str().context("an id")?.to_owned(),
            own: SigningKey::from_bytes(&[7; 32]),
        })
    }

    /// What auth has said, but for this.
    fn claims_but(&self, changes: Value) -> Value {
        let mut claims = self.claims.clone();
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
    }

    /// Tokens that are wrong at a service, each with what is wrong with it.
    fn tokens(&self, service: &str) -> Result<Vec<(&'static str, String)>> {
        let with_kid = |kid: &str| json!({"alg": "EdDSA", "typ": "JWT", "kid": kid});
        let own_kid = with_kid("a-key-of-my-own");
        let own_jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(self.own.verifying_key().as_bytes())});
        let jwk = json!({"alg": "EdDSA", "typ": "JWT", "kid": self.auth_kid, "jwk": own_jwk});
        let stolen = with_kid(&self.stolen_kid);
        let now = self.claims["iat"].as_i64().context("when it was issued")?;
        let gateways = |changes: Value| {
            let mut claims = json!({"iss": "gateway", "sub": "gateway", "aud": service, "iat": now, "exp": now + 60});
            for (name, value) in changes.as_object().into_iter().flatten() {
                claims[name] = value.clone();
            }
            signed(&stolen, &claims, &self.stolen)
        };
        let hmac = Header { kid: Some(self.auth_kid.clone()), ..Header::default() };
        let by_public_key = |secret: &[u8]| encode(&hmac, &self.claims, &EncodingKey::from_secret(secret));
        let unsigned = |alg: &str| {
            let header = json!({"alg": alg, "typ": "JWT", "kid": self.auth_kid});
            format!("{}.{}.", encoded(header.to_string().as_bytes()), encoded(self.claims.to_string().as_bytes()))
        };
        Ok(vec![
            ("auth's key id, another's signature", signed(&with_kid(&self.auth_kid), &self.claims, &self.own)),
            ("a key of its own", signed(&own_kid, &self.claims, &self.own)),
            ("no key id", signed(&json!({"alg": "EdDSA", "typ": "JWT"}), &self.claims, &self.own)),
            ("a path for a key id", signed(&with_kid("../../../../dev/null"), &self.claims, &self.own)),
            ("SQL for a key id", signed(&with_kid("' OR '1'='1"), &self.claims, &self.own)),
            ("its key in the header", signed(&jwk, &self.claims, &self.own)),
            ("no signature", unsigned("none")),
            ("no signature, but said to have one", unsigned("EdDSA")),
            ("HMAC by auth's public key", by_public_key(&self.auth_key)?),
            ("HMAC by auth's public key as text", by_public_key(encoded(&self.auth_key).as_bytes())?),
            ("a user vouched for by a service", signed(&stolen, &self.claims, &self.stolen)),
            ("a user of a service", signed(&stolen, &self.claims_but(json!({"iss": "gateway"})), &self.stolen)),
            ("a service for another service", gateways(json!({"aud": "elsewhere"}))),
            ("a service for nobody", gateways(json!({"aud": null}))),
            ("a service for a list", gateways(json!({"aud": [service, "elsewhere"]}))),
            ("a service that is another's subject", gateways(json!({"sub": "auth"}))),
            ("a service that another has issued", gateways(json!({"iss": "auth"}))),
            ("a service whose time is over", gateways(json!({"exp": now - 60}))),
            ("a service for a year", gateways(json!({"exp": now + 31_536_000}))),
            ("a service for ever", gateways(json!({"exp": null}))),
        ])
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    Ok(URL_SAFE_NO_PAD.decode(text)?)
}

fn header(token: &str) -> Result<Value> {
    Ok(serde_json::from_slice(&decoded(token.split('.').next().context("three parts")?)?)?)
}

fn signed(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let claims = match claims {
        // What is null is left out.
        Value::Object(claims) => claims.iter().filter(|(_, value)| !value.is_null()).collect::<BTreeMap<_, _>>(),
        _ => BTreeMap::new(),
    };
    let said = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(json!(claims).to_string().as_bytes()));
    let signature = key.sign(said.as_bytes());
    format!("{said}.{}", encoded(&signature.to_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_tokens_are_taken_by_no_method_at_any_services_own_port() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "forged-victim", Role::Client).await?;
    // The gateway describes what can be called there; a service's own port describes all.
    let mut grpcio = Grpcio::start(&cluster.addresses(Service::Auth).await.swap_remove(0))?;
    let forger = Forger::of(cluster, &mut grpcio, &client).await?;
    for service in Service::ALL.into_iter().filter(|service| *service != Service::Gateway) {
        let port = cluster.addresses(service).await.swap_remove(0);
        let methods: Vec<_> =
            METHODS.iter().filter(|method| service_of(method) == service.name() && !is_open(method)).collect();
        for (what, token) in forger.tokens(service.name())? {
            let call =
                |path| Call { target: &port, path, token: Some(&token), message: json!({}), unwatched_deadline: None };
            let calls: Vec<_> = methods.iter().map(|method| call(method.path)).collect();
            for (end, method) in grpcio.make(&calls).await?.iter().zip(&methods) {
                ensure!(
                    (&*end.code, end.reason()) == ("UNAUTHENTICATED", "NOT_SIGNED_IN"),
                    "{} takes a token with {what}: {end:?}",
                    method.path
                );
            }
        }
    }
    // The same ways of making calls and tokens are taken where nothing is wrong.
    let users = cluster.addresses(Service::Users).await.swap_remove(0);
    let right = cluster.internal_token(client.token().context("signed in")?, Service::Users).await?;
    let call = Call { target: &users, path: GET_ME, token: Some(&right), message: json!({}), unwatched_deadline: None };
    let end = grpcio.make(&[call]).await?.swap_remove(0);
    ensure!(end.code == "OK", "a right token is refused: {end:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_one_service_is_taken_by_no_method_of_another() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "elsewhere", Role::Client).await?;
    let (mut ports, mut tokens) = (BTreeMap::new(), BTreeMap::new());
    for service in Service::with_data() {
        let token = cluster.internal_token(client.token().context("signed in")?, service).await?;
        tokens.insert(service.name(), format!("Bearer {token}"));
        ports.insert(service.name(), cluster.addresses(service).await.swap_remove(0));
    }
    for method in METHODS.iter().filter(|method| method.is_for_users()) {
        for (service, token) in &tokens {
            // Not a message: whoever may call is told so, and nothing happens.
            let headers = [("authorization", token.as_str())];
            let seen = frames::call(&ports[method.owner()], method.path, &headers, &[0xff, 0xff], || ()).await?;
            let signed_in = seen.status().context(method.path)? != "16";
            ensure!(signed_in == (*service == method.owner()), "{} with a token for {service}: {seen:?}", method.path);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_claim_to_be_somebody_are_believed_by_no_method() -> Result<()> {
    let cluster = shared().await;
    let victim = person(cluster, "claimed-victim", Role::Client).await?;
    let id = victim.get_me(labelmesh_sdk::users::GetMeRequest::default()).await?.user_id;
    let claims = CLAIMING.map(|(name, value)| (name, value.replace("{victim}", &id)));
    let headers: Vec<_> = claims.iter().map(|(name, value)| (*name, &**value)).collect();
    for method in public().filter(|method| !is_open(method)) {
        let seen = frames::call(cluster.gateway(), method.path, &headers, &[], || ()).await?;
        assert_eq!(seen.status().context(method.path)?, "16", "{}", method.path);
    }
    // Over REST, and with a session of somebody else's: whose it is stays who it is.
    let other = person(cluster, "claiming", Role::Client).await?;
    let mut request = http_client().get(format!("{}/v1/me", cluster.gateway()));
    for (name, value) in &headers {
        request = request.header(*name, *value);
    }
    let nobody = request.try_clone().context("no body")?.send().await?;
    assert_eq!(nobody.status(), 401);
    let me: Value =
        request.bearer_auth(other.token().context("signed in")?).send().await?.error_for_status()?.json().await?;
    assert_eq!(me["name"], json!("claiming"));
    Ok(())
}
