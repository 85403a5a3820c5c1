//! TLS that fails, and certificates that are not the right ones.

use super::{Fault, many, one};
use crate::{
    TestCertificate,
    matrix::{
        context::{Certificates, Trial, Trust},
        expected::{Expected, Lasts},
        faulty_connection::ConnectionFault,
    },
};

const SECTION: &str = "TLS";

/// The head of a record of the handshake that holds 16 KiB (RFC 8446, section 5.1).
const LONG_RECORD: &[u8] = &[22, 3, 3, 0x40, 0];

/// A fatal alert `handshake_failure`, and one `protocol_version` (RFC 8446, section 6).
const NO_COMMON_GROUND: &[u8] = &[21, 3, 3, 0, 2, 2, 40];
const OTHER_VERSION: &[u8] = &[21, 3, 1, 0, 2, 2, 70];

/// Which certificate.
type Which = fn(&Certificates) -> &TestCertificate;

pub(super) fn all() -> Vec<Fault> {
    let fails = |name, fault: ConnectionFault, lasting, lasts| {
        one(SECTION, name, move |_| Trial::connection(fault.clone(), Expected::no_connection(lasting, lasts)))
    };
    let sends = |name, bytes: &[u8]| {
        fails(name, ConnectionFault::SaysInHandshake(bytes.to_vec()), true, Lasts::NoTime)
    };
    let presents = |name, which: Which, trust, means: fn() -> Expected| {
        many(SECTION, name, move |context| {
            let fault = ConnectionFault::Serves(which(context.certificates).acceptor(), context.good.bytes());
            let is_possible = trust != Trust::Pinned || context.has_pins;
            is_possible.then(|| Trial { trust, ..Trial::connection(fault, means()) }).into_iter().collect()
        })
    };
    let untrusted = Expected::untrusted;
    vec![
        one(SECTION, "ended after the handshake and the request", |context| {
            let fault = ConnectionFault::Serves(context.certificates.good.acceptor(), Vec::new());
            Trial { trust: Trust::Issuers, ..Trial::connection(fault, Expected::lost()) }
        }),
        presents("the right certificate", |all| &all.good, Trust::Issuers, Expected::fine),
        presents(
            "the pinned certificate, which has expired",
            |all| &all.expired,
            Trust::Pinned,
            Expected::fine,
        ),
        presents("a certificate that nobody vouches for", |all| &all.self_signed, Trust::Issuers, untrusted),
        presents("a certificate, and nobody is trusted", |all| &all.good, Trust::Nobody, untrusted),
        presents("a certificate for another name", |all| &all.of_another, Trust::Issuers, untrusted),
        presents("a certificate that has expired", |all| &all.expired, Trust::Issuers, untrusted),
        presents("a certificate of the future", |all| &all.not_yet_good, Trust::Issuers, untrusted),
        presents(
            "another certificate than the pinned one",
            |all| &all.good,
            Trust::Pinned,
            Expected::not_allowed,
        ),
        sends("a response in plain HTTP", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
        sends("garbage for a ServerHello", &[0xde, 0xad, 0xbe, 0xef].repeat(64)),
        sends("a handshake that is cut to pieces", &[22, 3, 3, 0, 4, 2, 0, 0, 0, 22, 3, 3, 0, 4, 2, 0, 0, 0]),
        sends("no algorithm in common", NO_COMMON_GROUND),
        sends("a version before TLS 1.2, as an alert", OTHER_VERSION),
        sends("a version before TLS 1.2, as a ServerHello", &old_hello()),
        fails("ended in the handshake", ConnectionFault::SaysInHandshake(Vec::new()), false, Lasts::NoTime),
        fails("reset in the handshake", ConnectionFault::ResetsHandshake, false, Lasts::NoTime),
        fails("silent in the handshake", ConnectionFault::SilentInHandshake, false, Lasts::Connect),
        fails(
            "a handshake that trickles",
            ConnectionFault::TricklesInHandshake(LONG_RECORD.to_vec()),
            false,
            Lasts::Connect,
        ),
    ]
}

/// A ServerHello of TLS 1.0 (RFC 2246, section 7.4.1.3): a version, 32 random bytes, no session, a cipher and no compression.
fn old_hello() -> Vec<u8> {
    let body = [&[3, 1][..], &[7; 32], &[0], &[0xc0, 0x14], &[0]].concat();
    let length = u8::try_from(body.len()).expect("a short message");
    let message = [&[2, 0, 0, length][..], &body].concat();
    let length = u8::try_from(message.len()).expect("a short message");
    [&[22, 3, 1, 0, length][..], &message].concat()
}
