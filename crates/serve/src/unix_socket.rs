//! A Unix socket that only its owner can open: it is made where nobody else can look, and moved to its place.

use std::{
    fs, io,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, PermissionsExt},
        net::{SocketAddr, UnixStream as StdUnixStream},
    },
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

/// The file of a socket, which is removed with this value, unless another program has put its own there.
#[derive(Debug)]
pub(crate) struct OwnedSocket {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
}

/// Binds a socket.
///
/// # Errors
/// Another program listens there, something else is there, or the system's.
pub(crate) fn bind(path: &Path) -> io::Result<(UnixListener, OwnedSocket)> {
    let explained = |error: io::Error| {
        io::Error::new(error.kind(), format!("cannot listen on `{}`: {error}", path.display()))
    };
    must_fit(path).and_then(|()| free(path)).and_then(|()| bind_private(path)).map_err(explained)
}

/// Makes sure that the system takes a path for a socket. A longer one could be moved to, but no client could reach it.
fn must_fit(path: &Path) -> io::Result<()> {
    SocketAddr::from_pathname(path).map(drop).map_err(|_| {
        let length = path.as_os_str().len();
        let why =
            format!("`{}` is too long for a socket ({length} bytes). Choose a shorter path.", path.display());
        io::Error::new(io::ErrorKind::InvalidInput, why)
    })
}

/// Makes sure that the place is free, or that what is there was left behind.
fn free(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(metadata) if metadata.file_type().is_socket() => {}
        Ok(_) => {
            let why = "something other than a socket is there. Choose another path, or remove it.";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
    }
    match StdUnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(_) => {
            let why = "another program listens there. Stop it, or choose another path.";
            Err(io::Error::new(io::ErrorKind::AddrInUse, why))
        }
    }
}

fn bind_private(path: &Path) -> io::Result<(UnixListener, OwnedSocket)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // For its owner alone, so nobody connects before the mode is set. Names are short: a socket's path has 108 bytes.
    let private = tempfile::Builder::new().prefix(".bs").rand_bytes(4).tempdir_in(folder)?;
    let made = private.path().join("s");
    must_fit(&made)?;
    let socket = UnixListener::bind(&made)?;
    fs::set_permissions(&made, fs::Permissions::from_mode(0o600))?;
    let metadata = fs::symlink_metadata(&made)?;
    fs::rename(&made, path)?;
    let identity = (metadata.dev(), metadata.ino());
    Ok((socket, OwnedSocket { path: path.to_owned(), identity }))
}

/// Whether a client belongs to the user of this process, or is the system's.
pub(crate) fn is_own_user(client: &UnixStream) -> bool {
    let own = rustix::process::geteuid().as_raw();
    client.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0)
}

impl Drop for OwnedSocket {
    fn drop(&mut self) {
        let is_own = |metadata: fs::Metadata| (metadata.dev(), metadata.ino()) == self.identity;
        if fs::symlink_metadata(&self.path).is_ok_and(is_own) {
            // It is replaced next time if this fails.
            let _ = fs::remove_file(&self.path);
        }
    }
}
