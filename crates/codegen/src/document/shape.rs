//! Which objects OpenAPI 3.0 knows and where they stand in a document: one walk over the untyped value that
//! names each object, each reference, and whatever does not fit. Loading takes the misfits from it, and the
//! lint takes the objects with their JSON pointers.
//!
//! The typed model alone is not enough: it ignores unknown members, loses the place of an error inside an
//! untagged enum, and reads a wrong schema twice per level of nesting, which never ends for deep ones.

mod members;
mod table;
mod walk;

pub(crate) use table::{Kind, Shape};
pub(crate) use walk::{Misfit, Seen, walk};
