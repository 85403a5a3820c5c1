//! The folder with the OAuth credentials of a sandbox, in the files that a client can read them from.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use broker_session_sandbox::ibkr::{Credentials, OAuth2Credentials};
use tempfile::TempDir;

use crate::failure::Failure;

/// The variables of OAuth 1.0a, and the files with their values. Those that a person makes for the broker have the names of
/// its instructions.
const FILES: [(&str, &str); 6] = [
    ("IBKR_OAUTH_CONSUMER_KEY", "consumer_key"),
    ("IBKR_OAUTH_ACCESS_TOKEN", "access_token"),
    ("IBKR_OAUTH_ACCESS_TOKEN_SECRET", "access_token_secret"),
    ("IBKR_OAUTH_SIGNATURE_KEY", "private_signature.pem"),
    ("IBKR_OAUTH_ENCRYPTION_KEY", "private_encryption.pem"),
    ("IBKR_OAUTH_DH_PARAMETERS", "dhparam.pem"),
];

/// Those of OAuth 2.0. The user's name and the address are the sandbox's.
const OAUTH2_FILES: [(&str, &str); 3] = [
    ("IBKR_OAUTH2_CLIENT_ID", "oauth2_client_id"),
    ("IBKR_OAUTH2_KEY_ID", "oauth2_key_id"),
    ("IBKR_OAUTH2_PRIVATE_KEY", "oauth2_private_key.pem"),
];

/// A folder with credentials.
pub(super) struct OAuthFolder {
    path: PathBuf,
    credentials: Credentials,
    /// Removed when this is dropped.
    _temporary: Option<TempDir>,
}

impl OAuthFolder {
    /// Reads the credentials in a folder. Where it is missing or empty, they are made up and written there; without a path,
    /// into a temporary folder.
    ///
    /// # Errors
    /// The folder has something else than credentials, can be read by others, or cannot be read or written.
    pub(super) fn open(path: Option<PathBuf>, user_name: &str) -> Result<Self, Failure> {
        let made_up = || {
            let mut credentials =
                Credentials::made_up().map_err(|error| Failure::other(format!("{error}.")))?;
            credentials.oauth2.iter_mut().for_each(|oauth2| oauth2.credential = user_name.to_owned());
            Ok::<_, Failure>(credentials)
        };
        let Some(path) = path else {
            let failed = |error: io::Error| {
                Failure::other(format!("no temporary folder for the OAuth credentials can be made: {error}."))
            };
            let folder = private_folder("broker-session-", &env::temp_dir()).map_err(failed)?;
            let credentials = made_up()?;
            write_all(folder.path(), &credentials).map_err(failed)?;
            return Ok(Self { path: folder.path().to_owned(), credentials, _temporary: Some(folder) });
        };
        let failed = |what: &str, error: &io::Error| {
            let path = path.display();
            Failure::config(format!(
                "the folder `{path}` for --oauth cannot be {what}: {error}. Name another one."
            ))
        };
        let is_unused = match fs::read_dir(&path) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(failed("read", &error)),
        };
        let credentials = if is_unused {
            let credentials = made_up()?;
            create(&path, &credentials).map_err(|error| failed("written", &error))?;
            credentials
        } else {
            read(&path, user_name)?
        };
        // A client may be started in another folder.
        let path = fs::canonicalize(&path).map_err(|error| failed("read", &error))?;
        Ok(Self { path, credentials, _temporary: None })
    }

    /// What a client signs in with.
    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The variables whose values a client reads from files.
    pub(super) fn files(&self) -> Vec<(&'static str, PathBuf)> {
        let [_consumer_key, secrets @ ..] = FILES;
        secrets.map(|(variable, file)| (variable, self.path.join(file))).to_vec()
    }

    /// What a client of OAuth 2.0 needs: names and values, if it can be one.
    pub(super) fn oauth2_variables(&self) -> Option<Vec<(String, String)>> {
        let variables = self.credentials.oauth2.as_ref()?.variables();
        let [_, _, (private_key, file)] = OAUTH2_FILES;
        let as_printed = variables.into_iter().map(|(name, value)| {
            if name == private_key {
                (format!("{name}_FILE"), self.path.join(file).display().to_string())
            } else {
                (name.to_owned(), value.to_owned())
            }
        });
        Some(as_printed.collect())
    }
}

/// Reads the credentials of a folder. Those of OAuth 2.0 may be left out.
fn read(folder: &Path, user_name: &str) -> Result<Credentials, Failure> {
    check_modes(folder)?;
    let read = |(_, file): (&str, &str)| -> Result<String, Failure> {
        let text = fs::read_to_string(folder.join(file)).map_err(|error| {
            let folder = folder.display();
            Failure::config(format!(
                "the folder `{folder}` for --oauth has other files, and `{file}` cannot be read: {error}. Complete it, or name a folder that is empty or does not exist."
            ))
        })?;
        Ok(text.trim().to_owned())
    };
    let [consumer_key, access_token, access_token_secret, signature_key, encryption_key, dh_parameters] =
        FILES;
    let [client_id, key_id, private_key] = OAUTH2_FILES;
    let has_oauth2 = OAUTH2_FILES.iter().any(|(_, file)| folder.join(file).exists());
    let oauth2 = || {
        Ok::<_, Failure>(OAuth2Credentials {
            client_id: read(client_id)?,
            key_id: read(key_id)?,
            private_key: read(private_key)?,
            credential: user_name.to_owned(),
            ip: "192.0.2.1".to_owned(),
        })
    };
    Ok(Credentials {
        consumer_key: read(consumer_key)?,
        access_token: read(access_token)?,
        access_token_secret: read(access_token_secret)?,
        signature_key: read(signature_key)?,
        encryption_key: read(encryption_key)?,
        dh_parameters: read(dh_parameters)?,
        oauth2: has_oauth2.then(oauth2).transpose()?,
    })
}

/// Refuses what others can read or write: a client takes no such file.
#[cfg(unix)]
fn check_modes(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let files = FILES.iter().chain(&OAUTH2_FILES).map(|(_, file)| folder.join(file));
    for path in [folder.to_owned()].into_iter().chain(files) {
        // One that is missing is reported when it is read.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(Failure::config(format!(
                "others can read or write `{path}` (mode {mode:04o}), and clients refuse such files. Run: chmod -R go= {}",
                crate::output::quoted(&folder.display().to_string())
            )));
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_modes(_: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Creates a folder with all the files, or none. An empty one is replaced.
fn create(folder: &Path, credentials: &Credentials) -> io::Result<()> {
    // What a link points to is replaced, not the link.
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let new = private_folder(".oauth-", parent)?;
    write_all(new.path(), credentials)?;
    if folder.exists() {
        fs::remove_dir(&folder)?;
    }
    fs::rename(new.path(), &folder)?;
    // It is no temporary one any more.
    let _ = new.keep();
    Ok(())
}

/// A new folder that only its owner can use, removed when it is dropped.
fn private_folder(prefix: &str, parent: &Path) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent)
}

fn write_all(folder: &Path, credentials: &Credentials) -> io::Result<()> {
    let oauth2 = credentials.oauth2.as_ref().map(OAuth2Credentials::variables);
    let variables = credentials.variables().into_iter().chain(oauth2.into_iter().flatten());
    for (name, value) in variables {
        let mut files = FILES.into_iter().chain(OAUTH2_FILES);
        let Some((_, file)) = files.find(|(variable, _)| *variable == name) else { continue };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        writeln!(options.open(folder.join(file))?, "{}", value.trim_end())?;
    }
    Ok(())
}
