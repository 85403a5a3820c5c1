//! Decoded values with strings that may be shown.
//!
//! A broker may quote a password in any string of a response. The generated types clean theirs one by one; a secret by
//! its type stays as it is.

use std::collections::BTreeMap;

use zeroize::Zeroize;

use crate::{Secrets, SerializableSecret};

/// A value whose strings can be cleaned. Generated for every type of a spec.
pub trait Clean {
    /// Changes every string that holds a secret or a control character, as [`Secrets::clean`] does. The names of fields
    /// stay, those of a map are cleaned.
    fn clean(&mut self, secrets: &Secrets);
}

/// Implements [`Clean`] for a type: cleans each of these fields. Called by generated code.
#[macro_export]
macro_rules! clean_fields {
    ($type:ident $(, $field:tt)*) => {
        impl $crate::Clean for $type {
            #[allow(unused_variables, reason = "there may be no field")]
            fn clean(&mut self, secrets: &$crate::Secrets) {
                $($crate::Clean::clean(&mut self.$field, secrets);)*
            }
        }
    };
}

impl Clean for String {
    fn clean(&mut self, secrets: &Secrets) {
        if let Some(clean) = secrets.cleaned(self) {
            self.zeroize();
            *self = clean;
        }
    }
}

impl<T: Clean> Clean for Option<T> {
    fn clean(&mut self, secrets: &Secrets) {
        self.iter_mut().for_each(|value| value.clean(secrets));
    }
}

impl<T: Clean> Clean for Vec<T> {
    fn clean(&mut self, secrets: &Secrets) {
        self.iter_mut().for_each(|value| value.clean(secrets));
    }
}

impl<T: Clean> Clean for BTreeMap<String, T> {
    fn clean(&mut self, secrets: &Secrets) {
        for (mut name, mut value) in std::mem::take(self) {
            name.clean(secrets);
            value.clean(secrets);
            self.insert(name, value);
        }
    }
}

impl Clean for SerializableSecret {
    fn clean(&mut self, _: &Secrets) {}
}

impl Clean for bool {
    fn clean(&mut self, _: &Secrets) {}
}

impl Clean for i64 {
    fn clean(&mut self, _: &Secrets) {}
}

impl Clean for f64 {
    fn clean(&mut self, _: &Secrets) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[derive(Debug, PartialEq)]
    struct Pair(Option<String>, SerializableSecret);

    crate::clean_fields!(Pair, 0, 1);

    #[test]
    fn strings_and_names_are_cleaned_and_secrets_stay() {
        let secrets = Secrets::new([Secret::from("hunter2")]);
        let value = |string: &str| {
            let secret = SerializableSecret::from(Secret::from("hunter2"));
            BTreeMap::from([(string.to_owned(), vec![Pair(Some(string.to_owned()), secret)])])
        };
        let mut cleaned = value("\u{1b}hunter2");
        cleaned.clean(&secrets);
        assert_eq!(cleaned, value(" [redacted]"));
    }
}
