//! The name of a file, out of a part's `Content-Disposition`.
//!
//! The grammar is our own, because parsers of it follow one specification, and the world's clients follow several.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use mail_parser::MessageParser;
use percent_encoding::percent_decode;

/// What programs send as their `User-Agent` that escape all of a name by per cent signs.
const ESCAPES_ALL: [&str; 1] = ["aiohttp/"];

/// The name of the file that the part is; none where it is no file.
pub(crate) fn of(disposition: &[u8], agent: &str) -> Option<String> {
    let parameters = parameters(disposition);
    let find = |key: &str| parameters.iter().find(|parameter| parameter.key == key);
    extended(find("filename*").map(|parameter| &*parameter.value))
        .or_else(|| find("filename").map(|parameter| plain(parameter, agent)))
        .or_else(|| pieces(&parameters))
}

/// A parameter as it stands there.
#[derive(Debug)]
struct Parameter<'a> {
    /// In lower case.
    key: String,
    value: Cow<'a, [u8]>,
    is_quoted: bool,
}

/// All parameters; what is none is passed over.
fn parameters(disposition: &[u8]) -> Vec<Parameter<'_>> {
    let mut found = Vec::new();
    let mut rest = after(disposition, b';');
    while let Some((key, behind)) = key(rest) {
        let (value, is_quoted, behind) = match behind.split_first() {
            Some((b'"', quoted)) => {
                let end = closing(quoted);
                (unescaped(&quoted[..end]), true, quoted.get(end + 1..).unwrap_or_default())
            }
            _ => {
                let end = behind.iter().position(|&byte| byte == b';').unwrap_or(behind.len());
                (behind[..end].trim_ascii_end().into(), false, &behind[end..])
            }
        };
        found.push(Parameter { key, value, is_quoted });
        rest = after(behind, b';');
    }
    found
}

/// The key that stands there, in lower case, and what follows its equals sign.
fn key(text: &[u8]) -> Option<(String, &[u8])> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|&byte| byte == b'=')?;
    let key = String::from_utf8_lossy(text[..end].trim_ascii_end()).to_ascii_lowercase();
    Some((key, text[end + 1..].trim_ascii_start()))
}

fn after(text: &[u8], separator: u8) -> &[u8] {
    text.iter().position(|&byte| byte == separator).map_or(&[], |at| &text[at + 1..])
}

/// Where the quote is that closes a value: the first one behind which a parameter begins, or nothing stands. A name may
/// have quotes that nobody escaped, and may end with a backslash that escapes nothing.
fn closing(quoted: &[u8]) -> usize {
    let quotes = quoted.iter().enumerate().filter(|(_, byte)| **byte == b'"').map(|(at, _)| at);
    quotes.into_iter().find(|at| ends(&quoted[at + 1..])).unwrap_or(quoted.len())
}

fn ends(behind: &[u8]) -> bool {
    match behind.trim_ascii_start().split_first() {
        None => true,
        Some((b';', parameter)) => {
            parameter.trim_ascii().is_empty() || key(parameter).is_some_and(|(key, _)| is_token(&key))
        }
        Some(_) => false,
    }
}

fn is_token(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_*".contains(&byte))
}

/// The value without backslashes that escape a quote or another one. Browsers escape none, so all others stay.
fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&b'\\') {
        return value.into();
    }
    let mut plain = Vec::with_capacity(value.len());
    let mut bytes = value.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let escaped = bytes.next_if(|&next| byte == b'\\' && matches!(next, b'"' | b'\\'));
        plain.push(escaped.unwrap_or(byte));
    }
    plain.into()
}

/// A name as it stands between quotes or alone.
fn plain(parameter: &Parameter<'_>, agent: &str) -> String {
    let value = &*parameter.value;
    if ESCAPES_ALL.iter().any(|program| agent.contains(program)) {
        return characters(&Cow::from(percent_decode(value)));
    }
    let name = characters(value);
    if name.starts_with("=?") && name.ends_with("?=") {
        return words(&name).unwrap_or(name);
    }
    if parameter.is_quoted { without_escapes(name) } else { name }
}

/// The three characters that browsers escape (WHATWG HTML, 4.10.21.8).
fn without_escapes(name: String) -> String {
    if !name.contains('%') {
        return name;
    }
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0d", "\r").replace("%0A", "\n").replace("%0a", "\n")
}

/// UTF-8, or what programs of before send for western scripts.
fn characters(bytes: &[u8]) -> String {
    let is_latin = |&byte: &u8| matches!(byte, 0x20..=0x7E | 0xA0..);
    match str::from_utf8(bytes) {
        Ok(name) => name.to_owned(),
        Err(_) if bytes.iter().all(is_latin) => bytes.iter().copied().map(char::from).collect(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A charset, a language and escaped bytes (RFC 8187, 3.2). None where that is not what stands there.
fn extended(value: Option<&[u8]>) -> Option<String> {
    let mut parts = value?.splitn(3, |&byte| byte == b'\'');
    let (charset, _language, escaped) = (parts.next()?, parts.next()?, parts.next()?);
    Some(decoded(Encoding::for_label(charset)?, &Cow::from(percent_decode(escaped))))
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Words of mails (RFC 2047), which stand alone or one after the other.
fn words(name: &str) -> Option<String> {
    let header = format!("Subject: {name}\r\n\r\n");
    MessageParser::new().parse_headers(header.as_bytes())?.subject().map(str::to_owned)
}

/// A name in pieces (RFC 2231, 3 and 4), which mailers write.
fn pieces(parameters: &[Parameter<'_>]) -> Option<String> {
    let mut encoding = UTF_8;
    let mut name = Vec::new();
    let find = |number: usize| {
        let key = format!("filename*{number}");
        parameters.iter().find(|parameter| parameter.key.strip_suffix('*').unwrap_or(&parameter.key) == key)
    };
    for (number, piece) in (0..).map_while(|number| find(number).map(|piece| (number, piece))) {
        let mut value = &*piece.value;
        if !piece.key.ends_with('*') {
            name.extend(value);
            continue;
        }
        if number == 0 {
            let charset = value.split(|&byte| byte == b'\'').next().unwrap_or_default();
            encoding = Encoding::for_label(charset).unwrap_or(UTF_8);
            value = after(after(value, b'\''), b'\'');
        }
        name.extend(percent_decode(value));
    }
    find(0).map(|_| decoded(encoding, &name))
}

#[cfg(test)]
mod tests {
    use super::of;

    fn name(parameters: &str) -> String {
        of(format!("form-data; name=\"f\"; {parameters}").as_bytes(), "").expect("a file")
    }

    #[test]
    fn a_name_comes_back_as_each_kind_of_client_has_it() {
        for (sent, expected) in [
            // Browsers, urllib3, httpx, Node: three characters are escaped, and no backslash.
            (r#"filename="quo%22te.png""#, r#"quo"te.png"#),
            (r#"filename="100%25 %C3%9C.png""#, "100%25 %C3%9C.png"),
            (r#"filename="Übung 日本 1.png""#, "Übung 日本 1.png"),
            (r#"filename="C:\dir\a.png""#, r"C:\dir\a.png"),
            (r#"filename="C:\dir\""#, r"C:\dir\"),
            (r#"filename="a; name=b.png""#, "a; name=b.png"),
            // Go, older curl: backslashes.
            (r#"filename="quo\"te.png""#, r#"quo"te.png"#),
            (r#"filename="a\"; b.png""#, r#"a"; b.png"#),
            (r#"filename="back\\slash.png""#, r"back\slash.png"),
            (r#"filename="ends\"""#, r#"ends""#),
            // Nobody escaped.
            (r#"filename="quo"te.png""#, r#"quo"te.png"#),
            (r#"filename=my cat.png"#, "my cat.png"),
            (r#"filename = "a.png" ;"#, "a.png"),
            (r#"FileName="a.png""#, "a.png"),
            (r#"filename="#, ""),
            (r#"filename="open.png"#, "open.png"),
            // RFC 8187.
            (r#"filename*=UTF-8''%C3%9C%20b.png"#, "Ü b.png"),
            (r#"filename="U.png"; filename*=utf-8'de'%C3%9C.png"#, "Ü.png"),
            (r#"FILENAME*=iso-8859-1''%DC.png"#, "Ü.png"),
            (r#"filename="U.png"; filename*=%C3%9C.png"#, "U.png"),
            // RFC 2047.
            (r#"filename="=?utf-8?B?w5xidW5nIDEucG5n?=""#, "Übung 1.png"),
            (r#"filename==?utf-8?Q?=C3=9Cb?="#, "Üb"),
            // RFC 2231.
            (r#"filename*0*=utf-8''%C3%9C; filename*1=" b.png""#, "Ü b.png"),
        ] {
            assert_eq!(name(sent), expected, "{sent}");
        }
    }

    #[test]
    fn a_parameter_behind_a_name_is_no_part_of_it() {
        let named = of(br#"form-data; filename="C:\dir\"; name="f""#, "");
        assert_eq!(named.as_deref(), Some(r"C:\dir\"));
    }

    #[test]
    fn what_is_no_file_has_no_name() {
        for field in ["form-data; name=\"csrf\"", "form-data", "", "form-data; filename"] {
            assert_eq!(of(field.as_bytes(), ""), None, "{field}");
        }
    }

    #[test]
    fn aiohttp_escapes_everything_and_is_known_by_its_agent() {
        let sent = br#"form-data; filename="%C3%9Cbung%201%25.png""#;
        assert_eq!(of(sent, "Python/3.13 aiohttp/3.14.1").as_deref(), Some("Übung 1%.png"));
        assert_eq!(of(sent, "curl/8.14.1").as_deref(), Some("%C3%9Cbung%201%25.png"));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_western_or_leave_a_mark() {
        assert_eq!(of(b"form-data; filename=\"\xDCb \xA9.png\"", "").as_deref(), Some("Üb ©.png"));
        let japanese = of(b"form-data; filename=\"\x93\xFA\x96{.png\"", "").expect("a file");
        assert!(japanese.contains('\u{FFFD}'), "{japanese:?}");
        assert!(name("filename*=utf-8''%FF.png").contains('\u{FFFD}'));
    }
}
