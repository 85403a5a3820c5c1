//! How generated types read what a broker sends.
//!
//! Called by generated code only.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// Reads an optional member of an answer, and leaves it out if it does not fit. A number or a flag where a
/// text is documented is taken as text, and the other way round.
///
/// # Errors
/// Only if the input is not JSON.
pub fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let other = match &value {
        Value::Null => return Ok(None),
        Value::Number(_) | Value::Bool(_) => Some(Value::String(value.to_string())),
        Value::String(text) => serde_json::from_str(text.trim()).ok(),
        _ => None,
    };
    let read = |value| serde_json::from_value(value).ok();
    Ok(read(value).or_else(|| other.and_then(read)))
}

/// Whether an object has a member of this name, and not null.
pub fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some_and(|member| !member.is_null())
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
    }

    fn read(json: &str) -> Answer {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_fits_is_taken_as_it_is() {
        let expected = Answer { text: Some("1".into()), number: Some(2), list: Some(vec!["3".into()]) };
        assert_eq!(read(r#"{"text":"1","number":2,"list":["3"]}"#), expected);
    }

    #[test]
    fn numbers_and_texts_are_taken_for_each_other() {
        let expected = Answer { text: Some("98".into()), number: Some(443), list: None };
        assert_eq!(read(r#"{"text":98,"number":"443"}"#), expected);
        assert_eq!(read(r#"{"text":false}"#).text.as_deref(), Some("false"));
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
