//! What `serve` reports: one object or some lines when it is ready, and lines for people from then on.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use broker_session_serve::Event;
use serde_json::{Value, json};

use super::{
    held::Sessions,
    listeners::{Listeners, OpenDoor},
};
use crate::{
    failure::Failure,
    output::{Output, print, printable, quoted},
};

/// Reports to who has started the program.
#[derive(Clone)]
pub(super) struct Reporter {
    output: Output,
    /// Whether it is ready, so that events are news.
    is_ready: Arc<AtomicBool>,
}

impl Reporter {
    pub(super) fn new(output: Output) -> Self {
        Self { output, is_ready: Arc::default() }
    }

    /// Reports that clients can come in.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn ready(
        &self,
        listeners: &Listeners,
        token_file: &Path,
        sessions: &Sessions,
    ) -> Result<(), Failure> {
        self.is_ready.store(true, Ordering::Relaxed);
        let object = object(listeners, token_file, sessions);
        self.output.result(&object, &lines(listeners, token_file, sessions).join("\n"))
    }

    /// Reports for people what has happened to a session.
    pub(super) fn event(&self, event: &Event) {
        if self.output.is_json() || !self.is_ready.load(Ordering::Relaxed) {
            return;
        }
        let (kind, why) = (event.kind.name().replace('_', " "), printable(&event.message));
        let open = event.login_url.as_deref().map(|url| format!(" Open {} in a browser.", printable(url)));
        // If this fails, the log still has it.
        let _ = print(&format!("{}: {kind}: {why}{}", event.session, open.unwrap_or_default()));
    }
}

fn object(listeners: &Listeners, token_file: &Path, sessions: &Sessions) -> Value {
    let first = listeners.doors.first();
    let gateways: Vec<Value> = listeners.gateways.iter().map(|gateway| gateway.to_json()).collect();
    json!({
        "listen": first.map(OpenDoor::listen),
        "url": first.and_then(OpenDoor::url),
        "token_file": token_file.display().to_string(),
        "sessions": sessions.to_json(),
        "gateways": gateways,
    })
}

fn lines(listeners: &Listeners, token_file: &Path, sessions: &Sessions) -> Vec<String> {
    let file = quoted(&token_file.display().to_string());
    let mut lines = Vec::new();
    for door in &listeners.doors {
        lines.push(format!("Serving at {}", door.url().map_or_else(|| door.listen(), str::to_owned)));
        match door.url() {
            Some(url) => {
                lines.push(format!("  token: {file}"));
                lines.push(format!("  page:  {url}/?token=$(cat {file})"));
            }
            None => lines.push("  for processes of this user, without a token".to_owned()),
        }
    }
    for gateway in &listeners.gateways {
        lines.push(format!("Serving {} as its gateway does at {}", gateway.broker, gateway.url));
        lines.push("  for every program on this machine, without a token".to_owned());
        if let Some(fingerprint) = &gateway.fingerprint {
            lines.push(format!("  certificate: {fingerprint}"));
        }
    }
    lines.extend(sessions.lines());
    lines
}
