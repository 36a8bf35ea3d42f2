//! Portraits, and pictures that keep the faces that are in them.

use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::{
    Area, Crop, NoFace, Percent, Portrait, Ratio, Spec, Transformation, TransformationState, crop as windows, spec,
};
use tonic_types::RpcStatusExt as _;

use crate::harness::{Client, Harness, picture};

/// A photo of 320 by 320 pixels with one face, whose middle is near (139, 78).
const ASTRONAUT: &[u8] = include_bytes!("../../../../crates/faces/tests/files/astronaut.jpg");

/// The photo twice, one beside the other, the left one smaller.
fn two_people() -> Vec<u8> {
    let photo = image::load_from_memory(ASTRONAUT).expect("a picture");
    let mut both = image::RgbImage::new(560, 320);
    image::imageops::replace(&mut both, &photo.thumbnail(240, 240).to_rgb8(), 0, 0);
    image::imageops::replace(&mut both, &photo.to_rgb8(), 240, 0);
    let mut bytes = std::io::Cursor::new(Vec::new());
    both.write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    bytes.into_inner()
}

async fn source(client: &Client, bytes: Vec<u8>) -> String {
    let mut reports = client.upload(vec![bytes]).await.expect("uploaded");
    reports.remove(0).source.expect("a source").sha256
}

async fn ended(client: &Client, source: &str, kind: spec::Kind) -> Transformation {
    let created = client.create(source, Spec { kind: Some(kind) }).await.expect("created");
    client.ended(&created.transformation_id).await
}

fn holds(area: &Area, (x, y): (u32, u32)) -> bool {
    (area.x..area.x + area.width).contains(&x) && (area.y..area.y + area.height).contains(&y)
}

#[tokio::test]
async fn each_face_has_its_portrait_the_largest_first() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let people = source(&client, two_people()).await;
    let ratio = Some(Ratio { width: 1, height: 1 });
    let wanted = Portrait { max_faces: 5, margin: Some(0.2), ratio, ..Portrait::default() };
    let made = ended(&client, &people, spec::Kind::Portrait(wanted)).await;
    assert_eq!(made.renditions.len(), 2, "{made:?}");
    for (index, (rendition, middle)) in made.renditions.iter().zip([(379, 78), (104, 58)]).enumerate() {
        let face = rendition.face.as_ref().expect("a face");
        let (area, window) = (face.area.as_ref().expect("a place"), rendition.window.as_ref().expect("a part"));
        assert!(holds(area, middle) && holds(window, middle) && face.score > 0.75, "{rendition:?}");
        let index = u32::try_from(index).expect("few");
        let (bytes, media_type) = client.rendition_at(&made.transformation_id, index).await.expect("a picture");
        let seen = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!((seen.width(), seen.height()), (rendition.width, rendition.height));
        assert_eq!((window.width, &*media_type), (window.height, "image/png"));
    }
    let none = client.rendition_at(&made.transformation_id, 2).await.expect_err("there are two");
    assert_eq!(none.reason, Some(Reason::NotFound));
}

#[tokio::test]
async fn without_a_face_there_is_no_portrait_but_the_middle_where_that_is_wanted() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let nobody = source(&client, picture(1, 64, 48)).await;
    let failed = ended(&client, &nobody, spec::Kind::Portrait(Portrait::default())).await;
    assert_eq!(failed.state(), TransformationState::Failed);
    let failure = failed.failure.expect("a failure");
    assert_eq!(failure.get_details_error_info().expect("a reason").reason, Reason::NoFace.wire_name());
    let wanted = Portrait { no_face: NoFace::Center.into(), ..Portrait::default() };
    let made = ended(&client, &nobody, spec::Kind::Portrait(wanted)).await;
    let [rendition] = &*made.renditions else { panic!("{made:?}") };
    assert!(rendition.face.is_none());
    assert_eq!(rendition.window, Some(Area { x: 13, y: 0, width: 38, height: 48 }));
}

#[tokio::test]
async fn a_part_keeps_the_faces_unless_another_place_is_said() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let photo = source(&client, ASTRONAUT.to_vec()).await;
    let window = Some(windows::Window::Percent(Percent { width: 100, height: 30 }));
    let made = ended(&client, &photo, spec::Kind::Crop(Crop { window, ..Crop::default() })).await;
    let window = made.renditions[0].window.expect("a part");
    assert!(holds(&window, (139, 78)), "{window:?}");
}

#[tokio::test]
async fn portraits_that_make_no_sense_are_refused_by_the_name_of_their_field() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    for (wanted, field) in [
        (Portrait { margin: Some(-0.1), ..Portrait::default() }, "portrait.margin"),
        (Portrait { max_faces: 21, ..Portrait::default() }, "portrait.max_faces"),
        (Portrait { min_score: 1.5, ..Portrait::default() }, "portrait.min_score"),
    ] {
        let refused = client.create(&source, Spec { kind: Some(spec::Kind::Portrait(wanted)) }).await;
        let refused = refused.expect_err(field);
        assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some(field)));
    }
}
