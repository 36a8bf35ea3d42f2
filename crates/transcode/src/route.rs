//! One binding of an RPC to an HTTP method and a path.

use http::Method;
use prost::DecodeError;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use crate::{error::BadContract, parameter, template::Template};

/// What the body of a request stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// There is none.
    None,
    /// Every field that the path does not give.
    All,
    /// One field.
    Field(FieldDescriptor),
}

/// The two fields by which a stream of versioned states is resumed: a request's `after_<name>` takes what an answer's
/// `<name>` said, both whole numbers of 64 bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Resumption {
    /// The field of the request that says what was seen last.
    pub after: FieldDescriptor,
    /// The field of each answer that says what is seen now.
    pub seen: FieldDescriptor,
}

/// One binding of an RPC to an HTTP method and a path.
#[derive(Debug, Clone)]
pub struct Route {
    method: MethodDescriptor,
    pub(crate) input: MessageDescriptor,
    path: String,
    http_method: Method,
    text: String,
    body: Body,
    pub(crate) template: Template,
    /// The fields of the template's variables, in their order.
    pub(crate) variables: Vec<Vec<FieldDescriptor>>,
}

impl Route {
    /// The routes that a method declares: none, or its rule and the additional ones.
    pub(crate) fn of(method: &MethodDescriptor) -> Result<Vec<Self>, BadContract> {
        let Some(extension) = method.parent_pool().get_extension_by_name("google.api.http") else {
            return Ok(Vec::new());
        };
        let options = method.options();
        if !options.has_extension(&extension) {
            return Ok(Vec::new());
        }
        let rule = options.get_extension(&extension);
        let Some(rule) = rule.as_message() else {
            return Ok(Vec::new());
        };
        let mut routes = vec![Self::from_rule(method, rule)?];
        let additional = rule.get_field_by_name("additional_bindings");
        for rule in additional.iter().filter_map(|rules| rules.as_list()).flatten() {
            if let Some(rule) = rule.as_message() {
                routes.push(Self::from_rule(method, rule)?);
            }
        }
        Ok(routes)
    }

    fn from_rule(method: &MethodDescriptor, rule: &DynamicMessage) -> Result<Self, BadContract> {
        let bad = |problem: String| BadContract::new(method.full_name(), problem);
        let text_of = |name: &str| {
            rule.get_field_by_name(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let methods = [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::PATCH];
        let names = ["get", "put", "post", "delete", "patch"];
        let (http_method, name) = methods
            .into_iter()
            .zip(names)
            .find(|(_, name)| rule.has_field_by_name(name))
            .ok_or_else(|| bad("only get, put, post, delete and patch are supported".to_owned()))?;
        if !text_of("response_body").is_empty() {
            return Err(bad("response_body is not supported".to_owned()));
        }
        let text = text_of(name);
        let template = Template::parse(&text).map_err(|problem| bad(format!("{text}: {problem}")))?;
        let variables = template
            .variables
            .iter()
            .map(|variable| variable_field(&method.input(), &variable.field_path))
            .collect::<Result<_, _>>()
            .map_err(bad)?;
        let body = match text_of("body").as_str() {
            "" => Body::None,
            "*" => Body::All,
            name => Body::Field(
                method
                    .input()
                    .get_field_by_name(name)
                    .ok_or_else(|| bad(format!("{name} is no field of the input")))?,
            ),
        };
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let (method, input) = (method.clone(), method.input());
        Ok(Self { method, input, path, http_method, text, body, template, variables })
    }

    /// The path of the RPC, such as `/labelmesh.tasks.v1.TaskService/GetTask`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The RPC.
    #[must_use]
    pub fn method(&self) -> &MethodDescriptor {
        &self.method
    }

    /// The HTTP method.
    #[must_use]
    pub fn http_method(&self) -> &Method {
        &self.http_method
    }

    /// The path template as it is declared, such as `/v1/tasks/{task_id}`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.text
    }

    /// What the body stands for.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The type of an answer.
    #[must_use]
    pub fn output(&self) -> MessageDescriptor {
        self.method.output()
    }

    /// An answer from its encoded form.
    ///
    /// # Errors
    ///
    /// Fails where the bytes are not a message of the answer's type.
    pub fn decode_answer(&self, encoded: &[u8]) -> Result<DynamicMessage, DecodeError> {
        DynamicMessage::decode(self.output(), encoded)
    }

    /// Whether an answer is raw bytes with a media type.
    #[must_use]
    pub fn answers_with_bytes(&self) -> bool {
        self.output().full_name() == "google.api.HttpBody"
    }

    /// By which fields the stream of answers is resumed, where it can be.
    #[must_use]
    pub fn resumption(&self) -> Option<Resumption> {
        if !self.method.is_server_streaming() {
            return None;
        }
        self.method.input().fields().find_map(|after| {
            let seen = self.output().get_field_by_name(after.name().strip_prefix("after_")?)?;
            let versions = [&after, &seen].into_iter().all(|field| !field.is_list() && field.kind() == Kind::Uint64);
            versions.then_some(Resumption { after, seen })
        })
    }

    /// The field that makes a repeat of the request harmless: a text named `request_id`.
    #[must_use]
    pub fn request_id(&self) -> Option<FieldDescriptor> {
        request_id(&self.method)
    }

    /// The field by which a request says for which state of a resource it was made: a text named `etag`.
    #[must_use]
    pub fn expected_etag(&self) -> Option<FieldDescriptor> {
        text(&self.method.input(), "etag")
    }

    /// The field by which an answer names the state of the resource that it is: a text named `etag`.
    #[must_use]
    pub fn etag(&self) -> Option<FieldDescriptor> {
        text(&self.output(), "etag")
    }
}

/// The field that makes a repeat of a method's request harmless.
pub(crate) fn request_id(method: &MethodDescriptor) -> Option<FieldDescriptor> {
    text(&method.input(), "request_id")
}

/// A field of this name that is one text.
fn text(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message.get_field_by_name(name).filter(|field| field.kind() == Kind::String && !field.is_list())
}

/// The fields along a variable's path, which must end in something that one text can give.
fn variable_field(input: &MessageDescriptor, path: &str) -> Result<Vec<FieldDescriptor>, String> {
    let fields = parameter::fields(input, path).ok_or_else(|| format!("{path} is no field of the input"))?;
    match fields.last() {
        Some(last) if !last.is_list() && !matches!(last.kind(), Kind::Message(_)) => Ok(fields),
        _ => Err(format!("{path} can't be given by a path")),
    }
}
