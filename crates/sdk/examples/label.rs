//! An operator who gives every image the same label: `label SERVER EMAIL PASSWORD LABEL`.

use std::{env::args, time::Duration};

use labelmesh_sdk::{Client, Error, subtasks::*};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = args().skip(1).collect();
    let [server, email, password, label] = arguments.as_slice() else {
        eprintln!("label SERVER EMAIL PASSWORD LABEL");
        return Ok(());
    };
    let operator = Client::builder(server).agent("label/1.0").build()?.sign_in(email, password).await?;
    loop {
        let held = operator.lease_subtasks(LeaseSubtasksRequest { count: 3, ..Default::default() }).await?;
        for lease in &held.leases {
            let picture = operator.picture(&lease.image_url).await?;
            println!("{}: {} bytes, {}", lease.title, picture.len(), label);
            let vote = VoteRequest { subtask_id: lease.subtask_id.clone(), label: label.clone() };
            match operator.vote(vote).await {
                Ok(_) => {}
                // The image was decided while we looked at it.
                Err(error) if matches!(error.reason(), "LEASE_EXPIRED" | "IMAGE_DECIDED") => {}
                Err(error) => return Err(error),
            }
        }
        if held.leases.is_empty() {
            let asked = held.shortage.and_then(|shortage| shortage.retry_after);
            let wait = asked.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or(Duration::from_secs(1));
            tokio::time::sleep(wait).await;
        }
    }
}
