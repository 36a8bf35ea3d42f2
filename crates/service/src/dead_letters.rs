//! `<service> dead-letters`: the events that the service's consumers could not apply.

use anyhow::Result;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Bus, Config, DeadLetters, EventKeys};

use crate::config;

/// What is read of the service's configuration.
#[derive(serde::Deserialize)]
struct Section {
    events: Config,
}

/// Prints them, one a line.
pub(crate) async fn list(name: &str) -> Result<()> {
    let letters = open(name).await?;
    let mut sequence = 0;
    while let Some(letter) = letters.next(sequence).await? {
        println!("{letter}");
        sequence = letter.sequence();
    }
    Ok(())
}

/// Gives each to its consumer once more, and prints it. What has ended meanwhile is left out.
pub(crate) async fn redrive(name: &str) -> Result<()> {
    let letters = open(name).await?;
    let mut sequence = 0;
    while let Some(letter) = letters.next(sequence).await? {
        if letters.redrive(&letter).await? {
            println!("{letter}");
        }
        sequence = letter.sequence();
    }
    Ok(())
}

async fn open(name: &str) -> Result<DeadLetters> {
    let Section { events } = config::load(name)?;
    // Letters keep the signatures that they have.
    let bus = Bus::connect(&events, name, EventKeys::default(), Clock::system(), Random::system()).await?;
    Ok(DeadLetters::open(&bus, name).await?)
}
