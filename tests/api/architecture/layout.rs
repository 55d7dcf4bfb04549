//! Files are small, have their documentation, and carry one of a few names.

use super::{Source, none, sources};

/// Longest file, without the tests inside it.
const MAX_LINES: usize = 400;

const FEATURES: &[&str] = &[
    "identity",
    "vendors",
    "catalog",
    "search",
    "cart",
    "tax",
    "promotions",
    "orders",
    "payments",
    "settlement",
    "checkout",
    "documents",
    "procurement",
    "office",
    "reviews",
    "notifications",
    "reports",
    "admin",
];

/// What the files of a feature are called; a folder may stand for a file.
const NAMES: &[&str] =
    &["mod", "http", "service", "query", "model", "entity", "error", "jobs", "news", "cli"];

/// Other names, each with its reason.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("identity/authenticate", "the middleware that finds the caller"),
    ("identity/passwords", "hashes, which the app holds"),
    ("identity/tokens", "signing and checking, which the app holds"),
    ("admin/invariants", "the rules that always hold, as SQL"),
    ("catalog/changes", "the feed that search indexes follow"),
    ("search/analysis", "the language, for documents and queries alike"),
    ("search/eval", "how good the ranking is, over judged queries"),
    ("search/feed", "what keeps an index in step with the catalogue"),
    ("catalog/portions", "the steps that every order of a daily product goes through"),
    ("catalog/price", "what a quantity costs, for carts and orders"),
    ("catalog/stock", "the steps that every order goes through"),
    ("catalog/import", "reading spreadsheets is neither a request nor a use case"),
    ("catalog/demo", "data for trying it out"),
    ("documents/templates", "the templates that are part of the program"),
    ("notifications/live", "the listeners of a process, which the app holds"),
    ("notifications/texts", "what everybody is told, in both languages"),
    ("settlement/disburse", "how payouts reach bank accounts: by hand or by a program"),
    ("payments/ledger", "the only place where money moves"),
];

#[test]
fn files_are_short() {
    let sources = sources(&["src", "tests", "migrations"]);
    none(&sources.iter().filter_map(too_long).collect::<Vec<_>>());
}

#[test]
fn every_file_says_what_it_is() {
    let sources = sources(&["src", "tests", "migrations"]);
    none(&sources.iter().filter_map(undocumented).collect::<Vec<_>>());
}

#[test]
fn features_have_the_same_files() {
    let sources = sources(&["src"]);
    none(&sources.iter().filter_map(unexpected_name).collect::<Vec<_>>());
}

#[test]
fn no_test_is_ignored() {
    let sources = sources(&["src", "tests", "migrations"]);
    none(&sources.iter().filter_map(ignored).collect::<Vec<_>>());
}

fn too_long(source: &Source) -> Option<String> {
    let lines = source.without_tests().lines().count();
    (lines > MAX_LINES).then(|| format!("{}: {lines} lines, at most {MAX_LINES}", source.path))
}

fn undocumented(source: &Source) -> Option<String> {
    (!source.text.starts_with("//! ")).then(|| format!("{}: does not start with //!", source.path))
}

fn unexpected_name(source: &Source) -> Option<String> {
    let mut parts = source.path.strip_prefix("src/")?.split('/');
    let feature = parts.next().filter(|name| FEATURES.contains(name))?;
    let name = parts.next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    let full = format!("{feature}/{name}");
    let known = NAMES.contains(&name) || OTHER_NAMES.iter().any(|(other, _)| *other == full);
    (!known).then(|| {
        format!("{}: {name} is none of {NAMES:?}; if it has to be, list it with its reason", source.path)
    })
}

fn ignored(source: &Source) -> Option<String> {
    let attribute = concat!("#[", "ignore");
    source.text.contains(attribute).then(|| format!("{}: a test is ignored", source.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found() {
        let file = |lines: usize| Source::new("src/x.rs", &"x\n".repeat(lines));
        assert!(too_long(&file(401)).is_some());
        assert!(too_long(&file(400)).is_none());
        let tested = Source::new("src/x.rs", &format!("x\n#[cfg(test)]\nmod tests {{{}}}", "\n".repeat(500)));
        assert!(too_long(&tested).is_none());
    }

    #[test]
    fn a_file_without_documentation_is_found() {
        assert!(undocumented(&Source::new("src/x.rs", "use std::fs;\n")).is_some());
        assert!(undocumented(&Source::new("src/x.rs", "//! Files.\n")).is_none());
    }

    #[test]
    fn a_strange_name_is_found() {
        let found = |path| unexpected_name(&Source::new(path, "")).is_some();
        assert!(found("src/orders/utils.rs"));
        assert!(found("src/orders/helpers/x.rs"));
        assert!(found("src/orders/stock.rs"));
        assert!(!found("src/orders/service/place.rs"));
        assert!(!found("src/catalog/stock.rs"));
        assert!(!found("src/kernel/money.rs"));
    }

    #[test]
    fn an_ignored_test_is_found() {
        let text = concat!("#[", "ignore]\nfn x() {}");
        assert!(ignored(&Source::new("tests/x.rs", text)).is_some());
    }
}
