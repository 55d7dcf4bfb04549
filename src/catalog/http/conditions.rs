//! Conditions on attributes in the address of a list.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::Uri;

use crate::catalog::model::comparable::comparable;
use crate::catalog::model::definition::{MAX_CONDITIONS, key};
use crate::kernel::fields::{Fault, text};
use crate::kernel::{Fields, Problem};

/// The conditions `attr.<key>=<value>` of a list; the rest of the address is left to the query.
pub struct Conditions(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Problem;

    /// Takes the conditions out of the address, since their names are not known beforehand.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let (asked, rest): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| name.starts_with("attr."));
        if asked.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let rest = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        let address = format!("{}?{rest}", parts.uri.path()).parse::<Uri>();
        parts.uri = address.map_err(Problem::internal)?;
        let mut fields = Fields::new();
        if asked.len() > MAX_CONDITIONS {
            fields.push("?attr", too_many());
        }
        let mut conditions = Vec::with_capacity(asked.len());
        for (name, value) in &asked {
            let pointer = format!("?{name}");
            let key = fields.take(&pointer, key(name.trim_start_matches("attr.")));
            let value = fields.take(&pointer, text(value, 1, 100, false));
            conditions.extend(key.zip(value).map(|(key, value)| (key, comparable(&value))));
        }
        if fields.any() { Err(fields.into_problem()) } else { Ok(Self(conditions)) }
    }
}

fn too_many() -> Fault {
    Fault::new(
        "too-many",
        format!("Paling banyak {MAX_CONDITIONS} syarat."),
        format!("At most {MAX_CONDITIONS} conditions."),
    )
}
