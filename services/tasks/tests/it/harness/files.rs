//! Files as a client sends them.

use labelmesh_errors::{Reason, reason_of};
use labelmesh_proto::{
    tasks::v1::{UploadImagesRequest, UploadImagesResponse},
    r#type::v1::Part,
};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tonic::{Code, Status};

/// How much of a file one message carries: little, so that tests see files in pieces.
const PIECE_BYTES: usize = 256 * 1024;

#[derive(Clone)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl File {
    pub(crate) fn new(name: &str, media_type: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), media_type: media_type.to_owned(), bytes }
    }

    pub(crate) fn sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.bytes))
    }

    pub(crate) fn messages(&self, task_id: &str) -> Vec<UploadImagesRequest> {
        let mut pieces: Vec<_> = self.bytes.chunks(PIECE_BYTES).map(<[u8]>::to_vec).collect();
        if pieces.is_empty() {
            pieces.push(Vec::new());
        }
        let last = pieces.len() - 1;
        let parts = pieces.into_iter().enumerate().map(|(index, data)| {
            let (name, media_type) =
                if index == 0 { (self.name.clone(), self.media_type.clone()) } else { Default::default() };
            Part { name, media_type, data: data.into(), last: index == last }
        });
        parts
            .map(|part| UploadImagesRequest { task_id: task_id.to_owned(), part: Some(part), ..Default::default() })
            .collect()
    }
}

/// Why a file was refused: the reason in the status that its report carries.
pub(super) fn reason(report: &UploadImagesResponse) -> Option<Reason> {
    let error = report.error.as_ref()?;
    let details = error.encode_to_vec().into();
    reason_of(&Status::with_details(Code::from(error.code), error.message.clone(), details))
}
