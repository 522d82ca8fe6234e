//! Marks: private-use characters put around the content of a message, to see where a template puts it.
//!
//! A template may trim or inspect what it prints, so the functions that templates use on strings look through marks:
//! see environment.rs. Which characters are marks is known to the thread while it renders.

use std::cell::Cell;
use std::collections::HashSet;

const FIRST: u32 = 0xF0000; // planes 15 and 16, less the last two code points of each, which are no characters
const PLANE_USABLE: u32 = 0xFFFE;

/// Two characters for each of `count` messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    first: u32,
    count: u32,
}

thread_local! {
    static CURRENT: Cell<Option<Marks>> = const { Cell::new(None) };
}

impl Marks {
    /// Characters that none of the texts contains; none when there is no room for so many.
    pub fn unused_in<'a>(texts: impl Iterator<Item = &'a str>, count: usize) -> Option<Marks> {
        let count = u32::try_from(count).ok().filter(|c| *c <= PLANE_USABLE / 2)?;
        let used: HashSet<u32> =
            texts.flat_map(str::chars).map(|c| c as u32).filter(|c| *c >= FIRST).collect();
        for plane in [FIRST, FIRST + 0x10000] {
            let mut start = plane;
            while start + 2 * count <= plane + PLANE_USABLE {
                match (start..start + 2 * count).rev().find(|c| used.contains(c)) {
                    None => return Some(Marks { first: start, count }),
                    Some(taken) => start = taken + 1,
                }
            }
        }
        None
    }

    pub fn begin(&self, message: usize) -> char {
        self.character(2 * message as u32)
    }

    pub fn end(&self, message: usize) -> char {
        self.character(2 * message as u32 + 1)
    }

    fn character(&self, offset: u32) -> char {
        char::from_u32(self.first + offset).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    pub fn contains(&self, c: char) -> bool {
        (self.first..self.first + 2 * self.count).contains(&(c as u32))
    }

    /// Runs `work` with these characters known as marks to `is_mark`.
    pub fn known_during<T>(marks: Option<Marks>, work: impl FnOnce() -> T) -> T {
        struct Restore(Option<Marks>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let _restore = Restore(CURRENT.replace(marks));
        work()
    }
}

pub fn is_mark(c: char) -> bool {
    CURRENT.get().is_some_and(|marks| marks.contains(c))
}

pub fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !is_mark(*c)).collect()
}

/// Python's str.strip: removes characters from the ends, but keeps the marks among them.
pub fn strip(text: &str, left: bool, right: bool, removed: impl Fn(char) -> bool) -> String {
    let goes = |c: char| is_mark(c) || removed(c);
    let start = if left { text.len() - text.trim_start_matches(goes).len() } else { 0 };
    let end = if right { text.trim_end_matches(goes).len().max(start) } else { text.len() };
    let marks_in = |part: &str| part.chars().filter(|c| is_mark(*c)).collect::<String>();
    marks_in(&text[..start]) + &text[start..end] + &marks_in(&text[end..])
}

/// What Python calls white space.
pub fn is_python_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn avoids_every_character_that_a_text_contains() {
        let taken = "a\u{F0000}\u{F0003}";
        let marks = Marks::unused_in([taken].into_iter(), 2).unwrap();
        assert!(!taken.chars().any(|c| marks.contains(c)));
        let all: HashSet<char> = (0..2).flat_map(|i| [marks.begin(i), marks.end(i)]).collect();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|c| marks.contains(*c)));
    }

    #[test]
    fn moves_to_the_next_plane_when_one_is_full_and_gives_up_after_the_last() {
        let plane = |start: u32| (start..start + PLANE_USABLE).filter_map(char::from_u32).collect::<String>();
        let first = plane(FIRST);
        let marks = Marks::unused_in([first.as_str()].into_iter(), 1).unwrap();
        assert!(marks.begin(0) as u32 >= FIRST + 0x10000);
        let second = plane(FIRST + 0x10000);
        assert_eq!(Marks::unused_in([first.as_str(), second.as_str()].into_iter(), 1), None);
    }

    #[test]
    fn strips_what_python_strips_and_keeps_the_marks() {
        let marks = Marks::unused_in([""].into_iter(), 1).unwrap();
        let (begin, end) = (marks.begin(0), marks.end(0));
        let text = format!(" {begin}\n a b \u{1c}{end} ");
        let stripped = Marks::known_during(Some(marks), || strip(&text, true, true, is_python_space));
        assert_eq!(stripped, format!("{begin}a b{end}"));
        let left = Marks::known_during(Some(marks), || strip(&text, true, false, is_python_space));
        assert_eq!(left, format!("{begin}a b \u{1c}{end} "));
    }

    #[test]
    fn are_known_only_while_rendering() {
        let marks = Marks::unused_in([""].into_iter(), 1).unwrap();
        let text = marks.begin(0).to_string();
        assert_eq!(Marks::known_during(Some(marks), || without_marks(&text)), "");
        assert_eq!(without_marks(&text), text);
    }
}
