//! Where the turns of messages begin and end in the text of a conversation.
//!
//! A turn's border is told by rendering the conversation up to there. In a long conversation most turns look alike:
//! of those between which the text shows no difference, some are rendered, spread from the first to the last; when
//! they agree, so do the others.

use crate::sightings::{Content, Lookout};
use std::collections::HashMap;
use std::hash::Hash;

/// Of turns that look alike, so many are rendered in any case, and of more those at powers of four and the last.
const EXACT_MAX: usize = 8;

fn is_sample(position: usize, count: usize) -> bool {
    let power_of_four = position.is_power_of_two() && position.trailing_zeros() % 2 == 0;
    position < EXACT_MAX || power_of_four || position + 1 == count
}

/// `exact` of each message; worked out for some of those that are alike.
fn of_alike<K: Eq + Hash>(
    alike: impl Iterator<Item = (usize, K)>,
    exact: impl Fn(usize) -> usize,
) -> Vec<(usize, usize)> {
    let mut groups: HashMap<K, Vec<usize>> = HashMap::new();
    for (message, key) in alike {
        groups.entry(key).or_default().push(message);
    }
    let mut all = Vec::new();
    for group in groups.values() {
        let sample = (0..group.len()).filter(|i| is_sample(*i, group.len()));
        let known: HashMap<usize, usize> = sample.map(|i| (group[i], exact(group[i]))).collect();
        let first = known[&group[0]];
        let agree = known.values().all(|value| *value == first);
        all.extend(group.iter().map(|message| {
            let value = known.get(message).copied();
            (*message, value.unwrap_or_else(|| if agree { first } else { exact(*message) }))
        }));
    }
    all
}

pub struct Turns<'a> {
    lookout: &'a Lookout<'a>,
    contents: &'a [Content],
}

impl<'a> Turns<'a> {
    pub fn new(lookout: &'a Lookout<'a>, contents: &'a [Content]) -> Self {
        Turns { lookout, contents }
    }

    fn others(&self, message: usize) -> impl Iterator<Item = &'a Content> {
        self.contents.iter().enumerate().filter(move |(j, _)| *j != message).map(|(_, c)| c)
    }

    /// Of each message.
    pub fn begins(&self) -> Vec<usize> {
        let mut begins: Vec<usize> = self.contents.iter().map(|c| c.begin).collect();
        let messages = self.lookout.messages;
        let assistants = (0..messages.len()).filter(|i| messages[*i].role == "assistant").map(|i| {
            let content = self.contents[i];
            let before = i.checked_sub(1).map(|j| (messages[j].role, self.contents[j].shown));
            let gap = &self.lookout.text[self.floor(i)..content.begin];
            (i, (before, gap, content.shown, self.is_as_written(i)))
        });
        for (i, length) in of_alike(assistants, |i| self.contents[i].begin - self.begin(i)) {
            begins[i] -= length;
        }
        begins
    }

    /// Of each message.
    pub fn ends(&self) -> Vec<usize> {
        let mut ends: Vec<usize> = self.contents.iter().map(|c| c.end).collect();
        let messages = self.lookout.messages;
        let all = (0..messages.len()).map(|i| {
            let gap = &self.lookout.text[ends[i]..self.ceiling(i)];
            (i, (messages[i].role, gap, self.contents[i].shown, self.is_as_written(i)))
        });
        for (i, length) in of_alike(all.collect::<Vec<_>>().into_iter(), |i| self.closing_length(i)) {
            ends[i] += length;
        }
        ends
    }

    fn is_as_written(&self, message: usize) -> bool {
        let content = self.contents[message];
        &self.lookout.text[content.begin..content.end] == self.lookout.messages[message].content
    }

    /// The end of the content before.
    fn floor(&self, message: usize) -> usize {
        let begin = self.contents[message].begin;
        self.others(message).map(|c| c.end).filter(|end| *end <= begin).max().unwrap_or(0)
    }

    /// The begin of the content behind.
    fn ceiling(&self, message: usize) -> usize {
        let end = self.contents[message].end;
        let behind = self.others(message).filter(|c| c.shown).map(|c| c.begin).filter(|begin| *begin >= end);
        behind.min().unwrap_or(self.lookout.text.len())
    }

    /// The end of the generation prompt, when the text continues it, or at least what it puts after the message before.
    fn begin(&self, message: usize) -> usize {
        let content = self.contents[message];
        let floor = self.floor(message);
        let fits = |end: &usize| (floor..=content.begin).contains(end);
        let Ok(prompt) = self.lookout.render(message, &[], true) else { return content.begin };
        let whole = self.lookout.text.starts_with(&prompt).then_some(prompt.len());
        whole.filter(fits).or_else(|| self.after_previous(message).filter(fits)).unwrap_or(content.begin)
    }

    fn after_previous(&self, message: usize) -> Option<usize> {
        let previous = message.checked_sub(1)?;
        let prompt = self.lookout.render(message, &[self.lookout.whole(previous)], true).ok()?;
        let mark = self.lookout.marks.end(previous);
        let tail = prompt[prompt.rfind(mark)?..].trim_start_matches(mark);
        let end = self.contents[previous].end;
        self.lookout.text[end..].starts_with(tail).then_some(end + tail.len())
    }

    /// Of what closes the turn: what follows the content both here and where the conversation ends with it.
    fn closing_length(&self, message: usize) -> usize {
        let end = self.contents[message].end;
        let marked = [self.lookout.whole(message)];
        let Ok(ended) = self.lookout.render(message + 1, &marked, false) else { return 0 };
        let Some(closing) = ended.rfind(self.lookout.marks.end(message)) else { return 0 };
        let closing = ended[closing..].chars().filter(|c| !self.lookout.marks.contains(*c));
        let shared: usize = closing
            .zip(self.lookout.text[end..self.ceiling(message)].chars())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        let tail = &self.lookout.text[end..end + shared];
        let trimmed = tail.trim_end();
        if trimmed.is_empty() {
            tail.len()
        } else {
            trimmed.len()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn worked_out(count: usize, exact: impl Fn(usize) -> usize) -> (Vec<usize>, usize) {
        let renderings = Cell::new(0);
        let counted = |i: usize| {
            renderings.set(renderings.get() + 1);
            exact(i)
        };
        let mut found = of_alike((0..count).map(|i| (i, ())), counted);
        found.sort_unstable();
        (found.into_iter().map(|(_, value)| value).collect(), renderings.get())
    }

    #[test]
    fn few_that_are_alike_are_all_worked_out() {
        assert_eq!(worked_out(8, |i| i * i), ((0..8).map(|i| i * i).collect(), 8));
    }

    #[test]
    fn of_many_that_agree_few_are_worked_out() {
        let (values, renderings) = worked_out(1000, |_| 7);
        assert_eq!(values, vec![7; 1000]);
        assert_eq!(renderings, 8 + 3 + 1, "those below eight, 16, 64 and 256, and the last");
    }

    #[test]
    fn all_are_worked_out_when_the_last_differs_from_the_first() {
        let exact = |i: usize| usize::from(i > 600);
        let (values, renderings) = worked_out(1000, exact);
        assert_eq!(values, (0..1000).map(exact).collect::<Vec<_>>());
        assert_eq!(renderings, 1000);
    }
}
