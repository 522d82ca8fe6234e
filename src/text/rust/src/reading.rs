//! A text with marks, compared with the same text without.

use crate::marks::Marks;
use crate::sightings::{Content, Sighting};
use std::collections::HashMap;

/// A stretch of the text between two marks of anchors.
#[derive(Default)]
struct Region {
    begin: usize,
    is_same: bool,
    readers: Vec<usize>, // messages with marks in it, anchors aside
}

/// Where one message's marks came out: the region, and the place in the text if that is the same.
#[derive(Default)]
struct Found {
    begins: Vec<(usize, usize)>,
    ends: Vec<(usize, usize)>,
}

pub struct Reading {
    regions: Vec<Region>,
    found: HashMap<usize, Found>,
}

/// Takes the marks out of `marked`. None when that is another text in a place without marks, or when the anchors
/// are not where they are known to be.
pub fn read(marked: &str, text: &str, marks: Marks, anchors: &[(usize, Content)]) -> Option<Reading> {
    let known: HashMap<usize, Content> = anchors.iter().copied().collect();
    let mut anchor_marks = 0;
    let mut regions = vec![Region::default()];
    let mut found: HashMap<usize, Found> = HashMap::new();
    let mut plain = String::new(); // of the region
    let close = |region: &mut Region, plain: &mut String, end: usize| {
        region.is_same = text.get(region.begin..end) == Some(plain.as_str());
        plain.clear();
        region.is_same || !region.readers.is_empty()
    };
    for c in marked.chars() {
        if !marks.contains(c) {
            plain.push(c);
            continue;
        }
        let offset = c as usize - marks.begin(0) as usize;
        let (message, is_begin) = (offset / 2, offset % 2 == 0);
        let last = regions.len() - 1;
        if let Some(content) = known.get(&message) {
            let here = if is_begin { content.begin } else { content.end };
            anchor_marks += 1;
            if !close(&mut regions[last], &mut plain, here) {
                return None;
            }
            regions.push(Region { begin: here, ..Default::default() });
        } else {
            let places = found.entry(message).or_default();
            let places = if is_begin { &mut places.begins } else { &mut places.ends };
            places.push((last, regions[last].begin + plain.len()));
            if !regions[last].readers.contains(&message) {
                regions[last].readers.push(message);
            }
        }
    }
    let last = regions.len() - 1;
    let is_whole = close(&mut regions[last], &mut plain, text.len()) && anchor_marks == 2 * anchors.len();
    is_whole.then_some(Reading { regions, found })
}

impl Reading {
    /// What the marks of a message say; none when others may be why they say it.
    pub fn sighting(&self, message: usize) -> Option<Sighting> {
        let all_same = self.regions.iter().all(|region| region.is_same);
        let Some(Found { begins, ends }) = self.found.get(&message) else {
            return all_same.then_some(Sighting::Nowhere);
        };
        let mut changed = begins.iter().chain(ends).map(|(i, _)| &self.regions[*i]).filter(|r| !r.is_same);
        if let Some(region) = changed.next() {
            return (region.readers == [message]).then_some(Sighting::Disturbed);
        }
        Some(match (&begins[..], &ends[..]) {
            ([(_, begin)], [(_, end)]) if begin <= end => {
                Sighting::Whole(Content { begin: *begin, end: *end, shown: true })
            }
            ([_], []) => Sighting::OnlyBegin,
            ([], [_]) => Sighting::OnlyEnd,
            _ => Sighting::Disturbed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, marks: Marks) -> String {
        let mark = |c: char| match c {
            '0'..='9' => marks.begin(c as usize - '0' as usize),
            'A'..='J' => marks.end(c as usize - 'A' as usize),
            other => other,
        };
        text.chars().map(mark).collect()
    }

    fn sightings(shown: &str, text: &str, anchors: &[(usize, Content)]) -> Option<Vec<Option<Sighting>>> {
        let marks = Marks::unused_in([text].into_iter(), 3).unwrap();
        let reading = read(&marked(shown, marks), text, marks, anchors)?;
        Some((0..3).map(|message| reading.sighting(message)).collect())
    }

    fn content(begin: usize, end: usize) -> Content {
        Content { begin, end, shown: true }
    }

    #[test]
    fn a_text_that_is_the_same_tells_of_every_message() {
        let seen = sightings("<0abA><1cd><efC>", "<ab><cd><ef>", &[]).unwrap();
        let whole = Sighting::Whole(content(1, 3));
        assert_eq!(seen, [Some(whole), Some(Sighting::OnlyBegin), Some(Sighting::OnlyEnd)]);
    }

    #[test]
    fn what_changed_the_text_is_told_by_the_anchor_between() {
        let anchor = [(1, content(5, 7))];
        let seen = sightings("<0xabA><1cdB><2efC>", "<ab><cd><ef>", &anchor).unwrap();
        assert_eq!(seen[0], Some(Sighting::Disturbed));
        assert_eq!(seen[2], Some(Sighting::Whole(content(9, 11))));
        let both = sightings("<0xabA><cd><2efC>", "<ab><cd><ef>", &[]).unwrap();
        assert_eq!((both[0], both[2]), (None, None), "without the anchor it may have been either");
    }

    #[test]
    fn a_change_where_no_mark_is_tells_nothing() {
        let anchor = [(1, content(5, 7))];
        assert!(sightings("<ab><1cdB>!<ef>", "<ab><cd><ef>", &anchor).is_none());
        assert!(sightings("<0abA><1cd><2efC>", "<ab><cd><ef>", &anchor).is_none(), "half an anchor");
    }

    #[test]
    fn a_message_without_marks_may_be_the_one_that_changed_the_text() {
        let seen = sightings("<0xabA><cd><ef>", "<ab><cd><ef>", &[]).unwrap();
        assert_eq!(seen[0], Some(Sighting::Disturbed));
        assert_eq!(seen[1], None);
    }
}
