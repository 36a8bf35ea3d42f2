//! Renders what is applied to a cluster, as `kubectl apply -k` does, and holds it against the schemas of its kinds,
//! strictly: a field that the schema does not know is an error. What an object refers to must be there ([`links`]).
//!
//! The schemas (Kubernetes, Istio, Argo Rollouts) are large and not part of the project; where they are absent the
//! check says so. KEDA's is small and in `xtask/schemas`.

mod keda;
mod links;
mod rules;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::lint::part;

/// Every folder in here is applied as a whole.
const OVERLAYS: &str = "deploy/kubernetes/overlays";
/// What an overlay may name.
const COMPONENTS: &str = "deploy/kubernetes/components";
const BASE: &str = "deploy/kubernetes/base";
const KEDA: &str = include_str!("../schemas/keda-scaled-object.yaml");

/// Group, version and kind, such as "apps/v1/Deployment".
type Kind = String;

/// Checks all overlays below `root`, and what no overlay has.
pub(crate) fn check(root: &Path) -> Result<()> {
    let folder = root.join("../shared/schemas");
    let schemas = Schemas::load(folder.is_dir().then_some(folder.as_path()))?;
    if !schemas.complete {
        eprintln!("lint: manifests were NOT held against all schemas: the folder ../shared/schemas is not here");
    }
    let mut rendered = Vec::new();
    for overlay in folders(&root.join(OVERLAYS))? {
        let name = overlay.strip_prefix(root).unwrap_or(&overlay).display().to_string();
        rendered.push((name, render(&overlay)?));
    }
    for component in unused_components(root)? {
        let name = format!("the base with {}", component.strip_prefix(root).unwrap_or(&component).display());
        rendered.push((name, render_on_base(root, &component)?));
    }
    let mut faults = Vec::new();
    for (name, objects) in rendered {
        ensure!(!objects.is_empty(), "{name} is empty");
        let mut found = links::faults(&objects);
        found.extend(keda::faults(&objects)?);
        for object in &objects {
            found.extend(faults_of(object, &schemas)?);
        }
        eprintln!("lint: {name} has {} objects", objects.len());
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(())
}

/// The objects of a kustomization.
fn render(folder: &Path) -> Result<Vec<Value>> {
    let output = part("kubectl").arg("kustomize").arg(folder).output().context("start kubectl")?;
    ensure!(output.status.success(), "{}: {}", folder.display(), String::from_utf8_lossy(&output.stderr).trim());
    documents(&String::from_utf8(output.stdout)?)
}

/// The components that are in no overlay of ours, as others may have them in theirs.
fn unused_components(root: &Path) -> Result<Vec<PathBuf>> {
    let mut used = Vec::new();
    for overlay in folders(&root.join(OVERLAYS))? {
        let path = overlay.join("kustomization.yaml");
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        for kustomization in documents(&text)? {
            let components = links::array(&kustomization["components"]).map(links::text);
            used.extend(components.map(|component| overlay.join(component).canonicalize()));
        }
    }
    let used = used.into_iter().collect::<std::io::Result<Vec<_>>>().context("a component of an overlay")?;
    let all = folders(&root.join(COMPONENTS))?.into_iter().map(|folder| folder.canonicalize());
    let all = all.collect::<std::io::Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|component| !used.contains(component)).collect())
}

/// The objects of the base with one component, by a kustomization for the moment. It leads there by relative paths,
/// since kustomize knows no others.
fn render_on_base(root: &Path, component: &Path) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir()?;
    let depth = folder.path().canonicalize()?.components().count() - 1;
    let relative = |path: &Path| -> Result<String> {
        let path = path.canonicalize().with_context(|| format!("find {}", path.display()))?;
        Ok("../".repeat(depth) + path.strip_prefix("/")?.to_str().context("a path of UTF-8")?)
    };
    let kustomization = json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": "labelmesh",
        "resources": [relative(&root.join(BASE))?],
        "components": [relative(component)?],
        "images": [{"name": "labelmesh", "newTag": "0.1.0"}],
    });
    fs::write(folder.path().join("kustomization.yaml"), serde_yaml_ng::to_string(&kustomization)?)?;
    render(folder.path())
}

fn faults_of(object: &Value, schemas: &Schemas) -> Result<Vec<String>> {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = format!("{}/{}", text("apiVersion"), text("kind"));
    let Some(schema) = schemas.by_kind.get(&kind) else {
        return Ok(if schemas.complete { vec![format!("there is no schema for {kind}")] } else { vec![] });
    };
    let validator = jsonschema::validator_for(schema).with_context(|| kind.clone())?;
    let faults = validator.iter_errors(object).map(|fault| format!("{}: {fault}", fault.instance_path()));
    let judged = rules::judge(schema, object);
    if judged.not_tried > 0 {
        eprintln!("lint: {}: {} rules of its schema can't be tried here", links::name(object), judged.not_tried);
    }
    Ok(faults.chain(judged.faults).map(|fault| format!("{kind} {} {fault}", links::name(object))).collect())
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| format!("read {}", parent.display()))?;
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

/// Schemas by kind, made strict.
struct Schemas {
    by_kind: HashMap<Kind, Value>,
    /// Whether they are all that there should be.
    complete: bool,
}

impl Schemas {
    /// Those of the project, and those of a folder.
    fn load(folder: Option<&Path>) -> Result<Self> {
        let mut by_kind = HashMap::new();
        documents(KEDA)?.iter().for_each(|definition| load_custom(definition, &mut by_kind));
        let Some(folder) = folder else { return Ok(Self { by_kind, complete: false }) };
        for path in ["istio", "gateway-api", "prometheus-operator", "argo-rollouts", "flagger"]
            .iter()
            .flat_map(|name| yaml_files(&folder.join(name)))
        {
            let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
            let definitions = documents(&text).with_context(|| format!("parse {}", path.display()))?;
            definitions.iter().for_each(|definition| load_custom(definition, &mut by_kind));
        }
        load_kubernetes(&folder.join("kubernetes/k8s-openapi-v2-subset.json"), &mut by_kind)?;
        Ok(Self { by_kind, complete: true })
    }
}

/// The versions of a CustomResourceDefinition. Their schemas say nothing of the head that every object has.
fn load_custom(definition: &Value, schemas: &mut HashMap<Kind, Value>) {
    let spec = &definition["spec"];
    let (Some(group), Some(kind)) = (spec["group"].as_str(), spec["names"]["kind"].as_str()) else { return };
    for version in spec["versions"].as_array().into_iter().flatten() {
        let Some(name) = version["name"].as_str() else { continue };
        let mut schema = version["schema"]["openAPIV3Schema"].clone();
        schema["properties"]["apiVersion"] = json!({"type": "string"});
        schema["properties"]["kind"] = json!({"type": "string"});
        schema["properties"]["metadata"] = json!({"type": "object"});
        make_strict(&mut schema);
        schemas.insert(format!("{group}/{name}/{kind}"), schema);
    }
}

/// The kinds of Kubernetes itself: one document whose definitions refer to each other.
fn load_kubernetes(path: &Path, schemas: &mut HashMap<Kind, Value>) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let mut document: Value = serde_json::from_str(&text)?;
    let definitions = document["definitions"].as_object_mut().context("definitions")?;
    for (name, schema) in definitions.iter_mut() {
        match schema["format"].as_str() {
            Some("int-or-string") => *schema = json!({"type": ["integer", "string"]}),
            _ if name.ends_with(".Quantity") => *schema = json!({"type": ["number", "string"]}),
            _ => make_strict(schema),
        }
    }
    let definitions = definitions.clone();
    for (name, schema) in &definitions {
        for kind in schema["x-kubernetes-group-version-kind"].as_array().into_iter().flatten() {
            let text = |part: &str| kind[part].as_str().unwrap_or_default();
            let group = if text("group").is_empty() { String::new() } else { format!("{}/", text("group")) };
            let root = json!({"$ref": format!("#/definitions/{name}"), "definitions": definitions});
            schemas.insert(format!("{group}{}/{}", text("version"), text("kind")), root);
        }
    }
    Ok(())
}

/// Forbids, in every object whose fields are listed, the fields that are not.
fn make_strict(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let open = fields.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
            let listed = fields.get("properties").is_some_and(Value::is_object);
            if listed && !open && !fields.contains_key("additionalProperties") {
                fields.insert("additionalProperties".into(), Value::Bool(false));
            }
            if fields.remove("x-kubernetes-int-or-string") == Some(Value::Bool(true)) {
                fields.remove("anyOf");
                fields.insert("type".into(), json!(["integer", "string"]));
            }
            if fields.remove("nullable") == Some(Value::Bool(true))
                && let Some(Value::String(kind)) = fields.get("type").cloned()
            {
                fields.insert("type".into(), json!([kind, "null"]));
            }
            for (name, value) in fields.iter_mut() {
                match name.as_str() {
                    // What these hold is a condition on an object, not an object of its own.
                    "oneOf" | "anyOf" | "allOf" | "not" => {}
                    "properties" => {
                        value.as_object_mut().into_iter().flat_map(|map| map.values_mut()).for_each(make_strict)
                    }
                    _ => make_strict(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(make_strict),
        _ => {}
    }
}

fn documents(text: &str) -> Result<Vec<Value>> {
    let documents = serde_yaml_ng::Deserializer::from_str(text).map(Value::deserialize);
    let documents = documents.collect::<Result<Vec<_>, _>>()?;
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries
        .flat_map(|path| match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => yaml_files(&path),
            Some("yaml" | "yml") => vec![path],
            _ => Vec::new(),
        })
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_field_is_found() {
        let mut schema = json!({"type": "object", "properties": {"spec": {"type": "object", "properties": {"weight": {"type": "integer"}}}}});
        make_strict(&mut schema);
        let validator = jsonschema::validator_for(&schema).expect("a valid schema");
        assert!(validator.is_valid(&json!({"spec": {"weight": 90}})));
        assert!(!validator.is_valid(&json!({"spec": {"weigth": 90}})));
    }

    #[test]
    fn a_scaled_object_is_held_against_kedas_schema_wherever_we_are() {
        let schemas = Schemas::load(None).expect("the project's own schemas");
        let scaled = |fewest: u64, target: &str| {
            let spec = json!({
                target: {"name": "workers"},
                "minReplicaCount": fewest,
                "maxReplicaCount": 8,
                "triggers": [{"type": "prometheus", "metadata": {"threshold": "40"}}],
            });
            let head = json!({"name": "workers"});
            let object =
                json!({"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": head, "spec": spec});
            faults_of(&object, &schemas).expect("a schema").join("\n")
        };
        assert_eq!(scaled(0, "scaleTargetRef"), "");
        assert!(scaled(0, "scaleTarget").contains("'scaleTarget'"), "{}", scaled(0, "scaleTarget"));
        let fault = "minReplicaCount must be less than or equal to maxReplicaCount";
        assert!(scaled(9, "scaleTargetRef").contains(fault), "{}", scaled(9, "scaleTargetRef"));
    }
}
