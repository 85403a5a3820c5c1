//! A store in Redis or Valkey, for processes on any number of machines.

mod address;
mod builder;
mod connection;
mod failure;

use std::collections::BTreeSet;

use ::redis::{Value, cmd};
use broker_session_runtime::Secret;
use jiff::Timestamp;
use tokio::time::{Duration, timeout};

use self::{
    connection::{Call, Connector},
    failure::not_an_entry,
};
use super::{Entry, Key, Store, StoreError, StoreFuture, Version};

pub use builder::RedisStoreBuilder;

/// How long each method may take at most, if nothing else is said.
const TIME_LIMIT: Duration = Duration::from_secs(3);

/// How long listing all keys may take, in how many time limits: that is more than one command.
const LIST_LIMITS: u32 = 4;

/// How many keys the server looks at for one response.
const SCAN_COUNT: u32 = 1000;

/// How long an entry stays at least, in milliseconds. One that has expired on the way would vanish unseen.
const SHORTEST_LIFE: i64 = 1000;

/// The fields of an entry.
const FIELDS: [&str; 3] = ["version", "value", "expires_at"];

/// Writes an entry in place of the expected version: KEYS the key; ARGV the expected version or nothing, the version, the
/// value, when it expires or nothing, the milliseconds until then or nothing, and whether the same call was sent before and
/// its response was lost.
const PUT_IF: &str = "\
local found = redis.call('HGET', KEYS[1], 'version') or ''
if ARGV[6] == '1' and found == ARGV[2] then return 1 end
if found ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'value', ARGV[3], 'expires_at', ARGV[4])
if ARGV[5] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[5]) end
return 1";

/// Removes an entry of a version: KEYS the key; ARGV the version.
const REMOVE_IF: &str = "\
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1";

/// A store in Redis (6 or newer) or Valkey, for processes on any number of machines. Clones are the same store, with one
/// connection.
///
/// It connects when it is first used, and again whenever the connection was lost. Each method takes 3 seconds at most,
/// listing all keys 12. Nothing is encrypted but the way there: see [`EncryptedStore`](super::EncryptedStore).
///
/// The server must not evict entries (`maxmemory-policy noeviction` or `volatile-ttl` with enough memory), and should write
/// them to disk: what is lost is signed in again. An entry that a server has confirmed and lost in a failover to a replica
/// is as if it had never been written. Redis Cluster is not supported.
///
/// Each entry is a hash with the fields `version`, `value` and `expires_at`, and expires by itself. An ACL user needs these commands on
/// these keys, and `+select` for a database other than 0:
///
/// ```text
/// ACL SETUSER broker-session on >PASSWORD resetkeys ~broker-session:* resetchannels
///     -@all +eval +evalsha +hget +hmget +hset +pexpire +persist +del +scan
/// ```
///
/// ```no_run
/// use std::{fs, sync::Arc};
/// use broker_session::{Secret, store::{RedisStore, check_contract}};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let password = Secret::from(fs::read_to_string("/run/secrets/redis")?.trim_end());
/// let store = RedisStore::builder("rediss://broker-session@redis.example:6380/1").password(password).build()?;
/// check_contract(Arc::new(store)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RedisStore {
    connector: Connector,
    prefix: String,
}

impl RedisStore {
    /// Begins a store at a URL: `rediss://host:port/database` with TLS, or `redis://…` without. The port (6379) and the
    /// database (0) may be left out, and the name of an ACL user may stand before the host: `rediss://user@host`.
    pub fn builder(url: impl Into<String>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url.into())
    }

    fn name(&self, key: &Key) -> String {
        format!("{}{}", self.prefix, key.as_str())
    }

    /// Whether a script has changed something. `call` builds it, and learns whether it was sent before.
    async fn change(&self, call: impl Fn(bool) -> Call) -> Result<bool, StoreError> {
        let outcome = self.connector.call(&call).await?;
        match outcome.value {
            Value::Int(1) => Ok(true),
            Value::Int(0) if outcome.was_repeated => Err(StoreError::new(format!(
                "the connection to {} was lost while an entry was written",
                self.location()
            ))
            .with_hint("It may have been written. Read it again.")),
            Value::Int(0) => Ok(false),
            _ => Err(not_an_entry(&self.connector)),
        }
    }

    async fn list(&self) -> Result<Vec<Key>, StoreError> {
        let pattern = format!("{}*", escaped(&self.prefix));
        // A key may be found twice.
        let mut keys = BTreeSet::new();
        let mut cursor = String::from("0");
        loop {
            let scan =
                Call::of(cmd("SCAN").arg(&cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(SCAN_COUNT));
            let value = self.connector.call(&|_| scan.clone()).await?.value;
            let page: (String, Vec<Vec<u8>>) =
                ::redis::from_redis_value(value).map_err(|_| not_an_entry(&self.connector))?;
            let names = page.1.into_iter().filter_map(|name| String::from_utf8(name).ok());
            keys.extend(names.filter_map(|name| name.strip_prefix(&self.prefix).map(Key::new)));
            cursor = page.0;
            if cursor == "0" {
                return Ok(keys.into_iter().collect());
            }
        }
    }
}

impl Store for RedisStore {
    fn get<'a>(&'a self, key: &'a Key) -> StoreFuture<'a, Option<Entry>> {
        Box::pin(async {
            let mut get = cmd("HMGET");
            get.arg(self.name(key)).arg(&FIELDS);
            let get = Call::of(&get);
            let fields = self.connector.call(&|_| get.clone()).await?.value;
            read(fields).ok_or_else(|| not_an_entry(&self.connector))
        })
    }

    fn put_if<'a>(&'a self, key: &'a Key, expected: Option<Version>, entry: Entry) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let name = self.name(key);
            let expected = expected.map(|version| version.to_string()).unwrap_or_default();
            let version = entry.version.to_string();
            let life = life(entry.expires_at);
            let expires_at = entry.expires_at.map(|end| end.to_string()).unwrap_or_default();
            self.change(|is_repeated| {
                let is_repeated = if is_repeated { "1" } else { "0" };
                let arguments =
                    [&*expected, &*version, entry.value.expose(), &*expires_at, &*life, is_repeated];
                Call::of_script(PUT_IF, &name, &arguments)
            })
            .await
        })
    }

    fn remove_if<'a>(&'a self, key: &'a Key, version: Version) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let name = self.name(key);
            let version = version.to_string();
            self.change(|_| Call::of_script(REMOVE_IF, &name, &[&version])).await
        })
    }

    fn keys(&self) -> StoreFuture<'_, Vec<Key>> {
        Box::pin(async {
            let limit = self.connector.time_limit() * LIST_LIMITS;
            timeout(limit, self.list()).await.unwrap_or_else(|_| Err(self.connector.too_slow(limit)))
        })
    }

    fn may_lose_entries(&self) -> bool {
        true
    }

    fn location(&self) -> String {
        self.connector.location()
    }
}

/// The entry in the fields of a hash. `None` if it is none; there may be no hash at all.
fn read(fields: Value) -> Option<Option<Entry>> {
    let fields: [Option<String>; 3] = ::redis::from_redis_value(fields).ok()?;
    match fields {
        [None, None, None] => Some(None),
        [Some(version), Some(value), Some(expires_at)] => {
            let value = Secret::new(value);
            let end = Some(expires_at).filter(|end| !end.is_empty()).map(|end| end.parse());
            Some(Some(Entry::new(version.parse().ok()?, value, end.transpose().ok()?)))
        }
        _ => None,
    }
}

/// How long an entry lives, in milliseconds; empty for one that lives on. A duration and no time, because the server's clock
/// may be another than ours.
fn life(expires_at: Option<Timestamp>) -> String {
    let Some(end) = expires_at else { return String::new() };
    (end.as_millisecond() - Timestamp::now().as_millisecond()).max(SHORTEST_LIFE).to_string()
}

/// A prefix as a pattern that matches it alone.
fn escaped(prefix: &str) -> String {
    let mut pattern = String::new();
    for character in prefix.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
