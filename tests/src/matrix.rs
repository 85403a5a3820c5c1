//! The fault matrix: every operation of every spec meets every fault, and what comes of it is measured.
//!
//! A cell is one operation and one fault. What must come of it is worked out from the spec and from what the fault is
//! (`expected`), never from the client; what did is measured: the kind of the error, the status, the time on a paused
//! clock, the memory, and how often the request arrived at the server, counted there. [`table`] writes it all
//! down for a person.

mod context;
mod expected;
mod faults;
mod faulty_connection;
mod groups;
mod measurement;
mod run;
mod table;

pub use measurement::{Found, Measurement, Measurements};
pub use run::{Measure, Settings, run, run_one};
pub use table::{check_written, table};
