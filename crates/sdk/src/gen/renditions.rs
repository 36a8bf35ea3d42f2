// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, renditions, route::Route};

static UPLOAD_SOURCES: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/UploadSources",
    verb: HttpMethod::POST,
    template: "/v1/sources",
    has_body: true,
};

static CREATE_TRANSFORMATION: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/CreateTransformation",
    verb: HttpMethod::POST,
    template: "/v1/transformations",
    has_body: true,
};

static CREATE_TRANSFORMATIONS: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/CreateTransformations",
    verb: HttpMethod::POST,
    template: "/v1/transformations:batch",
    has_body: true,
};

static GET_TRANSFORMATION: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/GetTransformation",
    verb: HttpMethod::GET,
    template: "/v1/transformations/{transformation_id}",
    has_body: false,
};

static LIST_TRANSFORMATIONS: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/ListTransformations",
    verb: HttpMethod::GET,
    template: "/v1/transformations",
    has_body: false,
};

static WATCH_TRANSFORMATIONS: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/WatchTransformations",
    verb: HttpMethod::GET,
    template: "/v1/transformations:watch",
    has_body: false,
};

static CANCEL_TRANSFORMATION: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/CancelTransformation",
    verb: HttpMethod::POST,
    template: "/v1/transformations/{transformation_id}:cancel",
    has_body: true,
};

static GET_RENDITION: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/GetRendition",
    verb: HttpMethod::GET,
    template: "/v1/transformations/{transformation_id}/rendition",
    has_body: false,
};

static EXPORT_MY_TRANSFORMATIONS: Route = Route {
    rpc: "/labelmesh.renditions.v1.RenditionService/ExportMyTransformations",
    verb: HttpMethod::GET,
    template: "/v1/me/data/transformations",
    has_body: false,
};

impl Client {
    /// Uploads sources: JPEG, PNG, WebP, GIF or SVG, any number of files in one call. Each is
    /// judged by its header and reported by name as soon as it has arrived; what is reported as added is kept
    /// whatever happens to the rest. A source is known by the SHA-256 of its bytes, so that uploading it again
    /// is harmless, and keeps it for longer. Over REST: a multipart/form-data body, each part with a file name
    /// one source.
    ///
    /// `POST /v1/sources`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn upload_sources(
        &self,
        files: crate::Upload,
    ) -> Result<crate::Answers<renditions::UploadSourcesResponse>, Error> {
        self.upload(&UPLOAD_SOURCES, &[], files).await
    }

    /// Asks for a picture that is made of a source, or of a page. Answers at once; where the picture was made before, the
    /// transformation has succeeded already.
    ///
    /// `POST /v1/transformations`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_transformation(
        &self,
        request: renditions::CreateTransformationRequest,
    ) -> Result<renditions::Transformation, Error> {
        self.unary(&CREATE_TRANSFORMATION, &request).await
    }

    /// Asks for many pictures at once, which are a batch from then on. Each is judged for itself: what is
    /// refused is said in its place, and the rest is begun.
    ///
    /// `POST /v1/transformations:batch`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_transformations(
        &self,
        request: renditions::CreateTransformationsRequest,
    ) -> Result<renditions::CreateTransformationsResponse, Error> {
        self.unary(&CREATE_TRANSFORMATIONS, &request).await
    }

    /// Gets a transformation; at once, or as soon as it has ended.
    ///
    /// `GET /v1/transformations/{transformation_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_transformation(
        &self,
        request: renditions::GetTransformationRequest,
    ) -> Result<renditions::Transformation, Error> {
        self.unary(&GET_TRANSFORMATION, &request).await
    }

    /// Lists transformations, the newest first: the caller's own, or all for administrators.
    ///
    /// `GET /v1/transformations`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_transformations(
        &self,
        request: renditions::ListTransformationsRequest,
    ) -> Result<renditions::ListTransformationsResponse, Error> {
        self.unary(&LIST_TRANSFORMATIONS, &request).await
    }

    /// Everything that [`Self::list_transformations`] lists, page by page from the first on.
    #[must_use]
    pub fn list_transformations_all(
        &self,
        request: renditions::ListTransformationsRequest,
    ) -> crate::Answers<renditions::Transformation> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) =
                (client.clone(), renditions::ListTransformationsRequest { page_token, ..request.clone() });
            async move {
                client.list_transformations(request).await.map(|page| (page.transformations, page.next_page_token))
            }
        })
    }

    /// Watches a batch: how many of its transformations are in which state now, and again whenever that
    /// changed (at most five times a second), until all have ended. The stream is of states, not of changes:
    /// whoever comes back misses nothing.
    ///
    /// `GET /v1/transformations:watch`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn watch_transformations(
        &self,
        request: renditions::WatchTransformationsRequest,
    ) -> Result<crate::Answers<renditions::TransformationsProgress>, Error> {
        self.stream(&WATCH_TRANSFORMATIONS, &request).await
    }

    /// Cancels a transformation that has not ended. It is cancelled at once; work that is under way for it
    /// is not interrupted, and its picture is there for whoever asks for it later. Again is harmless.
    ///
    /// `POST /v1/transformations/{transformation_id}:cancel`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn cancel_transformation(
        &self,
        request: renditions::CancelTransformationRequest,
    ) -> Result<renditions::Transformation, Error> {
        self.unary(&CANCEL_TRANSFORMATION, &request).await
    }

    /// Streams a picture that a transformation has made. The browser that shows it must not believe
    /// another type than the one that is said.
    ///
    /// `GET /v1/transformations/{transformation_id}/rendition`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_rendition(
        &self,
        request: renditions::GetRenditionRequest,
    ) -> Result<crate::Answers<bytes::Bytes>, Error> {
        self.bytes(&GET_RENDITION, &request).await
    }

    /// Streams everything that this service stores about the user who calls, record by record: sources and
    /// transformations. Each record is as it was when it was read.
    ///
    /// `GET /v1/me/data/transformations`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_my_transformations(
        &self,
        request: renditions::ExportMyTransformationsRequest,
    ) -> Result<crate::Answers<renditions::RenditionRecord>, Error> {
        self.stream(&EXPORT_MY_TRANSFORMATIONS, &request).await
    }
}
