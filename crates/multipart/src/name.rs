//! The name of a file, out of a part's `Content-Disposition`.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8};
use percent_encoding::percent_decode;

use crate::{
    parameters::{Parameter, after, parameters},
    words,
};

/// What programs send as their `User-Agent` that escape all of a name by per cent signs.
const ESCAPES_ALL: [&str; 1] = ["aiohttp/"];
/// The longest `Content-Disposition` that is looked at: enough for a name of the greatest length in any escape.
const LONGEST_DISPOSITION: usize = 16 << 10;
/// The longest name that a [`Part`](labelmesh_proto::r#type::v1::Part) may have.
const LONGEST_NAME: usize = 4096;
/// Stands for what could not be read, and refuses a name.
const UNREADABLE: &str = "\u{FFFD}";

/// The name of a part that does not say what it is.
pub(crate) fn unknown() -> String {
    UNREADABLE.to_owned()
}

/// The name of the file that the part is; none where it is no file. One that is there and can't be read ends with a
/// mark that refuses it.
pub(crate) fn of(disposition: &[u8], agent: &str) -> Option<String> {
    if disposition.len() > LONGEST_DISPOSITION {
        return Some(unknown());
    }
    let parameters = parameters(disposition);
    let find = |key: &str| parameters.iter().find(|parameter| parameter.key == key);
    find("filename*")
        .and_then(|parameter| extended(&parameter.value()))
        .or_else(|| find("filename").map(|parameter| plain(parameter, agent)))
        .or_else(|| pieces(&parameters))
        .or_else(|| parameters.iter().find(|parameter| parameter.key.contains("filename")).map(unreadable))
        .map(bounded)
}

/// What somebody wrote, by which they may know it, with the mark.
fn unreadable(parameter: &Parameter<'_>) -> String {
    String::from_utf8_lossy(parameter.raw).into_owned() + UNREADABLE
}

/// A name that is too long for a part would end the whole upload.
pub(crate) fn bounded(mut name: String) -> String {
    if name.len() > LONGEST_NAME {
        name.truncate(name.floor_char_boundary(LONGEST_NAME - UNREADABLE.len()));
        name.push_str(UNREADABLE);
    }
    name
}

/// A name as it stands between quotes or alone.
fn plain(parameter: &Parameter<'_>, agent: &str) -> String {
    let value = &*parameter.value();
    if ESCAPES_ALL.iter().any(|program| agent.contains(program)) {
        return characters(&percent_decode(value).collect::<Vec<u8>>());
    }
    let name = characters(value);
    match words::read(&name) {
        Some(read) => read,
        None if parameter.is_quoted => without_escapes(name),
        None => name,
    }
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
fn extended(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |&byte| byte == b'\'');
    let (charset, _language, escaped) = (parts.next()?, parts.next()?, parts.next()?);
    Some(decoded(Encoding::for_label(charset)?, escaped))
}

fn decoded(encoding: &'static Encoding, escaped: &[u8]) -> String {
    let bytes: Vec<u8> = percent_decode(escaped).collect();
    encoding.decode_without_bom_handling(&bytes).0.into_owned()
}

/// A name in pieces (RFC 2231, 3 and 4), which mailers write. None where one is missing, or the charset is unknown.
fn pieces(parameters: &[Parameter<'_>]) -> Option<String> {
    let mut pieces = BTreeMap::new();
    for parameter in parameters {
        if let Some(number) = parameter.key.strip_prefix("filename*") {
            let number: usize = number.strip_suffix('*').unwrap_or(number).parse().ok()?;
            pieces.entry(number).or_insert(parameter);
        }
    }
    if !pieces.keys().copied().eq(0..pieces.len()) {
        return None;
    }
    let mut encoding = UTF_8;
    let mut name = Vec::new();
    for (number, piece) in &pieces {
        let value = &*piece.value();
        match (piece.key.ends_with('*'), number) {
            (false, _) => name.extend(value),
            (true, 0) => {
                let charset = value.split(|&byte| byte == b'\'').next().unwrap_or_default();
                encoding = if charset.is_empty() { UTF_8 } else { Encoding::for_label(charset)? };
                name.extend(percent_decode(after(after(value, b'\''), b'\'')));
            }
            (true, _) => name.extend(percent_decode(value)),
        }
    }
    (!pieces.is_empty()).then(|| encoding.decode_without_bom_handling(&name).0.into_owned())
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
            (r#"filename="a\"; k=1.png""#, r#"a"; k=1.png"#),
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
            (r#"filename="1 =?utf-8?B?w5w=?=.png""#, "1 Ü.png"),
            (r#"filename="=?utf-8?B?JTIyLnBuZw==?=""#, "%22.png"),
            // RFC 2231.
            (r#"filename*0*=utf-8''%C3%9C; filename*1=" b.png""#, "Ü b.png"),
            (r#"filename*1=.png; filename*0*=''%C3%9C"#, "Ü.png"),
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
    fn a_name_that_is_there_and_can_not_be_read_says_so() {
        for (sent, expected) in [
            ("filename*=%C3%9C.png", "%C3%9C.png\u{FFFD}"),
            ("filename*=''%C3%9C.png", "''%C3%9C.png\u{FFFD}"),
            ("filename*=x-none''a.png", "x-none''a.png\u{FFFD}"),
            ("filename*=", "\u{FFFD}"),
            ("filename*1=b.png", "b.png\u{FFFD}"),
            ("filename*0=a; filename*2=.png", "a\u{FFFD}"),
            ("filename*0*=x-none''a; filename*1=.png", "x-none''a\u{FFFD}"),
            ("filename*x=a.png", "a.png\u{FFFD}"),
            ("filename*99999999999999999999999=a.png", "a.png\u{FFFD}"),
            ("filename*0*=utf-8''a; filename*=x; filename*1=b", "utf-8''a\u{FFFD}"),
        ] {
            assert_eq!(name(sent), expected, "{sent}");
        }
    }

    #[test]
    fn a_name_is_as_long_as_a_part_takes_or_cut_and_marked() {
        let longest = "ü".repeat(2048);
        assert_eq!(name(&format!("filename=\"{longest}\"")), longest);
        let escaped = longest.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        assert_eq!(name(&format!("filename*=utf-8''{escaped}")), longest);
        let cut = name(&format!("filename=\"{longest}.png\""));
        assert!(cut.len() <= 4096 && cut.ends_with("ü\u{FFFD}"), "{cut}");
        assert_eq!(name(&format!("filename=\"{}\"", "\";".repeat(500_000))), "\u{FFFD}");
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
