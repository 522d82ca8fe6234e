//! `tojson` as transformers defines it: Python's json.dumps(ensure_ascii=False), nothing escaped for HTML.

use crate::bounded::Bounded;
use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::io::{self, Write};

struct OneLine;

impl Formatter for OneLine {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

fn written<F: Formatter>(value: &Value, formatter: F, bytes_max: usize) -> Result<String, Error> {
    let mut out = Bounded::new(bytes_max);
    value
        .serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))
        .map_err(|e| Error::new(ErrorKind::InvalidOperation, format!("tojson: {e}")))?;
    Ok(out.text)
}

pub fn tojson(value: &Value, options: Kwargs, bytes_max: usize) -> Result<String, Error> {
    let indent: Option<usize> = options.get("indent")?;
    let _ensure_ascii: Option<bool> = options.get("ensure_ascii")?;
    options.assert_all_used()?;
    match indent {
        Some(width) if width > 64 => Err(Error::new(ErrorKind::InvalidOperation, "tojson: indent above 64")),
        Some(width) => {
            let indent = " ".repeat(width);
            written(value, PrettyFormatter::with_indent(indent.as_bytes()), bytes_max)
        }
        None => written(value, OneLine, bytes_max),
    }
}
