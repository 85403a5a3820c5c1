//! The store in memory.

use std::sync::Arc;

use broker_session::store::{MemoryStore, check_contract};

#[tokio::test]
async fn the_store_in_memory_keeps_the_contract() {
    check_contract(Arc::new(MemoryStore::new())).await.unwrap();
}
