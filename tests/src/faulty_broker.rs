//! A broker for which everything goes well, except for one operation.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use broker_session::ClientOptions;
use broker_session_openapi::Operation;

use crate::{Broker, PausedClock, RawServer, Reaction, Spec, Target, TestCertificate, responses::Responses};

/// A server that plays an API over a raw socket, and what came to it.
pub struct FaultyBroker {
    responses: Arc<Responses>,
    prefix: &'static str,
    server: RawServer,
    paused: Arc<PausedClock>,
}

impl FaultyBroker {
    /// Everything goes well.
    pub async fn new<B: Broker>(spec: &Spec) -> Self {
        Self::start::<B>(spec, None, |_, _, response| response).await
    }

    /// Everything goes well, over TLS.
    pub async fn secure<B: Broker>(spec: &Spec, certified: &TestCertificate) -> Self {
        Self::start::<B>(spec, Some(certified), |_, _, response| response).await
    }

    /// Everything goes well but for one operation: `react` gets how often it was called before; where it has
    /// nothing to say, this operation goes well, too.
    pub async fn hostile<B: Broker>(
        spec: &Spec,
        target: &Operation,
        react: impl Fn(usize) -> Option<Reaction> + Send + Sync + 'static,
    ) -> Self {
        let (target, before) = (target.id.clone(), AtomicUsize::default());
        let responses = Responses::of_successes(spec).beside::<B>(&target);
        Self::serving::<B>(responses, None, move |operation, _, response| match operation == target {
            true => react(before.fetch_add(1, Ordering::SeqCst)).unwrap_or(response),
            false => response,
        })
        .await
    }

    async fn start<B: Broker>(
        spec: &Spec,
        certified: Option<&TestCertificate>,
        react: impl Fn(&str, &str, Reaction) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        Self::serving::<B>(Responses::of_successes(spec), certified, react).await
    }

    /// `react` gets the operation, the whole request and the response that is ready. While the server stalls or
    /// trickles, time runs on.
    pub(crate) async fn serving<B: Broker>(
        responses: Responses,
        certified: Option<&TestCertificate>,
        react: impl Fn(&str, &str, Reaction) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let (responses, paused) = (Arc::new(responses), Arc::new(PausedClock::new()));
        let (of_server, clock) = (responses.clone(), paused.clone());
        let decide = move |request: &str| match find(&of_server, B::PREFIX, request) {
            Some((operation, response)) => match react(operation, request, Reaction::Respond(response)) {
                Reaction::Stall(bytes) => Reaction::Silence(bytes, clock.clone()),
                Reaction::Trickle(first, then, pause, None) => {
                    Reaction::Trickle(first, then, pause, Some(clock.clone()))
                }
                reaction => reaction,
            },
            None => Reaction::Respond(crate::respond("404 Not Found", &[], "")),
        };
        let server = match certified {
            Some(certified) => RawServer::start_tls(certified, decide).await,
            None => RawServer::start(decide).await,
        };
        Self { responses, prefix: B::PREFIX, server, paused }
    }

    /// The server.
    pub fn server(&self) -> &RawServer {
        &self.server
    }

    /// Where clients are to call.
    pub fn at(&self, options: ClientOptions) -> Target {
        Target::new(format!("{}{}", self.server.base_url(), self.prefix), options)
    }

    /// The same on a paused clock.
    pub fn at_paused(&self, options: ClientOptions) -> Target {
        self.at(options.middleware(self.paused.clone()))
    }

    /// What holds time still while a response is under way.
    pub(crate) fn clock(&self) -> Arc<PausedClock> {
        self.paused.clone()
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &Operation) -> usize {
        let requests = self.server.requests();
        let meant = requests
            .iter()
            .filter_map(|request| find(&self.responses, self.prefix, request).map(|(id, _)| id));
        meant.filter(|id| *id == operation.id).count()
    }
}

/// The operation that a request is meant for, and its response.
fn find<'a>(responses: &'a Responses, prefix: &str, request: &str) -> Option<(&'a str, Vec<u8>)> {
    let mut words = request.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let path = target.split('?').next()?;
    let (id, response) = responses.find(method, prefix, path)?;
    Some((id, response.bytes()))
}
