//! How many connections the system's limit of open files has room for.

use broker_session_serve::Limits;

/// Files for everything but connections: sockets that listen, the store, sign-ins, commands.
#[cfg(unix)]
const RESERVE: u64 = 128;

/// A client's connection, and the one to the broker that may belong to it.
#[cfg(unix)]
const FILES_OF_A_CONNECTION: u64 = 2;

/// The fewest connections.
#[cfg(unix)]
const FEWEST: u64 = 16;

/// The limits of the server. The limit of open files is raised as far as they need and the system lets it; beyond that,
/// there are fewer connections.
#[cfg(unix)]
pub(super) fn limits() -> Limits {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let mut limits = Limits::default();
    let connections = u64::try_from(limits.connections).unwrap_or(u64::MAX);
    let needed = connections.saturating_mul(FILES_OF_A_CONNECTION).saturating_add(RESERVE);
    // None is no limit.
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let mut allowed = current.unwrap_or(u64::MAX);
    let wanted = needed.min(maximum.unwrap_or(u64::MAX));
    if allowed < wanted && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok() {
        allowed = wanted;
    }
    let fitting = allowed.saturating_sub(RESERVE) / FILES_OF_A_CONNECTION;
    // Without any, nothing could be asked.
    limits.connections = usize::try_from(fitting.clamp(FEWEST, connections)).unwrap_or(limits.connections);
    if fitting < connections {
        tracing::info!(connections = limits.connections, "the limit of open files allows fewer connections");
    }
    limits
}

#[cfg(not(unix))]
pub(super) fn limits() -> Limits {
    Limits::default()
}
