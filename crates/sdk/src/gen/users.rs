// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, route::Route, users};

static CREATE_GROUP: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/CreateGroup",
    verb: HttpMethod::POST,
    template: "/v1/groups",
    has_body: true,
};

static GET_GROUP: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/GetGroup",
    verb: HttpMethod::GET,
    template: "/v1/groups/{group_id}",
    has_body: false,
};

static LIST_GROUPS: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/ListGroups",
    verb: HttpMethod::GET,
    template: "/v1/groups",
    has_body: false,
};

static UPDATE_GROUP: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/UpdateGroup",
    verb: HttpMethod::PATCH,
    template: "/v1/groups/{group_id}",
    has_body: true,
};

static DELETE_GROUP: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/DeleteGroup",
    verb: HttpMethod::DELETE,
    template: "/v1/groups/{group_id}",
    has_body: false,
};

static ADD_GROUP_MEMBER: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/AddGroupMember",
    verb: HttpMethod::POST,
    template: "/v1/groups/{group_id}/members",
    has_body: true,
};

static REMOVE_GROUP_MEMBER: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/RemoveGroupMember",
    verb: HttpMethod::DELETE,
    template: "/v1/groups/{group_id}/members/{user_id}",
    has_body: false,
};

static LIST_GROUP_MEMBERS: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/ListGroupMembers",
    verb: HttpMethod::GET,
    template: "/v1/groups/{group_id}/members",
    has_body: false,
};

static CREATE_GROUP_INVITATION: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/CreateGroupInvitation",
    verb: HttpMethod::POST,
    template: "/v1/groups/{group_id}/invitations",
    has_body: true,
};

static LIST_GROUP_INVITATIONS: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/ListGroupInvitations",
    verb: HttpMethod::GET,
    template: "/v1/groups/{group_id}/invitations",
    has_body: false,
};

static REVOKE_GROUP_INVITATION: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/RevokeGroupInvitation",
    verb: HttpMethod::DELETE,
    template: "/v1/groups/{group_id}/invitations/{invitation_id}",
    has_body: false,
};

static ACCEPT_GROUP_INVITATION: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/AcceptGroupInvitation",
    verb: HttpMethod::POST,
    template: "/v1/me/groups",
    has_body: true,
};

static LIST_MY_INVITATIONS: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/ListMyInvitations",
    verb: HttpMethod::GET,
    template: "/v1/me/invitations",
    has_body: false,
};

static LIST_MY_GROUPS: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/ListMyGroups",
    verb: HttpMethod::GET,
    template: "/v1/me/groups",
    has_body: false,
};

static LEAVE_GROUP: Route = Route {
    rpc: "/labelmesh.users.v1.GroupService/LeaveGroup",
    verb: HttpMethod::DELETE,
    template: "/v1/me/groups/{group_id}",
    has_body: false,
};

static CREATE_USER: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/CreateUser",
    verb: HttpMethod::POST,
    template: "/v1/users",
    has_body: true,
};

static GET_USER: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/GetUser",
    verb: HttpMethod::GET,
    template: "/v1/users/{user_id}",
    has_body: false,
};

static GET_ME: Route =
    Route { rpc: "/labelmesh.users.v1.UserService/GetMe", verb: HttpMethod::GET, template: "/v1/me", has_body: false };

static LIST_USERS: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/ListUsers",
    verb: HttpMethod::GET,
    template: "/v1/users",
    has_body: false,
};

static UPDATE_USER: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/UpdateUser",
    verb: HttpMethod::PATCH,
    template: "/v1/users/{user_id}",
    has_body: true,
};

static REPLACE_USER: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/ReplaceUser",
    verb: HttpMethod::PUT,
    template: "/v1/users/{user_id}",
    has_body: true,
};

static CONFIRM_EMAIL: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/ConfirmEmail",
    verb: HttpMethod::POST,
    template: "/v1/users:confirmEmail",
    has_body: true,
};

static RESEND_CONFIRMATION: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/ResendConfirmation",
    verb: HttpMethod::POST,
    template: "/v1/me:resendConfirmation",
    has_body: true,
};

static BLOCK_USER: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/BlockUser",
    verb: HttpMethod::POST,
    template: "/v1/users/{user_id}:block",
    has_body: true,
};

static UNBLOCK_USER: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/UnblockUser",
    verb: HttpMethod::POST,
    template: "/v1/users/{user_id}:unblock",
    has_body: true,
};

static DELETE_USER: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/DeleteUser",
    verb: HttpMethod::DELETE,
    template: "/v1/users/{user_id}",
    has_body: false,
};

static EXPORT_MY_ACCOUNT: Route = Route {
    rpc: "/labelmesh.users.v1.UserService/ExportMyAccount",
    verb: HttpMethod::GET,
    template: "/v1/me/data/account",
    has_body: false,
};

impl Client {
    /// Creates a group without members.
    ///
    /// `POST /v1/groups`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_group(&self, request: users::CreateGroupRequest) -> Result<users::Group, Error> {
        self.unary(&CREATE_GROUP, &request).await
    }

    /// Gets a group.
    ///
    /// `GET /v1/groups/{group_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_group(&self, request: users::GetGroupRequest) -> Result<users::Group, Error> {
        self.unary(&GET_GROUP, &request).await
    }

    /// Lists groups, the newest first: the caller's own, or all for administrators.
    ///
    /// `GET /v1/groups`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_groups(&self, request: users::ListGroupsRequest) -> Result<users::ListGroupsResponse, Error> {
        self.unary(&LIST_GROUPS, &request).await
    }

    /// Everything that [`Self::list_groups`] lists, page by page from the first on.
    #[must_use]
    pub fn list_groups_all(&self, request: users::ListGroupsRequest) -> crate::Answers<users::Group> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), users::ListGroupsRequest { page_token, ..request.clone() });
            async move { client.list_groups(request).await.map(|page| (page.groups, page.next_page_token)) }
        })
    }

    /// Gives a group another name.
    ///
    /// `PATCH /v1/groups/{group_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn update_group(&self, request: users::UpdateGroupRequest) -> Result<users::Group, Error> {
        self.unary(&UPDATE_GROUP, &request).await
    }

    /// Deletes a group: its members lose what was open to them as its members, and hold nothing of it any more
    /// within moments. A repeat is answered with NOT_FOUND.
    ///
    /// `DELETE /v1/groups/{group_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn delete_group(&self, request: users::DeleteGroupRequest) -> Result<users::DeleteGroupResponse, Error> {
        self.unary(&DELETE_GROUP, &request).await
    }

    /// Adds an operator. Somebody who is named by their user id is a member at once. An e-mail address is
    /// invited, whether or not it is known: whoever has an account with it finds the invitation there
    /// (ListMyInvitations) and may accept it for 30 days. The answer is the same in both cases. Repeating the
    /// call is harmless; an invitation counts anew from then on.
    ///
    /// `POST /v1/groups/{group_id}/members`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn add_group_member(
        &self,
        request: users::AddGroupMemberRequest,
    ) -> Result<users::AddGroupMemberResponse, Error> {
        self.unary(&ADD_GROUP_MEMBER, &request).await
    }

    /// Removes a member. What they hold of tasks that were open to them as a member goes back within moments.
    /// They can't come back by a code, but can be added or invited again. Removing somebody who is no member
    /// is harmless.
    ///
    /// `DELETE /v1/groups/{group_id}/members/{user_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn remove_group_member(
        &self,
        request: users::RemoveGroupMemberRequest,
    ) -> Result<users::RemoveGroupMemberResponse, Error> {
        self.unary(&REMOVE_GROUP_MEMBER, &request).await
    }

    /// Lists the members of a group, in no telling order.
    ///
    /// `GET /v1/groups/{group_id}/members`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_group_members(
        &self,
        request: users::ListGroupMembersRequest,
    ) -> Result<users::ListGroupMembersResponse, Error> {
        self.unary(&LIST_GROUP_MEMBERS, &request).await
    }

    /// Everything that [`Self::list_group_members`] lists, page by page from the first on.
    #[must_use]
    pub fn list_group_members_all(
        &self,
        request: users::ListGroupMembersRequest,
    ) -> crate::Answers<users::GroupMember> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), users::ListGroupMembersRequest { page_token, ..request.clone() });
            async move { client.list_group_members(request).await.map(|page| (page.members, page.next_page_token)) }
        })
    }

    /// Makes a code by which operators can join, some number of them until some time. It is shown this once. A
    /// repeat makes another.
    ///
    /// `POST /v1/groups/{group_id}/invitations`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_group_invitation(
        &self,
        request: users::CreateGroupInvitationRequest,
    ) -> Result<users::GroupInvitation, Error> {
        self.unary(&CREATE_GROUP_INVITATION, &request).await
    }

    /// Lists the invitations to a group that can still be accepted, the newest first: addresses, and codes
    /// without the codes themselves.
    ///
    /// `GET /v1/groups/{group_id}/invitations`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_group_invitations(
        &self,
        request: users::ListGroupInvitationsRequest,
    ) -> Result<users::ListGroupInvitationsResponse, Error> {
        self.unary(&LIST_GROUP_INVITATIONS, &request).await
    }

    /// Everything that [`Self::list_group_invitations`] lists, page by page from the first on.
    #[must_use]
    pub fn list_group_invitations_all(
        &self,
        request: users::ListGroupInvitationsRequest,
    ) -> crate::Answers<users::GroupInvitation> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) =
                (client.clone(), users::ListGroupInvitationsRequest { page_token, ..request.clone() });
            async move { client.list_group_invitations(request).await.map(|page| (page.invitations, page.next_page_token)) }
        })
    }

    /// Withdraws an invitation that was not accepted yet; who has joined by it stays. Revoking again is
    /// harmless.
    ///
    /// `DELETE /v1/groups/{group_id}/invitations/{invitation_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn revoke_group_invitation(
        &self,
        request: users::RevokeGroupInvitationRequest,
    ) -> Result<users::RevokeGroupInvitationResponse, Error> {
        self.unary(&REVOKE_GROUP_INVITATION, &request).await
    }

    /// Joins a group, by a code or by an invitation to the caller's own e-mail address. The group's owner sees
    /// the member's name. An invitation that is unknown, used up, withdrawn, out of date or for another
    /// address is NOT_FOUND. Accepting again what was accepted is harmless and uses nothing up.
    ///
    /// `POST /v1/me/groups`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn accept_group_invitation(
        &self,
        request: users::AcceptGroupInvitationRequest,
    ) -> Result<users::Membership, Error> {
        self.unary(&ACCEPT_GROUP_INVITATION, &request).await
    }

    /// Lists the invitations to the caller's e-mail address, the newest first: at most 100.
    ///
    /// `GET /v1/me/invitations`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_my_invitations(
        &self,
        request: users::ListMyInvitationsRequest,
    ) -> Result<users::ListMyInvitationsResponse, Error> {
        self.unary(&LIST_MY_INVITATIONS, &request).await
    }

    /// Lists the groups of which the caller is a member.
    ///
    /// `GET /v1/me/groups`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_my_groups(
        &self,
        request: users::ListMyGroupsRequest,
    ) -> Result<users::ListMyGroupsResponse, Error> {
        self.unary(&LIST_MY_GROUPS, &request).await
    }

    /// Leaves a group: what the caller holds of tasks that were open to them as a member goes back within
    /// moments. Leaving a group of which one is no member is harmless.
    ///
    /// `DELETE /v1/me/groups/{group_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn leave_group(&self, request: users::LeaveGroupRequest) -> Result<users::LeaveGroupResponse, Error> {
        self.unary(&LEAVE_GROUP, &request).await
    }

    /// Creates a user. Anyone may sign up with the roles that are open to the public;
    /// administrators may create users with any role. What confirms the address is mailed to it; until its owner has
    /// done so, the user can sign in and do little else, and nothing more is mailed there. How often something is mailed
    /// to an address that nobody has confirmed, and from a network, is bounded: beyond that it is RATE_LIMITED.
    ///
    /// `POST /v1/users`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_user(&self, request: users::CreateUserRequest) -> Result<users::User, Error> {
        self.unary(&CREATE_USER, &request).await
    }

    /// Gets a user: oneself, or any for administrators.
    ///
    /// `GET /v1/users/{user_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_user(&self, request: users::GetUserRequest) -> Result<users::User, Error> {
        self.unary(&GET_USER, &request).await
    }

    /// Gets the user who calls.
    ///
    /// `GET /v1/me`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_me(&self, request: users::GetMeRequest) -> Result<users::User, Error> {
        self.unary(&GET_ME, &request).await
    }

    /// Lists users, the newest first, for administrators. Filters are beginnings of an e-mail address, a
    /// name or a surname, in any case; a user must match all that are given.
    ///
    /// `GET /v1/users`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_users(&self, request: users::ListUsersRequest) -> Result<users::ListUsersResponse, Error> {
        self.unary(&LIST_USERS, &request).await
    }

    /// Everything that [`Self::list_users`] lists, page by page from the first on.
    #[must_use]
    pub fn list_users_all(&self, request: users::ListUsersRequest) -> crate::Answers<users::User> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), users::ListUsersRequest { page_token, ..request.clone() });
            async move { client.list_users(request).await.map(|page| (page.users, page.next_page_token)) }
        })
    }

    /// Changes some fields of a user: one's own, or anybody's for administrators. Roles are changed by administrators
    /// alone. Where everything is already as asked for, nothing happens, so that a repeat is harmless. Not with an API
    /// key, but for administrators.
    ///
    /// Another e-mail address counts when it is confirmed there (ConfirmEmail); until then the present one stays, and is
    /// told of it. One change at a time is under way: a later one takes its place, and the present address ends it.
    ///
    /// `PATCH /v1/users/{user_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn update_user(&self, request: users::UpdateUserRequest) -> Result<users::User, Error> {
        self.unary(&UPDATE_USER, &request).await
    }

    /// Replaces what can be changed of a user as a whole: what is not given becomes empty. Otherwise like UpdateUser.
    ///
    /// `PUT /v1/users/{user_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn replace_user(&self, request: users::ReplaceUserRequest) -> Result<users::User, Error> {
        self.unary(&REPLACE_USER, &request).await
    }

    /// Confirms an e-mail address, by the token that was mailed to it: the address of a new user, or the one that is to
    /// take the place of another. It holds within a second, also for sessions that are open. A token is good once, for a
    /// day, and only until another one was mailed.
    ///
    /// `POST /v1/users:confirmEmail`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn confirm_email(
        &self,
        request: users::ConfirmEmailRequest,
    ) -> Result<users::ConfirmEmailResponse, Error> {
        self.unary(&CONFIRM_EMAIL, &request).await
    }

    /// Mails another token to the address of the caller that is to be confirmed; what was mailed before is good for
    /// nothing then. Where nothing is to be confirmed nothing happens. How often it is mailed is bounded, as with
    /// CreateUser. Not with an API key.
    ///
    /// `POST /v1/me:resendConfirmation`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn resend_confirmation(
        &self,
        request: users::ResendConfirmationRequest,
    ) -> Result<users::ResendConfirmationResponse, Error> {
        self.unary(&RESEND_CONFIRMATION, &request).await
    }

    /// Blocks a user: all of their sessions end, their open streams too, and what they have leased goes to others.
    /// They can't sign in until they are unblocked. Blocking again is harmless.
    ///
    /// `POST /v1/users/{user_id}:block`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn block_user(&self, request: users::BlockUserRequest) -> Result<users::User, Error> {
        self.unary(&BLOCK_USER, &request).await
    }

    /// Lets a blocked user sign in again. What was theirs is still there; sessions that ended stay ended. Unblocking again
    /// is harmless.
    ///
    /// `POST /v1/users/{user_id}:unblock`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn unblock_user(&self, request: users::UnblockUserRequest) -> Result<users::User, Error> {
        self.unary(&UNBLOCK_USER, &request).await
    }

    /// Deletes a user for good: oneself, or anyone for administrators. Sessions, API keys and open streams end at once,
    /// and what they have leased goes to others. Within moments their groups, tasks, pictures, webhooks and notifications
    /// are removed; open tasks are cancelled before. Their votes in others' tasks stay, under an id that stands for
    /// nobody. The address can be signed up with again. The last administrator can't be deleted. Deleting again is
    /// harmless. Not with an API key, but for administrators.
    ///
    /// `DELETE /v1/users/{user_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn delete_user(&self, request: users::DeleteUserRequest) -> Result<users::DeleteUserResponse, Error> {
        self.unary(&DELETE_USER, &request).await
    }

    /// Streams everything that this service stores about the user who calls, record by record: the account and when
    /// its password was set, what is mailed to be confirmed, groups with their invitations, invitations to the user's
    /// address, and memberships. The hash of the password and the digests of tokens and codes are left out. Each
    /// record is as it was when it was read; what changes meanwhile may be told as it was before or as it was after.
    ///
    /// `GET /v1/me/data/account`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_my_account(
        &self,
        request: users::ExportMyAccountRequest,
    ) -> Result<crate::Answers<users::AccountRecord>, Error> {
        self.stream(&EXPORT_MY_ACCOUNT, &request).await
    }
}
