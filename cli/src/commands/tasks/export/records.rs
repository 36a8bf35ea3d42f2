//! Where the records of an export end, so that one that breaks off can go on.

use labelmesh_sdk::tasks::ExportFormat;

/// What has arrived of an export: whole records are given on, and the beginning of one is kept back.
#[derive(Debug)]
pub(super) struct Records {
    format: ExportFormat,
    /// What was not given on.
    held: Vec<u8>,
    /// How much of it was looked at, and where the record begins that comes next.
    seen: usize,
    begins: usize,
    /// Whether a cell in quotes is open (RFC 4180, 2.6).
    is_quoted: bool,
    /// Whether the header is still to come: it is given on with the first record.
    is_header_due: bool,
    /// The last whole record.
    last: Vec<u8>,
}

impl Records {
    /// Nothing has arrived.
    pub(super) fn new(format: ExportFormat) -> Self {
        let is_header_due = format != ExportFormat::JsonLines;
        Self { format, held: Vec::new(), seen: 0, begins: 0, is_quoted: false, is_header_due, last: Vec::new() }
    }

    /// Takes a piece; returns the records that are whole with it.
    pub(super) fn take(&mut self, piece: &[u8]) -> Vec<u8> {
        self.held.extend(piece);
        let (mut whole, mut last) = (0, None);
        for at in self.seen..self.held.len() {
            match self.held[at] {
                b'"' if self.format != ExportFormat::JsonLines => self.is_quoted = !self.is_quoted,
                b'\n' if !self.is_quoted => {
                    let record = std::mem::replace(&mut self.begins, at + 1)..at;
                    if !std::mem::take(&mut self.is_header_due) {
                        last = Some(record);
                        whole = at + 1;
                    }
                }
                _ => {}
            }
        }
        if let Some(record) = last {
            self.last = self.held[record].to_vec();
        }
        let rest = self.held.split_off(whole);
        self.seen = rest.len();
        self.begins -= whole;
        std::mem::replace(&mut self.held, rest)
    }

    /// Forgets the beginning of a record that broke off. Returns the image of the last whole one; none where nothing
    /// was given on, so that all begins anew.
    pub(super) fn break_off(&mut self) -> Option<String> {
        let Self { format, last, .. } = self;
        let image = match format {
            ExportFormat::JsonLines => serde_json::from_slice::<serde_json::Value>(last)
                .ok()
                .and_then(|record| Some(record.get("imageId")?.as_str()?.to_owned())),
            // The image's id is the first cell, and never in quotes.
            _ => last.split(|byte| *byte == b',').next().and_then(|id| String::from_utf8(id.to_vec()).ok()),
        };
        let image = image.filter(|image| !image.is_empty());
        let is_header_due = image.is_none() && *format != ExportFormat::JsonLines;
        *self = Self { is_header_due, last: std::mem::take(last), ..Self::new(*format) };
        image
    }

    /// What is left when the export has come to its end.
    pub(super) fn end(self) -> Vec<u8> {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "image_id,name,label\r\n";
    const CSV: [&str; 3] = ["1,\"a\nb\"\"c\",\"x,\"\r\n", "2,plain,y\r\n", "3,\"q\"\"\",z\r\n"];
    const LINES: [&str; 3] =
        ["{\"imageId\":\"1\",\"name\":\"a\\\"b\"}\n", "{\"imageId\":\"2\"}\n", "{\"imageId\":\"3\"}\n"];

    /// What the server sends behind an image; images are called by their number.
    fn behind(header: &str, records: &[&str], image: Option<&str>) -> String {
        match image {
            None => header.to_owned() + &records.concat(),
            Some(image) => records[image.parse::<usize>().expect("a number")..].concat(),
        }
    }

    #[test]
    fn an_export_cut_anywhere_goes_on_to_the_same_file() {
        for (header, all, format) in [(HEADER, CSV, ExportFormat::Csv), ("", LINES, ExportFormat::JsonLines)] {
            let whole = behind(header, &all, None);
            for first in 0..=whole.len() {
                for second in 0..whole.len() {
                    let mut records = Records::new(format);
                    let mut file = records.take(&whole.as_bytes()[..first]);
                    let rest = behind(header, &all, records.break_off().as_deref());
                    file.extend(records.take(&rest.as_bytes()[..second.min(rest.len())]));
                    let rest = behind(header, &all, records.break_off().as_deref());
                    for byte in rest.as_bytes().chunks(1) {
                        file.extend(records.take(byte));
                    }
                    file.extend(records.end());
                    assert_eq!(String::from_utf8_lossy(&file), whole, "cut at {first}, then at {second}");
                }
            }
        }
    }

    #[test]
    fn an_export_without_images_is_its_header() {
        let mut records = Records::new(ExportFormat::Csv);
        assert_eq!(records.take(b"image_id,name\r\n"), b"");
        assert_eq!(records.end(), b"image_id,name\r\n");
    }
}
