//! Path variables, query parameters and body become one message.

use prost_reflect::{DynamicMessage, FieldDescriptor};
use url::form_urlencoded;

use crate::{
    error::Refusal,
    json, parameter,
    route::{Body, Route},
};

/// The request message of a route.
pub(crate) fn build(
    route: &Route,
    values: &[String],
    query: Option<&str>,
    body: &[u8],
) -> Result<DynamicMessage, Refusal> {
    let mut message = with_body(route, body)?;
    let mut given: Vec<Vec<FieldDescriptor>> = Vec::new();
    if let Body::Field(field) = route.body() {
        given.push(vec![field.clone()]);
    }
    for (fields, value) in route.variables.iter().zip(values) {
        let by_body = value_at(&message, fields);
        clear_at(&mut message, fields);
        parameter::set(&mut message, fields, value)?;
        if by_body.is_some() && by_body != value_at(&message, fields) {
            return Err(Refusal::field(parameter::name(fields), "must be as in the path, or left out"));
        }
        given.push(fields.clone());
    }
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let fields = match route.body() {
            Body::All => None,
            _ => parameter::fields(&route.input, &name),
        };
        let Some(fields) = fields else {
            return Err(Refusal::field(name, "is not a parameter of this route"));
        };
        let repeated = fields.last().is_some_and(FieldDescriptor::is_list);
        if given.contains(&fields) && !repeated || given.iter().any(|given| is_inside(&fields, given)) {
            return Err(Refusal::field(parameter::name(&fields), "is given twice"));
        }
        parameter::set(&mut message, &fields, &value)?;
        given.push(fields);
    }
    Ok(message)
}

fn with_body(route: &Route, body: &[u8]) -> Result<DynamicMessage, Refusal> {
    match route.body() {
        Body::All => json::from_json(&route.input, body),
        Body::Field(field) => {
            let mut message = DynamicMessage::new(route.input.clone());
            if let Some(value) = json::field_from_json(field, body)? {
                message.set_field(field, value);
            }
            Ok(message)
        }
        // What many clients send where there is nothing to say.
        Body::None if body.is_empty() || is_empty_object(body) => Ok(DynamicMessage::new(route.input.clone())),
        Body::None => Err(Refusal::Malformed("this route takes no body".to_owned())),
    }
}

fn is_empty_object(body: &[u8]) -> bool {
    let inside = body.trim_ascii().strip_prefix(b"{").and_then(|body| body.strip_suffix(b"}"));
    inside.is_some_and(|inside| inside.trim_ascii().is_empty())
}

/// Whether a field lies inside of one that was given as a whole.
fn is_inside(fields: &[FieldDescriptor], given: &[FieldDescriptor]) -> bool {
    fields.len() > given.len() && fields.starts_with(given)
}

/// The value at the end of a path, where it is set.
fn value_at(message: &DynamicMessage, fields: &[FieldDescriptor]) -> Option<prost_reflect::Value> {
    let (first, rest) = fields.split_first()?;
    if !message.has_field(first) {
        return None;
    }
    let value = message.get_field(first);
    if rest.is_empty() { Some(value.into_owned()) } else { value_at(value.as_message()?, rest) }
}

/// Removes the value at the end of a path, so that it can be set anew.
fn clear_at(message: &mut DynamicMessage, fields: &[FieldDescriptor]) {
    match fields {
        [] => {}
        [last] => message.clear_field(last),
        [first, rest @ ..] if message.has_field(first) => {
            if let Some(inner) = message.get_field_mut(first).as_message_mut() {
                clear_at(inner, rest);
            }
        }
        _ => {}
    }
}
