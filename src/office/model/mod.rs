//! Pure rules of the office's desk.

mod answer;
pub mod code;
pub mod figures;
pub mod mapping;
pub mod masked;
pub mod period;
pub mod summary;
pub mod template;

pub use answer::{Answer, AnswerIn};
pub use mapping::Mapping;
pub use period::Period;
