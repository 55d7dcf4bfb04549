//! The life of a shop: opened, filled in, looked at by the office, stopped; who sees what of it.

use lapak::kernel::VendorId;
use lapak::platform::feed;
use lapak::vendors::entity::vendor::{LegalForm, Status};
use lapak::vendors::entity::{review, vendor};
use lapak::vendors::model::{Address, Facts, Nib, Papers};
use lapak::vendors::service::{Imported, Outcome, create_imported};
use lapak::vendors::{VendorError, query};
use lapak::web::Role;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::shop::{list, text};
use crate::support::{Person, Reply, TestApp, both};

both![
    a_shop_is_opened_by_its_owner,
    all_faults_are_named,
    numbers_are_hidden_and_unique,
    two_shops_may_have_one_name,
    the_office_decides,
    only_the_office_decides,
    decisions_are_made_once,
    edits_need_the_version,
    an_edit_keeps_what_was_verified,
    everybody_sees_open_shops_only,
    lists_are_pages,
    roles_come_before_objects,
    a_list_of_the_office_is_imported_once,
    one_statement_finds_the_caller,
];

const NIK: &str = "3216014101900001";

fn shop(name: &str) -> Value {
    json!({
        "name": name,
        "legal_form": "person",
        "phone": "0812-9000-1234",
        "address": {"line": "Jl. Raya 1", "district_code": "32.16.09", "post_code": "17534"},
    })
}

async fn open(owner: &Person, body: Value) -> Value {
    owner
        .post("/v1/vendors")
        .json(body)
        .send()
        .await
        .expect(201)
        .json()
}

async fn profile(who: &Person, id: &str) -> Reply {
    who.get(&format!("/v1/vendors/{id}/profile")).send().await
}

async fn act(officer: &Person, id: &str, act: &str, body: Value) -> Reply {
    let path = format!("/v1/admin/vendors/{id}/{act}");
    officer.post(&path).json(body).send().await
}

async fn submit(owner: &Person, id: &str) -> Reply {
    owner.post(&format!("/v1/vendors/{id}/submit")).send().await
}

async fn a_shop_is_opened_by_its_owner(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let reply = siti
        .post("/v1/vendors")
        .json(shop("Dapur Bu Siti"))
        .send()
        .await
        .expect(201);
    assert_eq!(reply.header("etag"), "\"1\"");
    let made = reply.json();
    assert_eq!(made["slug"], "dapur-bu-siti");
    assert_eq!(made["status"], "draft");
    assert_eq!(made["phone"], "+6281290001234");
    assert_eq!(made["address"]["district"], "Cikarang Utara");
    assert_eq!(made["allowed_actions"], json!(["submit"]));

    let me = siti.get("/v1/me").send().await.expect(200).json();
    let mine = json!([{"id": made["id"], "slug": "dapur-bu-siti", "name": "Dapur Bu Siti", "role": "owner"}]);
    assert_eq!(me["vendors"], mine);
    assert_eq!(me["work_units"], json!([]));

    let seen = profile(&siti, &text(&made["id"])).await.expect(200);
    assert_eq!(seen.header("etag"), "\"1\"");
    assert_eq!(seen.json()["reviews"], json!([]));
    app.post("/v1/vendors")
        .json(shop("X"))
        .send()
        .await
        .expect_problem(401, "unauthorized");
}

async fn all_faults_are_named(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let body = json!({
        "name": "", "legal_form": "person", "phone": "021",
        "address": {"line": "", "district_code": "32.75.01", "post_code": "1"},
        "nib": "1", "npwp": "015397103413000", "nik": "3216013102900001",
    });
    let problem = siti
        .post("/v1/vendors")
        .json(body)
        .send()
        .await
        .expect_problem(422, "invalid");
    let pointers: Vec<String> = list(&problem["errors"])
        .iter()
        .map(|fault| text(&fault["pointer"]))
        .collect();
    assert_eq!(
        pointers,
        [
            "/name",
            "/phone",
            "/address/line",
            "/address/district_code",
            "/address/post_code",
            "/nib",
            "/npwp",
            "/nik"
        ]
    );
    for (member, value) in [
        ("status", json!("active")),
        ("slug", json!("x")),
        ("verified_at", json!(null)),
    ] {
        let mut body = shop("Dapur");
        body[member] = value;
        siti.post("/v1/vendors")
            .json(body)
            .send()
            .await
            .expect_problem(422, "invalid");
    }
}

async fn numbers_are_hidden_and_unique(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let mut body = shop("Dapur Bu Siti");
    body["nik"] = json!(NIK);
    body["npwp"] = json!(NIK);
    body["nib"] = json!("9941308099781");
    let made = open(&siti, body.clone()).await;
    assert_eq!(made["nik"], "3216********0001");
    assert_eq!(made["npwp"], "3216********0001");
    assert_eq!(made["nib"], "9941308099781");

    let id = text(&made["id"]);
    let officer = app.officer().await;
    let path = format!("/v1/admin/vendors/{id}");
    for reply in [
        profile(&siti, &id).await,
        officer.get(&path).send().await,
        officer.get("/v1/admin/vendors").send().await,
    ] {
        assert!(!reply.expect(200).text().contains(NIK));
    }
    let stored = vendor::Entity::find().one(app.db.read()).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains(NIK));

    let budi = app.buyer("Budi").await;
    let taken = budi
        .post("/v1/vendors")
        .json(body.clone())
        .send()
        .await
        .expect_problem(409, "nib-taken");
    assert_eq!(taken["errors"][0]["pointer"], "/nib");
    body["nib"] = json!(null);
    budi.post("/v1/vendors")
        .json(body.clone())
        .send()
        .await
        .expect_problem(409, "nik-taken");

    body["nik"] = json!("3216014101900002");
    let two = budi
        .post("/v1/vendors")
        .json(body)
        .send()
        .await
        .expect_problem(422, "invalid");
    assert_eq!(two["errors"][0]["code"], "npwp-nik");
}

async fn two_shops_may_have_one_name(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let (one, two) = (
        open(&siti, shop("Toko Batik")).await,
        open(&siti, shop("Toko Batik")).await,
    );
    assert_eq!(one["slug"], "toko-batik");
    assert!(text(&two["slug"]).starts_with("toko-batik-"));
}

async fn the_office_decides(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    assert_eq!(submit(&siti, &id).await.expect(200).json()["status"], "submitted");

    let waiting = officer
        .get("/v1/admin/vendors?status=submitted")
        .send()
        .await
        .expect(200)
        .json();
    assert_eq!(
        waiting["items"][0]["allowed_actions"],
        json!(["verify", "reject"])
    );
    act(&officer, &id, "reject", json!({}))
        .await
        .expect_problem(422, "invalid");
    let sent_back = act(&officer, &id, "reject", json!({"note": "Foto toko belum ada."})).await;
    assert_eq!(sent_back.expect(200).json()["status"], "draft");
    let seen = profile(&siti, &id).await.expect(200).json();
    assert_eq!(seen["reviews"][0]["note"], "Foto toko belum ada.");
    assert_eq!(seen["reviews"][0]["to_status"], "draft");

    submit(&siti, &id).await.expect(200);
    let path = format!("/v1/admin/vendors/{id}/verify");
    let verified = officer.post(&path).send().await.expect(200).json();
    assert_eq!(verified["status"], "active");
    assert_eq!(verified["allowed_actions"], json!(["suspend"]));
    assert!(verified["verified_at"].is_string());

    act(&officer, &id, "suspend", json!({"note": "Laporan pembeli."}))
        .await
        .expect(200);
    app.get(&format!("/v1/vendors/{id}")).send().await.expect(404);
    let back = act(&officer, &id, "reinstate", json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(back["status"], "active");

    let moves = review::Entity::find()
        .order_by_asc(review::Column::Id)
        .all(app.db.read())
        .await
        .unwrap();
    assert_eq!(moves.len(), 6);
    assert!(moves.iter().all(|row| row.from_status.may_become(row.to_status)));
    assert!(
        moves
            .windows(2)
            .all(|pair| pair[0].to_status == pair[1].from_status)
    );
}

async fn only_the_office_decides(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    for (name, body) in [
        ("verify", json!({})),
        ("reject", json!({"note": "Tidak."})),
        ("suspend", json!({"note": "Tidak."})),
        ("reinstate", json!({})),
    ] {
        act(&siti, &id, name, body.clone())
            .await
            .expect_problem(403, "role-missing");
        act(&officer, &id, name, body.clone())
            .await
            .expect_problem(409, "vendor-state");
        let absent = VendorId::generate().to_string();
        act(&officer, &absent, name, body.clone())
            .await
            .expect_problem(404, "not-found");
        act(&officer, "x", name, body)
            .await
            .expect_problem(404, "not-found");
    }
    // An officer who has a shop too is an owner like any other.
    let own = text(&open(&officer, shop("Toko Pegawai")).await["id"]);
    submit(&officer, &own).await.expect(200);
    act(&officer, &own, "verify", json!({}))
        .await
        .expect_problem(403, "not-permitted");
    let colleague = app.platform("officer").await;
    act(&colleague, &own, "verify", json!({})).await.expect(200);
}

async fn decisions_are_made_once(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    submit(&siti, &id).await.expect(200);
    submit(&siti, &id).await.expect_problem(409, "vendor-state");
    let (yes, no) = tokio::join!(
        act(&officer, &id, "verify", json!({})),
        act(&officer, &id, "reject", json!({"note": "Belum lengkap."})),
    );
    let mut statuses = [yes.status.as_u16(), no.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

async fn edits_need_the_version(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let made = siti
        .post("/v1/vendors")
        .json(shop("Dapur"))
        .send()
        .await
        .expect(201);
    let path = format!("/v1/vendors/{}/profile", text(&made.json()["id"]));
    let body = json!({"name": "Dapur Bu Siti"});
    siti.patch(&path)
        .json(body.clone())
        .send()
        .await
        .expect_problem(428, "if-match-required");
    for stale in ["\"0\"", "\"2\"", "W/\"1\"", "*", "x"] {
        let reply = siti
            .patch(&path)
            .header("if-match", stale)
            .json(body.clone())
            .send()
            .await;
        reply.expect_problem(412, "stale");
    }
    let edit = |body: Value| siti.patch(&path).if_match(&made).json(body).send();
    let (one, two) = tokio::join!(edit(body.clone()), edit(json!({"description": "Enak"})));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let winner = if one.status == 200 { one } else { two };
    assert_eq!(winner.header("etag"), "\"2\"");
    assert_eq!(siti.get(&path).send().await.header("etag"), "\"2\"");
}

async fn an_edit_keeps_what_was_verified(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let mut body = shop("Dapur Bu Siti");
    body["nik"] = json!(NIK);
    let made = siti.post("/v1/vendors").json(body).send().await.expect(201);
    let id = text(&made.json()["id"]);
    let path = format!("/v1/vendors/{id}/profile");
    let edit = async |seen: &Reply, body: Value| siti.patch(&path).if_match(seen).json(body).send().await;

    let edited = edit(&made, json!({"nik": null, "npwp": "01.539.710.2-413.000"}))
        .await
        .expect(200);
    assert_eq!(edited.json()["nik"], json!(null));
    assert_eq!(edited.json()["npwp"], "0015********3000");
    let edited = edit(&edited, json!({"nik": NIK, "npwp": null})).await.expect(200);
    let other = json!({"npwp": "3216014101900002"});
    edit(&edited, other).await.expect_problem(422, "invalid");

    let submitted = submit(&siti, &id).await.expect(200);
    edit(&submitted, json!({"name": "Lain"}))
        .await
        .expect_problem(409, "vendor-locked");
    let verified = act(&officer, &id, "verify", json!({})).await.expect(200);
    edit(&verified, json!({"nik": "3216014101900009"}))
        .await
        .expect_problem(409, "verified-facts");
    edit(&verified, json!({"legal_form": "company"}))
        .await
        .expect_problem(409, "verified-facts");

    let before = feed::Entity::find().all(app.db.read()).await.unwrap().len();
    let body = json!({"name": "Dapur Siti", "nib": "9941308099781", "address": {"line": "Jl. Baru 2", "district_code": "32.16.08"}});
    let moved = edit(&verified, body).await.expect(200).json();
    assert_eq!(moved["slug"], "dapur-bu-siti");
    assert_eq!(moved["address"]["post_code"], "17530");
    assert_eq!(
        feed::Entity::find().all(app.db.read()).await.unwrap().len(),
        before
    );
}

async fn everybody_sees_open_shops_only(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let hidden = app.unverified_vendor("Toko Rahasia").await;
    for which in [&shop.id, &shop.slug] {
        let reply = app.get(&format!("/v1/vendors/{which}")).send().await.expect(200);
        assert_eq!(reply.statements, 1);
        assert!(reply.header("etag").starts_with('"'));
        let seen = reply.json();
        assert_eq!(seen["name"], "Toko Batik");
        for member in ["nik", "npwp", "nib", "reviews", "version", "owner"] {
            assert!(seen.get(member).is_none(), "{member}");
        }
    }
    for which in [
        &hidden.id,
        &hidden.slug,
        "tidak-ada",
        "%00",
        &Uuid::nil().to_string(),
    ] {
        app.get(&format!("/v1/vendors/{which}"))
            .send()
            .await
            .expect_problem(404, "not-found");
    }
    let all = app.get("/v1/vendors").send().await.expect(200).json();
    assert_eq!(list(&all["items"]).len(), 1);
    profile(&hidden.owner, &hidden.id).await.expect(200);
}

async fn lists_are_pages(app: TestApp) {
    let owner = app.buyer("Siti").await;
    for name in ["Batik Satu", "Batik Dua", "Kopi 100%", "Batik_Tiga"] {
        let id = text(&open(&owner, shop(name)).await["id"]);
        submit(&owner, &id).await.expect(200);
        act(&app.officer().await, &id, "verify", json!({}))
            .await
            .expect(200);
    }
    let names = async |path: &str| {
        let page = app.get(path).send().await.expect(200);
        assert_eq!(page.statements, 1);
        let page = page.json();
        let names: Vec<String> = list(&page["items"])
            .iter()
            .map(|item| text(&item["name"]))
            .collect();
        (names, page["next_cursor"].clone())
    };
    let (first, cursor) = names("/v1/vendors?limit=3").await;
    assert_eq!(first, ["Batik_Tiga", "Kopi 100%", "Batik Dua"]);
    open(&owner, shop("Belum Buka")).await;
    let (second, end) = names(&format!("/v1/vendors?limit=3&cursor={}", text(&cursor))).await;
    assert_eq!(second, ["Batik Satu"]);
    assert!(end.is_null());
    assert_eq!(names("/v1/vendors?q=BATIK").await.0.len(), 3);
    assert_eq!(names("/v1/vendors?q=100%25").await.0, ["Kopi 100%"]);
    assert_eq!(names("/v1/vendors?q=_").await.0, ["Batik_Tiga"]);
    assert_eq!(names("/v1/vendors?district=32.16.09").await.0.len(), 4);
    assert_eq!(names("/v1/vendors?district=32.16.01").await.0.len(), 0);
    for wrong in [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=x",
        "district=32.75.01",
        "q=",
        "page=2",
    ] {
        app.get(&format!("/v1/vendors?{wrong}"))
            .send()
            .await
            .expect_problem(422, "invalid");
    }
}

async fn roles_come_before_objects(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let other = app.vendor("Toko Lain").await;
    let stranger = app.buyer("Orang").await;
    let staff = app.buyer("Karyawan").await;
    staff.grant(Role::VendorStaff, shop.id.parse().unwrap()).await;
    let path = shop.path("/profile");
    let patch = async |who: &Person| {
        who.patch(&path)
            .header("if-match", "\"1\"")
            .json(json!({}))
            .send()
            .await
    };

    app.get(&path).send().await.expect_problem(401, "unauthorized");
    profile(&stranger, &shop.id)
        .await
        .expect_problem(403, "role-missing");
    profile(&other.owner, &shop.id)
        .await
        .expect_problem(404, "not-found");
    profile(&other.owner, &VendorId::generate().to_string())
        .await
        .expect_problem(404, "not-found");
    profile(&staff, &shop.id).await.expect(200);
    patch(&stranger).await.expect_problem(403, "role-missing");
    patch(&other.owner).await.expect_problem(404, "not-found");
    patch(&staff).await.expect_problem(403, "role-missing");
    submit(&staff, &shop.id).await.expect_problem(403, "role-missing");
    // A lead elsewhere who is staff here is known here, but may not.
    staff.grant(Role::VendorManager, other.id.parse().unwrap()).await;
    patch(&staff).await.expect_problem(403, "not-permitted");

    let auditor = app.platform("auditor").await;
    auditor.get("/v1/admin/vendors").send().await.expect(200);
    act(&auditor, &shop.id, "suspend", json!({"note": "Tidak."}))
        .await
        .expect_problem(403, "role-missing");
}

fn imported(key: &str, name: &str, nib: Option<&str>) -> Imported {
    let address = Address {
        line: "Jl. Raya 1".into(),
        district: lapak::kernel::RegionCode::district("32.16.09").unwrap(),
        village: None,
        post_code: None,
    };
    let facts = Facts {
        legal_form: LegalForm::of_name(name),
        name: name.into(),
        phone: lapak::kernel::Phone::parse("081290001234").unwrap(),
        address,
        description: String::new(),
        papers: Papers {
            nib: nib.map(|nib| Nib::parse(nib).unwrap()),
            ..Papers::default()
        },
    };
    Imported {
        facts,
        status: Status::Unclaimed,
        source_key: key.into(),
    }
}

async fn a_list_of_the_office_is_imported_once(app: TestApp) {
    let txn = app.db.begin().await.unwrap();
    let row = async |key: &str, name: &str, nib: Option<&str>| {
        create_imported(&txn, &app.sealer, imported(key, name, nib), app.now()).await
    };
    let Ok(Outcome::Created(first)) = row("1", "CV Patriot", Some("9941308099781")).await else {
        panic!("a clean row is a new shop");
    };
    assert_eq!(row("1", "CV Patriot", None).await.unwrap(), Outcome::Known(first));
    let taken = row("2", "Lain", Some("9941308099781")).await;
    assert!(matches!(taken, Err(VendorError::NibTaken)));
    assert!(matches!(
        row("3", "CV Patriot", None).await,
        Ok(Outcome::Created(_))
    ));
    txn.commit().await.unwrap();

    let shop = query::find(app.db.read(), first).await.unwrap().unwrap();
    assert_eq!(shop.legal_form, LegalForm::Company);
    let seen = app.get("/v1/vendors/cv-patriot").send().await.expect(200).json();
    assert_eq!(seen["status"], "unclaimed");
}

async fn one_statement_finds_the_caller(app: TestApp) {
    let shop = app.vendor("Toko Batik").await;
    let page = app.get("/v1/vendors").send().await.expect(200);
    let by_owner = shop.owner.get("/v1/vendors").send().await.expect(200);
    shop.owner.token().await;
    let by_owner_again = shop.owner.get("/v1/vendors").send().await.expect(200);
    assert_eq!(by_owner_again.statements, page.statements + 1);
    assert!(by_owner.statements >= by_owner_again.statements);
    assert_eq!(shop.owner.get("/v1/me").send().await.expect(200).statements, 4);
    assert_eq!(profile(&shop.owner, &shop.id).await.expect(200).statements, 3);
}
