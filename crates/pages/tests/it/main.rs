//! Pages of our own making: what is found in them, and what becomes of it over HTTP.

mod finding;
mod lead;
mod pages;
mod rendered;
mod screenshot;
mod shown;
mod site;
