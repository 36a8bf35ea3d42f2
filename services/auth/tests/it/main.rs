//! Stories of the auth service, told over gRPC: replicas of auth, the users service beside them, and a real database.

mod accounts;
mod api_keys;
mod attempts;
mod keys;
mod own_sessions;
mod passwords;
mod secrets;
mod sessions;
mod support;
mod trouble;
mod wrong_passwords;
