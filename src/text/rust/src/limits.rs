//! How large a value of a chat template may be.
//!
//! Values are shared: sixty times `[x, x]` is a small graph and an endless tree, which comparing, printing or hashing
//! walks all the same. A long chain of single-element lists breaks the stack when it is dropped. So every value that a
//! template makes is measured as the tree that it stands for, as soon as it is made (see program.rs); then no operation on
//! values that exist can take long. Lazy sequences are turned into lists, so that they cannot chain.

use minijinja::value::{DynObject, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};
use std::cell::Cell;

const DEPTH_MAX: usize = 32;
const NODES_BASE: usize = 20_000;
const NODES_PER_MESSAGE: usize = 32;
const BYTES_BASE: usize = 4 << 20;
/// A unit of fuel pays for so many values looked at.
const FUEL_NODES: usize = 8;

/// Of one value, as a tree.
#[derive(Clone, Copy)]
pub struct Limits {
    nodes: usize,
    bytes: usize,
}

thread_local! {
    // Not a variable of the template, which could set it.
    static CURRENT: Cell<Limits> = const { Cell::new(Limits { nodes: NODES_BASE, bytes: BYTES_BASE }) };
}

impl Limits {
    /// For a conversation of so many messages and bytes.
    pub fn of(messages: usize, bytes: usize) -> Self {
        Limits {
            nodes: NODES_BASE.saturating_add(messages.saturating_mul(NODES_PER_MESSAGE)),
            bytes: BYTES_BASE.saturating_add(bytes.saturating_mul(4)),
        }
    }

    pub fn known_during<T>(self, work: impl FnOnce() -> T) -> T {
        struct Restore(Limits);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let _restore = Restore(CURRENT.replace(self));
        work()
    }
}

fn too_large(what: &str) -> Error {
    Error::new(ErrorKind::OutOfFuel, format!("a value of the template {what}"))
}

/// What stands for itself: it neither computes its elements nor can be told as a list.
fn is_plain(object: &DynObject) -> bool {
    let name = object.type_name();
    object.downcast_ref::<Vec<Value>>().is_some()
        || ["::Tuple", "::StaticKeyMap", "IndexMap<", "BTreeMap<", "::GroupTuple"]
            .iter()
            .any(|plain| name.contains(plain))
}

struct Measure {
    left: Limits,
}

impl Measure {
    fn node(&mut self, bytes: usize) -> Result<(), Error> {
        self.left.nodes = self.left.nodes.checked_sub(1).ok_or_else(|| too_large("has too many parts"))?;
        self.left.bytes = self.left.bytes.checked_sub(bytes).ok_or_else(|| too_large("is too long"))?;
        Ok(())
    }

    /// A copy where the value is lazy inside, nothing where it can stay as it is.
    fn take(&mut self, value: &Value, depth: usize) -> Result<Option<Value>, Error> {
        self.node(value.as_str().map_or(0, str::len))?;
        let Some(object) = value.as_object() else {
            return Ok(None);
        };
        if depth > DEPTH_MAX {
            return Err(too_large("is nested too deeply"));
        }
        match object.repr() {
            ObjectRepr::Map if is_plain(object) => self.take_map(object, depth),
            ObjectRepr::Seq | ObjectRepr::Iterable => self.take_list(value, object, depth),
            // Namespaces, loops and macros can be named and handed on, but not put into anything: they could then
            // hold themselves.
            _ if depth > 0 => Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("only texts, numbers, lists and maps can be stored, not {}", value.kind()),
            )),
            _ => Ok(None),
        }
    }

    fn take_list(&mut self, value: &Value, object: &DynObject, depth: usize) -> Result<Option<Value>, Error> {
        let mut items = Vec::new();
        let mut changed = !is_plain(object);
        for item in value.try_iter()? {
            let taken = self.take(&item, depth + 1)?;
            changed |= taken.is_some();
            items.push(taken.unwrap_or(item));
        }
        Ok(changed.then(|| Value::from(items)))
    }

    fn take_map(&mut self, object: &DynObject, depth: usize) -> Result<Option<Value>, Error> {
        let mut pairs = Vec::new();
        let mut changed = false;
        for (key, item) in object.try_iter_pairs().into_iter().flatten() {
            self.take(&key, depth + 1)?;
            let taken = self.take(&item, depth + 1)?;
            changed |= taken.is_some();
            pairs.push((key, taken.unwrap_or(item)));
        }
        Ok(changed.then(|| pairs.into_iter().collect()))
    }
}

fn measured(state: &State, value: Value, depth: usize) -> Result<Value, Error> {
    let limits = CURRENT.get();
    let mut measure = Measure { left: limits };
    let taken = measure.take(&value, depth)?;
    let nodes = limits.nodes - measure.left.nodes;
    state.consume_fuel((nodes / FUEL_NODES) as u64)?;
    Ok(taken.unwrap_or(value))
}

/// Refuses a value that is too large.
pub fn kept(state: &State, value: Value) -> Result<Value, Error> {
    measured(state, value, 0)
}

/// The same for what goes into a namespace.
pub fn stored(state: &State, value: Value) -> Result<Value, Error> {
    measured(state, value, 1)
}
