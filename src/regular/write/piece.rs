//! Parts of an expression, before characters are spelled.
use std::sync::Arc;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Piece {
    /// A character of these classes.
    Chars(Arc<[u32]>),
    /// The rule of a state.
    Rule(u32),
    /// One of these, at least two, none of which is empty. The first character decides.
    Alt(Arc<[Line]>),
    /// This so often.
    Repeat { line: Arc<Line>, min: u32, max: Option<u32> },
}

/// Parts one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Line {
    pieces: Vec<Piece>,
    /// How many pieces there are, those inside of others included.
    size: usize,
    /// How deep they are nested.
    depth: usize,
}

impl Piece {
    pub(super) fn size(&self) -> usize {
        match self {
            Piece::Chars(_) | Piece::Rule(_) => 1,
            Piece::Alt(lines) => 1 + lines.iter().map(|line| line.size).sum::<usize>(),
            Piece::Repeat { line, .. } => 1 + line.size,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Piece::Chars(_) | Piece::Rule(_) => 0,
            Piece::Alt(lines) => 1 + lines.iter().map(|line| line.depth).max().unwrap_or(0),
            Piece::Repeat { line, .. } => 1 + line.depth,
        }
    }
}

impl Line {
    pub(super) fn of(piece: Piece) -> Self {
        let mut line = Line::default();
        line.push(piece);
        line
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn extend(&mut self, other: &Line) {
        other.pieces.iter().for_each(|piece| self.push(piece.clone()));
    }

    /// Appends a piece, and puts it together with equal ones before it.
    pub(super) fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Repeat { line, min: 1, max: Some(1) } => self.extend(&line),
            Piece::Repeat { line, min, max } => self.push_repeat(line, min, max),
            piece => match self.pieces.last_mut() {
                Some(Piece::Repeat { line, min, max }) if line.pieces.as_slice() == std::slice::from_ref(&piece) => {
                    *min += 1;
                    *max = max.map(|max| max + 1);
                }
                _ => self.append(piece),
            },
        }
    }

    fn push_repeat(&mut self, line: Arc<Line>, mut min: u32, mut max: Option<u32>) {
        loop {
            if let Some(Piece::Repeat { line: before, min: low, max: high }) = self.pieces.last() {
                if *before == line {
                    min += low;
                    max = max.zip(*high).map(|(a, b)| a + b);
                    self.pop(1);
                    continue;
                }
            }
            if line.is_empty() || !self.pieces.ends_with(&line.pieces) {
                break;
            }
            min += 1;
            max = max.map(|max| max + 1);
            self.pop(line.pieces.len());
        }
        self.append(Piece::Repeat { line, min, max });
    }

    fn append(&mut self, piece: Piece) {
        self.size += piece.size();
        self.depth = self.depth.max(piece.depth());
        self.pieces.push(piece);
    }

    fn pop(&mut self, count: usize) {
        for piece in self.pieces.drain(self.pieces.len().saturating_sub(count)..) {
            self.size -= piece.size();
        }
        self.depth = self.pieces.iter().map(Piece::depth).max().unwrap_or(0);
    }

    /// This, or nothing.
    fn optional(self) -> Self {
        match self.pieces.as_slice() {
            [] => self,
            // All but a first one that is needed.
            [Piece::Repeat { line, min: 0 | 1, max }] => {
                Line::of(Piece::Repeat { line: line.clone(), min: 0, max: *max })
            }
            _ => Line::of(Piece::Repeat { line: self.into(), min: 0, max: Some(1) }),
        }
    }

    /// This any number of times.
    pub(super) fn many(self) -> Self {
        Line::of(Piece::Repeat { line: self.into(), min: 0, max: None })
    }

    /// One of these lines. What all of them end with is written once.
    pub(super) fn alt(mut lines: Vec<Line>) -> Self {
        let optional = lines.iter().any(Line::is_empty);
        lines.retain(|line| !line.is_empty());
        let mut end = Vec::new();
        while lines.len() > 1 {
            let last = lines.first().and_then(|line| line.pieces.last()).cloned();
            if last.is_none() || lines.iter().any(|line| line.pieces.last() != last.as_ref()) {
                break;
            }
            for line in &mut lines {
                line.pop(1);
            }
            end.extend(last);
        }
        let mut out = if end.is_empty() { Line::choice(lines) } else { Line::alt(lines) };
        end.into_iter().rev().for_each(|piece| out.push(piece));
        if optional { out.optional() } else { out }
    }

    /// One of these lines, none of which is empty.
    fn choice(lines: Vec<Line>) -> Self {
        let chars = |line: &Line| match line.pieces.as_slice() {
            [Piece::Chars(classes)] => Some(classes.to_vec()),
            _ => None,
        };
        // One character each: what differs between them no longer matters.
        if let Some(classes) = lines.iter().map(chars).collect::<Option<Vec<_>>>().filter(|all| all.len() > 1) {
            let mut classes = classes.concat();
            classes.sort_unstable();
            return Line::of(Piece::Chars(classes.into()));
        }
        let mut lines = lines;
        match lines.len() {
            0 => Line::default(),
            1 => lines.swap_remove(0),
            _ => Line::of(Piece::Alt(lines.into())),
        }
    }
}
