// Generated from proto/ by `./dev gen`; do not edit.

use crate::{
    text::{Look, Texts},
    r#type::v1::Text,
};

impl Texts for crate::auth::v1::ChangePasswordRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Any, "old_password", None, &self.old_password);
        look.text(Text::Any, "new_password", None, &self.new_password);
    }
}

impl Texts for crate::auth::v1::ConfirmSecondFactorRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "code", None, &self.code);
    }
}

impl Texts for crate::auth::v1::CreateApiKeyRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "name", None, &self.name);
    }
}

impl Texts for crate::auth::v1::EndSessionRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "session_id", None, &self.session_id);
    }
}

impl Texts for crate::auth::v1::EndSessionsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::auth::v1::EnrolSecondFactorRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Any, "password", None, &self.password);
        look.text(Text::Unspecified, "name", None, &self.name);
    }
}

impl Texts for crate::auth::v1::ExportActsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "actor_id", None, &self.actor_id);
        look.text(Text::Unspecified, "subject_id", None, &self.subject_id);
        look.text(Text::Unspecified, "method", None, &self.method);
    }
}

impl Texts for crate::auth::v1::ExportMyAccessRequest {}

impl Texts for crate::auth::v1::GetJwksRequest {}

impl Texts for crate::auth::v1::GetSecondFactorRequest {}

impl Texts for crate::auth::v1::IntrospectRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "token", None, &self.token);
    }
}

impl Texts for crate::auth::v1::ListActsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
        look.text(Text::Unspecified, "actor_id", None, &self.actor_id);
        look.text(Text::Unspecified, "subject_id", None, &self.subject_id);
        look.text(Text::Unspecified, "method", None, &self.method);
    }
}

impl Texts for crate::auth::v1::ListApiKeysRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::auth::v1::ListSessionsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::auth::v1::LoginRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "email", None, &self.email);
        look.text(Text::Any, "password", None, &self.password);
        look.text(Text::Unspecified, "code", None, &self.code);
    }
}

impl Texts for crate::auth::v1::LogoutRequest {}

impl Texts for crate::auth::v1::RemoveSecondFactorRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Any, "password", None, &self.password);
        look.text(Text::Unspecified, "code", None, &self.code);
    }
}

impl Texts for crate::auth::v1::RequestPasswordResetRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "email", None, &self.email);
    }
}

impl Texts for crate::auth::v1::ResetPasswordRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "token", None, &self.token);
        look.text(Text::Any, "new_password", None, &self.new_password);
    }
}

impl Texts for crate::auth::v1::RevokeApiKeyRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "api_key_id", None, &self.api_key_id);
    }
}

impl Texts for crate::auth::v1::TakeSecondFactorRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::notify::v1::ConfirmPhoneRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "code", None, &self.code);
    }
}

impl Texts for crate::notify::v1::CreateWebhookRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "url", None, &self.url);
    }
}

impl Texts for crate::notify::v1::DeleteWebhookRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "webhook_id", None, &self.webhook_id);
    }
}

impl Texts for crate::notify::v1::ExportMyNoticesRequest {}

impl Texts for crate::notify::v1::ExportMyWebhooksRequest {}

impl Texts for crate::notify::v1::GetPhoneRequest {}

impl Texts for crate::notify::v1::GetPreferencesRequest {}

impl Texts for crate::notify::v1::ListDeliveriesRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "webhook_id", None, &self.webhook_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::notify::v1::ListNotificationsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::notify::v1::ListWebhooksRequest {}

impl Texts for crate::notify::v1::MarkNotificationsReadRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "notification_id", None, &self.notification_id);
        look.text(Text::Unspecified, "up_to", None, &self.up_to);
    }
}

impl Texts for crate::notify::v1::Preference {}

impl Texts for crate::notify::v1::RedeliverDeliveryRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "webhook_id", None, &self.webhook_id);
        look.text(Text::Unspecified, "delivery_id", None, &self.delivery_id);
    }
}

impl Texts for crate::notify::v1::RemovePhoneRequest {}

impl Texts for crate::notify::v1::RotateWebhookSecretRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "webhook_id", None, &self.webhook_id);
    }
}

impl Texts for crate::notify::v1::SendMailRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "mail_id", None, &self.mail_id);
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
        look.text(Text::Unspecified, "email", None, &self.email);
        look.text(Text::Unspecified, "token", None, &self.token);
    }
}

impl Texts for crate::notify::v1::SetPhoneRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "number", None, &self.number);
    }
}

impl Texts for crate::notify::v1::TestWebhookRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "webhook_id", None, &self.webhook_id);
    }
}

impl Texts for crate::notify::v1::UpdatePreferencesRequest {
    fn look(&self, look: &mut Look<'_>) {
        for (index, each) in self.preferences.iter().take(100).enumerate() {
            look.within("preferences", Some(index), each);
        }
    }
}

impl Texts for crate::notify::v1::UpdateWebhookRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "webhook_id", None, &self.webhook_id);
        if let Some(value) = &self.url {
            look.text(Text::Unspecified, "url", None, value);
        }
    }
}

impl Texts for crate::notify::v1::WatchNotificationsRequest {}

impl Texts for crate::renditions::v1::Area {}

impl Texts for crate::renditions::v1::CancelTransformationRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "transformation_id", None, &self.transformation_id);
    }
}

impl Texts for crate::renditions::v1::Center {}

impl Texts for crate::renditions::v1::CreateTransformationRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "source_sha256", None, &self.source_sha256);
        if let Some(value) = &self.spec {
            look.within("spec", None, value);
        }
        look.text(Text::Unspecified, "request_id", None, &self.request_id);
    }
}

impl Texts for crate::renditions::v1::CreateTransformationsRequest {
    fn look(&self, look: &mut Look<'_>) {
        for (index, each) in self.items.iter().take(500).enumerate() {
            look.within("items", Some(index), each);
        }
        look.text(Text::Unspecified, "request_id", None, &self.request_id);
    }
}

impl Texts for crate::renditions::v1::Crop {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(crate::renditions::v1::crop::Window::Ratio(value)) = &self.window {
            look.within("ratio", None, value);
        }
        if let Some(crate::renditions::v1::crop::Window::Percent(value)) = &self.window {
            look.within("percent", None, value);
        }
        if let Some(crate::renditions::v1::crop::Window::Size(value)) = &self.window {
            look.within("size", None, value);
        }
        if let Some(crate::renditions::v1::crop::Window::Box(value)) = &self.window {
            look.within("box", None, value);
        }
        if let Some(value) = &self.focus {
            look.within("focus", None, value);
        }
        if let Some(value) = &self.output {
            look.within("output", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::ExportMyTransformationsRequest {}

impl Texts for crate::renditions::v1::Focus {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(crate::renditions::v1::focus::Place::Center(value)) = &self.place {
            look.within("center", None, value);
        }
        if let Some(crate::renditions::v1::focus::Place::Point(value)) = &self.place {
            look.within("point", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::GetRenditionRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "transformation_id", None, &self.transformation_id);
    }
}

impl Texts for crate::renditions::v1::GetTransformationRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "transformation_id", None, &self.transformation_id);
    }
}

impl Texts for crate::renditions::v1::LeadImage {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "url", None, &self.url);
        if let Some(value) = &self.output {
            look.within("output", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::ListTransformationsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "batch_id", None, &self.batch_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::renditions::v1::Optimize {}

impl Texts for crate::renditions::v1::Output {}

impl Texts for crate::renditions::v1::Percent {}

impl Texts for crate::renditions::v1::Point {}

impl Texts for crate::renditions::v1::Portrait {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(value) = &self.ratio {
            look.within("ratio", None, value);
        }
        if let Some(value) = &self.output {
            look.within("output", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::Ratio {}

impl Texts for crate::renditions::v1::Resize {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(value) = &self.focus {
            look.within("focus", None, value);
        }
        if let Some(value) = &self.output {
            look.within("output", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::Screenshot {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "url", None, &self.url);
        if let Some(value) = &self.output {
            look.within("output", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::Size {}

impl Texts for crate::renditions::v1::Spec {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(crate::renditions::v1::spec::Kind::Resize(value)) = &self.kind {
            look.within("resize", None, value);
        }
        if let Some(crate::renditions::v1::spec::Kind::Crop(value)) = &self.kind {
            look.within("crop", None, value);
        }
        if let Some(crate::renditions::v1::spec::Kind::Optimize(value)) = &self.kind {
            look.within("optimize", None, value);
        }
        if let Some(crate::renditions::v1::spec::Kind::Portrait(value)) = &self.kind {
            look.within("portrait", None, value);
        }
        if let Some(crate::renditions::v1::spec::Kind::Screenshot(value)) = &self.kind {
            look.within("screenshot", None, value);
        }
        if let Some(crate::renditions::v1::spec::Kind::LeadImage(value)) = &self.kind {
            look.within("lead_image", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::TransformationItem {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "source_sha256", None, &self.source_sha256);
        if let Some(value) = &self.spec {
            look.within("spec", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::UploadSourcesRequest {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(value) = &self.part {
            look.within("part", None, value);
        }
    }
}

impl Texts for crate::renditions::v1::WatchTransformationsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "batch_id", None, &self.batch_id);
    }
}

impl Texts for crate::subtasks::v1::AdjudicateImageRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "image_id", None, &self.image_id);
        look.text(Text::Unspecified, "label", None, &self.label);
        look.text(Text::Lines, "comment", None, &self.comment);
    }
}

impl Texts for crate::subtasks::v1::ExcludeOperatorRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "operator", None, &self.operator);
    }
}

impl Texts for crate::subtasks::v1::ExportMyVotesRequest {}

impl Texts for crate::subtasks::v1::ExtendLeasesRequest {
    fn look(&self, look: &mut Look<'_>) {
        for (index, each) in self.subtask_ids.iter().take(20).enumerate() {
            look.text(Text::Unspecified, "subtask_ids", Some(index), each);
        }
    }
}

impl Texts for crate::subtasks::v1::GetAgreementRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::subtasks::v1::GetHoldsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::subtasks::v1::GetMyStatisticsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::subtasks::v1::GetRedecisionRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::subtasks::v1::GetSubtaskImageRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "subtask_id", None, &self.subtask_id);
    }
}

impl Texts for crate::subtasks::v1::ImportDecisionsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        if let Some(value) = &self.part {
            look.within("part", None, value);
        }
    }
}

impl Texts for crate::subtasks::v1::ImportVotesRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        if let Some(value) = &self.part {
            look.within("part", None, value);
        }
    }
}

impl Texts for crate::subtasks::v1::LeaseSubtasksRequest {}

impl Texts for crate::subtasks::v1::ListDecisionsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "image_id", None, &self.image_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::subtasks::v1::ListMyVotesRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::subtasks::v1::ListOpenTasksRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::subtasks::v1::ListOperatorsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::subtasks::v1::ListSkipsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::subtasks::v1::ListVotesRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::subtasks::v1::PauseOperatorRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "operator", None, &self.operator);
    }
}

impl Texts for crate::subtasks::v1::RedecideTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "method", None, &self.method);
    }
}

impl Texts for crate::subtasks::v1::ReleaseSubtasksRequest {
    fn look(&self, look: &mut Look<'_>) {
        for (index, each) in self.subtask_ids.iter().take(20).enumerate() {
            look.text(Text::Unspecified, "subtask_ids", Some(index), each);
        }
    }
}

impl Texts for crate::subtasks::v1::ResumeOperatorRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "operator", None, &self.operator);
    }
}

impl Texts for crate::subtasks::v1::SkipSubtaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "subtask_id", None, &self.subtask_id);
    }
}

impl Texts for crate::subtasks::v1::VoteManyRequest {
    fn look(&self, look: &mut Look<'_>) {
        for (index, each) in self.votes.iter().take(100).enumerate() {
            look.within("votes", Some(index), each);
        }
    }
}

impl Texts for crate::subtasks::v1::VoteRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "subtask_id", None, &self.subtask_id);
        look.text(Text::Unspecified, "label", None, &self.label);
    }
}

impl Texts for crate::tasks::v1::AllTasks {}

impl Texts for crate::tasks::v1::Audience {
    fn look(&self, look: &mut Look<'_>) {
        for (index, each) in self.group_ids.iter().take(20).enumerate() {
            look.text(Text::Unspecified, "group_ids", Some(index), each);
        }
        for (index, each) in self.operator_ids.iter().take(1000).enumerate() {
            look.text(Text::Unspecified, "operator_ids", Some(index), each);
        }
    }
}

impl Texts for crate::tasks::v1::CancelTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::tasks::v1::CreateTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "title", None, &self.title);
        look.text(Text::Lines, "instructions", None, &self.instructions);
        for (index, each) in self.labels.iter().take(1000).enumerate() {
            look.text(Text::Unspecified, "labels", Some(index), each);
        }
        if let Some(value) = &self.policy {
            look.within("policy", None, value);
        }
        look.text(Text::Unspecified, "request_id", None, &self.request_id);
        if let Some(value) = &self.audience {
            look.within("audience", None, value);
        }
    }
}

impl Texts for crate::tasks::v1::DeleteImageRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "image_id", None, &self.image_id);
    }
}

impl Texts for crate::tasks::v1::DeleteTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::tasks::v1::ExportMyTasksRequest {}

impl Texts for crate::tasks::v1::ExportResultsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "after_image_id", None, &self.after_image_id);
    }
}

impl Texts for crate::tasks::v1::FindImagesRequest {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(crate::tasks::v1::find_images_request::Tasks::OwnerId(value)) = &self.tasks {
            look.text(Text::Unspecified, "owner_id", None, value);
        }
        if let Some(crate::tasks::v1::find_images_request::Tasks::All(value)) = &self.tasks {
            look.within("all", None, value);
        }
        for (index, each) in self.sha256s.iter().take(500).enumerate() {
            look.text(Text::Unspecified, "sha256s", Some(index), each);
        }
    }
}

impl Texts for crate::tasks::v1::FinishTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::tasks::v1::GetImageRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "image_id", None, &self.image_id);
    }
}

impl Texts for crate::tasks::v1::GetMyAudienceRequest {}

impl Texts for crate::tasks::v1::GetMyUsageRequest {}

impl Texts for crate::tasks::v1::GetTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::tasks::v1::GoldImage {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "image_id", None, &self.image_id);
        look.text(Text::Unspecified, "label", None, &self.label);
    }
}

impl Texts for crate::tasks::v1::ListImagesRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::tasks::v1::ListResultsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::tasks::v1::ListTasksRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::tasks::v1::Policy {}

impl Texts for crate::tasks::v1::SetGoldRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        for (index, each) in self.gold.iter().take(1000).enumerate() {
            look.within("gold", Some(index), each);
        }
    }
}

impl Texts for crate::tasks::v1::SetMyAudienceRequest {
    fn look(&self, look: &mut Look<'_>) {
        if let Some(value) = &self.audience {
            look.within("audience", None, value);
        }
    }
}

impl Texts for crate::tasks::v1::SetTaskAudienceRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        if let Some(value) = &self.audience {
            look.within("audience", None, value);
        }
    }
}

impl Texts for crate::tasks::v1::SubmitTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::tasks::v1::UpdateTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        if let Some(value) = &self.title {
            look.text(Text::Unspecified, "title", None, value);
        }
        if let Some(value) = &self.instructions {
            look.text(Text::Lines, "instructions", None, value);
        }
        for (index, each) in self.labels.iter().take(1000).enumerate() {
            look.text(Text::Unspecified, "labels", Some(index), each);
        }
        if let Some(value) = &self.policy {
            look.within("policy", None, value);
        }
    }
}

impl Texts for crate::tasks::v1::UploadImagesRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
        if let Some(value) = &self.part {
            look.within("part", None, value);
        }
    }
}

impl Texts for crate::tasks::v1::WatchTaskRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "task_id", None, &self.task_id);
    }
}

impl Texts for crate::r#type::v1::Part {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Any, "name", None, &self.name);
        look.text(Text::Any, "media_type", None, &self.media_type);
    }
}

impl Texts for crate::users::v1::AcceptGroupInvitationRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "code", None, &self.code);
        look.text(Text::Unspecified, "invitation_id", None, &self.invitation_id);
    }
}

impl Texts for crate::users::v1::AddGroupMemberRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
        look.text(Text::Unspecified, "email", None, &self.email);
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::users::v1::BlockUserRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
        look.text(Text::Unspecified, "etag", None, &self.etag);
    }
}

impl Texts for crate::users::v1::ConfirmEmailRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "token", None, &self.token);
    }
}

impl Texts for crate::users::v1::CreateGroupInvitationRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
    }
}

impl Texts for crate::users::v1::CreateGroupRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "name", None, &self.name);
        look.text(Text::Unspecified, "request_id", None, &self.request_id);
    }
}

impl Texts for crate::users::v1::CreateUserRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "email", None, &self.email);
        look.text(Text::Any, "password", None, &self.password);
        look.text(Text::Unspecified, "name", None, &self.name);
        look.text(Text::Unspecified, "surname", None, &self.surname);
        look.text(Text::Unspecified, "request_id", None, &self.request_id);
    }
}

impl Texts for crate::users::v1::DeleteGroupRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
    }
}

impl Texts for crate::users::v1::DeleteUserRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
        look.text(Text::Unspecified, "etag", None, &self.etag);
    }
}

impl Texts for crate::users::v1::ExportMyAccountRequest {}

impl Texts for crate::users::v1::GetContactRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::users::v1::GetGroupRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
    }
}

impl Texts for crate::users::v1::GetMeRequest {}

impl Texts for crate::users::v1::GetUserRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::users::v1::LeaveGroupRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
    }
}

impl Texts for crate::users::v1::ListGroupInvitationsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::users::v1::ListGroupMembersRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::users::v1::ListGroupsRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
    }
}

impl Texts for crate::users::v1::ListMyGroupsRequest {}

impl Texts for crate::users::v1::ListMyInvitationsRequest {}

impl Texts for crate::users::v1::ListUsersRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "page_token", None, &self.page_token);
        look.text(Text::Unspecified, "email", None, &self.email);
        look.text(Text::Unspecified, "name", None, &self.name);
        look.text(Text::Unspecified, "surname", None, &self.surname);
    }
}

impl Texts for crate::users::v1::LookupCredentialRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "email", None, &self.email);
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::users::v1::RemoveGroupMemberRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
    }
}

impl Texts for crate::users::v1::ReplaceUserRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
        look.text(Text::Unspecified, "email", None, &self.email);
        look.text(Text::Unspecified, "name", None, &self.name);
        look.text(Text::Unspecified, "surname", None, &self.surname);
        look.text(Text::Unspecified, "etag", None, &self.etag);
    }
}

impl Texts for crate::users::v1::ResendConfirmationRequest {}

impl Texts for crate::users::v1::RevokeGroupInvitationRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
        look.text(Text::Unspecified, "invitation_id", None, &self.invitation_id);
    }
}

impl Texts for crate::users::v1::SetPasswordRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
        look.text(Text::Unspecified, "password_hash", None, &self.password_hash);
        look.text(Text::Unspecified, "kept_session_id", None, &self.kept_session_id);
    }
}

impl Texts for crate::users::v1::UnblockUserRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
        look.text(Text::Unspecified, "etag", None, &self.etag);
    }
}

impl Texts for crate::users::v1::UpdateGroupRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "group_id", None, &self.group_id);
        look.text(Text::Unspecified, "name", None, &self.name);
    }
}

impl Texts for crate::users::v1::UpdateUserRequest {
    fn look(&self, look: &mut Look<'_>) {
        look.text(Text::Unspecified, "user_id", None, &self.user_id);
        if let Some(value) = &self.email {
            look.text(Text::Unspecified, "email", None, value);
        }
        if let Some(value) = &self.name {
            look.text(Text::Unspecified, "name", None, value);
        }
        if let Some(value) = &self.surname {
            look.text(Text::Unspecified, "surname", None, value);
        }
        look.text(Text::Unspecified, "etag", None, &self.etag);
    }
}

impl Texts for crate::google::api::HttpBody {}

impl Texts for crate::auth::v1::AccessRecord {}

impl Texts for crate::auth::v1::ChangePasswordResponse {}

impl Texts for crate::auth::v1::ConfirmSecondFactorResponse {}

impl Texts for crate::auth::v1::CreateApiKeyResponse {}

impl Texts for crate::auth::v1::EndSessionResponse {}

impl Texts for crate::auth::v1::EndSessionsResponse {}

impl Texts for crate::auth::v1::EnrolSecondFactorResponse {}

impl Texts for crate::auth::v1::IntrospectResponse {}

impl Texts for crate::auth::v1::Jwks {}

impl Texts for crate::auth::v1::ListActsResponse {}

impl Texts for crate::auth::v1::ListApiKeysResponse {}

impl Texts for crate::auth::v1::ListSessionsResponse {}

impl Texts for crate::auth::v1::LoginResponse {}

impl Texts for crate::auth::v1::LogoutResponse {}

impl Texts for crate::auth::v1::RecordedAct {}

impl Texts for crate::auth::v1::RemoveSecondFactorResponse {}

impl Texts for crate::auth::v1::RequestPasswordResetResponse {}

impl Texts for crate::auth::v1::ResetPasswordResponse {}

impl Texts for crate::auth::v1::RevokeApiKeyResponse {}

impl Texts for crate::auth::v1::SecondFactor {}

impl Texts for crate::auth::v1::TakeSecondFactorResponse {}

impl Texts for crate::notify::v1::CreateWebhookResponse {}

impl Texts for crate::notify::v1::DeleteWebhookResponse {}

impl Texts for crate::notify::v1::ListDeliveriesResponse {}

impl Texts for crate::notify::v1::ListNotificationsResponse {}

impl Texts for crate::notify::v1::ListWebhooksResponse {}

impl Texts for crate::notify::v1::MarkNotificationsReadResponse {}

impl Texts for crate::notify::v1::NoticeRecord {}

impl Texts for crate::notify::v1::NotificationsState {}

impl Texts for crate::notify::v1::Phone {}

impl Texts for crate::notify::v1::Preferences {}

impl Texts for crate::notify::v1::RemovePhoneResponse {}

impl Texts for crate::notify::v1::RotateWebhookSecretResponse {}

impl Texts for crate::notify::v1::SendMailResponse {}

impl Texts for crate::notify::v1::Webhook {}

impl Texts for crate::notify::v1::WebhookDelivery {}

impl Texts for crate::notify::v1::WebhookRecord {}

impl Texts for crate::renditions::v1::CreateTransformationsResponse {}

impl Texts for crate::renditions::v1::ListTransformationsResponse {}

impl Texts for crate::renditions::v1::RenditionRecord {}

impl Texts for crate::renditions::v1::Transformation {}

impl Texts for crate::renditions::v1::TransformationsProgress {}

impl Texts for crate::renditions::v1::UploadSourcesResponse {}

impl Texts for crate::subtasks::v1::Agreement {}

impl Texts for crate::subtasks::v1::Decision {}

impl Texts for crate::subtasks::v1::ExtendLeasesResponse {}

impl Texts for crate::subtasks::v1::GetMyStatisticsResponse {}

impl Texts for crate::subtasks::v1::ImportDecisionsResponse {}

impl Texts for crate::subtasks::v1::ImportVotesResponse {}

impl Texts for crate::subtasks::v1::LeaseSubtasksResponse {}

impl Texts for crate::subtasks::v1::ListDecisionsResponse {}

impl Texts for crate::subtasks::v1::ListMyVotesResponse {}

impl Texts for crate::subtasks::v1::ListOpenTasksResponse {}

impl Texts for crate::subtasks::v1::ListOperatorsResponse {}

impl Texts for crate::subtasks::v1::ListSkipsResponse {}

impl Texts for crate::subtasks::v1::ListVotesResponse {}

impl Texts for crate::subtasks::v1::Redecision {}

impl Texts for crate::subtasks::v1::ReleaseSubtasksResponse {}

impl Texts for crate::subtasks::v1::SkipSubtaskResponse {}

impl Texts for crate::subtasks::v1::TaskHolds {}

impl Texts for crate::subtasks::v1::TaskOperator {}

impl Texts for crate::subtasks::v1::VoteManyResponse {}

impl Texts for crate::subtasks::v1::VoteRecord {}

impl Texts for crate::subtasks::v1::VoteResponse {}

impl Texts for crate::tasks::v1::DeleteImageResponse {}

impl Texts for crate::tasks::v1::DeleteTaskResponse {}

impl Texts for crate::tasks::v1::FindImagesResponse {}

impl Texts for crate::tasks::v1::ListImagesResponse {}

impl Texts for crate::tasks::v1::ListResultsResponse {}

impl Texts for crate::tasks::v1::ListTasksResponse {}

impl Texts for crate::tasks::v1::SetGoldResponse {}

impl Texts for crate::tasks::v1::Task {}

impl Texts for crate::tasks::v1::TaskProgress {}

impl Texts for crate::tasks::v1::TaskRecord {}

impl Texts for crate::tasks::v1::UploadImagesResponse {}

impl Texts for crate::tasks::v1::Usage {}

impl Texts for crate::users::v1::AccountRecord {}

impl Texts for crate::users::v1::AddGroupMemberResponse {}

impl Texts for crate::users::v1::ConfirmEmailResponse {}

impl Texts for crate::users::v1::DeleteGroupResponse {}

impl Texts for crate::users::v1::DeleteUserResponse {}

impl Texts for crate::users::v1::GetContactResponse {}

impl Texts for crate::users::v1::Group {}

impl Texts for crate::users::v1::GroupInvitation {}

impl Texts for crate::users::v1::LeaveGroupResponse {}

impl Texts for crate::users::v1::ListGroupInvitationsResponse {}

impl Texts for crate::users::v1::ListGroupMembersResponse {}

impl Texts for crate::users::v1::ListGroupsResponse {}

impl Texts for crate::users::v1::ListMyGroupsResponse {}

impl Texts for crate::users::v1::ListMyInvitationsResponse {}

impl Texts for crate::users::v1::ListUsersResponse {}

impl Texts for crate::users::v1::LookupCredentialResponse {}

impl Texts for crate::users::v1::Membership {}

impl Texts for crate::users::v1::RemoveGroupMemberResponse {}

impl Texts for crate::users::v1::ResendConfirmationResponse {}

impl Texts for crate::users::v1::RevokeGroupInvitationResponse {}

impl Texts for crate::users::v1::SetPasswordResponse {}

impl Texts for crate::users::v1::User {}
