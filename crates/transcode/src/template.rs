//! Path templates in the syntax of `google.api.HttpRule`:
//!
//! ```text
//! Template = "/" Segments [ ":" Verb ] ;
//! Segments = Segment { "/" Segment } ;
//! Segment  = "*" | "**" | Literal | "{" FieldPath [ "=" Segments ] "}" ;
//! ```

use percent_encoding::percent_decode_str;

/// One step of a path. The order is that of precedence: what is more literal is tried first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    /// Exactly this text.
    Literal(String),
    /// Any one segment that is not empty.
    Any,
    /// All that is left, which may be nothing.
    Rest,
}

/// A variable and the segments it is made of, as a range into those of the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) field_path: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) segments: Vec<Segment>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) verb: Option<String>,
}

impl Template {
    /// Parses a template; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.strip_prefix('/').ok_or("a template begins with a slash")?;
        let mut template = Self { segments: Vec::new(), variables: Vec::new(), verb: None };
        loop {
            rest = template.parse_segment(rest)?;
            match rest.chars().next() {
                None => break,
                Some('/') => rest = &rest[1..],
                Some(':') if !rest[1..].is_empty() && !rest[1..].contains(['/', ':', '{', '*']) => {
                    template.verb = Some(rest[1..].to_owned());
                    break;
                }
                Some(other) => return Err(format!("unexpected {other:?}")),
            }
        }
        match template.segments.iter().position(|segment| *segment == Segment::Rest) {
            Some(at) if at + 1 < template.segments.len() => Err("** stands at the end".to_owned()),
            _ => Ok(template),
        }
    }

    /// Parses one segment, or a variable with all of its segments, and returns what is left.
    fn parse_segment<'t>(&mut self, text: &'t str) -> Result<&'t str, String> {
        let Some(inner) = text.strip_prefix('{') else {
            let end = text.find(['/', ':']).unwrap_or(text.len());
            self.segments.push(plain_segment(&text[..end])?);
            return Ok(&text[end..]);
        };
        let (inner, rest) = inner.split_once('}').ok_or("a variable is not closed")?;
        let (field_path, pattern) = inner.split_once('=').unwrap_or((inner, "*"));
        if field_path.is_empty() {
            return Err("a variable has no name".to_owned());
        }
        let start = self.segments.len();
        for segment in pattern.split('/') {
            self.segments.push(plain_segment(segment)?);
        }
        self.variables.push(Variable { field_path: field_path.to_owned(), start, end: self.segments.len() });
        Ok(rest)
    }

    /// The values of the variables where the path fits, in the order of the variables.
    pub(crate) fn matches(&self, path: &RequestPath<'_>) -> Option<Vec<String>> {
        if self.verb.as_deref() != path.verb {
            return None;
        }
        let open_ended = self.segments.last() == Some(&Segment::Rest);
        let fixed = self.segments.len() - usize::from(open_ended);
        if path.segments.len() < fixed || (!open_ended && path.segments.len() > fixed) {
            return None;
        }
        let fits = self.segments[..fixed].iter().zip(&path.segments).all(|(segment, given)| match segment {
            Segment::Literal(literal) => percent_decode_str(given).eq(literal.bytes()),
            Segment::Any => !given.is_empty(),
            Segment::Rest => true,
        });
        fits.then(|| self.variables.iter().map(|variable| self.value(variable, path)).collect()).flatten()
    }

    /// The text that a variable stands for; `None` where it is not UTF-8.
    fn value(&self, variable: &Variable, path: &RequestPath<'_>) -> Option<String> {
        let open_ended = self.segments[variable.start..variable.end].contains(&Segment::Rest);
        let end = if open_ended { path.segments.len() } else { variable.end };
        let text = path.segments[variable.start..end].join("/");
        if variable.end - variable.start == 1 && !open_ended {
            return percent_decode_str(&text).decode_utf8().ok().map(Into::into);
        }
        // In a value of several segments an encoded slash is not a separator and stays encoded.
        let kept = text.replace("%2F", "%252F").replace("%2f", "%252f");
        percent_decode_str(&kept).decode_utf8().ok().map(Into::into)
    }
}

fn plain_segment(text: &str) -> Result<Segment, String> {
    match text {
        "" => Err("a segment is empty".to_owned()),
        "*" => Ok(Segment::Any),
        "**" => Ok(Segment::Rest),
        literal if literal.contains(['{', '}', '*', '=']) => Err(format!("{literal:?} is no literal")),
        literal => Ok(Segment::Literal(literal.to_owned())),
    }
}

/// The path of a request, split but not decoded.
#[derive(Debug)]
pub(crate) struct RequestPath<'p> {
    segments: Vec<&'p str>,
    verb: Option<&'p str>,
}

impl<'p> RequestPath<'p> {
    /// Splits a path as it stands in the request line, without the query.
    pub(crate) fn split(path: &'p str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let last = path.rfind('/').map_or(0, |slash| slash + 1);
        let (path, verb) = match path[last..].rfind(':') {
            Some(colon) => (&path[..last + colon], Some(&path[last + colon + 1..])),
            None => (path, None),
        };
        Some(Self { segments: path.split('/').collect(), verb })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(template: &str, path: &str) -> Option<Vec<String>> {
        let template = Template::parse(template).expect("a good template");
        template.matches(&RequestPath::split(path).expect("a path"))
    }

    fn some(values: &[&str]) -> Option<Vec<String>> {
        Some(values.iter().map(|&value| value.to_owned()).collect())
    }

    #[test]
    fn paths_fit_or_not() {
        let table = [
            ("/v1/tasks", "/v1/tasks", some(&[])),
            ("/v1/tasks", "/v1/tasks/", None),
            ("/v1/tasks", "/v1", None),
            ("/v1/tasks/{id}", "/v1/tasks/7", some(&["7"])),
            ("/v1/tasks/{id}", "/v1/tasks/", None),
            ("/v1/tasks/{id}", "/v1/tasks/7/images", None),
            ("/v1/tasks/{id}", "/v1/tasks/a%20b%2Fc", some(&["a b/c"])),
            ("/v1/tasks/{id}", "/v1/tasks/%FF", None),
            ("/v1/tasks/{id}:submit", "/v1/tasks/7:submit", some(&["7"])),
            ("/v1/tasks/{id}:submit", "/v1/tasks/7", None),
            ("/v1/tasks/{id}", "/v1/tasks/7:submit", None),
            ("/v1/tasks/{id}", "/v1/tasks/7%3Asubmit", some(&["7:submit"])),
            ("/v1/tasks:lease", "/v1/tasks:lease", some(&[])),
            ("/v1/{a.b}/x/{c}", "/v1/1/x/2", some(&["1", "2"])),
            ("/v1/{name=tasks/*/images/*}", "/v1/tasks/1/images/2", some(&["tasks/1/images/2"])),
            ("/v1/{name=tasks/*}/images", "/v1/tasks/1/images", some(&["tasks/1"])),
            ("/v1/{name=tasks/*}/images", "/v1/users/1/images", None),
            ("/files/{path=**}", "/files/a/b%2Fc/d%20e", some(&["a/b%2Fc/d e"])),
            ("/files/{path=**}", "/files", some(&[""])),
            ("/files/{path=**}:get", "/files/a/b:get", some(&["a/b"])),
            ("/a%20b", "/a%20b", None),
            ("/.well-known/jwks.json", "/.well-known/jwks.json", some(&[])),
        ];
        for (template, path, expected) in table {
            assert_eq!(values(template, path), expected, "{template} against {path}");
        }
    }

    #[test]
    fn bad_templates_are_refused() {
        for template in ["", "v1", "/", "/v1//x", "/{a", "/{}", "/{=x}", "/**/x", "/x:", "/x:a/b", "/{a}b", "/a*"] {
            assert!(Template::parse(template).is_err(), "{template:?}");
        }
    }
}
