#![doc = include_str!("../README.md")]

mod certificates;
mod connecting;
mod ejection;
mod links;
mod made;
mod object;
mod render;
mod retries;

pub use self::{
    links::faults,
    object::{array, name, target, text},
    render::{Kustomization, all, documents},
};
