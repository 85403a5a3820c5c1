//! The sign-in with reqwest, with the deadlines and the rules of redirects that broker-session has.

mod by_hand;

use std::time::Duration;

use bench_programs::{Outcome, run};
use reqwest::{
    Client, Method,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use by_hand::{Call, Envelope, sign_in_and_out};

struct Kotak {
    http: Client,
    base: String,
}

impl Kotak {
    fn new(base: String) -> Outcome<Self> {
        let mut headers = HeaderMap::new();
        for (name, value) in [("consumerkey", "made-up-consumer-key"), ("ip", ""), ("appid", "made-up-app")] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer made-up-bearer"));
        let http = Client::builder()
            .user_agent("by-hand/0.1.0")
            .default_headers(headers)
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http, base })
    }
}

impl Call for Kotak {
    async fn call<T: DeserializeOwned>(
        &self,
        (method, path): (Method, &str),
        header: (&str, &str),
        body: Option<Value>,
    ) -> Outcome<T> {
        let url = format!("{}/session/1.0/session/{path}", self.base);
        let mut request =
            self.http.request(method, url).header(header.0, header.1).timeout(Duration::from_secs(10));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?.error_for_status()?;
        Ok(response.json::<Envelope<T>>().await?.success)
    }
}

fn main() -> Outcome {
    run(async |base| Kotak::new(base), sign_in_and_out)
}
