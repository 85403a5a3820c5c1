//! A running sandbox, as a test or a program holds it.

use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::builder::Builder;
use super::calls::COOKIE;
use super::etiquette::Etiquette;
use super::operation::Operation;
use super::person::LOGIN_PATH;
use super::routes::Site;
use super::state::State;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::log::Call;
use crate::server::Server;
use crate::tls::Tls;

/// A Client Portal Gateway in this process.
///
/// Dropping it closes its port and every connection at once; [`Sandbox::shutdown`] is the gentle way.
/// All methods may be called while clients are being served.
pub struct Sandbox {
    site: Arc<Site>,
    server: Server,
    tls: Option<Tls>,
    bases: [String; 2],
}

impl Sandbox {
    /// Settings to start one with.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn new(site: Arc<Site>, server: Server, tls: Option<Tls>, bases: [String; 2]) -> Self {
        Self { site, server, tls, bases }
    }

    /// URL of the newer base, for example `http://127.0.0.1:5000/v1/api`: what a client is configured with.
    pub fn base_url(&self) -> &str {
        let [newer, _] = &self.bases;
        newer
    }

    /// URL of the older base, for example `http://127.0.0.1:5000/v1/portal`.
    pub fn older_base_url(&self) -> &str {
        let [_, older] = &self.bases;
        older
    }

    /// URL of the host's root, without a slash at the end: what a person opens in a browser.
    pub fn root_url(&self) -> &str {
        &self.site.root
    }

    /// URL of the page at which a person signs in. A POST to it signs in.
    pub fn login_url(&self) -> String {
        format!("{}{LOGIN_PATH}", self.site.root)
    }

    /// The name and value of `IBKR_BASE_URL`: all that a client's environment needs.
    pub fn credentials(&self) -> Vec<(&'static str, String)> {
        vec![("IBKR_BASE_URL", self.base_url().to_owned())]
    }

    /// The certificate in PEM; `None` without TLS.
    pub fn certificate_pem(&self) -> Option<String> {
        self.tls.as_ref().map(Tls::pem)
    }

    /// SHA-256 of the certificate in DER, as upper-case pairs of hexadecimal digits with colons in between;
    /// `None` without TLS.
    pub fn certificate_fingerprint_sha256(&self) -> Option<String> {
        self.tls.as_ref().map(Tls::fingerprint)
    }

    /// Puts a new certificate with a new key in the place of the old one, and closes the connections there
    /// are, as a new installation of the gateway would. Does nothing without TLS.
    ///
    /// # Errors
    /// No certificate could be made; the old one stays.
    pub fn replace_certificate(&self) -> io::Result<()> {
        self.tls.as_ref().map_or(Ok(()), Tls::replace)
    }

    /// The clock by which everything happens.
    pub fn clock(&self) -> &Clock {
        &self.site.clock
    }

    /// Lets `by` pass at once on the sandbox's clock.
    pub fn advance(&self, by: Duration) {
        self.site.clock.advance(by);
    }

    /// The person signs in, as with the button of the page: a new single sign-on.
    pub fn sign_in(&self) {
        let now = self.site.clock.now();
        self.site.desk().gateway.sign_in(now);
    }

    /// The single sign-on ends, and with it the brokerage session.
    pub fn sign_out(&self) {
        self.site.desk().gateway.sign_out();
    }

    /// Name and value of the sign-in's cookie, as a `Cookie` header has them; `None` if nobody is signed in.
    pub fn cookie(&self) -> Option<String> {
        let now = self.site.clock.now();
        let mut desk = self.site.desk();
        desk.gateway.sign_on(now).map(|sign_on| format!("{COOKIE}={}", sign_on.cookie))
    }

    /// The brokerage session times out: connected, not authenticated. `ssodh/init` opens it again.
    pub fn soft_time_out(&self) {
        let now = self.site.clock.now();
        self.site.desk().gateway.time_out(now);
    }

    /// The brokerage session is gone: status and `tickle` are answered with 401 and the broker's words, while
    /// the single sign-on lives. `ssodh/init` opens it again.
    pub fn lose_brokerage_session(&self) {
        let now = self.site.clock.now();
        self.site.desk().gateway.lose_brokerage_session(now);
    }

    /// The link to the back end breaks: neither connected nor authenticated.
    pub fn lose_link(&self) {
        self.set_linked(false);
    }

    /// The link to the back end is there again, and what it led to, unless that has timed out.
    pub fn restore_link(&self) {
        self.set_linked(true);
    }

    fn set_linked(&self, linked: bool) {
        let now = self.site.clock.now();
        self.site.desk().gateway.set_linked(now, linked);
    }

    /// The user signs in elsewhere, and takes the brokerage session there. `ssodh/init` gets it back only
    /// with `compete`.
    pub fn compete(&self) {
        let now = self.site.clock.now();
        self.site.desk().gateway.compete(now);
    }

    /// The session elsewhere ends. The brokerage session here stays closed until `ssodh/init`.
    pub fn stop_competing(&self) {
        let now = self.site.clock.now();
        self.site.desk().gateway.stop_competing(now);
    }

    /// Closes the penalty box: calls are answered with 429 for 15 minutes. Does nothing without pacing.
    pub fn penalise(&self) {
        let now = self.site.clock.now();
        self.site.desk().pacing.penalise(now, false);
    }

    /// How the gateway is now.
    pub fn state(&self) -> State {
        let now = self.site.clock.now();
        let mut desk = self.site.desk();
        State { penalised_until: desk.pacing.until(now), ..desk.gateway.state(now) }
    }

    /// What clients have done that they should not.
    pub fn etiquette(&self) -> Etiquette {
        self.site.desk().etiquette
    }

    /// Injects a fault for the operation's next call. Faults are taken in the order they were injected.
    ///
    /// A 429 closes the penalty box like the broker's own, and calls in the box take no fault.
    pub fn inject(&self, operation: Operation, fault: Fault) {
        self.inject_times(operation, 1, fault);
    }

    /// Injects a fault for the operation's next `times` calls.
    pub fn inject_times(&self, operation: Operation, times: usize, fault: Fault) {
        self.site.faults.push(operation.id(), fault, Some(times));
    }

    /// Injects a fault for all the operation's calls from now on, after the faults already waiting.
    pub fn inject_always(&self, operation: Operation, fault: Fault) {
        self.site.faults.push(operation.id(), fault, None);
    }

    /// Forgets all injected faults.
    pub fn clear_faults(&self) {
        self.site.faults.clear();
    }

    /// All calls in the order they arrived, a person's pages and unknown paths included. The latest 10 000
    /// are kept.
    pub fn calls(&self) -> Vec<Call> {
        self.site.log.all()
    }

    /// The calls of one operation, in the order they arrived.
    pub fn calls_to(&self, operation: Operation) -> Vec<Call> {
        self.site.log.of(operation.id())
    }

    /// How often an operation was called.
    pub fn call_count(&self, operation: Operation) -> usize {
        self.calls_to(operation).len()
    }

    /// Forgets the calls so far, and what [`Sandbox::etiquette`] has counted.
    pub fn clear_calls(&self) {
        self.site.log.clear();
        self.site.desk().etiquette = Etiquette::default();
    }

    /// Serves until `stop` resolves, then shuts down: for a program that runs until it is told to end.
    pub async fn serve_until(self, stop: impl Future<Output = ()>) {
        stop.await;
        self.shutdown().await;
    }

    /// Stops listening, lets answers on their way finish (for a quarter of a second at most, a hanging
    /// answer never finishes), and closes every connection.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("root_url", &self.site.root)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
