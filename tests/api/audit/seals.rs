//! Seals: the books cannot be changed, and if somebody finds a way, it shows where.

use std::collections::BTreeSet;
use std::process::Command;

use futures_util::future::join_all;
use lapak::admin::{SEALED, verify_seals};
use lapak::platform::audit::seals::{Fault, Reach, Verdict, seal_next};
use lapak::platform::audit::{seal, sealed_row};
use lapak::platform::person;
use lapak::worker;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryOrder};

use crate::support::invariants::{execute, violations};
use crate::support::{Person, Purchase, TestApp, both};

both![
    the_books_are_append_only,
    everything_is_sealed_once,
    a_changed_row_is_named,
    a_deleted_row_is_named,
    a_changed_or_missing_seal_is_named,
    rows_cannot_be_slipped_under_a_seal,
    sealing_keeps_up_with_many_writers,
    two_sealers_make_one_chain,
    an_erased_person_leaves_the_seals_whole,
    a_row_with_an_old_id_is_sealed_in_the_end,
    the_program_names_the_first_broken_seal,
    seals_taken_off_the_end_are_missed,
];

/// An operator whose arrival is sealed already.
async fn operator(app: &TestApp) -> Person {
    let operator = app.operator().await;
    operator.token().await;
    seal_all(app).await;
    operator
}

/// A shop that has sold something, so that every table has rows; and all of them sealed.
async fn sealed(app: &TestApp) -> Purchase {
    let shop = app.vendor("Toko Jujur").await;
    let product = shop.product("Celengan").create().await;
    let ani = app.buyer("Ani").await;
    let purchase = ani.buy(&product).await;
    ani.settle(&purchase).await.expect(200);
    seal_all(app).await;
    purchase
}

async fn seal_all(app: &TestApp) {
    while seal_next(&app.db, SEALED, Reach::Recent, app.now()).await.unwrap() > 0 {}
}

async fn verdict(app: &TestApp) -> Verdict {
    verify_seals(app).await.unwrap()
}

/// How many rows are sealed.
async fn sealed_rows(app: &TestApp) -> u64 {
    verdict(app).await.rows
}

/// What is broken first, as one line.
async fn broken(app: &TestApp) -> String {
    verdict(app).await.broken.map(|broken| broken.to_string()).unwrap_or_default()
}

/// Takes the walls down that a test wants to walk through.
async fn without_triggers(app: &TestApp, table: &str) {
    let names: &[&str] = match (app.db.backend(), table) {
        (DbBackend::Sqlite, "ledger_transfers") => &["ledger_transfers_frozen", "ledger_transfers_kept"],
        (DbBackend::Sqlite, _) => &["no_update", "no_delete"],
        _ => {
            return execute(app, &format!("ALTER TABLE {table} DISABLE TRIGGER USER")).await;
        }
    };
    for name in names {
        let name = if table == "ledger_transfers" { (*name).to_owned() } else { format!("{table}_{name}") };
        execute(app, &format!("DROP TRIGGER {name}")).await;
    }
}

async fn the_books_are_append_only(app: TestApp) {
    sealed(&app).await;
    for (table, column) in
        [("audit_events", "action"), ("seals", "hash"), ("sealed_rows", "hash"), ("ledger_transfers", "kind")]
    {
        let mut statements =
            vec![format!("UPDATE {table} SET {column} = 'x'"), format!("DELETE FROM {table}")];
        if app.db.backend() == DbBackend::Postgres {
            statements.push(format!("TRUNCATE {table} CASCADE"));
        }
        for statement in statements {
            let txn = app.db.begin().await.unwrap();
            let refused = txn.execute_unprepared(&statement).await.unwrap_err().to_string();
            assert!(
                refused.contains("append-only") || refused.contains("immutable"),
                "{statement}: {refused}"
            );
        }
    }
    assert_eq!(broken(&app).await, "");
}

async fn everything_is_sealed_once(app: TestApp) {
    sealed(&app).await;
    let verdict = verdict(&app).await;
    assert!(verdict.broken.is_none() && verdict.waiting == 0 && verdict.seals >= 1);
    let rows = sealed_row::Entity::find().all(app.db.read()).await.unwrap();
    assert_eq!(rows.len() as u64, verdict.rows);
    let sources: BTreeSet<String> = rows.into_iter().map(|row| row.source).collect();
    let wanted: BTreeSet<String> = SEALED.iter().map(|source| source.table.to_owned()).collect();
    assert_eq!(sources, wanted);
    // Nothing new, nothing to do: a few looks, no write.
    assert_eq!(seal_next(&app.db, SEALED, Reach::Recent, app.now()).await.unwrap(), 0);
    assert_eq!(seal_next(&app.db, SEALED, Reach::All, app.now()).await.unwrap(), 0);

    // The periodic work does the same, and an order may move on under its seal.
    let operator = operator(&app).await;
    let before = sealed_rows(&app).await;
    let grant = format!("/v1/admin/users/{}/roles", operator.id());
    operator.post(&grant).json(serde_json::json!({"role": "auditor"})).send().await.expect(200);
    worker::worker(&app).run_periodic().await;
    let again = verify_seals(&app).await.unwrap();
    assert_eq!((again.rows, again.waiting), (before + 1, 0));
}

async fn a_changed_row_is_named(app: TestApp) {
    let purchase = sealed(&app).await;
    let order = &purchase.orders[0];
    for (table, column, value) in [
        ("audit_events", "action", "action || 'x'"),
        ("orders", "number", "number || 'x'"),
        ("order_events", "actor", "'buyer'"),
        ("ledger_transfers", "amount", "amount + 1"),
    ] {
        if matches!(table, "audit_events" | "ledger_transfers") {
            without_triggers(&app, table).await;
        }
        let one = format!("id = (SELECT id FROM {table} ORDER BY id LIMIT 1)");
        let copy = format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}");
        execute(&app, &copy).await;
        execute(&app, &format!("UPDATE {table} SET {column} = {value} WHERE {one}")).await;
        let fault = broken(&app).await;
        assert!(fault.contains(&format!("of {table} was changed")), "{fault}");
        if table == "orders" {
            assert!(fault.contains(order.as_str()), "{fault}");
        }
        let back = format!(
            "UPDATE {table} SET {column} = (SELECT c.{column} FROM copy_of_{table} c WHERE c.id = {table}.id)"
        );
        execute(&app, &back).await;
        execute(&app, &format!("DROP TABLE copy_of_{table}")).await;
        assert_eq!(broken(&app).await, "", "{table}");
    }
}

async fn a_deleted_row_is_named(app: TestApp) {
    sealed(&app).await;
    let operator = app.operator().await;
    let report = async || {
        app.sync_search().await;
        let report = operator.get("/v1/admin/invariants").send().await.expect(200).json();
        let rules = report["items"].as_array().unwrap().clone();
        let wrong = rules.into_iter().filter(|rule| rule["violations"] != 0);
        wrong.map(|rule| rule["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(report().await, Vec::<String>::new());
    without_triggers(&app, "audit_events").await;
    execute(&app, "CREATE TABLE copy AS SELECT * FROM audit_events").await;
    execute(&app, "DELETE FROM audit_events").await;
    let fault = verdict(&app).await.broken.unwrap();
    assert_eq!((fault.seal, fault.fault), (1, Fault::RowDeleted));
    assert_eq!(fault.row.unwrap().0, "audit_events");
    assert_eq!(report().await, ["12 seal-rows", "12 seal-chain"]);
    assert!(violations(&app).await.contains_key("12 what is sealed is there"));
    execute(&app, "INSERT INTO audit_events SELECT * FROM copy").await;
    execute(&app, "DROP TABLE copy").await;
    assert_eq!(report().await, Vec::<String>::new());
}

/// Three seals: over the arrival of an operator, and over two acts.
async fn three_seals(app: &TestApp) {
    let operator = operator(app).await;
    for role in ["auditor", "finance"] {
        let grant = format!("/v1/admin/users/{}/roles", operator.id());
        operator.post(&grant).json(serde_json::json!({"role": role})).send().await.expect(200);
        seal_all(app).await;
    }
    for table in ["seals", "sealed_rows", "audit_events"] {
        without_triggers(app, table).await;
    }
}

async fn a_changed_or_missing_seal_is_named(app: TestApp) {
    three_seals(&app).await;
    let verdict = verdict(&app).await;
    assert_eq!((verdict.seals, verdict.head.unwrap().0), (3, 3));
    execute(&app, "CREATE TABLE copy AS SELECT * FROM seals").await;
    execute(&app, "CREATE TABLE rows_copy AS SELECT * FROM sealed_rows").await;
    let damages: [(&str, i64, Fault); 4] = [
        (
            "UPDATE seals SET created_at = (SELECT created_at FROM users LIMIT 1), content = 'x' WHERE number = 2",
            2,
            Fault::SealChanged,
        ),
        ("UPDATE seals SET previous = '' WHERE number = 2", 2, Fault::SealChanged),
        ("UPDATE seals SET hash = content WHERE number = 3", 3, Fault::SealChanged),
        ("DELETE FROM seals WHERE number = 2", 2, Fault::SealMissing),
    ];
    for (damage, seal, fault) in damages {
        if damage.starts_with("DELETE") {
            execute(&app, "DELETE FROM sealed_rows WHERE seal = 2").await;
        }
        execute(&app, damage).await;
        let broken = verify_seals(&app).await.unwrap().broken.unwrap();
        assert_eq!((broken.seal, broken.fault, broken.row), (seal, fault, None), "{damage}");
        execute(&app, "DELETE FROM sealed_rows").await;
        execute(&app, "DELETE FROM seals").await;
        execute(&app, "INSERT INTO seals SELECT * FROM copy").await;
        execute(&app, "INSERT INTO sealed_rows SELECT * FROM rows_copy").await;
        assert_eq!(self::broken(&app).await, "");
    }
    execute(&app, "DROP TABLE copy").await;
    execute(&app, "DROP TABLE rows_copy").await;
}

async fn rows_cannot_be_slipped_under_a_seal(app: TestApp) {
    three_seals(&app).await;
    // A later row is said to be an earlier one, by somebody who also mends the counts.
    execute(&app, "UPDATE sealed_rows SET seal = 1 WHERE seal = 2").await;
    let broken = verdict(&app).await.broken.unwrap();
    assert_eq!((broken.seal, broken.fault), (1, Fault::ListChanged));
    let rows = sealed_row::Entity::find().all(app.db.read()).await.unwrap();
    let moved = rows.iter().filter(|row| row.seal == 1).max_by_key(|row| row.row_id).unwrap();
    let id = if app.db.backend() == DbBackend::Sqlite {
        format!("x'{}'", moved.row_id.simple())
    } else {
        format!("'{}'", moved.row_id)
    };
    execute(&app, &format!("UPDATE sealed_rows SET seal = 2 WHERE row_id = {id}")).await;
    assert_eq!(self::broken(&app).await, "");
}

async fn sealing_keeps_up_with_many_writers(app: TestApp) {
    let people = join_all((0..12).map(|_| app.buyer("Ani"))).await;
    let operator = operator(&app).await;
    let before = sealed_rows(&app).await;
    let server = app.serve().await;
    let writes = people.iter().map(|person| {
        let path = format!("/v1/admin/users/{}/roles", person.id());
        server.post(&path).by(&operator).json(serde_json::json!({"role": "officer"})).send()
    });
    let sealer = async {
        for _ in 0..20 {
            seal_next(&app.db, SEALED, Reach::Recent, app.now()).await.unwrap();
        }
    };
    let (replies, ()) = tokio::join!(join_all(writes), sealer);
    for reply in replies {
        reply.expect(200);
    }
    seal_all(&app).await;
    let verdict = verdict(&app).await;
    assert_eq!((verdict.broken, verdict.waiting, verdict.rows), (None, 0, before + 12));
}

async fn two_sealers_make_one_chain(app: TestApp) {
    let operator = operator(&app).await;
    let before = sealed_rows(&app).await;
    let other = app.another_instance().await;
    for round in 0..5_u64 {
        for role in ["auditor", "finance"] {
            let path = format!("/v1/admin/users/{}/roles", operator.id());
            operator.post(&path).json(serde_json::json!({"role": role})).send().await.expect(200);
            operator.delete(&format!("{path}/{role}")).send().await.expect(204);
        }
        let one = |app: &TestApp| {
            let (db, now) = (app.db.clone(), app.now());
            async move { seal_next(&db, SEALED, Reach::Recent, now).await.unwrap() }
        };
        let sealed = tokio::join!(one(&app), one(&other), one(&app), one(&other));
        assert_eq!(sealed.0 + sealed.1 + sealed.2 + sealed.3, 4, "round {round}");
    }
    let seals = seal::Entity::find().order_by_asc(seal::Column::Number).all(app.db.read()).await.unwrap();
    assert_eq!(seals.iter().map(|seal| seal.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    let verdict = verdict(&app).await;
    assert_eq!((verdict.broken, verdict.waiting, verdict.rows), (None, 0, before + 20));
    other.close().await;
}

async fn an_erased_person_leaves_the_seals_whole(app: TestApp) {
    sealed(&app).await;
    let officer = app.officer().await;
    let txn = app.db.begin().await.unwrap();
    person::destroy(&txn, officer.id()).await.unwrap();
    app.commit(txn).await.unwrap();
    assert_eq!(broken(&app).await, "");
}

async fn a_row_with_an_old_id_is_sealed_in_the_end(app: TestApp) {
    three_seals(&app).await;
    // A clock that was wrong for a day.
    let old = if app.db.backend() == DbBackend::Sqlite {
        "x'01900000000070008000000000000001'"
    } else {
        "'01900000-0000-7000-8000-000000000001'"
    };
    let copy = format!(
        "INSERT INTO audit_events (id, acting_as, action, object_kind, object_id, detail, created_at)
         SELECT {old}, acting_as, action, object_kind, object_id, detail, created_at FROM audit_events LIMIT 1"
    );
    execute(&app, &copy).await;
    assert_eq!(seal_next(&app.db, SEALED, Reach::Recent, app.now()).await.unwrap(), 0);
    assert_eq!(verdict(&app).await.waiting, 1);
    assert_eq!(seal_next(&app.db, SEALED, Reach::All, app.now()).await.unwrap(), 1);
    let verdict = verdict(&app).await;
    assert_eq!((verdict.broken, verdict.waiting, verdict.seals), (None, 0, 4));
}

/// Runs `lapak audit verify`; tells its exit code and what it said.
async fn program(app: &TestApp, more: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lapak"));
    command.args(["audit", "verify"]).args(more).env_clear().env("LAPAK_ENV", "test");
    command.env("LAPAK__DATABASE__URL", &app.config.database.url);
    command.env("LAPAK__DATA__DIR", &app.config.data.dir).current_dir(&app.config.data.dir);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

async fn the_program_names_the_first_broken_seal(app: TestApp) {
    three_seals(&app).await;
    let (code, said) = program(&app, &[]).await;
    assert_eq!(code, Some(0), "{said}");
    let rows = sealed_rows(&app).await;
    assert!(said.contains(&format!("3 seals over {rows} rows are in order")), "{said}");
    let head = said.split_whitespace().find(|word| word.starts_with("3:")).unwrap();
    let head = head.trim_end_matches(';').to_owned();
    assert_eq!(program(&app, &["--expect", &head]).await.0, Some(0));

    for number in [2, 3] {
        let damage = format!(
            "UPDATE audit_events SET detail = '{{}}' WHERE id = (SELECT row_id FROM sealed_rows WHERE seal = {number})"
        );
        execute(&app, &damage).await;
    }
    let (code, said) = program(&app, &[]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("seal 2: the row ") && said.contains(" of audit_events was changed"), "{said}");
    assert!(!said.contains("seal 3"), "{said}");
}

/// The chain that is left is whole; only a seal that was noted down tells.
async fn seals_taken_off_the_end_are_missed(app: TestApp) {
    three_seals(&app).await;
    let head = verdict(&app).await.head.unwrap();
    let noted = format!("{}:{}", head.0, head.1);
    execute(&app, "DELETE FROM sealed_rows WHERE seal = 3").await;
    execute(&app, "DELETE FROM seals WHERE number = 3").await;
    let (code, said) = program(&app, &[]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 rows wait for their seal"), "{said}");
    let (code, said) = program(&app, &["--expect", &noted]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("seal 3 is not the one that was noted down"), "{said}");
    assert_eq!(program(&app, &["--expect", "x"]).await.0, Some(2));
}
