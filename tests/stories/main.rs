//! Stories of the whole system; each module tells one kind.

mod changed;
mod command_line;
mod contract;
mod crashes;
mod databases;
mod deciding;
mod everyday;
mod foreign;
mod forged;
mod gold;
mod hostile;
mod household;
mod invited;
mod keyed;
mod labor;
mod mails;
mod outage;
mod paths;
mod people;
mod requests;
mod screen;
mod strangers;
mod traced;
mod watched;
mod webhooks;
