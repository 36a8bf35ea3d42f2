//! subtasks
