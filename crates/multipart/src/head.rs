//! The head of a part: what its headers say of it, in whatever state they are.

use crate::{content_type::media_type, name};

/// What the headers of a part say that matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    dispositions: Vec<Vec<u8>>,
    content_type: Vec<u8>,
}

/// The header that the next line may go on with.
#[derive(Debug, Clone, Copy)]
enum Open {
    None,
    Disposition,
    ContentType,
    Other,
}

impl Head {
    /// Reads the lines before the one that is empty. A line that begins with a blank goes on with the one before (RFC
    /// 5322, 2.2.3). So does one that is no header, since it is what follows a line break that nobody escaped: the
    /// break stays, and refuses the name that it is in.
    pub(crate) fn read(lines: &[u8]) -> Self {
        let mut head = Self::default();
        let mut open = Open::None;
        for line in lines.split(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let is_folded = matches!(line, [b' ' | b'\t', ..]);
            let header = if is_folded && !matches!(open, Open::None) { None } else { header(line) };
            match header {
                Some((name, value)) => open = head.begin(name, value),
                None if line.is_empty() => {}
                None => {
                    if let Some(value) = head.value(open) {
                        value.extend(if is_folded { &b""[..] } else { b"\n" });
                        value.extend(line);
                    }
                }
            }
        }
        head
    }

    fn begin(&mut self, name: &[u8], value: &[u8]) -> Open {
        if name.eq_ignore_ascii_case(b"content-disposition") {
            self.dispositions.push(value.to_vec());
            Open::Disposition
        } else if name.eq_ignore_ascii_case(b"content-type") {
            self.content_type = value.to_vec();
            Open::ContentType
        } else {
            Open::Other
        }
    }

    fn value(&mut self, open: Open) -> Option<&mut Vec<u8>> {
        match open {
            Open::Disposition => self.dispositions.last_mut(),
            Open::ContentType => Some(&mut self.content_type),
            Open::None | Open::Other => None,
        }
    }

    /// The name of the file that the part is; none where it is none.
    pub(crate) fn file_name(&self, agent: &str) -> Option<String> {
        let named = self.dispositions.iter().find_map(|disposition| name::of(disposition, agent));
        named.or_else(|| self.may_be_file().then(name::unknown))
    }

    /// Whether it may be a file without a name: it does not say what it is, or it holds a picture, or further files
    /// (RFC 2388, 4.2, which is out of use).
    fn may_be_file(&self) -> bool {
        let media_type = self.media_type();
        self.dispositions.is_empty() || ["image/", "multipart/"].iter().any(|kind| media_type.starts_with(kind))
    }

    /// The declared media type in lower case, without parameters; empty if there is none.
    pub(crate) fn media_type(&self) -> String {
        media_type(&self.content_type)
    }
}

/// The name and the value of a header. Blanks around them belong to neither.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
    let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    is_name.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(head: &str) -> Option<String> {
        Head::read(head.as_bytes()).file_name("")
    }

    #[test]
    fn headers_are_read_in_whatever_form_they_are() {
        for head in [
            "Content-Disposition: form-data; filename=a.png\r\nContent-Type: Image/PNG; x=y\r\n",
            "content-type:image/png\ncontent-disposition:form-data;filename=a.png",
            "CONTENT-DISPOSITION : form-data; filename=\"a.png\"\r\nContent-Type\t:\timage/png\r\n",
            "Content-Disposition: form-data;\r\n filename=\"a.png\"\r\nContent-Type:\r\n\timage/png\r\n",
            "  Content-Disposition: form-data;\r\n\tname=f;\r\n\tfilename=a.png\r\nContent-Type: image/png;\r\n x=y",
            "no\r\n: x\r\nx: y\r\n\u{e9}: x\r\nContent-Type: image/png\r\nContent-Disposition:form-data;filename=a.png",
            "Content-Disposition: x\r\nContent-Disposition: form-data; filename=a.png\r\nContent-Type: image/png\r\n",
        ] {
            let read = Head::read(head.as_bytes());
            assert_eq!((read.file_name("").as_deref(), &*read.media_type()), (Some("a.png"), "image/png"), "{head:?}");
        }
        let many = "x: y\r\n".repeat(1000) + "Content-Disposition: form-data; filename=a.png\r\n";
        assert_eq!(name(&many).as_deref(), Some("a.png"));
    }

    #[test]
    fn what_no_name_may_have_stays_in_it() {
        let named = |name: &str| format!("Content-Disposition: form-data; filename=\"{name}\"\r\nx: y\r\n");
        for (sent, expected) in
            [("a\u{1}.png", "a\u{1}.png"), ("a\r.png", "a\r.png"), ("a\n.png", "a\n.png"), ("a\r\n\n.png", "a\n.png")]
        {
            assert_eq!(name(&named(sent)).as_deref(), Some(expected), "{sent:?}");
        }
        assert_eq!(name(&named("a long\r\n name.png")).as_deref(), Some("a long name.png"));
    }

    #[test]
    fn a_part_that_does_not_say_what_it_is_may_be_a_file() {
        for head in [
            "",
            "nonsense",
            "Content-Type: text/csv\r\n",
            "Content Disposition: form-data; filename=a.png",
            "Content-Disposition: form-data; name=f\r\nContent-Type: Image/png",
            "Content-Disposition: form-data; name=f\r\nContent-Type: multipart/mixed; boundary=Y",
        ] {
            assert_eq!(name(head).as_deref(), Some("\u{FFFD}"), "{head:?}");
        }
        for field in ["", "\r\nContent-Type: text/plain; charset=utf-8", "\r\nContent-Type: application/json"] {
            assert_eq!(name(&format!("Content-Disposition: form-data; name=f{field}")), None, "{field}");
        }
    }
}
