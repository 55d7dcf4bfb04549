//! Keys of sealed fields: changed while the service runs, and lost.

use lapak::cli;
use lapak::config::Config;
use lapak::identity::entity::second_factor;
use lapak::identity::service::reseal::secret_place;
use lapak::kernel::UserId;
use lapak::platform::audit::address_place;
use lapak::platform::person;
use lapak::platform::sealed::Resealed;
use lapak::vendors::entity::vendor;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::{Value, json};

use super::deeds;
use crate::support::shop::text;
use crate::support::{Person, Reply, TestApp, both};

both![
    keys_change_beside_a_running_service with "auth.field_key = \"MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=\"",
    a_number_is_unique_across_keys with "auth.field_key = \"MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=\"",
    values_from_before_keys_had_names_are_sealed_anew with "auth.field_key = \"MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=\"",
    a_lost_key_takes_the_numbers_and_nothing_else with "auth.field_key = \"MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=\"",
];

/// The key of the settings above, and the one after it; 32 bytes each.
const ONE: &str = "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=";
const TWO: &str = "MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=";

const NIK: &str = "3216014101900001";
const MASKED: &str = "3216********0001";

/// The settings while keys change: the new one seals, the old one still opens.
fn changing(config: &mut Config) {
    config.auth.field_key = TWO.into();
    config.auth.previous_field_keys = vec![ONE.into()];
}

/// The settings afterwards.
fn changed(config: &mut Config) {
    config.auth.field_key = TWO.into();
}

async fn open(app: &TestApp, name: &str, nik: Option<&str>) -> (Person, String) {
    let owner = app.buyer(name).await;
    let mut body = json!({"name": name, "legal_form": "person", "phone": "081290001234",
        "address": {"line": "Jl. Raya 1", "district_code": "32.16.09"}});
    if let Some(nik) = nik {
        body["nik"] = nik.into();
        body["npwp"] = nik.into();
    }
    let made = owner.post("/v1/vendors").json(body).send().await.expect(201).json();
    (owner, text(&made["id"]))
}

async fn profile(app: &TestApp, owner: &Person, id: &str) -> Reply {
    app.get(&format!("/v1/vendors/{id}/profile")).bearer(&owner.token().await).send().await.expect(200)
}

async fn edit(app: &TestApp, owner: &Person, id: &str, body: Value) -> Reply {
    let seen = profile(app, owner, id).await;
    let path = format!("/v1/vendors/{id}/profile");
    app.patch(&path).bearer(&owner.token().await).if_match(&seen).json(body).send().await
}

async fn reveal(app: &TestApp, officer: &Person, id: &str) -> Reply {
    let body = json!({"field": "nik", "reason": "pemeriksaan berkas"});
    let path = format!("/v1/admin/vendors/{id}/reveal");
    app.post(&path).bearer(&officer.token().await).json(body).send().await
}

async fn rows(app: &TestApp) -> Vec<vendor::Model> {
    vendor::Entity::find().all(app.db.read()).await.unwrap()
}

/// A second factor, as setting one up would store it.
async fn factor(app: &TestApp, user_id: UserId) {
    let sealed = app.sealer.seal(&secret_place(user_id), "JBSWY3DPEHPK3PXP").unwrap();
    let row = second_factor::ActiveModel {
        user_id: Set(user_id),
        secret_sealed: Set(sealed),
        last_step: Set(0),
        created_at: Set(app.now()),
        confirmed_at: Set(Some(app.now())),
    };
    let txn = app.db.begin().await.unwrap();
    second_factor::Entity::insert(row).exec_without_returning(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

async fn keys_change_beside_a_running_service(app: TestApp) {
    let (owner, id) = open(&app, "Dapur", Some(NIK)).await;
    let (other, other_id) = open(&app, "Warung", Some("3216014101900002")).await;
    let officer = app.officer().await;
    reveal(&app, &officer, &id).await.expect(200);
    factor(&app, owner.id()).await;
    // More than one batch.
    let txn = app.db.begin().await.unwrap();
    for _ in 0..205 {
        person::key(&txn, &app.sealer, UserId::generate(), app.now()).await.unwrap();
    }
    txn.commit().await.unwrap();
    let persons = person::entity::Entity::find().all(app.db.read()).await.unwrap().len() as u64;

    let new = app.another_instance_with(changing).await;
    assert_eq!(profile(&new, &owner, &id).await.json()["nik"], MASKED);
    let standing = cli::standing(&new.db, &new.sealer).await.unwrap().unwrap();
    assert!(standing.contains("run `lapak rotate-keys`"), "{standing}");

    // The command is stopped after its first batch; what was done stays done.
    let (_, first) = person::reseal(&new.db, &new.sealer, None, 200).await.unwrap().unwrap();
    assert_eq!(first.done, 200);
    let persons = persons - first.done;

    // Somebody changes a number meanwhile.
    let change = edit(&new, &other, &other_id, json!({"nik": "3216014101900003", "npwp": null}));
    let (resealed, edited) = tokio::join!(cli::reseal(&new), change);
    edited.expect(200);
    let resealed = resealed.unwrap();
    let left: u64 = resealed.iter().map(|(_, resealed)| resealed.unreadable + resealed.refused).sum();
    let done = |what: &str| resealed.iter().find(|(name, _)| *name == what).unwrap().1.done;
    assert_eq!((left, done("keys of persons"), done("second factors")), (0, persons, 1));
    // Once more finds nothing to do.
    for (what, again) in cli::reseal(&new).await.unwrap() {
        assert_eq!(again, Resealed::default(), "{what}");
    }

    let after = app.another_instance_with(changed).await;
    let standing = cli::standing(&after.db, &after.sealer).await.unwrap().unwrap();
    assert!(!standing.contains("rotate-keys"), "{standing}");
    assert_eq!(reveal(&after, &officer, &id).await.expect(200).json()["value"], NIK);
    let moved = reveal(&after, &officer, &other_id).await.expect(200);
    assert_eq!(moved.json()["value"], "3216014101900003");
    let stored = second_factor::Entity::find_by_id(owner.id()).one(app.db.read()).await.unwrap().unwrap();
    let secret = after.sealer.open(&secret_place(owner.id()), &stored.secret_sealed).unwrap();
    assert_eq!(secret, "JBSWY3DPEHPK3PXP");
    // What was sealed under the key of a person before is still read.
    let deed = deeds(&app, "vendor.revealed").await.remove(0);
    let key = person::find(after.db.read(), &after.sealer, officer.id()).await.unwrap().unwrap();
    let address = key.open(&address_place(deed.id), deed.address_sealed.as_deref().unwrap());
    assert_eq!(address.unwrap(), "127.0.0.1");
    for closed in [new, after] {
        closed.close().await;
    }
}

async fn a_number_is_unique_across_keys(app: TestApp) {
    open(&app, "Dapur", Some(NIK)).await;
    let (third, third_id) = open(&app, "Kios", None).await;
    let new = app.another_instance_with(changing).await;
    let twice = async || {
        let owner = new.buyer("Peniru").await;
        let body = json!({"name": "Tiruan", "legal_form": "person", "phone": "081290001234", "nik": NIK,
            "address": {"line": "Jl. Raya 1", "district_code": "32.16.09"}});
        owner.post("/v1/vendors").json(body).send().await.expect_problem(409, "nik-taken");
        edit(&new, &third, &third_id, json!({"nik": NIK})).await.expect_problem(409, "nik-taken");
    };
    // Before, beside and after.
    twice().await;
    let (resealed, ()) = tokio::join!(cli::reseal(&new), twice());
    assert_eq!(resealed.unwrap()[0].1.done, 2);
    twice().await;
    let held = rows(&app).await.into_iter().filter(|row| row.nik_index.is_some()).count();
    assert_eq!(held, 1);
    new.close().await;
}

async fn values_from_before_keys_had_names_are_sealed_anew(app: TestApp) {
    let (owner, id) = open(&app, "Dapur", Some(NIK)).await;
    let sealed = rows(&app).await.remove(0).nik_sealed.unwrap();
    let old = sealed.replacen(&app.sealer.prefix(), "v1.", 1);
    let txn = app.db.begin().await.unwrap();
    vendor::Entity::update_many()
        .col_expr(vendor::Column::NikSealed, Expr::value(old))
        .filter(vendor::Column::NikSealed.eq(sealed))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
    let new = app.another_instance_with(changing).await;
    assert_eq!(profile(&new, &owner, &id).await.json()["nik"], MASKED);
    cli::reseal(&new).await.unwrap();
    let sealed = rows(&app).await.remove(0);
    for sealed in [sealed.nik_sealed.unwrap(), sealed.npwp_sealed.unwrap()] {
        assert!(sealed.starts_with(&new.sealer.prefix()), "{sealed}");
    }
    assert_eq!(sealed.version, 1, "nothing that people see was changed");
    new.close().await;
}

async fn a_lost_key_takes_the_numbers_and_nothing_else(app: TestApp) {
    let (owner, id) = open(&app, "Dapur", Some(NIK)).await;
    let officer = app.officer().await;
    let act = async |app: &TestApp, act: &str| {
        let path = format!("/v1/admin/vendors/{id}/{act}");
        app.post(&path).bearer(&officer.token().await).json(json!({"note": "survei"})).send().await
    };
    owner.post(&format!("/v1/vendors/{id}/submit")).send().await.expect(200);
    act(&app, "verify").await.expect(200);
    reveal(&app, &officer, &id).await.expect(200);

    let lost = app.another_instance_with(changed).await;
    let missing = cli::standing(&lost.db, &lost.sealer).await.unwrap().unwrap_err();
    let old = app.sealer.key_ids().next().unwrap();
    assert!(missing.contains("vendors.nik_sealed") && missing.contains(old), "{missing}");
    for resealed in cli::reseal(&lost).await.unwrap() {
        assert_eq!(resealed.1.done, 0, "{resealed:?}");
    }

    // Pages work; the numbers are not there and are asked for again, of a verified shop too.
    let shown = profile(&lost, &owner, &id).await;
    assert_eq!((&shown.json()["nik"], &shown.json()["npwp"]), (&Value::Null, &Value::Null));
    let token = officer.token().await;
    lost.get("/v1/admin/vendors").bearer(&token).send().await.expect(200);
    reveal(&lost, &officer, &id).await.expect_problem(409, "number-unreadable");
    edit(&lost, &owner, &id, json!({"nik": NIK, "npwp": null})).await.expect(200);
    assert_eq!(profile(&lost, &owner, &id).await.json()["nik"], MASKED);
    // Acts are written down although the officer's own key is lost, and the old key would open what it sealed.
    assert_eq!(reveal(&lost, &officer, &id).await.expect(200).json()["value"], NIK);
    assert_eq!(deeds(&app, "vendor.revealed").await.len(), 2);
    assert!(person::find(lost.db.read(), &lost.sealer, officer.id()).await.unwrap().is_none());
    assert!(person::find(app.db.read(), &app.sealer, officer.id()).await.unwrap().is_some());
    let body = json!({"password": crate::support::people::PASSWORD});
    let buyer = lost.buyer("Ani").await;
    buyer.post("/v1/me/erase").json(body).send().await.expect(204);
    lost.close().await;
}
