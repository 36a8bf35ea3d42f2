//! Stories of the auth service, told over gRPC: replicas of auth, the users service beside them, and a real database.

mod accounts;
mod api_keys;
mod attempts;
mod audit;
mod deleting;
mod keys;
mod own_data;
mod own_sessions;
mod passwords;
mod resets;
mod second_factor;
mod secrets;
mod sessions;
mod support;
mod trouble;
mod wrong_passwords;
