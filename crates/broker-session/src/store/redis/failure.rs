//! What a failure of the server means, and how to fix it.

use std::{io, time::Duration};

use ::redis::{ErrorKind, RedisError};

use super::{address::Address, connection::Connector};
use crate::store::StoreError;

/// How much of a server's message is shown, in characters.
const MESSAGE_CHARS: usize = 200;

/// The server could not be reached.
pub(super) fn connect_failed(address: &Address, error: io::Error) -> StoreError {
    let failed = StoreError::new(format!("{address} cannot be reached"));
    let hint = match error.kind() {
        io::ErrorKind::ConnectionRefused => "Check that the server runs, and that the port is its own.",
        _ => "Check the name of the host and the way there.",
    };
    failed.caused_by(error).with_hint(hint)
}

/// There is somebody, but no TLS that can be trusted.
pub(super) fn tls_failed(address: &Address, error: io::Error) -> StoreError {
    let hint = match error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            "If the server's certificate comes from a private certificate authority, give the certificate of that one as a \
             root certificate. The host in the URL must be one that is in the certificate."
        }
        _ => {
            "Check that the port is the one on which the server speaks TLS; without TLS the URL begins with `redis://`."
        }
    };
    StoreError::new(format!("TLS with {address} failed")).caused_by(error).with_hint(hint)
}

/// The server has not responded.
pub(super) fn too_slow(address: &Address, limit: Duration) -> StoreError {
    let hint = if address.has_tls {
        "Check that the server runs, that it speaks TLS on this port, and that no firewall swallows the connection."
    } else {
        "Check that the server runs, and that no firewall swallows the connection."
    };
    StoreError::new(format!("{address} did not respond within {limit:?}")).with_hint(hint)
}

/// There is something else under a key of ours.
pub(super) fn not_an_entry(connector: &Connector) -> StoreError {
    StoreError::new(format!("{} holds something else than an entry of this store", connector.location()))
        .with_hint("Use a prefix or a database of its own for this store.")
}

/// The server has refused a command, or the connection was lost.
pub(super) fn failed(address: &Address, error: &RedisError) -> StoreError {
    match error.kind() {
        ErrorKind::Io => StoreError::new(format!("the connection to {address} was lost")).with_hint(
            if address.has_tls {
                "Check that the server runs."
            } else {
                "Check that the server runs, and that the port is not the one on which it speaks TLS: for that the URL begins \
                 with `rediss://`."
            },
        ),
        // What has arrived may be anything, so it is not shown.
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => {
            StoreError::new(format!("{address} does not speak the protocol of Redis"))
                .with_hint("Check the host and the port.")
        }
        _ => refused(address, error),
    }
}

fn refused(address: &Address, error: &RedisError) -> StoreError {
    let code = error.code().unwrap_or_default();
    let message = shown(error.detail().unwrap_or_default());
    let refused = StoreError::new(format!("{address} refused a command: {code} {message}"));
    let hint = match code {
        "WRONGPASS" => "Check the name of the user and the password.",
        "NOAUTH" => "The server wants a password: set it, from the environment or a file.",
        "ERR" if message.contains("AUTH") => {
            "The server has no password for this user: set none, or name the ACL user that has one."
        }
        // Redis 7 has no code of its own for a command within a script.
        "NOPERM" | "ERR" if code == "NOPERM" || message.contains("user executing the script") => {
            "Allow the ACL user the keys of this store and these commands: eval, evalsha, hget, hmget, hset, pexpire, persist, \
             del, scan; and select, if the database is not 0."
        }
        "READONLY" => "This is a replica: use the address of the primary.",
        "LOADING" | "MASTERDOWN" | "TRYAGAIN" | "BUSY" => "The server is not ready yet: try again.",
        "MOVED" | "ASK" | "CLUSTERDOWN" | "CROSSSLOT" => {
            "Redis Cluster is not supported: use a server that holds all keys."
        }
        "OOM" => "The server has no memory left: give it more.",
        "WRONGTYPE" => {
            "There is something else under a key of this store: use a prefix or a database of its own for it."
        }
        "NOREPLICAS" | "MISCONF" => "The server does not accept writes: see its log.",
        _ => "See the server's log. It must be Redis 6 or newer, or Valkey.",
    };
    refused.with_hint(hint)
}

/// A server's message without what it may quote, the arguments of the command, and without the place in the script.
fn shown(message: &str) -> String {
    let ends = [", with args", " script: "].iter().filter_map(|end| message.find(end));
    let message = message.get(..ends.min().unwrap_or(message.len())).unwrap_or_default();
    message.chars().take(MESSAGE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
