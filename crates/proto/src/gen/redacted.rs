// Generated from proto/ by `./dev gen`; do not edit.

impl std::fmt::Debug for crate::auth::v1::LoginRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginRequest")
            .field("email", &self.email)
            .field("password", &"[redacted]")
            .field("code", &"[redacted]")
            .finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::LoginResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginResponse")
            .field("token", &"[redacted]")
            .field("session_id", &self.session_id)
            .field("user_id", &self.user_id)
            .field("roles", &self.roles)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::ChangePasswordRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChangePasswordRequest")
            .field("old_password", &"[redacted]")
            .field("new_password", &"[redacted]")
            .field("revoke_api_keys", &self.revoke_api_keys)
            .finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::ResetPasswordRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResetPasswordRequest")
            .field("token", &"[redacted]")
            .field("new_password", &"[redacted]")
            .field("revoke_api_keys", &self.revoke_api_keys)
            .finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::CreateApiKeyResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateApiKeyResponse").field("api_key", &self.api_key).field("secret", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::EnrolSecondFactorRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolSecondFactorRequest").field("password", &"[redacted]").field("name", &self.name).finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::EnrolSecondFactorResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolSecondFactorResponse").field("secret", &"[redacted]").field("uri", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::ConfirmSecondFactorRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmSecondFactorRequest").field("code", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::ConfirmSecondFactorResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmSecondFactorResponse").field("recovery_codes", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::RemoveSecondFactorRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoveSecondFactorRequest")
            .field("password", &"[redacted]")
            .field("code", &"[redacted]")
            .finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::IntrospectRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntrospectRequest").field("token", &"[redacted]").field("by_service", &self.by_service).finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::IntrospectResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntrospectResponse")
            .field("active", &self.active)
            .field("internal_token", &"[redacted]")
            .field("expires_at", &self.expires_at)
            .field("user_id", &self.user_id)
            .field("session_id", &self.session_id)
            .field("service_tokens", &self.service_tokens)
            .field("roles", &self.roles)
            .field("unconfirmed", &self.unconfirmed)
            .finish()
    }
}

impl std::fmt::Debug for crate::auth::v1::ServiceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceToken").field("service", &self.service).field("internal_token", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::notify::v1::SendMailRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendMailRequest")
            .field("mail_id", &self.mail_id)
            .field("user_id", &self.user_id)
            .field("email", &"[redacted]")
            .field("expires_at", &self.expires_at)
            .field("kind", &self.kind)
            .field("token", &"[redacted]")
            .finish()
    }
}

impl std::fmt::Debug for crate::notify::v1::Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phone")
            .field("offered", &self.offered)
            .field("number", &"[redacted]")
            .field("confirmed_at", &self.confirmed_at)
            .field("pending_number", &"[redacted]")
            .field("code_expires_at", &self.code_expires_at)
            .finish()
    }
}

impl std::fmt::Debug for crate::notify::v1::SetPhoneRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetPhoneRequest").field("number", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::notify::v1::ConfirmPhoneRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmPhoneRequest").field("code", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::notify::v1::CreateWebhookResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateWebhookResponse").field("webhook", &self.webhook).field("secret", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::notify::v1::RotateWebhookSecretResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RotateWebhookSecretResponse")
            .field("webhook", &self.webhook)
            .field("secret", &"[redacted]")
            .finish()
    }
}

impl std::fmt::Debug for crate::users::v1::GroupInvitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupInvitation")
            .field("invitation_id", &self.invitation_id)
            .field("group_id", &self.group_id)
            .field("code", &"[redacted]")
            .field("email", &self.email)
            .field("uses_left", &self.uses_left)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

impl std::fmt::Debug for crate::users::v1::AcceptGroupInvitationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AcceptGroupInvitationRequest")
            .field("code", &"[redacted]")
            .field("invitation_id", &self.invitation_id)
            .finish()
    }
}

impl std::fmt::Debug for crate::users::v1::CreateUserRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateUserRequest")
            .field("email", &self.email)
            .field("password", &"[redacted]")
            .field("name", &self.name)
            .field("surname", &self.surname)
            .field("roles", &self.roles)
            .field("request_id", &self.request_id)
            .finish()
    }
}

impl std::fmt::Debug for crate::users::v1::ConfirmEmailRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmEmailRequest").field("token", &"[redacted]").finish()
    }
}

impl std::fmt::Debug for crate::users::v1::LookupCredentialResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LookupCredentialResponse")
            .field("user_id", &self.user_id)
            .field("password_hash", &"[redacted]")
            .field("roles", &self.roles)
            .field("blocked", &self.blocked)
            .field("version", &self.version)
            .field("password_version", &self.password_version)
            .field("unconfirmed", &self.unconfirmed)
            .field("email", &self.email)
            .finish()
    }
}

impl std::fmt::Debug for crate::users::v1::SetPasswordRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetPasswordRequest")
            .field("user_id", &self.user_id)
            .field("password_hash", &"[redacted]")
            .field("password_version", &self.password_version)
            .field("kept_session_id", &self.kept_session_id)
            .finish()
    }
}
