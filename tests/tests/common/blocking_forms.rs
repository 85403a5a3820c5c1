//! The blocking forms are derived from `impl` blocks with an attribute. Here the sources are searched for those without it,
//! and for types without a name below `blocking`.

use std::{collections::BTreeSet, fs, path::Path};

use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, Signature, Type, Visibility};

/// What is async and public and has no blocking form: `blocking::block_on` runs it. Bodies that are passed on as they come
/// would still be async, and functions of their own are called once.
const WITHOUT_FORM: [&str; 5] = [
    "forward.rs Session",
    "forward.rs Upgrade",
    "store/contract.rs check_contract",
    "store/keyring.rs encryption_key",
    "store/keyring.rs open",
];

/// What is found in the sources of `broker_session`, each with its file.
#[derive(Default)]
struct Found {
    /// Functions, and types with methods, that are async, public and without a blocking form.
    without_form: BTreeSet<String>,
    /// Types with a blocking form.
    with_form: BTreeSet<(String, String)>,
}

impl Found {
    fn read(&mut self, folder: &Path, root: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.read(&path, root);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.strip_prefix(root).unwrap().display().to_string();
                let source = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
                self.search(&file, &source.items);
            }
        }
    }

    fn search(&mut self, file: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Mod(module) => {
                    self.search(file, module.content.as_ref().map_or(&[], |(_, items)| items));
                }
                Item::Fn(function) if is_async(&function.vis, &function.sig) => {
                    self.without_form.insert(format!("{file} {}", function.sig.ident));
                }
                Item::Impl(block) => {
                    let Type::Path(of) = &*block.self_ty else { continue };
                    let of = of.path.segments.last().unwrap().ident.to_string();
                    let mut methods = block.items.iter();
                    if block.attrs.iter().any(is_blocking) {
                        self.with_form.insert((file.to_owned(), of));
                    } else if methods.any(
                        |item| matches!(item, ImplItem::Fn(method) if is_async(&method.vis, &method.sig)),
                    ) {
                        self.without_form.insert(format!("{file} {of}"));
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_async(visibility: &Visibility, signature: &Signature) -> bool {
    matches!(visibility, Visibility::Public(_)) && signature.asyncness.is_some()
}

fn is_blocking(attribute: &Attribute) -> bool {
    attribute.to_token_stream().to_string().contains("broker_session_macros :: blocking")
}

fn found() -> Found {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/broker-session/src");
    let mut found = Found::default();
    found.read(&root, &root);
    found
}

#[test]
fn whatever_is_async_has_a_blocking_form() {
    assert_eq!(found().without_form, WITHOUT_FORM.map(str::to_owned).into());
}

#[test]
fn every_blocking_form_has_the_name_of_its_type() {
    let source = include_str!("../../../crates/broker-session/src/blocking.rs");
    let types = found().with_form;
    assert!(types.len() > 10, "{types:?}");
    for (file, of) in types {
        let broker = ["ibkr", "kotak", "neo"].into_iter().find(|broker| file.starts_with(broker));
        let names = |list: &str| list.split([',', ')']).any(|name| name.trim() == of);
        let is_named = match broker {
            Some(broker) => source
                .split_once(&format!("forms!({broker}: "))
                .is_some_and(|(_, list)| names(list.split(';').next().unwrap())),
            None => {
                let mut lists =
                    source.split("forms!(").filter_map(|list| list.split(';').next()?.split_once(": "));
                lists.any(|(_, list)| names(list)) || source.contains(&format!("pub type {of}"))
            }
        };
        assert!(is_named, "`blocking.rs` does not name the type {of} of {file}");
    }
}
