//! Resizing and cropping, from the file to the file.

mod animations;
mod colors;
mod drawings;
mod files;
mod golden;
mod hostile;
mod notes;
mod optimized;
mod properties;
mod stripped;
