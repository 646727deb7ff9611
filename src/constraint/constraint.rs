//! A grammar over a vocabulary.
use super::{Ahead, TokenMask, TokenTrie, inside::Inside};
use crate::{
    Error, ErrorKind, Grammar, Result,
    gbnf::{Ast, Endless, Machine, Pos, Program, Session, SetId, TABLE_LIMIT, Tables},
};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Masks and parts of masks may take this many bytes each before they are forgotten.
const CACHE_LIMIT: usize = 64 << 20;

/// Below this reach a walk of its own is no dearer.
const WORTH_SHARING: u32 = 4;

/// Says token by token what may follow, so that the text generated matches a grammar.
///
/// A token may follow if its bytes keep alive some text that matches; it may end in the middle of a character. Tokens
/// that end the generation may follow exactly if [`is_accepting`](Self::is_accepting) holds.
///
/// Cloning is cheap, and clones share what they find out about the grammar: keep one for each grammar and
/// [`reset`](Self::reset) a clone for each text.
#[derive(Clone)]
pub struct Constraint {
    pub(super) session: Session<Masks>,
    shared: Arc<Shared>,
}

struct Shared {
    program: Arc<Program>,
    trie: Arc<TokenTrie>,
    inside: Mutex<Insides>,
}

/// Masks of the sets of one machine.
#[derive(Debug, Default)]
pub(super) struct Masks {
    known: HashMap<SetId, Arc<TokenMask>>,
    pub(super) ahead: HashMap<SetId, Arc<Ahead>>,
    pub(super) size: usize,
}

/// What is known of places, whatever the machine.
#[derive(Default)]
struct Insides {
    known: HashMap<Vec<Pos>, Arc<Inside>>,
    size: usize,
}

impl Constraint {
    /// The constraint of a grammar, before any text.
    ///
    /// # Errors
    ///
    /// Those of [`Matcher::new`](crate::gbnf::Matcher::new).
    pub fn new(grammar: &Grammar, trie: Arc<TokenTrie>) -> Result<Self> {
        Self::from_ast(grammar.ast(), grammar.root(), trie)
    }

    /// The constraint of the rules of `ast` beginning with the one named `root`, before any text.
    ///
    /// # Errors
    ///
    /// Those of [`Matcher::from_ast`](crate::gbnf::Matcher::from_ast).
    pub fn from_ast(ast: &Ast, root: &str, trie: Arc<TokenTrie>) -> Result<Self> {
        Ok(Self::with_limit(Arc::new(Program::new(ast, root)?), trie, TABLE_LIMIT))
    }

    pub(super) fn with_limit(program: Arc<Program>, trie: Arc<TokenTrie>, limit: usize) -> Self {
        let session = Session::new(Arc::clone(&program), limit);
        Constraint { session, shared: Arc::new(Shared { program, trie, inside: Mutex::default() }) }
    }

    /// The tokens that may follow.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar can read the text in too many ways.
    pub fn mask(&mut self) -> Result<Arc<TokenMask>> {
        let shared = &self.shared;
        let mask = self.session.with(|tables, set| match tables.beside.known.get(&set) {
            Some(mask) => Ok(Arc::clone(mask)),
            None => shared.new_mask(tables, set),
        })?;
        self.session.tidy();
        Ok(mask)
    }

    /// Whether a token may follow, found without the mask.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar can read the text in too many ways.
    pub fn allows(&self, token: u32) -> Result<bool> {
        let Some(text) = self.shared.trie.text(token) else { return Ok(false) };
        self.session.with(|tables, set| Ok(tables.machine.steps(set, text)? != SetId::DEAD))
    }

    /// Reads the text of a token.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::DeadEnd`] if the token may not follow, and with [`ErrorKind::Grammar`] if the grammar can read
    /// the text in too many ways. The constraint is then as it was.
    pub fn accept(&mut self, token: u32) -> Result<()> {
        let trie = Arc::clone(&self.shared.trie);
        let Some(text) = trie.text(token) else {
            let message = format!("token {token} has no text that could follow; choose one that the mask allows");
            return Err(Error::new(ErrorKind::DeadEnd, message));
        };
        self.accept_bytes(text)
    }

    /// Reads a piece of text.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::DeadEnd`] if it may not follow, and with [`ErrorKind::Grammar`] if the grammar can read the
    /// text in too many ways. The constraint is then as it was.
    pub fn accept_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let before = self.session.clone();
        let read = self.session.read(bytes);
        if matches!(read, Ok(read) if read == bytes.len()) {
            return Ok(());
        }
        self.session = before;
        let read = read?;
        let text = String::from_utf8_lossy(bytes);
        let message = format!("the grammar refuses `{}` at byte {read} of it", text.escape_debug());
        Err(Error::new(ErrorKind::DeadEnd, message))
    }

    /// Whether the text so far matches as a whole, so that the generation may end.
    pub fn is_accepting(&self) -> bool {
        self.session.with(|tables, set| tables.machine.accepts(set))
    }

    /// Whether the text so far matches and nothing can follow, so that the generation must end.
    pub fn is_finished(&self) -> bool {
        self.session.is_finished()
    }

    /// The bytes that must follow, as far as there is no choice; possibly none, and possibly part of a character.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar can read the text in too many ways.
    pub fn forced(&self) -> Result<Vec<u8>> {
        self.session.forced()
    }

    /// How many bytes a shortest text takes that completes the one so far.
    pub fn distance(&self) -> u64 {
        self.session.with(|tables, set| tables.machine.weight(set))
    }

    /// A shortest text that completes the one so far; absent if it would take more than `limit` bytes.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar can read the text in too many ways.
    pub fn completion(&self, limit: usize) -> Result<Option<Vec<u8>>> {
        self.session.completion(limit)
    }

    /// Goes back to before any text.
    pub fn reset(&mut self) {
        self.session.reset();
    }

    #[cfg(test)]
    pub(super) fn session_size(&self) -> usize {
        self.session.size()
    }

    /// The vocabulary.
    pub fn trie(&self) -> &Arc<TokenTrie> {
        &self.shared.trie
    }
}

impl Shared {
    /// Works out the mask of a set from what is known of the places at the top of its stacks.
    ///
    /// That does not depend on the stacks below, so for most sets only tokens that reach below are looked at.
    fn new_mask(&self, tables: &mut Tables<Masks>, set: SetId) -> Result<Arc<TokenMask>> {
        let mut tops: BTreeMap<SetId, Vec<Pos>> = BTreeMap::new();
        for stack in tables.machine.entered_stacks(set) {
            tops.entry(stack.below).or_default().push(stack.pos);
        }
        let mut words = vec![0; self.trie.vocabulary().div_ceil(64)];
        for (below, places) in tops {
            let inside = self.inside(&mut tables.machine, places)?;
            inside.add_to(&mut words, &mut tables.machine, &self.trie, below)?;
        }
        let mask = Arc::new(TokenMask::new(words, self.trie.vocabulary()));
        let masks = &mut tables.beside;
        if masks.size > CACHE_LIMIT {
            *masks = Masks::default();
        }
        masks.size += 8 * mask.words().len() + 128;
        masks.known.insert(set, Arc::clone(&mask));
        Ok(mask)
    }

    fn inside(&self, machine: &mut Machine, places: Vec<Pos>) -> Result<Arc<Inside>> {
        let (places, endless) = self.canonical(places);
        let lock = || self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(inside) = lock().known.get(&places) {
            return Ok(Arc::clone(inside));
        }
        let inside = match endless {
            Some(Endless { pos, reach }) => {
                let like = self.inside(machine, vec![pos])?;
                Inside::near(machine, &self.trie, &places, like, reach)?
            }
            None => Inside::new(machine, &self.trie, &places)?,
        };
        let inside = Arc::new(inside);
        let mut insides = lock();
        if insides.size > CACHE_LIMIT {
            *insides = Insides::default();
        }
        insides.size += inside.size() + 8 * places.len();
        insides.known.insert(places, Arc::clone(&inside));
        Ok(inside)
    }

    /// Places of which the same can be said, and perhaps one that is as good for texts that reach so far.
    fn canonical(&self, mut places: Vec<Pos>) -> (Vec<Pos>, Option<Endless>) {
        if let &[place] = places.as_slice() {
            return match self.program.canonical(place) {
                (_, Some(endless)) if endless.reach as usize >= self.trie.longest() => (vec![endless.pos], None),
                (place, endless) => (vec![place], endless.filter(|endless| endless.reach >= WORTH_SHARING)),
            };
        }
        places.sort_unstable();
        (places, None)
    }
}

impl fmt::Debug for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Constraint")
            .field("trie", &self.shared.trie)
            .field("accepting", &self.is_accepting())
            .finish_non_exhaustive()
    }
}
