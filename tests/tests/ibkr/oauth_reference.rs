//! The client signs what a server in Python, written after the broker's document, accepts.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use broker_session::{
    ClientOptions, RetryPolicy,
    ibkr::{Client, oauth1a::Credentials},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::Value;

/// How many exchanges are made. In half of them the number that both sides share begins with a zero byte.
const EXCHANGES: usize = 24;

/// How many requests are signed after each.
const REQUESTS: usize = 12;

macro_rules! made_up {
    ($name:literal) => {
        include_str!(concat!("../../vectors/ibkr-oauth1a/", $name))
    };
}

/// Ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Python"]
async fn another_implementation_accepts_every_signature() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/ibkr-oauth1a");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ibkr/oauth_server.py");
    let process = Command::new("python3").args([script, folder]).stdout(Stdio::piped()).spawn();
    let mut server = Server(process.expect("Python starts"));
    let mut port = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut port).unwrap();

    let vectors: Value = serde_json::from_str(made_up!("vectors.json")).unwrap();
    let credentials = Credentials::builder()
        .consumer_key("MADEUPKEY")
        .access_token("00112233445566778899")
        .access_token_secret(vectors["access_token_secret_base64"].as_str().unwrap())
        .signature_key(made_up!("made-up-signature.pkcs1.pem"))
        .encryption_key(made_up!("made-up-encryption.pkcs1.pem"))
        .dh_parameters(made_up!("dhparam.pem"))
        .build()
        .unwrap();
    let client = Client::builder()
        .base_url(format!("http://127.0.0.1:{}/v1/api", port.trim()))
        // The broker's limit of ten requests a second is not what is tested.
        .options(ClientOptions::new().retry(RetryPolicy::NEVER))
        .oauth1a(credentials)
        .build()
        .unwrap();
    let session = client.unverified_session();
    let fields = prop::collection::vec(("[a-zA-Z0-9_.~ *&=+,%/-]{1,8}", "\\PC{0,12}"), 0..4);
    let requests = ("[a-z0-9._~-]{1,8}", fields);
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    for _ in 0..EXCHANGES {
        client.renew_authorization().await.unwrap();
        for _ in 0..REQUESTS {
            let (path, fields) = requests.new_tree(&mut runner).unwrap().current();
            let url = format!("{}/{path}", session.base_url());
            let request = session.authorize(session.http().get(url).query(&fields)).unwrap();
            let response = request.send().await.unwrap();
            let status = response.status();
            assert!(status.is_success(), "{path} {fields:?}: {}", response.text().await.unwrap());
        }
    }
}
