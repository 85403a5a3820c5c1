//! From the name of a server to a response of it: each step that can fail on the way, by itself.
//!
//! The request at the end carries no credentials: it asks for something that takes a sign-in, and is refused.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use broker_session::{
    ClientOptions, ErrorKind, PresentedCertificate,
    http::{HeaderMap, StatusCode, header},
    ibkr::{Client, ClientBuilder},
    reqwest::{Response, Url},
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{Finding, Findings};
use crate::{
    Context,
    certificate::CertificateSummary,
    failure::Failure,
    network::UNTRUSTED,
    output::{capitalized, printable},
    progress::StatusLine,
};

/// For each step on the way to a response, by default.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

/// The distance from the server's clock that one-time passwords and signed times can bear.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(30);

/// Before the end of a certificate it is time to renew it.
const RENEWAL: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How much of a body is looked at, to tell a page.
const LOOKED_AT: usize = 1024;

/// A server, and how it is reached.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// The base URL.
    pub(crate) base_url: String,
    /// Below it, something that takes a sign-in and only reads.
    pub(crate) path: &'static str,
    /// A client with the same settings. Of all brokers' it is the one that is built without credentials.
    pub(crate) client: ClientBuilder,
    /// Whether one certificate is trusted by itself.
    pub(crate) is_pinned: bool,
    /// What stands between.
    pub(crate) proxy: Option<String>,
    /// What to do about a certificate that is not trusted.
    pub(crate) trust: String,
    /// What a wrong clock of this machine costs: a sentence.
    pub(crate) clock: &'static str,
}

/// Where the connection goes.
struct Target {
    host: String,
    port: u16,
    what: &'static str,
}

impl Server {
    /// A server of the broker's own, whose certificate an authority vouches for.
    pub(crate) fn of_broker(
        base_url: String,
        path: &'static str,
        options: ClientOptions,
        proxy: Option<String>,
        clock: &'static str,
    ) -> Self {
        let client = Client::builder().base_url(&base_url).options(options);
        Self { base_url, path, client, is_pinned: false, proxy, trust: UNTRUSTED.to_owned(), clock }
    }

    /// Goes the way, step by step. Returns whether the server could be used for a sign-in.
    pub(super) async fn check(&self, findings: &mut Findings, context: &Context) -> bool {
        let client = match self.client.clone().build() {
            Ok(client) => client,
            Err(error) => {
                findings.add(Finding::of("base_url", "cannot be used", &error.into()));
                return false;
            }
        };
        let Some(url) = Url::parse(&self.base_url).ok() else { return false };
        findings.add(Finding::ok("base_url", printable(&self.base_url)));
        let limit = context.general.timeout.unwrap_or(STEP_TIMEOUT);
        let Some(target) = self.target(&url, findings) else { return false };
        let Some(addresses) = resolve(&target, limit, findings).await else { return false };
        if !connect(&target, &addresses, limit, findings).await {
            return false;
        }
        self.respond(&client, &url, limit, findings).await
    }

    /// The server itself, or the proxy in between, which looks up names itself.
    fn target(&self, url: &Url, findings: &mut Findings) -> Option<Target> {
        let of = |url: &Url, what| {
            let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
            Some(Target { host, port: url.port_or_known_default()?, what })
        };
        let Some(proxy) = &self.proxy else { return of(url, "the server") };
        let proxy = Url::parse(proxy).ok()?;
        let shown = format!("{}:{}", proxy.host_str()?, proxy.port_or_known_default()?);
        findings.add(Finding::ok("proxy", format!("everything goes through {shown}")));
        of(&proxy, "the proxy")
    }

    /// Asks for something that takes a sign-in, without one.
    async fn respond(&self, client: &Client, url: &Url, limit: Duration, findings: &mut Findings) -> bool {
        let session = client.unverified_session();
        let address =
            format!("{}/{}", self.base_url.trim_end_matches('/'), self.path.trim_start_matches('/'));
        let before = Timestamp::now();
        let request = async {
            let mut response = session.http().get(address).send().await?;
            let body = beginning(&mut response).await;
            Ok::<_, broker_session::reqwest::Error>((response, body))
        };
        let outcome = waiting("waiting for a response", timeout(limit, request)).await;
        let after = Timestamp::now();
        let response = match outcome {
            Ok(Ok(response)) => Ok(response),
            // The library says what a failed connection means.
            Ok(Err(_)) => match session.get(self.path).send().await {
                Err(error) => Err(Failure::from(error)),
                Ok(_) => Err(Failure::of(ErrorKind::Unavailable, "the connection broke once. Try again.")),
            },
            Err(_) => {
                let text = format!(
                    "there was no response within {} s. Allow more with --timeout, or look what is in between.",
                    limit.as_secs_f64()
                );
                Err(Failure::of(ErrorKind::Timeout, text))
            }
        };
        let is_secure = url.scheme() == "https";
        if is_secure && !self.certificate(response.as_ref().err(), limit, findings).await {
            return false;
        }
        let (response, body) = match response {
            Ok(response) => response,
            Err(failure) => {
                findings.add(Finding::of("response", "there is none", &failure));
                return false;
            }
        };
        let finding = judge(response.status(), response.headers(), &body, url);
        let is_usable = !finding.is_problem();
        findings.add(finding);
        findings.add(clock(response.headers(), before, after, self.clock));
        is_usable
    }

    /// The certificate, and whether it is trusted: it is if there was a response. Returns whether a connection can be made.
    async fn certificate(&self, failure: Option<&Failure>, limit: Duration, findings: &mut Findings) -> bool {
        let presented = timeout(limit, self.client.presented_certificate());
        let finding = match waiting("looking at the certificate", presented).await {
            Ok(Ok(presented)) => {
                findings.add(Finding::ok("tls", "the server speaks it"));
                self.judge_certificate(&presented, failure)
            }
            Ok(Err(error)) => Finding::of("tls", "no TLS connection can be made", &error.into()),
            Err(_) => Finding::problem(
                ErrorKind::Timeout,
                "tls",
                "no TLS connection can be made",
                "The handshake did not end in time.",
                "Look what is between this machine and the server.",
            ),
        };
        let is_usable = !finding.is_problem();
        findings.add(finding);
        is_usable
    }

    fn judge_certificate(&self, presented: &PresentedCertificate, failure: Option<&Failure>) -> Finding {
        const NAME: &str = "certificate";
        if let Some(problem) = presented.problem() {
            let (what, why) = ("cannot be used", format!("{}.", capitalized(&problem.to_string())));
            let cure = "Give the server another certificate.";
            return Finding::problem(ErrorKind::HostNotAllowed, NAME, what, why, cure);
        }
        let summary = CertificateSummary::of(presented);
        let shown = format!("{}; its SHA-256 fingerprint is {}", summary.validity(), summary.fingerprint);
        match failure.filter(|failure| failure.certificate_problem().is_some()) {
            Some(failure) => {
                Finding::of(NAME, format!("is not trusted; {shown}"), failure).with_cure(&self.trust)
            }
            None if self.is_pinned => {
                Finding::ok(NAME, format!("is the one that is trusted by itself; {shown}"))
            }
            None if summary.ends_within(RENEWAL) => Finding::warning(
                NAME,
                format!("is trusted, and ends soon; {shown}"),
                "Nobody can connect after its end.",
                "It is the server's: wait, or tell the one who runs it.",
            ),
            None => Finding::ok(NAME, format!("is trusted; {shown}")),
        }
    }
}

/// Waits for something, and shows a person for what. The line is gone before there is a finding.
async fn waiting<T>(what: &str, step: impl Future<Output = T>) -> T {
    let line = StatusLine::new();
    line.iter().for_each(|line| line.show(what.to_owned()));
    step.await
}

/// The beginning of a body; of what cannot be read, what there was.
async fn beginning(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < LOOKED_AT {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    body
}

async fn resolve(target: &Target, limit: Duration, findings: &mut Findings) -> Option<Vec<SocketAddr>> {
    const NAME: &str = "name_resolution";
    let Target { host, port, what } = target;
    if let Ok(address) = host.parse::<IpAddr>() {
        findings.add(Finding::ok(NAME, "not needed: the address is given"));
        return Some(vec![SocketAddr::new(address, *port)]);
    }
    let why = match waiting("looking up the name", timeout(limit, lookup_host((host.as_str(), *port)))).await
    {
        Ok(Ok(addresses)) => {
            let addresses: Vec<SocketAddr> = addresses.collect();
            if !addresses.is_empty() {
                let shown: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
                findings.add(Finding::ok(NAME, format!("{host} is {}", shown.join(", "))));
                return Some(addresses);
            }
            "the name has no address".to_owned()
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no name server responds within {} s", limit.as_secs_f64()),
    };
    findings.add(Finding::problem(
        ErrorKind::Unavailable,
        NAME,
        format!("{what} `{}` is not found", printable(host)),
        format!("{}.", capitalized(&printable(&why))),
        "Check the spelling of the host, the network, and the name server of this machine.",
    ));
    None
}

async fn connect(
    target: &Target,
    addresses: &[SocketAddr],
    limit: Duration,
    findings: &mut Findings,
) -> bool {
    const NAME: &str = "connection";
    let mut failed = io::Error::other("there is no address");
    for address in addresses {
        match waiting("connecting", timeout(limit, TcpStream::connect(address))).await {
            Ok(Ok(_)) => {
                findings.add(Finding::ok(NAME, format!("{} accepts it at {address}", target.what)));
                return true;
            }
            Ok(Err(error)) => failed = error,
            Err(_) => failed = io::ErrorKind::TimedOut.into(),
        }
    }
    let is_here = addresses.iter().all(|address| address.ip().is_loopback());
    let cure = match (failed.kind(), is_here) {
        (io::ErrorKind::ConnectionRefused, true) => {
            "Start the program that is to listen on this machine, or correct the port."
        }
        (io::ErrorKind::ConnectionRefused, false) => "Check the host and the port.",
        (io::ErrorKind::TimedOut, _) => {
            "Look for a firewall that drops the packets, or a proxy that is to be used (--proxy)."
        }
        _ => "Check the network of this machine.",
    };
    let what = format!("{} cannot be reached on port {}", target.what, target.port);
    let why = format!("{}.", capitalized(&failed.to_string()));
    findings.add(Finding::problem(ErrorKind::Unavailable, NAME, what, why, cure));
    false
}

/// What a response without a sign-in means. The broker refuses it in its own form, which is no page.
fn judge(status: StatusCode, headers: &HeaderMap, body: &[u8], url: &Url) -> Finding {
    const NAME: &str = "response";
    let text = |name: header::HeaderName| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let is_page = text(header::CONTENT_TYPE).contains("text/html")
        || body.trim_ascii_start().first_chunk().is_some_and(|start: &[u8; 2]| {
            start.eq_ignore_ascii_case(b"<!") || start.eq_ignore_ascii_case(b"<h")
        });
    let code = status.as_u16();
    let problem = |kind, what: &str, why: &str, cure: &str| {
        Finding::problem(kind, NAME, format!("status {code}, {what}"), why, cure)
    };
    if text(header::SERVER).starts_with("AirTunes") {
        return problem(
            ErrorKind::Protocol,
            "of another program",
            "AirPlay of macOS listens on this port.",
            "Give the gateway another port (`listenPort` in its `root/conf.yaml`), and name it in the base URL.",
        );
    }
    match code {
        407 => problem(
            ErrorKind::Unavailable,
            "of a proxy",
            "A proxy in between asks for a user name and a password.",
            "Give them with --proxy-user and BROKER_SESSION_PROXY_PASSWORD.",
        ),
        511 => problem(
            ErrorKind::Unavailable,
            "of a network in between",
            "The network asks for a login of its own.",
            "Open any page in a browser and sign in there first.",
        ),
        429 => problem(
            ErrorKind::RateLimited,
            "too many requests",
            "The broker blocks this address for a while.",
            "Stop every program that calls it, and wait.",
        ),
        300..=399 => redirected(code, text(header::LOCATION), url),
        403 if is_page => problem(
            ErrorKind::Refused,
            "a page",
            "The broker's network does not let this address through; some data centres are kept out.",
            "Try from another address.",
        ),
        500.. => problem(
            ErrorKind::Unavailable,
            if is_page { "a page" } else { "a failure of the server" },
            "The server, or something in front of it, has failed.",
            "Try again later, and look at the broker's status page.",
        ),
        200..=299 if is_page => problem(
            ErrorKind::Protocol,
            "a page in place of the API's response",
            "Something in between responds in the broker's place: a proxy, or a network that asks for a login.",
            "Open the address in a browser and read the page; check --base-url and --proxy.",
        ),
        404 => Finding::warning(
            NAME,
            "status 404, there is no such address",
            "The server is there, and the base URL may be the wrong one.",
            "Check the base URL; by default it is right.",
        ),
        // Some servers write a page for people who are not signed in.
        _ if is_page && code != 401 => Finding::warning(
            NAME,
            format!("status {code}, a page"),
            "The API responds with JSON; something in between may have written the page.",
            "If a sign-in fails, open the address in a browser and read the page.",
        ),
        _ => Finding::ok(NAME, format!("status {code}, as it may be without a sign-in")),
    }
}

/// A redirect to the same host may be the page of a sign-in. One to elsewhere comes from something in between.
fn redirected(code: u16, location: &str, url: &Url) -> Finding {
    let to = url.join(location).ok();
    let host = to.as_ref().and_then(Url::host_str).unwrap_or_default();
    if location.is_empty() || Some(host) == url.host_str() {
        return Finding::ok("response", format!("status {code}, as it may be without a sign-in"));
    }
    Finding::problem(
        ErrorKind::Unavailable,
        "response",
        format!("status {code}, to another host, `{}`", printable(host)),
        "Something in between responds in the broker's place: a proxy, or a network that asks for a login.",
        "Open any page in a browser and sign in there first. The redirect was not followed.",
    )
}

/// This machine's clock beside the server's (RFC 9110, section 6.6.1). It has whole seconds.
fn clock(headers: &HeaderMap, before: Timestamp, after: Timestamp, cost: &str) -> Finding {
    const NAME: &str = "clock";
    let date = headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let Some(server) = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()) else {
        return Finding::skipped(NAME, "not compared", "The server does not say what time it is.");
    };
    // Whatever the response took on its way counts for the clock.
    let ahead = before.duration_since(server) - SignedDuration::from_secs(1);
    let behind = server.duration_since(after);
    let (distance, how) = if ahead >= behind { (ahead, "ahead of") } else { (behind, "behind") };
    let seconds = distance.as_secs().max(0);
    if distance <= CLOCK_TOLERANCE {
        return Finding::ok(NAME, format!("within {} s of the server's", seconds.max(1)));
    }
    Finding::warning(
        NAME,
        format!("{seconds} s {how} the server's"),
        cost,
        "Set the clock of this machine by the network (`timedatectl set-ntp true`, or the settings of the system).",
    )
}

#[cfg(test)]
mod tests {
    use broker_session::http::HeaderValue;

    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    fn judged(status: u16, headers: &HeaderMap, body: &str) -> String {
        let url = Url::parse("https://api.broker.example/v1").unwrap();
        judge(StatusCode::from_u16(status).unwrap(), headers, body.as_bytes(), &url).to_json().to_string()
    }

    #[test]
    fn a_response_in_the_brokers_own_form_is_fine() {
        let json = headers(header::CONTENT_TYPE, "application/json");
        for (status, body) in [(401, "{}"), (400, "[1]"), (405, ""), (200, "{}"), (403, "{\"error\":\"no\"}")]
        {
            assert!(judged(status, &json, body).contains("\"result\":\"ok\""), "{status}");
        }
        let login = headers(header::LOCATION, "/sso/Login");
        assert!(judged(302, &login, "").contains("\"result\":\"ok\""));
    }

    #[test]
    fn what_something_in_between_says_is_told_apart() {
        let none = HeaderMap::new();
        let page = "<!DOCTYPE html><html>";
        for (status, headers, body, expected) in [
            (200, &none, page, "\"kind\":\"protocol\""),
            (403, &none, page, "some data centres"),
            (503, &none, page, "\"kind\":\"unavailable\""),
            (500, &none, "{}", "\"kind\":\"unavailable\""),
            (407, &none, "", "--proxy-user"),
            (511, &none, "", "sign in there first"),
            (429, &none, "", "\"kind\":\"rate_limited\""),
            (404, &none, "{}", "\"result\":\"warning\""),
            (400, &headers(header::CONTENT_TYPE, "text/html"), "", "\"result\":\"warning\""),
            (403, &headers(header::SERVER, "AirTunes/700"), "", "listenPort"),
            (302, &headers(header::LOCATION, "http://login.hotel.example/"), "", "login.hotel.example"),
        ] {
            let found = judged(status, headers, body);
            assert!(found.contains(expected), "{status}: {found}");
        }
    }

    #[test]
    fn a_clock_beyond_half_a_minute_is_warned_of() {
        let now: Timestamp = "2026-01-01T00:01:00Z".parse().unwrap();
        for (date, expected) in [
            ("Thu, 01 Jan 2026 00:01:00 GMT", "within 1 s"),
            ("Thu, 01 Jan 2026 00:00:35 GMT", "within 24 s"),
            ("Thu, 01 Jan 2026 00:00:00 GMT", "59 s ahead of"),
            ("Thu, 01 Jan 2026 00:01:31 GMT", "31 s behind"),
            ("yesterday", "not compared"),
        ] {
            let found = clock(&headers(header::DATE, date), now, now, "").to_json().to_string();
            assert!(found.contains(expected), "{date}: {found}");
        }
    }
}
