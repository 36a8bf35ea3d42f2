//! Pairs of operators who agree far beyond what their accuracies explain, as the task's owner sees them.

use std::collections::BTreeMap;

use futures::stream;
use labelmesh_identity::Role;
use labelmesh_ids::TaskId;
use labelmesh_proto::subtasks::v1::{Agreement, GetAgreementRequest, ImportVotesRequest, ListVotesRequest};
use labelmesh_proto::r#type::v1::Part;
use tonic::Response;

use crate::world::World;

const LABELS: [&str; 3] = ["cat", "dog", "owl"];
const IMAGES: usize = 60;
/// How often each is wrong, of a hundred times. Ann and Amy are the same person, where that is tried. Gil and Gus are
/// hardly ever wrong, so they agree more than anybody else who is two people.
const CROWD: [(&str, u64); 6] = [("amy", 35), ("ann", 35), ("gil", 3), ("gus", 3), ("nan", 20), ("ned", 20)];

/// A number that looks like chance and is always the same.
fn chance(operator: &str, image: usize) -> u64 {
    let seed =
        operator.bytes().fold(image as u64 + 1, |sum, byte| sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte));
    let mixed = (seed ^ (seed >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40
}

/// What an operator says of each image.
fn votes(operator: &str, wrong: u64) -> Vec<&'static str> {
    let label = |image: usize| {
        let chance = chance(operator, image);
        let by = if chance % 100 < wrong { 1 + (chance / 100) as usize % 2 } else { 0 };
        LABELS[(image + by) % LABELS.len()]
    };
    (0..IMAGES).map(label).collect()
}

/// What the owner is told of a crowd, by the names under which its votes came.
async fn told(crowd: &BTreeMap<&str, Vec<&'static str>>) -> (Agreement, BTreeMap<String, String>) {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let caller = world.caller(owner, Role::Client);
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(IMAGES).await;
    let mut spec = world.spec(owner, IMAGES, 6);
    spec.labels = LABELS.map(str::to_owned).to_vec();
    world.submit(task, &spec, &images).await;
    let mut file = "image_id,operator,label\n".to_owned();
    for (number, image) in images.iter().enumerate() {
        for (name, votes) in crowd {
            file += &format!("{},{name},{}\n", image.image_id, votes[number]);
        }
    }
    let part = Part { name: "votes.csv".to_owned(), media_type: String::new(), data: file.into(), last: true };
    let request = ImportVotesRequest { task_id: task.to_string(), part: Some(part) };
    let mut client = world.clients[0].clone();
    let mut said = client.import_votes(caller.asks(stream::iter([request]))).await.expect("imports").into_inner();
    while said.message().await.expect("no error").is_some() {}

    let list = ListVotesRequest { task_id: task.to_string(), page_size: 1_000, page_token: String::new() };
    let given = client.list_votes(caller.asks(list)).await.expect("lists").into_inner().votes;
    let mut by_operator: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for vote in given {
        by_operator.entry(vote.operator).or_default().insert(vote.subtask_id, vote.label);
    }
    let names = by_operator.into_iter().map(|(operator, labels)| {
        let says = |votes: &&Vec<&str>| {
            images.iter().zip(votes.iter()).all(|(image, label)| labels[&image.image_id] == *label)
        };
        let names = crowd.iter().filter(|(_, votes)| says(votes)).map(|(name, _)| *name);
        (operator, names.collect::<Vec<_>>().join(" or "))
    });
    let names = names.collect();
    let request = GetAgreementRequest { task_id: task.to_string() };
    (client.get_agreement(caller.asks(request)).await.map(Response::into_inner).expect("compares"), names)
}

#[tokio::test]
async fn one_person_with_two_accounts_is_shown_to_the_owner_and_two_good_operators_are_not() {
    let mut crowd: BTreeMap<_, _> = CROWD.iter().map(|&(name, wrong)| (name, votes(name, wrong))).collect();
    let agree = |crowd: &BTreeMap<&str, Vec<&str>>, one: &str, other: &str| {
        crowd[one].iter().zip(&crowd[other]).filter(|(one, other)| one == other).count()
    };
    assert!(agree(&crowd, "gil", "gus") > agree(&crowd, "amy", "ann"), "the good ones agree more");
    let (honest, _) = told(&crowd).await;
    assert_eq!(honest.alike, [], "of six people none are alike");

    // All but one of her second account's votes are her own.
    let mut copied = crowd["ann"].clone();
    let unlike =
        (0..IMAGES).find(|&image| crowd["amy"][image] != copied[image]).expect("one that she judged otherwise");
    copied[unlike] = crowd["amy"][unlike];
    crowd.insert("amy", copied);
    let (seen, names) = told(&crowd).await;
    let [pair] = &seen.alike[..] else { panic!("one pair: {:?}", seen.alike) };
    let mut found = [&pair.first, &pair.second].map(|operator| names[operator].as_str());
    found.sort_unstable();
    assert_eq!(found, ["amy", "ann"]);
    assert!(pair.images > 40 && pair.shared_mistakes >= 8, "{pair:?}");
    assert!(pair.shared_mistakes <= pair.first_mistakes.min(pair.second_mistakes), "{pair:?}");
    assert!(pair.expected < pair.shared_mistakes as f64 / 2.0, "{pair:?}");
}
