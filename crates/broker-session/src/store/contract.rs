//! What is relied on of a store, as a check that any store can be run through.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::{Entry, Key, Kind, Store, StoreError, Version};

/// How many callers compete for one entry.
const RIVALS: usize = 16;

/// Runs a store through everything that is relied on. It needs a store that nobody else uses meanwhile, and leaves nothing
/// behind in it.
///
/// # Errors
/// The first promise that the store does not keep, or its own error.
pub async fn check_contract(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let shared = &store;
    let store = &*store;
    let key = Key::of(Kind::Session, "contract", &format!("{} / a user: ü", Version::random()));
    let other = Key::of(Kind::Guesses, "contract", "MADE1");
    let entry = |value: &str| Entry::new(Version::random(), value, in_an_hour());
    let (one, two, three) =
        (entry("{\"made\":\"up\"}"), entry("two\n\"\u{1f511}\""), entry(&"3".repeat(100_000)));

    let must = |is_kept: bool, promise: &str| match is_kept {
        true => Ok(()),
        false => Err(StoreError::new(format!("the store breaks its contract: {promise}"))),
    };
    let before = store.keys().await?;
    must(store.get(&key).await?.is_none(), "what was never written is not there")?;
    must(!store.remove_if(&key, one.version).await?, "what is not there is not removed")?;
    must(
        !store.put_if(&key, Some(one.version), two.clone()).await?,
        "an entry that is not there is not replaced",
    )?;
    must(store.put_if(&key, None, one.clone()).await?, "an entry is written where there is none")?;
    must(is(store, &key, &one).await?, "what was written is read as it was")?;
    must(
        !store.put_if(&key, None, two.clone()).await?,
        "an entry is not overwritten as if it were not there",
    )?;
    must(
        !store.put_if(&key, Some(two.version), two.clone()).await?,
        "an entry of another version is not overwritten",
    )?;
    must(!store.remove_if(&key, two.version).await?, "an entry of another version is not removed")?;
    must(is(store, &key, &one).await?, "what was refused changes nothing")?;
    must(store.put_if(&key, Some(one.version), two.clone()).await?, "an entry of the version is replaced")?;
    must(is(store, &key, &two).await?, "what was replaced is read as it was, in any characters")?;
    must(store.get(&other).await?.is_none(), "another key has an entry of its own")?;
    must(store.put_if(&other, None, three.clone()).await?, "two keys have an entry each")?;
    must(is(store, &other, &three).await?, "a value of 100,000 characters is read as it was")?;
    must(listed(store, &two).await? == 1, "a key is listed once, and leads to its entry")?;
    must(listed(store, &three).await? == 1, "each key is listed once, and leads to its entry")?;
    must(store.remove_if(&other, three.version).await?, "an entry of the version is removed")?;
    must(store.get(&other).await?.is_none(), "what was removed is not there")?;
    must(is(store, &key, &two).await?, "a removal leaves other entries alone")?;

    // Of those who compete one wins, and it is the winner's entry that is there.
    let mut current = two;
    for _ in 0..4 {
        let entries: Vec<Entry> = (0..RIVALS).map(|number| entry(&number.to_string())).collect();
        let mut rivals = JoinSet::new();
        for entry in entries {
            let (store, key, expected) = (shared.clone(), key.clone(), current.version);
            rivals.spawn(async move {
                let has_won = store.put_if(&key, Some(expected), entry.clone()).await?;
                Ok::<_, StoreError>(has_won.then_some(entry))
            });
        }
        let outcomes = rivals.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut winners = outcomes.into_iter().flatten();
        let Some(winner) = winners.next().filter(|_| winners.next().is_none()) else {
            return must(false, "of those who replace the same version one succeeds");
        };
        must(is(store, &key, &winner).await?, "the entry is that of the one who succeeded")?;
        current = winner;
    }
    let lasting = Entry::new(Version::random(), "lasting", None);
    must(store.put_if(&key, Some(current.version), lasting.clone()).await?, "an entry need not have an end")?;
    must(is(store, &key, &lasting).await?, "an entry without an end is read as it was")?;
    let mut removals = JoinSet::new();
    for _ in 0..RIVALS {
        let (store, key, version) = (shared.clone(), key.clone(), lasting.version);
        removals.spawn(async move { store.remove_if(&key, version).await });
    }
    let removals = removals.join_all().await.into_iter().collect::<Result<Vec<bool>, _>>()?;
    must(removals.iter().filter(|removed| **removed).count() == 1, "an entry is removed once")?;
    must(
        !store.put_if(&key, Some(lasting.version), entry("late")).await?,
        "the version of a removed entry is gone",
    )?;
    let after = store.keys().await?;
    must(after.iter().all(|key| before.contains(key)), "what was removed is not listed")
}

/// How many of the listed keys lead to an entry. A listed key may be another than the one that was used.
async fn listed(store: &dyn Store, entry: &Entry) -> Result<usize, StoreError> {
    let mut count = 0;
    for key in store.keys().await? {
        count += usize::from(is(store, &key, entry).await?);
    }
    Ok(count)
}

async fn is(store: &dyn Store, key: &Key, entry: &Entry) -> Result<bool, StoreError> {
    Ok(store
        .get(key)
        .await?
        .is_some_and(|found| found.version == entry.version && found.value == entry.value))
}

fn in_an_hour() -> Option<Timestamp> {
    Timestamp::now().checked_add(SignedDuration::from_hours(1)).ok()
}
