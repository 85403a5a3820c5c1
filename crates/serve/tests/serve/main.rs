//! The server against brokers that run in this process: what is let in, what goes through, and what becomes of a session.

mod access;
mod gateway;
mod hostile;
mod operation;
mod sessions;
mod slow;
mod streams;
mod support;
