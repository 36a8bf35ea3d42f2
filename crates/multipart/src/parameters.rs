//! The parameters of a header, such as `Content-Disposition` and `Content-Type`.
//!
//! The grammar is our own, because parsers of it follow one specification, and the world's clients follow several.

use std::borrow::Cow;

/// A parameter as it stands there.
#[derive(Debug)]
pub(crate) struct Parameter<'a> {
    /// In lower case.
    pub(crate) key: String,
    /// Without the quotes around it.
    pub(crate) raw: &'a [u8],
    pub(crate) is_quoted: bool,
}

impl Parameter<'_> {
    /// The value without backslashes that escape a quote or another one. Browsers escape none, so all others stay.
    pub(crate) fn value(&self) -> Cow<'_, [u8]> {
        self.without_backslashes(|escaped| matches!(escaped, b'"' | b'\\'))
    }

    /// The value as the grammar of HTTP has it (RFC 9110, 5.6.4): a backslash escapes whatever follows.
    pub(crate) fn strict(&self) -> Cow<'_, [u8]> {
        self.without_backslashes(|_| true)
    }

    fn without_backslashes(&self, may_be_escaped: impl Fn(u8) -> bool) -> Cow<'_, [u8]> {
        if !self.is_quoted || !self.raw.contains(&b'\\') {
            return self.raw.into();
        }
        let mut plain = Vec::with_capacity(self.raw.len());
        let mut bytes = self.raw.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            let escaped = bytes.next_if(|&next| byte == b'\\' && may_be_escaped(next));
            plain.push(escaped.unwrap_or(byte));
        }
        plain.into()
    }
}

/// All parameters of a header; what is none is passed over.
pub(crate) fn parameters(header: &[u8]) -> Vec<Parameter<'_>> {
    let mut found = Vec::new();
    let mut rest = behind_type(header);
    while let Some((key, behind)) = key(rest) {
        let (raw, is_quoted, behind) = match behind.split_first() {
            Some((b'"', quoted)) => {
                let end = closing(quoted);
                (&quoted[..end], true, quoted.get(end + 1..).unwrap_or_default())
            }
            _ => {
                let end = behind.iter().position(|&byte| byte == b';').unwrap_or(behind.len());
                (behind[..end].trim_ascii_end(), false, &behind[end..])
            }
        };
        found.push(Parameter { key, raw, is_quoted });
        rest = behind_separators(after(behind, b';'));
    }
    found
}

/// What follows the first separator; nothing where there is none.
pub(crate) fn after(text: &[u8], separator: u8) -> &[u8] {
    text.iter().position(|&byte| byte == separator).map_or(&[], |at| &text[at + 1..])
}

/// The type with which a header begins, such as `form-data`.
pub(crate) fn type_of(header: &[u8]) -> &[u8] {
    let header = header.trim_ascii_start();
    &header[..header.iter().position(|&byte| separates(byte)).unwrap_or(header.len())]
}

/// Where the parameters begin: at once, where somebody left out the type. RFC 1867 showed a comma in front of them.
fn behind_type(header: &[u8]) -> &[u8] {
    let header = header.trim_ascii_start();
    let behind = &header[type_of(header).len()..];
    let is_key = type_of(header).contains(&b'=') || behind.trim_ascii_start().starts_with(b"=");
    behind_separators(if is_key { header } else { behind })
}

fn behind_separators(text: &[u8]) -> &[u8] {
    &text[text.iter().position(|&byte| !separates(byte)).unwrap_or(text.len())..]
}

fn separates(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b";,".contains(&byte)
}

/// The key that stands there, in lower case, and what follows its equals sign.
fn key(text: &[u8]) -> Option<(String, &[u8])> {
    let end = text.iter().position(|&byte| byte == b'=')?;
    let key = String::from_utf8_lossy(text[..end].trim_ascii_end()).to_ascii_lowercase();
    Some((key, text[end + 1..].trim_ascii_start()))
}

/// Where the quote is that closes a value: the first one behind which a parameter begins, or nothing stands. A name may
/// have quotes that nobody escaped, and may end with a backslash that escapes nothing.
fn closing(quoted: &[u8]) -> usize {
    let mut quotes = quoted.iter().enumerate().filter(|(_, byte)| **byte == b'"').map(|(at, _)| at);
    quotes.find(|at| ends(&quoted[at + 1..])).unwrap_or(quoted.len())
}

fn ends(behind: &[u8]) -> bool {
    match behind.trim_ascii_start().split_first() {
        None => true,
        Some((b';', parameter)) => begins(behind_separators(parameter)),
        Some(_) => false,
    }
}

/// Whether nothing stands there, or a whole parameter: what looks like one, but has a quote in the middle of its value,
/// is a piece of a name.
fn begins(parameter: &[u8]) -> bool {
    let end = parameter.iter().position(|&byte| !is_of_key(byte)).unwrap_or(parameter.len());
    let (key, behind) = parameter.split_at(end);
    match behind.trim_ascii_start().split_first() {
        None => key.is_empty(),
        Some((b'=', value)) if !key.is_empty() => {
            let value = value.trim_ascii_start();
            value.starts_with(b"\"") || value.iter().find(|byte| b";\"".contains(byte)) != Some(&b'"')
        }
        Some(_) => false,
    }
}

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_*".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        parameters(header.as_bytes()).iter().map(|found| (found.key.clone(), text(&found.value()))).collect()
    }

    #[test]
    fn parameters_begin_behind_whatever_separates_them_from_the_type() {
        let expected = [("name".to_owned(), "f".to_owned()), ("filename".to_owned(), "a.png".to_owned())];
        for header in [
            "form-data; name=\"f\"; filename=\"a.png\"",
            "form-data;name=f;filename=a.png;",
            "form-data\t;\tNAME = f ;\tFileName=\ta.png\t",
            "form-data, name=f; filename=a.png",
            "form-data; name=\"f\";; filename=\"a.png\";;",
            "form-data name=f; filename=a.png",
            "name=f; filename=a.png",
            " name = \"f\"; filename=a.png",
        ] {
            assert_eq!(read(header), expected, "{header:?}");
        }
        for header in ["", ";", "form-data", "form-data;", " ; , "] {
            assert_eq!(read(header), [], "{header:?}");
        }
    }

    #[test]
    fn a_quote_closes_a_value_where_a_whole_parameter_follows() {
        for (header, value) in [
            (r#"x; a="1"; b=2"#, "1"),
            (r#"x; a="1\"; b="2""#, r"1\"),
            (r#"x; a="1"; 2=3.png""#, r#"1"; 2=3.png"#),
            (r#"x; a="1\"; 2=3.png"; b=4"#, r#"1"; 2=3.png"#),
            (r#"x; a="1"2"; b="3""#, r#"1"2"#),
        ] {
            assert_eq!(read(header)[0].1, value, "{header}");
        }
    }
}
