#![doc = include_str!("../README.md")]

mod columns;
mod csv;
mod decode;
mod fault;
mod json;
mod lines;
mod open;
mod options;
mod parser;
mod reader;
mod row;

pub use self::{
    columns::{CONFIDENCE, Column, IMAGE_ID, ITEM, LABEL, NAME, OPERATOR, TRUTH, WORKER},
    decode::text,
    fault::{Fault, Problem},
    options::Options,
    reader::Reader,
    row::Row,
};
