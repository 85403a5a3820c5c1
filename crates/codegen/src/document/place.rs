//! Where each value of a document stands in its text. A tree beside the values, since a flat table of JSON
//! pointers would grow with the square of a hostile document.

use std::collections::HashMap;

use super::unescape;
use crate::problem::Location;

/// The places of one value and of what is in it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) key: Option<Location>,
    pub(super) value: Location,
    pub(super) inner: Inner,
}

/// The places in a value.
#[derive(Clone, Debug)]
pub(super) enum Inner {
    Nothing,
    Map(HashMap<String, Place>),
    List(Vec<Place>),
}

impl Place {
    /// Where the value stands.
    pub(super) fn value_at(&self, pointer: &str) -> Option<Location> {
        self.find(pointer).map(|place| place.value)
    }

    /// Where the key stands.
    pub(super) fn key_at(&self, pointer: &str) -> Option<Location> {
        self.find(pointer)?.key
    }

    /// The key, else the value, of the deepest value along `pointer`.
    pub(super) fn nearest(&self, pointer: &str) -> Location {
        let mut place = self;
        for token in tokens(pointer) {
            match place.child(token) {
                Some(child) => place = child,
                None => break,
            }
        }
        place.key.unwrap_or(place.value)
    }

    fn find(&self, pointer: &str) -> Option<&Place> {
        tokens(pointer).try_fold(self, |place, token| place.child(token))
    }

    fn child(&self, token: &str) -> Option<&Place> {
        match &self.inner {
            Inner::Nothing => None,
            Inner::Map(members) => members.get(&unescape(token)),
            Inner::List(items) => items.get(token.parse::<usize>().ok()?),
        }
    }
}

/// The steps of a JSON pointer, still escaped. The first is what stands before the first slash: nothing.
fn tokens(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.split('/').skip(1)
}
