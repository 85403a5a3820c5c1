//! The file in which programs keep the records of all gateways. A file of another form is left alone.

use std::{io, path::Path};

use serde::{Deserialize, Serialize};

use super::shared_state::Record;
use crate::LockedFile;

/// The version of the file's form. A file with another one is left alone.
const VERSION: u32 = 1;

/// The file, locked for as long as this lives.
pub(super) struct SharedFile {
    file: LockedFile,
    content: Content,
}

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    gateways: Vec<Record>,
}

impl SharedFile {
    /// Waits until no other program uses the file, and reads it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = LockedFile::open(path)?;
        let text = file.read()?;
        let content = if text.expose().trim().is_empty() {
            Content { version: VERSION, gateways: Vec::new() }
        } else {
            serde_json::from_str::<Content>(text.expose())?
        };
        if content.version != VERSION {
            return Err(io::Error::other("it is of another version"));
        }
        Ok(Self { file, content })
    }

    /// The record of the gateway at an address.
    pub(super) fn find(&self, address: &str) -> Record {
        let record = self.content.gateways.iter().find(|record| record.is_at(address));
        let mut record = record.cloned().unwrap_or_default();
        address.clone_into(&mut record.address);
        record
    }

    /// Writes the record of a gateway.
    pub(super) fn replace(mut self, record: Record) -> io::Result<()> {
        self.content.gateways.retain(|other| !other.is_at(&record.address));
        self.content.gateways.push(record);
        self.file.replace(&serde_json::to_string_pretty(&self.content)?)
    }
}
