//! Kustomizations, and the objects that `kubectl apply -k` makes of them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::object::{array, text};

/// Every folder in here is applied as a whole.
const OVERLAYS: &str = "deploy/kubernetes/overlays";
/// What an overlay may name.
const COMPONENTS: &str = "deploy/kubernetes/components";
const BASE: &str = "deploy/kubernetes/base";
/// What the mesh has to know of the base. A folder in here is a component, which belongs to the one of the same name
/// among [`COMPONENTS`].
const MESH: &str = "mesh/istio";

/// Something that is applied as a whole.
#[derive(Debug, Clone)]
pub struct Kustomization {
    name: String,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// A folder with a kustomization.
    Folder(PathBuf),
    /// What a kustomization for the moment names.
    Together { resources: Vec<PathBuf>, components: Vec<PathBuf> },
}

/// Finds everything below `root`, the root of the repository, that is applied as a whole.
///
/// # Errors
/// If a folder can't be read.
pub fn all(root: &Path) -> Result<Vec<Kustomization>> {
    let relative = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let base = root.join(BASE);
    let mut found = Vec::new();
    for overlay in folders(&root.join(OVERLAYS))? {
        found.push(Kustomization { name: relative(&overlay), source: Source::Folder(overlay) });
    }
    for component in unused_components(root)? {
        let name = format!("the base with {}", relative(&component));
        let source = Source::Together { resources: vec![base.clone()], components: vec![component] };
        found.push(Kustomization { name, source });
    }
    let in_mesh = vec![base, root.join(MESH)];
    let source = Source::Together { resources: in_mesh.clone(), components: vec![] };
    found.push(Kustomization { name: format!("the base with {MESH}"), source });
    for folder in folders(&root.join(MESH))? {
        let of = root.join(COMPONENTS).join(folder.file_name().context("a folder has a name")?);
        let name = format!("the base with {MESH}, {} and {}", relative(&of), relative(&folder));
        let source = Source::Together { resources: in_mesh.clone(), components: vec![of, folder] };
        found.push(Kustomization { name, source });
    }
    Ok(found)
}

impl Kustomization {
    /// What it is called in messages: the path of an overlay, or what is put together.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its objects, in the order in which they are to be applied.
    ///
    /// # Errors
    /// If kubectl can't be started, or refuses the kustomization; or it has no objects.
    pub fn render(&self, kubectl: &Path) -> Result<Vec<Value>> {
        let objects = match &self.source {
            Source::Folder(folder) => render(kubectl, folder),
            Source::Together { resources, components } => together(kubectl, resources, components),
        };
        let objects = objects.with_context(|| self.name.clone())?;
        ensure!(!objects.is_empty(), "{} is empty", self.name);
        Ok(objects)
    }
}

/// The objects of a kustomization.
fn render(kubectl: &Path, folder: &Path) -> Result<Vec<Value>> {
    let output = Command::new(kubectl).arg("kustomize").arg(folder).output().context("start kubectl")?;
    ensure!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr).trim());
    documents(&String::from_utf8(output.stdout)?)
}

/// The objects of what is put together, by a kustomization for the moment. It leads there by relative paths, since
/// kustomize knows no others.
fn together(kubectl: &Path, resources: &[PathBuf], components: &[PathBuf]) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir()?;
    let depth = folder.path().canonicalize()?.components().count() - 1;
    let relative = |path: &PathBuf| -> Result<String> {
        let path = path.canonicalize().with_context(|| format!("find {}", path.display()))?;
        Ok("../".repeat(depth) + path.strip_prefix("/")?.to_str().context("a path of UTF-8")?)
    };
    let relative = |paths: &[PathBuf]| paths.iter().map(relative).collect::<Result<Vec<_>>>();
    let image =
        |name: &str| json!({"name": name, "newName": format!("registry.example.com/{name}"), "newTag": "0.1.0"});
    let kustomization = json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": "labelmesh",
        "resources": relative(resources)?,
        "components": relative(components)?,
        "images": [image("labelmesh"), image("labelmesh-pages")],
    });
    fs::write(folder.path().join("kustomization.yaml"), serde_yaml_ng::to_string(&kustomization)?)?;
    render(kubectl, folder.path())
}

/// The components that are in no overlay of ours, as others may have them in theirs.
fn unused_components(root: &Path) -> Result<Vec<PathBuf>> {
    let mut used = Vec::new();
    for overlay in folders(&root.join(OVERLAYS))? {
        let path = overlay.join("kustomization.yaml");
        let content = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        for kustomization in documents(&content)? {
            let components = array(&kustomization["components"]).map(text);
            used.extend(components.map(|component| overlay.join(component).canonicalize()));
        }
    }
    let used = used.into_iter().collect::<std::io::Result<Vec<_>>>().context("a component of an overlay")?;
    let is_used = |component: &PathBuf| component.canonicalize().is_ok_and(|component| used.contains(&component));
    Ok(folders(&root.join(COMPONENTS))?.into_iter().filter(|component| !is_used(component)).collect())
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| format!("read {}", parent.display()))?;
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

/// The documents of a YAML text, without empty ones.
///
/// # Errors
/// If one is no YAML.
pub fn documents(text: &str) -> Result<Vec<Value>> {
    let documents = serde_yaml_ng::Deserializer::from_str(text).map(Value::deserialize);
    let documents = documents.collect::<Result<Vec<_>, _>>()?;
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}
