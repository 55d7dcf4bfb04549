//! Dependencies point one way.

use super::{Source, none, sources};

/// Later stages may use earlier ones; the modules of one stage do not know each other.
const STAGES: &[&[&str]] = &[
    &["kernel"],
    &["config"],
    &["platform"],
    &["web"],
    &["identity"],
    &["vendors"],
    &["catalog"],
    &["search", "cart"],
    &["tax", "promotions"],
    &["orders", "payments"],
    &["settlement"],
    &["checkout"],
    &["documents"],
    &["procurement"],
    &["office"],
    &["notifications"],
    &["reviews", "reports", "admin"],
    &["router", "worker", "cli", "lib", "main"],
];

/// Arrows within a stage, each with its reason.
const WITHIN_A_STAGE: &[(&str, &str, &str)] =
    &[("payments", "orders", "a payment is made for a purchase, in the way the purchase says")];

/// `app` holds the parts of all features, and every feature is handed the app; web and below must not know it.
const APP: &str = "app";
const FIRST_WITH_APP: &str = "identity";

#[test]
fn dependencies_point_one_way() {
    let faults: Vec<String> = sources(&["src"]).iter().flat_map(wrong_arrows).collect();
    none(&faults);
}

fn stage(module: &str) -> Option<usize> {
    STAGES.iter().position(|stage| stage.contains(&module))
}

fn wrong_arrows(source: &Source) -> Vec<String> {
    let module = module_of(&source.path);
    let mut faults = Vec::new();
    if module != APP && stage(module).is_none() {
        faults.push(format!("{}: {module} has no stage; add it to STAGES", source.path));
    }
    for (line, used) in uses(source) {
        if !allowed(module, &used) {
            faults.push(format!("{}:{line}: {module} must not use {used}", source.path));
        }
    }
    faults
}

fn allowed(module: &str, used: &str) -> bool {
    if module == used || module == APP {
        return true;
    }
    if used == APP {
        return stage(module) >= stage(FIRST_WITH_APP);
    }
    let Some(used_stage) = stage(used) else {
        // Not a module but an item of lib.rs.
        return false;
    };
    stage(module) > Some(used_stage)
        || WITHIN_A_STAGE.iter().any(|(from, to, _)| (*from, *to) == (module, used))
        || STAGES.last().is_some_and(|last| last.contains(&module) && last.contains(&used))
}

/// The top module of a file: `src/orders/http.rs` -> `orders`.
fn module_of(path: &str) -> &str {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let top = inner.split('/').next().unwrap_or(inner);
    top.strip_suffix(".rs").unwrap_or(top)
}

/// Every top module that a file names, with the line.
fn uses(source: &Source) -> Vec<(usize, String)> {
    let lines: Vec<(usize, &str)> = source.code().collect();
    let mut found = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            let rest: String = std::iter::once(&line[at + "crate::".len()..])
                .chain(lines[index + 1..].iter().map(|(_, line)| *line))
                .collect::<Vec<_>>()
                .join("\n");
            found.extend(names(&rest).into_iter().map(|name| (*number, name)));
        }
        if climbs_to_the_top(line, &source.path) {
            found.push((*number, "the crate root through super".to_owned()));
        }
    }
    found
}

/// The first segments after `crate::`: one, or each of a group in braces.
fn names(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut depth = 0_i32;
    let mut names = vec![word(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// True if a chain of `super::` leaves the file's top module.
fn climbs_to_the_top(line: &str, path: &str) -> bool {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let depth = inner.matches('/').count() + usize::from(!inner.ends_with("/mod.rs"));
    depth > 0 && line.contains(&"super::".repeat(depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> usize {
        wrong_arrows(&Source::new(path, text)).len()
    }

    #[test]
    fn a_wrong_arrow_is_found() {
        assert_eq!(faults("src/catalog/http.rs", "use crate::orders::Order;"), 1);
        assert_eq!(faults("src/catalog/http.rs", "    let x = crate::checkout::place();"), 1);
        assert_eq!(faults("src/catalog/http.rs", "pub(crate) use crate::cart;"), 1);
        assert_eq!(faults("src/kernel/id.rs", "use crate::platform::db::Db;"), 1);
        assert_eq!(faults("src/web/body.rs", "use crate::app::App;"), 1);
        assert_eq!(faults("src/orders/model.rs", "use crate::payments::Payment;"), 1);
        assert_eq!(faults("src/search/mod.rs", "use crate::cart::Cart;"), 1);
        assert_eq!(faults("src/gossip/mod.rs", ""), 1);
    }

    #[test]
    fn wrong_arrows_hide_in_groups_and_behind_super() {
        let group =
            "use crate::{\n    kernel::{UserId, VendorId},\n    orders::{self, Order},\n    checkout,\n};";
        assert_eq!(faults("src/catalog/http.rs", group), 2);
        assert_eq!(faults("src/catalog/http.rs", "use super::super::orders;"), 1);
        assert_eq!(faults("src/catalog/mod.rs", "use super::orders;"), 1);
    }

    #[test]
    fn right_arrows_pass() {
        assert_eq!(faults("src/catalog/http.rs", "use crate::app::App;\nuse crate::vendors::VendorOf;"), 0);
        assert_eq!(faults("src/payments/mod.rs", "use crate::orders::Order;"), 0);
        assert_eq!(faults("src/catalog/entity/stock.rs", "use super::super::model;"), 0);
        assert_eq!(faults("src/catalog/http.rs", "// see crate::orders\n/// [`crate::orders`]"), 0);
        assert_eq!(faults("src/router.rs", "use crate::{app::App, checkout, worker};"), 0);
        let in_tests = "fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::orders;\n}";
        assert_eq!(faults("src/catalog/http.rs", in_tests), 0);
    }
}
