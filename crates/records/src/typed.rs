//! A record that somebody types.

use crate::{
    Fault,
    csv::{Fields, Quotes},
    parser::{NOT_CLOSED, STRAY},
    row::trim,
};

/// The fields of one record of CSV with commas, without the blanks around them. What holds a comma stands in quotes.
///
/// # Errors
/// If a quote is not closed, or text stands behind one that closes.
pub fn record(text: &str) -> Result<Vec<String>, Fault> {
    let mut fields = Fields::default();
    fields.split(text.as_bytes(), b',').map_err(|quotes| match quotes {
        Quotes::Open => Fault::malformed(NOT_CLOSED),
        Quotes::Stray => Fault::malformed(STRAY),
    })?;
    Ok(fields.iter(text.as_bytes()).map(|field| trim(&String::from_utf8_lossy(field)).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_unless_they_stand_in_quotes() {
        assert_eq!(record(r#"cat, "tabby, small",dog"#).expect("a record"), ["cat", "tabby, small", "dog"]);
        assert_eq!(record(r#""a ""b""",5" pipe"#).expect("a record"), [r#"a "b""#, r#"5" pipe"#]);
        assert_eq!(record("cat").expect("a record"), ["cat"]);
        assert!(record("\"cat,dog").is_err() && record("\"cat\"s,dog").is_err());
    }
}
