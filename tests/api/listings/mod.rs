//! The life of listings and stock: journal, counts, sales made elsewhere, publication and moderation.

mod bulk;
mod bulk_pictures;
mod bulk_rules;
mod counts;
mod gate;
mod life;
mod manual;
mod names;
mod office;
mod races;
mod revisions;
mod scale;
mod shelf;
mod words;
