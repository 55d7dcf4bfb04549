//! Words every feature shares: money, ids, time, pages, problems. No IO, knows no feature.

pub mod address;
pub mod calendar;
pub mod clock;
pub mod contact;
pub mod fields;
pub mod hex;
pub mod id;
pub mod money;
pub mod network;
pub mod page;
pub mod problem;
pub mod qris;
pub mod region;
pub mod slug;
pub mod words;

pub use address::ShippingAddress;
pub use calendar::WorkingDays;
pub use clock::Clock;
pub use contact::{Email, Phone};
pub use fields::Fields;
pub use hex::hex;
pub use id::*;
pub use money::{BasisPoints, MoneyError, Rupiah};
pub use page::{Cursor, Page};
pub use problem::{FieldError, Lang, Limit, Problem, Text};
pub use region::RegionCode;
pub use slug::Slug;
