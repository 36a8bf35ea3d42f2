//! All routes of a contract.

use http::Method;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MessageDescriptor, MethodDescriptor};

use crate::{
    error::{BadContract, NoRoute, Refusal},
    request,
    route::{self, Route},
    status,
    template::RequestPath,
};

/// All routes of a contract.
#[derive(Debug)]
pub struct Transcoder {
    pool: DescriptorPool,
    /// The most literal first, so that the first that fits is the right one.
    routes: Vec<Route>,
    status: MessageDescriptor,
}

/// A route that takes a request, with what the path gave.
#[derive(Debug)]
pub struct Found<'t> {
    /// The route.
    pub route: &'t Route,
    values: Vec<String>,
}

impl Transcoder {
    /// Reads the routes from an encoded `google.protobuf.FileDescriptorSet`.
    ///
    /// # Errors
    ///
    /// Refuses descriptors that can't be read, routes that can't be served, and two routes for the same requests.
    pub fn new(descriptors: &[u8]) -> Result<Self, BadContract> {
        let bad = |problem: String| BadContract::new("the descriptors", problem);
        let pool = DescriptorPool::decode(descriptors).map_err(|error| bad(error.to_string()))?;
        let status = pool
            .get_message_by_name("google.rpc.Status")
            .ok_or_else(|| bad("google.rpc.Status is missing".to_owned()))?;
        let mut routes = Vec::new();
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            routes.extend(Route::of(&method)?);
        }
        let same_requests = |a: &Route, b: &Route| a.http_method() == b.http_method() && precedence(a) == precedence(b);
        routes.sort_by(|a, b| {
            precedence(a).cmp(&precedence(b)).then_with(|| a.http_method().as_str().cmp(b.http_method().as_str()))
        });
        if let Some(pair) = routes.windows(2).find(|pair| same_requests(&pair[0], &pair[1])) {
            let problem = format!("has the same route as {}", pair[1].method().full_name());
            return Err(BadContract::new(pair[0].method().full_name(), problem));
        }
        Ok(Self { pool, routes, status })
    }

    /// All routes.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The descriptors.
    #[must_use]
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// The route for a method and a path as it stands in the request line, without the query. HEAD is served as GET.
    ///
    /// # Errors
    ///
    /// Tells an unknown path from one that takes other methods.
    pub fn find(&self, method: &Method, path: &str) -> Result<Found<'_>, NoRoute> {
        let path = RequestPath::split(path).ok_or(NoRoute::UnknownPath)?;
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let mut others: Vec<Method> = Vec::new();
        for route in &self.routes {
            let Some(values) = route.template.matches(&path) else {
                continue;
            };
            if route.http_method() == method {
                return Ok(Found { route, values });
            }
            if !others.contains(route.http_method()) {
                others.push(route.http_method().clone());
            }
        }
        Err(if others.is_empty() { NoRoute::UnknownPath } else { NoRoute::OtherMethods(others) })
    }

    /// The RPC at a path such as `/labelmesh.tasks.v1.TaskService/GetTask`.
    #[must_use]
    pub fn method(&self, path: &str) -> Option<MethodDescriptor> {
        let (service, method) = path.strip_prefix('/')?.split_once('/')?;
        self.pool.get_service_by_name(service)?.methods().find(|found| found.name() == method)
    }

    /// The field that makes a repeat of an RPC harmless: a text named `request_id`.
    #[must_use]
    pub fn request_id(&self, path: &str) -> Option<FieldDescriptor> {
        self.method(path).and_then(|method| route::request_id(&method))
    }

    /// A `google.rpc.Status` as JSON, its details unpacked. `encoded` is the encoded `google.rpc.Status` that gRPC
    /// carries as details, or nothing.
    #[must_use]
    pub fn status_json(&self, code: i32, message: &str, encoded: &[u8]) -> String {
        status::status_json(&self.status, code, message, encoded)
    }
}

impl Found<'_> {
    /// The request message from what the path gave, the query and a body in JSON.
    ///
    /// # Errors
    ///
    /// Refuses unknown parameters and fields, values that they can't have, and a body that is not JSON.
    pub fn request(&self, query: Option<&str>, body: &[u8]) -> Result<DynamicMessage, Refusal> {
        request::build(self.route, &self.values, query, body)
    }
}

/// What orders routes: literals before variables, segment by segment.
fn precedence(route: &Route) -> (&[crate::template::Segment], Option<&str>) {
    (&route.template.segments, route.template.verb.as_deref())
}
