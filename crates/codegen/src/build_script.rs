//! The `build.rs` of a generated crate. It fails if the spec has changed since the code was generated. With the crate's
//! feature `codegen` it generates the code for this build instead. [`generate`] is for a spec of one's own.
//!
//! Every ordinary build runs it, so it needs no parser unless the feature `generate` is on.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{header_hash, spec_hash};

/// The checked-in code of a generated crate, from the crate's folder.
const GENERATED: &str = "src/generated.rs";
/// The variable in which the compiler finds the path of the spec.
const DOCUMENT: &str = "OPENAPI_DOCUMENT";
/// How to fix stale code.
const REPAIR: &str = "run `cargo xtask generate` and review the difference";

/// The whole of a generated crate's `build.rs`.
///
/// The spec of the crate `neo-session-api` is `neo-session.yaml` in the folder `specs`. Without the crate's feature
/// `codegen` the build fails if `src/generated.rs` was not generated from it. With the feature the code is generated into
/// `OUT_DIR/generated.rs`, from that spec or from another one in the environment (see [`override_variable`]), and problems
/// of the spec fail the build.
pub fn run(specs: &str) -> ExitCode {
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let override_variable = override_variable(&package);
    let environment = Environment {
        crate_folder: env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default(),
        spec: Path::new(specs).join(format!("{}.yaml", package.strip_suffix("-api").unwrap_or(&package))),
        out_folder: env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default(),
        override_spec: env::var_os(&override_variable).filter(|path| !path.is_empty()).map(PathBuf::from),
        override_variable,
        // Cargo builds a build dependency once, with the features of all its users. So only this crate's own feature
        // shows whether to generate.
        generates: env::var_os("CARGO_FEATURE_CODEGEN").is_some(),
    };
    environment.print()
}

/// The whole `build.rs` of a crate that generates a client at each build, from a spec of its own. The path is relative to the
/// crate. The code is written to `OUT_DIR/generated.rs`; the crate's manifest needs the dependencies of this crate's README.
///
/// Problems of the spec fail the build, each with its line and a way to fix it.
#[cfg(feature = "generate")]
pub fn generate(spec: impl AsRef<Path>) -> ExitCode {
    let crate_folder = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let environment = Environment {
        spec: crate_folder.join(spec),
        crate_folder,
        out_folder: env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default(),
        override_spec: None,
        override_variable: override_variable(&env::var("CARGO_PKG_NAME").unwrap_or_default()),
        generates: true,
    };
    environment.print()
}

/// The environment variable that names another spec for a package: `KOTAK_SESSION_SPEC` for
/// `kotak-session-api`.
pub fn override_variable(package: &str) -> String {
    let name = package.strip_suffix("-api").unwrap_or(package);
    format!("{}_SPEC", name.replace('-', "_").to_uppercase())
}

/// The input of the build script from Cargo and the crate.
struct Environment {
    crate_folder: PathBuf,
    spec: PathBuf,
    out_folder: PathBuf,
    override_variable: String,
    override_spec: Option<PathBuf>,
    generates: bool,
}

impl Environment {
    /// Gives the lines to Cargo.
    fn print(&self) -> ExitCode {
        for instruction in self.instructions() {
            println!("{instruction}");
        }
        // `cargo::error` fails the build. A failure of the script itself would bury the message in its output.
        ExitCode::SUCCESS
    }

    /// The lines for Cargo.
    fn instructions(&self) -> Vec<String> {
        // Relative to the crate, like the default, because that is where a build script runs.
        let own =
            self.override_spec.as_ref().filter(|_| self.generates).map(|own| self.crate_folder.join(own));
        let spec = own.unwrap_or_else(|| self.spec.clone());
        let mut lines = vec![
            format!("cargo::rerun-if-env-changed={}", self.override_variable),
            format!("cargo::rerun-if-changed={GENERATED}"),
            format!("cargo::rerun-if-changed={}", spec.display()),
            format!("cargo::rustc-env={DOCUMENT}={}", spec.display()),
        ];
        if self.override_spec.is_some() && !self.generates {
            lines.push(format!(
                "cargo::warning={} is set, but has no effect without the feature `codegen`.",
                self.override_variable
            ));
        }
        let errors = if self.generates { self.generate(&spec) } else { self.stale(&spec) };
        let errors = errors.iter().flat_map(|errors| errors.lines());
        // Cargo shows only the first line of an instruction, so each line gets its own.
        lines.extend(errors.map(|line| format!("cargo::error={line}")));
        lines
    }

    /// The error if the checked-in code is not from this spec.
    fn stale(&self, spec: &Path) -> Option<String> {
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
                 `{}` was generated from another version (its hash is {}…, now {}…).\n\
                 To bring it up to date, {REPAIR}.",
                spec.display(),
                path.display(),
                found.get(..12).unwrap_or(found),
                expected.get(..12).unwrap_or(&expected),
            )),
            None => Some(format!(
                "`{}` does not name the hash of its spec: the line `// spec-sha256: …` is missing.\n\
                 To write it anew, {REPAIR}.",
                path.display()
            )),
        }
    }

    /// Generates into `OUT_DIR`; the error if that fails.
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

    /// The error for a build without the generator.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate with its spec.
    struct Crate {
        folder: tempfile::TempDir,
        environment: Environment,
    }

    fn a_crate() -> Crate {
        let folder = tempfile::tempdir().unwrap();
        for inner in ["crate/src", "out"] {
            fs::create_dir_all(folder.path().join(inner)).unwrap();
        }
        let environment = Environment {
            crate_folder: folder.path().join("crate"),
            spec: folder.path().join("example.yaml"),
            out_folder: folder.path().join("out"),
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
    fn the_variable_follows_from_the_name_of_the_package() {
        assert_eq!(override_variable("kotak-session-api"), "KOTAK_SESSION_SPEC");
    }

    #[test]
    fn code_of_this_spec_is_fine_with_any_line_endings() {
        let it = a_crate();
        it.write("example.yaml", "a: 1\r\nb: 2\r\n");
        it.write("crate/src/generated.rs", &header("a: 1\nb: 2\n"));
        assert_eq!(it.errors(), "");
    }

    #[test]
    fn a_changed_spec_fails_the_build_with_a_way_out() {
        let it = a_crate();
        it.write("example.yaml", "a: 2\n");
        it.write("crate/src/generated.rs", &header("a: 1\n"));
        let errors = it.errors();
        for part in ["The spec has changed", "example.yaml", "generated.rs", "cargo xtask generate"] {
            assert!(errors.contains(part), "{errors}");
        }
    }

    #[test]
    fn code_without_a_hash_or_no_code_at_all_fails_the_build() {
        let it = a_crate();
        it.write("example.yaml", "a: 2\n");
        assert!(it.errors().contains("Cannot read"), "{}", it.errors());
        it.write("crate/src/generated.rs", "struct A;\n");
        assert!(it.errors().contains("spec-sha256"), "{}", it.errors());
    }

    #[test]
    fn a_missing_spec_fails_the_build() {
        let it = a_crate();
        it.write("crate/src/generated.rs", &header("a: 1\n"));
        assert!(it.errors().contains("Cannot read the spec"), "{}", it.errors());
    }

    #[test]
    fn cargo_gets_what_to_watch_and_the_path_of_the_spec() {
        let it = a_crate();
        it.write("example.yaml", "a: 1\n");
        let lines = it.environment.instructions().join("\n");
        for part in [
            "rerun-if-env-changed=EXAMPLE_SPEC",
            "rerun-if-changed=src/generated.rs",
            "example.yaml",
            "rustc-env=OPENAPI_DOCUMENT=/",
        ] {
            assert!(lines.contains(part), "{lines}");
        }
    }

    #[test]
    fn a_spec_of_ones_own_without_the_feature_is_warned_of() {
        let mut it = a_crate();
        it.environment.override_spec = Some(PathBuf::from("own.yaml"));
        it.write("example.yaml", "a: 1\n");
        it.write("crate/src/generated.rs", &header("a: 1\n"));
        assert!(it.environment.instructions().join("\n").contains("cargo::warning=EXAMPLE_SPEC"));
        assert_eq!(it.errors(), "");
    }

    #[cfg(feature = "generate")]
    #[test]
    fn a_mistake_in_the_spec_fails_the_build_with_its_place() {
        let mut it = a_crate();
        it.environment.generates = true;
        it.write("example.yaml", "openapi: 3.0.3\ninfo: [\n");
        let errors = it.errors();
        assert!(errors.contains("error[yaml]") && errors.contains("example.yaml:2:7"), "{errors}");
    }
}
