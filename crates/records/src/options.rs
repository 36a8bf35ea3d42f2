//! How a file is read.

/// What a file does not say of itself, and how much of it may be one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether the first line of a CSV file names the columns.
    pub header: bool,
    /// What separates the fields of a CSV file; found by its first line where it is not given.
    pub delimiter: Option<u8>,
    /// The longest line in bytes; a longer one is a problem and takes no memory.
    pub longest: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { header: true, delimiter: None, longest: 1 << 20 }
    }
}
