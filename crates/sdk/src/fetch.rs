//! Pictures that an operator is to look at.

use bytes::Bytes;

use crate::{Client, Error, HttpMethod, route::Prepared};

impl Client {
    /// The bytes at the address of a lease's picture: a path of the server, or a signed address elsewhere, which is not
    /// shown the token.
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn picture(&self, image_url: &str) -> Result<Bytes, Error> {
        let path = image_url.to_owned();
        let prepared = Prepared { verb: HttpMethod::GET, path, query: Vec::new(), body: None, repeatable: true };
        self.retries.persist(true, || self.answer(&prepared)).await
    }
}
