//! How much of everything one client, or all of them, may have.

use std::time::Duration;

/// The limits of a server. [`Limits::default`] suits a machine with some programs on it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The longest head of a request (request line and headers), in bytes; 16 KiB by default.
    pub head_bytes: usize,
    /// The longest target in a request line, in bytes; 8 KiB by default.
    pub target_bytes: usize,
    /// The most header lines of a request; 64 by default.
    pub headers: usize,
    /// The longest body of a request, in bytes; 10 MiB by default.
    pub body_bytes: u64,
    /// The most requests that are forwarded at the same time; 512 by default. Further ones wait. WebSockets are not among
    /// them once they are open.
    pub requests: usize,
    /// The most open connections; 12,000 by default. Further ones wait in the system's queue.
    pub connections: usize,
    /// The most streams of events for pages; 32 by default.
    pub event_streams: usize,
    /// How long a client may take for the head of a request; 10 seconds by default.
    pub head_time: Duration,
    /// How long a connection may stay open without a request; 75 seconds by default.
    pub idle_time: Duration,
    /// How long a request waits for a place, and again for the broker's rate limit; 10 seconds by default. Then the response is
    /// 503 or 429 with `Retry-After`.
    pub queue_time: Duration,
    /// How long a request waits for a session; 30 seconds by default: a one-time password may be half a minute away.
    pub session_time: Duration,
    /// How long a client may stand still while it sends a body or reads a response; 30 seconds by default.
    pub stall_time: Duration,
    /// The least number of bytes a second of a client that is waited for, beyond `stall_time`; 1 KiB by default.
    pub bytes_per_second: u64,
    /// How long the broker may take for the head of a response, from when the request has been sent entirely, and each time that
    /// it does not take what is sent; 60 seconds by default.
    pub broker_time: Duration,
    /// How long the broker may pause within the body of a response; 60 seconds by default.
    pub broker_pause: Duration,
    /// How long a WebSocket may be open without a byte in either direction; ten minutes by default.
    pub tunnel_idle_time: Duration,
    /// How long a shutdown waits for what is under way; 10 seconds by default.
    pub shutdown_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            head_bytes: 16 * 1024,
            target_bytes: 8 * 1024,
            headers: 64,
            body_bytes: 10 * 1024 * 1024,
            requests: 512,
            connections: 12_000,
            event_streams: 32,
            head_time: seconds(10),
            idle_time: seconds(75),
            queue_time: seconds(10),
            session_time: seconds(30),
            stall_time: seconds(30),
            bytes_per_second: 1024,
            broker_time: seconds(60),
            broker_pause: seconds(60),
            tunnel_idle_time: seconds(600),
            shutdown_time: seconds(10),
        }
    }
}
