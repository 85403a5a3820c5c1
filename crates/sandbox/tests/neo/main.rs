//! The sandbox of Kotak Neo, over real sockets.

mod errors;
mod midnight;
mod sign_in;
mod wire;
