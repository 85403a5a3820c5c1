//! A broker for which everything goes well, except for one operation.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use broker_session::Connection;
use broker_session_codegen::spec::Operation;

use crate::{At, Broker, Certified, Held, Raw, Reaction, Spec, play::Play};

/// A server that plays an API over a raw socket, and what came to it.
pub struct Scene {
    play: Arc<Play>,
    prefix: &'static str,
    server: Raw,
    held: Arc<Held>,
}

impl Scene {
    /// Everything goes well.
    pub async fn new<B: Broker>(spec: &Spec) -> Self {
        Self::start::<B>(spec, None, |_, _, answer| answer).await
    }

    /// Everything goes well, over TLS.
    pub async fn secure<B: Broker>(spec: &Spec, certified: &Certified) -> Self {
        Self::start::<B>(spec, Some(certified), |_, _, answer| answer).await
    }

    /// Everything goes well but for one operation: `react` is told how often it was called before; where it has
    /// nothing to say, this operation goes well, too.
    pub async fn hostile<B: Broker>(
        spec: &Spec,
        target: &Operation,
        react: impl Fn(usize) -> Option<Reaction> + Send + Sync + 'static,
    ) -> Self {
        let (target, before) = (target.id.clone(), AtomicUsize::default());
        Self::start::<B>(spec, None, move |operation, _, answer| match operation == target {
            true => react(before.fetch_add(1, Ordering::SeqCst)).unwrap_or(answer),
            false => answer,
        })
        .await
    }

    async fn start<B: Broker>(
        spec: &Spec,
        certified: Option<&Certified>,
        react: impl Fn(&str, &str, Reaction) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        Self::play::<B>(Play::of_successes(spec), certified, react).await
    }

    /// `react` is told the operation, the whole request and the answer that is ready. While the server stalls or
    /// trickles, time runs on.
    pub(crate) async fn play<B: Broker>(
        play: Play,
        certified: Option<&Certified>,
        react: impl Fn(&str, &str, Reaction) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let (play, held) = (Arc::new(play), Arc::new(Held::new()));
        let (of_server, clock) = (play.clone(), held.clone());
        let decide = move |request: &str| match find(&of_server, B::PREFIX, request) {
            Some((operation, answer)) => match react(operation, request, Reaction::Answer(answer)) {
                Reaction::Stall(bytes) => Reaction::Silence(bytes, clock.clone()),
                Reaction::Trickle(first, then, pause, None) => {
                    Reaction::Trickle(first, then, pause, Some(clock.clone()))
                }
                reaction => reaction,
            },
            None => Reaction::Answer(crate::respond("404 Not Found", &[], "")),
        };
        let server = match certified {
            Some(certified) => Raw::start_tls(certified, decide).await,
            None => Raw::start(decide).await,
        };
        Self { play, prefix: B::PREFIX, server, held }
    }

    /// The server.
    pub fn server(&self) -> &Raw {
        &self.server
    }

    /// Where clients are to call.
    pub fn at(&self, connection: Connection) -> At {
        At::new(format!("{}{}", self.server.base_url(), self.prefix), connection)
    }

    /// The same on a paused clock.
    pub fn at_held(&self, connection: Connection) -> At {
        self.at(connection.exchange(self.held.clone()))
    }

    /// What holds time still while an answer is under way.
    pub(crate) fn clock(&self) -> Arc<Held> {
        self.held.clone()
    }

    /// How often an operation was called.
    pub fn count(&self, operation: &Operation) -> usize {
        let requests = self.server.requests();
        let meant =
            requests.iter().filter_map(|request| find(&self.play, self.prefix, request).map(|(id, _)| id));
        meant.filter(|id| *id == operation.id).count()
    }
}

/// The operation that a request is meant for, and its answer.
fn find<'a>(play: &'a Play, prefix: &str, request: &str) -> Option<(&'a str, Vec<u8>)> {
    let mut words = request.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let path = target.split('?').next()?;
    let (id, answer) = play.find(method, prefix, path)?;
    Some((id, answer.bytes()))
}
