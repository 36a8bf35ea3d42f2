// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, route::Route, users};

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

impl Client {
    /// Creates a user. Anyone may sign up with the roles that are open to the public;
    /// administrators may create users with any role.
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
}
