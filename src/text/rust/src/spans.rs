//! Where the messages stand in the text that a template makes of them.
//!
//! Each content is wrapped in two marks. What is rendered so, without its marks, must be what is rendered without
//! marks; then the marks tell the spans. A mark that a template throws away (`content.split('</think>')[-1]`) is
//! put further inside, until it shows up. When none of this works, the rendering is refused, never guessed.

use crate::border::{invalid, Outcome};
use crate::chat::{ChatTemplate, Message};
use crate::marks::{is_python_space, Marks};
use std::borrow::Cow;

#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageSpan {
    pub turn_begin: usize,
    pub content_begin: usize,
    pub content_end: usize,
    pub turn_end: usize,
}

#[derive(Clone, Copy, Debug)]
struct Content {
    begin: usize,
    end: usize,
    shown: bool,
}

/// How the marks of one message came out.
enum Sighting {
    Whole(Content),
    OnlyBegin,
    OnlyEnd,
    Nowhere,
    Disturbed, // the marks changed the text, or came out more than once
}

pub struct Spotter<'a> {
    template: &'a ChatTemplate,
    messages: &'a [Message<'a>],
    marks: Marks,
    now_seconds: i64,
}

impl<'a> Spotter<'a> {
    pub fn new(template: &'a ChatTemplate, messages: &'a [Message<'a>], now_seconds: i64) -> Outcome<Self> {
        let texts = messages.iter().flat_map(|m| [m.role, m.content]).chain([template.source()]);
        match Marks::unused_in(texts, messages.len()) {
            Some(marks) => Ok(Spotter { template, messages, marks, now_seconds }),
            None => invalid("too many messages, or too many private-use characters in them"),
        }
    }

    pub fn spans(&self, text: &str, add_generation_prompt: bool) -> Outcome<Vec<MessageSpan>> {
        let contents = match self.all_at_once(text, add_generation_prompt)? {
            Some(contents) => contents,
            None => self.one_by_one(text, add_generation_prompt)?,
        };
        let others = |i: usize| contents.iter().enumerate().filter(move |(j, _)| *j != i);
        let span_of = |(i, content): (usize, &Content)| {
            let shown = others(i).filter(|(_, c)| c.shown);
            let after = shown.map(|(_, c)| c.begin).filter(|begin| *begin >= content.end).min();
            MessageSpan {
                turn_begin: self.turn_begin(text, i, &contents),
                content_begin: content.begin,
                content_end: content.end,
                turn_end: self.turn_end(text, i, *content, after.unwrap_or(text.len())),
            }
        };
        Ok(contents.iter().enumerate().map(span_of).collect())
    }

    fn render(&self, contents: &[Cow<str>], add_generation_prompt: bool) -> Outcome<String> {
        let rendered =
            contents.iter().zip(self.messages).map(|(content, m)| Message { role: m.role, content });
        let rendered: Vec<Message> = rendered.collect();
        self.template.render_marked(&rendered, add_generation_prompt, self.now_seconds, Some(self.marks))
    }

    fn plain_contents(&self) -> Vec<Cow<'a, str>> {
        self.messages.iter().map(|m| Cow::Borrowed(m.content)).collect()
    }

    fn wrapped(&self, message: usize, begin: usize, end: usize) -> Cow<'a, str> {
        let content = self.messages[message].content;
        let (first, last) = (self.marks.begin(message), self.marks.end(message));
        Cow::Owned(format!("{}{first}{}{last}{}", &content[..begin], &content[begin..end], &content[end..]))
    }

    /// Takes the marks out of `marked`; what they say of each message, unless that is not `text`.
    fn read_marks(&self, marked: &str, text: &str) -> Option<Vec<Sighting>> {
        let mut seen: Vec<(Vec<usize>, Vec<usize>)> = vec![Default::default(); self.messages.len()];
        let mut position = 0;
        for c in marked.chars() {
            if self.marks.contains(c) {
                let offset = c as usize - self.marks.begin(0) as usize;
                let (begins, ends) = &mut seen[offset / 2];
                if offset % 2 == 0 {
                    begins.push(position)
                } else {
                    ends.push(position)
                }
            } else if text[position..].starts_with(c) {
                position += c.len_utf8();
            } else {
                return None;
            }
        }
        if position != text.len() {
            return None;
        }
        Some(
            seen.into_iter()
                .map(|(begins, ends)| match (&begins[..], &ends[..]) {
                    ([], []) => Sighting::Nowhere,
                    ([begin], [end]) if begin <= end => {
                        Sighting::Whole(Content { begin: *begin, end: *end, shown: true })
                    }
                    ([_], []) => Sighting::OnlyBegin,
                    ([], [_]) => Sighting::OnlyEnd,
                    _ => Sighting::Disturbed,
                })
                .collect(),
        )
    }

    fn all_at_once(&self, text: &str, add_generation_prompt: bool) -> Outcome<Option<Vec<Content>>> {
        let wrapped = |i: usize| self.wrapped(i, 0, self.messages[i].content.len());
        let contents: Vec<Cow<str>> = (0..self.messages.len()).map(wrapped).collect();
        // A template that only fails with marks is asked again one message at a time.
        let Ok(marked) = self.render(&contents, add_generation_prompt) else { return Ok(None) };
        let Some(seen) = self.read_marks(&marked, text) else { return Ok(None) };
        Ok(seen
            .into_iter()
            .map(|s| match s {
                Sighting::Whole(content) => Some(content),
                _ => None,
            })
            .collect())
    }

    fn one_by_one(&self, text: &str, add_generation_prompt: bool) -> Outcome<Vec<Content>> {
        let mut found: Vec<Content> = Vec::with_capacity(self.messages.len());
        for (i, message) in self.messages.iter().enumerate() {
            let length = message.content.len();
            let look = |begin: usize, end: usize| self.sight(text, add_generation_prompt, i, begin, end);
            let here = found.last().map_or(0, |c| c.end);
            let left_out = Content { begin: here, end: here, shown: false };
            let blank = message.content.chars().all(is_python_space);
            let content = match look(0, length) {
                Sighting::Whole(content) => Some(content),
                Sighting::OnlyEnd => probe(length, |cut| look(cut, length)),
                Sighting::OnlyBegin => probe(length, |cut| look(0, length - cut)),
                Sighting::Nowhere => Some(left_out),
                Sighting::Disturbed => blank.then_some(left_out),
            };
            let Some(content) = content else {
                return invalid(format!(
                    "the template so transforms message {i} ({}) that its place in the text cannot be told",
                    message.role
                ));
            };
            found.push(content);
        }
        Ok(found)
    }

    fn sight(
        &self,
        text: &str,
        add_generation_prompt: bool,
        message: usize,
        begin: usize,
        end: usize,
    ) -> Sighting {
        let content = self.messages[message].content;
        if begin > end || !content.is_char_boundary(begin) || !content.is_char_boundary(end) {
            return Sighting::Disturbed;
        }
        let mut contents = self.plain_contents();
        contents[message] = self.wrapped(message, begin, end);
        let Ok(marked) = self.render(&contents, add_generation_prompt) else { return Sighting::Disturbed };
        match self.read_marks(&marked, text) {
            Some(mut seen) => seen.swap_remove(message),
            None => Sighting::Disturbed,
        }
    }

    /// The end of the generation prompt, when the text continues it, or at least what it puts after the message before.
    fn turn_begin(&self, text: &str, message: usize, contents: &[Content]) -> usize {
        let content = contents[message];
        if self.messages[message].role != "assistant" {
            return content.begin;
        }
        let ends = contents.iter().enumerate().filter(|(j, _)| *j != message).map(|(_, c)| c.end);
        let floor = ends.filter(|end| *end <= content.begin).max().unwrap_or(0);
        let fits = |end: &usize| (floor..=content.begin).contains(end);
        let Ok(prompt) = self.template.render_marked(&self.messages[..message], true, self.now_seconds, None)
        else {
            return content.begin;
        };
        let whole = text.starts_with(&prompt).then_some(prompt.len());
        whole
            .filter(fits)
            .or_else(|| self.after_previous(text, message, contents).filter(fits))
            .unwrap_or(content.begin)
    }

    fn after_previous(&self, text: &str, message: usize, contents: &[Content]) -> Option<usize> {
        let previous = message.checked_sub(1)?;
        let mut before = self.plain_contents();
        before.truncate(message);
        before[previous] = self.wrapped(previous, 0, self.messages[previous].content.len());
        let prompt = self.render(&before, true).ok()?;
        let tail =
            prompt[prompt.rfind(self.marks.end(previous))?..].trim_start_matches(self.marks.end(previous));
        let end = contents[previous].end;
        text[end..].starts_with(tail).then_some(end + tail.len())
    }

    /// After what closes the turn: what follows the content both here and where the conversation ends with it.
    fn turn_end(&self, text: &str, message: usize, content: Content, ceiling: usize) -> usize {
        let mut contents = self.plain_contents();
        contents.truncate(message + 1);
        contents[message] = self.wrapped(message, 0, self.messages[message].content.len());
        let Ok(ended) = self.render(&contents, false) else { return content.end };
        let Some(closing) = ended.rfind(self.marks.end(message)) else { return content.end };
        let closing = ended[closing..].chars().filter(|c| !self.marks.contains(*c));
        let shared: usize = closing
            .zip(text[content.end..ceiling.max(content.end)].chars())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        let tail = &text[content.end..content.end + shared];
        let trimmed = tail.trim_end();
        content.end + if trimmed.is_empty() { tail.len() } else { trimmed.len() }
    }
}

/// The content that a template keeps when it throws away the mark at one end: that mark is moved inwards by as little
/// as makes it come out. What is kept is taken to be one stretch, so that halving finds its border.
fn probe(length: usize, look: impl Fn(usize) -> Sighting) -> Option<Content> {
    const STEPS_MAX: usize = 64;
    // A mark inside of a word that the template looks for hides the word from it.
    let undisturbed =
        |cut: usize| (cut..=length).take(STEPS_MAX).map(&look).find(|s| !matches!(s, Sighting::Disturbed));
    let Sighting::Whole(mut best) = look(length) else { return None };
    let (mut lost, mut kept) = (0, length);
    while kept - lost > 1 {
        let middle = lost + (kept - lost) / 2;
        if let Some(Sighting::Whole(content)) = undisturbed(middle) {
            best = content;
            kept = middle;
        } else {
            lost = middle;
        }
    }
    Some(best)
}
