//! An adapter from an async function to a tower service, so that a layer's file holds only what the layer does.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::{BoxFuture, FutureExt as _};
use http::{Request, Response};
use tonic::body::Body;
use tower::Service;

/// What a layer wraps: the next one in.
pub(crate) trait Inner:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static
{
    /// Passes a request on.
    fn pass(mut self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send {
        self.call(request).map(|result| match result {
            Ok(response) => response,
            Err(never) => match never {},
        })
    }
}

impl<S> Inner for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// What a layer does with a call.
pub(crate) trait Middleware: Send + Sync + 'static {
    /// Answers the call itself, or passes it on.
    fn handle<S: Inner>(&self, request: Request<Body>, inner: S) -> impl Future<Output = Response<Body>> + Send;
}

/// A service with a layer around it. Clones share the layer.
pub(crate) struct Wrapped<M, S> {
    middleware: Arc<M>,
    inner: S,
}

/// Puts a layer around a service.
pub(crate) fn wrap<M: Middleware, S: Inner>(middleware: M, inner: S) -> Wrapped<M, S> {
    Wrapped { middleware: Arc::new(middleware), inner }
}

impl<M, S: Clone> Clone for Wrapped<M, S> {
    fn clone(&self) -> Self {
        Self { middleware: self.middleware.clone(), inner: self.inner.clone() }
    }
}

impl<M: Middleware, S: Inner> Service<Request<Body>> for Wrapped<M, S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The clone is left behind, since it is the present one that was made ready.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let middleware = self.middleware.clone();
        Box::pin(async move { Ok(middleware.handle(request, inner).await) })
    }
}
