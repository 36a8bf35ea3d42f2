//! What is read, what operators get, and resizing and cropping: from the file to the file.

mod animations;
mod avifs;
mod colors;
mod damage;
mod drawings;
mod files;
mod gifs;
mod golden;
mod hidden;
mod hostile;
mod notes;
mod optimized;
mod properties;
mod stripped;
mod text;
