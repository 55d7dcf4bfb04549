//! A shop from its first line to its end: what each legal form needs, what the office asks for, what its owner decides.

use serde_json::{Value, json};

use super::{NIK, act, open, profile, shop, submit};
use crate::support::shop::{list, text};
use crate::support::{Person, Reply, TestApp, both};

both![
    each_legal_form_names_all_that_is_missing,
    a_person_gives_the_number_of_the_card with "vendors.identity_required = true",
    the_office_says_field_by_field_what_to_fix,
    owners_are_told_by_a_job,
    an_owner_closes_opens_and_gives_up,
    changed_identity_is_looked_at_while_the_shop_stays_open,
    a_business_is_sized_and_its_signer_hidden,
    shops_are_found_by_sector,
];

fn pointers(problem: &Value) -> Vec<String> {
    list(&problem["errors"]).iter().map(|fault| text(&fault["pointer"])).collect()
}

async fn put_business(owner: &Person, id: &str, body: Value) -> Reply {
    let seen = profile(owner, id).await;
    owner.put(&format!("/v1/vendors/{id}/business")).if_match(&seen).json(body).send().await
}

async fn move_it(owner: &Person, id: &str, act: &str) -> Reply {
    owner.post(&format!("/v1/vendors/{id}/{act}")).send().await
}

async fn each_legal_form_names_all_that_is_missing(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let mut body = shop("PT Maju");
    body["legal_form"] = json!("company");
    let company = text(&open(&siti, body.clone()).await["id"]);
    let refused = submit(&siti, &company).await.expect_problem(422, "invalid");
    assert_eq!(pointers(&refused), ["/nib", "/npwp", "/business/signer"]);
    body["legal_form"] = json!("cooperative");
    let cooperative = text(&open(&siti, body).await["id"]);
    let refused = submit(&siti, &cooperative).await.expect_problem(422, "invalid");
    assert_eq!(pointers(&refused), ["/nib", "/business/signer"]);
    assert_eq!(profile(&siti, &cooperative).await.json()["status"], "draft", "a refusal changes nothing");

    let signer = json!({"signer": {"name": "Siti Aminah", "title": "Direktur"}});
    put_business(&siti, &company, signer).await.expect(200);
    let seen = profile(&siti, &company).await;
    let numbers = json!({"nib": "9941308099781", "npwp": "01.539.710.2-413.000"});
    let path = format!("/v1/vendors/{company}/profile");
    siti.patch(&path).if_match(&seen).json(numbers).send().await.expect(200);
    assert_eq!(submit(&siti, &company).await.expect(200).json()["status"], "submitted");
}

async fn a_person_gives_the_number_of_the_card(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let bare = text(&open(&siti, shop("Dapur")).await["id"]);
    let refused = submit(&siti, &bare).await.expect_problem(422, "invalid");
    assert_eq!(pointers(&refused), ["/nik"]);
    let mut body = shop("Dapur Bu Siti");
    body["nik"] = json!(NIK);
    let whole = text(&open(&siti, body).await["id"]);
    submit(&siti, &whole).await.expect(200);
}

async fn the_office_says_field_by_field_what_to_fix(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    submit(&siti, &id).await.expect(200);
    let taken = officer.post(&format!("/v1/admin/vendors/{id}/review")).send().await.expect(200);
    assert_eq!(taken.json()["status"], "in_review");
    act(&officer, &id, "review", json!({})).await.expect_problem(409, "vendor-state");
    let wrong = json!({"note": "x", "fields": [{"pointer": "nib", "reason": "?"}]});
    let refused = act(&officer, &id, "needs-fix", wrong).await.expect_problem(422, "invalid");
    assert_eq!(pointers(&refused), ["/note", "/fields/0/pointer", "/fields/0/reason"]);
    act(&officer, &id, "needs-fix", json!({"fields": []})).await.expect_problem(422, "invalid");

    let reasons = json!([{"pointer": "/address/line", "reason": "RT/RW belum ada."}, {"pointer": "/phone", "reason": "Tidak aktif."}]);
    let asked = act(&officer, &id, "needs-fix", json!({"note": "Dua hal lagi.", "fields": reasons})).await;
    assert_eq!(asked.expect(200).json()["status"], "needs_fix");
    let seen = profile(&siti, &id).await.expect(200);
    assert_eq!(seen.json()["reviews"][0]["fields"], reasons);
    assert_eq!(seen.json()["allowed_actions"], json!(["submit", "withdraw"]));
    let path = format!("/v1/vendors/{id}/profile");
    siti.patch(&path).if_match(&seen).json(json!({"phone": "081290005678"})).send().await.expect(200);
    submit(&siti, &id).await.expect(200);
    act(&officer, &id, "verify", json!({})).await.expect(200);
    let kept: Vec<String> = list(&profile(&siti, &id).await.json()["reviews"])
        .iter()
        .map(|review| text(&review["to_status"]))
        .collect();
    assert_eq!(kept, ["active", "submitted", "needs_fix", "in_review", "submitted"]);
}

async fn owners_are_told_by_a_job(app: TestApp) {
    let (siti, officer) = (app.buyer("Siti").await, app.officer().await);
    let id = text(&open(&siti, shop("Dapur Bu Siti")).await["id"]);
    submit(&siti, &id).await.expect(200);
    let fields = json!([{"pointer": "/phone", "reason": "Tidak aktif."}]);
    act(&officer, &id, "needs-fix", json!({"fields": fields})).await.expect(200);
    app.run_jobs().await;
    let told: Vec<_> = app
        .messenger
        .kept()
        .into_iter()
        .map(|kept| kept.message)
        .filter(|message| message.subject == "Toko Dapur Bu Siti")
        .collect();
    assert_eq!(told.len(), 1, "the owner knows that it was submitted: {told:?}");
    assert_eq!(told[0].to.as_str(), siti.login());
    assert!(told[0].text.contains("/phone: Tidak aktif.") && told[0].text.contains("needs changes"));
}

async fn an_owner_closes_opens_and_gives_up(app: TestApp) {
    let vendor = app.vendor("Batik Tarumajaya").await;
    let product = vendor.product("Batik tulis").create().await;
    let (owner, id) = (&vendor.owner, vendor.id.as_str());
    let public = async || app.get(&format!("/v1/products/{}", product.id)).send().await.status.as_u16();
    assert_eq!(move_it(owner, id, "deactivate").await.expect(200).json()["status"], "inactive");
    app.get(&format!("/v1/vendors/{id}")).send().await.expect_problem(404, "not-found");
    assert_eq!(public().await, 404);
    move_it(owner, id, "deactivate").await.expect_problem(409, "vendor-state");
    assert_eq!(move_it(owner, id, "reactivate").await.expect(200).json()["status"], "active");
    assert_eq!(public().await, 200);

    // What the office stopped its owner neither opens nor gives up.
    let officer = app.officer().await;
    act(&officer, id, "suspend", json!({"note": "Laporan pembeli."})).await.expect(200);
    move_it(owner, id, "reactivate").await.expect_problem(409, "vendor-state");
    move_it(owner, id, "withdraw").await.expect_problem(409, "vendor-state");
    act(&officer, id, "reinstate", json!({})).await.expect(200);
    assert_eq!(public().await, 200);

    // What its owner had closed stays closed.
    move_it(owner, id, "deactivate").await.expect(200);
    act(&officer, id, "suspend", json!({"note": "Laporan pembeli."})).await.expect(200);
    let back = act(&officer, id, "reinstate", json!({})).await.expect(200).json();
    assert_eq!(back["status"], "inactive");
    let seen = profile(owner, id).await;
    let numbers = json!({"nib": "9941308099781", "nik": NIK});
    let path = format!("/v1/vendors/{id}/profile");
    owner.patch(&path).if_match(&seen).json(numbers.clone()).send().await.expect(200);

    assert_eq!(move_it(owner, id, "withdraw").await.expect(200).json()["status"], "withdrawn");
    for name in ["submit", "reactivate", "withdraw"] {
        move_it(owner, id, name).await.expect_problem(409, "vendor-state");
    }
    let seen = profile(owner, id).await;
    assert_eq!(seen.json()["allowed_actions"], json!([]));
    let edit = owner.patch(&path).if_match(&seen).json(json!({"name": "Lain"})).send().await;
    edit.expect_problem(409, "vendor-locked");
    // The person and the business may open another shop.
    let mut again = shop("Batik Baru");
    (again["nib"], again["nik"]) = (numbers["nib"].clone(), numbers["nik"].clone());
    open(owner, again).await;
}

async fn changed_identity_is_looked_at_while_the_shop_stays_open(app: TestApp) {
    let vendor = app.vendor("Dapur Bu Siti").await;
    let (owner, id) = (&vendor.owner, vendor.id.as_str());
    let officer = app.officer().await;
    act(&officer, id, "confirm", json!({})).await.expect_problem(409, "nothing-to-review");
    let path = format!("/v1/vendors/{id}/profile");
    let seen = profile(owner, id).await;
    // What a verified shop needs stays there.
    let changes = json!({"legal_form": "company"});
    let refused =
        owner.patch(&path).if_match(&seen).json(changes).send().await.expect_problem(422, "invalid");
    assert_eq!(pointers(&refused), ["/nib", "/npwp", "/business/signer"]);
    // What is only given again is no change.
    let changes = json!({"nik": NIK, "name": "Dapur Siti", "phone": "081290001234", "legal_form": "person"});
    owner.patch(&path).if_match(&seen).json(changes).send().await.expect(200);
    app.get(&format!("/v1/vendors/{id}")).send().await.expect(200);
    let seen = profile(owner, id).await.expect(200).json();
    assert_eq!(seen["status"], "active");
    assert_eq!(seen["business"]["unreviewed"], json!(["name", "nik"]));

    let waiting = async || {
        let reply = officer.get("/v1/admin/vendors?unreviewed=true").send().await.expect(200).json();
        list(&reply["items"]).len()
    };
    assert_eq!(waiting().await, 1);
    let refused = act(&officer, id, "facts/refuse", json!({"note": "Nama tidak sesuai KTP."})).await;
    assert_eq!(refused.expect(200).json()["status"], "active");
    assert_eq!(waiting().await, 1, "it waits until it is put right");
    let done = act(&officer, id, "confirm", json!({"note": "Akta dilihat."})).await;
    done.expect(200);
    app.run_jobs().await;
    let told: Vec<String> = app.messenger.kept().into_iter().map(|kept| kept.message.text).collect();
    for said in ["Nama tidak sesuai KTP.", "Akta dilihat."] {
        assert_eq!(told.iter().filter(|text| text.contains(said)).count(), 1, "{said}");
    }
    assert_eq!(waiting().await, 0);
    assert_eq!(profile(owner, id).await.json()["business"]["unreviewed"], json!([]));
    // Nobody confirms for the own shop.
    officer.grant(lapak::web::Role::VendorStaff, id.parse().unwrap()).await;
    act(&officer, id, "confirm", json!({})).await.expect_problem(403, "not-permitted");
}

async fn a_business_is_sized_and_its_signer_hidden(app: TestApp) {
    let siti = app.buyer("Siti").await;
    let id = text(&open(&siti, shop("CV Siti")).await["id"]);
    assert_eq!(profile(&siti, &id).await.json()["business"]["size_class"], json!(null));
    let said = json!({
        "sector": "kuliner", "kbli": ["10794", "10710"], "capital": 1, "turnover": 2_000_000_001_i64, "is_pkp": true,
        "export_ready": true, "export_countries": ["de", "NL"],
        "signer": {"name": "Siti Aminah", "title": "Direktur"},
    });
    put_business(&siti, &id, said).await.expect(200);
    let seen = profile(&siti, &id).await.expect(200);
    let business = &seen.json()["business"];
    assert_eq!(business["size_class"], "small");
    assert_eq!(business["is_umk"], true);
    assert_eq!(business["kbli"], json!(["10710", "10794"]));
    assert_eq!(business["export_countries"], json!(["DE", "NL"]));
    assert_eq!(business["signer_name"], "S*** A***");
    assert!(!seen.text().contains("Aminah"));
    let wrong = json!({"sector": "x", "kbli": ["1"], "turnover": -1, "export_countries": ["ID"]});
    let refused = put_business(&siti, &id, wrong).await.expect_problem(422, "invalid");
    assert_eq!(pointers(&refused), ["/sector", "/kbli/0", "/export_countries/0", "/turnover"]);
    submit(&siti, &id).await.expect(200);
    put_business(&siti, &id, json!({})).await.expect_problem(409, "vendor-locked");
}

async fn shops_are_found_by_sector(app: TestApp) {
    let (food, craft) = (app.vendor("Dapur Bu Siti").await, app.vendor("Anyaman Jaya").await);
    put_business(&food.owner, &food.id, json!({"sector": "kuliner"})).await.expect(200);
    put_business(&craft.owner, &craft.id, json!({"sector": "kerajinan"})).await.expect(200);
    let found = async |query: &str| {
        let reply = app.get(&format!("/v1/vendors?{query}")).send().await.expect(200);
        assert_eq!(reply.statements, 1, "one statement whatever is asked for");
        list(&reply.json()["items"]).iter().map(|row| text(&row["name"])).collect::<Vec<_>>()
    };
    assert_eq!(found("sector=kuliner").await, ["Dapur Bu Siti"]);
    assert_eq!(found("sector=kerajinan&district=32.16.09&q=anyaman").await, ["Anyaman Jaya"]);
    assert!(found("sector=kerajinan&q=dapur").await.is_empty());
    assert_eq!(found("").await.len(), 2);
    app.get("/v1/vendors?sector=tambang").send().await.expect_problem(422, "invalid");
}
