//! `lapak rotate-keys` and `lapak doctor`, run as programs.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

use crate::support::run::with_database;
use crate::support::{Backend, TestApp};

/// 32 bytes each.
const ONE: &str = "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=";
const TWO: &str = "MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=";

fn lapak(dir: &Path, url: &str, key: &str, previous: &str, command: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lapak"))
        .arg(command)
        .current_dir(dir)
        .env_clear()
        .env("LAPAK_ENV", "test")
        .env("LAPAK__DATABASE__URL", url)
        .env("LAPAK__AUTH__FIELD_KEY", key)
        .env("LAPAK__AUTH__PREVIOUS_FIELD_KEYS", previous)
        .output()
        .unwrap()
}

fn rotates(backend: Backend) {
    with_database(backend, module_path!(), |place| async move {
        let app = TestApp::start(&place, backend, &format!("auth.field_key = \"{ONE}\"")).await;
        let owner = app.buyer("Siti").await;
        let body = json!({"name": "Dapur", "legal_form": "person", "phone": "081290001234", "nik": "3216014101900001",
            "address": {"line": "Jl. Raya 1", "district_code": "32.16.09"}});
        owner.post("/v1/vendors").json(body).send().await.expect(201);
        app.close().await;
        let work = move || {
            let run = |previous: &str, command: &str| lapak(&place.dir, &place.url, TWO, previous, command);
            let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
            let doctor = run("[]", "doctor");
            assert!(text(&doctor).contains("WRONG sealed"), "{doctor:?}");
            assert!(text(&doctor).contains("auth.previous_field_keys"), "{doctor:?}");
            let lost = run("[]", "rotate-keys");
            assert!(!lost.status.success() && text(&lost).contains("1 unreadable"), "{lost:?}");

            let previous = format!("[\"{ONE}\"]");
            let rotated = run(&previous, "rotate-keys");
            assert!(rotated.status.success(), "{rotated:?}");
            assert!(text(&rotated).contains("identity numbers: 1 sealed anew"), "{rotated:?}");
            let again = run("[]", "rotate-keys");
            assert!(again.status.success() && text(&again).contains("identity numbers: 0 sealed anew"));
            let doctor = run("[]", "doctor");
            assert!(doctor.status.success(), "{doctor:?}");
            for output in [&lost, &rotated] {
                let all = format!("{output:?}");
                assert!(!all.contains("3216014101900001") && !all.contains(ONE) && !all.contains(TWO));
            }
        };
        tokio::task::spawn_blocking(work).await.unwrap();
    });
}

#[test]
fn keys_are_changed_by_a_command_that_says_what_it_did_sqlite() {
    rotates(Backend::Sqlite);
}

#[test]
fn keys_are_changed_by_a_command_that_says_what_it_did_postgres() {
    rotates(Backend::Postgres);
}
