//! Where the messages stand in the text that a template makes of them.
//!
//! Each content is wrapped in two marks. What is rendered so, without its marks, must be what is rendered without
//! marks; then the marks tell the spans. A mark that a template throws away (`content.split('</think>')[-1]`) is
//! put further inside, until it shows up. When none of this works, the rendering is refused, never guessed.

use crate::border::{invalid, Outcome};
use crate::marks::is_python_space;
use crate::probing::{probe, Lost};
use crate::sightings::{Content, Lookout, Sighting};
use crate::turns::Turns;

#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageSpan {
    pub turn_begin: usize,
    pub content_begin: usize,
    pub content_end: usize,
    pub turn_end: usize,
}

pub fn spans(lookout: &Lookout) -> Outcome<Vec<MessageSpan>> {
    let found = contents(lookout);
    lookout.check_exhausted()?;
    let contents = found?;
    let turns = Turns::new(lookout, &contents);
    let borders = turns.begins().into_iter().zip(turns.ends());
    lookout.check_exhausted()?;
    Ok(contents
        .iter()
        .zip(borders)
        .map(|(content, (turn_begin, turn_end))| MessageSpan {
            turn_begin,
            content_begin: content.begin,
            content_end: content.end,
            turn_end,
        })
        .collect())
}

fn contents(lookout: &Lookout) -> Outcome<Vec<Content>> {
    let count = lookout.messages.len();
    let seen = lookout.sight(&(0..count).map(|i| lookout.whole(i)).collect::<Vec<_>>(), &[]);
    let lost = seen.iter().enumerate().filter_map(|(i, sighting)| match sighting {
        Sighting::OnlyEnd => Some((i, Lost::Begin)),
        Sighting::OnlyBegin => Some((i, Lost::End)),
        _ => None,
    });
    let lost: Vec<(usize, Lost)> = lost.collect();
    let known = seen.iter().enumerate().filter_map(|(i, sighting)| match sighting {
        Sighting::Whole(content) => Some((i, *content)),
        _ => None,
    });
    let mut probed = probe(lookout, &lost, &known.collect::<Vec<_>>()).into_iter();
    let mut found: Vec<Content> = Vec::with_capacity(count);
    for (message, sighting) in lookout.messages.iter().zip(&seen) {
        let here = found.last().map_or(0, |c| c.end);
        let left_out = Content { begin: here, end: here, shown: false };
        let blank = message.content.chars().all(is_python_space);
        let content = match sighting {
            Sighting::Whole(content) => Some(*content),
            Sighting::OnlyEnd | Sighting::OnlyBegin => probed.next().flatten(),
            Sighting::Nowhere => Some(left_out),
            Sighting::Disturbed => blank.then_some(left_out),
        };
        let Some(content) = content else {
            return invalid(format!(
                "the template so transforms message {} ({}) that its place in the text cannot be told",
                found.len(),
                message.role
            ));
        };
        found.push(content);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{ChatTemplate, Message};

    const COUNT: usize = 1000;
    const SYSTEM_FIRST: &str = "{% if messages[0].role == 'system' %}{{ messages[0].content }}|\
        {% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}\
        {% for m in rest %}<{{ m.role }}>{{ m.content.split('</think>')[-1].strip() }}</{{ m.role }}>\n{% endfor %}\
        {% if add_generation_prompt %}<assistant>{% endif %}";

    /// A thousand messages after a system message; their spans and how many messages were rendered for them.
    fn spans_of(content: impl Fn(usize) -> &'static str) -> (String, Outcome<Vec<MessageSpan>>, usize) {
        let template = ChatTemplate::new(SYSTEM_FIRST, "", "").unwrap();
        let mut messages = vec![Message { role: "system", content: "Be kind." }];
        for i in 0..COUNT {
            let role = if i % 2 == 0 { "user" } else { "assistant" };
            messages.push(Message { role, content: content(i) });
        }
        let text = template.render_marked(&messages, true, 0, None).unwrap();
        let lookout = Lookout::new(&template, &messages, 0, &text, true).unwrap();
        let found = spans(&lookout);
        (text.clone(), found, lookout.messages_rendered())
    }

    #[test]
    fn a_thousand_messages_take_few_renderings() {
        let (text, found, rendered) = spans_of(|_| " Yes. ");
        let found = found.unwrap();
        let last = found[COUNT];
        assert_eq!(&text[last.turn_begin..last.turn_end], "Yes.</assistant>");
        assert!(text[..last.turn_begin].ends_with("<assistant>"));
        assert!(rendered < 20 * COUNT, "{rendered}");
    }

    #[test]
    fn contents_that_are_shown_in_part_are_searched_together() {
        let (text, found, rendered) = spans_of(|i| if i % 2 == 0 { "Why?" } else { "Because.</think>So." });
        let found = found.unwrap();
        for span in found.iter().skip(2).step_by(2) {
            assert_eq!(&text[span.content_begin..span.content_end], "So.");
        }
        assert!(rendered < 60 * COUNT, "{rendered}");
    }

    #[test]
    fn one_that_is_shown_in_part_costs_the_others_nothing() {
        let (_, whole, least) = spans_of(|_| "Yes.");
        let (text, found, rendered) = spans_of(|i| if i == 501 { "No.</think>Yes." } else { "Yes." });
        let (whole, found) = (whole.unwrap(), found.unwrap());
        assert_eq!(found, whole, "the text is the same");
        assert_eq!(&text[found[502].content_begin..found[502].content_end], "Yes.");
        assert!(rendered < least + 40 * COUNT, "{rendered} after {least}");
    }
}
