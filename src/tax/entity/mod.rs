//! Rules of taxes, what they came to, and what shops declare.

pub mod letter;
pub mod order_tax;
pub mod profile;
pub mod rule;
pub mod year;
