//! Why a picture is not made, in the words of the contract.

use labelmesh_errors::{Error, Reason};
use labelmesh_outbound::Fault as NoAnswer;
use labelmesh_pages::{Error as NoLeadImage, RenderError};
use labelmesh_pixels::Error as Fault;

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    /// The bytes of the source are not there any more.
    pub(crate) fn source_gone() -> Self {
        Self::new(Reason::SourceUnknown, "the source is kept no longer: upload it again")
    }

    /// Workers have died of it.
    pub(crate) fn worker_lost() -> Self {
        Self::new(Reason::WorkerLost, "workers have ended while they were at it, time and again")
    }

    /// The browser's process that shows a page has died of it.
    pub(crate) fn page_crashed() -> Self {
        Self::new(Reason::WorkerLost, "the browser has crashed while it showed the page, time and again")
    }

    /// The whole browser has died of a page, or hung.
    pub(crate) fn browser_lost() -> Self {
        Self::new(Reason::WorkerLost, "the browser has ended while it showed the page, time and again")
    }

    /// Nobody was at it.
    pub(crate) fn given_up() -> Self {
        Self::new(Reason::WorkerLost, "no worker has made it in time")
    }

    /// There is nobody to be seen.
    pub(crate) fn no_face() -> Self {
        Self::new(Reason::NoFace, "there is no face in the picture")
    }

    /// A page was not called, or did not answer.
    fn unreachable(why: NoAnswer) -> Self {
        let reason = match why {
            NoAnswer::UrlInvalid | NoAnswer::AddressRefused | NoAnswer::PortRefused => Reason::AddressRefused,
            NoAnswer::TooLarge => Reason::PageTooLarge,
            _ => Reason::PageUnreachable,
        };
        Self::new(reason, format!("the page can't be looked at: {why}"))
    }

    /// A page was not shown within so many seconds, or never will be.
    pub(crate) fn without_page(why: &RenderError, seconds: u64) -> Self {
        match why {
            RenderError::AddressRefused(why) | RenderError::Unreachable(Some(why)) => Self::unreachable(*why),
            RenderError::Unreachable(None) => Self::new(Reason::PageUnreachable, "nothing came of the page"),
            RenderError::NotAPage => Self::not_a_page(),
            RenderError::TooLarge => Self::new(Reason::PageTooLarge, "the page has more bytes than are accepted"),
            RenderError::TookTooLong => Self::took_too_long(seconds),
            RenderError::Crashed => Self::page_crashed(),
            RenderError::BrowserLost => Self::browser_lost(),
            RenderError::Browser(_) => Self::worker_lost(),
        }
    }

    /// A page has no image that is good enough, or none was found within so many seconds.
    pub(crate) fn without_lead_image(why: &NoLeadImage, seconds: u64) -> Self {
        match why {
            NoLeadImage::Page(why) => Self::unreachable(*why),
            NoLeadImage::NotAPage => Self::not_a_page(),
            NoLeadImage::NoImage(_) => Self::new(Reason::NoLeadImage, "no image of the page is good enough"),
            NoLeadImage::TookTooLong => Self::took_too_long(seconds),
            NoLeadImage::BrowserLost => Self::browser_lost(),
            NoLeadImage::Browser(_) => Self::worker_lost(),
        }
    }

    /// What came is not the page, but that there is none.
    pub(crate) fn page_of_status(status: u16) -> Self {
        Self::new(Reason::PageUnreachable, format!("the page can't be looked at: the answer has the status {status}"))
    }

    fn not_a_page() -> Self {
        Self::new(Reason::NotAPage, "what lies there is no web page")
    }

    /// It took too long.
    pub(crate) fn took_too_long(seconds: u64) -> Self {
        Self::new(Reason::TookTooLong, format!("it took longer than {seconds} seconds"))
    }
}

/// What a library says stays in the log: it is not ours to promise.
impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let reason = match &fault {
            Fault::FormatUnknown => Reason::ImageFormatUnknown,
            Fault::TooManyBytes { .. } => Reason::ImageTooLarge,
            Fault::TooManyPixels { .. } => Reason::ImageTooManyPixels,
            Fault::TooManyFrames { .. } => Reason::TooManyFrames,
            Fault::TooManyScans { .. } => Reason::ImageDamaged,
            Fault::TooMuchMemory { .. } => Reason::TooMuchMemory,
            Fault::Damaged(_) => return Self::new(Reason::ImageDamaged, "the picture is damaged or cut short"),
            Fault::Panicked(_) => return Self::new(Reason::ImageDamaged, "the picture can't be read"),
            Fault::WindowOutside { .. } => Reason::WindowOutside,
            Fault::BadRecipe(_) => Reason::FieldInvalid,
            Fault::NotDrawn(_) | Fault::NotHeld(_) => Reason::FormatCannotHold,
        };
        Self::new(reason, fault.to_string())
    }
}

/// A model that can't be run is a fault of ours.
impl From<labelmesh_faces::Error> for Failure {
    fn from(fault: labelmesh_faces::Error) -> Self {
        match fault {
            labelmesh_faces::Error::Picture(fault) => fault.into(),
            labelmesh_faces::Error::Model(cause) => {
                tracing::error!(error = &*cause as &dyn std::error::Error, "the face detector failed");
                Self::new(Reason::Internal, "internal error")
            }
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(failure.reason, failure.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_library_says_is_not_told() {
        for fault in [Fault::Damaged("zlib: -3".to_owned()), Fault::Panicked("index 7".to_owned())] {
            let failure = Failure::from(fault);
            assert_eq!(failure.reason, Reason::ImageDamaged);
            assert!(!failure.message.contains('7') && !failure.message.contains("zlib"), "{}", failure.message);
        }
        let outside = Failure::from(Fault::WindowOutside { width: 4, height: 3 });
        assert_eq!(outside.reason, Reason::WindowOutside);
        assert!(outside.message.contains("4 x 3"), "{}", outside.message);
    }
}
