//! The service around the features: refusals, headers, limits, health, slow clients, and the program itself.

mod edge;
mod health;
mod program;
mod slow;
mod wake;
