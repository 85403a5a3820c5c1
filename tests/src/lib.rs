//! What the contract tests of every broker share.
//!
//! What differs between the brokers is in [`brokers`]. A test names its [`Generated`] API, and these modules walk its spec:
//! serve every documented response, call every operation by name, compare what went out and what came back.
//! An operation that is added to a spec has its tests by that alone.

pub mod arbitrary;
mod broker_hosts;
mod broker_message;
pub mod brokers;
mod cases;
#[cfg(feature = "sandboxes")]
mod chromium;
mod cuttable_proxy;
mod drift;
mod echo;
mod encoded;
mod faulty_broker;
pub mod hostile;
mod leak_detector;
pub mod matrix;
mod mock_broker;
mod outcomes;
mod paused_clock;
mod proxy;
mod raw_server;
mod redis_server;
mod report;
mod requests;
mod responses;
mod same_schema;
#[cfg(feature = "sandboxes")]
mod sandbox_client;
mod scenario;
mod schemas;
mod settings;
mod stepped_store;
mod suites;
mod table;
mod test_certificate;

use broker_session_runtime::{Api, Transport, contract::Outcome};
use serde_json::Value;

pub use broker_hosts::{BrokerHosts, hostile_urls};
pub use broker_message::{BrokerMessage, compare_outcome, of_fault, of_text};
pub use cases::{Case, Spec};
#[cfg(feature = "sandboxes")]
pub use chromium::{complaints, in_chromium};
pub use cuttable_proxy::CuttableProxy;
pub use drift::check_drift;
pub use echo::{ADORNMENTS, adorned, check_echo, check_faults};
pub use encoded::{Mutation, as_encoded, mutations};
pub use faulty_broker::FaultyBroker;
pub use leak_detector::{CANARY, LeakDetector, canary};
pub use mock_broker::{MockApi, MockBroker};
pub use outcomes::{check_bodies, check_outcomes, check_requests};
pub use paused_clock::{Network, PausedClock};
pub use proxy::{ProxiedRequest, Proxy};
pub use raw_server::{RawServer, Reaction, respond};
pub use redis_server::RedisServer;
pub use report::Report;
pub use requests::{arguments, check_request, credential, credential_text};
pub use responses::MockResponse;
pub use same_schema::check_schemas;
#[cfg(feature = "sandboxes")]
pub use sandbox_client::{SandboxClient, check_sandbox};
pub use scenario::{
    Broker, Scenario, Target, as_json, as_received, check_responses, check_scenarios, without_blanks,
    without_nulls,
};
pub use schemas::{Judge, Meaning, check_mutations};
pub use settings::{AT_ONCE, HTML, JSON, SHORT, closed, kind, lock, once, secret, serve_always, serve_json};
pub use stepped_store::SteppedStore;
pub use table::check_table;
pub use test_certificate::TestCertificate;

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
