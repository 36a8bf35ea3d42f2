//! A page token is of use to whoever got it, and not even to others who may see the same list.

use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::TaskId;
use labelmesh_proto::subtasks::v1::{
    AdjudicateImageRequest, LeaseSubtasksRequest, ListDecisionsRequest, ListMyVotesRequest, ListOperatorsRequest,
    ListSkipsRequest, ListVotesRequest, SkipSubtaskRequest, VoteRequest,
};
use tonic::Status;

use crate::world::{Caller, World};

/// A task of four images, of which two operators have labeled three, with the operators and its owner.
struct Labeled {
    world: World,
    task: String,
    /// One of its images, which was decided by votes and then by its owner.
    image: String,
    owner: Caller,
    operators: [Caller; 2],
}

impl Labeled {
    async fn new() -> Self {
        let world = World::new().await;
        let owner = world.identities.new_user();
        let task = TaskId::new(world.clock.now(), world.random.bytes());
        let images = world.images(4).await;
        world.submit(task, &world.spec(owner, 3, 2), &images).await;
        let (mut client, owner) = (world.clients[0].clone(), world.caller(owner, Role::Client));
        let operators = [world.operator(), world.operator()];
        for operator in &operators {
            for count in [1, 2] {
                let request = LeaseSubtasksRequest { count, ..Default::default() };
                let leased = client.lease_subtasks(operator.asks(request)).await.expect("leases").into_inner();
                assert_eq!(leased.leases.len(), count as usize);
                for lease in leased.leases {
                    let vote = VoteRequest { subtask_id: lease.subtask_id, label: "cat".to_owned() };
                    client.vote(operator.asks(vote)).await.expect("votes");
                }
            }
        }
        let (task, image) = (task.to_string(), images[1].image_id.clone());
        let ruling = AdjudicateImageRequest {
            task_id: task.clone(),
            image_id: image.clone(),
            label: "dog".to_owned(),
            ..AdjudicateImageRequest::default()
        };
        client.adjudicate_image(owner.asks(ruling)).await.expect("decides again");
        Self { world, task, image, owner, operators }
    }

    /// Both operators skip the image that they have not labeled.
    async fn skip(&self) {
        let mut client = self.world.clients[0].clone();
        for operator in &self.operators {
            let request = LeaseSubtasksRequest { count: 1, ..Default::default() };
            let leased = client.lease_subtasks(operator.asks(request)).await.expect("leases").into_inner().leases;
            let request = SkipSubtaskRequest { subtask_id: leased[0].subtask_id.clone(), ..Default::default() };
            client.skip_subtask(operator.asks(request)).await.expect("skips");
        }
    }

    /// That the token which `first` gets for its second page is of no use to `second`, who may ask for the first page.
    async fn is_bound(
        &self,
        (first, second): (&Caller, &Caller),
        list: impl AsyncFn(&Caller, String) -> Result<String, Status>,
    ) {
        let token = list(first, String::new()).await.expect("the first page");
        assert!(!token.is_empty(), "there is a second page");
        list(first, token.clone()).await.expect("the second page");
        list(second, String::new()).await.expect("may see the list");
        let refused = list(second, token.clone()).await.expect_err("another's token");
        assert_eq!(reason_of(&refused), Some(Reason::PageTokenInvalid));
    }
}

#[tokio::test]
async fn the_token_of_a_list_is_of_no_use_to_others_who_may_see_the_list() {
    let labeled = Labeled::new().await;
    let Labeled { world, task, image, owner, operators: [operator, other] } = &labeled;
    let client = &world.clients[0];
    let administrator = world.caller(world.identities.new_user(), Role::Administrator);
    let both = (owner, &administrator);
    labeled
        .is_bound(both, async |caller, page_token| {
            let request = ListVotesRequest { task_id: task.clone(), page_size: 1, page_token };
            Ok(client.clone().list_votes(caller.asks(request)).await?.into_inner().next_page_token)
        })
        .await;
    labeled.skip().await;
    labeled
        .is_bound(both, async |caller, page_token| {
            let request = ListSkipsRequest { task_id: task.clone(), page_size: 1, page_token };
            Ok(client.clone().list_skips(caller.asks(request)).await?.into_inner().next_page_token)
        })
        .await;
    labeled
        .is_bound(both, async |caller, page_token| {
            let request =
                ListDecisionsRequest { task_id: task.clone(), image_id: image.clone(), page_size: 1, page_token };
            Ok(client.clone().list_decisions(caller.asks(request)).await?.into_inner().next_page_token)
        })
        .await;
    labeled
        .is_bound(both, async |caller, page_token| {
            let request = ListOperatorsRequest { task_id: task.clone(), page_size: 1, page_token };
            Ok(client.clone().list_operators(caller.asks(request)).await?.into_inner().next_page_token)
        })
        .await;
    labeled
        .is_bound((operator, other), async |caller, page_token| {
            let request = ListMyVotesRequest { task_id: task.clone(), page_size: 1, page_token };
            Ok(client.clone().list_my_votes(caller.asks(request)).await?.into_inner().next_page_token)
        })
        .await;
}
