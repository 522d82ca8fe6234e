//! Encoding a text of which some parts were written by people, in whom no control token is recognised, and which is
//! cut at given places, so that no token crosses them.
//!
//! A cut must not look like the beginning of a text to the tokenizer: a SentencePiece-like one puts a space there.
//! So beside the pipeline of the file there are variants of it that add no prefix, for pieces in mid-text.

use crate::border::{refusal, Outcome, Status};
use crate::load::unknown_id;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use tokenizers::models::ModelWrapper;
use tokenizers::{
    AddedToken, AddedVocabulary, Model, NormalizerWrapper, OffsetType, PreTokenizer, PreTokenizerWrapper,
    Tokenizer,
};

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub begin: usize,
    pub end: usize,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: u32,
    pub begin: usize,
    pub end: usize,
}

/// Where a piece stands: at the begin of the text, right after a special token, or in mid-text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    TextBegin,
    AfterSpecial,
    MidText,
}

struct Variants<T> {
    text_begin: Option<T>,
    after_special: Option<T>,
    mid_text: Option<T>,
}

impl<T> Variants<T> {
    fn at(&self, place: Place) -> Option<&T> {
        match place {
            Place::TextBegin => self.text_begin.as_ref(),
            Place::AfterSpecial => self.after_special.as_ref(),
            Place::MidText => self.mid_text.as_ref(),
        }
    }
}

pub struct Pipelines {
    normalizers: Variants<NormalizerWrapper>,
    pre_tokenizers: Variants<PreTokenizerWrapper>,
    /// Recognises added tokens other than the special ones.
    vocabulary: AddedVocabulary,
    /// Special tokens by their first byte, the longest first.
    specials: HashMap<u8, Vec<(AddedToken, u32)>>,
    control_ids: HashSet<u32>,
}

fn read_part<T: serde::de::DeserializeOwned>(json: Option<Value>) -> Outcome<Option<T>> {
    match json {
        None | Some(Value::Null) => Ok(None),
        Some(part) => serde_json::from_value(part)
            .map(Some)
            .map_err(|e| refusal(Status::Invalid, format!("not a usable tokenizer.json: {e}"))),
    }
}

/// The part without what it puts in front of a text; `None` when nothing is left.
fn without_prefix(part: &Value, keep_always: bool) -> Option<Value> {
    let mut part = part.clone();
    match part.get("type").and_then(Value::as_str) {
        Some("Prepend") => return None,
        Some("Metaspace") => {
            let scheme = part.get("prepend_scheme").and_then(Value::as_str).unwrap_or("always");
            if !(keep_always && scheme == "always") {
                part["prepend_scheme"] = "never".into();
                part["add_prefix_space"] = false.into();
            }
        }
        Some("ByteLevel") if !keep_always => part["add_prefix_space"] = false.into(),
        Some("Sequence") => {
            for key in ["normalizers", "pretokenizers"] {
                if let Some(parts) = part.get_mut(key).and_then(Value::as_array_mut) {
                    *parts = parts.iter().filter_map(|p| without_prefix(p, keep_always)).collect();
                }
            }
        }
        _ => {}
    }
    Some(part)
}

impl Pipelines {
    pub fn new(tokenizer: &Tokenizer, json: &Value) -> Outcome<Self> {
        let normalizer = json.get("normalizer");
        let pre_tokenizer = json.get("pre_tokenizer");
        let mut vocabulary = tokenizer.get_added_vocabulary().clone();
        vocabulary.set_encode_special_tokens(true);

        let unknown = unknown_id(tokenizer, json);
        let mut specials: HashMap<u8, Vec<(AddedToken, u32)>> = HashMap::new();
        let mut control_ids = HashSet::new();
        for (id, token) in vocabulary.get_added_tokens_decoder() {
            if token.special && !token.content.is_empty() {
                specials.entry(token.content.as_bytes()[0]).or_default().push((token.clone(), *id));
                if Some(*id) != unknown {
                    control_ids.insert(*id);
                }
            }
        }
        for tokens in specials.values_mut() {
            tokens.sort_by_key(|(token, id)| (std::cmp::Reverse(token.content.len()), *id));
        }
        Ok(Pipelines {
            normalizers: Variants {
                text_begin: read_part(normalizer.cloned())?,
                after_special: read_part(normalizer.cloned())?,
                mid_text: read_part(normalizer.and_then(|n| without_prefix(n, false)))?,
            },
            pre_tokenizers: Variants {
                text_begin: read_part(pre_tokenizer.cloned())?,
                after_special: read_part(pre_tokenizer.and_then(|p| without_prefix(p, true)))?,
                mid_text: read_part(pre_tokenizer.and_then(|p| without_prefix(p, false)))?,
            },
            vocabulary,
            specials,
            control_ids,
        })
    }

    /// `plain`: spans in which no special token is recognised. No token crosses one of the `cuts`.
    pub fn encode(
        &self,
        model: &ModelWrapper,
        text: &str,
        plain: &[Span],
        cuts: &[usize],
    ) -> Outcome<Vec<Token>> {
        let mut tokens = Vec::new();
        let mut begin = 0;
        let mut place = Place::TextBegin;
        for special in self.find_specials(text, plain, cuts) {
            self.encode_pieces(
                model,
                text,
                Span { begin, end: special.begin },
                place,
                plain,
                cuts,
                &mut tokens,
            )?;
            tokens.push(special);
            begin = special.end;
            place = Place::AfterSpecial;
        }
        self.encode_pieces(model, text, Span { begin, end: text.len() }, place, plain, cuts, &mut tokens)?;
        Ok(tokens)
    }

    fn find_specials(&self, text: &str, plain: &[Span], cuts: &[usize]) -> Vec<Token> {
        let mut found = Vec::new();
        let mut begin = 0;
        for span in plain.iter().copied().chain([Span { begin: text.len(), end: text.len() }]) {
            self.find_specials_between(text, Span { begin, end: span.begin }, cuts, &mut found);
            begin = span.end;
        }
        found
    }

    fn find_specials_between(&self, text: &str, part: Span, cuts: &[usize], found: &mut Vec<Token>) {
        let bytes = text.as_bytes();
        let mut free_from = part.begin; // white space before this belongs to the token before
        let mut position = part.begin;
        while position < part.end {
            let candidates = self.specials.get(&bytes[position]).map_or(&[][..], Vec::as_slice);
            let matching = candidates.iter().find(|(token, _)| {
                bytes[position..part.end].starts_with(token.content.as_bytes())
                    && (!token.single_word || stands_alone(text, position, position + token.content.len()))
            });
            let Some((token, id)) = matching else {
                position += 1;
                continue;
            };
            let end = position + token.content.len();
            let cut_before = cuts.iter().rev().find(|c| **c <= position).copied().unwrap_or(0).max(free_from);
            let cut_after = cuts.iter().find(|c| **c >= end).copied().unwrap_or(part.end).min(part.end);
            let left = if token.lstrip {
                text[cut_before..position].trim_end().len() + cut_before
            } else {
                position
            };
            let right = if token.rstrip { cut_after - text[end..cut_after].trim_start().len() } else { end };
            found.push(Token { id: *id, begin: left, end: right });
            position = right;
            free_from = right;
        }
    }

    /// Text without special tokens between two of them, cut into pieces.
    #[allow(clippy::too_many_arguments)]
    fn encode_pieces(
        &self,
        model: &ModelWrapper,
        text: &str,
        part: Span,
        mut place: Place,
        plain: &[Span],
        cuts: &[usize],
        tokens: &mut Vec<Token>,
    ) -> Outcome<()> {
        let inner = cuts.iter().copied().filter(|c| *c > part.begin && *c < part.end);
        let mut begin = part.begin;
        for end in inner.chain([part.end]) {
            if end > begin {
                self.encode_piece(model, text, Span { begin, end }, place, plain, tokens)?;
                place = Place::MidText;
            }
            begin = end;
        }
        Ok(())
    }

    /// Some models find a control token in plain text by themselves (it is in their vocabulary): the piece is cut
    /// inside each such token, until none is left.
    fn encode_piece(
        &self,
        model: &ModelWrapper,
        text: &str,
        piece: Span,
        place: Place,
        plain: &[Span],
        tokens: &mut Vec<Token>,
    ) -> Outcome<()> {
        let encoded = self.encode_text(model, text, piece, place)?;
        let written_by_people = |t: &Token| plain.iter().any(|s| t.begin < s.end && s.begin < t.end);
        let mut cuts = Vec::new();
        for token in encoded.iter().filter(|t| self.control_ids.contains(&t.id) && written_by_people(t)) {
            let middle = token.begin + text[token.begin..].chars().next().map_or(0, char::len_utf8);
            if middle <= piece.begin || middle >= token.end {
                let name = &text[token.begin..token.end];
                return Err(refusal(
                    Status::Unsupported,
                    format!(
                        "a message contains {name:?}, which this tokenizer can only write as a control token"
                    ),
                ));
            }
            cuts.push(middle);
        }
        if cuts.is_empty() {
            tokens.extend(encoded);
            return Ok(());
        }
        self.encode_pieces(model, text, piece, place, plain, &cuts, tokens)
    }

    fn encode_text(
        &self,
        model: &ModelWrapper,
        text: &str,
        piece: Span,
        place: Place,
    ) -> Outcome<Vec<Token>> {
        let cannot = |e: tokenizers::Error| {
            refusal(Status::Unsupported, format!("the tokenizer cannot write this text: {e}"))
        };
        let part = &text[piece.begin..piece.end];
        let mut pieces = self.vocabulary.extract_and_normalize(self.normalizers.at(place), part);
        if let Some(pre_tokenizer) = self.pre_tokenizers.at(place) {
            pre_tokenizer.pre_tokenize(&mut pieces).map_err(cannot)?;
        }
        pieces.tokenize(|normalized| model.tokenize(normalized.get())).map_err(cannot)?;
        let encoding = pieces.into_encoding(None, 0, OffsetType::Byte).map_err(cannot)?;
        let offsets = encoding.get_offsets().iter();
        Ok(encoding
            .get_ids()
            .iter()
            .zip(offsets)
            .map(|(id, o)| Token { id: *id, begin: piece.begin + o.0, end: piece.begin + o.1 })
            .collect())
    }
}

fn stands_alone(text: &str, begin: usize, end: usize) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let before = text[..begin].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(word) && !after.is_some_and(word)
}
