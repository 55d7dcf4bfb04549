//! The audit trail: what is written down, who reads it, and that nobody touches it.

mod acts;
mod seals;
mod trail;
