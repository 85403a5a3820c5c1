//! What the contract tests of every broker share.
//!
//! Nothing but [`brokers`] knows a broker. A test names its [`Generated`] API, and these modules walk its spec:
//! serve every documented answer, call every operation by name, compare what went out and what came back.
//! Whoever adds an operation to a spec has its tests by that alone.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test by panicking"
)]

pub mod arbitrary;
mod arguments;
pub mod brokers;
mod canaries;
mod cases;
mod drift;
mod echo;
mod held;
pub mod hostile;
mod lossless;
pub mod matrix;
mod mutations;
mod outcomes;
mod play;
mod playing;
mod proxy;
mod raw;
mod reach;
mod report;
mod requests;
mod same_schema;
mod sandboxes;
mod scene;
mod schemas;
mod secure;
mod settings;
mod settled;
mod stage;
mod suites;
mod table;
mod told;
mod watch;
mod words;
mod world;

use broker_session_runtime::{Api, Transport, contract::Outcome};
use serde_json::Value;

pub use arguments::{arguments, credential, credential_text};
pub use cases::{Case, Spec};
pub use drift::check_drift;
pub use echo::{ADORNMENTS, adorned, check_echo, check_faults};
pub use held::{Held, Network};
pub use lossless::as_encoded;
pub use mutations::{Mutation, mutations};
pub use outcomes::{check_bodies, check_outcomes, check_requests};
pub use play::Answer;
pub use playing::Player;
pub use proxy::{Proxied, Proxy};
pub use raw::{Raw, Reaction, respond};
pub use reach::{
    At, Broker, Reach, as_answered, check_answers, check_reached, without_blanks, without_nulls,
};
pub use report::Report;
pub use requests::check_request;
pub use same_schema::check_schemas;
pub use sandboxes::check_sandbox;
pub use scene::Scene;
pub use schemas::{Fixture, Judge, check_mutations, fixtures};
pub use secure::Certified;
pub use settings::{AT_ONCE, HTML, JSON, SHORT, always, closed, kind, once, says, secret};
pub use settled::{Said, check_settled};
pub use stage::Stage;
pub use table::check_table;
pub use told::Told;
pub use watch::{CANARY, Watch, canary};
pub use words::{of_fault, of_text};
pub use world::{World, hostile_urls};

/// A generated API, as the generator writes it.
pub trait Generated {
    /// The generated client.
    type Client;

    /// The spec, loaded once.
    fn spec() -> &'static Spec;

    /// The generated table.
    fn api() -> &'static Api;

    /// A client at a base URL.
    fn client(base: &str, http: reqwest::Client, transport: Transport) -> Self::Client;

    /// The generated calls by name.
    fn call(
        client: &Self::Client,
        operation: &str,
        arguments: &Value,
    ) -> impl Future<Output = Result<Outcome, String>>;

    /// The JSON schemas of the generated types.
    fn schemas() -> Vec<(&'static str, schemars::Schema)>;
}
