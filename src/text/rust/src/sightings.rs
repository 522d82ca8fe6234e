//! Marks put around contents, and what of them a template lets through.

use crate::border::{invalid, refusal, Outcome, Status};
use crate::chat::{ChatTemplate, Message};
use crate::marks::Marks;
use crate::reading::read;
use std::borrow::Cow;
use std::cell::Cell;

/// Over all renderings of one conversation: a template that hides its messages must not take for ever.
const MESSAGES_RENDERED_MAX: usize = 1 << 19;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    pub begin: usize,
    pub end: usize,
    pub shown: bool,
}

/// How the marks of one message came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    Whole(Content),
    OnlyBegin,
    OnlyEnd,
    Nowhere,
    Disturbed, // the marks changed the text, or came out more than once
}

/// The stretch of a message's content that its marks stand around.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub message: usize,
    pub begin: usize,
    pub end: usize,
}

/// Renders a conversation with marks, and compares that with its text.
pub struct Lookout<'a> {
    template: &'a ChatTemplate,
    pub messages: &'a [Message<'a>],
    pub marks: Marks,
    now_seconds: i64,
    pub text: &'a str,
    add_generation_prompt: bool,
    rendered: Cell<usize>,
}

impl<'a> Lookout<'a> {
    /// `text` is what the template makes of the messages without marks.
    pub fn new(
        template: &'a ChatTemplate,
        messages: &'a [Message<'a>],
        now_seconds: i64,
        text: &'a str,
        add_generation_prompt: bool,
    ) -> Outcome<Self> {
        let texts = messages.iter().flat_map(|m| [m.role, m.content]).chain([template.source()]);
        match Marks::unused_in(texts, messages.len()) {
            Some(marks) => {
                let rendered = Cell::new(0);
                Ok(Lookout { template, messages, marks, now_seconds, text, add_generation_prompt, rendered })
            }
            None => invalid("too many messages, or too many private-use characters in them"),
        }
    }

    pub fn whole(&self, message: usize) -> Stretch {
        Stretch { message, begin: 0, end: self.messages[message].content.len() }
    }

    /// The first `count` messages, with marks around these stretches.
    pub fn render(&self, count: usize, marked: &[Stretch], add_generation_prompt: bool) -> Outcome<String> {
        self.rendered.set(self.rendered.get() + count);
        if self.is_exhausted() {
            return invalid("no more renderings");
        }
        let mut contents: Vec<Cow<str>> =
            self.messages[..count].iter().map(|m| Cow::Borrowed(m.content)).collect();
        for stretch in marked {
            contents[stretch.message] = self.wrapped(*stretch);
        }
        let rendered: Vec<Message> = contents
            .iter()
            .zip(self.messages)
            .map(|(content, message)| Message { role: message.role, content })
            .collect();
        let marks = if marked.is_empty() { None } else { Some(self.marks) };
        self.template.render_marked(&rendered, add_generation_prompt, self.now_seconds, marks)
    }

    /// So far, over all renderings.
    pub fn messages_rendered(&self) -> usize {
        self.rendered.get()
    }

    fn is_exhausted(&self) -> bool {
        self.messages_rendered() > MESSAGES_RENDERED_MAX
    }

    /// Refuses a conversation whose messages could not be told within so many renderings; asked at the end.
    pub fn check_exhausted(&self) -> Outcome<()> {
        if !self.is_exhausted() {
            return Ok(());
        }
        let what = "so many messages of which the template shows only parts, or each turn differently";
        Err(refusal(Status::TooLarge, format!("{what}: their places in the text cannot be told")))
    }

    fn wrapped(&self, stretch: Stretch) -> Cow<'a, str> {
        let Stretch { message, begin, end } = stretch;
        let content = self.messages[message].content;
        let (first, last) = (self.marks.begin(message), self.marks.end(message));
        Cow::Owned(format!("{}{first}{}{last}{}", &content[..begin], &content[begin..end], &content[end..]))
    }

    /// What the marks around each stretch say, all put into one rendering. The anchors are messages whose contents are
    /// known: between them the text is compared piece by piece, so that a stretch whose marks change the text hides no
    /// other. Where it cannot be told which of several did, they are looked at in two halves.
    pub fn sight(&self, stretches: &[Stretch], anchors: &[(usize, Content)]) -> Vec<Sighting> {
        let mut seen = vec![Sighting::Disturbed; stretches.len()];
        let possible: Vec<usize> = (0..stretches.len()).filter(|i| self.can_be(stretches[*i])).collect();
        self.sight_some(stretches, &possible, anchors, &mut seen);
        seen
    }

    fn can_be(&self, stretch: Stretch) -> bool {
        let content = self.messages[stretch.message].content;
        stretch.begin <= stretch.end
            && content.is_char_boundary(stretch.begin)
            && content.is_char_boundary(stretch.end)
    }

    fn sight_some(
        &self,
        stretches: &[Stretch],
        some: &[usize],
        anchors: &[(usize, Content)],
        seen: &mut [Sighting],
    ) {
        if some.is_empty() {
            return;
        }
        let mut marked: Vec<Stretch> = anchors.iter().map(|(message, _)| self.whole(*message)).collect();
        marked.extend(some.iter().map(|i| stretches[*i]));
        let rendered = self.render(self.messages.len(), &marked, self.add_generation_prompt);
        // A template that only fails with marks is disturbed by them as well.
        let reading = rendered.ok().and_then(|marked| read(&marked, self.text, self.marks, anchors));
        let of = |i: &usize| reading.as_ref().and_then(|reading| reading.sighting(stretches[*i].message));
        for i in some {
            seen[*i] = of(i).unwrap_or(Sighting::Disturbed);
        }
        let unclear: Vec<usize> = some.iter().copied().filter(|i| of(i).is_none()).collect();
        if some.len() > 1 {
            let (first, second) = unclear.split_at(unclear.len() / 2);
            self.sight_some(stretches, first, anchors, seen);
            self.sight_some(stretches, second, anchors, seen);
        }
    }
}
