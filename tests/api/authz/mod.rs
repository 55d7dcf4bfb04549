//! Who may call what: every operation of the document for every kind of caller, for all cells that must be refused.
//!
//! What is expected is computed here from `x-authz`, a second time and independent of the layer that enforces it.

mod actors;
mod bodies;
mod carts;
mod cells;
mod objects;
mod paths;
mod tokens;
