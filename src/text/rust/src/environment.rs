//! What a chat template can see and call: the messages, and the functions that transformers gives it.

use crate::bounded::Bounded;
use crate::limits::stored;
use crate::marks::{is_mark, is_python_space, strip, without_marks};
use crate::program::add_checks;
use crate::python_json::tojson;
use crate::python_time::strftime;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{from_args, Kwargs, ValueKind, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value};
use minijinja_contrib::pycompat;
use std::fmt::Write;

/// Starts the message of an error that the template raised itself.
pub const RAISED: &str = "the template says: ";
/// What one unit of fuel pays for, see minijinja.
pub const FUEL_BYTES: usize = 64;

pub fn syntax() -> Result<SyntaxConfig, Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()
}

pub fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_recursion_limit(100);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) => out.write_str(text).map_err(Error::from),
        None => out.write_str(&spelled(state, value)?).map_err(Error::from),
    });
    environment.set_unknown_method_callback(method);
    environment.add_filter("trim", trim);
    environment.add_filter("length", length);
    environment.add_filter("count", length);
    environment.add_filter("tojson", |state: &State, value: Value, options: Kwargs| {
        tojson(&value, options, bytes_left(state))
    });
    environment.add_function("raise_exception", |state: &State, message: Value| -> Result<Value, Error> {
        let message = without_marks(&spelled(state, &message)?);
        Err(Error::new(ErrorKind::InvalidOperation, format!("{RAISED}{message}")))
    });
    environment.add_function("strftime_now", |state: &State, format: String| -> Result<String, Error> {
        let seconds =
            state.lookup("__now_seconds").and_then(|now| i64::try_from(now).ok()).unwrap_or_default();
        strftime(seconds, &format).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidOperation,
                format!("strftime_now does not know the format {format:?}"),
            )
        })
    });
    // What no chat template needs: endless or very long results from short values, and the inside of the engine.
    for filter in ["batch", "slice", "chain", "zip", "pprint"] {
        environment.remove_filter(filter);
    }
    environment.remove_global("debug");
    environment.add_function("namespace", namespace);
    add_checks(&mut environment);
    environment
}

fn namespace(state: &State, values: Option<ValueOrKwargs>) -> Result<Value, Error> {
    if let Some(pairs) =
        values.as_ref().and_then(|given| given.as_object()).and_then(|given| given.try_iter_pairs())
    {
        for (_, value) in pairs {
            stored(state, value)?;
        }
    }
    minijinja::functions::namespace(values)
}

/// `{% generation %}` marks the assistant's part for transformers; it prints nothing.
pub fn without_generation_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let Some(length) = rest[start..].find("%}") else { break };
        let tag = &rest[start..start + length];
        let trims = |c: char| c == '-' || c == '+' || c.is_whitespace();
        let name = tag[2..].trim_matches(trims);
        out += &rest[..start];
        out += &match name {
            "generation" => tag.replacen("generation", "if true", 1),
            "endgeneration" => tag.replacen("endgeneration", "endif", 1),
            _ => tag.to_string(),
        };
        rest = &rest[start + length..];
    }
    out + rest
}

/// What may still be written, in bytes.
fn bytes_left(state: &State) -> usize {
    state
        .fuel_levels()
        .map_or(0, |(_, left)| usize::try_from(left).unwrap_or(usize::MAX).saturating_mul(FUEL_BYTES))
}

/// A value as Python spells it (a string: itself). A small value can have a very long spelling, so it is cut off in time.
fn spelled(state: &State, value: &Value) -> Result<String, Error> {
    let mut out = Bounded::new(bytes_left(state));
    let written = match (value.kind(), value.is_true()) {
        (ValueKind::None, _) => out.write_str("None"),
        (ValueKind::Bool, true) => out.write_str("True"),
        (ValueKind::Bool, false) => out.write_str("False"),
        _ => write!(out, "{value}"),
    };
    written.map_err(|_| Error::from(ErrorKind::OutOfFuel))?;
    Ok(out.text)
}

fn trim(state: &State, value: Value, chars: Option<String>) -> Result<String, Error> {
    match value.as_str() {
        Some(text) => Ok(stripped(text, chars, true, true)),
        None => Ok(stripped(&spelled(state, &value)?, chars, true, true)),
    }
}

fn stripped(text: &str, chars: Option<String>, left: bool, right: bool) -> String {
    match chars {
        Some(chars) => strip(text, left, right, |c| chars.contains(c)),
        None => strip(text, left, right, is_python_space),
    }
}

fn length(value: Value) -> Result<usize, Error> {
    if value.is_undefined() {
        return Ok(0);
    }
    if let Some(text) = value.as_str() {
        return Ok(text.chars().filter(|c| !is_mark(*c)).count());
    }
    value.len().ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("cannot calculate length of value of type {}", value.kind()),
        )
    })
}

/// Python's methods. Those that remove keep the marks, those that ask do not see them. The engine charges for what
/// they return, this for what they read, and for long results before they are made.
fn method(state: &mut State, value: &Value, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    let read: usize = arguments.iter().chain([value]).filter_map(|v| v.as_str()).map(str::len).sum();
    state.consume_fuel((read / FUEL_BYTES) as u64 + 1)?;
    let Some(text) = value.as_str() else {
        return match name {
            "get" | "items" | "keys" | "values" => {
                pycompat::unknown_method_callback(state, value, name, arguments)
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        };
    };
    match name {
        "strip" | "lstrip" | "rstrip" => {
            let (chars,): (Option<String>,) = from_args(arguments)?;
            Ok(Value::from(stripped(text, chars, name != "rstrip", name != "lstrip")))
        }
        "removeprefix" | "removesuffix" => {
            let (affix,): (&str,) = from_args(arguments)?;
            let cut =
                if name == "removeprefix" { text.strip_prefix(affix) } else { text.strip_suffix(affix) };
            Ok(Value::from(cut.unwrap_or(text)))
        }
        "replace" => {
            let (old, new, _): (&str, &str, Option<i32>) = from_args(arguments)?;
            let longest = text.matches(old).count().saturating_mul(new.len()).saturating_add(text.len());
            if longest > bytes_left(state) {
                return Err(Error::from(ErrorKind::OutOfFuel));
            }
            pycompat::unknown_method_callback(state, value, name, arguments)
        }
        "join" => {
            let (parts,): (&Value,) = from_args(arguments)?;
            let mut out = Bounded::new(bytes_left(state));
            for (index, part) in parts.try_iter()?.enumerate() {
                let separator = if index > 0 { text } else { "" };
                write!(out, "{separator}{part}").map_err(|_| Error::from(ErrorKind::OutOfFuel))?;
            }
            Ok(Value::from(out.text))
        }
        "startswith" | "endswith" | "count" | "find" | "rfind" | "isspace" | "isdigit" | "isnumeric"
        | "isalnum" | "isalpha" | "isascii" | "islower" | "isupper" => {
            pycompat::unknown_method_callback(state, &Value::from(without_marks(text)), name, arguments)
        }
        "upper" | "lower" | "title" | "capitalize" | "split" | "splitlines" => {
            pycompat::unknown_method_callback(state, value, name, arguments)
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}
