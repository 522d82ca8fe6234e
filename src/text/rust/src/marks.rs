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
