//! A client that does all it can, drops everything, and then looks for secrets in its own memory.
//!
//! The programs that this is the heart of differ in what becomes of memory that is freed.

#[path = "canary.rs"]
mod canary;
#[path = "flows.rs"]
mod flows;
#[path = "report.rs"]
#[expect(dead_code, reason = "the test reads it")]
mod report;
#[path = "scan.rs"]
mod scan;

use canary::Needle;
use report::Found;

/// Takes the broker, the base URL of its server and the names of its secrets, and prints what is left.
pub(crate) fn main() {
    let mut words = std::env::args().skip(1);
    let (broker, base) = (words.next().expect("a broker"), words.next().expect("a base URL"));
    let mut needles: Vec<Needle> = words.map(|name| Needle::of_name(&name)).collect();
    needles.extend(flows::given(&broker).iter().copied().map(Needle::of_name));
    needles.extend(flows::given_digits(&broker).iter().copied().map(Needle::of_digits));
    needles.push(Needle::of_name(canary::LEFT));
    // The scan finds what is there.
    let left = canary::canary(canary::LEFT);
    flows::run(&broker, &base);
    overwrite_stack();
    let copies = scan::scan(&needles);
    drop(left);
    for copy in copies {
        println!("{}", serde_json::to_string(&copy).expect("strings and numbers"));
    }
    print!("{}", Found::END);
}

/// As much of the stack as the calls of a flow use.
const STACK: usize = 256 * 1024;

/// Overwrites what finished calls have left on the stack, where the compiler keeps what does not fit into registers.
#[inline(never)]
fn overwrite_stack() {
    std::hint::black_box(&mut [0_u8; STACK]);
}
