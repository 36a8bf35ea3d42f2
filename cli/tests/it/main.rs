//! The program as it is run.

mod consensus;
mod image;
mod neighbours;
mod network;
mod page;
mod pictures;
mod program;
mod scheme;
mod words;
