//! A place in a text, and the tables that it shares with other texts of the same grammar.
use super::{
    machine::{Machine, NodeId, SetId},
    pos::Pos,
    program::Program,
};
use crate::Result;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tables above this size, in bytes, are left behind for new ones.
pub(crate) const TABLE_LIMIT: usize = 48 << 20;

/// What all sessions of a grammar share. `C` is what is kept beside the tables, by the same numbers.
#[derive(Debug)]
pub(crate) struct Shared<C> {
    program: Arc<Program>,
    /// The tables that sessions begin with.
    current: Mutex<Arc<Mutex<Tables<C>>>>,
    limit: usize,
}

/// A machine, and what is known about its sets.
#[derive(Debug)]
pub(crate) struct Tables<C> {
    pub(crate) machine: Machine,
    pub(crate) beside: C,
    /// The size at which to leave these tables.
    limit: usize,
}

/// What is left of the grammar after some text.
///
/// Tables only grow, so numbers stay valid as long as a session holds its tables. When they have grown past the limit
/// a session moves what it needs to new ones; the old ones go with the last session that holds them.
#[derive(Debug)]
pub(crate) struct Session<C> {
    shared: Arc<Shared<C>>,
    tables: Arc<Mutex<Tables<C>>>,
    set: SetId,
}

impl<C> Clone for Session<C> {
    fn clone(&self) -> Self {
        Session { shared: Arc::clone(&self.shared), tables: Arc::clone(&self.tables), set: self.set }
    }
}

impl<C: Default> Session<C> {
    /// A session before any text, with tables of its own.
    pub(crate) fn new(program: Arc<Program>, limit: usize) -> Self {
        let tables = Tables::new(&program, limit);
        let shared = Shared { program, current: Mutex::new(Arc::clone(&tables)), limit };
        let set = lock(&tables).machine.start();
        Session { shared: Arc::new(shared), tables, set }
    }

    /// Back to before any text.
    pub(crate) fn reset(&mut self) {
        self.tables = Arc::clone(&lock(&self.shared.current));
        self.set = self.with(|tables, _| tables.machine.start());
    }

    /// Does something with the tables and the present set.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut Tables<C>, SetId) -> R) -> R {
        act(&mut lock(&self.tables), self.set)
    }

    /// Reads as many of `bytes` as can follow and says how many these were.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut read = 0;
        loop {
            let mut full = false;
            {
                let mut tables = lock(&self.tables);
                for &byte in bytes.get(read..).unwrap_or_default() {
                    let next = tables.machine.step(self.set, byte)?;
                    if next == SetId::DEAD {
                        return Ok(read);
                    }
                    self.set = next;
                    read += 1;
                    if tables.is_full() {
                        full = true;
                        break;
                    }
                }
            }
            if !full {
                return Ok(read);
            }
            self.tidy();
        }
    }

    /// Leaves the tables if they have grown too large.
    pub(crate) fn tidy(&mut self) {
        let stacks = {
            let tables = lock(&self.tables);
            if !tables.is_full() {
                return;
            }
            Stacks::of(&tables.machine, self.set)
        };
        let mut current = lock(&self.shared.current);
        if Arc::ptr_eq(&current, &self.tables) || lock(&current).machine.size() > self.shared.limit / 2 {
            *current = Tables::new(&self.shared.program, self.shared.limit);
        }
        self.tables = Arc::clone(&current);
        drop(current);
        let mut tables = lock(&self.tables);
        self.set = stacks.put_into(&mut tables.machine);
        // Moving again before as much was added as was moved would take quadratic time.
        tables.limit = tables.limit.max(2 * tables.machine.size());
    }

    /// The present set.
    pub(crate) fn set(&self) -> SetId {
        self.set
    }

    /// Goes to a set of the present tables.
    pub(crate) fn go(&mut self, set: SetId) {
        self.set = set;
    }

    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        lock(&self.tables).machine.size()
    }
}

impl<C: Default> Tables<C> {
    fn new(program: &Arc<Program>, limit: usize) -> Arc<Mutex<Self>> {
        let machine = Machine::new(Arc::clone(program));
        Arc::new(Mutex::new(Tables { machine, beside: C::default(), limit }))
    }
}

impl<C> Tables<C> {
    fn is_full(&self) -> bool {
        self.machine.size() > self.limit
    }
}

/// Nothing here panics while it holds a lock half-way, so a poisoned one is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A set with all stacks below, apart from any machine.
struct Stacks {
    /// Each set after those it is made of; the last is the one wanted.
    sets: Vec<Vec<Member>>,
}

enum Member {
    Special(NodeId),
    Node(Pos, usize),
}

impl Stacks {
    fn of(machine: &Machine, set: SetId) -> Self {
        let mut needed = std::collections::BTreeSet::from([set]);
        let mut open = vec![set];
        while let Some(set) = open.pop() {
            for node in machine.stacks(set) {
                if needed.insert(node.below) {
                    open.push(node.below);
                }
            }
        }
        // A set is numbered after all sets below it.
        let needed: Vec<SetId> = needed.into_iter().collect();
        let sets = needed.iter().map(|&set| {
            let mut members: Vec<Member> = machine.special(set).map(Member::Special).collect();
            for node in machine.stacks(set) {
                let below = needed.binary_search(&node.below).unwrap_or_default();
                members.push(Member::Node(node.pos, below));
            }
            members
        });
        Stacks { sets: sets.collect() }
    }

    fn put_into(self, machine: &mut Machine) -> SetId {
        let mut placed: Vec<SetId> = Vec::new();
        for members in self.sets {
            let nodes = members.into_iter().filter_map(|member| match member {
                Member::Special(id) => Some(id),
                Member::Node(pos, below) => Some(machine.stack(pos, *placed.get(below)?)),
            });
            let nodes = nodes.collect();
            placed.push(machine.set(nodes));
        }
        placed.last().copied().unwrap_or(SetId::DEAD)
    }
}
