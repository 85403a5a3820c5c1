//! A broker on a paused clock: requests take their time, but no network.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session_runtime::{Exchange, Transport, TransportBuilder, Unfit};
use reqwest::{Client, Request, Response};
use tokio::time::{Instant, sleep};

use crate::support::{call, unfit};

/// How long a request is on its way, and how long its answer.
pub(crate) type Latency = (Duration, Duration);

/// Answers each request when its time has come.
pub(crate) struct Broker {
    answers: Vec<Answer>,
    latencies: Vec<Latency>,
    sent: Mutex<usize>,
    arrived: Mutex<Vec<Instant>>,
}

/// A status, and a value for `Retry-After`.
pub(crate) type Answer = (u16, Option<&'static str>);

impl Broker {
    /// Gives the first answer to the first request and so on; the last one stands for all later ones.
    pub(crate) fn new(answers: &[Answer]) -> Arc<Self> {
        Self::with_latencies(answers, vec![(Duration::ZERO, Duration::ZERO)])
    }

    /// The latencies take turns.
    pub(crate) fn with_latencies(answers: &[Answer], latencies: Vec<Latency>) -> Arc<Self> {
        let (sent, arrived) = Default::default();
        Arc::new(Self { answers: answers.to_vec(), latencies, sent, arrived })
    }

    /// When the requests arrived, in that order.
    pub(crate) fn arrived(&self) -> Vec<Instant> {
        self.arrived.lock().unwrap().clone()
    }
}

impl Exchange for Broker {
    fn execute<'a>(
        &'a self,
        _client: &'a Client,
        _request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        Box::pin(async {
            let number = {
                let mut sent = self.sent.lock().unwrap();
                *sent += 1;
                *sent - 1
            };
            let (there, back) = self.latencies[number % self.latencies.len()];
            sleep(there).await;
            self.arrived.lock().unwrap().push(Instant::now());
            sleep(back).await;
            let (status, retry_after) = self.answers[number.min(self.answers.len() - 1)];
            let mut response = http::Response::builder().status(status);
            if let Some(value) = retry_after {
                response = response.header("retry-after", value);
            }
            Ok(response.body("[1]").unwrap().into())
        })
    }
}

/// What a call on a broker of this kind comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Through(u16),
    /// `Retry-After`, in seconds.
    HeldBack(u64),
}

pub(crate) fn on(broker: &Arc<Broker>, builder: TransportBuilder) -> Transport {
    builder.exchange(broker.clone()).build()
}

pub(crate) fn retry_after(response: &Response) -> Option<u64> {
    response.headers().get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap())
}

pub(crate) async fn came(transport: &Transport, id: &'static str) -> Came {
    let response = call(transport, "http://127.0.0.1:9/it", id).await.unwrap();
    match unfit(&response) {
        Some(Unfit::HeldBack) => Came::HeldBack(retry_after(&response).unwrap()),
        _ => Came::Through(response.status().as_u16()),
    }
}
