//! Clients upload sources.

use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::UploadSourcesResponse;
use tonic_types::RpcStatusExt as _;

use crate::harness::{Harness, picture};

fn reason(report: &UploadSourcesResponse) -> Option<Reason> {
    Reason::from_wire_name(&report.error.as_ref()?.get_details_error_info()?.reason)
}

#[tokio::test]
async fn each_file_is_judged_for_itself_and_the_same_again_is_harmless() {
    let harness = Harness::with(|config, _| config.pictures.max_bytes = 100_000).await;
    let client = harness.client();
    let good = picture(1, 64, 48);
    let files = vec![good.clone(), Vec::new(), b"no picture".to_vec(), vec![7; 200_000], good];
    let reports = client.upload(files).await.expect("uploaded");
    let reasons: Vec<_> = reports.iter().map(reason).collect();
    let refused = [Reason::ImageEmpty, Reason::ImageFormatUnknown, Reason::ImageTooLarge].map(Some);
    assert_eq!(reasons, [&[None], &refused[..], &[None]].concat());
    assert_eq!(reports.iter().map(|report| report.index).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(reports[3].name, "3.png");
    let source = reports[0].source.clone().expect("a source");
    assert_eq!((source.width, source.height, source.media_type.as_str()), (64, 48, "image/png"));
    assert_eq!(reports[4].source, Some(source.clone()));
    assert!(harness.blobs.get(&format!("sources/{}", source.sha256)).await.expect("S3").is_some());
}

#[tokio::test]
async fn a_header_that_says_too_much_is_refused_before_anything_is_decoded() {
    let harness = Harness::with(|config, _| config.pictures.max_pixels = 1_000).await;
    let client = harness.client();
    let reports = client.upload(vec![picture(1, 64, 48)]).await.expect("uploaded");
    assert_eq!(reason(&reports[0]), Some(Reason::ImageTooManyPixels));
}

#[tokio::test]
async fn there_is_a_quota_of_bytes_in_which_the_same_file_counts_once() {
    let (one, other) = (picture(1, 64, 48), picture(2, 64, 48));
    let limit = (one.len() + other.len() - 1) as u64;
    let harness = Harness::with(|config, _| config.quotas.source_bytes = limit).await;
    let client = harness.client();
    let reports = client.upload(vec![one.clone(), one, other]).await.expect("uploaded");
    assert_eq!(reports.iter().map(reason).collect::<Vec<_>>(), [None, None, Some(Reason::QuotaUsedUp)]);
    let info = reports[2].error.as_ref().and_then(|error| error.get_details_error_info()).expect("a reason");
    assert_eq!((&*info.metadata["quota"], &*info.metadata["limit"]), ("source_bytes", &*limit.to_string()));
}
