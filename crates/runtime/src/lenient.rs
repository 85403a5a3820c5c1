//! How generated types read what a broker sends.
//!
//! Called by generated code only.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

use crate::Json;

/// Reads an optional member of an answer, and leaves it out if it does not fit. A number or a flag where a
/// text is documented is taken as text, and the other way round.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Json::deserialize(deserializer)?;
    let other = match &*value {
        Value::Null => return Ok(None),
        Value::Number(_) | Value::Bool(_) => Some(Json::new(Value::String(value.to_string()))),
        Value::String(text) => serde_json::from_str::<Json>(text.trim()).ok(),
        _ => None,
    };
    Ok(value.read().ok().or_else(|| other.and_then(|other| other.read().ok())))
}

/// Reads an object and nothing else; serde would also fill a type from a list.
///
/// # Errors
/// If it is not an object, or does not fit.
pub fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    let value = Json::deserialize(deserializer)?;
    if !value.is_object() {
        return Err(D::Error::custom("an object is meant here"));
    }
    value.read().map_err(D::Error::custom)
}

/// Reads an optional object, and leaves out whatever is none or does not fit.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient_object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Json::deserialize(deserializer)?;
    Ok(if value.is_object() { value.read().ok() } else { None })
}

/// Reads a list of objects and nothing else.
///
/// # Errors
/// If it is no list, or an item is not an object or does not fit.
pub fn objects<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let items = Vec::<Json>::deserialize(deserializer)?;
    if !items.iter().all(|item| item.is_object()) {
        return Err(D::Error::custom("a list of objects is meant here"));
    }
    items.iter().map(Json::read).collect::<Result<_, _>>().map_err(D::Error::custom)
}

/// Reads an optional list of objects, and leaves out whatever is none or does not fit.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient_objects<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let value = Json::deserialize(deserializer)?;
    Ok(objects(&*value).ok())
}

/// Whether an object has a member of this name that says something: neither null nor an empty text, which brokers
/// leave in the place of an error in a success.
pub fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some_and(|member| match member {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Answer {
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

    fn read(json: &str) -> Answer {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_fits_is_taken_as_it_is() {
        let expected = Answer {
            text: Some("1".into()),
            number: Some(2),
            list: Some(vec!["3".into()]),
            ..Answer::default()
        };
        assert_eq!(read(r#"{"text":"1","number":2,"list":["3"]}"#), expected);
    }

    #[test]
    fn numbers_and_texts_are_taken_for_each_other() {
        let expected = Answer { text: Some("98".into()), number: Some(443), ..Answer::default() };
        assert_eq!(read(r#"{"text":98,"number":"443"}"#), expected);
        assert_eq!(read(r#"{"text":false}"#).text.as_deref(), Some("false"));
    }

    #[test]
    fn a_list_is_no_object() {
        assert_eq!(read(r#"{"inner":[]}"#).inner, None);
        assert_eq!(read(r#"{"inner":{}}"#).inner, Some(Inner::default()));
        assert!(serde_json::from_str::<Outer>(r#"{"inner":[]}"#).is_err());
        assert!(serde_json::from_str::<Outer>(r#"{"inner":{}}"#).is_ok());
    }

    #[test]
    fn in_a_list_of_objects_a_list_is_none_either() {
        for list in [r#"[[]]"#, r#"[{},[]]"#, r#"[["text"]]"#, "[1]", "{}", "1"] {
            assert_eq!(read(&format!(r#"{{"inners":{list}}}"#)).inners, None, "{list}");
            let outer = format!(r#"{{"inner":{{}},"inners":{list}}}"#);
            assert!(serde_json::from_str::<Outer>(&outer).is_err(), "{list}");
        }
        assert_eq!(read(r#"{"inners":[{},{}]}"#).inners.map(|inners| inners.len()), Some(2));
        assert!(serde_json::from_str::<Outer>(r#"{"inner":{},"inners":[]}"#).is_ok());
    }

    #[test]
    fn what_says_nothing_is_not_there() {
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
    fn what_cannot_be_taken_is_left_out() {
        for json in
            ["{}", r#"{"text":null,"number":null,"list":null}"#, r#"{"text":{},"number":"x","list":[1]}"#]
        {
            assert_eq!(read(json), Answer::default(), "{json}");
        }
    }
}
