// Generated from proto/ by `./dev gen`; do not edit.

use crate::errors::v1::Reason;

impl Reason {
    /// The gRPC status code with which the reason travels.
    #[must_use]
    pub fn code(self) -> tonic::Code {
        match self {
            Reason::Unspecified => tonic::Code::from_i32(2),
            Reason::FieldInvalid => tonic::Code::from_i32(3),
            Reason::RequestTooLarge => tonic::Code::from_i32(8),
            Reason::MethodUnknown => tonic::Code::from_i32(12),
            Reason::NotSignedIn => tonic::Code::from_i32(16),
            Reason::NotAllowed => tonic::Code::from_i32(7),
            Reason::NotFound => tonic::Code::from_i32(5),
            Reason::RateLimited => tonic::Code::from_i32(8),
            Reason::Overloaded => tonic::Code::from_i32(8),
            Reason::DeadlineExceeded => tonic::Code::from_i32(4),
            Reason::Unavailable => tonic::Code::from_i32(14),
            Reason::Internal => tonic::Code::from_i32(13),
            Reason::RequestIdReused => tonic::Code::from_i32(6),
            Reason::PageTokenInvalid => tonic::Code::from_i32(3),
            Reason::Malformed => tonic::Code::from_i32(3),
            Reason::Conflict => tonic::Code::from_i32(10),
            Reason::EtagMismatch => tonic::Code::from_i32(10),
            Reason::EmailTaken => tonic::Code::from_i32(6),
            Reason::RoleNotOpen => tonic::Code::from_i32(7),
            Reason::CredentialsWrong => tonic::Code::from_i32(16),
            Reason::TooManyAttempts => tonic::Code::from_i32(8),
            Reason::AccountBlocked => tonic::Code::from_i32(7),
            Reason::LastAdministrator => tonic::Code::from_i32(9),
            Reason::PasswordWrong => tonic::Code::from_i32(7),
            Reason::TaskNotDraft => tonic::Code::from_i32(9),
            Reason::TaskNotOpen => tonic::Code::from_i32(9),
            Reason::TaskWithoutImages => tonic::Code::from_i32(9),
            Reason::TaskEnded => tonic::Code::from_i32(9),
            Reason::TaskFull => tonic::Code::from_i32(9),
            Reason::TaskNotCompleted => tonic::Code::from_i32(9),
            Reason::TaskTooLarge => tonic::Code::from_i32(9),
            Reason::TaskOpen => tonic::Code::from_i32(9),
            Reason::QuotaUsedUp => tonic::Code::from_i32(8),
            Reason::ImageEmpty => tonic::Code::from_i32(3),
            Reason::ImageTooLarge => tonic::Code::from_i32(3),
            Reason::ImageFormatUnknown => tonic::Code::from_i32(3),
            Reason::ImageTypeMismatch => tonic::Code::from_i32(3),
            Reason::ImageTooManyPixels => tonic::Code::from_i32(3),
            Reason::ImageDamaged => tonic::Code::from_i32(3),
            Reason::ImageNameInvalid => tonic::Code::from_i32(3),
            Reason::ImageNameTaken => tonic::Code::from_i32(6),
            Reason::LeaseExpired => tonic::Code::from_i32(9),
            Reason::ImageDecided => tonic::Code::from_i32(9),
            Reason::NeverLeased => tonic::Code::from_i32(9),
            Reason::LabelUnknown => tonic::Code::from_i32(3),
            Reason::OwnTask => tonic::Code::from_i32(9),
            Reason::OperatorExcluded => tonic::Code::from_i32(9),
            Reason::WebhookNotEnabled => tonic::Code::from_i32(9),
        }
    }
}
