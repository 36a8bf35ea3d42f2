//! The program as it is run.

mod consensus;
mod neighbours;
mod network;
mod program;
mod scheme;
mod words;
