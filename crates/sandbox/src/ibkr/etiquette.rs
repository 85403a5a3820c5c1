//! How well clients behave: what the broker documents as too much, and what was seen to do harm.

/// Breaches of the gateway's etiquette, counted as calls arrive, whatever they are answered.
///
/// The default is what a well-behaved client leaves behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Etiquette {
    /// Calls beyond the documented limits: 10 a second in all, one `tickle` a second, one `sso/validate` a
    /// minute. Only what is far beyond them closes the penalty box, unless pacing is strict.
    pub rate_limit_violations: u64,
    /// Calls made in the penalty box after a 429 had said so: knocking.
    pub calls_in_penalty_box: u64,
    /// Calls of `ssodh/init` that met a session in use, which some gateways then tear down.
    pub inits_on_live_session: u64,
    /// Calls of `ssodh/init` with `compete`, which throw out the user's other session. No breach if the user
    /// has agreed.
    pub inits_with_compete: u64,
    /// Calls of `ssodh/init` without a single sign-on, which cannot succeed.
    pub inits_while_signed_out: u64,
    /// Calls of `ssodh/init` less than a minute after one that did not open the session, but for the one with `compete`
    /// that follows one without. Hours of that made
    /// the gateway refuse fresh logins (observed).
    pub hurried_inits: u64,
    /// POSTs without `Content-Length`, answered with 411.
    pub posts_without_length: u64,
}
