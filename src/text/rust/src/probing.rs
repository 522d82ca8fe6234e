//! The content that a template keeps when it throws away the mark at one end: that mark is moved inwards by as little
//! as makes it come out. What is kept is taken to be one stretch, so that halving finds its border. All messages of
//! which a mark was lost are searched at once: each round is one rendering.

use crate::sightings::{Content, Lookout, Sighting, Stretch};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    Begin,
    End,
}

/// A mark inside of a word that the template looks for hides the word from it: so many places further in are tried.
const STEPS_MAX: usize = 64;

struct Search {
    message: usize,
    lost: Lost,
    length: usize,
    best: Option<Content>,
    best_cut: usize,
    /// A cut of `out` bytes loses the mark, one of `kept` bytes does not. First that of all bytes is tried.
    out: usize,
    kept: usize,
    middle: usize,
    steps: usize,
    begun: bool,
}

impl Search {
    fn new(lookout: &Lookout, (message, lost): (usize, Lost)) -> Self {
        let length = lookout.messages[message].content.len();
        Search {
            message,
            lost,
            length,
            best: None,
            best_cut: length,
            out: 0,
            kept: length,
            middle: length,
            steps: 0,
            begun: false,
        }
    }

    fn is_over(&self) -> bool {
        self.begun && self.kept <= self.out + 1
    }

    fn stretch(&self) -> Stretch {
        self.stretch_of(self.middle + self.steps)
    }

    fn best_stretch(&self) -> Stretch {
        self.stretch_of(self.best_cut)
    }

    fn stretch_of(&self, cut: usize) -> Stretch {
        match self.lost {
            Lost::Begin => Stretch { message: self.message, begin: cut, end: self.length },
            Lost::End => Stretch { message: self.message, begin: 0, end: self.length - cut },
        }
    }

    fn learn(&mut self, sighting: Sighting) {
        let cut = self.middle + self.steps;
        match sighting {
            Sighting::Disturbed if self.steps + 1 < STEPS_MAX && cut < self.length => {
                self.steps += 1;
                return;
            }
            Sighting::Whole(content) => {
                self.best = Some(content);
                self.best_cut = cut;
                self.kept = self.middle;
            }
            _ if !self.begun => self.kept = self.out, // there is nothing to look for
            _ => self.out = self.middle,
        }
        self.begun = true;
        self.steps = 0;
        self.middle = self.out + (self.kept - self.out) / 2;
    }
}

/// Of each of these messages the content that is kept; none when no place of its mark comes out. The anchors are
/// messages whose contents are known.
pub fn probe(
    lookout: &Lookout,
    messages: &[(usize, Lost)],
    anchors: &[(usize, Content)],
) -> Vec<Option<Content>> {
    let mut searches: Vec<Search> = messages.iter().map(|of| Search::new(lookout, *of)).collect();
    search(lookout, &mut searches, anchors);
    // Together they must say the same of the whole text; if not, each is looked for alone.
    let found: Vec<&Search> = searches.iter().filter(|s| s.best.is_some()).collect();
    let stretches: Vec<Stretch> = found.iter().map(|s| s.best_stretch()).collect();
    let agreed = lookout.sight(&stretches, &[]);
    let agree = found.iter().zip(agreed).all(|(s, seen)| s.best.map(Sighting::Whole) == Some(seen));
    if !agree {
        for (alone, of) in searches.iter_mut().zip(messages) {
            *alone = Search::new(lookout, *of);
            search(lookout, std::slice::from_mut(alone), &[]);
        }
    }
    searches.into_iter().map(|s| s.best).collect()
}

fn search(lookout: &Lookout, searches: &mut [Search], anchors: &[(usize, Content)]) {
    loop {
        let mut open: Vec<&mut Search> = searches.iter_mut().filter(|s| !s.is_over()).collect();
        if open.is_empty() {
            break;
        }
        let stretches: Vec<Stretch> = open.iter().map(|s| s.stretch()).collect();
        for (search, sighting) in open.iter_mut().zip(lookout.sight(&stretches, anchors)) {
            search.learn(sighting);
        }
    }
}
