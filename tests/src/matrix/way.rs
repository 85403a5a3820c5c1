//! The way to a server that leads one operation elsewhere, and counts how often it is taken.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use broker_session_runtime::Exchange;
use reqwest::{Client, Request, Response};

use super::traps::Trap;
use crate::{Held, play::Play};

/// An [`Exchange`] on a paused clock that knows one operation.
pub(super) struct Way {
    held: Arc<Held>,
    play: Arc<Play>,
    prefix: &'static str,
    target: String,
    trap: Option<Arc<Trap>>,
    attempts: AtomicUsize,
}

impl Way {
    /// `play` tells the operations apart; the `target` falls into the trap.
    pub(super) fn new(
        held: Arc<Held>,
        play: Arc<Play>,
        prefix: &'static str,
        target: &str,
        trap: Option<Arc<Trap>>,
    ) -> Self {
        Self { held, play, prefix, target: target.to_owned(), trap, attempts: AtomicUsize::default() }
    }

    /// How often the operation was sent on its way.
    pub(super) fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    fn is_meant(&self, request: &Request) -> bool {
        let found = self.play.find(request.method().as_str(), self.prefix, request.url().path());
        found.is_some_and(|(id, _)| id == self.target)
    }
}

impl Exchange for Way {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        mut request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        if !self.is_meant(&request) {
            return self.held.execute(client, request);
        }
        self.attempts.fetch_add(1, Ordering::SeqCst);
        let Some(trap) = &self.trap else { return self.held.execute(client, request) };
        trap.lead(request.url_mut());
        let client = trap.client().unwrap_or(client);
        match trap.holds_time() {
            true => self.held.execute(client, request),
            false => Box::pin(client.execute(request)),
        }
    }
}
