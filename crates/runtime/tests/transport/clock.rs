//! A broker on a paused clock: requests take their time, but no network.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use broker_session_runtime::{Failure, Middleware, Reason, Transport, TransportBuilder};
use reqwest::{Client, Request, Response};
use tokio::time::{Instant, sleep};

use crate::support::{call, status};

/// How long a request is under way, and how long its response.
pub(crate) type Latency = (Duration, Duration);

/// Responds to each request when its time has come.
pub(crate) struct Broker {
    responses: Vec<Canned>,
    latencies: Vec<Latency>,
    sent: Mutex<usize>,
    arrived: Mutex<Vec<Instant>>,
}

/// A status, and a value for `Retry-After`.
pub(crate) type Canned = (u16, Option<&'static str>);

impl Broker {
    /// Gives the first response to the first request and so on; the last one stands for all later ones.
    pub(crate) fn new(responses: &[Canned]) -> Arc<Self> {
        Self::with_latencies(responses, vec![(Duration::ZERO, Duration::ZERO)])
    }

    /// The latencies take turns.
    pub(crate) fn with_latencies(responses: &[Canned], latencies: Vec<Latency>) -> Arc<Self> {
        let (sent, arrived) = Default::default();
        Arc::new(Self { responses: responses.to_vec(), latencies, sent, arrived })
    }

    /// When the requests arrived, in that order.
    pub(crate) fn arrived(&self) -> Vec<Instant> {
        self.arrived.lock().unwrap().clone()
    }
}

impl Middleware for Broker {
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
            let (status, retry_after) = self.responses[number.min(self.responses.len() - 1)];
            let mut response = http::Response::builder().status(status);
            if let Some(value) = retry_after {
                response = response.header("retry-after", value);
            }
            Ok(response.body("[1]").unwrap().into())
        })
    }
}

/// The outcome of a call on such a broker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Through(u16),
    /// For so many seconds.
    Throttled(u64),
}

pub(crate) fn on(broker: &Arc<Broker>, builder: TransportBuilder) -> Transport {
    builder.middleware(broker.clone()).build()
}

pub(crate) fn retry_after(failure: &Failure) -> Option<u64> {
    failure.retry_after.map(|wait| wait.as_secs())
}

pub(crate) async fn came(transport: &Transport, id: &'static str) -> Came {
    let outcome = call(transport, "http://127.0.0.1:9/it", id).await;
    match &outcome {
        Err(failure) if failure.reason == Reason::Throttled => Came::Throttled(retry_after(failure).unwrap()),
        outcome => Came::Through(status(outcome).unwrap()),
    }
}
