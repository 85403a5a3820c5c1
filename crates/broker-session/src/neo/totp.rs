//! Time-based one-time passwords (RFC 6238), so that a program can sign in unattended.
//!
//! The broker's are the common kind: SHA-1, steps of 30 seconds, six digits. A code is good for one sign-in
//! (section 5.2), so none is handed out twice: within a step whose code was used, the next step is waited for.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use broker_session_runtime::Secret;
use jiff::Timestamp;
use tokio::task::spawn_blocking;
use totp_rs::{Builder, Secret as Key};

use super::{
    authenticator_key,
    code_memory::{Claim, Memory},
};
use crate::{Error, locked::Locked};

/// The seconds of a step (RFC 6238, section 4).
pub(super) const STEP: i64 = 30;

/// The shortest key that is in use: 80 bits.
const MIN_KEY_BYTES: usize = 10;

/// The number of the latest step whose code was used. Clones share it.
pub(super) type Used = Arc<Locked<Option<i64>>>;

/// Makes the codes that an authenticator would show. From [`Client::totp_from_secret`](super::Client::totp_from_secret).
pub struct Totp {
    generator: totp_rs::Totp,
    used: Used,
    memory: Option<Arc<Memory>>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Totp {
    pub(super) fn new(secret: &Secret, used: Used) -> Result<Self, Error> {
        let text = authenticator_key::read(secret)?;
        let key = Key::try_from_base32(text.expose()).map_err(|_| {
            Error::config(
                "the TOTP secret (NEO_TOTP_SECRET) is not base32 (RFC 4648, section 6): the letters A to Z and the digits 2 to 7, like JBSW Y3DP EHPK 3PXP; nor is it an otpauth:// URI",
            )
        })?;
        if key.as_bytes().len() < MIN_KEY_BYTES {
            return Err(Error::config(
                "the TOTP secret (NEO_TOTP_SECRET) is too short; it has at least 16 letters and digits, like JBSW Y3DP EHPK 3PXP",
            ));
        }
        // The other way of building refuses keys of 80 bits, which authenticators are given all the same.
        let generator = Builder::new().with_secret(key).build_noncompliant();
        Ok(Self { generator, used, memory: None, clock: Arc::new(Timestamp::now) })
    }

    /// Remembers the last code in a file, so that a program that starts again within half a minute waits for the next
    /// code in place of sending the same one (RFC 6238, section 5.2). It is noted before [`Totp::next_code`] returns it.
    /// Several processes may share the file. It holds a time and no secret; have one for each user, in a directory that
    /// only the program's user can write.
    ///
    /// ```no_run
    /// # use broker_session::{Error, Secret, neo};
    /// # async fn example(client: neo::Client, secret: Secret) -> Result<(), Error> {
    /// let totp = client.totp_from_secret(&secret)?.remember_in("last-code")?;
    /// let view = client.login_totp(&totp.next_code().await?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config` if the file cannot be read or written, or is another one.
    pub fn remember_in(mut self, path: impl Into<PathBuf>) -> Result<Self, Error> {
        let memory = Memory::open(path.into())?;
        memory.last()?;
        self.memory = Some(Arc::new(memory));
        Ok(self)
    }

    /// Takes the time from elsewhere than the clock of this machine: where that is known to be wrong, and in tests.
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Notes that the code of this time has been used already, by another process for instance.
    pub fn used_at(self, time: Timestamp) -> Self {
        self.note(time);
        self
    }

    /// Notes that the code of this moment may have been used, so that the next one is another.
    pub fn skip_current(&self) {
        self.note((self.clock)());
    }

    fn note(&self, time: Timestamp) {
        self.used.change(|used| *used = (*used).max(Some(step_of(time))));
    }

    /// When the step began whose code was handed out last. To be kept by programs that start anew within a step.
    pub fn last_used(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.used.get()?.checked_mul(STEP)?).ok()
    }

    /// How long [`Totp::next_code`] would wait.
    ///
    /// # Errors
    /// Those of [`Totp::next_code`].
    pub async fn time_until_next_code(&self) -> Result<Duration, Error> {
        let now = (self.clock)();
        self.with_memory(move |used, memory| {
            let remembered = memory.map(Memory::last).transpose()?.flatten();
            wait_after(used.get().max(remembered), now)
        })
        .await
    }

    /// The code of this moment. Where that was used already, waits for the next step: up to half a minute, and twice that
    /// where the clock was set back a little.
    ///
    /// Dropping the future loses nothing but the code that is being noted in the file of [`Totp::remember_in`].
    ///
    /// # Errors
    /// `Config` if a code of a time further ahead was used, or if the clock stands still: it must be wrong then. And if
    /// the code cannot be noted in the file of [`Totp::remember_in`].
    pub async fn next_code(&self) -> Result<Secret, Error> {
        let mut before = None;
        loop {
            let now = (self.clock)();
            let wait = self.with_memory(move |used, memory| take(used, memory, now)).await?;
            if wait.is_zero() {
                // The step may have ended while another program held the file.
                if step_of((self.clock)()) > step_of(now) {
                    continue;
                }
                return Ok(self.code_at(now));
            }
            // Others who wait may be faster; but time must pass.
            if before.is_some_and(|before| now <= before) {
                return Err(Error::config("the clock does not go on, so there is no next one-time password"));
            }
            before = Some(now);
            tokio::time::sleep(wait).await;
        }
    }

    /// Does what may need the file. Another process may hold that for a while, which must not hold up the caller's timers.
    async fn with_memory<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Used, Option<&Memory>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let Some(memory) = self.memory.clone() else { return work(&self.used, None) };
        let used = self.used.clone();
        let done = spawn_blocking(move || work(&used, Some(&memory))).await;
        done.unwrap_or_else(|_| Err(Error::config("the program ends, so there is no next one-time password")))
    }

    fn code_at(&self, time: Timestamp) -> Secret {
        let seconds = u64::try_from(time.as_second()).unwrap_or_default();
        Secret::new(self.generator.generate(seconds).to_string())
    }
}

/// Takes the code of this time, or says how long to wait. The file is locked all the while, `used` for a moment.
fn take(used: &Used, memory: Option<&Memory>, now: Timestamp) -> Result<Duration, Error> {
    let claim = memory.map(Memory::claim).transpose()?;
    let remembered = claim.as_ref().and_then(Claim::last);
    let wait = used.change(|used| {
        let wait = wait_after((*used).max(remembered), now)?;
        if wait.is_zero() {
            *used = Some(step_of(now));
        }
        Ok::<_, Error>(wait)
    })?;
    if let Some(claim) = claim.filter(|_| wait.is_zero()) {
        claim.note(step_of(now))?;
    }
    Ok(wait)
}

pub(super) fn step_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(STEP)
}

/// How long to wait for a step whose code was not used.
fn wait_after(used: Option<i64>, now: Timestamp) -> Result<Duration, Error> {
    let current = step_of(now);
    let Some(used) = used.filter(|used| *used >= current) else { return Ok(Duration::ZERO) };
    // One step ahead is a clock that was set a little; more would be waiting for who knows how long.
    if used > current + 1 {
        return Err(Error::config(
            "the code of a later time was used before, so the clock of this machine is or was wrong",
        ));
    }
    let free = Timestamp::from_second((used + 1) * STEP)
        .map_err(|_| Error::config("the clock of this machine is wrong"))?;
    Ok(Duration::try_from(free.duration_since(now)).unwrap_or_default())
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Totp").field("last_used", &self.last_used()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238, appendix B: `12345678901234567890`.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn totp(secret: &str) -> Result<Totp, Error> {
        Totp::new(&Secret::from(secret), Used::default())
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        let totp = totp(KEY).unwrap();
        // Appendix B, SHA-1; the last six of eight digits.
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.code_at(Timestamp::from_second(time).unwrap()).expose(), code, "{time}");
        }
    }

    #[test]
    fn a_key_is_read_as_people_copy_it() {
        for secret in [
            "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
            "GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ",
            " GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ==\n",
            "otpauth://totp/Kotak%20Neo:MADE1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kotak%20Neo",
            "OTPAUTH://TOTP/x?issuer=x&SECRET=gezdgnbvgy3tqojqgezdgnbvgy3tqojq%3D%3D&digits=6&period=30&algorithm=SHA1",
            "otpauth://totp/?secret=GEZD+GNBV%20GY3TQOJQ-GEZDGNBVGY3TQOJQ&amp;digits=6",
        ] {
            let code = totp(secret).unwrap().code_at(Timestamp::from_second(59).unwrap());
            assert_eq!(code.expose(), "287082", "{secret}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_quoted() {
        for (secret, expected) in [
            ("", "NEO_TOTP_SECRET"),
            ("made-up-secret-1", "base32"),
            ("GEZDGNBV", "too short"),
            ("123456", "that is a code, not the secret"),
            ("123 456", "that is a code, not the secret"),
            ("ÄÖÜ", "base32"),
            ("otpauth://totp/x", "no `secret`"),
            ("otpauth://totp/x?secret=", "no `secret`"),
            ("otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1", "by a counter"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=8", "`digits` is not 6"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=60", "`period` is not 30"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA256", "`algorithm` is not SHA1"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&secret=MFRGGZDFMZTWQ2LK", "two secrets"),
            ("otpauth-migration://offline?data=made-up", "export"),
        ] {
            let error = totp(secret).unwrap_err().to_string();
            assert!(error.contains(expected), "{secret}: {error}");
            assert!(secret.is_empty() || !error.contains(secret), "{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_starts_again_waits_for_the_next_code() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("last-code");
        let started = tokio::time::Instant::now();
        let mut codes = std::collections::BTreeSet::new();
        for start in 0..3 {
            // A clock that goes with tokio's, and a program that knows nothing but the file.
            let clock = move || Timestamp::from_second(1_000_000_000).unwrap() + started.elapsed();
            let totp = totp(KEY).unwrap().clock(clock).remember_in(&path).unwrap();
            assert_eq!(totp.time_until_next_code().await.unwrap().is_zero(), start == 0);
            codes.insert(totp.next_code().await.unwrap().expose().to_owned());
        }
        assert_eq!(codes.len(), 3);
        assert!((30..=60).contains(&started.elapsed().as_secs()));
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("2001-09-09T01:4"));
    }

    #[tokio::test]
    async fn a_file_that_another_program_holds_stops_no_other_task() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("last-code");
        let used = Used::default();
        let of_clock = used.clone();
        // The clock may look at whatever it likes.
        let clock = move || {
            of_clock.get();
            Timestamp::UNIX_EPOCH
        };
        let totp = Totp::new(&Secret::from(KEY), used).unwrap().clock(clock).remember_in(&path).unwrap();
        let held = crate::LockedFile::open(&path).unwrap();
        let (code, wait, ()) =
            tokio::join!(totp.next_code(), totp.time_until_next_code(), async { drop(held) });
        assert!(code.is_ok() && wait.is_ok());
    }

    #[test]
    fn a_file_that_holds_something_else_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("another");
        std::fs::write(&path, "made-up\n").unwrap();
        let error = totp(KEY).unwrap().remember_in(&path).unwrap_err();
        assert_eq!(error.kind(), broker_session_runtime::ErrorKind::Config);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "made-up\n");
        assert!(totp(KEY).unwrap().remember_in(path.join("below-a-file")).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_stands_still_is_not_waited_for_for_ever() {
        let totp = totp(KEY).unwrap().clock(|| Timestamp::UNIX_EPOCH);
        assert!(totp.next_code().await.is_ok());
        assert!(totp.next_code().await.unwrap_err().to_string().contains("the clock does not go on"));
    }

    #[test]
    fn the_wait_lasts_until_the_next_unused_step() {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        assert_eq!(wait_after(None, at(60_000)).unwrap(), Duration::ZERO);
        assert_eq!(wait_after(Some(1), at(60_000)).unwrap(), Duration::ZERO);
        assert_eq!(wait_after(Some(2), at(60_000)).unwrap(), Duration::from_secs(30));
        assert_eq!(wait_after(Some(2), at(89_900)).unwrap(), Duration::from_millis(100));
        assert_eq!(wait_after(Some(3), at(60_000)).unwrap(), Duration::from_secs(60));
        assert!(wait_after(Some(4), at(60_000)).is_err());
        assert!(wait_after(Some(i64::MAX), at(60_000)).is_err());
    }
}
