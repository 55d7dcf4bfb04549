//! A use case is one transaction: nothing is read around it, and nothing but the answer comes after it.

use super::{Source, none, sources};

/// Functions that commit more than once, each with its reason.
const STEPWISE: &[(&str, &str)] = &[];

#[test]
fn nothing_follows_a_commit_but_the_answer() {
    let sources = sources(&["src"]);
    none(&sources.iter().flat_map(work_after_commit).collect::<Vec<_>>());
}

#[test]
fn a_use_case_reads_in_its_transaction() {
    let sources = sources(&["src"]);
    none(&sources.iter().flat_map(reads_around_the_transaction).collect::<Vec<_>>());
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Waiting for something after the commit, in the same block: the outbox is for that.
fn work_after_commit(source: &Source) -> Vec<String> {
    if !is_service(&source.path) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    // How far the block of the last commit is indented.
    let mut committed: Option<usize> = None;
    for (number, line) in source.code() {
        if line.trim().is_empty() {
            continue;
        }
        if committed.is_some_and(|block| indent(line) < block) {
            committed = None;
        }
        if committed.is_some() && line.contains(".await") {
            faults.push(format!("{}:{number}: work after the commit", source.path));
        }
        if commits(line) && !listed(&source.path) {
            committed = Some(indent(line));
        }
    }
    faults
}

/// A read beside the open transaction sees another state, and on SQLite it may wait for itself.
fn reads_around_the_transaction(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open = false;
    for (number, line) in source.code() {
        if line.contains("db.begin()") {
            open = true;
        } else if commits(line) || line.starts_with('}') {
            open = false;
        } else if open && line.contains("db.read()") {
            faults.push(format!("{}:{number}: a read beside the transaction", source.path));
        }
    }
    faults
}

fn commits(line: &str) -> bool {
    line.contains("txn.commit()") || line.contains("app.commit(txn)")
}

fn is_service(path: &str) -> bool {
    path.ends_with("/service.rs") || path.contains("/service/")
}

fn listed(path: &str) -> bool {
    STEPWISE.iter().any(|(file, _)| path.ends_with(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(text: &str) -> Source {
        Source::new("src/orders/service.rs", text)
    }

    #[test]
    fn work_after_a_commit_is_found() {
        let bad = "fn f() {\n    txn.commit().await?;\n    mail(app).await?;\n    Ok(())\n}";
        assert_eq!(work_after_commit(&service(bad)).len(), 1);
        let bad = "fn f() {\n    app.commit(txn).await?;\n    if x {\n        mail(app).await?;\n    }\n}";
        assert_eq!(work_after_commit(&service(bad)).len(), 1);
    }

    #[test]
    fn an_answer_after_a_commit_is_none() {
        let good = "fn f() {\n    txn.commit().await?;\n    Ok(order)\n}\nfn g() {\n    h().await\n}";
        assert!(work_after_commit(&service(good)).is_empty());
        let early = "fn f() {\n    if x {\n        txn.commit().await?;\n        return Ok(());\n    }\n    g(&txn).await?;\n}";
        assert!(work_after_commit(&service(early)).is_empty());
    }

    #[test]
    fn a_read_beside_the_transaction_is_found() {
        let bad = "fn f() {\n    let txn = app.db.begin().await?;\n    find(app.db.read()).await?;\n    txn.commit().await?;\n}";
        assert_eq!(reads_around_the_transaction(&service(bad)).len(), 1);
        let good = "fn f() {\n    find(app.db.read()).await?;\n    let txn = app.db.begin().await?;\n    txn.commit().await?;\n}\nfn g() {\n    find(app.db.read()).await?;\n}";
        assert!(reads_around_the_transaction(&service(good)).is_empty());
    }
}
