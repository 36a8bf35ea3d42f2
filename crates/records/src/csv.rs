//! The fields of a CSV record (RFC 4180).
//!
//! Readers of CSV forgive what stands behind a closing quote, and so take two lines for one where a quote was left
//! open. Here a quoted field ends with its quote, so that such a line is found and spoils no other.

/// What is wrong with the quotes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// The last one is not closed: the record may go on in the next line.
    Open,
    /// Text stands behind one that closes.
    Stray,
}

/// The fields of one record after the other, in memory that is used again.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Where each field stands, in the record itself or in `unquoted`.
    spans: Vec<(usize, usize)>,
    /// The fields of a record that has quotes, without them.
    unquoted: Vec<u8>,
    has_quotes: bool,
}

impl Fields {
    /// Splits a record.
    ///
    /// # Errors
    /// If its quotes are wrong.
    pub(crate) fn split(&mut self, record: &[u8], delimiter: u8) -> Result<(), Quotes> {
        self.spans.clear();
        self.has_quotes = false;
        let mut start = 0;
        for (place, &byte) in record.iter().enumerate() {
            if byte == delimiter {
                self.spans.push((start, place));
                start = place + 1;
            } else if byte == b'"' {
                self.spans.clear();
                return self.split_quoted(record, delimiter);
            }
        }
        self.spans.push((start, record.len()));
        Ok(())
    }

    /// Whether a quote that was open before this line is still open behind it.
    pub(crate) fn stays_open(&mut self, line: &[u8], delimiter: u8) -> bool {
        let quoted = [&b"\""[..], line].concat();
        self.split(&quoted, delimiter) == Err(Quotes::Open)
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A field of the record that was split.
    pub(crate) fn get<'a>(&'a self, record: &'a [u8], place: usize) -> &'a [u8] {
        let (start, end) = self.spans[place];
        &self.all(record)[start..end]
    }

    /// The fields of the record that was split as text, where all of it is UTF-8: one look is faster than one a field.
    pub(crate) fn texts<'a>(&'a self, record: &'a [u8]) -> Option<impl Fn(usize) -> Option<&'a str>> {
        let all = std::str::from_utf8(self.all(record)).ok()?;
        Some(move |place: usize| all.get(self.spans[place].0..self.spans[place].1))
    }

    /// What the spans are of.
    fn all<'a>(&'a self, record: &'a [u8]) -> &'a [u8] {
        if self.has_quotes { &self.unquoted } else { record }
    }

    pub(crate) fn iter<'a>(&'a self, record: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(move |place| self.get(record, place))
    }

    /// Whether the record says nothing, as the last rows that spreadsheets write.
    pub(crate) fn are_blank(&self, record: &[u8]) -> bool {
        self.iter(record).all(|field| field.trim_ascii().is_empty())
    }

    fn split_quoted(&mut self, record: &[u8], delimiter: u8) -> Result<(), Quotes> {
        self.has_quotes = true;
        self.unquoted.clear();
        let mut rest = Some(record);
        while let Some(record) = rest {
            let start = self.unquoted.len();
            rest = take_field(record, delimiter, &mut self.unquoted)?;
            self.spans.push((start, self.unquoted.len()));
        }
        Ok(())
    }
}

/// Takes a field off a record; returns what follows its delimiter, if one does.
fn take_field<'a>(record: &'a [u8], delimiter: u8, field: &mut Vec<u8>) -> Result<Option<&'a [u8]>, Quotes> {
    let Some(mut rest) = without_blanks(record, delimiter).strip_prefix(b"\"") else {
        let mut parts = record.splitn(2, |&byte| byte == delimiter);
        field.extend_from_slice(parts.next().unwrap_or_default());
        return Ok(parts.next());
    };
    loop {
        let quote = rest.iter().position(|&byte| byte == b'"').ok_or(Quotes::Open)?;
        field.extend_from_slice(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                field.push(b'"');
                rest = after;
            }
            None => break,
        }
    }
    match without_blanks(rest, delimiter).split_first() {
        None => Ok(None),
        Some((&byte, after)) if byte == delimiter => Ok(Some(after)),
        Some(_) => Err(Quotes::Stray),
    }
}

/// Blanks around a quoted field mean nothing.
fn without_blanks(text: &[u8], delimiter: u8) -> &[u8] {
    let blanks = text.iter().take_while(|&&byte| byte == b' ' && byte != delimiter).count();
    &text[blanks..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(record: &str) -> Result<Vec<String>, Quotes> {
        let mut fields = Fields::default();
        fields.split(record.as_bytes(), b',')?;
        Ok(fields.iter(record.as_bytes()).map(|field| String::from_utf8_lossy(field).into_owned()).collect())
    }

    #[test]
    fn quotes_hold_delimiters_line_breaks_and_quotes() {
        let fields = |record: &str| split(record).expect("a record").join("|");
        assert_eq!(fields(r#""a, ""b""",c"#), r#"a, "b"|c"#);
        assert_eq!(fields("1, \"2\n3\" ,4\" pipe,"), "1|2\n3|4\" pipe|");
        assert_eq!(fields(r#""""#), "");
    }

    #[test]
    fn quotes_that_are_wrong_are_told_apart() {
        for open in ["\"open,1", "a,\"1", "a,\"", "a,\"1\"\""] {
            assert_eq!(split(open), Err(Quotes::Open), "{open}");
        }
        assert_eq!(split("a,\"1\"2"), Err(Quotes::Stray));
        let mut fields = Fields::default();
        assert!(fields.stays_open(b"and, on", b',') && fields.stays_open(b"x\",\"y", b','));
        assert!(!fields.stays_open(b"end\",1", b',') && !fields.stays_open(b"x\"y", b','));
    }

    proptest! {
        #[test]
        fn what_others_write_is_read_alike(record in prop::collection::vec("[a, \"\n]*", 1..5)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&record).expect("memory");
            let line = String::from_utf8(writer.into_inner().expect("memory")).expect("text");
            prop_assert_eq!(split(line.strip_suffix('\n').expect("a line")), Ok(record));
        }
    }
}
