//! The client of the memory test with the allocator of the program `broker-session`, which overwrites whatever is freed.

mod client;

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() {
    client::main();
}
