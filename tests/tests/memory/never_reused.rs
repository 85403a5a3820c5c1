//! The client of the memory test in memory that nobody gets again once it is freed: every copy of a secret that was
//! ever made is still there, unless it was overwritten on purpose.

mod client;

use static_alloc::Bump;

#[global_allocator]
static MEMORY: Bump<[u8; 1 << 25]> = Bump::uninit();

fn main() {
    client::main();
}
