//! The RPCs of groups.

use labelmesh_email::Email;
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_ids::UserId;
use labelmesh_proto::{
    timestamp,
    users::v1::{
        AcceptGroupInvitationRequest, AddGroupMemberRequest, AddGroupMemberResponse, CreateGroupInvitationRequest,
        CreateGroupRequest, DeleteGroupRequest, DeleteGroupResponse, GetGroupRequest, Group, GroupInvitation,
        GroupMember, LeaveGroupRequest, LeaveGroupResponse, ListGroupInvitationsRequest, ListGroupInvitationsResponse,
        ListGroupMembersRequest, ListGroupMembersResponse, ListGroupsRequest, ListGroupsResponse, ListMyGroupsRequest,
        ListMyGroupsResponse, ListMyInvitationsRequest, ListMyInvitationsResponse, Membership, ReceivedInvitation,
        RemoveGroupMemberRequest, RemoveGroupMemberResponse, RevokeGroupInvitationRequest,
        RevokeGroupInvitationResponse, UpdateGroupRequest, group_service_server::GroupService,
    },
};
use labelmesh_seal::PageRequest;
use labelmesh_server::{Caller, caller};
use tonic::{Request, Response, Status};

use crate::{
    app::{App, groups},
    domain::{self, Accepted, Code, GroupName, NewMember, Terms},
};

/// The service as tonic calls it.
#[derive(Debug)]
pub(crate) struct Groups(pub(crate) App);

type Answer<T> = Result<Response<T>, Status>;

/// The user who calls: the contract lets users alone call what asks for one.
fn me(caller: &Caller) -> Result<UserId> {
    caller.principal.user().map(|user| user.user_id).ok_or_else(|| Error::not_found("user"))
}

fn page<'a>(caller: &'a Caller, size: i32, token: &'a str) -> PageRequest<'a> {
    PageRequest { principal: &caller.principal, size, token }
}

#[tonic::async_trait]
impl GroupService for Groups {
    async fn create_group(&self, request: Request<CreateGroupRequest>) -> Answer<Group> {
        let owner = me(&caller(&request)?)?;
        let request = request.into_inner();
        let request_id = Some(&request.request_id).filter(|text| !text.is_empty());
        let request_id = request_id.map(|text| parse_field("request_id", text)).transpose()?;
        let group = groups::create_group(&self.0, owner, request_id, GroupName::parse(&request.name)?).await?;
        Ok(Response::new(group.into()))
    }

    async fn get_group(&self, request: Request<GetGroupRequest>) -> Answer<Group> {
        let reach = caller(&request)?.reach;
        let group = groups::get_group(&self.0, reach, parse_field("group_id", &request.get_ref().group_id)?).await?;
        Ok(Response::new(group.into()))
    }

    async fn list_groups(&self, request: Request<ListGroupsRequest>) -> Answer<ListGroupsResponse> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let page = page(&caller, request.page_size, &request.page_token);
        let (groups, next_page_token) = groups::list_groups(&self.0, caller.reach, &page).await?;
        let groups = groups.into_iter().map(Group::from).collect();
        Ok(Response::new(ListGroupsResponse { groups, next_page_token }))
    }

    async fn update_group(&self, request: Request<UpdateGroupRequest>) -> Answer<Group> {
        let reach = caller(&request)?.reach;
        let UpdateGroupRequest { group_id, name } = request.get_ref();
        let (id, name) = (parse_field("group_id", group_id)?, GroupName::parse(name)?);
        Ok(Response::new(groups::rename_group(&self.0, reach, id, &name).await?.into()))
    }

    async fn delete_group(&self, request: Request<DeleteGroupRequest>) -> Answer<DeleteGroupResponse> {
        let reach = caller(&request)?.reach;
        groups::delete_group(&self.0, reach, parse_field("group_id", &request.get_ref().group_id)?).await?;
        Ok(Response::new(DeleteGroupResponse {}))
    }

    async fn add_group_member(&self, request: Request<AddGroupMemberRequest>) -> Answer<AddGroupMemberResponse> {
        let reach = caller(&request)?.reach;
        let AddGroupMemberRequest { group_id, email, user_id } = request.get_ref();
        let new = match (email.as_str(), user_id.as_str()) {
            (email, "") => NewMember::Email(Email::parse(email)?),
            ("", user_id) => NewMember::User(parse_field("user_id", user_id)?),
            _ => return Err(Error::invalid("user_id", "must be empty where there is an email").into()),
        };
        groups::add_member(&self.0, reach, parse_field("group_id", group_id)?, &new).await?;
        Ok(Response::new(AddGroupMemberResponse {}))
    }

    async fn remove_group_member(
        &self,
        request: Request<RemoveGroupMemberRequest>,
    ) -> Answer<RemoveGroupMemberResponse> {
        let reach = caller(&request)?.reach;
        let RemoveGroupMemberRequest { group_id, user_id } = request.get_ref();
        let (group, user) = (parse_field("group_id", group_id)?, parse_field("user_id", user_id)?);
        groups::remove_member(&self.0, reach, group, user).await?;
        Ok(Response::new(RemoveGroupMemberResponse {}))
    }

    async fn list_group_members(&self, request: Request<ListGroupMembersRequest>) -> Answer<ListGroupMembersResponse> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let (id, page) =
            (parse_field("group_id", &request.group_id)?, page(&caller, request.page_size, &request.page_token));
        let (members, next_page_token) = groups::list_members(&self.0, caller.reach, id, &page).await?;
        let members = members.into_iter().map(GroupMember::from).collect();
        Ok(Response::new(ListGroupMembersResponse { members, next_page_token }))
    }

    async fn create_group_invitation(&self, request: Request<CreateGroupInvitationRequest>) -> Answer<GroupInvitation> {
        let reach = caller(&request)?.reach;
        let CreateGroupInvitationRequest { group_id, uses, valid_hours } = request.get_ref();
        let terms = Terms { uses: *uses, hours: *valid_hours };
        let (invitation, code) = groups::create_code(&self.0, reach, parse_field("group_id", group_id)?, terms).await?;
        Ok(Response::new(GroupInvitation { code: code.reveal().to_owned(), ..invitation.into() }))
    }

    async fn list_group_invitations(
        &self,
        request: Request<ListGroupInvitationsRequest>,
    ) -> Answer<ListGroupInvitationsResponse> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let (id, page) =
            (parse_field("group_id", &request.group_id)?, page(&caller, request.page_size, &request.page_token));
        let (listed, next_page_token) = groups::list_invitations(&self.0, caller.reach, id, &page).await?;
        let invitations = listed.into_iter().map(GroupInvitation::from).collect();
        Ok(Response::new(ListGroupInvitationsResponse { invitations, next_page_token }))
    }

    async fn revoke_group_invitation(
        &self,
        request: Request<RevokeGroupInvitationRequest>,
    ) -> Answer<RevokeGroupInvitationResponse> {
        let reach = caller(&request)?.reach;
        let RevokeGroupInvitationRequest { group_id, invitation_id } = request.get_ref();
        let (group, id) = (parse_field("group_id", group_id)?, parse_field("invitation_id", invitation_id)?);
        groups::revoke(&self.0, reach, group, id).await?;
        Ok(Response::new(RevokeGroupInvitationResponse {}))
    }

    async fn accept_group_invitation(&self, request: Request<AcceptGroupInvitationRequest>) -> Answer<Membership> {
        let user = me(&caller(&request)?)?;
        let AcceptGroupInvitationRequest { code, invitation_id } = request.get_ref();
        let accepted = match (code.as_str(), invitation_id.as_str()) {
            ("", "") => return Err(Error::invalid("code", "is required where there is no invitation_id").into()),
            (code, "") => Accepted::Code(Code::typed(code)),
            ("", id) => Accepted::Invitation(parse_field("invitation_id", id)?),
            _ => return Err(Error::invalid("invitation_id", "must be empty where there is a code").into()),
        };
        Ok(Response::new(groups::accept(&self.0, user, &accepted).await?.into()))
    }

    async fn list_my_invitations(
        &self,
        request: Request<ListMyInvitationsRequest>,
    ) -> Answer<ListMyInvitationsResponse> {
        let received = groups::received(&self.0, me(&caller(&request)?)?).await?;
        let invitations = received.into_iter().map(ReceivedInvitation::from).collect();
        Ok(Response::new(ListMyInvitationsResponse { invitations }))
    }

    async fn list_my_groups(&self, request: Request<ListMyGroupsRequest>) -> Answer<ListMyGroupsResponse> {
        let memberships = groups::memberships(&self.0, me(&caller(&request)?)?).await?;
        Ok(Response::new(ListMyGroupsResponse { memberships: memberships.into_iter().map(Membership::from).collect() }))
    }

    async fn leave_group(&self, request: Request<LeaveGroupRequest>) -> Answer<LeaveGroupResponse> {
        let user = me(&caller(&request)?)?;
        groups::leave(&self.0, user, parse_field("group_id", &request.get_ref().group_id)?).await?;
        Ok(Response::new(LeaveGroupResponse {}))
    }
}

impl From<domain::Group> for Group {
    fn from(group: domain::Group) -> Self {
        Self {
            group_id: group.id.to_string(),
            owner_id: group.owner.to_string(),
            name: group.name.as_str().to_owned(),
            members: group.members,
            created_at: Some(timestamp(group.created_at)),
        }
    }
}

impl From<domain::Member> for GroupMember {
    fn from(member: domain::Member) -> Self {
        Self {
            user_id: member.user_id.to_string(),
            name: member.name,
            surname: member.surname,
            invited_as: member.invited_as,
            joined_at: Some(timestamp(member.since)),
        }
    }
}

impl From<domain::Invitation> for GroupInvitation {
    fn from(invitation: domain::Invitation) -> Self {
        Self {
            invitation_id: invitation.id.to_string(),
            group_id: invitation.group.to_string(),
            code: String::new(),
            email: invitation.email.unwrap_or_default(),
            uses_left: invitation.uses_left,
            expires_at: Some(timestamp(invitation.expires_at)),
        }
    }
}

impl From<domain::Received> for ReceivedInvitation {
    fn from(received: domain::Received) -> Self {
        Self {
            invitation_id: received.id.to_string(),
            group_name: received.group_name,
            expires_at: Some(timestamp(received.expires_at)),
        }
    }
}

impl From<domain::Membership> for Membership {
    fn from(membership: domain::Membership) -> Self {
        Self {
            group_id: membership.group.to_string(),
            group_name: membership.name,
            joined_at: Some(timestamp(membership.since)),
        }
    }
}
