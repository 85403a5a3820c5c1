//! What is counted, and the format that Prometheus reads.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use broker_session::{Clock, provider::ProviderStatus};
use parking_lot::Mutex;

use crate::{outcome::Maker, upstream::Upstream};

/// Upper bounds of the histogram of added latency, in microseconds.
const BOUNDS: [u64; 10] = [25, 50, 100, 150, 250, 500, 1_000, 5_000, 25_000, 100_000];

/// Counts one of something for as long as it lives.
#[derive(Debug)]
pub(crate) struct Gauge(Arc<AtomicI64>);

impl Gauge {
    pub(crate) fn of(count: &Arc<AtomicI64>) -> Self {
        count.fetch_add(1, Relaxed);
        Self(count.clone())
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// What is counted for the whole server.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) connections: Arc<AtomicI64>,
    pub(crate) requests: Arc<AtomicI64>,
    pub(crate) queued: Arc<AtomicI64>,
    pub(crate) tunnels: Arc<AtomicI64>,
    /// Requests that were not let in, or were no requests.
    pub(crate) refused: AtomicU64,
}

/// What is counted for one session.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    responses: Mutex<BTreeMap<(u16, Maker), u64>>,
    pub(crate) sign_ins: AtomicU64,
    pub(crate) renewals: AtomicU64,
    /// Responses of the broker's with status 429.
    pub(crate) penalties: AtomicU64,
    /// Responses that report a session that is over.
    pub(crate) session_ends: AtomicU64,
    /// Responses whose body broke off after their head was passed on.
    pub(crate) broken: AtomicU64,
    buckets: [AtomicU64; BOUNDS.len()],
    added_micros: AtomicU64,
    added_count: AtomicU64,
}

impl Counts {
    pub(crate) fn responded(&self, status: u16, from: Maker) {
        *self.responses.lock().entry((status, from)).or_default() += 1;
    }

    /// The time that a request has spent here, apart from its wait for a place, for the session, and for the broker with its
    /// rate limit.
    pub(crate) fn added(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().zip(&self.buckets).find(|(bound, _)| micros <= **bound);
        if let Some((_, bucket)) = bucket {
            bucket.fetch_add(1, Relaxed);
        }
        self.added_micros.fetch_add(micros, Relaxed);
        self.added_count.fetch_add(1, Relaxed);
    }

    /// How many responses there were by their status alone.
    pub(crate) fn by_status(&self) -> BTreeMap<u16, u64> {
        let mut by_status = BTreeMap::new();
        for ((status, _), count) in &*self.responses.lock() {
            *by_status.entry(*status).or_default() += count;
        }
        by_status
    }
}

/// The text that Prometheus reads.
pub(crate) async fn text(metrics: &Metrics, upstreams: &[Arc<Upstream>]) -> String {
    let mut page = Page(String::with_capacity(4096));
    page.family("waiting_requests", "gauge", "Requests that wait for the broker's rate limit.");
    for upstream in upstreams {
        page.sample("waiting_requests", &[("session", upstream.name())], upstream.waiting().await);
    }
    page.family("penalty_seconds", "gauge", "Seconds until the broker wants requests again; 0 if it does.");
    for upstream in upstreams {
        let seconds = upstream.limited_time().as_secs_f64().ceil();
        page.sample("penalty_seconds", &[("session", upstream.name())], seconds);
    }
    let now = Clock.now();
    page.family("state", "gauge", "1 for the state that the session is in, 0 for the others.");
    for upstream in upstreams {
        let current = upstream.state().status();
        for status in STATUSES {
            let labels = [("session", upstream.name()), ("state", status.name())];
            page.sample("state", &labels, i64::from(status == current));
        }
    }
    page.family("expires_in_seconds", "gauge", "Seconds until the session ends, where that is known.");
    for upstream in upstreams {
        if let Some(end) = upstream.state().expires_at() {
            let seconds = end.duration_since(now).as_secs().max(0);
            page.sample("expires_in_seconds", &[("session", upstream.name())], seconds);
        }
    }
    type Read = fn(&Counts) -> u64;
    let counters: [(&str, &str, Read); 5] = [
        (
            "sign_ins_total",
            "Sign-ins that this program has made, for a first session or the next one.",
            |counts| counts.sign_ins.load(Relaxed),
        ),
        ("renewals_total", "Sessions that replaced another one.", |counts| counts.renewals.load(Relaxed)),
        ("penalties_total", "Responses with status 429.", |counts| counts.penalties.load(Relaxed)),
        ("session_ends_total", "Responses that report a session that is over.", |counts| {
            counts.session_ends.load(Relaxed)
        }),
        ("broken_responses_total", "Responses that broke off within their body.", |counts| {
            counts.broken.load(Relaxed)
        }),
    ];
    for (name, help, read) in counters {
        page.family(name, "counter", help);
        for upstream in upstreams {
            page.sample(name, &[("session", upstream.name())], read(upstream.counts()));
        }
    }
    let help = "Requests for a session, by the status of the response and who has made it.";
    page.family("requests_total", "counter", help);
    for upstream in upstreams {
        for ((status, from), count) in &*upstream.counts().responses.lock() {
            let from = match from {
                Maker::Broker => "broker",
                Maker::Proxy => "proxy",
            };
            let labels = [("session", upstream.name()), ("status", &status.to_string()), ("from", from)];
            page.sample("requests_total", &labels, count);
        }
    }
    let help = "Time that a request spends here, without its waits for a place, the session, the rate limit and the broker.";
    page.family("added_latency_seconds", "histogram", help);
    for upstream in upstreams {
        page.histogram(upstream.name(), upstream.counts());
    }
    let gauges = [
        ("connections", "Open connections of clients.", &metrics.connections),
        (
            "requests_in_flight",
            "Requests that have a place: they wait for the session, the rate limit or the broker, or their response is on its way.",
            &metrics.requests,
        ),
        (
            "queued_requests",
            "Requests that wait for a place among those in flight, or for a session.",
            &metrics.queued,
        ),
        ("websockets", "Open WebSockets.", &metrics.tunnels),
    ];
    for (name, help, value) in gauges {
        page.family(name, "gauge", help);
        page.sample(name, &[], value.load(Relaxed));
    }
    page.family("refused_total", "counter", "Requests that were not let in, or were no requests.");
    page.sample("refused_total", &[], metrics.refused.load(Relaxed));
    page.0
}

const STATUSES: [ProviderStatus; 6] = [
    ProviderStatus::Idle,
    ProviderStatus::SigningIn,
    ProviderStatus::Ready,
    ProviderStatus::PersonNeeded,
    ProviderStatus::Failed,
    ProviderStatus::SignedOut,
];

struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "# HELP broker_session_{name} {help}\n# TYPE broker_session_{name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let _ = write!(self.0, "broker_session_{name}");
        for (number, (label, text)) in labels.iter().enumerate() {
            let before = if number == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{before}{label}=\"{}\"", escaped(text));
        }
        let after = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{after} {value}");
    }

    fn histogram(&mut self, session: &str, counts: &Counts) {
        let name = "added_latency_seconds";
        let mut sum = 0;
        for (bound, bucket) in BOUNDS.iter().zip(&counts.buckets) {
            sum += bucket.load(Relaxed);
            let bound = Duration::from_micros(*bound).as_secs_f64().to_string();
            self.sample(&format!("{name}_bucket"), &[("session", session), ("le", &bound)], sum);
        }
        let count = counts.added_count.load(Relaxed);
        self.sample(&format!("{name}_bucket"), &[("session", session), ("le", "+Inf")], count.max(sum));
        let seconds = Duration::from_micros(counts.added_micros.load(Relaxed)).as_secs_f64();
        self.sample(&format!("{name}_sum"), &[("session", session)], seconds);
        self.sample(&format!("{name}_count"), &[("session", session)], count.max(sum));
    }
}

/// A label's value as the form demands it.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_end_early() {
        assert_eq!(escaped("a\"b\\c\nd"), r#"a\"b\\c\nd"#);
    }

    #[test]
    fn a_histogram_counts_up() {
        let counts = Counts::default();
        for micros in [10, 60, 60, 1_000_000] {
            counts.added(Duration::from_micros(micros));
        }
        let mut page = Page(String::new());
        page.histogram("neo", &counts);
        for line in [
            r#"broker_session_added_latency_seconds_bucket{session="neo",le="0.000025"} 1"#,
            r#"broker_session_added_latency_seconds_bucket{session="neo",le="0.0001"} 3"#,
            r#"broker_session_added_latency_seconds_bucket{session="neo",le="0.1"} 3"#,
            r#"broker_session_added_latency_seconds_bucket{session="neo",le="+Inf"} 4"#,
            r#"broker_session_added_latency_seconds_count{session="neo"} 4"#,
            r#"broker_session_added_latency_seconds_sum{session="neo"} 1.00013"#,
        ] {
            assert!(page.0.lines().any(|found| found == line), "{line} in {}", page.0);
        }
    }
}
