//! A broker's operations. Ids are here; paths and methods come from the spec.

use std::{fmt::Debug, hash::Hash};

use axum::routing::MethodFilter;
use http::Method;

use crate::spec::Spec;

/// One operation of some broker's API. Every broker's `Operation` is one; nothing else can be.
pub trait Operation: Extra + Copy + Debug + Eq + Hash + Send + Sync + 'static {
    /// Every operation of the broker.
    fn all() -> &'static [Self];

    /// The operation's id in snake case, as in the broker's spec.
    fn id(self) -> &'static str;
}

/// What the sandbox serves of an operation beyond the spec.
pub trait Extra {
    /// Further methods; all methods of an operation that the spec does not have.
    fn methods(self) -> Option<MethodFilter>;

    /// Further paths, at which other clients call the same operation. They have axum's placeholders.
    fn paths(self) -> &'static [&'static str];
}

/// Where an operation is served: its methods, and its paths below a base.
pub(crate) struct Route {
    pub(crate) methods: MethodFilter,
    pub(crate) paths: Vec<&'static str>,
}

impl Route {
    /// The route of an operation; `None` if neither the spec nor the broker has one.
    pub(crate) fn of<O: Operation>(operation: O, spec: &'static Spec) -> Option<Self> {
        let described = spec.operation(operation.id());
        let method = described.and_then(|described| described.method.parse::<Method>().ok());
        let methods =
            match (method.and_then(|method| MethodFilter::try_from(method).ok()), operation.methods()) {
                (Some(method), Some(others)) => method.or(others),
                (method, others) => method.or(others)?,
            };
        let paths = described.map(|described| described.path.as_str()).into_iter();
        Some(Self { methods, paths: paths.chain(operation.paths().iter().copied()).collect() })
    }
}

/// Writes a broker's `Operation`: a variant, its id, and what is served beyond the spec: further methods and paths.
macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $id:literal $(, also $($method:ident)|+)? $(, at $($path:literal)+)?;)+) => {
        /// One operation of the broker's API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $(#[doc = concat!("`", $id, "`.")] $(#[$doc])* $variant,)+
        }

        impl Operation {
            /// Every operation.
            pub const ALL: [Self; [$($id),+].len()] = [$(Self::$variant),+];

            /// The operation with this id.
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|operation| operation.id() == id)
            }

            /// The operation's id in snake case, as in the broker's spec.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }
        }

        impl $crate::operation::Operation for Operation {
            fn all() -> &'static [Self] {
                &Self::ALL
            }

            fn id(self) -> &'static str {
                self.id()
            }
        }

        impl $crate::operation::Extra for Operation {
            fn methods(self) -> Option<axum::routing::MethodFilter> {
                let methods: &[axum::routing::MethodFilter] = match self {
                    $(Self::$variant => &[$($(axum::routing::MethodFilter::$method),+)?],)+
                };
                methods.iter().copied().reduce(axum::routing::MethodFilter::or)
            }

            fn paths(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($($path),+)?],)+
                }
            }
        }
    };
}

pub(crate) use operations;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{broker::Play, ibkr::Ibkr, kotak::Kotak, neo::Neo};

    #[test]
    fn every_operation_of_a_spec_is_played_and_has_a_route() {
        fn check<B: Play>() {
            let spec = B::spec().unwrap();
            for operation in B::Operation::all() {
                let route = Route::of(*operation, spec);
                assert!(route.is_some_and(|route| !route.paths.is_empty()), "{operation:?}");
            }
            let items = spec.value()["paths"].as_object().unwrap().values();
            let operations = items.flat_map(|item| item.as_object().unwrap().values());
            for id in operations.filter_map(|operation| operation["operationId"].as_str()) {
                assert!(
                    B::Operation::all().iter().any(|operation| operation.id() == id),
                    "{id} is not played"
                );
            }
        }
        check::<Kotak>();
        check::<Ibkr>();
        check::<Neo>();
    }
}
