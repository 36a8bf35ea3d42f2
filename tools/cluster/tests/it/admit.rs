//! `./dev cluster admit` on overlays with one fault each.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const OVERLAYS: &str = "deploy/kubernetes/overlays";
/// The overlay of production as it stands.
const HEALTHY: &str = "deploy/kubernetes/overlays/production";

/// Overlays with a fault: a name, what it consists of beside its head, and what is said of it.
const ILL: &[(&str, &str, &str)] = &[
    (
        "typo",
        "
resources: [../dev]
patches:
  - target: {kind: Deployment, name: users}
    patch: |
      - {op: add, path: /spec/template/spec/serviceAccuntName, value: users}
",
        "(labelmesh/users; apps/v1, Kind=Deployment): .spec.template.spec.serviceAccuntName: field not declared in schema",
    ),
    ("image", "\nresources: [../../base]\n", "REFUSED Deployment users: the image labelmesh has no version"),
    (
        "config-map",
        "
resources: [../dev]
patches:
  - target: {kind: Deployment, name: users}
    patch: |
      - {op: replace, path: /spec/template/spec/containers/0/envFrom/0/configMapRef/name, value: nobodys}
",
        "REFUSED Deployment users: configMapRef/name: there is no ConfigMap nobodys",
    ),
    (
        "rights",
        "
resources: [../dev]
patches:
  - target: {kind: Deployment, name: users}
    patch: |
      - {op: replace, path: /spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation, value: true}
",
        r#"pods "users" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false"#,
    ),
    (
        "mesh",
        "
resources: [../production]
patches:
  - target: {kind: VirtualService, name: ingress}
    patch: |
      - {op: replace, path: /spec/gateways, value: [nowhere]}
",
        r#"REFUSED VirtualService labelmesh/ingress: Referenced gateway not found: "nowhere" (IST0101)"#,
    ),
];

/// Judges overlays of the manifests in `root`.
fn admit(root: &Path, overlays: &[String]) -> Output {
    let mut admit = Command::new(env!("CARGO_BIN_EXE_labelmesh-dev-cluster"));
    admit.args(["admit", "--if-built", "--root"]).arg(root).args(overlays).output().expect("the program starts")
}

/// A copy of the manifests, with the ill overlays among the others.
fn manifests() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["deploy", "mesh"] {
        let copied = Command::new("cp").arg("-R").arg(repository.join(folder)).arg(copy.path()).status();
        assert!(copied.expect("cp starts").success());
    }
    for (name, content, _) in ILL {
        let head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: labelmesh";
        let folder = copy.path().join(OVERLAYS).join(name);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("kustomization.yaml"), format!("{head}{content}")).expect("a file");
    }
    copy
}

#[test]
fn an_overlay_with_a_fault_is_refused_and_told_the_object_and_what_is_wrong_with_it() {
    let manifests = manifests();
    let ill: Vec<_> = ILL.iter().map(|(name, ..)| format!("{OVERLAYS}/{name}")).collect();
    let output = admit(manifests.path(), &[&[HEALTHY.to_owned()], &ill[..]].concat());
    let said = String::from_utf8_lossy(&output.stdout);
    if said.starts_with("NOT RUN") {
        eprintln!("NOT RUN: an_overlay_with_a_fault_is_refused: {said}");
        return;
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}{errors}");
    assert!(errors.contains(&format!("{} of {} are refused", ILL.len(), ILL.len() + 1)), "{said}{errors}");
    // What is said of an overlay stands between its name and the next one's.
    let of = |overlay: &str| {
        let (_, after) = said.split_once(overlay).unwrap_or_else(|| panic!("{overlay} is judged: {said}{errors}"));
        after.split(" s: ").next().unwrap_or_default()
    };
    assert!(!of(HEALTHY).contains("REFUSED"), "{said}");
    for (overlay, (_, _, fault)) in ill.iter().zip(ILL) {
        assert!(of(overlay).contains(fault), "{overlay}, {fault}: {said}");
    }
}
