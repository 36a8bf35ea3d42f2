//! being wired
#![expect(dead_code, reason = "being wired")]
pub mod edge;
mod demo {
mod check; mod crew;mod digits;mod draw;mod odds;mod people;mod report;mod rule;
}
