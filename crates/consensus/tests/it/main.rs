//! Methods against crowds whose truth is known: simulated ones always, recorded ones where they are at hand.

mod recorded;
mod simulated;
