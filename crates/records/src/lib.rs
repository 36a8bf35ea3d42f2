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
mod typed;

pub use self::{
    columns::{CONFIDENCE, Column, DECISION, IMAGE_ID, ITEM, LABEL, NAME, OPERATOR, STATE, TRUTH, WORKER},
    decode::text,
    fault::{Fault, Problem},
    options::Options,
    reader::Reader,
    row::Row,
    typed::record,
};
