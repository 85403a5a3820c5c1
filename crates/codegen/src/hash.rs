//! The hash that ties a generated file to the spec it came from. Always compiled and free of parsers,
//! because every ordinary build compares it.

use hmac_sha256::Hash;

/// The start of the line with the hash in a generated file.
const HEADER: &str = "// spec-sha256: ";
/// How many lines at the top of a generated file may hold the header.
const HEADER_LINES: usize = 20;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// SHA-256 of a spec in lower-case hexadecimal.
///
/// A byte order mark does not count, and every line ending (CRLF, lone CR) counts as LF. So a checkout with other line
/// endings has the same hash.
pub fn spec_hash(text: &[u8]) -> String {
    let mut bytes = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).iter().copied().peekable();
    let mut normalised = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'\r' {
            bytes.next_if_eq(&b'\n');
            normalised.push(b'\n');
        } else {
            normalised.push(byte);
        }
    }
    Hash::hash(&normalised).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash in the header of a generated file: the rest of the line `// spec-sha256: <hex>` in the first 20 lines.
/// `None` if there is no such line, or its rest is not 64 hexadecimal digits.
pub fn header_hash(generated: &str) -> Option<&str> {
    generated
        .lines()
        .take(HEADER_LINES)
        .find_map(|line| line.strip_prefix(HEADER))
        .map(str::trim)
        .filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{header_hash, spec_hash};

    /// From FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn it_is_plain_sha_256() {
        assert_eq!(spec_hash(b"abc"), ABC);
    }

    #[test]
    fn line_endings_and_the_byte_order_mark_do_not_matter() {
        let expected = spec_hash(b"a\nb\n\nc");
        assert_eq!(spec_hash(b"a\r\nb\r\n\r\nc"), expected);
        assert_eq!(spec_hash(b"a\rb\r\rc"), expected);
        assert_eq!(spec_hash(b"\xEF\xBB\xBFa\nb\n\nc"), expected);
    }

    #[test]
    fn anything_else_matters() {
        assert_ne!(spec_hash(b"a\nb"), spec_hash(b"a\nb\n"));
        assert_ne!(spec_hash(b"a b"), spec_hash(b"a  b"));
    }

    #[test]
    fn the_header_is_found_among_the_first_lines_only() {
        let file = format!("//! Generated.\r\n// spec-sha256: {ABC}\r\nstruct A;\n");
        assert_eq!(header_hash(&file), Some(ABC));
        assert_eq!(header_hash(&format!("{}{file}", "\n".repeat(20))), None);
    }

    #[test]
    fn a_mutilated_header_is_no_header() {
        assert_eq!(header_hash(""), None);
        assert_eq!(header_hash("// spec-sha256: "), None);
        assert_eq!(header_hash(&format!("// spec-sha256: {}", &ABC[1..])), None);
        assert_eq!(header_hash(&format!("// spec-sha256: z{}", &ABC[1..])), None);
    }
}
