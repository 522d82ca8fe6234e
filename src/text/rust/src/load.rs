//! Reading a tokenizer.json that strangers wrote: nothing in it is relied upon before it was checked.

use crate::border::{corrupt, invalid, refusal, shielded, Outcome, Status};
use crate::marked::Pipelines;
use crate::tokenizer::TextTokenizer;
use serde_json::Value;
use tokenizers::models::ModelWrapper;
use tokenizers::{Model, Tokenizer};

const DEPTH_MAX: usize = 32;
const ID_MAX: u32 = (1 << 24) - 1;
/// How much longer than its input the output of the normalizers may be.
const EXPANSION_MAX: f64 = 1024.0;

pub fn tokenizer_from_json(bytes: &[u8]) -> Outcome<TextTokenizer> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| refusal(Status::Invalid, format!("not UTF-8 from byte {} on", e.valid_up_to())))?;
    check_depth(text)?;
    let json: Value = serde_json::from_str(text)
        .map_err(|e| refusal(Status::Invalid, format!("not a tokenizer.json: {e}")))?;
    check_shape(&json)?;
    check_expansion(&json)?;
    check_strip(json.get("decoder").unwrap_or(&Value::Null))?;
    let mut tokenizer: Tokenizer = shielded(|| {
        text.parse().map_err(|e| refusal(Status::Invalid, format!("not a usable tokenizer.json: {e}")))
    })
    .map_err(|e| refusal(Status::Invalid, e.message))?;

    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).map_err(|e| refusal(Status::Invalid, e.to_string()))?;
    if let ModelWrapper::BPE(bpe) = tokenizer.get_model() {
        if bpe.dropout.is_some() {
            let mut exact = bpe.clone();
            exact.dropout = None;
            tokenizer.with_model(exact);
        }
    }
    let vocabulary_size = check_ids(&tokenizer, &json)?;
    check_frame(&tokenizer, vocabulary_size)?;
    let pipelines = Pipelines::new(&tokenizer, &json)?;
    Ok(TextTokenizer { tokenizer, pipelines, vocabulary_size })
}

/// Parsers recurse; a file that nests deeply must not reach them.
fn check_depth(text: &str) -> Outcome<()> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (position, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return invalid(format!("nested deeper than {DEPTH_MAX} levels at byte {position}"));
        }
    }
    Ok(())
}

fn check_shape(json: &Value) -> Outcome<()> {
    let Some(object) = json.as_object() else {
        return invalid("not a tokenizer.json: it should be an object");
    };
    if !object.get("model").is_some_and(Value::is_object) {
        return invalid("not a tokenizer.json: /model is missing or no object");
    }
    Ok(())
}

/// Normalizers that replace can chain into an explosion ("a" -> "aa", forty times).
fn check_expansion(json: &Value) -> Outcome<()> {
    fn growth(part: &Value) -> f64 {
        match part {
            Value::Object(object) if object.get("type").and_then(Value::as_str) == Some("Replace") => {
                let content = object.get("content").and_then(Value::as_str).map_or(0, str::len).max(1);
                let pattern = object.get("pattern").and_then(|p| p.get("String")).and_then(Value::as_str);
                (content as f64 / pattern.map_or(1, str::len).max(1) as f64).max(1.0)
            }
            Value::Object(object) => object.values().map(growth).product(),
            Value::Array(parts) => parts.iter().map(growth).product(),
            _ => 1.0,
        }
    }
    for part in ["normalizer", "pre_tokenizer", "decoder"] {
        if json.get(part).map_or(1.0, growth) > EXPANSION_MAX {
            return invalid(format!("/{part} makes a text more than {EXPANSION_MAX} times as long"));
        }
    }
    Ok(())
}

/// A decoder that strips the end of a text breaks down on a text shorter than what it strips.
fn check_strip(decoder: &Value) -> Outcome<()> {
    let strips = decoder.get("type").and_then(Value::as_str) == Some("Strip");
    if strips && decoder.get("stop").and_then(Value::as_u64) != Some(0) {
        return invalid("/decoder strips the end of texts, which is not supported: its stop must be 0");
    }
    let parts = decoder.get("decoders").and_then(Value::as_array);
    parts.into_iter().flatten().try_for_each(check_strip)
}

/// The added tokens have the ids that the file says, and no id is absurd. Returns the largest id + 1.
fn check_ids(tokenizer: &Tokenizer, json: &Value) -> Outcome<u32> {
    let largest = tokenizer.get_vocab(true).into_values().max();
    let Some(largest) = largest else {
        return invalid("the vocabulary is empty");
    };
    if largest > ID_MAX {
        return corrupt(format!("the vocabulary has id {largest}; ids above {ID_MAX} are not accepted"));
    }
    let added = json.get("added_tokens").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, token) in added.iter().enumerate() {
        let content = token.get("content").and_then(Value::as_str).unwrap_or_default();
        let declared = token.get("id").and_then(Value::as_u64);
        let actual = tokenizer.token_to_id(content).map(u64::from);
        if declared != actual {
            return corrupt(format!(
                "/added_tokens/{index} ({content:?}) says id {}, but the vocabulary has it at {}",
                declared.map_or("none".into(), |id| id.to_string()),
                actual.map_or("none".into(), |id| id.to_string())
            ));
        }
    }
    Ok(largest + 1)
}

/// What the file puts around a text must lie in the vocabulary, and encoding and decoding must work at all.
fn check_frame(tokenizer: &Tokenizer, vocabulary_size: u32) -> Outcome<()> {
    let framed = shielded(|| {
        tokenizer
            .encode("", true)
            .map_err(|e| refusal(Status::Corrupt, format!("cannot encode an empty text: {e}")))
    })
    .map_err(|e| refusal(Status::Corrupt, e.message))?;
    if let Some(id) = framed.get_ids().iter().find(|id| **id >= vocabulary_size) {
        return corrupt(format!("/post_processor adds id {id}, outside the vocabulary of {vocabulary_size}"));
    }
    Ok(())
}

/// The id that the model falls back to; it arises from ordinary text, so it is no control token.
pub fn unknown_id(tokenizer: &Tokenizer, json: &Value) -> Option<u32> {
    let model = json.get("model")?;
    match tokenizer.get_model() {
        ModelWrapper::Unigram(_) => model.get("unk_id")?.as_u64()?.try_into().ok(),
        other => other.token_to_id(model.get("unk_token")?.as_str()?),
    }
}
