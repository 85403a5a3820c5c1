//! What a running sandbox of this broker has besides what all have.

use std::io;

use super::broker::Ibkr;
use super::calls::COOKIE;
use super::etiquette::Etiquette;
use super::person::LOGIN_PATH;
use super::state::State;
use crate::tls::Tls;

/// A Client Portal Gateway in this process.
///
/// Its [`base_url`](crate::Sandbox::base_url) is the newer base, for example `http://127.0.0.1:5000/v1/api`; its
/// [`root_url`](crate::Sandbox::root_url) is what a person opens in a browser.
pub type Sandbox = crate::Sandbox<Ibkr>;

impl Sandbox {
    /// URL of the older base, for example `http://127.0.0.1:5000/v1/portal`.
    pub fn older_base_url(&self) -> &str {
        let [_, older] = &self.broker().bases;
        older
    }

    /// URL of the page at which a person signs in. A POST to it signs in.
    pub fn login_url(&self) -> String {
        format!("{}{LOGIN_PATH}", self.root_url())
    }

    /// The certificate in PEM; `None` without TLS.
    pub fn certificate_pem(&self) -> Option<String> {
        self.broker().tls.as_ref().map(Tls::pem)
    }

    /// SHA-256 of the certificate in DER, as upper-case pairs of hexadecimal digits with colons in between;
    /// `None` without TLS.
    pub fn certificate_fingerprint_sha256(&self) -> Option<String> {
        self.broker().tls.as_ref().map(Tls::fingerprint)
    }

    /// Puts a new certificate with a new key in the place of the old one, and closes the connections there
    /// are, as a new installation of the gateway would. Does nothing without TLS.
    ///
    /// # Errors
    /// No certificate could be made; the old one stays.
    pub fn replace_certificate(&self) -> io::Result<()> {
        self.broker().tls.as_ref().map_or(Ok(()), Tls::replace)
    }

    /// The person signs in, as with the button of the page: a new single sign-on.
    pub fn sign_in(&self) {
        let now = self.clock().now();
        let paper = self.broker().is_paper();
        self.broker().desk().gateway.sign_in(now, paper);
    }

    /// The single sign-on ends, and with it the brokerage session.
    pub fn sign_out(&self) {
        self.broker().desk().gateway.sign_out();
    }

    /// Name and value of the sign-in's cookie, as a `Cookie` header has them; `None` if nobody is signed in.
    pub fn cookie(&self) -> Option<String> {
        let now = self.clock().now();
        let mut desk = self.broker().desk();
        desk.gateway.sign_on(now).map(|sign_on| format!("{COOKIE}={}", sign_on.cookie))
    }

    /// The brokerage session times out: connected, not authenticated. `ssodh/init` opens it again.
    pub fn soft_time_out(&self) {
        let now = self.clock().now();
        self.broker().desk().gateway.time_out(now);
    }

    /// The brokerage session is gone: status and `tickle` are answered with 401 and the broker's words, while
    /// the single sign-on lives. `ssodh/init` opens it again.
    pub fn lose_brokerage_session(&self) {
        let now = self.clock().now();
        self.broker().desk().gateway.lose_brokerage_session(now);
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
        let now = self.clock().now();
        self.broker().desk().gateway.set_linked(now, linked);
    }

    /// The user signs in elsewhere, and takes the brokerage session there. `ssodh/init` gets it back only
    /// with `compete`.
    pub fn compete(&self) {
        let now = self.clock().now();
        self.broker().desk().gateway.compete(now);
    }

    /// The session elsewhere ends. The brokerage session here stays closed until `ssodh/init`.
    pub fn stop_competing(&self) {
        let now = self.clock().now();
        self.broker().desk().gateway.stop_competing(now);
    }

    /// Closes the penalty box: calls are answered with 429 for 15 minutes. Does nothing without pacing.
    pub fn penalise(&self) {
        let now = self.clock().now();
        self.broker().desk().pacing.penalise(now, false);
    }

    /// How the gateway is now.
    pub fn state(&self) -> State {
        let now = self.clock().now();
        let mut desk = self.broker().desk();
        State { penalised_until: desk.pacing.until(now), ..desk.gateway.state(now) }
    }

    /// What clients have done that they should not.
    pub fn etiquette(&self) -> Etiquette {
        self.broker().desk().etiquette
    }
}
