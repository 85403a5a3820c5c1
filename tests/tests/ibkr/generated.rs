//! The generated client against its spec.

use broker_session_runtime::{Api, Transport, contract::Outcome};
use contract_tests::{
    Generated, check_bodies, check_mutations, check_outcomes, check_requests, check_schemas, check_table,
};
use serde_json::Value;

/// The API under test.
pub(crate) struct Ibkr;

impl Generated for Ibkr {
    type Client = ibkr_session_api::Client;

    const SPEC: &'static str = "ibkr-session.yaml";

    fn api() -> &'static Api {
        &ibkr_session_api::API
    }

    fn client(base: &str, http: reqwest::Client, transport: Transport) -> Self::Client {
        ibkr_session_api::Client::new_with_client(base, http, transport)
    }

    async fn call(client: &Self::Client, operation: &str, arguments: &Value) -> Result<Outcome, String> {
        ibkr_session_api::contract::call(client, operation, arguments).await
    }

    fn schemas() -> Vec<(&'static str, schemars::Schema)> {
        ibkr_session_api::contract::schemas()
    }
}

#[tokio::test]
async fn every_documented_answer_comes_out_as_what_it_is_and_loses_nothing() {
    check_outcomes::<Ibkr>().await.finish(80);
}

#[tokio::test]
async fn every_request_is_what_the_spec_asks_for_and_nothing_more() {
    check_requests::<Ibkr>().await.finish(8);
}

#[tokio::test]
async fn the_types_of_the_bodies_take_what_the_spec_accepts_and_nothing_else() {
    check_bodies::<Ibkr>().await.finish(10);
}

#[test]
fn the_types_have_the_schemas_of_the_spec() {
    check_schemas::<Ibkr>().finish(12);
}

#[test]
fn spec_type_and_decoder_accept_and_refuse_the_same_values() {
    check_mutations::<Ibkr>().finish(800);
}

#[test]
fn the_generated_table_says_what_the_spec_says() {
    check_table::<Ibkr>().finish(100);
}
