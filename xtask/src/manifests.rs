//! Renders what is applied to a cluster, as `kubectl apply -k` does, and holds it against the schemas of its kinds,
//! strictly: a field that the schema does not know is an error. What an object refers to must be there.
//!
//! The schemas (Kubernetes, Istio, Argo Rollouts) are large and not part of the project; where they are absent the
//! check says so. KEDA's is small and in `xtask/schemas`, with what is used of CloudNativePG's and cert-manager's.

mod brought;
mod keda;
mod rules;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use labelmesh_manifests::{documents, name};
use serde_json::{Value, json};

use crate::lint::part_path;

/// The schemas that are part of the project.
const OWN: &[&str] = &[
    include_str!("../schemas/barman-cloud.yaml"),
    include_str!("../schemas/cert-manager.yaml"),
    include_str!("../schemas/cloudnative-pg.yaml"),
    include_str!("../schemas/keda-scaled-object.yaml"),
];

/// What Istio itself is installed with, which is applied by nobody.
const MESH: &str = "mesh/istio/install.yaml";

/// Group, version and kind, such as "apps/v1/Deployment".
type Kind = String;

/// Checks everything below `root` that is applied as a whole.
pub(crate) fn check(root: &Path) -> Result<()> {
    let folder = root.join("../shared/schemas");
    let schemas = Schemas::load(folder.is_dir().then_some(folder.as_path()))?;
    if !schemas.complete {
        eprintln!("lint: manifests were NOT held against all schemas: the folder ../shared/schemas is not here");
    }
    let brought = brought::brought();
    let mut faults = Vec::new();
    for kustomization in labelmesh_manifests::all(root)? {
        let objects = kustomization.render(&part_path("kubectl"))?;
        let mut found = labelmesh_manifests::faults(&objects, &brought);
        found.extend(keda::faults(&objects)?);
        for object in &objects {
            found.extend(faults_of(object, &schemas)?);
        }
        let name = kustomization.name();
        eprintln!("lint: {name}: {} objects", objects.len());
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    let installed = fs::read_to_string(root.join(MESH)).with_context(|| format!("read {MESH}"))?;
    let found = labelmesh_manifests::faults(&documents(&installed)?, &[]);
    faults.extend(found.into_iter().map(|fault| format!("{MESH}: {fault}")));
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(())
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
        eprintln!("lint: {}: {} rules of its schema can't be tried here", name(object), judged.not_tried);
    }
    Ok(faults.chain(judged.faults).map(|fault| format!("{kind} {} {fault}", name(object))).collect())
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
        for text in OWN {
            documents(text)?.iter().for_each(|definition| load_custom(definition, &mut by_kind));
        }
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
