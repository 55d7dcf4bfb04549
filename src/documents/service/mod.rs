//! Issuing papers: facts, numbers, the row; and typesetting them afterwards.

pub mod facts;
pub mod forget;
pub mod issue;
pub mod numbers;
pub mod render;
pub mod statement;
