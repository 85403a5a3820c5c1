//! What a program shows to be let in: a bearer token, kept in a file that only its owner can read.

use std::{
    fmt, fs,
    io::{self, Write},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use broker_session::Secret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tempfile::NamedTempFile;

/// How many random bytes a token has.
const RANDOM_BYTES: usize = 32;

/// The fewest characters of a token that somebody else has made.
const MIN_CHARACTERS: usize = 32;

/// The bearer token of a server.
#[derive(Clone)]
pub struct Token {
    token: Secret,
    /// What the page's cookie has: made from the token, and good for the page alone.
    cookie: Secret,
}

impl Token {
    /// A new token: 32 random bytes in base64url.
    pub fn generate() -> Self {
        let bytes: [u8; RANDOM_BYTES] = rand::random();
        Self::of(BASE64_URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// A token that exists already.
    ///
    /// # Errors
    /// `InvalidInput` if it has fewer than 32 characters, or others than letters, digits, `-` and `_`.
    pub fn new(token: Secret) -> io::Result<Self> {
        let is_plain =
            token.expose().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !is_plain || token.expose().len() < MIN_CHARACTERS {
            let why = format!(
                "a token needs at least {MIN_CHARACTERS} characters, all of them letters, digits, `-` or `_`"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        Ok(Self::of(token))
    }

    /// The token in a file; if there is no such file, a new token is made and written there for its owner alone (mode
    /// 0600).
    ///
    /// # Errors
    /// The file cannot be read or written, is not a regular file, belongs to another user, can be read by others, or has
    /// no token in it.
    pub fn in_file(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(metadata) => Self::read(path, &metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::write(path),
            Err(error) => Err(explained(path, "cannot be read", &error)),
        }
    }

    fn read(path: &Path, metadata: &fs::Metadata) -> io::Result<Self> {
        // To open a device may do something.
        must_be_a_file(path, metadata)?;
        let file = open(path).map_err(|error| explained(path, "cannot be read", &error))?;
        // It may be another one by now.
        let metadata = file.metadata().map_err(|error| explained(path, "cannot be read", &error))?;
        must_be_a_file(path, &metadata)?;
        must_be_private(path, &metadata)?;
        let content = io::read_to_string(io::Read::take(file, 4096));
        let content: Secret = content.map_err(|error| explained(path, "cannot be read", &error))?.into();
        Self::new(content.expose().trim().into()).map_err(|error| explained(path, "has no token", &error))
    }

    fn write(path: &Path) -> io::Result<Self> {
        let token = Self::generate();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let write = || {
            // For its owner alone, and whole or not at all.
            let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
            file.write_all(token.token.expose().as_bytes())?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            file.persist_noclobber(path).map_err(|error| error.error)
        };
        match write() {
            Ok(_) => Ok(token),
            // Another process was faster, or there is a link.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match fs::metadata(path) {
                Ok(metadata) => Self::read(path, &metadata),
                Err(error) => Err(match fs::read_link(path) {
                    Ok(target) => leads_nowhere(path, &target),
                    Err(_) => explained(path, "cannot be read", &error),
                }),
            },
            Err(error) => Err(explained(path, "cannot be written", &error)),
        }
    }

    fn of(token: Secret) -> Self {
        let digest = Sha256::new().chain_update("broker-session page\n").chain_update(token.expose());
        let cookie = BASE64_URL_SAFE_NO_PAD.encode(digest.finalize()).into();
        Self { token, cookie }
    }

    /// The token, for a program that is to be let in.
    pub fn secret(&self) -> &Secret {
        &self.token
    }

    /// The value of the page's cookie.
    pub(crate) fn cookie(&self) -> &Secret {
        &self.cookie
    }

    /// Whether it is this token, in a time that does not depend on where they differ.
    pub(crate) fn is(&self, given: &[u8]) -> bool {
        same(&self.token, given)
    }

    /// Whether it is the value of the page's cookie.
    pub(crate) fn is_cookie(&self, given: &[u8]) -> bool {
        same(&self.cookie, given)
    }
}

/// Compares in constant time. Only the length shows.
pub(crate) fn same(secret: &Secret, given: &[u8]) -> bool {
    secret.expose().as_bytes().ct_eq(given).into()
}

fn explained(path: &Path, what: &str, error: &io::Error) -> io::Error {
    let message = format!("the token file `{}` {what}: {error}", path.display());
    io::Error::new(error.kind(), message)
}

fn leads_nowhere(path: &Path, target: &Path) -> io::Error {
    let (path, target) = (path.display(), target.display());
    let message = format!("the token file `{path}` is a link to `{target}`, which is not there");
    io::Error::new(io::ErrorKind::NotFound, message)
}

fn must_be_a_file(path: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let message = format!("the token file `{}` is not a regular file", path.display());
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// Opens a file, and waits for nobody if it has become a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<fs::File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<fs::File> {
    fs::File::open(path)
}

#[cfg(unix)]
fn must_be_private(path: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let (mode, path) = (metadata.mode() & 0o777, path.display());
    let message = if metadata.uid() != rustix::process::geteuid().as_raw() {
        format!(
            "the token file `{path}` belongs to another user (number {}), who knows the token. Delete it, so that a new token is made",
            metadata.uid()
        )
    } else if mode & 0o077 != 0 {
        format!(
            "others can read the token file `{path}` (mode {mode:04o}). Delete it, so that a new token is made, or run: chmod 600 {path}"
        )
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}

#[cfg(not(unix))]
fn must_be_private(_: &Path, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let token = Token::in_file(&path).unwrap();
        assert_eq!(token.secret().expose().len(), 43);
        assert!(Token::in_file(&path).unwrap().is(token.secret().expose().as_bytes()));
        assert!(!Token::generate().is(token.secret().expose().as_bytes()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            let error = Token::in_file(&path).unwrap_err().to_string();
            assert!(error.contains("chmod 600"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name| folder.path().join(name);
        let pipe = place("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(place("socket")).unwrap();
        std::os::unix::fs::symlink("/dev/null", place("link")).unwrap();
        for path in [pipe, folder.path().to_owned(), "/dev/null".into(), place("socket"), place("link")] {
            let error = Token::in_file(&path).unwrap_err().to_string();
            assert_eq!(error, format!("the token file `{}` is not a regular file", path.display()));
            assert!(path.exists());
        }
        let dangling = place("dangling");
        std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
        let error = Token::in_file(&dangling).unwrap_err().to_string();
        let expected = "is a link to `nowhere`, which is not there";
        assert_eq!(error, format!("the token file `{}` {expected}", dangling.display()));
        assert!(!place("nowhere").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_another_user_has_made_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        Token::in_file(&path).unwrap();
        if std::os::unix::fs::chown(&path, Some(65_534), None).is_err() {
            eprintln!("skipped: only root can give a file to another user");
            return;
        }
        let error = Token::in_file(&path).unwrap_err().to_string();
        assert!(error.contains(&format!("`{}` belongs to another user", path.display())), "{error}");
    }

    #[test]
    fn a_short_or_strange_token_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (name, token) in
            [("short", "a".repeat(31)), ("strange", "ä".repeat(40)), ("empty", String::new())]
        {
            assert!(Token::new(token.as_str().into()).is_err(), "{name}");
            let path = folder.path().join(name);
            let mut file = NamedTempFile::new_in(folder.path()).unwrap();
            file.write_all(token.as_bytes()).unwrap();
            file.persist(&path).unwrap();
            let error = Token::in_file(&path).unwrap_err().to_string();
            assert!(error.contains("has no token"), "{error}");
        }
        assert!(Token::new("a".repeat(32).into()).is_ok());
    }

    #[test]
    fn the_cookie_is_not_the_token() {
        let token = Token::generate();
        assert!(!token.is(token.cookie().expose().as_bytes()));
        assert!(!token.is_cookie(token.secret().expose().as_bytes()));
        assert!(!format!("{token:?}").contains(token.secret().expose()));
    }
}
