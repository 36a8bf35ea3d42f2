//! What the events of tasks bring: a task opens, its images arrive, it ends.

pub mod add_images;
pub mod audience;
pub mod delete_task;
pub mod end_task;
pub mod open_task;
