//! What the document says of itself.

use super::walk::{Diff, Two};
use crate::document::shape::Kind;

/// Title, version and so on, each by itself.
pub(super) fn info<'a>(diff: &mut Diff<'a>, _: &Two<'a>, info: &Two<'a>) {
    diff.object(Kind::Info, info);
}
