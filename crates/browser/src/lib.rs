#![doc = include_str!("../README.md")]

mod browser;
mod child;
mod config;
mod error;
mod find;
mod flags;
mod folder;
mod job;
mod memory;
mod page;
mod pipe;
mod running;
mod watch;

pub use self::{
    browser::Browser,
    config::Config,
    error::Error,
    find::find,
    job::Job,
    page::{Arrival, Clip, Page},
    watch::Document,
};
