//! Configurable keys that were given to a run, and whether anything reads them.
use super::RunContext;
use crate::{Error, ErrorKind, Result, Runnable, graph::Reads};
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// The keys that the configuration of one run gave.
#[derive(Debug)]
pub(crate) struct Given {
    keys: BTreeSet<String>,
    /// Those that were asked for, given or not.
    asked: Mutex<BTreeSet<String>>,
    /// Those of which only the run can tell whether they are read, and all that are known to be.
    open: OnceLock<(Vec<String>, BTreeSet<String>)>,
    /// Those of the runs around.
    around: Option<Arc<Given>>,
}

impl Given {
    pub(super) fn new(keys: BTreeSet<String>, around: Option<Arc<Given>>) -> Arc<Self> {
        Arc::new(Given { keys, asked: Mutex::default(), open: OnceLock::new(), around })
    }

    /// Notes that a step asks for the value of this key.
    pub(super) fn ask(&self, key: &str) {
        let mut given = Some(self);
        while let Some(Given { asked, around, .. }) = given {
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            if !asked.contains(key) {
                asked.insert(key.to_owned());
            }
            given = around.as_deref();
        }
    }
}

impl RunContext {
    /// Fails when this run was given a configurable key that is known not to be read in it.
    pub(super) fn check_given<I: Send + 'static, R: Runnable<I>>(&self, step: &R) -> Result<()> {
        let Some(given) = &self.run().govern.given else { return Ok(()) };
        let known = step.graph().keys();
        let open: Vec<_> = given.keys.difference(&known.told).cloned().collect();
        match known.reads {
            _ if open.is_empty() => Ok(()),
            Reads::Told => Err(unread(&open, &known.told)),
            Reads::Any => {
                // An id is that of one run: this is set once.
                let _ = given.open.set((open, known.told));
                Ok(())
            }
            // A step that was not run might have read it.
            Reads::Perhaps => Ok(()),
        }
    }

    /// Fails when this run, which comes to its end, was given a configurable key that nothing asked for.
    pub(crate) fn check_asked(&self) -> Result<()> {
        let Some(given) = &self.run().govern.given else { return Ok(()) };
        let Some((open, told)) = given.open.get() else { return Ok(()) };
        let asked = given.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let left: Vec<_> = open.iter().filter(|key| !asked.contains(*key)).cloned().collect();
        if left.is_empty() { Ok(()) } else { Err(unread(&left, &told.union(&asked).cloned().collect())) }
    }
}

fn unread(keys: &[String], known: &BTreeSet<String>) -> Error {
    let list =
        |keys: &mut dyn Iterator<Item = &String>| keys.map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let mut message = format!("nothing reads the configurable {}", if keys.len() == 1 { "key " } else { "keys " });
    message.push_str(&list(&mut keys.iter()));
    let known = list(&mut known.iter());
    let _ = match known.as_str() {
        "" => write!(message, ": no step here reads any"),
        known => write!(message, ": choose among {known}"),
    };
    Error::new(ErrorKind::UnknownKey, message)
}
