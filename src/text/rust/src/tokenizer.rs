//! A tokenizer and its C interface.

use crate::border::{invalid, refusal, reported, slice, Buffer, Bytes, Outcome, Status, Text};
use crate::load::tokenizer_from_json;
use crate::marked::{Pipelines, Span, Token};
use tokenizers::Tokenizer;

pub struct TextTokenizer {
    pub tokenizer: Tokenizer,
    pub pipelines: Pipelines,
    pub vocabulary_size: u32,
}

impl TextTokenizer {
    fn encode(&self, text: &str, add_special_tokens: bool) -> Outcome<Vec<Token>> {
        let encoding = self.tokenizer.encode(text, add_special_tokens).map_err(|e| {
            refusal(Status::Unsupported, format!("the tokenizer cannot write this text: {e}"))
        })?;
        let offsets = encoding.get_offsets().iter();
        Ok(encoding
            .get_ids()
            .iter()
            .zip(offsets)
            .map(|(id, o)| Token { id: *id, begin: o.0, end: o.1 })
            .collect())
    }

    fn decode(&self, ids: &[u32], skip_special: bool) -> Outcome<String> {
        self.tokenizer
            .decode(ids, skip_special)
            .map_err(|e| refusal(Status::Unsupported, format!("the tokenizer cannot decode: {e}")))
    }

    fn to_json(&self) -> Outcome<String> {
        self.tokenizer.to_string(false).map_err(|e| refusal(Status::Internal, e.to_string()))
    }
}

#[no_mangle]
pub unsafe extern "C" fn pt_bytes_free(bytes: Bytes) {
    bytes.release();
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokens_free(tokens: Buffer<Token>) {
    tokens.release();
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_load(
    json: Text,
    out: *mut *mut TextTokenizer,
    error: *mut Bytes,
) -> Status {
    reported(error, || {
        out.write(Box::into_raw(Box::new(tokenizer_from_json(json.bytes())?)));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_free(tokenizer: *mut TextTokenizer) {
    if !tokenizer.is_null() {
        drop(Box::from_raw(tokenizer));
    }
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_encode(
    tokenizer: &TextTokenizer,
    text: Text,
    add_special_tokens: i32,
    out: *mut Buffer<Token>,
    error: *mut Bytes,
) -> Status {
    reported(error, || {
        let tokens = tokenizer.encode(text.utf8("the text")?, add_special_tokens != 0)?;
        out.write(Buffer::new(tokens));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_encode_marked(
    tokenizer: &TextTokenizer,
    text: Text,
    plain: *const Span,
    plain_count: usize,
    cuts: *const usize,
    cut_count: usize,
    out: *mut Buffer<Token>,
    error: *mut Bytes,
) -> Status {
    reported(error, || {
        let text = text.utf8("the text")?;
        let (plain, cuts) = (slice(plain, plain_count), slice(cuts, cut_count));
        let on_border = |p: &usize| text.is_char_boundary(*p);
        let ordered =
            plain.windows(2).all(|w| w[0].end <= w[1].begin) && plain.iter().all(|s| s.begin <= s.end);
        if !ordered || !plain.iter().all(|s| on_border(&s.begin) && on_border(&s.end)) {
            return invalid("the spans of the messages do not fit the text");
        }
        if !cuts.windows(2).all(|w| w[0] <= w[1]) || !cuts.iter().all(on_border) {
            return invalid("the cuts between the messages do not fit the text");
        }
        out.write(Buffer::new(tokenizer.pipelines.encode(
            tokenizer.tokenizer.get_model(),
            text,
            plain,
            cuts,
        )?));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_decode(
    tokenizer: &TextTokenizer,
    ids: *const u32,
    count: usize,
    skip_special: i32,
    out: *mut Bytes,
    error: *mut Bytes,
) -> Status {
    reported(error, || {
        out.write(Buffer::new(tokenizer.decode(slice(ids, count), skip_special != 0)?.into_bytes()));
        Ok(())
    })
}

#[no_mangle]
pub extern "C" fn pt_tokenizer_vocabulary_size(tokenizer: &TextTokenizer) -> u32 {
    tokenizer.vocabulary_size
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_id_of(tokenizer: &TextTokenizer, token: Text) -> i64 {
    let found = std::str::from_utf8(token.bytes()).ok().and_then(|t| tokenizer.tokenizer.token_to_id(t));
    found.map_or(-1, i64::from)
}

#[no_mangle]
pub extern "C" fn pt_tokenizer_is_special(tokenizer: &TextTokenizer, id: u32) -> i32 {
    let added = tokenizer.tokenizer.get_added_vocabulary().get_added_tokens_decoder();
    i32::from(added.get(&id).is_some_and(|token| token.special))
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_token_of(
    tokenizer: &TextTokenizer,
    id: u32,
    out: *mut Bytes,
    error: *mut Bytes,
) -> Status {
    reported(error, || {
        let token = tokenizer.tokenizer.id_to_token(id).unwrap_or_default();
        out.write(Buffer::new(token.into_bytes()));
        Ok(())
    })
}

#[no_mangle]
pub unsafe extern "C" fn pt_tokenizer_to_json(
    tokenizer: &TextTokenizer,
    out: *mut Bytes,
    error: *mut Bytes,
) -> Status {
    reported(error, || {
        out.write(Buffer::new(tokenizer.to_json()?.into_bytes()));
        Ok(())
    })
}
