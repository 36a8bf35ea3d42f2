// Generated from proto/ by `./dev gen`; do not edit.

impl ::prost_protovalidate::Validate for google::api::Http {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        for (_idx, _item) in self.rules.iter().enumerate() {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                let _idx_u64: u64 = _idx as u64;
                for mut _viol in _e.into_violations() {
                    _viol.prepend_index("rules", _idx_u64);
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for google::api::HttpRule {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        for (_idx, _item) in self.additional_bindings.iter().enumerate() {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                let _idx_u64: u64 = _idx as u64;
                for mut _viol in _e.into_violations() {
                    _viol.prepend_index("additional_bindings", _idx_u64);
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::ListActsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if !self.actor_id.is_empty() {
            if self.actor_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "actor_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.actor_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "actor_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if !self.subject_id.is_empty() {
            if self.subject_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "subject_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.subject_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "subject_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if self.method.len() > 200usize {
            violations.push(::prost_protovalidate::Violation::new(
                "method",
                "string.max_bytes",
                "must be at most 200 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::ExportActsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.actor_id.is_empty() {
            if self.actor_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "actor_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.actor_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "actor_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if !self.subject_id.is_empty() {
            if self.subject_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "subject_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.subject_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "subject_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if self.method.len() > 200usize {
            violations.push(::prost_protovalidate::Violation::new(
                "method",
                "string.max_bytes",
                "must be at most 200 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::LoginRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.email.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if self.password.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.password.len() > 72usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.max_bytes",
                "must be at most 72 bytes",
            ));
        }
        if self.code.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::ListSessionsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if !self.user_id.is_empty() {
            if self.user_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::EndSessionRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.session_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "session_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.session_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "session_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::EndSessionsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.user_id.is_empty() {
            if self.user_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::ChangePasswordRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.old_password.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "old_password",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.old_password.len() > 72usize {
            violations.push(::prost_protovalidate::Violation::new(
                "old_password",
                "string.max_bytes",
                "must be at most 72 bytes",
            ));
        }
        if self.new_password.len() < 8usize {
            violations.push(::prost_protovalidate::Violation::new(
                "new_password",
                "string.min_bytes",
                "must be at least 8 bytes",
            ));
        }
        if self.new_password.len() > 72usize {
            violations.push(::prost_protovalidate::Violation::new(
                "new_password",
                "string.max_bytes",
                "must be at most 72 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::RequestPasswordResetRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.email.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::ResetPasswordRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.token.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "token",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.token.len() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "token",
                "string.max_bytes",
                "must be at most 100 bytes",
            ));
        }
        if self.new_password.len() < 8usize {
            violations.push(::prost_protovalidate::Violation::new(
                "new_password",
                "string.min_bytes",
                "must be at least 8 bytes",
            ));
        }
        if self.new_password.len() > 72usize {
            violations.push(::prost_protovalidate::Violation::new(
                "new_password",
                "string.max_bytes",
                "must be at most 72 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::CreateApiKeyRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.name.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.name.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.roles.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "roles",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.roles.len() > 3usize {
            violations.push(::prost_protovalidate::Violation::new(
                "roles",
                "repeated.max_items",
                "must have at most 3 items",
            ));
        }
        if !(self.roles.len() > 3usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.roles {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "roles",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.roles.len() > 3usize) {
            for (_idx, _item) in self.roles.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if ![0i32, 1i32, 2i32, 3i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.defined_only",
                            "value must be one of the defined enum values",
                        ));
                    }
                    if [0i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.not_in",
                            "must not be in list [0]",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("roles", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::ListApiKeysRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if !self.user_id.is_empty() {
            if self.user_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::RevokeApiKeyRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.api_key_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "api_key_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.api_key_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "api_key_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::EnrolSecondFactorRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.password.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.password.len() > 72usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.max_bytes",
                "must be at most 72 bytes",
            ));
        }
        if self.name.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.name.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.name.contains(":") {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.not_contains",
                "contains substring `:`",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::ConfirmSecondFactorRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.code.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.code.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::RemoveSecondFactorRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.password.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.password.len() > 72usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.max_bytes",
                "must be at most 72 bytes",
            ));
        }
        if self.code.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.code.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::TakeSecondFactorRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::auth::v1::IntrospectRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.token.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "token",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.token.len() > 512usize {
            violations.push(::prost_protovalidate::Violation::new(
                "token",
                "string.max_bytes",
                "must be at most 512 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::SendMailRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.mail_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "mail_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.mail_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("mail_id", "string.uuid", "string.uuid"));
        }
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if self.email.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if self.expires_at.is_none() {
            violations.push(::prost_protovalidate::Violation::new("expires_at", "required", "value is required"));
        }
        if ![0i32, 1i32, 2i32, 3i32, 4i32].contains(&self.kind) {
            violations.push(::prost_protovalidate::Violation::new(
                "kind",
                "enum.defined_only",
                "value must be one of the defined enum values",
            ));
        }
        if [0i32].contains(&self.kind) {
            violations.push(::prost_protovalidate::Violation::new("kind", "enum.not_in", "must not be in list [0]"));
        }
        if self.token.len() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "token",
                "string.max_bytes",
                "must be at most 100 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::ListNotificationsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::MarkNotificationsReadRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.notification_id.is_empty() {
            if self.notification_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "notification_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.notification_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "notification_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if !self.up_to.is_empty() {
            if self.up_to.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "up_to",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.up_to)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "up_to",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::Preference {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if ![0i32, 1i32, 2i32, 3i32, 4i32, 5i32, 6i32, 7i32, 8i32].contains(&self.kind) {
            violations.push(::prost_protovalidate::Violation::new(
                "kind",
                "enum.defined_only",
                "value must be one of the defined enum values",
            ));
        }
        if [0i32].contains(&self.kind) {
            violations.push(::prost_protovalidate::Violation::new("kind", "enum.not_in", "must not be in list [0]"));
        }
        if ![0i32, 1i32, 2i32, 3i32, 4i32].contains(&self.channel) {
            violations.push(::prost_protovalidate::Violation::new(
                "channel",
                "enum.defined_only",
                "value must be one of the defined enum values",
            ));
        }
        if [0i32].contains(&self.channel) {
            violations.push(::prost_protovalidate::Violation::new("channel", "enum.not_in", "must not be in list [0]"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::UpdatePreferencesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.preferences.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "preferences",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.preferences.len() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "preferences",
                "repeated.max_items",
                "must have at most 100 items",
            ));
        }
        if !(self.preferences.len() > 100usize) {
            for (_idx, _item) in self.preferences.iter().enumerate() {
                if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                    let _idx_u64: u64 = _idx as u64;
                    for mut _viol in _e.into_violations() {
                        _viol.prepend_index("preferences", _idx_u64);
                        violations.push(_viol);
                    }
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::Preferences {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        for (_idx, _item) in self.preferences.iter().enumerate() {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                let _idx_u64: u64 = _idx as u64;
                for mut _viol in _e.into_violations() {
                    _viol.prepend_index("preferences", _idx_u64);
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::NoticeRecord {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.preference {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("preference");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::SetPhoneRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.number.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "number",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.number.len() > 16usize {
            violations.push(::prost_protovalidate::Violation::new(
                "number",
                "string.max_bytes",
                "must be at most 16 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::ConfirmPhoneRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.code.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.code.len() > 20usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.max_bytes",
                "must be at most 20 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::CreateWebhookRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.url.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "url",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.url.len() > 2000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "url",
                "string.max_bytes",
                "must be at most 2000 bytes",
            ));
        }
        if self.kinds.len() > 20usize {
            violations.push(::prost_protovalidate::Violation::new(
                "kinds",
                "repeated.max_items",
                "must have at most 20 items",
            ));
        }
        if !(self.kinds.len() > 20usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.kinds {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "kinds",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.kinds.len() > 20usize) {
            for (_idx, _item) in self.kinds.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if ![0i32, 1i32, 2i32, 3i32, 4i32, 5i32, 6i32, 7i32, 8i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.defined_only",
                            "value must be one of the defined enum values",
                        ));
                    }
                    if [0i32, 4i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.not_in",
                            "must not be in list [0, 4]",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("kinds", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::UpdateWebhookRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.webhook_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.webhook_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if let ::core::option::Option::Some(ref _val) = self.url {
            if (*_val).len() > 2000usize {
                violations.push(::prost_protovalidate::Violation::new(
                    "url",
                    "string.max_bytes",
                    "must be at most 2000 bytes",
                ));
            }
        }
        if self.kinds.len() > 20usize {
            violations.push(::prost_protovalidate::Violation::new(
                "kinds",
                "repeated.max_items",
                "must have at most 20 items",
            ));
        }
        if !(self.kinds.len() > 20usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.kinds {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "kinds",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.kinds.len() > 20usize) {
            for (_idx, _item) in self.kinds.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if ![0i32, 1i32, 2i32, 3i32, 4i32, 5i32, 6i32, 7i32, 8i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.defined_only",
                            "value must be one of the defined enum values",
                        ));
                    }
                    if [0i32, 4i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.not_in",
                            "must not be in list [0, 4]",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("kinds", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::DeleteWebhookRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.webhook_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.webhook_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::RotateWebhookSecretRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.webhook_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.webhook_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::TestWebhookRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.webhook_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.webhook_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::ListDeliveriesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.webhook_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.webhook_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::notify::v1::RedeliverDeliveryRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.webhook_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.webhook_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "webhook_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if self.delivery_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "delivery_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.delivery_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "delivery_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::r#type::v1::Part {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.name.len() > 4096usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_bytes",
                "must be at most 4096 bytes",
            ));
        }
        if self.media_type.len() > 4096usize {
            violations.push(::prost_protovalidate::Violation::new(
                "media_type",
                "string.max_bytes",
                "must be at most 4096 bytes",
            ));
        }
        if self.data.len() > 1048576usize {
            violations.push(::prost_protovalidate::Violation::new(
                "data",
                "bytes.max_len",
                "value length must be at most 1048576 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::UploadSourcesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.part.is_none() {
            violations.push(::prost_protovalidate::Violation::new("part", "required", "value is required"));
        }
        if let ::core::option::Option::Some(ref _nested) = self.part {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("part");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::CreateTransformationRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.source_sha256.is_empty() {
            {
                static RE: ::std::sync::LazyLock<::prost_protovalidate::regex::Regex> =
                    ::std::sync::LazyLock::new(|| {
                        ::prost_protovalidate::regex::Regex::new("^[0-9a-f]{64}$")
                            .expect("pattern validated at codegen time")
                    });
                if !RE.is_match(&self.source_sha256) {
                    violations.push(::prost_protovalidate::Violation::new(
                        "source_sha256",
                        "string.pattern",
                        "does not match regex pattern `^[0-9a-f]{64}$`",
                    ));
                }
            }
        }
        if self.spec.is_none() {
            violations.push(::prost_protovalidate::Violation::new("spec", "required", "value is required"));
        }
        if !self.request_id.is_empty() {
            if self.request_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.request_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::CreateTransformationsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.items.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "items",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.items.len() > 500usize {
            violations.push(::prost_protovalidate::Violation::new(
                "items",
                "repeated.max_items",
                "must have at most 500 items",
            ));
        }
        if !self.request_id.is_empty() {
            if self.request_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.request_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if !(self.items.len() > 500usize) {
            for (_idx, _item) in self.items.iter().enumerate() {
                if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                    let _idx_u64: u64 = _idx as u64;
                    for mut _viol in _e.into_violations() {
                        _viol.prepend_index("items", _idx_u64);
                        violations.push(_viol);
                    }
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::TransformationItem {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.source_sha256.is_empty() {
            {
                static RE: ::std::sync::LazyLock<::prost_protovalidate::regex::Regex> =
                    ::std::sync::LazyLock::new(|| {
                        ::prost_protovalidate::regex::Regex::new("^[0-9a-f]{64}$")
                            .expect("pattern validated at codegen time")
                    });
                if !RE.is_match(&self.source_sha256) {
                    violations.push(::prost_protovalidate::Violation::new(
                        "source_sha256",
                        "string.pattern",
                        "does not match regex pattern `^[0-9a-f]{64}$`",
                    ));
                }
            }
        }
        if self.spec.is_none() {
            violations.push(::prost_protovalidate::Violation::new("spec", "required", "value is required"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::GetTransformationRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.transformation_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "transformation_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.transformation_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "transformation_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        #[allow(unused_comparisons)]
        if self.wait_seconds > 30u32 {
            let mut violation =
                ::prost_protovalidate::Violation::new_constraint("wait_seconds", "uint32.lte", "uint32.lte");
            violation.set_message("value must be less than or equal to 30");
            violations.push(violation);
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::ListTransformationsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.batch_id.is_empty() {
            if self.batch_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "batch_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.batch_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "batch_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::WatchTransformationsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.batch_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "batch_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.batch_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("batch_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::CancelTransformationRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.transformation_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "transformation_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.transformation_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "transformation_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::renditions::v1::GetRenditionRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.transformation_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "transformation_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.transformation_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "transformation_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::LeaseSubtasksRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.count > 20u32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("count", "uint32.lte", "uint32.lte");
            violation.set_message("value must be less than or equal to 20");
            violations.push(violation);
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ExtendLeasesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.subtask_ids.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "subtask_ids",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.subtask_ids.len() > 20usize {
            violations.push(::prost_protovalidate::Violation::new(
                "subtask_ids",
                "repeated.max_items",
                "must have at most 20 items",
            ));
        }
        if !(self.subtask_ids.len() > 20usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.subtask_ids {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "subtask_ids",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.subtask_ids.len() > 20usize) {
            for (_idx, _item) in self.subtask_ids.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if (*_item).is_empty() {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid_empty",
                            "string.uuid",
                        ));
                    } else if !(::prost_protovalidate::validators::is_uuid(&(*_item))) {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid",
                            "string.uuid",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("subtask_ids", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ReleaseSubtasksRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.subtask_ids.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "subtask_ids",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.subtask_ids.len() > 20usize {
            violations.push(::prost_protovalidate::Violation::new(
                "subtask_ids",
                "repeated.max_items",
                "must have at most 20 items",
            ));
        }
        if !(self.subtask_ids.len() > 20usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.subtask_ids {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "subtask_ids",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.subtask_ids.len() > 20usize) {
            for (_idx, _item) in self.subtask_ids.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if (*_item).is_empty() {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid_empty",
                            "string.uuid",
                        ));
                    } else if !(::prost_protovalidate::validators::is_uuid(&(*_item))) {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid",
                            "string.uuid",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("subtask_ids", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::SkipSubtaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.subtask_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "subtask_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.subtask_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "subtask_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if ![0i32, 1i32, 2i32, 3i32, 4i32, 5i32].contains(&self.reason) {
            violations.push(::prost_protovalidate::Violation::new(
                "reason",
                "enum.defined_only",
                "value must be one of the defined enum values",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::VoteRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.subtask_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "subtask_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.subtask_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "subtask_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if self.label.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "label",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.label.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "label",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::VoteManyRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.votes.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "votes",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.votes.len() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "votes",
                "repeated.max_items",
                "must have at most 100 items",
            ));
        }
        if !(self.votes.len() > 100usize) {
            for (_idx, _item) in self.votes.iter().enumerate() {
                if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                    let _idx_u64: u64 = _idx as u64;
                    for mut _viol in _e.into_violations() {
                        _viol.prepend_index("votes", _idx_u64);
                        violations.push(_viol);
                    }
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::GetMyStatisticsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ListOpenTasksRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ListMyVotesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ListVotesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ListSkipsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ListDecisionsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.image_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "image_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.image_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("image_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::AdjudicateImageRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.image_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "image_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.image_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("image_id", "string.uuid", "string.uuid"));
        }
        if self.label.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "label",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.label.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "label",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.comment.chars().count() > 2000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "comment",
                "string.max_len",
                "value length must be at most 2000 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::RedecideTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.method.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "method",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.method.chars().count() > 50usize {
            violations.push(::prost_protovalidate::Violation::new(
                "method",
                "string.max_len",
                "value length must be at most 50 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::GetRedecisionRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::GetAgreementRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::GetSubtaskImageRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.subtask_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "subtask_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.subtask_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "subtask_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ImportVotesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.task_id.is_empty() {
            if self.task_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "task_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "task_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if self.part.is_none() {
            violations.push(::prost_protovalidate::Violation::new("part", "required", "value is required"));
        }
        if let ::core::option::Option::Some(ref _nested) = self.part {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("part");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ImportDecisionsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.task_id.is_empty() {
            if self.task_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "task_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "task_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if self.part.is_none() {
            violations.push(::prost_protovalidate::Violation::new("part", "required", "value is required"));
        }
        if let ::core::option::Option::Some(ref _nested) = self.part {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("part");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::GetHoldsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ListOperatorsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::PauseOperatorRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.operator.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "operator",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.operator.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "operator",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ExcludeOperatorRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.operator.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "operator",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.operator.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "operator",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::subtasks::v1::ResumeOperatorRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.operator.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "operator",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.operator.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "operator",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::Policy {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.redundancy < 1u32 || self.redundancy > 50u32 {
            let mut violation =
                ::prost_protovalidate::Violation::new_constraint("redundancy", "uint32.gte_lte", "uint32.gte");
            violation.set_message("value must be greater than or equal to 1 and less than or equal to 50");
            violations.push(violation);
        }
        #[allow(unused_comparisons)]
        if self.max_votes > 100u32 {
            let mut violation =
                ::prost_protovalidate::Violation::new_constraint("max_votes", "uint32.lte", "uint32.lte");
            violation.set_message("value must be less than or equal to 100");
            violations.push(violation);
        }
        {
            let _v = self.confidence;
            'numeric_check: {
                if _v.is_nan() {
                    violations.push(::prost_protovalidate::Violation::new_constraint(
                        "confidence",
                        "double.gte_lt",
                        "double.gte",
                    ));
                    break 'numeric_check;
                }
                #[allow(unused_comparisons)]
                if _v < 0f64 || _v >= 1f64 {
                    let mut violation =
                        ::prost_protovalidate::Violation::new_constraint("confidence", "double.gte_lt", "double.gte");
                    violation.set_message("value must be greater than or equal to 0 and less than 1");
                    violations.push(violation);
                }
            }
        }
        {
            let _v = self.gold_share;
            'numeric_check: {
                if _v.is_nan() {
                    violations.push(::prost_protovalidate::Violation::new_constraint(
                        "gold_share",
                        "double.gte_lte",
                        "double.gte",
                    ));
                    break 'numeric_check;
                }
                #[allow(unused_comparisons)]
                if _v < 0f64 || _v > 0.5f64 {
                    let mut violation =
                        ::prost_protovalidate::Violation::new_constraint("gold_share", "double.gte_lte", "double.gte");
                    violation.set_message("value must be greater than or equal to 0 and less than or equal to 0.5");
                    violations.push(violation);
                }
            }
        }
        {
            let _v = self.gold_accuracy;
            'numeric_check: {
                if _v.is_nan() {
                    violations.push(::prost_protovalidate::Violation::new_constraint(
                        "gold_accuracy",
                        "double.gte_lt",
                        "double.gte",
                    ));
                    break 'numeric_check;
                }
                #[allow(unused_comparisons)]
                if _v < 0f64 || _v >= 1f64 {
                    let mut violation = ::prost_protovalidate::Violation::new_constraint(
                        "gold_accuracy",
                        "double.gte_lt",
                        "double.gte",
                    );
                    violation.set_message("value must be greater than or equal to 0 and less than 1");
                    violations.push(violation);
                }
            }
        }
        #[allow(unused_comparisons)]
        if self.qualification > 100u32 {
            let mut violation =
                ::prost_protovalidate::Violation::new_constraint("qualification", "uint32.lte", "uint32.lte");
            violation.set_message("value must be less than or equal to 100");
            violations.push(violation);
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::Audience {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if ![0i32, 1i32, 2i32].contains(&self.kind) {
            violations.push(::prost_protovalidate::Violation::new(
                "kind",
                "enum.defined_only",
                "value must be one of the defined enum values",
            ));
        }
        if [0i32].contains(&self.kind) {
            violations.push(::prost_protovalidate::Violation::new("kind", "enum.not_in", "must not be in list [0]"));
        }
        if self.group_ids.len() > 20usize {
            violations.push(::prost_protovalidate::Violation::new(
                "group_ids",
                "repeated.max_items",
                "must have at most 20 items",
            ));
        }
        if !(self.group_ids.len() > 20usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.group_ids {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "group_ids",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.group_ids.len() > 20usize) {
            for (_idx, _item) in self.group_ids.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if (*_item).is_empty() {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid_empty",
                            "string.uuid",
                        ));
                    } else if !(::prost_protovalidate::validators::is_uuid(&(*_item))) {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid",
                            "string.uuid",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("group_ids", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if self.operator_ids.len() > 1000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "operator_ids",
                "repeated.max_items",
                "must have at most 1000 items",
            ));
        }
        if !(self.operator_ids.len() > 1000usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.operator_ids {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "operator_ids",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.operator_ids.len() > 1000usize) {
            for (_idx, _item) in self.operator_ids.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if (*_item).is_empty() {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid_empty",
                            "string.uuid",
                        ));
                    } else if !(::prost_protovalidate::validators::is_uuid(&(*_item))) {
                        violations.push(::prost_protovalidate::Violation::new_constraint(
                            "",
                            "string.uuid",
                            "string.uuid",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("operator_ids", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::Task {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.policy {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("policy");
                    violations.push(_viol);
                }
            }
        }
        if let ::core::option::Option::Some(ref _nested) = self.audience {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("audience");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::CreateTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.title.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "title",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.title.chars().count() > 200usize {
            violations.push(::prost_protovalidate::Violation::new(
                "title",
                "string.max_len",
                "value length must be at most 200 characters",
            ));
        }
        if self.instructions.chars().count() > 10000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "instructions",
                "string.max_len",
                "value length must be at most 10000 characters",
            ));
        }
        if self.labels.len() < 2usize {
            violations.push(::prost_protovalidate::Violation::new(
                "labels",
                "repeated.min_items",
                "must have at least 2 items",
            ));
        }
        if self.labels.len() > 1000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "labels",
                "repeated.max_items",
                "must have at most 1000 items",
            ));
        }
        if !(self.labels.len() > 1000usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.labels {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "labels",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.labels.len() > 1000usize) {
            for (_idx, _item) in self.labels.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if (*_item).chars().count() < 1usize {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "string.min_len",
                            "value length must be at least 1 characters",
                        ));
                    }
                    if (*_item).chars().count() > 100usize {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "string.max_len",
                            "value length must be at most 100 characters",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("labels", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if self.policy.is_none() {
            violations.push(::prost_protovalidate::Violation::new("policy", "required", "value is required"));
        }
        if !self.request_id.is_empty() {
            if self.request_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.request_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if let ::core::option::Option::Some(ref _nested) = self.policy {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("policy");
                    violations.push(_viol);
                }
            }
        }
        if let ::core::option::Option::Some(ref _nested) = self.audience {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("audience");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::SetTaskAudienceRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.audience.is_none() {
            violations.push(::prost_protovalidate::Violation::new("audience", "required", "value is required"));
        }
        if let ::core::option::Option::Some(ref _nested) = self.audience {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("audience");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::SetMyAudienceRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.audience.is_none() {
            violations.push(::prost_protovalidate::Violation::new("audience", "required", "value is required"));
        }
        if let ::core::option::Option::Some(ref _nested) = self.audience {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("audience");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::GetTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::UpdateTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if let ::core::option::Option::Some(ref _val) = self.title {
            if (*_val).chars().count() < 1usize {
                violations.push(::prost_protovalidate::Violation::new(
                    "title",
                    "string.min_len",
                    "value length must be at least 1 characters",
                ));
            }
            if (*_val).chars().count() > 200usize {
                violations.push(::prost_protovalidate::Violation::new(
                    "title",
                    "string.max_len",
                    "value length must be at most 200 characters",
                ));
            }
        }
        if let ::core::option::Option::Some(ref _val) = self.instructions {
            if (*_val).chars().count() > 10000usize {
                violations.push(::prost_protovalidate::Violation::new(
                    "instructions",
                    "string.max_len",
                    "value length must be at most 10000 characters",
                ));
            }
        }
        if self.labels.len() > 1000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "labels",
                "repeated.max_items",
                "must have at most 1000 items",
            ));
        }
        if !(self.labels.len() > 1000usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.labels {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "labels",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.labels.len() > 1000usize) {
            for (_idx, _item) in self.labels.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if (*_item).chars().count() < 1usize {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "string.min_len",
                            "value length must be at least 1 characters",
                        ));
                    }
                    if (*_item).chars().count() > 100usize {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "string.max_len",
                            "value length must be at most 100 characters",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("labels", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if let ::core::option::Option::Some(ref _nested) = self.policy {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("policy");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::DeleteImageRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.image_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "image_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.image_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("image_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::ListTasksRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::ListTasksResponse {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        for (_idx, _item) in self.tasks.iter().enumerate() {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                let _idx_u64: u64 = _idx as u64;
                for mut _viol in _e.into_violations() {
                    _viol.prepend_index("tasks", _idx_u64);
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::UploadImagesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if !self.task_id.is_empty() {
            if self.task_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "task_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "task_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if self.part.is_none() {
            violations.push(::prost_protovalidate::Violation::new("part", "required", "value is required"));
        }
        if self.places.len() > 10000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "places",
                "repeated.max_items",
                "must have at most 10000 items",
            ));
        }
        if !(self.places.len() > 10000usize) {
            for (_idx, _item) in self.places.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    #[allow(unused_comparisons)]
                    if (*_item) < 1u64 || (*_item) > 1000000000000000u64 {
                        let mut violation =
                            ::prost_protovalidate::Violation::new_constraint("", "uint64.gte_lte", "uint64.gte");
                        violation.set_message(
                            "value must be greater than or equal to 1 and less than or equal to 1000000000000000",
                        );
                        violations.push(violation);
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("places", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if let ::core::option::Option::Some(ref _nested) = self.part {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("part");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::GetImageRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.image_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "image_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.image_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("image_id", "string.uuid", "string.uuid"));
        }
        if ![0i32, 1i32, 2i32, 3i32].contains(&self.size) {
            violations.push(::prost_protovalidate::Violation::new(
                "size",
                "enum.defined_only",
                "value must be one of the defined enum values",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::ListImagesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::SetGoldRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if self.gold.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "gold",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.gold.len() > 1000usize {
            violations.push(::prost_protovalidate::Violation::new(
                "gold",
                "repeated.max_items",
                "must have at most 1000 items",
            ));
        }
        if !(self.gold.len() > 1000usize) {
            for (_idx, _item) in self.gold.iter().enumerate() {
                if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_item) {
                    let _idx_u64: u64 = _idx as u64;
                    for mut _viol in _e.into_violations() {
                        _viol.prepend_index("gold", _idx_u64);
                        violations.push(_viol);
                    }
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::GoldImage {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.image_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "image_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.image_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("image_id", "string.uuid", "string.uuid"));
        }
        if self.label.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "label",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::SubmitTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::FinishTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::CancelTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::DeleteTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::WatchTaskRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::ListResultsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::ExportResultsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.task_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "task_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.task_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("task_id", "string.uuid", "string.uuid"));
        }
        if ![0i32, 1i32, 2i32, 3i32].contains(&self.format) {
            violations.push(::prost_protovalidate::Violation::new(
                "format",
                "enum.defined_only",
                "value must be one of the defined enum values",
            ));
        }
        if !self.after_image_id.is_empty() {
            if self.after_image_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "after_image_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.after_image_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "after_image_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::TaskRecord {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.audience {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("audience");
                    violations.push(_viol);
                }
            }
        }
        if let ::core::option::Option::Some(ref _nested) = self.task {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("task");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::FindImagesRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.sha256s.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "sha256s",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.sha256s.len() > 500usize {
            violations.push(::prost_protovalidate::Violation::new(
                "sha256s",
                "repeated.max_items",
                "must have at most 500 items",
            ));
        }
        if !(self.sha256s.len() > 500usize) {
            for (_idx, _item) in self.sha256s.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    {
                        static RE: ::std::sync::LazyLock<::prost_protovalidate::regex::Regex> =
                            ::std::sync::LazyLock::new(|| {
                                ::prost_protovalidate::regex::Regex::new("^[0-9a-f]{64}$")
                                    .expect("pattern validated at codegen time")
                            });
                        if !RE.is_match(&(*_item)) {
                            violations.push(::prost_protovalidate::Violation::new(
                                "",
                                "string.pattern",
                                "does not match regex pattern `^[0-9a-f]{64}$`",
                            ));
                        }
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("sha256s", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::TaskSpec {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.policy {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("policy");
                    violations.push(_viol);
                }
            }
        }
        if let ::core::option::Option::Some(ref _nested) = self.audience {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("audience");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::TaskOpened {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.spec {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("spec");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::TaskImagesAdded {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.spec {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("spec");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::TaskFinishedEarly {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.spec {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("spec");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::tasks::v1::TaskAudienceChanged {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if let ::core::option::Option::Some(ref _nested) = self.audience {
            if let ::core::result::Result::Err(_e) = ::prost_protovalidate::Validate::validate(_nested) {
                for mut _viol in _e.into_violations() {
                    _viol.prepend_field_path("audience");
                    violations.push(_viol);
                }
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::CreateGroupRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.name.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.name.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if !self.request_id.is_empty() {
            if self.request_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.request_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::GetGroupRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::ListGroupsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::UpdateGroupRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        if self.name.chars().count() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.min_len",
                "value length must be at least 1 characters",
            ));
        }
        if self.name.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::DeleteGroupRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::AddGroupMemberRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if !self.user_id.is_empty() {
            if self.user_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::RemoveGroupMemberRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::ListGroupMembersRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::CreateGroupInvitationRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.uses > 5000u32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("uses", "uint32.lte", "uint32.lte");
            violation.set_message("value must be less than or equal to 5000");
            violations.push(violation);
        }
        #[allow(unused_comparisons)]
        if self.valid_hours > 2160u32 {
            let mut violation =
                ::prost_protovalidate::Violation::new_constraint("valid_hours", "uint32.lte", "uint32.lte");
            violation.set_message("value must be less than or equal to 2160");
            violations.push(violation);
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::ListGroupInvitationsRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::RevokeGroupInvitationRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        if self.invitation_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "invitation_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.invitation_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "invitation_id",
                "string.uuid",
                "string.uuid",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::AcceptGroupInvitationRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.code.len() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "code",
                "string.max_bytes",
                "must be at most 100 bytes",
            ));
        }
        if !self.invitation_id.is_empty() {
            if self.invitation_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "invitation_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.invitation_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "invitation_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::LeaveGroupRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.group_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "group_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.group_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("group_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::CreateUserRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if self.email.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "email",
                "string.email_empty",
                "string.email",
            ));
        } else if !(::prost_protovalidate::validators::is_email(&self.email)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("email", "string.email", "string.email"));
        }
        if self.password.len() < 8usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.min_bytes",
                "must be at least 8 bytes",
            ));
        }
        if self.password.len() > 72usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password",
                "string.max_bytes",
                "must be at most 72 bytes",
            ));
        }
        if self.name.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.surname.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "surname",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.roles.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "roles",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.roles.len() > 3usize {
            violations.push(::prost_protovalidate::Violation::new(
                "roles",
                "repeated.max_items",
                "must have at most 3 items",
            ));
        }
        if !(self.roles.len() > 3usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.roles {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "roles",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.roles.len() > 3usize) {
            for (_idx, _item) in self.roles.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if ![0i32, 1i32, 2i32, 3i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.defined_only",
                            "value must be one of the defined enum values",
                        ));
                    }
                    if [0i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.not_in",
                            "must not be in list [0]",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("roles", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if !self.request_id.is_empty() {
            if self.request_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.request_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "request_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::GetUserRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::ListUsersRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        #[allow(unused_comparisons)]
        if self.page_size < 0i32 {
            let mut violation = ::prost_protovalidate::Violation::new_constraint("page_size", "int32.gte", "int32.gte");
            violation.set_message("value must be greater than or equal to 0");
            violations.push(violation);
        }
        if self.page_token.len() > 1024usize {
            violations.push(::prost_protovalidate::Violation::new(
                "page_token",
                "string.max_bytes",
                "must be at most 1024 bytes",
            ));
        }
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if self.name.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.surname.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "surname",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::UpdateUserRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if let ::core::option::Option::Some(ref _val) = self.email {
            if (*_val).len() > 254usize {
                violations.push(::prost_protovalidate::Violation::new(
                    "email",
                    "string.max_bytes",
                    "must be at most 254 bytes",
                ));
            }
            if (*_val).is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "email",
                    "string.email_empty",
                    "string.email",
                ));
            } else if !(::prost_protovalidate::validators::is_email(&(*_val))) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "email",
                    "string.email",
                    "string.email",
                ));
            }
        }
        if let ::core::option::Option::Some(ref _val) = self.name {
            if (*_val).chars().count() > 100usize {
                violations.push(::prost_protovalidate::Violation::new(
                    "name",
                    "string.max_len",
                    "value length must be at most 100 characters",
                ));
            }
        }
        if let ::core::option::Option::Some(ref _val) = self.surname {
            if (*_val).chars().count() > 100usize {
                violations.push(::prost_protovalidate::Violation::new(
                    "surname",
                    "string.max_len",
                    "value length must be at most 100 characters",
                ));
            }
        }
        if self.roles.len() > 3usize {
            violations.push(::prost_protovalidate::Violation::new(
                "roles",
                "repeated.max_items",
                "must have at most 3 items",
            ));
        }
        if !(self.roles.len() > 3usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.roles {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "roles",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.roles.len() > 3usize) {
            for (_idx, _item) in self.roles.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if ![0i32, 1i32, 2i32, 3i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.defined_only",
                            "value must be one of the defined enum values",
                        ));
                    }
                    if [0i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.not_in",
                            "must not be in list [0]",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("roles", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if self.etag.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "etag",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::ReplaceUserRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if self.email.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "email",
                "string.email_empty",
                "string.email",
            ));
        } else if !(::prost_protovalidate::validators::is_email(&self.email)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("email", "string.email", "string.email"));
        }
        if self.name.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "name",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.surname.chars().count() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "surname",
                "string.max_len",
                "value length must be at most 100 characters",
            ));
        }
        if self.roles.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "roles",
                "repeated.min_items",
                "must have at least 1 items",
            ));
        }
        if self.roles.len() > 3usize {
            violations.push(::prost_protovalidate::Violation::new(
                "roles",
                "repeated.max_items",
                "must have at most 3 items",
            ));
        }
        if !(self.roles.len() > 3usize) {
            {
                let mut _seen = ::std::collections::HashSet::new();
                for item in &self.roles {
                    if !_seen.insert(item) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "roles",
                            "repeated.unique",
                            "items must be unique",
                        ));
                        break;
                    }
                }
            }
        }
        if !(self.roles.len() > 3usize) {
            for (_idx, _item) in self.roles.iter().enumerate() {
                let mut _local_violations: ::std::vec::Vec<::prost_protovalidate::Violation> = ::std::vec::Vec::new();
                {
                    let violations = &mut _local_violations;
                    if ![0i32, 1i32, 2i32, 3i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.defined_only",
                            "value must be one of the defined enum values",
                        ));
                    }
                    if [0i32].contains(&(*_item)) {
                        violations.push(::prost_protovalidate::Violation::new(
                            "",
                            "enum.not_in",
                            "must not be in list [0]",
                        ));
                    }
                }
                let _idx_u64: u64 = _idx as u64;
                for mut _v in _local_violations {
                    _v.prepend_rule_path("repeated.items");
                    _v.prepend_index("roles", _idx_u64);
                    violations.push(_v);
                }
            }
        }
        if self.etag.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "etag",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::ConfirmEmailRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.token.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "token",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.token.len() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "token",
                "string.max_bytes",
                "must be at most 100 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::BlockUserRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if self.etag.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "etag",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::UnblockUserRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if self.etag.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "etag",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::DeleteUserRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if self.etag.len() > 64usize {
            violations.push(::prost_protovalidate::Violation::new(
                "etag",
                "string.max_bytes",
                "must be at most 64 bytes",
            ));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::LookupCredentialRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.email.len() > 254usize {
            violations.push(::prost_protovalidate::Violation::new(
                "email",
                "string.max_bytes",
                "must be at most 254 bytes",
            ));
        }
        if !self.user_id.is_empty() {
            if self.user_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "user_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::SetPasswordRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if self.password_hash.len() < 1usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password_hash",
                "string.min_bytes",
                "must be at least 1 bytes",
            ));
        }
        if self.password_hash.len() > 100usize {
            violations.push(::prost_protovalidate::Violation::new(
                "password_hash",
                "string.max_bytes",
                "must be at most 100 bytes",
            ));
        }
        if !self.kept_session_id.is_empty() {
            if self.kept_session_id.is_empty() {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "kept_session_id",
                    "string.uuid_empty",
                    "string.uuid",
                ));
            } else if !(::prost_protovalidate::validators::is_uuid(&self.kept_session_id)) {
                violations.push(::prost_protovalidate::Violation::new_constraint(
                    "kept_session_id",
                    "string.uuid",
                    "string.uuid",
                ));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for labelmesh::users::v1::GetContactRequest {
    fn validate(&self) -> ::core::result::Result<(), ::prost_protovalidate::ValidationError> {
        let mut violations = ::std::vec::Vec::new();
        if self.user_id.is_empty() {
            violations.push(::prost_protovalidate::Violation::new_constraint(
                "user_id",
                "string.uuid_empty",
                "string.uuid",
            ));
        } else if !(::prost_protovalidate::validators::is_uuid(&self.user_id)) {
            violations.push(::prost_protovalidate::Violation::new_constraint("user_id", "string.uuid", "string.uuid"));
        }
        if violations.is_empty() { Ok(()) } else { Err(::prost_protovalidate::ValidationError::new(violations)) }
    }
}

impl ::prost_protovalidate::Validate for crate::google::api::CustomHttpPattern {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::options::v1::Rpc {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::options::v1::Grant {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::options::v1::Anyone {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::options::v1::SignedIn {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::options::v1::SignedOut {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::options::v1::Rate {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::options::v1::Event {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::r#type::v1::Act {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::r#type::v1::FieldChange {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::RecordedAct {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ListActsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::LoginResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::LogoutRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::LogoutResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ListSessionsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::Session {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::EndSessionResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::EndSessionsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ChangePasswordResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::RequestPasswordResetResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ResetPasswordResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::CreateApiKeyResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ApiKey {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ListApiKeysResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::RevokeApiKeyResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::EnrolSecondFactorResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ConfirmSecondFactorResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::RemoveSecondFactorResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::GetSecondFactorRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::SecondFactor {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::TakeSecondFactorResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::GetJwksRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::Jwks {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::Jwk {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::IntrospectResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ServiceToken {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::ExportMyAccessRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::AccessRecord {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::StoredStanding {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::StoredSession {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::StoredApiKey {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::StoredSecondFactor {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::StoredPlace {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::StoredPasswordReset {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::LoggedIn {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::PrincipalChanged {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::AuthActed {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::auth::v1::SecondFactorChanged {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::NotifyActed {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::SendMailResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::ListNotificationsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::MarkNotificationsReadResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::WatchNotificationsRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::NotificationsState {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::GetPreferencesRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::Notification {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::ExportMyNoticesRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredNotification {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredMail {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredPhone {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredText {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredSignIn {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredOrigin {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredInbox {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::GetPhoneRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::Phone {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::RemovePhoneRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::RemovePhoneResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::Webhook {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::CreateWebhookResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::ListWebhooksRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::ListWebhooksResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::DeleteWebhookResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::RotateWebhookSecretResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::ListDeliveriesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::WebhookDelivery {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::DeliveryAttempt {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::ExportMyWebhooksRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::WebhookRecord {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::notify::v1::StoredDelivery {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::google::api::HttpBody {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::UploadSourcesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Source {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Spec {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Resize {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Crop {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Ratio {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Percent {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Size {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Area {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Focus {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Center {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Point {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Output {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Optimize {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Portrait {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Screenshot {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::LeadImage {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::CreateTransformationsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::TransformationResult {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Transformation {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Rendition {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::PageView {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Candidate {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Face {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::ListTransformationsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::TransformationsProgress {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::ExportMyTransformationsRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::RenditionRecord {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::StoredSource {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Job {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::ResizeQueued {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::CropQueued {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::OptimizeQueued {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::PortraitQueued {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::ScreenshotQueued {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::LeadImageQueued {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::JobStarted {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::JobFinished {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::renditions::v1::Made {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::SubtaskDecided {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::VoteCount {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::SubtaskStarved {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::OperatorPaused {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::SubtasksActed {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::LeaseSubtasksResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::LeasedTask {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::Shortage {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::Lease {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ExtendLeasesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ExtendedLease {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ReleaseSubtasksResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::SkipSubtaskResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::VoteResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::VoteManyResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::VoteResult {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::GetMyStatisticsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::TaskStatistics {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ListOpenTasksResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::OpenTask {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ListMyVotesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::MyVote {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ListVotesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::GivenVote {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ListSkipsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::SkippedImage {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ListDecisionsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::Decision {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::Redecision {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::Agreement {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::AlikePair {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::OperatorAgreement {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::LabelAgreement {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ImportVotesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ImportProblem {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ImportVotesSummary {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ImportDecisionsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ImportDecisionsSummary {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::TaskHolds {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ListOperatorsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::TaskOperator {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::ExportMyVotesRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::VoteRecord {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::StoredAssignment {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::StoredLapse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::StoredTaskStanding {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::subtasks::v1::StoredRuling {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::GetMyAudienceRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::DeleteImageResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::UploadImagesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::ListImagesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::Image {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::SetGoldResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::DeleteTaskResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::GetMyUsageRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::Usage {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::Quota {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::TaskProgress {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::ListResultsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::Result {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::LabelCount {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::ExportMyTasksRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::StoredDeletedTask {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::StoredImage {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::AllTasks {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::FindImagesResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::ImageFile {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::AnnouncedImage {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::TaskCancelled {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::TaskDeleted {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::TaskCompleted {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::TaskStarved {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::tasks::v1::TasksActed {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::UserCreated {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::UserUpdated {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::UserDeleted {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::UserPasswordChanged {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::GroupMemberChanged {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::GroupInvited {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::UsersActed {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::Group {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListGroupsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::DeleteGroupResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::AddGroupMemberResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::RemoveGroupMemberResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListGroupMembersResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::GroupMember {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::GroupInvitation {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListGroupInvitationsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::RevokeGroupInvitationResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListMyInvitationsRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListMyInvitationsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ReceivedInvitation {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListMyGroupsRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListMyGroupsResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::Membership {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::LeaveGroupResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::User {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::GetMeRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ListUsersResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ConfirmEmailResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ResendConfirmationRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ResendConfirmationResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::DeleteUserResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::LookupCredentialResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::SetPasswordResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::GetContactResponse {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::ExportMyAccountRequest {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::AccountRecord {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::StoredPassword {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::StoredConfirmation {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::StoredGroup {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::StoredReceivedInvitation {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}

impl ::prost_protovalidate::Validate for crate::users::v1::StoredMembership {
    fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
        Ok(())
    }
}
