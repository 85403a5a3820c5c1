//! What has changed in the public API of the generated code: a second opinion on what a change means in Rust.
//!
//! Only what stands in the file is read: types with their fields and variants, what is derived and implemented,
//! functions and methods with their parameters and what they return. Documentation is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Class;

mod items;
mod tokens;

use items::{Item, Role, read};

/// A difference in the public API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiChange {
    /// Additive or breaking.
    pub class: Class,
    /// What it is about, as a path.
    pub item: String,
    /// What is different, as a sentence.
    pub what: String,
}

/// What two generated files differ in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeChanges {
    /// The differences in the public API, the worst first.
    pub api: Vec<ApiChange>,
    /// Words that stand in one of the files more often than in the other, documentation apart, each with how many times
    /// more in the newer one. Empty where the two do the same, in whatever order they list it.
    pub tokens: BTreeMap<String, i64>,
}

impl CodeChanges {
    /// The worst difference in the public API.
    pub fn worst(&self) -> Class {
        self.api.iter().map(|change| change.class).max().unwrap_or(Class::Unchanged)
    }
}

/// Compares two generated files.
///
/// # Errors
/// One of them is not Rust; the message says where.
pub fn compare(base: &str, now: &str) -> Result<CodeChanges, syn::Error> {
    let (base, now) = (syn::parse_file(base)?, syn::parse_file(now)?);
    let (old, new) = (read(&base.items), read(&now.items));
    let mut sent = sent(&old);
    sent.extend(self::sent(&new));
    let mut api = Vec::new();
    for (path, item) in &old {
        match new.get(path) {
            None if !only_in(&old, &new, item) => {
                api.push(change(Class::Breaking, path, format!("It is gone; it was `{}`.", item.text)));
            }
            Some(now) if now.text != item.text => {
                api.push(change(Class::Breaking, path, format!("`{}` → `{}`.", item.text, now.text)));
            }
            _ => {}
        }
    }
    for (path, item) in &new {
        if old.contains_key(path) || only_in(&new, &old, item) {
            continue;
        }
        let class = match item.role {
            Role::Variant => Class::Breaking,
            Role::Field if item.parent.as_ref().is_some_and(|parent| sent.contains(parent)) => {
                Class::Breaking
            }
            // A field of an answer: see the policy at the top of `diff`. Nobody implements the one trait but the file
            // itself, so that a method more of it is no burden.
            Role::Field | Role::Other => Class::Additive,
        };
        api.push(change(class, path, format!("It is new: `{}`.", item.text)));
    }
    api.sort_by(|a, b| b.class.cmp(&a.class).then_with(|| a.item.cmp(&b.item)));
    Ok(CodeChanges { api, tokens: tokens::difference(base, now) })
}

/// Whether an item belongs to one that only one of the files has: saying so of that one is enough.
fn only_in(one: &BTreeMap<String, Item>, other: &BTreeMap<String, Item>, item: &Item) -> bool {
    item.parent.as_ref().is_some_and(|parent| one.contains_key(parent) && !other.contains_key(parent))
}

fn change(class: Class, item: &str, what: String) -> ApiChange {
    ApiChange { class, item: item.to_owned(), what }
}

/// The types that callers hand over: those of the methods' parameters, and all that is in them.
fn sent(api: &BTreeMap<String, Item>) -> BTreeSet<String> {
    let mut open: Vec<&str> = api.values().flat_map(|item| item.takes.iter()).map(String::as_str).collect();
    let mut sent = BTreeSet::new();
    while let Some(name) = open.pop() {
        let path = format!("types::{name}");
        if api.contains_key(&path) && sent.insert(path.clone()) {
            let parts = api.values().filter(|item| item.parent.as_deref() == Some(path.as_str()));
            open.extend(parts.flat_map(|item| item.mentions.iter()).map(String::as_str));
        }
    }
    sent
}
