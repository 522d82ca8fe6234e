//! Training a byte-level BPE.

use crate::border::{invalid, refusal, reported, slice, Buffer, Bytes, Outcome, Status, Text};
use serde_json::{json, Map, Value};
use std::collections::HashSet;
use tokenizers::models::bpe::{BpeTrainer, BPE};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{
    OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, PreTokenizerWrapper, Trainer,
};

#[repr(C)]
pub struct BpeOptions {
    vocabulary_size: u32,
    pair_count_min: u32,
    number_tokens: i32,
    special_tokens: *const Text,
    special_token_count: usize,
}

const BYTE_COUNT: usize = 256;
const VOCABULARY_MAX: usize = 1 << 20;

/// Words take the space before them; marks stay with their letters; a run of spaces leaves the last one to the word.
const WORDS: &str = r" ?[\p{L}\p{M}]+| ?[^\s\p{L}\p{M}\p{N}]+| ?\p{N}+|\s+(?!\S)|\s+";
/// The same, but ASCII digits stand alone, in groups of two from the left.
const WORDS_AND_NUMBERS: &str = r"[0-9]{1,2}| ?[\p{L}\p{M}]+| ?[^\s\p{L}\p{M}0-9]+|\s+(?!\S)|\s+";

fn pre_tokenizer(number_tokens: bool) -> Value {
    let pattern = if number_tokens { WORDS_AND_NUMBERS } else { WORDS };
    json!({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": false},
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
    ]})
}

fn two_digit_numbers() -> Vec<String> {
    (10..100).map(|n| n.to_string()).collect()
}

fn check_specials(specials: &[&str]) -> Outcome<()> {
    let mut seen = HashSet::new();
    for special in specials {
        if special.is_empty() {
            return invalid("a special token is empty");
        }
        if !seen.insert(*special) {
            return invalid(format!("the special token {special:?} is given twice"));
        }
        // The 256 bytes are spelled as one character each, the numbers as their digits.
        if special.chars().count() == 1 || special.bytes().all(|b| b.is_ascii_digit()) {
            return invalid(format!("{special:?} cannot be a special token: it is ordinary text"));
        }
    }
    Ok(())
}

/// The learned merges, in order, and the byte alphabet.
fn learn(
    texts: &[&str],
    pre_tokenizer: &PreTokenizerWrapper,
    size: usize,
    numbers: bool,
    pair_count_min: u32,
) -> Outcome<BPE> {
    let mut trainer = BpeTrainer::builder()
        .show_progress(false)
        .min_frequency(u64::from(pair_count_min))
        .vocab_size(size)
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .build();
    let words_of = |text: &str| {
        let mut pieces = PreTokenizedString::from(text);
        pre_tokenizer.pre_tokenize(&mut pieces)?;
        let splits = pieces.get_splits(OffsetReferential::Original, OffsetType::Byte);
        // Numbers have tokens of their own; their digits must not be merged by what the texts happen to say.
        let learned = |word: &str| !(numbers && word.bytes().all(|b| b.is_ascii_digit()));
        Ok(splits.into_iter().map(|s| s.0.to_owned()).filter(|word| learned(word)).collect())
    };
    let internal =
        |e: tokenizers::Error| refusal(Status::Internal, format!("training the tokenizer failed: {e}"));
    trainer.feed(texts.iter(), words_of).map_err(internal)?;
    let mut model = BPE::default();
    trainer.train(&mut model).map_err(internal)?;
    Ok(model)
}

fn merges_of(model: &BPE) -> Outcome<Vec<Value>> {
    let json = serde_json::to_value(model).map_err(|e| refusal(Status::Internal, e.to_string()))?;
    Ok(json.get("merges").and_then(Value::as_array).cloned().unwrap_or_default())
}

pub fn train(
    texts: &[&str],
    specials: &[&str],
    size: usize,
    numbers: bool,
    pair_count_min: u32,
) -> Outcome<String> {
    check_specials(specials)?;
    let numbers_list = if numbers { two_digit_numbers() } else { Vec::new() };
    let fixed = specials.len() + BYTE_COUNT + numbers_list.len();
    if size < fixed || size > VOCABULARY_MAX {
        return invalid(format!(
            "a vocabulary of {size} is not possible: {fixed} tokens are fixed and {VOCABULARY_MAX} is the limit"
        ));
    }
    let pre_tokenizer_json = pre_tokenizer(numbers);
    let wrapper: PreTokenizerWrapper = serde_json::from_value(pre_tokenizer_json.clone())
        .map_err(|e| refusal(Status::Internal, e.to_string()))?;
    let model = learn(texts, &wrapper, size - specials.len() - numbers_list.len(), numbers, pair_count_min)?;

    let mut learned: Vec<(u32, String)> =
        model.get_vocab().into_iter().map(|(token, id)| (id, token)).collect();
    learned.sort_unstable();
    let (bytes, merged) = learned.split_at(BYTE_COUNT);
    let mut vocabulary = Map::new();
    let tokens = specials.iter().map(|s| s.to_string());
    let tokens = tokens.chain(bytes.iter().map(|t| t.1.clone())).chain(numbers_list.iter().cloned());
    for token in tokens.chain(merged.iter().map(|t| t.1.clone())) {
        let id = vocabulary.len();
        if vocabulary.insert(token.clone(), id.into()).is_some() {
            return invalid(format!(
                "the special token {token:?} is also an ordinary one; choose another spelling"
            ));
        }
    }
    let number_merges = numbers_list.iter().map(|n| json!([n[..1], n[1..]]));
    let merges: Vec<Value> = number_merges.chain(merges_of(&model)?).collect();
    let added: Vec<Value> = specials
        .iter()
        .enumerate()
        .map(|(id, s)| {
            json!({"id": id, "content": s, "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true})
        })
        .collect();
    let byte_level =
        json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false});
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added, "normalizer": null,
        "pre_tokenizer": pre_tokenizer_json, "post_processor": byte_level, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                  "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                  "vocab": vocabulary, "merges": merges},
    });
    serde_json::to_string_pretty(&tokenizer).map_err(|e| refusal(Status::Internal, e.to_string()))
}

#[no_mangle]
pub unsafe extern "C" fn pt_train_bpe(
    texts: *const Text,
    count: usize,
    options: &BpeOptions,
    out: *mut Bytes,
    error: *mut Bytes,
) -> Status {
    reported(error, || {
        let texts = slice(texts, count);
        let texts = texts
            .iter()
            .enumerate()
            .map(|(i, t)| t.utf8(&format!("text {i}")))
            .collect::<Outcome<Vec<_>>>()?;
        let specials = slice(options.special_tokens, options.special_token_count);
        let specials = specials.iter().map(|t| t.utf8("a special token")).collect::<Outcome<Vec<_>>>()?;
        let size = options.vocabulary_size as usize;
        let json = train(&texts, &specials, size, options.number_tokens != 0, options.pair_count_min)?;
        out.write(Buffer::new(json.into_bytes()));
        Ok(())
    })
}
