//! Tolerant decoding of what a broker sends.
//!
//! Called by generated code only.

use std::{cell::Cell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor,
        value::MapAccessDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::Json;

thread_local! {
    static IS_STRICT: Cell<bool> = const { Cell::new(false) };
}

/// Decodes JSON. Nearly every response is what the spec says, so that it is first read to the letter, straight into the
/// type. Only what does not fit is read through a [`Value`], with the tolerance that the functions below describe.
pub(crate) fn decode_tolerantly<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            IS_STRICT.set(false);
        }
    }
    IS_STRICT.set(true);
    let reset = Reset;
    let strict = serde_json::from_str(text);
    drop(reset);
    strict.or_else(|_| serde_json::from_str(text))
}

/// Reads an optional field, and omits it if it does not fit. A number or a boolean in place of a string is read as a
/// string, and the other way round.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    if IS_STRICT.get() {
        return Option::deserialize(deserializer);
    }
    let value = Json::deserialize(deserializer)?;
    let other = match &*value {
        Value::Null => return Ok(None),
        Value::Number(_) | Value::Bool(_) => Some(Json::new(Value::String(value.to_string()))),
        Value::String(string) => serde_json::from_str::<Json>(string.trim()).ok(),
        _ => None,
    };
    Ok(value.read().ok().or_else(|| other.and_then(|other| other.read().ok())))
}

/// Reads an object only: serde would also read a type from a list.
///
/// # Errors
/// If it is not an object, or does not fit.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| value)
}

/// Reads an optional object, and omits it if it is another type or does not fit.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient_object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    if IS_STRICT.get() {
        return Ok(Option::deserialize(deserializer)?.map(|Object(value)| value));
    }
    let value = Json::deserialize(deserializer)?;
    Ok(object(&*value).ok())
}

/// Reads a list of objects only.
///
/// # Errors
/// If it is not a list, or an item is not an object or does not fit.
pub fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::deserialize(deserializer)?.into_iter().map(|Object(value)| value).collect())
}

/// Reads an optional list of objects, and omits it if it is another type or does not fit.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient_objects<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    if IS_STRICT.get() {
        let items = Option::<Vec<_>>::deserialize(deserializer)?;
        return Ok(items.map(|items| items.into_iter().map(|Object(value)| value).collect()));
    }
    let value = Json::deserialize(deserializer)?;
    Ok(objects(&*value).ok())
}

/// A value that is an object on the wire.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Fields { names: Names::default(), seed: PhantomData::<T> };
        deserializer.deserialize_map(read).map(Self)
    }
}

/// Reads an object with `read`, without the envelope around it and with each property under its proper name. The first
/// spelling that is present and not null wins.
///
/// # Errors
/// If it is not an object, or does not fit.
pub fn normalized<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    envelopes: &[&str],
    aliases: &[(&str, &[&str])],
    read: impl for<'v> DeserializeSeed<'v, Value = T>,
) -> Result<T, D::Error> {
    if IS_STRICT.get() {
        return deserializer.deserialize_map(Fields { names: Names { envelopes, aliases }, seed: read });
    }
    let mut value = Json::deserialize(deserializer)?;
    if let Some(name) = envelopes.iter().find(|name| has(&value, name))
        && let Some(inner) = value.get_mut(*name).map(Value::take)
    {
        value = Json::new(inner);
    }
    let Some(fields) = value.as_object_mut() else {
        return Err(D::Error::custom("an object is expected here"));
    };
    for (name, others) in aliases {
        let is_there = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
        if let Some(other) = others.iter().find(|other| !is_there(name) && is_there(other)) {
            let value = fields.get_mut(*other).map(Value::take).unwrap_or_default();
            fields.insert((*name).to_owned(), value);
        }
    }
    read.deserialize(&*value).map_err(D::Error::custom)
}

/// Implements serde's traits for a type with `#[serde(remote)]`, so that it is read by [`normalized`]: from one of the
/// envelopes, and with other spellings of its fields: `"userId" | "userID"`, the proper one first. Called by generated code.
#[macro_export]
macro_rules! read_normalized {
    ($type:ident, [$($envelope:literal),*], [$($name:literal $(| $other:literal)*),*]) => {
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                struct Derived;
                impl<'a> ::serde::de::DeserializeSeed<'a> for Derived {
                    type Value = $type;
                    fn deserialize<E: ::serde::Deserializer<'a>>(
                        self,
                        deserializer: E,
                    ) -> ::std::result::Result<$type, E::Error> {
                        $type::deserialize(deserializer)
                    }
                }
                $crate::normalized(deserializer, &[$($envelope),*], &[$(($name, &[$($other),*])),*], Derived)
            }
        }

        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    };
}

/// The names that a type has on the wire besides its own ones.
#[derive(Clone, Copy, Default)]
struct Names<'a> {
    envelopes: &'a [&'a str],
    aliases: &'a [(&'a str, &'a [&'a str])],
}

/// Reads an object, in its envelope or without one. An object with another field beside its envelope is an error, as one
/// with two spellings of the same field is: which of them counts is decided elsewhere.
struct Fields<'a, S> {
    names: Names<'a>,
    seed: S,
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Fields<'_, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<S::Value, A::Error> {
        let Self { names, seed } = self;
        if names.envelopes.is_empty() {
            return seed.deserialize(MapAccessDeserializer::new(Renamed { names, first: None, fields }));
        }
        // An unknown name may be secret.
        let first = fields.next_key::<String>()?.map(Zeroizing::new);
        if first.as_ref().is_none_or(|first| !names.envelopes.contains(&first.as_str())) {
            return seed.deserialize(MapAccessDeserializer::new(Renamed { names, first, fields }));
        }
        let value = fields.next_value_seed(Fields { names: Names { envelopes: &[], ..names }, seed })?;
        match fields.next_key::<IgnoredAny>()? {
            None => Ok(value),
            Some(_) => Err(A::Error::custom("there is another field beside the envelope")),
        }
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Fields<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// The fields of an object under their proper names.
struct Renamed<'a, A> {
    names: Names<'a>,
    /// The name of the first field, where it had to be looked at.
    first: Option<Zeroizing<String>>,
    fields: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Renamed<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let name = ProperName { names: self.names, inner: seed };
        match self.first.take() {
            Some(first) => name.deserialize(first.as_str().into_deserializer()).map(Some),
            None => self.fields.next_key_seed(name),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.fields.next_value_seed(seed)
    }
}

/// Passes on the proper name of a field: what reads a name gets it through this, as seed, deserializer and visitor.
struct ProperName<'a, T> {
    names: Names<'a>,
    inner: T,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for ProperName<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        self.inner.deserialize(ProperName { names: self.names, inner: deserializer })
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ProperName<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_str(ProperName { names: self.names, inner: visitor })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for ProperName<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        let Names { envelopes, aliases } = self.names;
        if envelopes.contains(&name) {
            return Err(E::custom("there is another field beside the envelope"));
        }
        let proper = aliases.iter().find(|(_, others)| others.contains(&name));
        self.inner.visit_str(proper.map_or(name, |(proper, _)| proper))
    }
}

/// Whether an object has a field of this name that is neither null nor an empty string. Brokers leave those in a
/// success in place of an error.
pub fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some_and(|field| match field {
        Value::Null => false,
        Value::String(string) => !string.is_empty(),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Response {
        #[serde(default, deserialize_with = "lenient")]
        text: Option<String>,
        #[serde(default, deserialize_with = "lenient")]
        number: Option<i64>,
        #[serde(default, deserialize_with = "lenient")]
        list: Option<Vec<String>>,
        #[serde(default, deserialize_with = "lenient_object")]
        inner: Option<Inner>,
        #[serde(default, deserialize_with = "lenient_objects")]
        inners: Option<Vec<Inner>>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Inner {
        #[serde(default, deserialize_with = "lenient")]
        text: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        #[serde(deserialize_with = "object")]
        inner: Inner,
        #[serde(default, deserialize_with = "objects")]
        inners: Vec<Inner>,
    }

    fn read(json: &str) -> Response {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_value_that_fits_is_kept() {
        let expected = Response {
            text: Some("1".into()),
            number: Some(2),
            list: Some(vec!["3".into()]),
            ..Response::default()
        };
        assert_eq!(read(r#"{"text":"1","number":2,"list":["3"]}"#), expected);
    }

    #[test]
    fn numbers_and_strings_are_read_as_each_other() {
        let expected = Response { text: Some("98".into()), number: Some(443), ..Response::default() };
        assert_eq!(read(r#"{"text":98,"number":"443"}"#), expected);
        assert_eq!(read(r#"{"text":false}"#).text.as_deref(), Some("false"));
    }

    #[test]
    fn a_list_is_not_an_object() {
        assert_eq!(read(r#"{"inner":[]}"#).inner, None);
        assert_eq!(read(r#"{"inner":{}}"#).inner, Some(Inner::default()));
        assert!(serde_json::from_str::<Outer>(r#"{"inner":[]}"#).is_err());
        assert!(serde_json::from_str::<Outer>(r#"{"inner":{}}"#).is_ok());
    }

    #[test]
    fn a_list_of_objects_holds_no_lists() {
        for list in [r#"[[]]"#, r#"[{},[]]"#, r#"[["text"]]"#, "[1]", "{}", "1"] {
            assert_eq!(read(&format!(r#"{{"inners":{list}}}"#)).inners, None, "{list}");
            let outer = format!(r#"{{"inner":{{}},"inners":{list}}}"#);
            assert!(serde_json::from_str::<Outer>(&outer).is_err(), "{list}");
        }
        assert_eq!(read(r#"{"inners":[{},{}]}"#).inners.map(|inners| inners.len()), Some(2));
        assert!(serde_json::from_str::<Outer>(r#"{"inner":{},"inners":[]}"#).is_ok());
    }

    #[test]
    fn null_and_empty_strings_count_as_missing() {
        let value = serde_json::json!({ "a": null, "b": "", "c": [], "d": 0, "e": false, "f": {}, "g": " ", "h": [1] });
        for name in ["a", "b", "x"] {
            assert!(!has(&value, name), "{name}");
        }
        for name in ["c", "d", "e", "f", "g", "h"] {
            assert!(has(&value, name), "{name}");
        }
        assert!(!has(&Value::from("a"), "a"));
    }

    #[test]
    fn a_value_that_does_not_fit_is_left_out() {
        for json in
            ["{}", r#"{"text":null,"number":null,"list":null}"#, r#"{"text":{},"number":"x","list":[1]}"#]
        {
            assert_eq!(read(json), Response::default(), "{json}");
        }
    }

    #[test]
    fn envelopes_and_other_spellings_are_taken_off_once() {
        let read = |json: &str| {
            let value: Value = serde_json::from_str(json).unwrap();
            let aliases: &[(&str, &[&str])] = &[("userId", &["userID", "userid"])];
            normalized(&value, &["Success", "success"], aliases, PhantomData::<Value>)
        };
        for (json, expected) in [
            (r#"{"userId":"a","userID":"b"}"#, serde_json::json!({ "userId": "a", "userID": "b" })),
            (
                r#"{"success":{"userId":null,"userid":"c"}}"#,
                serde_json::json!({ "userId": "c", "userid": null }),
            ),
            (r#"{"Success":{"success":{}},"success":{"a":1}}"#, serde_json::json!({ "success": {} })),
            (r#"{"Success":null,"success":{"a":1}}"#, serde_json::json!({ "a": 1 })),
        ] {
            assert_eq!(read(json).unwrap(), expected, "{json}");
        }
        for json in ["[]", "1", r#"{"Success":[]}"#, r#"{"success":"a"}"#] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
