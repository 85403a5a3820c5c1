//! A broker's operations: one table per broker, from which ids, routes and the call log come.

use std::fmt::Debug;
use std::hash::Hash;

use axum::routing::MethodFilter;

/// One operation of some broker's API. Every broker's `Operation` is one; nothing else can be.
pub trait Operation: Table + Copy + Debug + Eq + Hash + Send + Sync + 'static {
    /// Every operation of the broker.
    fn all() -> &'static [Self];

    /// The operation's id in snake case, as in the broker's spec.
    fn id(self) -> &'static str {
        self.row().id
    }
}

/// The part of an [`Operation`] that is the sandbox's own business.
pub trait Table {
    /// The operation's row in the broker's table.
    fn row(self) -> Row;
}

/// What the table says about an operation.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub(crate) id: &'static str,
    pub(crate) methods: MethodFilter,
    /// The path below a base, with axum's placeholders; the spec's, where the spec has the operation.
    pub(crate) path: &'static str,
    /// Other paths at which clients call the same operation.
    pub(crate) other_paths: &'static [&'static str],
}

/// Writes a broker's `Operation` from its table: a variant, its id, its methods, its path and other paths a line.
macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $id:literal: $method:ident $(| $other:ident)* $path:literal $(, $other_path:literal)*;)+) => {
        /// One operation of the broker's API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])* $variant,)+
        }

        impl Operation {
            /// Every operation.
            pub const ALL: [Self; [$($id),+].len()] = [$(Self::$variant),+];

            /// The operation's id in snake case, as in the broker's spec.
            pub fn id(self) -> &'static str {
                $crate::operation::Operation::id(self)
            }

            /// The operation with this id.
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|operation| operation.id() == id)
            }
        }

        impl $crate::operation::Operation for Operation {
            fn all() -> &'static [Self] {
                &Self::ALL
            }
        }

        impl $crate::operation::Table for Operation {
            fn row(self) -> $crate::operation::Row {
                use axum::routing::MethodFilter;
                match self {
                    $(Self::$variant => $crate::operation::Row {
                        id: $id,
                        methods: MethodFilter::$method $(.or(MethodFilter::$other))*,
                        path: $path,
                        other_paths: &[$($other_path),*],
                    },)+
                }
            }
        }
    };
}

pub(crate) use operations;

#[cfg(test)]
mod tests {
    use crate::{ibkr, kotak, neo};

    #[test]
    fn an_operation_is_found_by_its_id_alone() {
        for operation in kotak::Operation::ALL {
            assert_eq!(kotak::Operation::from_id(operation.id()), Some(operation));
        }
        for operation in ibkr::Operation::ALL {
            assert_eq!(ibkr::Operation::from_id(operation.id()), Some(operation));
        }
        for operation in neo::Operation::ALL {
            assert_eq!(neo::Operation::from_id(operation.id()), Some(operation));
        }
        assert_eq!(kotak::Operation::from_id("session"), None);
    }
}
