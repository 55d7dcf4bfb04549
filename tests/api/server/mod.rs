//! The service around the features: refusals, headers, limits, health, slow clients, and the program itself.

mod cors;
mod edge;
mod health;
mod program;
mod rotation;
mod slow;
mod wake;
