//! Keys of programs, parsed.

use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{Fields, Problem};
use crate::web::authz::KeyScope;

/// How every key begins, so that scanners for leaked secrets know it.
pub const KEY_MARK: &str = "lpk_";
/// Longest life of a key, in days.
const LONGEST: i64 = 365;
/// Requests a minute of a key that asks for no number, and of one that asks for the most.
const USUAL_RATE: i32 = 600;
const HIGHEST_RATE: i32 = 6000;

/// A key that somebody wants to make.
#[derive(Debug)]
pub struct NewKey {
    /// To tell it from others.
    pub name: String,
    /// What it may do, each once.
    pub scopes: Vec<KeyScope>,
    /// How long it is good.
    pub days: i64,
    /// Requests a minute.
    pub per_minute: i32,
}

impl NewKey {
    /// Parses a wish; the problem names all faults.
    pub fn parse(name: &str, scopes: &[String], days: i64, per_minute: Option<i32>) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let name = fields.take("/name", text(name, 1, 100, false));
        let days = fields.take("/expires_in_days", number(days, 1, LONGEST));
        let rate = per_minute.unwrap_or(USUAL_RATE);
        let per_minute = fields.take("/per_minute", number(rate, 1, HIGHEST_RATE));
        let scopes = parse_scopes(&mut fields, scopes);
        match (name, days, per_minute) {
            (Some(name), Some(days), Some(per_minute)) if !fields.any() => {
                Ok(Self { name, scopes, days, per_minute })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

fn parse_scopes(fields: &mut Fields, labels: &[String]) -> Vec<KeyScope> {
    if labels.is_empty() {
        let fault = Fault::new("required", "Pilih minimal satu hak.", "Choose at least one scope.");
        fields.push("/scopes", fault);
    }
    let mut scopes = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        match KeyScope::parse(label) {
            Some(scope) if scopes.contains(&scope) => {}
            Some(scope) => scopes.push(scope),
            None => fields.push(
                format!("/scopes/{index}"),
                Fault::new("unknown-scope", "Hak ini tidak dikenal.", "There is no such scope."),
            ),
        }
    }
    scopes
}

/// As stored: labels with blanks between.
pub fn write_scopes(scopes: &[KeyScope]) -> String {
    scopes.iter().map(|scope| scope.label()).collect::<Vec<_>>().join(" ")
}

/// From the stored form; a scope that this version does not know gives no right.
pub fn read_scopes(stored: &str) -> Vec<KeyScope> {
    stored.split_whitespace().filter_map(KeyScope::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    #[test]
    fn all_faults_are_named() {
        let problem = NewKey::parse("", &labels(&["orders:read", "x", "orders"]), 0, Some(0)).unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/expires_in_days", "/per_minute", "/scopes/1", "/scopes/2"]);
        let problem = NewKey::parse("kasir", &[], 366, None).unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/expires_in_days", "/scopes"]);
    }

    #[test]
    fn scopes_come_back() {
        let wanted = labels(&["orders:read", "stock:write", "orders:read"]);
        let key = NewKey::parse("kasir", &wanted, 30, None).unwrap();
        assert_eq!(write_scopes(&key.scopes), "orders:read stock:write");
        assert_eq!(read_scopes("orders:read unknown:read stock:write"), key.scopes);
        assert_eq!(key.per_minute, 600);
    }
}
