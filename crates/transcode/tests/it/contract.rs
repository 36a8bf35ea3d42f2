//! Contracts that can't be served are refused when the transcoder is built.

use std::path::Path;

use labelmesh_transcode::Transcoder;

/// The encoded descriptors of a contract with all its imports.
pub(crate) fn compile(source: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.proto");
    std::fs::write(&file, source).expect("a file");
    let third_party = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/third_party");
    let mut compiler = protox::Compiler::new([folder.path(), &third_party]).expect("folders");
    compiler.include_imports(true).open_files([&file]).expect("a good file");
    compiler.encode_file_descriptor_set()
}

fn problem(rules: &str) -> String {
    let source = format!(
        r#"syntax = "proto3"; package bad.v1;
        import "google/api/annotations.proto"; import "google/rpc/status.proto";
        message Inner {{ string id = 1; }}
        message M {{ string id = 1; repeated string ids = 2; Inner inner = 3; google.rpc.Status status = 4; }}
        service S {{ {rules} }}"#
    );
    Transcoder::new(&compile(&source)).expect_err("a bad contract").to_string()
}

fn rule(options: &str) -> String {
    format!("rpc A(M) returns (M) {{ option (google.api.http) = {{ {options} }}; }}")
}

#[test]
fn rules_that_can_not_be_served_are_named() {
    let table = [
        (rule(r#"get: "/v1/{nothing}""#), "bad.v1.S.A: nothing is no field of the input"),
        (rule(r#"get: "/v1/{ids}""#), "bad.v1.S.A: ids can't be given by a path"),
        (rule(r#"get: "/v1/{inner}""#), "bad.v1.S.A: inner can't be given by a path"),
        (rule(r#"get: "v1""#), "bad.v1.S.A: v1: a template begins with a slash"),
        (rule(r#"post: "/v1" body: "other""#), "bad.v1.S.A: other is no field of the input"),
        (rule(r#"get: "/v1" response_body: "id""#), "bad.v1.S.A: response_body is not supported"),
        (
            rule(r#"get: "/v1/{id}""#)
                + r#"rpc B(M) returns (M) { option (google.api.http) = { get: "/v1/{inner.id}" }; }"#,
            "bad.v1.S.A: has the same route as bad.v1.S.B",
        ),
    ];
    for (rules, expected) in table {
        assert_eq!(problem(&rules), expected);
    }
}

#[test]
fn the_contract_of_labelmesh_is_served() {
    let transcoder = Transcoder::new(labelmesh_proto::DESCRIPTORS).expect("a good contract");
    let routed = labelmesh_proto::method::METHODS.iter().filter(|method| method.routed);
    for method in routed {
        assert!(transcoder.routes().iter().any(|route| route.path() == method.path), "{}", method.path);
        assert!(transcoder.method(method.path).is_some());
    }
}
