//! The program as it is run.

mod consensus;
mod program;
mod scheme;
mod words;
