//! Methods against crowds whose truth is known: simulated ones always, recorded ones where they are at hand.

mod families;
mod gold;
mod live;
mod recorded;
mod simulated;
mod waiting;
mod warnings;
