//! What `./dev cluster` promises where there is no cluster.

mod admit;
