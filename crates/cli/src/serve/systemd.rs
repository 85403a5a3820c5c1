//! What systemd passes to a service, and what is reported to it. Everything is without effect where there is no systemd.

/// The variables of systemd that are for this process alone.
pub(crate) const VARIABLES: [&str; 6] =
    ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

#[cfg(unix)]
pub(super) use self::unix::{passed, ready, reloading, status, stopping, watchdog};
#[cfg(not(unix))]
pub(super) use self::without::{passed, ready, reloading, status, stopping, watchdog};

/// A listening socket that systemd has opened, with its name (`FileDescriptorName=`).
pub(super) struct Passed {
    pub(super) name: String,
    pub(super) socket: PassedSocket,
}

/// Which kind of socket it is.
pub(super) enum PassedSocket {
    Tcp(std::net::TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener),
}

#[cfg(unix)]
mod unix {
    use std::env;

    use listenfd::ListenFd;
    use sd_notify::NotifyState;
    use tokio::time::{MissedTickBehavior, interval};

    use super::{Passed, PassedSocket};
    use crate::{failure::Failure, output::printable};

    /// The sockets that systemd has opened for this process.
    ///
    /// # Errors
    /// If one is no socket to accept connections from.
    pub(in super::super) fn passed() -> Result<Vec<Passed>, Failure> {
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut sockets = ListenFd::from_env();
        let mut passed = Vec::new();
        for index in 0..sockets.len() {
            let name = names.next().unwrap_or_default().to_owned();
            let socket = match sockets.take_unix_listener(index) {
                Ok(Some(socket)) => PassedSocket::Unix(socket),
                _ => match sockets.take_tcp_listener(index) {
                    Ok(Some(socket)) => PassedSocket::Tcp(socket),
                    _ => return Err(unusable(&name)),
                },
            };
            passed.push(Passed { name, socket });
        }
        Ok(passed)
    }

    fn unusable(name: &str) -> Failure {
        Failure::config(format!(
            "the socket `{}` that systemd has passed (LISTEN_FDS) is neither a port nor a Unix socket that streams. Correct `ListenStream=` in its unit.",
            printable(name)
        ))
    }

    /// Sends it. That nobody listens is no reason to end.
    fn send(states: &[NotifyState<'_>]) {
        if let Err(error) = sd_notify::notify(states) {
            tracing::warn!(%error, "systemd cannot be notified");
        }
    }

    /// It serves.
    pub(in super::super) fn ready() {
        send(&[NotifyState::Ready]);
    }

    /// It reads its settings again. [`ready`] must follow.
    pub(in super::super) fn reloading() {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => send(&[NotifyState::Reloading, now]),
            Err(error) => tracing::warn!(%error, "there is no clock"),
        }
    }

    /// It ends.
    pub(in super::super) fn stopping() {
        send(&[NotifyState::Stopping]);
    }

    /// A line for `systemctl status`.
    pub(in super::super) fn status(line: &str) {
        send(&[NotifyState::Status(&printable(line))]);
    }

    /// Reports as often as systemd wants it that the program still works. Does nothing if it does not want it.
    pub(in super::super) async fn watchdog() {
        let wanted = sd_notify::watchdog_enabled().filter(|period| !period.is_zero());
        let Some(period) = wanted else { return };
        let mut ticks = interval(period / 2);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            send(&[NotifyState::Watchdog]);
        }
    }
}

#[cfg(not(unix))]
mod without {
    use super::Passed;
    use crate::failure::Failure;

    pub(in super::super) fn passed() -> Result<Vec<Passed>, Failure> {
        Ok(Vec::new())
    }

    pub(in super::super) fn ready() {}

    pub(in super::super) fn reloading() {}

    pub(in super::super) fn stopping() {}

    pub(in super::super) fn status(_: &str) {}

    pub(in super::super) async fn watchdog() {}
}
