//! The brokers' OpenAPI documents, for published crates: the builds of the generated clients compare their code with them,
//! and the sandboxes take their responses from them.

/// The folder with the documents, where this crate was built: `neo-session.yaml` and so on. For build scripts.
pub const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// Interactive Brokers Client Portal Gateway and Web API.
pub const IBKR: &str = include_str!("ibkr-session.yaml");

/// Kotak Securities Trade API, `session/1.0`.
pub const KOTAK: &str = include_str!("kotak-session.yaml");

/// Kotak Neo Trade API.
pub const NEO: &str = include_str!("neo-session.yaml");
