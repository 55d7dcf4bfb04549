//! What people are told about what happened: the list in the app, mail, live events.
//!
//! Tables: `notifications`, `notification_languages`, `notification_choices`, `event_tickets`. Features write news
//! (`platform/news`); a job here turns them into one notification per person, and mails follow from those.

pub mod entity;
mod error;
mod http;
pub mod jobs;
pub mod live;
pub mod model;
mod query;
pub mod service;
pub mod texts;

pub use http::routes;
