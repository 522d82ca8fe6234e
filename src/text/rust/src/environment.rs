//! What a chat template can see and call: the messages, and the functions that transformers gives it.

use crate::marks::{is_mark, is_python_space, strip, without_marks};
use crate::python_json::tojson;
use crate::python_time::strftime;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{from_args, ValueKind};
use minijinja::{
    escape_formatter, AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value,
};
use minijinja_contrib::pycompat;

pub const TEMPLATE: &str = "chat_template";
/// Starts the message of an error that the template raised itself.
pub const RAISED: &str = "the template says: ";

pub fn environment(source: &str) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_recursion_limit(100);
    environment.set_formatter(|out, state, value| {
        // As Python spells them.
        let spelled = match (value.is_none(), bool::try_from(value.clone())) {
            (true, _) => Some("None"),
            (_, Ok(true)) if value.kind() == ValueKind::Bool => Some("True"),
            (_, Ok(false)) if value.kind() == ValueKind::Bool => Some("False"),
            _ => None,
        };
        match spelled {
            Some(text) => out.write_str(text).map_err(Error::from),
            None => escape_formatter(out, state, value),
        }
    });
    environment.set_unknown_method_callback(method);
    environment.add_filter("trim", trim);
    environment.add_filter("length", length);
    environment.add_filter("count", length);
    environment.add_filter("tojson", tojson);
    environment.add_function("raise_exception", |message: String| -> Result<Value, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, format!("{RAISED}{}", without_marks(&message))))
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
    environment.add_template_owned(TEMPLATE, without_generation_tags(source))?;
    Ok(environment)
}

/// `{% generation %}` marks the assistant's part for transformers; it prints nothing.
fn without_generation_tags(source: &str) -> String {
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

fn trim(value: Value, chars: Option<String>) -> Result<Value, Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(Value::from(without_marks(&value.to_string())));
    }
    Ok(Value::from(stripped(&value.to_string(), chars, true, true)))
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

/// Python's methods. Those that remove keep the marks, those that ask do not see them.
fn method(state: &mut State, value: &Value, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    let Some(text) = value.as_str() else {
        return pycompat::unknown_method_callback(state, value, name, arguments);
    };
    match name {
        "strip" | "lstrip" | "rstrip" => {
            let (chars,): (Option<String>,) = from_args(arguments)?;
            Ok(Value::from(stripped(text, chars, name != "rstrip", name != "lstrip")))
        }
        "removeprefix" | "removesuffix" => {
            let (affix,): (String,) = from_args(arguments)?;
            Ok(Value::from(if name == "removeprefix" {
                text.strip_prefix(&affix).unwrap_or(text)
            } else {
                text.strip_suffix(&affix).unwrap_or(text)
            }))
        }
        "startswith" | "endswith" | "count" | "find" | "rfind" | "isspace" | "isdigit" | "isnumeric"
        | "isalnum" | "isalpha" | "isascii" | "islower" | "isupper" => {
            pycompat::unknown_method_callback(state, &Value::from(without_marks(text)), name, arguments)
        }
        _ => pycompat::unknown_method_callback(state, value, name, arguments),
    }
}
