//! The sandbox of the Client Portal Gateway, over real sockets.

mod answers;
mod decay;
mod errors;
mod limits;
mod person;
mod tls;
mod wire;
