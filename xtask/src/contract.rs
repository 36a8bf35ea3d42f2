//! Generates `crates/proto/src/gen` from `proto/`: messages, clients and servers, validation, the table of
//! methods with their declared behaviour, the events and the reasons, which texts are looked at, and the encoded
//! descriptors.
//!
//! Everything is derived from the *encoded* descriptor set: the typed one has lost our options.

pub(crate) mod broker;
mod code;
mod events;
pub(crate) mod mesh;
mod messages;
mod methods;
mod options;
pub(crate) mod sdk;
mod texts;
mod validation;

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use prost::Message as _;
use prost_reflect::DescriptorPool;
use prost_types::FileDescriptorSet;

/// Files of others whose messages we use as our own; of all other foreign files only the descriptors are kept.
const FOREIGN_WITH_CODE: &[&str] = &["google/api/http.proto", "google/api/httpbody.proto"];

/// Files of others that ours refer to and whose code other crates hold.
const FOREIGN_WITHOUT_CODE: &[&str] = &["google/rpc/status.proto", "google/protobuf/"];

/// Writes the generated folder anew.
pub(crate) fn generate(encoded: &[u8], target: &Path) -> Result<()> {
    let pool = DescriptorPool::decode(encoded).context("decode the descriptors")?;
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    fs::create_dir_all(target)?;
    generate_messages(encoded, &pool, target)?;
    generate_validation(encoded, &pool, target)?;
    fs::write(target.join("methods.rs"), methods::methods(&pool)?)?;
    fs::write(target.join("events.rs"), events::events(&pool)?)?;
    fs::write(target.join("reasons.rs"), messages::reasons(&pool)?)?;
    fs::write(target.join("redacted.rs"), messages::redacted(&pool)?)?;
    fs::write(target.join("texts.rs"), texts::texts(&pool)?)?;
    fs::write(target.join("descriptors.binpb"), without_source_info(encoded)?)?;
    format(target)
}

/// Compiles every file below `proto/labelmesh` to an encoded descriptor set with all imports.
pub(crate) fn compile(proto: &Path) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    collect(&proto.join("labelmesh"), &mut files)?;
    files.sort();
    // No file of ours names the details of errors, but the gateway prints them as JSON.
    files.push(proto.join("third_party/google/rpc/error_details.proto"));
    let mut compiler = protox::Compiler::new([proto.to_path_buf(), proto.join("third_party")])?;
    compiler.include_imports(true).include_source_info(true).open_files(files)?;
    Ok(compiler.encode_file_descriptor_set())
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

fn generate_messages(encoded: &[u8], pool: &DescriptorPool, target: &Path) -> Result<()> {
    let mut set = FileDescriptorSet::decode(encoded)?;
    set.file.retain(|file| {
        let foreign = FOREIGN_WITH_CODE.iter().chain(FOREIGN_WITHOUT_CODE);
        is_ours(file.name()) || foreign.into_iter().any(|name| file.name().starts_with(name))
    });
    let mut builder = tonic_prost_build::configure()
        .out_dir(target)
        .generate_default_stubs(true)
        .bytes(".")
        .codec_path("crate::codec::ValidatedCodec")
        .extern_path(".google.rpc.Status", "::tonic_types::Status")
        .include_file("messages.rs");
    for message in messages::redacted_messages(pool) {
        builder = builder.skip_debug([message.full_name()]);
    }
    builder.compile_fds(set).context("generate messages")?;
    Ok(())
}

fn generate_validation(encoded: &[u8], pool: &DescriptorPool, target: &Path) -> Result<()> {
    prost_protovalidate_build::Builder::new()
        .file_descriptor_set_bytes(encoded.to_vec())
        .fail_on_runtime_only(true)
        .out_dir(target)
        .compile()
        .context("generate validation")?;
    let path = target.join("validate_impl.rs");
    let text = fs::read_to_string(&path)?;
    fs::remove_file(&path)?;
    fs::write(target.join("validation.rs"), validation::complete(&text, pool)?)?;
    Ok(())
}

/// The descriptors for reflection and transcoding, which need no comments and no positions. Working on a
/// dynamic message keeps the options that the typed one would lose.
fn without_source_info(encoded: &[u8]) -> Result<Vec<u8>> {
    let set = DescriptorPool::global()
        .get_message_by_name("google.protobuf.FileDescriptorSet")
        .context("the pool knows google.protobuf.FileDescriptorSet")?;
    let mut set = prost_reflect::DynamicMessage::decode(set, encoded)?;
    let files = set.get_field_by_name_mut("file").and_then(|files| files.as_list_mut()).context("files")?;
    for file in files {
        file.as_message_mut().context("a file")?.clear_field_by_name("source_code_info");
    }
    Ok(set.encode_to_vec())
}

/// Whether a file of this name is part of our contract.
pub(crate) fn is_ours(name: &str) -> bool {
    name.starts_with("labelmesh/")
}

fn format(target: &Path) -> Result<()> {
    for entry in fs::read_dir(target)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let status = std::process::Command::new("rustfmt")
                .args(["--edition", "2024", "--config-path"])
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
                .arg(&path)
                .status()?;
            ensure!(status.success(), "rustfmt refused {}", path.display());
        }
    }
    Ok(())
}
