//! The fault matrix: every operation of every spec meets every fault, and what comes of it is measured.
//!
//! A cell is one operation and one fault. What must come of it is worked out from the spec and from what the fault is
//! (`expected`), never from the client; what did is measured: the kind of the error, the status, the time on a paused
//! clock, the memory, and how often the request arrived at the server, counted there. [`table`] writes it all
//! down for a person.

mod cell;
mod context;
mod expected;
mod faults;
mod groups;
mod meter;
mod run;
mod table;
mod traps;
mod watchdog;
mod way;

pub use cell::{Cell, Cells, Found};
pub use meter::Meter;
pub use run::{Rig, run};
pub use table::{check_written, table};
