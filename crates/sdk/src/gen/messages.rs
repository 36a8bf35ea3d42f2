// Generated from proto/ by `./dev gen`; do not edit.

use crate::{auth, json::Message, notify, renditions, subtasks, tasks, users};

impl Message for auth::AccessRecord {
    const NAME: &'static str = "labelmesh.auth.v1.AccessRecord";
}

impl Message for auth::ApiKey {
    const NAME: &'static str = "labelmesh.auth.v1.ApiKey";
}

impl Message for auth::ChangePasswordRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ChangePasswordRequest";
}

impl Message for auth::ChangePasswordResponse {
    const NAME: &'static str = "labelmesh.auth.v1.ChangePasswordResponse";
}

impl Message for auth::ConfirmSecondFactorRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ConfirmSecondFactorRequest";
}

impl Message for auth::ConfirmSecondFactorResponse {
    const NAME: &'static str = "labelmesh.auth.v1.ConfirmSecondFactorResponse";
}

impl Message for auth::CreateApiKeyRequest {
    const NAME: &'static str = "labelmesh.auth.v1.CreateApiKeyRequest";
}

impl Message for auth::CreateApiKeyResponse {
    const NAME: &'static str = "labelmesh.auth.v1.CreateApiKeyResponse";
}

impl Message for auth::EndSessionRequest {
    const NAME: &'static str = "labelmesh.auth.v1.EndSessionRequest";
}

impl Message for auth::EndSessionResponse {
    const NAME: &'static str = "labelmesh.auth.v1.EndSessionResponse";
}

impl Message for auth::EndSessionsRequest {
    const NAME: &'static str = "labelmesh.auth.v1.EndSessionsRequest";
}

impl Message for auth::EndSessionsResponse {
    const NAME: &'static str = "labelmesh.auth.v1.EndSessionsResponse";
}

impl Message for auth::EnrolSecondFactorRequest {
    const NAME: &'static str = "labelmesh.auth.v1.EnrolSecondFactorRequest";
}

impl Message for auth::EnrolSecondFactorResponse {
    const NAME: &'static str = "labelmesh.auth.v1.EnrolSecondFactorResponse";
}

impl Message for auth::ExportActsRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ExportActsRequest";
}

impl Message for auth::ExportMyAccessRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ExportMyAccessRequest";
}

impl Message for auth::GetJwksRequest {
    const NAME: &'static str = "labelmesh.auth.v1.GetJwksRequest";
}

impl Message for auth::GetSecondFactorRequest {
    const NAME: &'static str = "labelmesh.auth.v1.GetSecondFactorRequest";
}

impl Message for auth::Jwk {
    const NAME: &'static str = "labelmesh.auth.v1.Jwk";
}

impl Message for auth::Jwks {
    const NAME: &'static str = "labelmesh.auth.v1.Jwks";
}

impl Message for auth::ListActsRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ListActsRequest";
}

impl Message for auth::ListActsResponse {
    const NAME: &'static str = "labelmesh.auth.v1.ListActsResponse";
}

impl Message for auth::ListApiKeysRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ListApiKeysRequest";
}

impl Message for auth::ListApiKeysResponse {
    const NAME: &'static str = "labelmesh.auth.v1.ListApiKeysResponse";
}

impl Message for auth::ListSessionsRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ListSessionsRequest";
}

impl Message for auth::ListSessionsResponse {
    const NAME: &'static str = "labelmesh.auth.v1.ListSessionsResponse";
}

impl Message for auth::LoginRequest {
    const NAME: &'static str = "labelmesh.auth.v1.LoginRequest";
}

impl Message for auth::LoginResponse {
    const NAME: &'static str = "labelmesh.auth.v1.LoginResponse";
}

impl Message for auth::LogoutRequest {
    const NAME: &'static str = "labelmesh.auth.v1.LogoutRequest";
}

impl Message for auth::LogoutResponse {
    const NAME: &'static str = "labelmesh.auth.v1.LogoutResponse";
}

impl Message for auth::RecordedAct {
    const NAME: &'static str = "labelmesh.auth.v1.RecordedAct";
}

impl Message for auth::RemoveSecondFactorRequest {
    const NAME: &'static str = "labelmesh.auth.v1.RemoveSecondFactorRequest";
}

impl Message for auth::RemoveSecondFactorResponse {
    const NAME: &'static str = "labelmesh.auth.v1.RemoveSecondFactorResponse";
}

impl Message for auth::RequestPasswordResetRequest {
    const NAME: &'static str = "labelmesh.auth.v1.RequestPasswordResetRequest";
}

impl Message for auth::RequestPasswordResetResponse {
    const NAME: &'static str = "labelmesh.auth.v1.RequestPasswordResetResponse";
}

impl Message for auth::ResetPasswordRequest {
    const NAME: &'static str = "labelmesh.auth.v1.ResetPasswordRequest";
}

impl Message for auth::ResetPasswordResponse {
    const NAME: &'static str = "labelmesh.auth.v1.ResetPasswordResponse";
}

impl Message for auth::RevokeApiKeyRequest {
    const NAME: &'static str = "labelmesh.auth.v1.RevokeApiKeyRequest";
}

impl Message for auth::RevokeApiKeyResponse {
    const NAME: &'static str = "labelmesh.auth.v1.RevokeApiKeyResponse";
}

impl Message for auth::SecondFactor {
    const NAME: &'static str = "labelmesh.auth.v1.SecondFactor";
}

impl Message for auth::Session {
    const NAME: &'static str = "labelmesh.auth.v1.Session";
}

impl Message for auth::StoredApiKey {
    const NAME: &'static str = "labelmesh.auth.v1.StoredApiKey";
}

impl Message for auth::StoredPasswordReset {
    const NAME: &'static str = "labelmesh.auth.v1.StoredPasswordReset";
}

impl Message for auth::StoredPlace {
    const NAME: &'static str = "labelmesh.auth.v1.StoredPlace";
}

impl Message for auth::StoredSecondFactor {
    const NAME: &'static str = "labelmesh.auth.v1.StoredSecondFactor";
}

impl Message for auth::StoredSession {
    const NAME: &'static str = "labelmesh.auth.v1.StoredSession";
}

impl Message for auth::StoredStanding {
    const NAME: &'static str = "labelmesh.auth.v1.StoredStanding";
}

impl Message for auth::TakeSecondFactorRequest {
    const NAME: &'static str = "labelmesh.auth.v1.TakeSecondFactorRequest";
}

impl Message for auth::TakeSecondFactorResponse {
    const NAME: &'static str = "labelmesh.auth.v1.TakeSecondFactorResponse";
}

impl Message for notify::ConfirmPhoneRequest {
    const NAME: &'static str = "labelmesh.notify.v1.ConfirmPhoneRequest";
}

impl Message for notify::CreateWebhookRequest {
    const NAME: &'static str = "labelmesh.notify.v1.CreateWebhookRequest";
}

impl Message for notify::CreateWebhookResponse {
    const NAME: &'static str = "labelmesh.notify.v1.CreateWebhookResponse";
}

impl Message for notify::DeleteWebhookRequest {
    const NAME: &'static str = "labelmesh.notify.v1.DeleteWebhookRequest";
}

impl Message for notify::DeleteWebhookResponse {
    const NAME: &'static str = "labelmesh.notify.v1.DeleteWebhookResponse";
}

impl Message for notify::DeliveryAttempt {
    const NAME: &'static str = "labelmesh.notify.v1.DeliveryAttempt";
}

impl Message for notify::ExportMyNoticesRequest {
    const NAME: &'static str = "labelmesh.notify.v1.ExportMyNoticesRequest";
}

impl Message for notify::ExportMyWebhooksRequest {
    const NAME: &'static str = "labelmesh.notify.v1.ExportMyWebhooksRequest";
}

impl Message for notify::GetPhoneRequest {
    const NAME: &'static str = "labelmesh.notify.v1.GetPhoneRequest";
}

impl Message for notify::GetPreferencesRequest {
    const NAME: &'static str = "labelmesh.notify.v1.GetPreferencesRequest";
}

impl Message for notify::ListDeliveriesRequest {
    const NAME: &'static str = "labelmesh.notify.v1.ListDeliveriesRequest";
}

impl Message for notify::ListDeliveriesResponse {
    const NAME: &'static str = "labelmesh.notify.v1.ListDeliveriesResponse";
}

impl Message for notify::ListNotificationsRequest {
    const NAME: &'static str = "labelmesh.notify.v1.ListNotificationsRequest";
}

impl Message for notify::ListNotificationsResponse {
    const NAME: &'static str = "labelmesh.notify.v1.ListNotificationsResponse";
}

impl Message for notify::ListWebhooksRequest {
    const NAME: &'static str = "labelmesh.notify.v1.ListWebhooksRequest";
}

impl Message for notify::ListWebhooksResponse {
    const NAME: &'static str = "labelmesh.notify.v1.ListWebhooksResponse";
}

impl Message for notify::MarkNotificationsReadRequest {
    const NAME: &'static str = "labelmesh.notify.v1.MarkNotificationsReadRequest";
}

impl Message for notify::MarkNotificationsReadResponse {
    const NAME: &'static str = "labelmesh.notify.v1.MarkNotificationsReadResponse";
}

impl Message for notify::NoticeRecord {
    const NAME: &'static str = "labelmesh.notify.v1.NoticeRecord";
}

impl Message for notify::Notification {
    const NAME: &'static str = "labelmesh.notify.v1.Notification";
}

impl Message for notify::NotificationsState {
    const NAME: &'static str = "labelmesh.notify.v1.NotificationsState";
}

impl Message for notify::Phone {
    const NAME: &'static str = "labelmesh.notify.v1.Phone";
}

impl Message for notify::Preference {
    const NAME: &'static str = "labelmesh.notify.v1.Preference";
}

impl Message for notify::Preferences {
    const NAME: &'static str = "labelmesh.notify.v1.Preferences";
}

impl Message for notify::RedeliverDeliveryRequest {
    const NAME: &'static str = "labelmesh.notify.v1.RedeliverDeliveryRequest";
}

impl Message for notify::RemovePhoneRequest {
    const NAME: &'static str = "labelmesh.notify.v1.RemovePhoneRequest";
}

impl Message for notify::RemovePhoneResponse {
    const NAME: &'static str = "labelmesh.notify.v1.RemovePhoneResponse";
}

impl Message for notify::RotateWebhookSecretRequest {
    const NAME: &'static str = "labelmesh.notify.v1.RotateWebhookSecretRequest";
}

impl Message for notify::RotateWebhookSecretResponse {
    const NAME: &'static str = "labelmesh.notify.v1.RotateWebhookSecretResponse";
}

impl Message for notify::SetPhoneRequest {
    const NAME: &'static str = "labelmesh.notify.v1.SetPhoneRequest";
}

impl Message for notify::StoredDelivery {
    const NAME: &'static str = "labelmesh.notify.v1.StoredDelivery";
}

impl Message for notify::StoredInbox {
    const NAME: &'static str = "labelmesh.notify.v1.StoredInbox";
}

impl Message for notify::StoredMail {
    const NAME: &'static str = "labelmesh.notify.v1.StoredMail";
}

impl Message for notify::StoredNotification {
    const NAME: &'static str = "labelmesh.notify.v1.StoredNotification";
}

impl Message for notify::StoredOrigin {
    const NAME: &'static str = "labelmesh.notify.v1.StoredOrigin";
}

impl Message for notify::StoredPhone {
    const NAME: &'static str = "labelmesh.notify.v1.StoredPhone";
}

impl Message for notify::StoredSignIn {
    const NAME: &'static str = "labelmesh.notify.v1.StoredSignIn";
}

impl Message for notify::StoredText {
    const NAME: &'static str = "labelmesh.notify.v1.StoredText";
}

impl Message for notify::TestWebhookRequest {
    const NAME: &'static str = "labelmesh.notify.v1.TestWebhookRequest";
}

impl Message for notify::UpdatePreferencesRequest {
    const NAME: &'static str = "labelmesh.notify.v1.UpdatePreferencesRequest";
}

impl Message for notify::UpdateWebhookRequest {
    const NAME: &'static str = "labelmesh.notify.v1.UpdateWebhookRequest";
}

impl Message for notify::WatchNotificationsRequest {
    const NAME: &'static str = "labelmesh.notify.v1.WatchNotificationsRequest";
}

impl Message for notify::Webhook {
    const NAME: &'static str = "labelmesh.notify.v1.Webhook";
}

impl Message for notify::WebhookDelivery {
    const NAME: &'static str = "labelmesh.notify.v1.WebhookDelivery";
}

impl Message for notify::WebhookRecord {
    const NAME: &'static str = "labelmesh.notify.v1.WebhookRecord";
}

impl Message for renditions::Area {
    const NAME: &'static str = "labelmesh.renditions.v1.Area";
}

impl Message for renditions::CancelTransformationRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.CancelTransformationRequest";
}

impl Message for renditions::Candidate {
    const NAME: &'static str = "labelmesh.renditions.v1.Candidate";
}

impl Message for renditions::Center {
    const NAME: &'static str = "labelmesh.renditions.v1.Center";
}

impl Message for renditions::CreateTransformationRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.CreateTransformationRequest";
}

impl Message for renditions::CreateTransformationsRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.CreateTransformationsRequest";
}

impl Message for renditions::CreateTransformationsResponse {
    const NAME: &'static str = "labelmesh.renditions.v1.CreateTransformationsResponse";
}

impl Message for renditions::Crop {
    const NAME: &'static str = "labelmesh.renditions.v1.Crop";
}

impl Message for renditions::ExportMyTransformationsRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.ExportMyTransformationsRequest";
}

impl Message for renditions::Face {
    const NAME: &'static str = "labelmesh.renditions.v1.Face";
}

impl Message for renditions::Focus {
    const NAME: &'static str = "labelmesh.renditions.v1.Focus";
}

impl Message for renditions::GetRenditionRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.GetRenditionRequest";
}

impl Message for renditions::GetTransformationRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.GetTransformationRequest";
}

impl Message for renditions::LeadImage {
    const NAME: &'static str = "labelmesh.renditions.v1.LeadImage";
}

impl Message for renditions::ListTransformationsRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.ListTransformationsRequest";
}

impl Message for renditions::ListTransformationsResponse {
    const NAME: &'static str = "labelmesh.renditions.v1.ListTransformationsResponse";
}

impl Message for renditions::Optimize {
    const NAME: &'static str = "labelmesh.renditions.v1.Optimize";
}

impl Message for renditions::Output {
    const NAME: &'static str = "labelmesh.renditions.v1.Output";
}

impl Message for renditions::PageView {
    const NAME: &'static str = "labelmesh.renditions.v1.PageView";
}

impl Message for renditions::Percent {
    const NAME: &'static str = "labelmesh.renditions.v1.Percent";
}

impl Message for renditions::Point {
    const NAME: &'static str = "labelmesh.renditions.v1.Point";
}

impl Message for renditions::Portrait {
    const NAME: &'static str = "labelmesh.renditions.v1.Portrait";
}

impl Message for renditions::Ratio {
    const NAME: &'static str = "labelmesh.renditions.v1.Ratio";
}

impl Message for renditions::Rendition {
    const NAME: &'static str = "labelmesh.renditions.v1.Rendition";
}

impl Message for renditions::RenditionRecord {
    const NAME: &'static str = "labelmesh.renditions.v1.RenditionRecord";
}

impl Message for renditions::Resize {
    const NAME: &'static str = "labelmesh.renditions.v1.Resize";
}

impl Message for renditions::Screenshot {
    const NAME: &'static str = "labelmesh.renditions.v1.Screenshot";
}

impl Message for renditions::Size {
    const NAME: &'static str = "labelmesh.renditions.v1.Size";
}

impl Message for renditions::Source {
    const NAME: &'static str = "labelmesh.renditions.v1.Source";
}

impl Message for renditions::Spec {
    const NAME: &'static str = "labelmesh.renditions.v1.Spec";
}

impl Message for renditions::StoredSource {
    const NAME: &'static str = "labelmesh.renditions.v1.StoredSource";
}

impl Message for renditions::Transformation {
    const NAME: &'static str = "labelmesh.renditions.v1.Transformation";
}

impl Message for renditions::TransformationItem {
    const NAME: &'static str = "labelmesh.renditions.v1.TransformationItem";
}

impl Message for renditions::TransformationResult {
    const NAME: &'static str = "labelmesh.renditions.v1.TransformationResult";
}

impl Message for renditions::TransformationsProgress {
    const NAME: &'static str = "labelmesh.renditions.v1.TransformationsProgress";
}

impl Message for renditions::UploadSourcesResponse {
    const NAME: &'static str = "labelmesh.renditions.v1.UploadSourcesResponse";
}

impl Message for renditions::WatchTransformationsRequest {
    const NAME: &'static str = "labelmesh.renditions.v1.WatchTransformationsRequest";
}

impl Message for subtasks::AdjudicateImageRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.AdjudicateImageRequest";
}

impl Message for subtasks::Agreement {
    const NAME: &'static str = "labelmesh.subtasks.v1.Agreement";
}

impl Message for subtasks::AlikePair {
    const NAME: &'static str = "labelmesh.subtasks.v1.AlikePair";
}

impl Message for subtasks::Decision {
    const NAME: &'static str = "labelmesh.subtasks.v1.Decision";
}

impl Message for subtasks::ExcludeOperatorRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ExcludeOperatorRequest";
}

impl Message for subtasks::ExportMyVotesRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ExportMyVotesRequest";
}

impl Message for subtasks::ExtendLeasesRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ExtendLeasesRequest";
}

impl Message for subtasks::ExtendLeasesResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ExtendLeasesResponse";
}

impl Message for subtasks::ExtendedLease {
    const NAME: &'static str = "labelmesh.subtasks.v1.ExtendedLease";
}

impl Message for subtasks::GetAgreementRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.GetAgreementRequest";
}

impl Message for subtasks::GetHoldsRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.GetHoldsRequest";
}

impl Message for subtasks::GetMyStatisticsRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.GetMyStatisticsRequest";
}

impl Message for subtasks::GetMyStatisticsResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.GetMyStatisticsResponse";
}

impl Message for subtasks::GetRedecisionRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.GetRedecisionRequest";
}

impl Message for subtasks::GetSubtaskImageRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.GetSubtaskImageRequest";
}

impl Message for subtasks::GivenVote {
    const NAME: &'static str = "labelmesh.subtasks.v1.GivenVote";
}

impl Message for subtasks::ImportDecisionsResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ImportDecisionsResponse";
}

impl Message for subtasks::ImportDecisionsSummary {
    const NAME: &'static str = "labelmesh.subtasks.v1.ImportDecisionsSummary";
}

impl Message for subtasks::ImportProblem {
    const NAME: &'static str = "labelmesh.subtasks.v1.ImportProblem";
}

impl Message for subtasks::ImportVotesResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ImportVotesResponse";
}

impl Message for subtasks::ImportVotesSummary {
    const NAME: &'static str = "labelmesh.subtasks.v1.ImportVotesSummary";
}

impl Message for subtasks::LabelAgreement {
    const NAME: &'static str = "labelmesh.subtasks.v1.LabelAgreement";
}

impl Message for subtasks::Lease {
    const NAME: &'static str = "labelmesh.subtasks.v1.Lease";
}

impl Message for subtasks::LeaseSubtasksRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.LeaseSubtasksRequest";
}

impl Message for subtasks::LeaseSubtasksResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.LeaseSubtasksResponse";
}

impl Message for subtasks::LeasedTask {
    const NAME: &'static str = "labelmesh.subtasks.v1.LeasedTask";
}

impl Message for subtasks::ListDecisionsRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListDecisionsRequest";
}

impl Message for subtasks::ListDecisionsResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListDecisionsResponse";
}

impl Message for subtasks::ListMyVotesRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListMyVotesRequest";
}

impl Message for subtasks::ListMyVotesResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListMyVotesResponse";
}

impl Message for subtasks::ListOpenTasksRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListOpenTasksRequest";
}

impl Message for subtasks::ListOpenTasksResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListOpenTasksResponse";
}

impl Message for subtasks::ListOperatorsRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListOperatorsRequest";
}

impl Message for subtasks::ListOperatorsResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListOperatorsResponse";
}

impl Message for subtasks::ListSkipsRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListSkipsRequest";
}

impl Message for subtasks::ListSkipsResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListSkipsResponse";
}

impl Message for subtasks::ListVotesRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListVotesRequest";
}

impl Message for subtasks::ListVotesResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ListVotesResponse";
}

impl Message for subtasks::MyVote {
    const NAME: &'static str = "labelmesh.subtasks.v1.MyVote";
}

impl Message for subtasks::OpenTask {
    const NAME: &'static str = "labelmesh.subtasks.v1.OpenTask";
}

impl Message for subtasks::OperatorAgreement {
    const NAME: &'static str = "labelmesh.subtasks.v1.OperatorAgreement";
}

impl Message for subtasks::PauseOperatorRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.PauseOperatorRequest";
}

impl Message for subtasks::RedecideTaskRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.RedecideTaskRequest";
}

impl Message for subtasks::Redecision {
    const NAME: &'static str = "labelmesh.subtasks.v1.Redecision";
}

impl Message for subtasks::ReleaseSubtasksRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ReleaseSubtasksRequest";
}

impl Message for subtasks::ReleaseSubtasksResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.ReleaseSubtasksResponse";
}

impl Message for subtasks::ResumeOperatorRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.ResumeOperatorRequest";
}

impl Message for subtasks::Shortage {
    const NAME: &'static str = "labelmesh.subtasks.v1.Shortage";
}

impl Message for subtasks::SkipSubtaskRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.SkipSubtaskRequest";
}

impl Message for subtasks::SkipSubtaskResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.SkipSubtaskResponse";
}

impl Message for subtasks::SkippedImage {
    const NAME: &'static str = "labelmesh.subtasks.v1.SkippedImage";
}

impl Message for subtasks::StoredAssignment {
    const NAME: &'static str = "labelmesh.subtasks.v1.StoredAssignment";
}

impl Message for subtasks::StoredLapse {
    const NAME: &'static str = "labelmesh.subtasks.v1.StoredLapse";
}

impl Message for subtasks::StoredRuling {
    const NAME: &'static str = "labelmesh.subtasks.v1.StoredRuling";
}

impl Message for subtasks::StoredTaskStanding {
    const NAME: &'static str = "labelmesh.subtasks.v1.StoredTaskStanding";
}

impl Message for subtasks::TaskHolds {
    const NAME: &'static str = "labelmesh.subtasks.v1.TaskHolds";
}

impl Message for subtasks::TaskOperator {
    const NAME: &'static str = "labelmesh.subtasks.v1.TaskOperator";
}

impl Message for subtasks::TaskStatistics {
    const NAME: &'static str = "labelmesh.subtasks.v1.TaskStatistics";
}

impl Message for subtasks::VoteCount {
    const NAME: &'static str = "labelmesh.subtasks.v1.VoteCount";
}

impl Message for subtasks::VoteManyRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.VoteManyRequest";
}

impl Message for subtasks::VoteManyResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.VoteManyResponse";
}

impl Message for subtasks::VoteRecord {
    const NAME: &'static str = "labelmesh.subtasks.v1.VoteRecord";
}

impl Message for subtasks::VoteRequest {
    const NAME: &'static str = "labelmesh.subtasks.v1.VoteRequest";
}

impl Message for subtasks::VoteResponse {
    const NAME: &'static str = "labelmesh.subtasks.v1.VoteResponse";
}

impl Message for subtasks::VoteResult {
    const NAME: &'static str = "labelmesh.subtasks.v1.VoteResult";
}

impl Message for tasks::Audience {
    const NAME: &'static str = "labelmesh.tasks.v1.Audience";
}

impl Message for tasks::CancelTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.CancelTaskRequest";
}

impl Message for tasks::CreateTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.CreateTaskRequest";
}

impl Message for tasks::DeleteImageRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.DeleteImageRequest";
}

impl Message for tasks::DeleteImageResponse {
    const NAME: &'static str = "labelmesh.tasks.v1.DeleteImageResponse";
}

impl Message for tasks::DeleteTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.DeleteTaskRequest";
}

impl Message for tasks::DeleteTaskResponse {
    const NAME: &'static str = "labelmesh.tasks.v1.DeleteTaskResponse";
}

impl Message for tasks::ExportMyTasksRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.ExportMyTasksRequest";
}

impl Message for tasks::ExportResultsRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.ExportResultsRequest";
}

impl Message for tasks::FinishTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.FinishTaskRequest";
}

impl Message for tasks::GetImageRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.GetImageRequest";
}

impl Message for tasks::GetMyAudienceRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.GetMyAudienceRequest";
}

impl Message for tasks::GetMyUsageRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.GetMyUsageRequest";
}

impl Message for tasks::GetTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.GetTaskRequest";
}

impl Message for tasks::GoldImage {
    const NAME: &'static str = "labelmesh.tasks.v1.GoldImage";
}

impl Message for tasks::Image {
    const NAME: &'static str = "labelmesh.tasks.v1.Image";
}

impl Message for tasks::LabelCount {
    const NAME: &'static str = "labelmesh.tasks.v1.LabelCount";
}

impl Message for tasks::ListImagesRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.ListImagesRequest";
}

impl Message for tasks::ListImagesResponse {
    const NAME: &'static str = "labelmesh.tasks.v1.ListImagesResponse";
}

impl Message for tasks::ListResultsRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.ListResultsRequest";
}

impl Message for tasks::ListResultsResponse {
    const NAME: &'static str = "labelmesh.tasks.v1.ListResultsResponse";
}

impl Message for tasks::ListTasksRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.ListTasksRequest";
}

impl Message for tasks::ListTasksResponse {
    const NAME: &'static str = "labelmesh.tasks.v1.ListTasksResponse";
}

impl Message for tasks::Policy {
    const NAME: &'static str = "labelmesh.tasks.v1.Policy";
}

impl Message for tasks::Quota {
    const NAME: &'static str = "labelmesh.tasks.v1.Quota";
}

impl Message for tasks::Result {
    const NAME: &'static str = "labelmesh.tasks.v1.Result";
}

impl Message for tasks::SetGoldRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.SetGoldRequest";
}

impl Message for tasks::SetGoldResponse {
    const NAME: &'static str = "labelmesh.tasks.v1.SetGoldResponse";
}

impl Message for tasks::SetMyAudienceRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.SetMyAudienceRequest";
}

impl Message for tasks::SetTaskAudienceRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.SetTaskAudienceRequest";
}

impl Message for tasks::StoredDeletedTask {
    const NAME: &'static str = "labelmesh.tasks.v1.StoredDeletedTask";
}

impl Message for tasks::StoredImage {
    const NAME: &'static str = "labelmesh.tasks.v1.StoredImage";
}

impl Message for tasks::SubmitTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.SubmitTaskRequest";
}

impl Message for tasks::Task {
    const NAME: &'static str = "labelmesh.tasks.v1.Task";
}

impl Message for tasks::TaskProgress {
    const NAME: &'static str = "labelmesh.tasks.v1.TaskProgress";
}

impl Message for tasks::TaskRecord {
    const NAME: &'static str = "labelmesh.tasks.v1.TaskRecord";
}

impl Message for tasks::UpdateTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.UpdateTaskRequest";
}

impl Message for tasks::UploadImagesResponse {
    const NAME: &'static str = "labelmesh.tasks.v1.UploadImagesResponse";
}

impl Message for tasks::Usage {
    const NAME: &'static str = "labelmesh.tasks.v1.Usage";
}

impl Message for tasks::WatchTaskRequest {
    const NAME: &'static str = "labelmesh.tasks.v1.WatchTaskRequest";
}

impl Message for crate::Act {
    const NAME: &'static str = "labelmesh.type.v1.Act";
}

impl Message for crate::FieldChange {
    const NAME: &'static str = "labelmesh.type.v1.FieldChange";
}

impl Message for users::AcceptGroupInvitationRequest {
    const NAME: &'static str = "labelmesh.users.v1.AcceptGroupInvitationRequest";
}

impl Message for users::AccountRecord {
    const NAME: &'static str = "labelmesh.users.v1.AccountRecord";
}

impl Message for users::AddGroupMemberRequest {
    const NAME: &'static str = "labelmesh.users.v1.AddGroupMemberRequest";
}

impl Message for users::AddGroupMemberResponse {
    const NAME: &'static str = "labelmesh.users.v1.AddGroupMemberResponse";
}

impl Message for users::BlockUserRequest {
    const NAME: &'static str = "labelmesh.users.v1.BlockUserRequest";
}

impl Message for users::ConfirmEmailRequest {
    const NAME: &'static str = "labelmesh.users.v1.ConfirmEmailRequest";
}

impl Message for users::ConfirmEmailResponse {
    const NAME: &'static str = "labelmesh.users.v1.ConfirmEmailResponse";
}

impl Message for users::CreateGroupInvitationRequest {
    const NAME: &'static str = "labelmesh.users.v1.CreateGroupInvitationRequest";
}

impl Message for users::CreateGroupRequest {
    const NAME: &'static str = "labelmesh.users.v1.CreateGroupRequest";
}

impl Message for users::CreateUserRequest {
    const NAME: &'static str = "labelmesh.users.v1.CreateUserRequest";
}

impl Message for users::DeleteGroupRequest {
    const NAME: &'static str = "labelmesh.users.v1.DeleteGroupRequest";
}

impl Message for users::DeleteGroupResponse {
    const NAME: &'static str = "labelmesh.users.v1.DeleteGroupResponse";
}

impl Message for users::DeleteUserRequest {
    const NAME: &'static str = "labelmesh.users.v1.DeleteUserRequest";
}

impl Message for users::DeleteUserResponse {
    const NAME: &'static str = "labelmesh.users.v1.DeleteUserResponse";
}

impl Message for users::ExportMyAccountRequest {
    const NAME: &'static str = "labelmesh.users.v1.ExportMyAccountRequest";
}

impl Message for users::GetGroupRequest {
    const NAME: &'static str = "labelmesh.users.v1.GetGroupRequest";
}

impl Message for users::GetMeRequest {
    const NAME: &'static str = "labelmesh.users.v1.GetMeRequest";
}

impl Message for users::GetUserRequest {
    const NAME: &'static str = "labelmesh.users.v1.GetUserRequest";
}

impl Message for users::Group {
    const NAME: &'static str = "labelmesh.users.v1.Group";
}

impl Message for users::GroupInvitation {
    const NAME: &'static str = "labelmesh.users.v1.GroupInvitation";
}

impl Message for users::GroupMember {
    const NAME: &'static str = "labelmesh.users.v1.GroupMember";
}

impl Message for users::LeaveGroupRequest {
    const NAME: &'static str = "labelmesh.users.v1.LeaveGroupRequest";
}

impl Message for users::LeaveGroupResponse {
    const NAME: &'static str = "labelmesh.users.v1.LeaveGroupResponse";
}

impl Message for users::ListGroupInvitationsRequest {
    const NAME: &'static str = "labelmesh.users.v1.ListGroupInvitationsRequest";
}

impl Message for users::ListGroupInvitationsResponse {
    const NAME: &'static str = "labelmesh.users.v1.ListGroupInvitationsResponse";
}

impl Message for users::ListGroupMembersRequest {
    const NAME: &'static str = "labelmesh.users.v1.ListGroupMembersRequest";
}

impl Message for users::ListGroupMembersResponse {
    const NAME: &'static str = "labelmesh.users.v1.ListGroupMembersResponse";
}

impl Message for users::ListGroupsRequest {
    const NAME: &'static str = "labelmesh.users.v1.ListGroupsRequest";
}

impl Message for users::ListGroupsResponse {
    const NAME: &'static str = "labelmesh.users.v1.ListGroupsResponse";
}

impl Message for users::ListMyGroupsRequest {
    const NAME: &'static str = "labelmesh.users.v1.ListMyGroupsRequest";
}

impl Message for users::ListMyGroupsResponse {
    const NAME: &'static str = "labelmesh.users.v1.ListMyGroupsResponse";
}

impl Message for users::ListMyInvitationsRequest {
    const NAME: &'static str = "labelmesh.users.v1.ListMyInvitationsRequest";
}

impl Message for users::ListMyInvitationsResponse {
    const NAME: &'static str = "labelmesh.users.v1.ListMyInvitationsResponse";
}

impl Message for users::ListUsersRequest {
    const NAME: &'static str = "labelmesh.users.v1.ListUsersRequest";
}

impl Message for users::ListUsersResponse {
    const NAME: &'static str = "labelmesh.users.v1.ListUsersResponse";
}

impl Message for users::Membership {
    const NAME: &'static str = "labelmesh.users.v1.Membership";
}

impl Message for users::ReceivedInvitation {
    const NAME: &'static str = "labelmesh.users.v1.ReceivedInvitation";
}

impl Message for users::RemoveGroupMemberRequest {
    const NAME: &'static str = "labelmesh.users.v1.RemoveGroupMemberRequest";
}

impl Message for users::RemoveGroupMemberResponse {
    const NAME: &'static str = "labelmesh.users.v1.RemoveGroupMemberResponse";
}

impl Message for users::ReplaceUserRequest {
    const NAME: &'static str = "labelmesh.users.v1.ReplaceUserRequest";
}

impl Message for users::ResendConfirmationRequest {
    const NAME: &'static str = "labelmesh.users.v1.ResendConfirmationRequest";
}

impl Message for users::ResendConfirmationResponse {
    const NAME: &'static str = "labelmesh.users.v1.ResendConfirmationResponse";
}

impl Message for users::RevokeGroupInvitationRequest {
    const NAME: &'static str = "labelmesh.users.v1.RevokeGroupInvitationRequest";
}

impl Message for users::RevokeGroupInvitationResponse {
    const NAME: &'static str = "labelmesh.users.v1.RevokeGroupInvitationResponse";
}

impl Message for users::StoredConfirmation {
    const NAME: &'static str = "labelmesh.users.v1.StoredConfirmation";
}

impl Message for users::StoredGroup {
    const NAME: &'static str = "labelmesh.users.v1.StoredGroup";
}

impl Message for users::StoredMembership {
    const NAME: &'static str = "labelmesh.users.v1.StoredMembership";
}

impl Message for users::StoredPassword {
    const NAME: &'static str = "labelmesh.users.v1.StoredPassword";
}

impl Message for users::StoredReceivedInvitation {
    const NAME: &'static str = "labelmesh.users.v1.StoredReceivedInvitation";
}

impl Message for users::UnblockUserRequest {
    const NAME: &'static str = "labelmesh.users.v1.UnblockUserRequest";
}

impl Message for users::UpdateGroupRequest {
    const NAME: &'static str = "labelmesh.users.v1.UpdateGroupRequest";
}

impl Message for users::UpdateUserRequest {
    const NAME: &'static str = "labelmesh.users.v1.UpdateUserRequest";
}

impl Message for users::User {
    const NAME: &'static str = "labelmesh.users.v1.User";
}
