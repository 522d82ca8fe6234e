//! A chat template as the engine runs it: its instructions, with a check behind each that makes a new value.

use crate::limits;
use minijinja::machinery::{
    eval, make_string_output, parse, tokenize, CodeGenerator, Instruction, Instructions, Token,
};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Value};
use std::collections::BTreeMap;

const NAME: &str = "chat_template";
/// Parsing, compiling and dropping recurse along one tag and along a chain of elif.
const TOKENS_PER_TAG_MAX: usize = 2000;
const ELIF_MAX: usize = 300;
/// Names that no template can spell.
const KEPT: &str = "kept value";
const STORED: &str = "stored value";

/// Borrowed by the instructions, and freed after them.
struct Source(*mut str);

// Nobody writes to it.
unsafe impl Send for Source {}
unsafe impl Sync for Source {}

impl Drop for Source {
    fn drop(&mut self) {
        drop(unsafe { Box::from_raw(self.0) });
    }
}

pub struct Program {
    instructions: Instructions<'static>, // above its source: fields are dropped in this order
    _source: Source,
}

impl Program {
    pub fn new(source: &str, syntax: SyntaxConfig) -> Result<Self, Error> {
        check_tags(source, syntax.clone())?;
        let owned = Box::into_raw(source.to_string().into_boxed_str());
        let held = Source(owned);
        let source: &'static str = unsafe { &*owned };
        let tree = parse(source, NAME, syntax)?;
        let mut generator = CodeGenerator::new(NAME, source);
        generator.compile_stmt(&tree);
        let (instructions, _) = generator.finish();
        Ok(Program { instructions: checked(&instructions), _source: held })
    }

    pub fn render(&self, environment: &Environment<'_>, seen: Value) -> Result<String, Error> {
        let mut text = String::new();
        let blocks = BTreeMap::new();
        eval(
            environment,
            &self.instructions,
            seen,
            &blocks,
            &mut make_string_output(&mut text),
            AutoEscape::None,
        )?;
        Ok(text)
    }
}

pub fn add_checks(environment: &mut Environment<'static>) {
    environment.add_function(KEPT, limits::kept);
    environment.add_function(STORED, limits::stored);
}

fn makes_a_value(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::BuildMap(_)
            | Instruction::BuildList(_)
            | Instruction::BuildTuple(_)
            | Instruction::Add
            | Instruction::Mul
            | Instruction::Slice
            | Instruction::ApplyFilter(..)
            | Instruction::CallFunction(..)
            | Instruction::CallMethod(..)
            | Instruction::CallObject(_)
    )
}

fn checked(old: &Instructions<'static>) -> Instructions<'static> {
    let mut new = Instructions::new(old.name(), old.source());
    let mut moved_to = Vec::new(); // by old place
    let mut end = 0;
    for index in 0.. {
        let Some(instruction) = old.get(index) else { break };
        moved_to.push(end);
        let line = old.get_line(index).unwrap_or(0) as u16;
        let mut add = |step| end = new.add_with_line(step, line) + 1;
        if matches!(instruction, Instruction::SetAttr(_)) {
            add(Instruction::Swap); // the namespace lies above the value
            add(Instruction::CallFunction(STORED, Some(1)));
            add(Instruction::Swap);
        }
        add(instruction.clone());
        if makes_a_value(instruction) {
            add(Instruction::CallFunction(KEPT, Some(1)));
        }
    }
    moved_to.push(end);
    for index in 0..end {
        if let Some(target) = new.get_mut(index).and_then(target_of) {
            *target = moved_to[*target as usize];
        }
    }
    new
}

/// Where an instruction may jump to.
fn target_of<'a>(instruction: &'a mut Instruction<'static>) -> Option<&'a mut u32> {
    match instruction {
        Instruction::Iterate(target)
        | Instruction::Jump(target)
        | Instruction::JumpIfFalse(target)
        | Instruction::JumpIfFalseOrPop(target)
        | Instruction::JumpIfTrueOrPop(target)
        | Instruction::BuildMacro(_, target, _) => Some(target),
        _ => None,
    }
}

fn syntax_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::SyntaxError, message.into())
}

/// Refuses what would take the parser or the compiler too long or too deep.
fn check_tags(source: &str, syntax: SyntaxConfig) -> Result<(), Error> {
    let mut tag: Vec<Token> = Vec::new();
    let mut elifs = 0;
    for token in tokenize(source, false, syntax) {
        // The parser says where and why.
        let Ok((token, _)) = token else { return Ok(()) };
        match token {
            Token::TemplateData(_) => {}
            Token::VariableStart | Token::BlockStart => tag.clear(),
            Token::VariableEnd | Token::BlockEnd => check_products(&tag)?,
            token => {
                elifs += usize::from(tag.is_empty() && matches!(token, Token::Ident("elif")));
                tag.push(token);
            }
        }
        if tag.len() > TOKENS_PER_TAG_MAX {
            return Err(syntax_error(format!("a tag has more than {TOKENS_PER_TAG_MAX} words and signs")));
        }
        if elifs > ELIF_MAX {
            return Err(syntax_error(format!("more than {ELIF_MAX} elif tags")));
        }
    }
    Ok(())
}

/// The compiler works out constant products at once, and a list times a large number is endless there.
fn check_products(tag: &[Token]) -> Result<(), Error> {
    for (place, token) in tag.iter().enumerate() {
        if matches!(token, Token::Mul)
            && (ends_with_list(&tag[..place]) || starts_with_list(&tag[place + 1..]))
        {
            return Err(syntax_error("a list in brackets cannot be repeated"));
        }
    }
    Ok(())
}

fn is_open(token: &Token) -> bool {
    matches!(token, Token::BracketOpen | Token::ParenOpen)
}

fn is_close(token: &Token) -> bool {
    matches!(token, Token::BracketClose | Token::ParenClose)
}

/// Whether a bracket after these tokens is a subscript or a call.
fn continues_a_value(before: &[Token]) -> bool {
    matches!(
        before.last(),
        Some(Token::Ident(_) | Token::BracketClose | Token::ParenClose | Token::BraceClose)
    )
}

fn ends_with_list(tokens: &[Token]) -> bool {
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate().rev() {
        depth += i32::from(is_close(token)) - i32::from(is_open(token));
        if depth <= 0 {
            return !continues_a_value(&tokens[..place]) && holds_list(&tokens[place..]);
        }
    }
    false
}

fn starts_with_list(tokens: &[Token]) -> bool {
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate() {
        depth += i32::from(is_open(token)) - i32::from(is_close(token));
        if depth <= 0 {
            return holds_list(&tokens[..=place]);
        }
    }
    false
}

fn holds_list(group: &[Token]) -> bool {
    group.iter().any(|token| matches!(token, Token::BracketOpen | Token::Comma))
}
