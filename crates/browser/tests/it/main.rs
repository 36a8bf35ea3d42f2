//! A real Chromium and pages that are hard on it.

mod living;
mod pages;
mod site;
mod ssrf;
mod start;
