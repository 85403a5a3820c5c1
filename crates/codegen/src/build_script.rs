//! What the `build.rs` of a generated crate does: notice that the spec has changed since its code was
//! generated, or, with the crate's feature `codegen`, generate the code anew for this build.
//!
//! Always compiled, and without a parser unless the feature `generate` is on, since every ordinary build
//! runs it.

use std::{
    env, fs,
    path::{Component, Path, PathBuf},
    process::ExitCode,
};

use crate::{header_hash, spec_hash};

/// The checked-in code of a generated crate, from the crate's folder.
const GENERATED: &str = "src/generated.rs";
/// What repairs stale code.
const REPAIR: &str = "run `cargo xtask generate` and review the difference";

/// The whole of a generated crate's `build.rs`.
///
/// The package `NAME-api` belongs to the spec `openapi/NAME.yaml`, two folders above it. With the crate's
/// feature `codegen` another spec may be named in the environment, see [`override_variable`].
///
/// Without the feature `codegen` the build fails if the spec stands there and is not the one from which
/// `src/generated.rs` was generated. A published crate has no spec beside it, and nothing is checked. With
/// the feature the code is generated into `OUT_DIR/generated.rs`, and problems of the spec fail the build.
pub fn run() -> ExitCode {
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let override_variable = override_variable(&package);
    let environment = Environment {
        crate_folder: env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default(),
        out_folder: env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default(),
        spec: format!("../../openapi/{}.yaml", spec_name(&package)),
        override_spec: env::var_os(&override_variable).filter(|path| !path.is_empty()).map(PathBuf::from),
        override_variable,
        // Cargo builds a build dependency once, with the features of all who use it, so that whether the
        // generator is compiled in says nothing about this crate. Its own feature does.
        generates: env::var_os("CARGO_FEATURE_CODEGEN").is_some(),
    };
    for instruction in environment.instructions() {
        println!("{instruction}");
    }
    // `cargo::error` fails the build. A failure of the script itself would bury the message in its output.
    ExitCode::SUCCESS
}

/// The environment variable that names another spec for a package: `KOTAK_SESSION_SPEC` for
/// `kotak-session-api`.
pub fn override_variable(package: &str) -> String {
    format!("{}_SPEC", spec_name(package).replace('-', "_").to_uppercase())
}

/// The name of a package's spec, without its ending.
fn spec_name(package: &str) -> &str {
    package.strip_suffix("-api").unwrap_or(package)
}

/// What Cargo and the crate tell the build script.
struct Environment {
    crate_folder: PathBuf,
    out_folder: PathBuf,
    spec: String,
    override_variable: String,
    override_spec: Option<PathBuf>,
    generates: bool,
}

impl Environment {
    /// The lines for Cargo.
    fn instructions(&self) -> Vec<String> {
        let spec = tidy(self.crate_folder.join(&self.spec));
        let mut lines = vec![
            format!("cargo::rerun-if-env-changed={}", self.override_variable),
            format!("cargo::rerun-if-changed={GENERATED}"),
        ];
        // Cargo would run the script anew each time for a file that does not exist.
        if spec.exists() {
            lines.push(format!("cargo::rerun-if-changed={}", spec.display()));
        }
        let errors = match (self.generates, &self.override_spec) {
            (false, override_spec) => {
                if override_spec.is_some() {
                    lines.push(format!(
                        "cargo::warning={} is set, but has no effect without the feature `codegen`.",
                        self.override_variable
                    ));
                }
                self.stale(&spec)
            }
            (true, Some(own)) => {
                // Relative to the crate, like the default, because that is where a build script runs.
                let own = self.crate_folder.join(own);
                lines.push(format!("cargo::rerun-if-changed={}", own.display()));
                self.generate(&own)
            }
            (true, None) if !spec.exists() => Some(format!(
                "The feature `codegen` is on, but there is no spec at `{}`.\n\
                 A published crate comes without its spec.\n\
                 Set {} to the path of a spec, or turn the feature off.",
                spec.display(),
                self.override_variable
            )),
            (true, None) => self.generate(&spec),
        };
        let errors = errors.iter().flat_map(|errors| errors.lines());
        // A line of its own for each line: Cargo shows only the first of several.
        lines.extend(errors.map(|line| format!("cargo::error={line}")));
        lines
    }

    /// What to say if the checked-in code is not from this spec.
    fn stale(&self, spec: &Path) -> Option<String> {
        if !spec.exists() {
            return None;
        }
        let expected = match fs::read(spec) {
            Ok(text) => spec_hash(&text),
            Err(error) => return Some(format!("Cannot read the spec `{}`: {error}.", spec.display())),
        };
        let path = self.crate_folder.join(GENERATED);
        let generated = match fs::read_to_string(&path) {
            Ok(generated) => generated,
            Err(error) => return Some(format!("Cannot read `{}`: {error}; {REPAIR}.", path.display())),
        };
        match header_hash(&generated) {
            Some(found) if found == expected => None,
            Some(found) => Some(format!(
                "The spec has changed: `{}`.\n\
                 `{}` was generated from another text (its hash is {}…, now {}…).\n\
                 To bring it up to date, {REPAIR}.",
                spec.display(),
                path.display(),
                found.get(..12).unwrap_or(found),
                expected.get(..12).unwrap_or(&expected),
            )),
            None => Some(format!(
                "`{}` does not say which spec it was generated from: the line `// spec-sha256: …` is missing.\n\
                 To write it anew, {REPAIR}.",
                path.display()
            )),
        }
    }

    /// Generates into `OUT_DIR`; what to say if that fails.
    #[cfg(feature = "generate")]
    fn generate(&self, spec: &Path) -> Option<String> {
        let generated = crate::Document::load(spec).and_then(|document| crate::generate(&document));
        let code = match generated {
            Ok(code) => code,
            Err(problems) => return Some(problems.to_string()),
        };
        let path = self.out_folder.join("generated.rs");
        let error = fs::write(&path, code).err()?;
        Some(format!("Cannot write the generated code to `{}`: {error}.", path.display()))
    }

    /// Says that the generator is not there.
    #[cfg(not(feature = "generate"))]
    fn generate(&self, _spec: &Path) -> Option<String> {
        Some(format!(
            "The feature `codegen` is on, but the generator was built without its feature `generate`, so \
             nothing was written to `{}`.\n\
             Let the crate's feature `codegen` turn on `broker-session-codegen/generate`.",
            self.out_folder.display()
        ))
    }
}

/// The path without `..`, which makes messages readable; as it is where that leads elsewhere.
fn tidy(path: PathBuf) -> PathBuf {
    let short = path.components().fold(PathBuf::new(), |mut short, component| {
        if component != Component::ParentDir || !short.pop() {
            short.push(component);
        }
        short
    });
    if short.exists() { short } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate beside a spec, as in the workspace.
    struct Crate {
        folder: tempfile::TempDir,
        environment: Environment,
    }

    fn a_crate() -> Crate {
        let folder = tempfile::tempdir().unwrap();
        for inner in ["crate/src", "out", "openapi"] {
            fs::create_dir_all(folder.path().join(inner)).unwrap();
        }
        let environment = Environment {
            crate_folder: folder.path().join("crate"),
            out_folder: folder.path().join("out"),
            spec: "../openapi/spec.yaml".to_owned(),
            override_variable: "EXAMPLE_SPEC".to_owned(),
            override_spec: None,
            generates: false,
        };
        Crate { folder, environment }
    }

    impl Crate {
        fn write(&self, path: &str, text: &str) {
            fs::write(self.folder.path().join(path), text).unwrap();
        }

        fn errors(&self) -> String {
            let lines = self.environment.instructions();
            let errors = lines.iter().filter_map(|line| line.strip_prefix("cargo::error="));
            errors.collect::<Vec<_>>().join("\n")
        }
    }

    fn header(spec: &str) -> String {
        format!("// Generated.\n// spec-sha256: {}\n", spec_hash(spec.as_bytes()))
    }

    #[test]
    fn the_spec_and_the_variable_follow_from_the_name_of_the_package() {
        assert_eq!(spec_name("kotak-session-api"), "kotak-session");
        assert_eq!(override_variable("kotak-session-api"), "KOTAK_SESSION_SPEC");
    }

    #[test]
    fn code_of_the_spec_that_stands_there_is_fine_whatever_its_line_endings() {
        let it = a_crate();
        it.write("openapi/spec.yaml", "a: 1\r\nb: 2\r\n");
        it.write("crate/src/generated.rs", &header("a: 1\nb: 2\n"));
        assert_eq!(it.errors(), "");
    }

    #[test]
    fn a_changed_spec_fails_the_build_and_says_how_to_go_on() {
        let it = a_crate();
        it.write("openapi/spec.yaml", "a: 2\n");
        it.write("crate/src/generated.rs", &header("a: 1\n"));
        let errors = it.errors();
        for part in ["The spec has changed", "spec.yaml", "generated.rs", "cargo xtask generate"] {
            assert!(errors.contains(part), "{errors}");
        }
    }

    #[test]
    fn code_without_a_hash_or_no_code_at_all_fails_the_build() {
        let it = a_crate();
        it.write("openapi/spec.yaml", "a: 2\n");
        assert!(it.errors().contains("Cannot read"), "{}", it.errors());
        it.write("crate/src/generated.rs", "struct A;\n");
        assert!(it.errors().contains("spec-sha256"), "{}", it.errors());
    }

    #[test]
    fn a_published_crate_without_its_spec_is_not_checked() {
        let it = a_crate();
        it.write("crate/src/generated.rs", "struct A;\n");
        assert_eq!(it.errors(), "");
        let watched = it.environment.instructions().join("\n");
        assert!(!watched.contains("spec.yaml"), "{watched}");
    }

    #[test]
    fn cargo_is_told_what_to_watch() {
        let it = a_crate();
        it.write("openapi/spec.yaml", "a: 1\n");
        let lines = it.environment.instructions().join("\n");
        for part in
            ["rerun-if-env-changed=EXAMPLE_SPEC", "rerun-if-changed=src/generated.rs", "openapi/spec.yaml"]
        {
            assert!(lines.contains(part), "{lines}");
        }
    }

    #[test]
    fn a_spec_of_ones_own_without_the_feature_is_warned_of() {
        let mut it = a_crate();
        it.environment.override_spec = Some(PathBuf::from("own.yaml"));
        assert!(it.environment.instructions().join("\n").contains("cargo::warning=EXAMPLE_SPEC"));
        assert_eq!(it.errors(), "");
    }

    #[test]
    fn the_feature_without_a_spec_says_what_to_set() {
        let mut it = a_crate();
        it.environment.generates = true;
        assert!(it.errors().contains("Set EXAMPLE_SPEC"), "{}", it.errors());
    }

    #[cfg(feature = "generate")]
    #[test]
    fn a_mistake_in_the_spec_fails_the_build_with_its_place() {
        let mut it = a_crate();
        it.environment.generates = true;
        it.write("openapi/spec.yaml", "openapi: 3.0.3\ninfo: [\n");
        let errors = it.errors();
        assert!(errors.contains("spec.yaml:3:1") || errors.contains("spec.yaml:2:"), "{errors}");
        assert!(errors.contains("yaml-syntax"), "{errors}");
    }
}
