//! Transformations as JSON:API 1.1 has them, under `/v1/jsonapi/`: one collection for each kind of the contract.
//!
//! `POST /v1/jsonapi/crop` takes what the thesis posts whose protocol `./dev bench renditions` repeats (M. Kruisz, TU
//! Wien 2020, listing 4.1), with the SHA-256 of a source for its `image_id`. It is another way to write
//! `POST /v1/transformations`, and all else of the call is as there.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::BodyExt as _;
use labelmesh_errors::Error;
use prost_reflect::DescriptorPool;
use serde_json::{Map, Value, json};
use tonic::body::Body;

use super::status::Refused;
use crate::answer::Pieces;

const MEDIA_TYPE: &str = "application/vnd.api+json";
const FOLDER: &str = "/v1/jsonapi/";
const NATIVE: &str = "/v1/transformations";
/// Whose oneof names the kinds.
const SPEC: &str = "labelmesh.renditions.v1.Spec";
/// What is called so names the source.
const IMAGE_ID: &str = "image_id";
/// Kinds with this field are made of the page that it names, and of no source.
const URL: &str = "url";
/// Whose width and height are shares where nothing else is said, as in the thesis.
const CROP: &str = "crop";

/// A call that is written as JSON:API has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct View {
    /// The kind, such as `crop`.
    kind: String,
    /// The transformation, where one is asked for by its id.
    id: Option<String>,
    /// Whether it is made of a page.
    is_of_page: bool,
}

impl View {
    /// The view of a call; none where it is no such call.
    pub(super) fn of(method: &Method, path: &str, pool: &DescriptorPool) -> Option<Self> {
        let (kind, id) = match path.strip_prefix(FOLDER)?.split_once('/') {
            Some((kind, id)) if method == Method::GET => (kind, Some(id.to_owned())),
            None if method == Method::POST => (path.strip_prefix(FOLDER)?, None),
            _ => return None,
        };
        let spec = pool.get_message_by_name(SPEC)?;
        let field = spec.oneofs().find_map(|kinds| kinds.fields().find(|field| field.name() == kind))?;
        let is_of_page = field.kind().as_message().is_some_and(|of| of.get_field_by_name(URL).is_some());
        Some(Self { kind: kind.to_owned(), id, is_of_page })
    }

    /// The same call as the contract has it, but for its body.
    pub(super) fn native<B>(&self, mut request: Request<B>) -> Request<B> {
        let path = match &self.id {
            Some(id) => format!("{NATIVE}/{id}"),
            None => NATIVE.to_owned(),
        };
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        // A part of a path, as it came.
        if let Ok(uri) = Uri::try_from(path + &query) {
            *request.uri_mut() = uri;
        }
        request
    }

    /// The body of the native call.
    ///
    /// # Errors
    /// MALFORMED, or FIELD_INVALID by the place in the document.
    pub(super) fn body(&self, body: Bytes) -> Result<Bytes, Refused> {
        if self.id.is_some() {
            return Ok(body);
        }
        let document: Value = serde_json::from_slice(&body).map_err(|error| Refused::malformed(error.to_string()))?;
        let data = document.get("data").and_then(Value::as_object);
        let data = data.ok_or_else(|| Error::invalid("data", "must be one resource object"))?;
        let of_kind = [format!("{}_task", self.kind), self.collection()];
        if !data.get("type").and_then(Value::as_str).is_some_and(|named| of_kind.iter().any(|kind| kind == named)) {
            return Err(Error::invalid("data.type", format!("must be {}", self.collection())).into());
        }
        let mut attributes = data.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        let image_id = attributes.remove(IMAGE_ID);
        if image_id.is_none() && !self.is_of_page {
            let rule = "must be the SHA-256 of a source, which POST /v1/sources tells";
            return Err(Error::invalid("data.attributes.image_id", rule).into());
        }
        let mut native = json!({"spec": {(&self.kind): self.spec(attributes)}});
        if let Some(image_id) = image_id {
            native["sourceSha256"] = image_id;
        }
        Ok(native.to_string().into())
    }

    /// What is to be made, by the fields of the kind.
    fn spec(&self, mut attributes: Map<String, Value>) -> Map<String, Value> {
        let sides = ["width", "height"];
        if self.kind == CROP && sides.iter().any(|side| attributes.contains_key(*side)) {
            let share = sides.iter().filter_map(|side| Some(((*side).to_owned(), attributes.remove(*side)?)));
            let share: Map<_, _> = share.collect();
            attributes.insert("percent".to_owned(), share.into());
        }
        attributes
    }

    fn collection(&self) -> String {
        format!("{}_tasks", self.kind)
    }

    /// The answer, as JSON:API has it.
    pub(super) async fn answer(&self, response: Response<Body>) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        let read = body.collect().await.ok().map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let native: Value = serde_json::from_slice(&read).unwrap_or_default();
        let document = if parts.status.is_success() {
            let resource = self.resource(native);
            if self.id.is_none() {
                let has_ended = resource["attributes"].get("endedAt").is_some();
                parts.status = if has_ended { StatusCode::CREATED } else { StatusCode::ACCEPTED };
                let link = resource["links"]["self"].as_str().and_then(|link| HeaderValue::try_from(link).ok());
                parts.headers.extend(link.map(|link| (header::CONTENT_LOCATION, link)));
            }
            json!({"jsonapi": {"version": "1.1"}, "data": resource})
        } else {
            json!({"jsonapi": {"version": "1.1"}, "errors": self.errors(parts.status, &native)})
        };
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        Response::from_parts(parts, Body::new(Pieces::of(document.to_string())))
    }

    fn resource(&self, native: Value) -> Value {
        let Value::Object(mut attributes) = native else { return Value::Null };
        let id = attributes.remove("transformationId").unwrap_or_default();
        if let Some(source) = attributes.remove("sourceSha256").filter(|source| source != "") {
            attributes.insert(IMAGE_ID.to_owned(), source);
        }
        let name = id.as_str().unwrap_or_default();
        let links = json!({
            "self": format!("{FOLDER}{}/{name}", self.kind), "related": format!("{NATIVE}/{name}/rendition"),
        });
        json!({"type": self.collection(), "id": id, "attributes": attributes, "links": links})
    }

    /// One error for each field that breaks a rule, or one for the whole.
    fn errors(&self, status: StatusCode, native: &Value) -> Vec<Value> {
        let details = native["details"].as_array().map(Vec::as_slice).unwrap_or_default();
        let reason = details.iter().find_map(|detail| detail.get("reason"));
        let error = |detail: &Value| json!({"status": status.as_u16().to_string(), "code": reason, "title": native["message"], "detail": detail});
        let violations = details.iter().filter_map(|detail| detail.get("fieldViolations")?.as_array()).flatten();
        let told: Vec<Value> = violations
            .map(|violation| {
                let mut error = error(&violation["description"]);
                error["source"] = json!({"pointer": self.pointer(violation["field"].as_str().unwrap_or_default())});
                error
            })
            .collect();
        if told.is_empty() { vec![error(&native["message"])] } else { told }
    }

    /// Where in the document a field is that the contract calls so.
    fn pointer(&self, field: &str) -> String {
        if let Some(place) = field.strip_prefix("data") {
            return format!("/data{}", place.replace('.', "/"));
        }
        let field = field.strip_prefix("spec.").unwrap_or(field);
        let of_kind = field.strip_prefix(&format!("{}.", self.kind)).unwrap_or(field);
        let name = match of_kind {
            "source_sha256" | "sourceSha256" => IMAGE_ID,
            "" | "spec" => return "/data/attributes".to_owned(),
            _ if of_kind == self.kind => return "/data/attributes".to_owned(),
            other => other.strip_prefix("percent.").unwrap_or(other),
        };
        format!("/data/attributes/{}", name.replace('.', "/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crop() -> View {
        View { kind: CROP.to_owned(), id: None, is_of_page: false }
    }

    fn translated(view: &View, document: &Value) -> Result<Value, String> {
        let body = view.body(document.to_string().into());
        body.map(|body| serde_json::from_slice(&body).expect("JSON")).map_err(|refused| format!("{refused:?}"))
    }

    #[test]
    fn what_the_thesis_posts_is_a_crop_by_shares() {
        let attributes = json!({"image_id": "ab", "width": 50, "height": 10});
        let native = translated(&crop(), &json!({"data": {"type": "crop_task", "attributes": attributes}}));
        let expected = json!({"sourceSha256": "ab", "spec": {"crop": {"percent": {"width": 50, "height": 10}}}});
        assert_eq!(native, Ok(expected));
        let resize = View { kind: "resize".to_owned(), ..crop() };
        let attributes = json!({"image_id": "ab", "width": 800, "output": {"quality": 90}});
        let native = translated(&resize, &json!({"data": {"type": "resize_tasks", "attributes": attributes}}));
        let expected = json!({"sourceSha256": "ab", "spec": {"resize": {"width": 800, "output": {"quality": 90}}}});
        assert_eq!(native, Ok(expected));
    }

    #[test]
    fn what_is_made_of_a_page_names_it_and_no_image() {
        let screenshot = View { kind: "screenshot".to_owned(), is_of_page: true, ..crop() };
        let attributes = json!({"url": "https://example.com/", "width": 800});
        let native = translated(&screenshot, &json!({"data": {"type": "screenshot_task", "attributes": attributes}}));
        assert_eq!(native, Ok(json!({"spec": {"screenshot": {"url": "https://example.com/", "width": 800}}})));
        assert_eq!(screenshot.pointer("spec.screenshot.url"), "/data/attributes/url");
        let attributes = json!({"url": "https://example.com/", "image_id": "ab"});
        let native = translated(&screenshot, &json!({"data": {"type": "screenshot_tasks", "attributes": attributes}}));
        assert_eq!(native.map(|native| native["sourceSha256"].clone()), Ok(json!("ab")), "the service refuses it");
    }

    #[test]
    fn which_kinds_are_made_of_pages_is_in_the_contract() {
        let pool = DescriptorPool::decode(labelmesh_proto::DESCRIPTORS).expect("descriptors");
        let is_of_page = |kind: &str| {
            let view = View::of(&Method::POST, &format!("{FOLDER}{kind}"), &pool);
            view.map(|view| view.is_of_page)
        };
        assert_eq!(["crop", "resize", "portrait"].map(is_of_page), [Some(false); 3]);
        assert_eq!(["screenshot", "lead_image"].map(is_of_page), [Some(true); 2]);
        assert_eq!(is_of_page("sources"), None);
    }

    #[test]
    fn what_is_no_such_document_is_refused_by_its_place() {
        for (document, place) in [
            (json!([]), "\"data\""),
            (json!({"data": {"type": "resize_tasks"}}), "data.type"),
            (json!({"data": {"type": "crop_tasks"}}), "data.attributes.image_id"),
        ] {
            let refused = translated(&crop(), &document).expect_err(place);
            assert!(refused.contains(place.trim_matches('"')), "{refused}");
        }
    }

    #[tokio::test]
    async fn an_answer_is_a_resource_and_an_error_points_at_its_attribute() {
        let native = json!({"transformationId": "t", "sourceSha256": "ab", "state": "TRANSFORMATION_STATE_QUEUED"});
        let answer = crop().answer(Response::new(Body::new(Pieces::of(native.to_string())))).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert_eq!(answer.headers()[header::CONTENT_LOCATION], "/v1/jsonapi/crop/t");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        let document: Value = serde_json::from_slice(&body).expect("JSON");
        let data = &document["data"];
        assert_eq!(
            (&data["type"], &data["id"], &data["attributes"][IMAGE_ID]),
            (&json!("crop_tasks"), &json!("t"), &json!("ab"))
        );
        assert_eq!(data["links"]["related"], "/v1/transformations/t/rendition");

        for (field, pointer) in [
            ("spec.crop.percent.width", "/data/attributes/width"),
            ("crop.percent.width", "/data/attributes/width"),
            ("spec.crop.focus", "/data/attributes/focus"),
            ("source_sha256", "/data/attributes/image_id"),
            ("data.attributes.image_id", "/data/attributes/image_id"),
            ("crop", "/data/attributes"),
        ] {
            let violation = json!({"field": field, "description": "must be from 1 to 100"});
            let native =
                json!({"message": "no", "details": [{"reason": "FIELD_INVALID"}, {"fieldViolations": [violation]}]});
            let errors = crop().errors(StatusCode::BAD_REQUEST, &native);
            let expected = json!([{
                "status": "400", "code": "FIELD_INVALID", "title": "no", "detail": "must be from 1 to 100",
                "source": {"pointer": pointer},
            }]);
            assert_eq!(json!(errors), expected);
        }
    }
}
