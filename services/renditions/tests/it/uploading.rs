//! Clients upload sources.

use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::UploadSourcesResponse;
use tonic_types::RpcStatusExt as _;

use crate::harness::{Harness, photo, picture};

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

/// Small files whose headers say all that a header can say at its bounds.
fn at_every_bound() -> Vec<Vec<u8>> {
    let sides = |most: u32| [0, 1, 8, most / 2, most / 2 + 1, most];
    let pairs = |most: u32| sides(most).into_iter().flat_map(move |width| sides(most).map(|height| (width, height)));
    let jpeg = photo(8, 8);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame") + 5;
    let mut all = Vec::new();
    for (width, height) in pairs(u32::MAX) {
        let drawing = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'><path d='M0 0h9v9z'/></svg>"
        );
        all.push(drawing.into_bytes());
        let mut png = picture(1, 8, 8);
        png[16..24].copy_from_slice(&[width.to_be_bytes(), height.to_be_bytes()].concat());
        all.push(png);
    }
    for (width, height) in pairs(u32::from(u16::MAX)) {
        let mut changed = jpeg.clone();
        changed[frame..frame + 4].copy_from_slice(&[height as u16, width as u16].map(u16::to_be_bytes).concat());
        all.push(changed);
    }
    all.extend(
        ["-1", "1e39", "NaN", "0.0001", "100%"].map(|side| {
            format!("<svg xmlns='http://www.w3.org/2000/svg' width='{side}' height='{side}'/>").into_bytes()
        }),
    );
    all
}

#[tokio::test]
async fn whatever_a_header_says_is_the_files_own_trouble_and_never_the_calls_or_the_tables() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (first, last) = (picture(1, 64, 48), picture(2, 64, 48));
    let files = [vec![first], at_every_bound(), vec![last]].concat();
    let reports = client.upload(files.clone()).await.expect("the call goes through");
    assert_eq!(reports.len(), files.len());
    let refusals = [Reason::ImageDamaged, Reason::ImageTooManyPixels, Reason::ImageFormatUnknown];
    for report in &reports {
        let reason = reason(report);
        assert!(reason.is_none_or(|reason| refusals.contains(&reason)), "{}: {:?}", report.name, report.error);
    }
    for report in [&reports[0], &reports[reports.len() - 1]] {
        assert!(report.source.is_some(), "{report:?}");
    }
}
