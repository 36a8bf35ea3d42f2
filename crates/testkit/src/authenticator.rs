//! An authenticator that nobody here wrote: pyotp.

use std::process::Command;

use crate::Tools;

/// What pyotp shows at a time, in seconds since 1970, for whoever has read this `otpauth` address.
///
/// # Panics
/// Where pyotp is not installed, or can't read the address.
pub fn authenticator_code(uri: &str, at: i64) -> String {
    const SCRIPT: &str = "import sys, pyotp\nprint(pyotp.parse_uri(sys.argv[1]).at(int(sys.argv[2])))";
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT, uri, &at.to_string()]);
    let clients = Tools::locate().python_clients().expect("./dev parts has fetched them");
    let shown = python.env("PYTHONPATH", clients).output().expect("python3 runs");
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    String::from_utf8(shown.stdout).expect("digits").trim().to_owned()
}
