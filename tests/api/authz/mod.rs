//! Who may call what: every operation of the document for every kind of caller, for all cells that must be refused.
//!
//! What is expected is computed here from `x-authz`, a second time and independent of the layer that enforces it.

pub mod actors;
mod assistance;
pub mod bodies;
mod carts;
mod cells;
mod money;
pub mod objects;
mod office;
mod paths;
mod peers;
mod tokens;
