//! Papers: given, looked at, warned of, ended; and the listings that need them.

use chrono::Duration;
use lapak::app::App;
use lapak::catalog::service::end_papers;
use lapak::platform::feed;
use lapak::vendors::service::wallet;
use lapak::web::Role;
use lapak::worker;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::race::all_at_once;
use crate::support::shop::{Product, list, text};
use crate::support::{Person, Reply, Shop, TestApp, both, png};

both![
    a_paper_is_given_and_looked_at,
    an_officer_decides_about_the_file_that_was_read,
    a_paper_is_kept_tidily,
    a_renewed_paper_warns_of_nothing,
    files_are_seen_by_members_and_officers_only,
    a_wrong_number_says_what_is_wrong,
    warnings_are_given_once_each,
    a_listing_waits_for_its_papers with "vendors.papers_required = true",
    a_listing_in_another_category_is_judged_anew with "vendors.papers_required = true",
    nothing_waits_where_the_rule_is_off,
    a_rule_that_was_switched_on_reaches_what_is_out,
    a_listing_does_not_slip_past_a_rejection with "vendors.papers_required = true",
    an_approved_listing_waits_too with "vendors.papers_required = true\ncatalog.moderation = true",
];

const PIRT: &str = "2063216010001-28";
const HALAL: &str = "ID32110002910810323";

async fn add(shop: &Shop, body: Value) -> String {
    text(&shop.owner.post(&shop.path("/papers")).json(body).send().await.expect(201).json()["id"])
}

async fn with_file(shop: &Shop, body: Value) -> String {
    let id = add(shop, body).await;
    let request = shop.owner.put(&shop.path(&format!("/papers/{id}/file")));
    request.file("surat.png", "image/png", &png(8, 8)).send().await.expect(200);
    id
}

async fn decide(officer: &Person, id: &str, act: &str, body: Value) -> Reply {
    let version = version(officer, id).await;
    let request = officer.post(&format!("/v1/admin/papers/{id}/{act}"));
    request.header("if-match", &format!("\"{version}\"")).json(body).send().await
}

async fn version(officer: &Person, id: &str) -> i64 {
    let papers = officer.get("/v1/admin/papers?limit=100").send().await.expect(200).json();
    let paper = list(&papers["items"]).iter().find(|paper| paper["id"] == id).cloned();
    paper.and_then(|paper| paper["version"].as_i64()).expect("a version")
}

async fn accepted(officer: &Person, shop: &Shop, body: Value) -> String {
    let id = with_file(shop, body).await;
    assert_eq!(decide(officer, &id, "accept", json!({})).await.expect(200).json()["status"], "accepted");
    id
}

async fn a_paper_is_given_and_looked_at(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let id = add(&shop, json!({"kind": "pirt", "number": "P-IRT No. 206321601000128"})).await;
    decide(&officer, &id, "accept", json!({})).await.expect_problem(409, "paper-file-missing");
    let path = shop.path(&format!("/papers/{id}/file"));
    let text_file = shop.owner.put(&path).file("x.png", "image/png", b"<script>").send().await;
    text_file.expect_problem(415, "paper-file");
    let pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n";
    shop.owner.put(&path).file("x.pdf", "application/pdf", pdf).send().await.expect(200);
    decide(&officer, &id, "reject", json!({})).await.expect_problem(422, "invalid");
    decide(&officer, &id, "reject", json!({"reason": "Tidak terbaca."})).await.expect(200);
    let seen = shop.owner.get(&shop.path("/papers")).send().await.expect(200).json();
    assert_eq!(seen["items"][0]["reason"], "Tidak terbaca.");
    assert_eq!(seen["items"][0]["number"], PIRT);
    assert_eq!(seen["items"][0]["expires_on"], "2028-12-31");
    decide(&officer, &id, "accept", json!({})).await.expect_problem(409, "paper-state");

    // A new file makes it wait again.
    let again = shop.owner.put(&path).file("x.png", "image/png", &png(8, 8)).send().await.expect(200);
    assert_eq!(again.json()["status"], "pending");
    let waiting = officer.get("/v1/admin/papers?status=pending&kind=pirt").send().await.expect(200);
    assert_eq!(waiting.statements, 2);
    assert_eq!(waiting.json()["items"][0]["id"], id.as_str());
    decide(&officer, &id, "accept", json!({})).await.expect(200);
    shop.owner
        .put(&path)
        .file("x.png", "image/png", &png(8, 8))
        .send()
        .await
        .expect_problem(409, "paper-state");
    app.run_jobs().await;
    let told = app.messenger.kept().into_iter().map(|kept| kept.message.text);
    assert_eq!(told.filter(|text| text.contains("PIRT")).count(), 2, "refused, then accepted");

    // Nobody decides about the own shop.
    let own = with_file(&shop, json!({"kind": "halal", "number": HALAL})).await;
    officer.grant(Role::VendorStaff, shop.id.parse().unwrap()).await;
    decide(&officer, &own, "accept", json!({})).await.expect_problem(403, "not-permitted");
}

async fn an_officer_decides_about_the_file_that_was_read(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let id = with_file(&shop, json!({"kind": "halal", "number": HALAL})).await;
    let read = officer.get(&format!("/v1/admin/papers/{id}/file")).send().await.expect(200);
    let unreviewed = async || {
        officer.get(&format!("/v1/admin/vendors/{}", shop.id)).send().await.json()["business"]["unreviewed"]
            .clone()
    };
    assert_eq!(unreviewed().await, json!(["paper:halal"]));
    let path = shop.path(&format!("/papers/{id}/file"));
    shop.owner.put(&path).file("lain.png", "image/png", &png(9, 9)).send().await.expect(200);
    let decide_as_read = |act: &str, body: Value| {
        officer.post(&format!("/v1/admin/papers/{id}/{act}")).if_match(&read).json(body).send()
    };
    decide_as_read("accept", json!({})).await.expect_problem(412, "stale");
    decide_as_read("reject", json!({"reason": "Tidak terbaca."})).await.expect_problem(412, "stale");
    let blind = officer.post(&format!("/v1/admin/papers/{id}/accept")).json(json!({})).send().await;
    blind.expect_problem(428, "if-match-required");

    // A file that comes at the same time is either the one that was accepted, or is not taken.
    let read = officer.get(&format!("/v1/admin/papers/{id}/file")).send().await.expect(200);
    let accept = officer.post(&format!("/v1/admin/papers/{id}/accept")).if_match(&read).json(json!({}));
    let third = png(10, 10);
    let attach = shop.owner.put(&path).file("lagi.png", "image/png", &third);
    let (accepted, attached) = tokio::join!(accept.send(), attach.send());
    let mut statuses = [accepted.status.as_u16(), attached.status.as_u16()];
    statuses.sort_unstable();
    assert!(matches!(statuses, [200, 409] | [200, 412]), "{statuses:?}");
    if accepted.status.as_u16() == 412 {
        decide(&officer, &id, "accept", json!({})).await.expect(200);
    }
    assert_eq!(unreviewed().await, json!([]), "it was looked at by itself");
}

async fn a_paper_is_kept_tidily(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let last = (app.now() + Duration::days(10)).date_naive();
    let id = with_file(&shop, json!({"kind": "halal", "number": HALAL, "expires_on": last})).await;
    accepted(&officer, &shop, json!({"kind": "slhs", "number": "SLHS/LAMA", "expires_on": last})).await;
    let key = async || {
        let row = lapak::vendors::query::paper(app.db.read(), id.parse().unwrap()).await.unwrap().unwrap();
        lapak::platform::files::FileKey::parse(&row.file_key.unwrap()).unwrap()
    };
    let first = key().await;
    let path = shop.path(&format!("/papers/{id}/file"));
    shop.owner.put(&path).file("lain.png", "image/png", &png(9, 9)).send().await.expect(200);
    app.run_jobs().await;
    assert!(app.files.get(&first).await.unwrap().is_none(), "the file that was replaced is gone");
    assert!(app.files.get(&key().await).await.unwrap().is_some());
    app.clock.advance(Duration::days(12));
    decide(&officer, &id, "accept", json!({})).await.expect_problem(409, "paper-over");

    // What ran out is not counted.
    end_papers(App::clone(&app)).await.unwrap();
    for at in 0..49 {
        add(&shop, json!({"kind": "slhs", "number": format!("SLHS/{at}")})).await;
    }
    let slhs = json!({"kind": "slhs", "number": "SLHS/50"});
    let more = shop.owner.post(&shop.path("/papers")).json(slhs.clone()).send().await;
    more.expect_problem(409, "too-many-papers");
    let suspend = format!("/v1/admin/vendors/{}/suspend", shop.id);
    officer.post(&suspend).json(json!({"note": "Laporan."})).send().await.expect(200);
    let stopped = shop.owner.post(&shop.path("/papers")).json(slhs).send().await;
    stopped.expect_problem(409, "vendor-locked");
}

async fn a_renewed_paper_warns_of_nothing(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    for days in [20, 900] {
        let last = (app.now() + Duration::days(days)).date_naive();
        accepted(&officer, &shop, json!({"kind": "halal", "number": HALAL, "expires_on": last})).await;
    }
    app.run_jobs().await;
    let before = app.messenger.kept().len();
    wallet::warn(App::clone(&app)).await.unwrap();
    app.clock.advance(Duration::days(22));
    end_papers(App::clone(&app)).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.messenger.kept().len(), before, "the new one runs on");
}

async fn files_are_seen_by_members_and_officers_only(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let other = app.vendor("Lain").await;
    let id = with_file(&shop, json!({"kind": "slhs", "number": "SLHS/12/2026"})).await;
    let path = shop.path(&format!("/papers/{id}/file"));
    let file = shop.owner.get(&path).send().await.expect(200);
    assert_eq!(file.body.as_ref(), png(8, 8).as_slice());
    assert_eq!(file.header("content-type"), "image/png");
    let auditor = app.platform("auditor").await;
    for reader in [&officer, &auditor] {
        let seen = reader.get("/v1/admin/papers").send().await.expect(200).json();
        assert_eq!(seen["items"][0]["id"], id.as_str());
        reader.get(&format!("/v1/admin/papers/{id}/file")).send().await.expect(200);
    }
    let accept = auditor.post(&format!("/v1/admin/papers/{id}/accept")).header("if-match", "\"2\"");
    accept.send().await.expect_problem(403, "role-missing");
    app.get(&path).send().await.expect_problem(401, "unauthorized");
    other.owner.get(&path).send().await.expect_problem(404, "not-found");
    let through_own = other.path(&format!("/papers/{id}/file"));
    other.owner.get(&through_own).send().await.expect_problem(404, "not-found");
    other.owner.get(&format!("/v1/admin/papers/{id}/file")).send().await.expect_problem(403, "role-missing");
}

async fn a_wrong_number_says_what_is_wrong(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let refused = async |body: Value| {
        let reply = shop.owner.post(&shop.path("/papers")).json(body).send().await;
        text(&reply.expect_problem(422, "invalid")["errors"][0]["code"])
    };
    for (kind, number, code) in [
        ("nib", "123", "nib"),
        ("pirt", "9063216010001-28", "pirt"),
        ("md", "123456789012", "md"),
        ("halal", "KH-12/2024", "halal"),
        ("sni", "3553", "sni"),
        ("tkdn", "x", "tkdn"),
        ("npwp", "015397103413000", "npwp"),
        ("merek", "IDM1", "trademark"),
        ("slhs", "", "required"),
    ] {
        assert_eq!(refused(json!({"kind": kind, "number": number})).await, code, "{kind}");
    }
    assert_eq!(
        refused(json!({"kind": "pirt", "number": PIRT, "expires_on": "2027-01-01"})).await,
        "expiry-year"
    );
    let npwp = json!({"kind": "npwp", "number": "3216014101900001"});
    let kept = shop.owner.post(&shop.path("/papers")).json(npwp).send().await.expect(201);
    assert_eq!(kept.json()["number"], "3216********0001");
}

async fn warnings_are_given_once_each(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let last = (app.now() + Duration::days(100)).date_naive();
    accepted(&officer, &shop, json!({"kind": "halal", "number": HALAL, "expires_on": last})).await;
    app.run_jobs().await;
    let warned = async || {
        for _ in 0..2 {
            wallet::warn(App::clone(&app)).await.unwrap();
        }
        app.run_jobs().await;
        let texts = app.messenger.kept().into_iter().map(|kept| kept.message.text);
        texts.filter(|text| text.contains("berlaku sampai")).count()
    };
    assert_eq!(warned().await, 0);
    for (days, expected) in [(39, 0), (1, 1), (29, 1), (1, 2), (23, 3), (7, 3)] {
        app.clock.advance(Duration::days(days));
        assert_eq!(warned().await, expected, "after {days} more days");
    }
    let status = async || {
        end_papers(App::clone(&app)).await.unwrap();
        let seen = shop.owner.get(&shop.path("/papers")).send().await.expect(200).json();
        text(&seen["items"][0]["status"])
    };
    assert_eq!(status().await, "accepted", "the last day counts");
    app.clock.advance(Duration::days(1));
    assert_eq!(status().await, "expired");
}

async fn food(shop: &Shop) -> Product {
    shop.product("Keripik singkong").with("category", "keripik".into()).draft().create().await
}

async fn publish(shop: &Shop, product: &Product) -> Value {
    let path = shop.path(&format!("/products/{}/publish", product.id));
    shop.owner.post(&path).send().await.expect(200).json()
}

async fn public(app: &TestApp, product: &Product) -> u16 {
    app.get(&format!("/v1/products/{}", product.id)).send().await.status.as_u16()
}

async fn fed(app: &TestApp) -> usize {
    feed::Entity::find().all(app.db.read()).await.unwrap().len()
}

async fn a_listing_waits_for_its_papers(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let (chips, batik) = (food(&shop).await, shop.product("Batik tulis").create().await);
    assert_eq!(public(&app, &batik).await, 200, "nothing is asked of batik");
    let held = publish(&shop, &chips).await;
    assert_eq!((&held["status"], &held["missing_papers"]), (&json!("on_hold"), &json!(["pirt", "halal"])));
    let shown =
        shop.owner.get(&shop.path(&format!("/products/{}", chips.id))).send().await.expect(200).json();
    assert_eq!(shown["missing_papers"], json!(["pirt", "halal"]));
    assert_eq!(public(&app, &chips).await, 404);
    app.get(&format!("/v1/vendors/{}", shop.id)).send().await.expect(200);

    let last = (app.now() + Duration::days(10)).date_naive();
    accepted(&officer, &shop, json!({"kind": "halal", "number": HALAL, "expires_on": last})).await;
    assert_eq!(publish(&shop, &chips).await["missing_papers"], json!(["pirt"]));
    let path = format!("/v1/admin/vendors/{}/exemptions", shop.id);
    let word = |category: Option<&str>| json!({"kind": "pirt", "reason": "Tahan kurang dari tujuh hari.", "category": category});
    let unknown = officer.post(&path).json(word(Some("tidak-ada"))).send().await;
    assert_eq!(unknown.expect_problem(422, "invalid")["errors"][0]["pointer"], "/category");
    let other = officer.post(&path).json(word(Some("kue-basah"))).send().await.expect(201).json();
    assert!(other["category_id"].is_string());
    assert_eq!(public(&app, &chips).await, 404, "the word about another category changes nothing here");
    let exempt = officer.post(&path).json(word(Some("keripik")));
    let before = fed(&app).await;
    let exempt = exempt.send().await.expect(201).json();
    assert_eq!(exempt["is_exemption"], true);
    assert_eq!(public(&app, &chips).await, 200, "an officer's word resumes it");
    assert!(fed(&app).await > before, "the index is told");

    app.clock.advance(Duration::days(11));
    let before = fed(&app).await;
    end_papers(App::clone(&app)).await.unwrap();
    assert_eq!(public(&app, &chips).await, 404, "the certificate ran out");
    assert_eq!(public(&app, &batik).await, 200);
    assert!(fed(&app).await > before);
    let last = (app.now() + Duration::days(900)).date_naive();
    accepted(&officer, &shop, json!({"kind": "halal", "number": HALAL, "expires_on": last})).await;
    assert_eq!(public(&app, &chips).await, 200, "a new one resumes it");
    decide(&officer, &text(&exempt["id"]), "reject", json!({"reason": "Ternyata tahan lama."}))
        .await
        .expect(200);
    assert_eq!(public(&app, &chips).await, 404);
    accepted(&officer, &shop, json!({"kind": "md", "number": "MD 123456789012"})).await;
    assert_eq!(public(&app, &chips).await, 200, "registered food needs no P-IRT");
}

async fn a_listing_in_another_category_is_judged_anew(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let product = shop.product("Oleh-oleh").create().await;
    let path = shop.path(&format!("/products/{}", product.id));
    let edit = async |category: &str| {
        let seen = shop.owner.get(&path).send().await;
        let edited = shop.owner.patch(&path).if_match(&seen).json(json!({"category": category})).send().await;
        text(&edited.expect(200).json()["status"])
    };
    assert_eq!(edit("keripik").await, "on_hold");
    assert_eq!(public(&app, &product).await, 404);
    assert_eq!(edit("batik").await, "published");
    assert_eq!(public(&app, &product).await, 200);
}

async fn nothing_waits_where_the_rule_is_off(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let chips = food(&shop).await;
    assert_eq!(publish(&shop, &chips).await["status"], "published");
    let paper = accepted(&officer, &shop, json!({"kind": "halal", "number": HALAL})).await;
    decide(&officer, &paper, "reject", json!({"reason": "Dicabut."})).await.expect(200);
    assert_eq!(public(&app, &chips).await, 200);
}

async fn an_approved_listing_waits_too(app: TestApp) {
    let (shop, officer) = (app.vendor("Dapur Bu Siti").await, app.officer().await);
    let chips = food(&shop).await;
    assert_eq!(publish(&shop, &chips).await["status"], "in_review");
    let approved = app.decides(&chips.id, "approve", json!({})).await.expect(200).json();
    assert_eq!(approved["status"], "on_hold");
    accepted(&officer, &shop, json!({"kind": "halal", "number": HALAL})).await;
    accepted(&officer, &shop, json!({"kind": "pirt", "number": PIRT})).await;
    assert_eq!(public(&app, &chips).await, 200);
}

async fn a_rule_that_was_switched_on_reaches_what_is_out(app: TestApp) {
    let shop = app.vendor("Dapur Bu Siti").await;
    let chips = food(&shop).await;
    assert_eq!(publish(&shop, &chips).await["status"], "published");
    let batik = shop.product("Batik").create().await;
    let strict = app.another_instance_with(|config| config.vendors.papers_required = true).await;
    worker::worker(&strict).run_periodic().await;
    assert_eq!((public(&app, &chips).await, public(&app, &batik).await), (404, 200));
    strict.close().await;
    // Switched off again: by then the work is due once more.
    app.clock.advance(Duration::hours(2));
    worker::worker(&app).run_periodic().await;
    assert_eq!(public(&app, &chips).await, 200);
}

/// Whichever comes first: without its papers a listing is not public.
async fn a_listing_does_not_slip_past_a_rejection(app: TestApp) {
    let officer = app.officer().await;
    let server = app.serve().await;
    for round in 0..10 {
        let shop = app.vendor(&format!("Dapur {round}")).await;
        let chips = food(&shop).await;
        accepted(&officer, &shop, json!({"kind": "pirt", "number": PIRT})).await;
        let halal = accepted(&officer, &shop, json!({"kind": "halal", "number": HALAL})).await;
        let publish = server.post(&shop.path(&format!("/products/{}/publish", chips.id))).by(&shop.owner);
        let reject = server.post(&format!("/v1/admin/papers/{halal}/reject")).by(&officer);
        let read = officer.get(&format!("/v1/admin/papers/{halal}/file")).send().await.expect(200);
        let reject = reject.if_match(&read).json(json!({"reason": "Dicabut."}));
        let replies = all_at_once(vec![publish, reject]).await;
        assert!(replies.iter().all(|reply| reply.status == 200), "{}", replies[0].text());
        assert_eq!(public(&app, &chips).await, 404);
    }
}
