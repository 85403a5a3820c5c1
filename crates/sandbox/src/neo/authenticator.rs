//! The time-based one-time passwords of a user (RFC 6238), as the broker checks them.

use std::{collections::BTreeSet, io};

use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// How long a code is current, in seconds.
const STEP_SECONDS: u64 = 30;
/// How many steps a code may be off, either way: for slow networks and for clocks.
const MAX_STEPS_OFF: u16 = 1;

/// A user's authenticator, and the codes that were used.
pub(super) struct Authenticator {
    totp: Totp,
    /// The steps whose codes were accepted, as far as they could still be offered.
    used: BTreeSet<u64>,
}

impl Authenticator {
    /// An authenticator with this secret in base32.
    ///
    /// # Errors
    /// The secret is not base32, or empty. The error does not quote it.
    pub(super) fn new(secret: &str) -> io::Result<Self> {
        let is_written = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '=');
        let text: String = secret.chars().filter(is_written).map(|c| c.to_ascii_uppercase()).collect();
        let secret = Secret::try_from_base32(text).ok().filter(|secret| !secret.as_bytes().is_empty());
        let secret = secret.ok_or_else(|| {
            let message = "the TOTP secret is not base32: it may have the letters A to Z and the digits 2 to 7 \
                           (RFC 4648, section 6). Take it from where the authenticator got it.";
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })?;
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(STEP_SECONDS)
            .with_skew(MAX_STEPS_OFF)
            .with_secret(secret)
            // Authenticators at work have shorter secrets than the RFC asks for.
            .build_noncompliant();
        Ok(Self { totp, used: BTreeSet::new() })
    }

    /// The code that the authenticator shows.
    pub(super) fn code(&self, now: Timestamp) -> String {
        self.totp.generate(seconds(now)).to_string()
    }

    /// Whether a code is right and was not accepted before (RFC 6238, section 5.2). It will not be again.
    pub(super) fn accept(&mut self, code: &str, now: Timestamp) -> bool {
        let now = seconds(now);
        self.used = self.used.split_off(&(now / STEP_SECONDS).saturating_sub(MAX_STEPS_OFF.into()));
        self.totp.check(code, now).is_some_and(|step| self.used.insert(step))
    }
}

/// Seconds since the epoch; zero before it.
fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B: the last six digits of the SHA-1 values.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let mut authenticator = Authenticator::new(SECRET).unwrap();
            assert_eq!(authenticator.code(at(second)), code);
            assert!(authenticator.accept(code, at(second)), "{code}");
        }
    }

    #[test]
    fn a_code_may_be_one_step_off_and_no_more() {
        for (steps_off, accepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let mut authenticator = Authenticator::new(SECRET).unwrap();
            let code = authenticator.code(at(1_111_111_109 + steps_off * 30));
            assert_eq!(authenticator.accept(&code, at(1_111_111_109)), accepted, "{steps_off}");
        }
    }

    #[test]
    fn a_code_is_accepted_once_however_long_its_step_is_tolerated() {
        let mut authenticator = Authenticator::new(SECRET).unwrap();
        let early = authenticator.code(at(1_230));
        assert!(authenticator.accept(&early, at(1_200)));
        for second in [1_200, 1_229, 1_230, 1_260, 1_289] {
            assert!(!authenticator.accept(&early, at(second)), "{second}");
        }
        let next = authenticator.code(at(1_260));
        assert!(authenticator.accept(&next, at(1_289)));
    }

    #[test]
    fn other_texts_than_six_digits_are_refused() {
        let mut authenticator = Authenticator::new(SECRET).unwrap();
        for text in ["", "28708", "0287082", "28708a", "+28708", " 287082"] {
            assert!(!authenticator.accept(text, at(59)), "{text}");
        }
        assert!(authenticator.accept("287082", at(59)));
    }

    #[test]
    fn a_secret_may_be_written_in_groups_in_lower_case_and_padded() {
        let written = "gezd-gnbv gy3t qojq\tGEZDGNBVGY3TQOJQ==";
        assert_eq!(Authenticator::new(written).unwrap().code(at(59)), "287082");
    }

    #[test]
    fn a_secret_that_is_none_is_an_error_that_does_not_quote_it() {
        for secret in ["", " = ", "MADE0UP1", "schlüssel"] {
            let error = Authenticator::new(secret).err().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{secret}");
            assert!(secret.trim().len() < 4 || !error.to_string().contains(secret), "{error}");
        }
    }
}
