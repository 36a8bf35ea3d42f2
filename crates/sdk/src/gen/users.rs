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
}
