//! Which name means what, and where an assignment lands.
//!
//! An assignment goes to the nearest scope that already has the name, if no wall lies between: a
//! loop has no wall, so a variable that was set before the loop keeps what the loop assigns. A
//! macro, a block and the template itself have one.

use crate::ast::Sym;
use crate::runtime::V;
use std::cell::RefCell;
use std::rc::Rc;

/// One level of names.
pub(crate) struct Scope {
    parent: Option<Rc<Scope>>,
    wall: bool,
    names: RefCell<Vec<Binding>>,
}

struct Binding {
    name: Sym,
    value: V,
    /// Seen by the statements that stand inside, and not by assignments.
    fixed: bool,
}

impl Scope {
    /// A scope inside of which every assignment stays.
    pub(crate) fn walled(parent: Option<Rc<Scope>>) -> Rc<Self> {
        Rc::new(Self { parent, wall: true, names: RefCell::default() })
    }

    /// A scope whose assignments may go outward.
    pub(crate) fn open(parent: Rc<Scope>) -> Rc<Self> {
        Rc::new(Self { parent: Some(parent), wall: false, names: RefCell::default() })
    }

    pub(crate) fn get(&self, name: Sym) -> Option<V> {
        let mut scope = self;
        loop {
            let names = scope.names.borrow();
            let fixed = names.iter().find(|binding| binding.name == name && binding.fixed);
            if let Some(binding) = fixed.or_else(|| names.iter().find(|binding| binding.name == name)) {
                return Some(binding.value.clone());
            }
            scope = scope.parent.as_deref()?;
        }
    }

    /// Sets a name in this very scope.
    pub(crate) fn set(&self, name: Sym, value: V) {
        self.bind(name, value, false);
    }

    /// Sets a name that only what stands inside can see.
    pub(crate) fn fix(&self, name: Sym, value: V) {
        self.bind(name, value, true);
    }

    fn bind(&self, name: Sym, value: V, fixed: bool) {
        let mut names = self.names.borrow_mut();
        match names.iter_mut().find(|binding| binding.name == name && binding.fixed == fixed) {
            Some(binding) => binding.value = value,
            None => names.push(Binding { name, value, fixed }),
        }
    }

    /// The fixed value of a name in this very scope.
    pub(crate) fn fixed(&self, name: Sym) -> Option<V> {
        let names = self.names.borrow();
        let binding = names.iter().find(|binding| binding.name == name && binding.fixed);
        binding.map(|binding| binding.value.clone())
    }

    /// Whether a fixed name is seen from here.
    pub(crate) fn sees_fixed(&self, name: Sym) -> bool {
        let mut scope = Some(self);
        while let Some(current) = scope {
            if current.has(name, true) {
                return true;
            }
            scope = current.parent.as_deref();
        }
        false
    }

    fn has(&self, name: Sym, fixed: bool) -> bool {
        self.names.borrow().iter().any(|binding| binding.name == name && binding.fixed == fixed)
    }

    /// Assigns to the nearest scope that has the name, or here.
    pub(crate) fn assign(&self, name: Sym, value: V) {
        self.refix(name, &value);
        let mut scope = self;
        loop {
            if scope.has(name, false) {
                return scope.set(name, value);
            }
            match &scope.parent {
                Some(parent) if !scope.wall => scope = parent,
                _ => return self.set(name, value),
            }
        }
    }

    /// An assignment also reaches the fixed name that is seen from here.
    fn refix(&self, name: Sym, value: &V) {
        let mut scope = Some(self);
        while let Some(current) = scope {
            if current.has(name, true) {
                return current.fix(name, value.clone());
            }
            scope = current.parent.as_deref().filter(|_| !current.wall);
        }
    }
}
