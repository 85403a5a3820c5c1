//! The code that the feature `codegen` of a crate generates during the build.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::apis::Api;

/// Builds the crate with the feature, and returns the code that its build script wrote.
pub(crate) fn generated(api: &Api) -> Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "check",
            "--quiet",
            "--package",
            &api.package,
            "--features",
            "codegen",
            "--message-format",
            "json",
        ])
        // The environment of a developer may name another spec.
        .env_remove(broker_session_codegen::build_script::override_variable(&api.package))
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("{} does not build with the feature `codegen`; see above", api.package);
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let folder = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .find_map(|message| out_dir(&message, api));
    let file =
        folder.context("cargo does not report the output folder of the build script")?.join("generated.rs");
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// The output folder of the package's build script, if this message of cargo contains it.
fn out_dir(message: &Value, api: &Api) -> Option<PathBuf> {
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let of_package = text("package_id")?.contains(&api.package);
    (text("reason")? == "build-script-executed" && of_package)
        .then(|| text("out_dir").map(PathBuf::from))
        .flatten()
}
