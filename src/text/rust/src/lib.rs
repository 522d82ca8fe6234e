//! Tokenizers and chat templates for C++, see preceptor_text.h. No threads of its own; panics stop at the border.
#![allow(clippy::missing_safety_doc)] // the contract of the C functions stands in the header

mod border;
mod bounded;
mod chat;
mod environment;
mod limits;
mod load;
mod marked;
mod marks;
mod probing;
mod program;
mod python_json;
mod python_time;
mod reading;
mod sightings;
mod spans;
mod tokenizer;
mod training;
mod turns;
