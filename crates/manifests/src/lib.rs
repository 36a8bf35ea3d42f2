#![doc = include_str!("../README.md")]

mod links;
mod render;

pub use self::{
    links::{array, faults, name, target, text},
    render::{Kustomization, all, documents},
};
