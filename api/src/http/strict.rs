//! JSON taken at its word: a name stands once in an object, and an object is no list.
//!
//! Serde's own readers keep the last of two members with one name, and read a struct from a list by position: a client that sends either
//! has a fault, and what it would do to the data is not what the contract says.

use chrono::NaiveDate;
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};
use shixun_domain::time::parse_day;
use std::fmt;

/// A value of which no object has a name twice.
pub struct Unambiguous(pub Value);

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Once).map(Unambiguous)
    }
}

struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Once)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Once)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Once)?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format!("duplicate field `{name}`")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// What the reader of days says it wants.
const A_DAY: &str = "a formatted date string";
/// What is said of a day long before or after anything a county keeps.
pub const OUT_OF_YEARS: &str = "应为1900年至2199年的日期|must be a date of the years 1900 to 2199";
/// More than any text has that the reader of days would take for one.
const LENIENT_DAY_LENGTH_MAX: usize = 40;

/// What a visitor says it wants.
struct Wanted<'v, V>(&'v V);

impl<'de, V: Visitor<'de>> fmt::Display for Wanted<'_, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }
}

/// A value that is read as what it is: a struct from an object alone, however deep it stands.
pub struct AsItIs(pub Value);

impl<'de> IntoDeserializer<'de, serde_json::Error> for AsItIs {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for AsItIs {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.into_iter().map(AsItIs));
                let read = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(read)
            }
            Value::Object(members) => {
                let mut members = MapDeserializer::new(members.into_iter().map(|(name, value)| (name, AsItIs(value))));
                let read = visitor.visit_map(&mut members)?;
                members.end()?;
                Ok(read)
            }
            single => single.deserialize_any(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        // The reader of days takes blanks, a sign and months of one digit, which no client reads back.
        if let Value::String(text) = &self.0
            && text.len() <= LENIENT_DAY_LENGTH_MAX
            && text.parse::<NaiveDate>().is_ok()
            && parse_day(text).is_none()
            && Wanted(&visitor).to_string() == A_DAY
        {
            let four_two_two =
                text.len() == "2026-11-23".len() && text.bytes().all(|sign| sign == b'-' || sign.is_ascii_digit());
            return Err(Error::custom(if four_two_two { OUT_OF_YEARS } else { "input contains invalid characters" }));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        number: Option<i32>,
        text: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        inner: Inner,
        list: Vec<Inner>,
    }

    fn read(value: Value) -> Result<Outer, String> {
        Outer::deserialize(AsItIs(value)).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_list_is_no_object_however_deep_it_stands() {
        let inner = || json!({"number": 1, "text": "a"});
        let right = read(json!({"inner": inner(), "list": [inner(), {"text": "b"}]})).unwrap();
        assert_eq!((right.inner.number, right.list[1].number), (Some(1), None));
        for wrong in [
            json!([inner(), [inner()]]),
            json!({"inner": [1, "a"], "list": []}),
            json!({"inner": inner(), "list": [[1, "a"]]}),
        ] {
            assert!(read(wrong.clone()).unwrap_err().starts_with("invalid type: sequence, expected struct"), "{wrong}");
        }
        assert!(
            read(json!({"inner": inner(), "list": inner()}))
                .unwrap_err()
                .starts_with("invalid type: map, expected a sequence")
        );
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        let read = |text: &str| NaiveDate::deserialize(AsItIs(json!(text))).map(|day| day.to_string());
        assert_eq!(read("2027-04-01").unwrap(), "2027-04-01");
        for wrong in [
            "2027-4-1",
            " 2027-04-01",
            "2027-04-01 ",
            "+2027-04-01",
            "2027-04 -01",
            "0160-05-11",
            "2200-01-01",
            "2027-02-30",
            "soon",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(String::deserialize(AsItIs(json!("2027-4-1"))).unwrap(), "2027-4-1", "a text is a text");
    }

    #[test]
    fn a_name_stands_once_in_an_object() {
        let read = |text: &str| serde_json::from_str::<Unambiguous>(text).map(|read| read.0);
        assert_eq!(
            read(r#"{"a": [1, -1, 1.5, null, true, "x"], "b": {"a": {}}}"#).unwrap(),
            json!({"a": [1, -1, 1.5, null, true, "x"], "b": {"a": {}}})
        );
        for twice in [r#"{"a": 1, "a": 1}"#, r#"{"b": [{"a": 1, "\u0061": 2}]}"#] {
            assert!(read(twice).unwrap_err().to_string().starts_with("duplicate field `a`"), "{twice}");
        }
    }
}
