//! The tasks service as its callers know it: real PostgreSQL, NATS and S3, calls over the wire.

mod audience;
mod correcting;
mod decided_again;
mod deleted_clients;
mod deleting;
mod downloads;
mod drafts;
mod events;
mod finding;
mod forged;
mod gold;
mod harness;
mod hostile;
mod life;
mod memory;
mod own_data;
mod pictures;
mod quotas;
mod results;
mod starved;
mod uploads;
mod watching;
