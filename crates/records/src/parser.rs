//! From lines to records.

use std::borrow::Cow;

use crate::{
    Column, Fault, Options, Row,
    columns::{Places, by_header, by_number},
    csv::{Fields, Quotes},
    json,
    lines::Line,
    open::Open,
    row::{MOST_COLUMNS, Take, Values, trim},
};

/// What separates fields, the most usual first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

const ARRAY: &str = "the file is a JSON array; JSON Lines has one object a line: jq -c '.[]' turns it into that";
const PRETTY: &str = "the file is JSON in which objects have several lines; JSON Lines has one object a line: jq -c . turns it into that";
const XML: &str = "the file is XML or HTML, not CSV or JSON Lines";
pub(crate) const NOT_CLOSED: &str = "a quote is not closed";
pub(crate) const STRAY: &str = "text stands behind a closing quote";

/// Reads the lines of one file.
pub(crate) struct Parser {
    columns: Vec<Column>,
    options: Options,
    format: Format,
    fields: Fields,
    open: Option<Open>,
}

/// What the first line tells.
#[derive(Debug, Clone)]
enum Format {
    Unknown,
    JsonLines,
    Csv(Layout),
    /// Nothing more comes of the file.
    Ended,
}

/// How the lines of a CSV file are made.
#[derive(Debug, Clone)]
struct Layout {
    delimiter: u8,
    /// How many fields a line has.
    width: usize,
    places: Places,
}

/// What becomes of a record, if it is none yet.
enum Left {
    /// Its quote is open: the next lines may belong to it.
    Open,
    /// It is wrong.
    Wrong(Fault),
}

impl Parser {
    pub(crate) fn new(columns: Vec<Column>, options: Options) -> Self {
        assert!(columns.len() <= MOST_COLUMNS, "a reader wants few columns");
        Self { columns, options, format: Format::Unknown, fields: Fields::default(), open: None }
    }

    /// Reads a line, which may end a record that lines before began.
    pub(crate) fn line(&mut self, number: u64, line: Line<'_>, take: &mut Take<'_>) {
        if matches!(self.format, Format::Ended) {
            return;
        }
        let Some(line) = line else {
            self.close(take);
            return take(Err(Fault::TooLong(self.options.longest).at(number)));
        };
        let Some(mut open) = self.open.take() else { return self.first_line(number, line, take) };
        if !open.push(line, self.options.longest) {
            self.open = Some(open);
            return self.give_up(take);
        }
        let stays_open = match &self.format {
            Format::Csv(layout) => self.fields.stays_open(line, layout.delimiter),
            _ => false,
        };
        let read = if stays_open { Err(Left::Open) } else { self.record(open.number, &open.text, take) };
        match read {
            Ok(()) => {}
            Err(Left::Open) => self.open = Some(open),
            Err(Left::Wrong(fault)) if fault.ends_file() => self.end(open.number, fault, take),
            Err(Left::Wrong(fault @ Fault::Field { .. })) => take(Err(fault.at(open.number))),
            Err(Left::Wrong(_)) => {
                self.open = Some(open);
                self.give_up(take);
            }
        }
    }

    /// Reads what is left at the end of the file.
    pub(crate) fn finish(&mut self, take: &mut Take<'_>) {
        self.close(take);
        if matches!(self.format, Format::Unknown) {
            self.end(1, Fault::Empty, take);
        }
    }

    /// Says why nothing more comes of the file.
    pub(crate) fn end(&mut self, line: u64, fault: Fault, take: &mut Take<'_>) {
        if !matches!(self.format, Format::Ended) {
            self.format = Format::Ended;
            take(Err(fault.at(line)));
        }
    }

    fn first_line(&mut self, number: u64, line: &[u8], take: &mut Take<'_>) {
        match self.record(number, line, take) {
            Ok(()) => {}
            Err(Left::Open) => self.open = Some(Open::new(number, line)),
            Err(Left::Wrong(fault)) if fault.ends_file() => self.end(number, fault, take),
            Err(Left::Wrong(fault)) => take(Err(fault.at(number))),
        }
    }

    /// Reads what is kept of a record that doesn't end any more.
    fn close(&mut self, take: &mut Take<'_>) {
        while self.open.is_some() {
            self.give_up(take);
        }
    }

    /// Takes an open quote for a mistake of its line, and reads the lines after that as lines of their own.
    fn give_up(&mut self, take: &mut Take<'_>) {
        let Some(open) = self.open.take() else { return };
        if matches!(self.format, Format::Unknown) {
            return self.end(open.number, Fault::Header("has a quote that is not closed".to_owned()), take);
        }
        take(Err(Fault::malformed(NOT_CLOSED).at(open.number)));
        for (number, line) in open.rest() {
            self.line(number, Some(line), take);
        }
    }

    fn record(&mut self, number: u64, text: &[u8], take: &mut Take<'_>) -> Result<(), Left> {
        if text.trim_ascii().is_empty() {
            return Ok(());
        }
        match &self.format {
            Format::Unknown => self.begin(number, text, take),
            Format::JsonLines => self.object(number, text, take),
            Format::Csv(_) => self.row(number, text, take),
            Format::Ended => Ok(()),
        }
    }

    /// Reads the first line that says something, and learns from it what the file is.
    fn begin(&mut self, number: u64, text: &[u8], take: &mut Take<'_>) -> Result<(), Left> {
        let format = |what: &str| Err(Left::Wrong(Fault::Format(what.to_owned())));
        match text.trim_ascii_start().first() {
            Some(b'[') => return format(ARRAY),
            Some(b'<') => return format(XML),
            Some(b'{') if json::goes_on(text) => return format(PRETTY),
            Some(b'{') => {
                self.format = Format::JsonLines;
                return self.object(number, text, take);
            }
            _ => {}
        }
        if let Some(&[delimiter]) = text.trim_ascii_end().strip_prefix(b"sep=") {
            // Spreadsheets say so what they separate by.
            self.options.delimiter.get_or_insert(delimiter);
            return Ok(());
        }
        self.format = Format::Csv(self.layout(text)?);
        if self.options.header { Ok(()) } else { self.row(number, text, take) }
    }

    /// The layout that a first line tells: by the delimiter with which it names all columns.
    fn layout(&mut self, text: &[u8]) -> Result<Layout, Left> {
        let Self { columns, options, fields, .. } = self;
        let delimiters = match &options.delimiter {
            Some(given) => std::slice::from_ref(given),
            None => &DELIMITERS[..],
        };
        let (mut open, mut best, mut closest) = (false, None::<Layout>, None::<(usize, Fault)>);
        for &delimiter in delimiters {
            match fields.split(text, delimiter) {
                Ok(()) => {}
                Err(quotes) => {
                    open |= quotes == Quotes::Open;
                    continue;
                }
            }
            let width = fields.len();
            let found = if options.header {
                let names: Vec<Cow<'_, str>> = fields.iter(text).map(String::from_utf8_lossy).collect();
                by_header(columns, &names.iter().map(|name| trim(name)).collect::<Vec<_>>())
            } else {
                by_number(columns, width)
            };
            match found {
                Ok(places) if best.as_ref().is_none_or(|best| best.width < width) => {
                    best = Some(Layout { delimiter, width, places });
                }
                Err(fault) if closest.as_ref().is_none_or(|(most, _)| *most < width) => closest = Some((width, fault)),
                _ => {}
            }
        }
        match (best, closest) {
            (Some(layout), _) => Ok(layout),
            _ if open => Err(Left::Open),
            (None, Some((_, fault))) => Err(Left::Wrong(fault)),
            (None, None) => Err(Left::Wrong(Fault::Header(format!("can't be read: {STRAY}")))),
        }
    }

    fn row(&mut self, number: u64, text: &[u8], take: &mut Take<'_>) -> Result<(), Left> {
        let Format::Csv(layout) = &self.format else { return Ok(()) };
        let fields = &mut self.fields;
        fields.split(text, layout.delimiter).map_err(|quotes| match quotes {
            Quotes::Open => Left::Open,
            Quotes::Stray => Left::Wrong(Fault::malformed(STRAY)),
        })?;
        if fields.len() != layout.width {
            if fields.are_blank(text) {
                return Ok(());
            }
            let first = if self.options.header { "header" } else { "first line" };
            let what = format!("{} fields where the {first} has {}", fields.len(), layout.width);
            return Err(Left::Wrong(Fault::malformed(what)));
        }
        match values(fields, text, layout, &self.columns) {
            Ok(values) => {
                take(Ok(Row { line: number, values: &values, columns: &self.columns }));
                Ok(())
            }
            Err(_) if fields.are_blank(text) => Ok(()),
            Err(fault) => Err(Left::Wrong(fault)),
        }
    }

    fn object(&mut self, number: u64, text: &[u8], take: &mut Take<'_>) -> Result<(), Left> {
        let named = json::fields(text, &self.columns).map_err(Left::Wrong)?;
        let values: Values<'_> = std::array::from_fn(|place| named[place].as_deref());
        take(Ok(Row { line: number, values: &values, columns: &self.columns }));
        Ok(())
    }
}

/// The wanted fields of a record that was split.
fn values<'a>(fields: &'a Fields, text: &'a [u8], layout: &Layout, columns: &[Column]) -> Result<Values<'a>, Fault> {
    let mut values = Values::default();
    let texts = fields.texts(text);
    for ((column, place), value) in columns.iter().zip(&layout.places).zip(&mut values) {
        let Some(place) = *place else { continue };
        let name = match &texts {
            Some(texts) => texts(place),
            None => std::str::from_utf8(fields.get(text, place)).ok(),
        };
        let name = name.ok_or_else(|| Fault::field(column.name, "must be UTF-8"))?;
        let name = trim(name);
        if !name.is_empty() {
            *value = Some(name);
        } else if column.is_never_empty() {
            return Err(Fault::field(column.name, "must not be empty"));
        }
    }
    Ok(values)
}
