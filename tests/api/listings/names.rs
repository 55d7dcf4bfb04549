//! Listings in other languages, under other slugs, beside others like them, and the feed of what changed.

use serde_json::{Value, json};

use crate::support::shop::{list, text};
use crate::support::{Product, Reply, Shop, TestApp, both};

both![
    a_listing_speaks_the_language_of_its_reader,
    a_search_speaks_the_language_of_its_reader,
    a_translation_is_checked_like_the_text,
    old_slugs_lead_on_for_ever,
    what_is_alike_is_shown_beside,
    programs_follow_what_changed,
    what_was_forgotten_is_said_so,
];

async fn translate(shop: &Shop, product: &Product, body: Value) -> Reply {
    let path = shop.path(&format!("/products/{}/translations", product.id));
    let seen = shop.owner.get(&path).send().await.expect(200);
    shop.owner.put(&path).if_match(&seen).json(body).send().await
}

async fn a_listing_speaks_the_language_of_its_reader(app: TestApp) {
    let shop = app.vendor("Toko Ekspor").await;
    let cloth = shop.product("Batik tulis").create().await;
    let other = shop.product("Belum diterjemahkan").create().await;
    let body = json!({"en": {"title": "Hand-drawn batik", "description": "Made in Bekasi"}, "de": {"title": "Batik von Hand"}});
    let set = translate(&shop, &cloth, body).await.expect(200);
    assert_eq!(set.json()["de"], json!({"title": "Batik von Hand", "description": ""}));
    let page = async |query: &str, accept: &str| {
        let path = format!("/v1/products/{}{query}", cloth.id);
        let reply = app.get(&path).header("accept-language", accept).send().await.expect(200);
        let page = reply.json();
        (text(&page["lang"]), text(&page["title"]), text(&page["description"]), reply)
    };
    let (lang, title, description, plain) = page("", "").await;
    assert_eq!((lang.as_str(), title.as_str()), ("id", "Batik tulis"));
    assert_eq!(description, "Batik tulis, buatan Bekasi");
    let (lang, title, description, english) = page("", "en-GB, id;q=0.5").await;
    assert_eq!(
        (lang.as_str(), title.as_str(), description.as_str()),
        ("en", "Hand-drawn batik", "Made in Bekasi")
    );
    assert!(
        english
            .headers
            .get_all("vary")
            .iter()
            .any(|value| value.to_str().unwrap().contains("accept-language"))
    );
    assert_ne!(english.header("etag"), plain.header("etag"));
    assert_eq!(english.statements, plain.statements + 1);
    let (lang, title, description, _) = page("?lang=de", "en").await;
    let indonesian = "Batik tulis, buatan Bekasi";
    assert_eq!((lang.as_str(), title.as_str(), description.as_str()), ("de", "Batik von Hand", indonesian));
    app.get("/v1/products?lang=fr").send().await.expect_problem(422, "invalid");

    let rows = app.get("/v1/products?lang=en").send().await.expect(200);
    let titles: Vec<String> = list(&rows.json()["items"]).iter().map(|row| text(&row["title"])).collect();
    assert_eq!(titles, ["Belum diterjemahkan", "Hand-drawn batik"]);
    let untranslated = app.get(&format!("/v1/products/{}?lang=en", other.id)).send().await.json();
    assert_eq!(untranslated["lang"], "id");
    translate(&shop, &cloth, json!({"en": null, "de": null})).await.expect(200);
    assert_eq!(page("?lang=en", "").await.0, "id");
}

async fn a_search_speaks_the_language_of_its_reader(app: TestApp) {
    let shop = app.vendor("Toko Ekspor").await;
    let cloth = shop.product("Batik tulis").create().await;
    shop.product("Keripik").with("category", json!("keripik")).create().await;
    let body = json!({"en": {"title": "Handmade wax cloth", "description": "Dyed with indigo"}, "de": null});
    translate(&shop, &cloth, body).await.expect(200);
    app.sync_search().await;
    for (query, accept, title) in [
        ("wax", "en", "Handmade wax cloth"),
        ("indigo", "", "Batik tulis"),
        ("batik&lang=en", "", "Handmade wax cloth"),
        ("batik", "de", "Batik tulis"),
    ] {
        let path = format!("/v1/search?q={query}");
        let found = app.get(&path).header("accept-language", accept).send().await.expect(200);
        let items = found.json()["items"].clone();
        assert_eq!(list(&items).len(), 1, "{query}");
        assert_eq!(items[0]["title"], title, "{query}");
    }
}

async fn a_translation_is_checked_like_the_text(app: TestApp) {
    let shop = app.vendor("Toko Ekspor").await;
    let cloth = shop.product("Batik tulis").create().await;
    let body = json!({"en": {"title": "Hand-drawn batik", "description": "Made in Bekasi"}, "de": null});
    translate(&shop, &cloth, body.clone()).await.expect(200);
    let path = shop.path(&format!("/products/{}/translations", cloth.id));
    shop.owner
        .put(&path)
        .header("if-match", "\"1\"")
        .json(body.clone())
        .send()
        .await
        .expect_problem(412, "stale");
    shop.owner.put(&path).json(body).send().await.expect_problem(428, "if-match-required");
    let faulty = json!({"en": {"title": "x"}, "de": {"title": "Judi online", "description": ""}});
    let problem = translate(&shop, &cloth, faulty).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/en/title");
    let banned = json!({"en": null, "de": {"title": "Jud1 0nline"}});
    translate(&shop, &cloth, banned).await.expect_problem(422, "banned-words");
}

async fn old_slugs_lead_on_for_ever(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Satu").await, app.vendor("Toko Dua").await);
    let cloth = shop.product("Batik tulis").create().await;
    let rival = other.product("Batik lain").create().await;
    let rename = |shop: &Shop, product: &Product, body: Value| {
        shop.owner.post(&shop.path(&format!("/products/{}/rename", product.id))).json(body).send()
    };
    let renamed = rename(&shop, &cloth, json!({"slug": "batik-bekasi"})).await.expect(200).json();
    assert_eq!(renamed["slug"], "batik-bekasi");
    rename(&shop, &cloth, json!({"slug": "batik-cikarang"})).await.expect(200);
    for slug in [cloth.slug.as_str(), "batik-bekasi", "batik-cikarang"] {
        let reply = app.get(&format!("/v1/products/{slug}")).send().await.expect(200);
        let page = reply.json();
        assert_eq!((&page["id"], &page["slug"]), (&json!(cloth.id), &json!("batik-cikarang")), "{slug}");
        assert_eq!(reply.statements, 3);
    }
    for taken in ["batik-bekasi", "batik-cikarang", cloth.slug.as_str()] {
        rename(&other, &rival, json!({"slug": taken})).await.expect_problem(409, "slug-taken");
    }
    // A slug that was never renamed away from is taken, too.
    rename(&shop, &cloth, json!({"slug": rival.slug})).await.expect_problem(409, "slug-taken");
    // One's own old slug may come back; without a wish it is made of the title.
    rename(&shop, &cloth, json!({"slug": "batik-bekasi"})).await.expect(200);
    let made = rename(&shop, &cloth, json!({})).await.expect(200).json();
    assert_eq!(made["slug"], cloth.slug.as_str());
    for wrong in ["Batik", "a", "-batik-", "batik tulis", "changes", "01900000-0000-7000-8000-00000000dead"] {
        rename(&shop, &cloth, json!({"slug": wrong})).await.expect_problem(422, "invalid");
    }
    let (one, two) = tokio::join!(
        rename(&shop, &cloth, json!({"slug": "batik-rebutan"})),
        rename(&other, &rival, json!({"slug": "batik-rebutan"}))
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

async fn what_is_alike_is_shown_beside(app: TestApp) {
    let (shop, other) = (app.vendor("Toko Satu").await, app.vendor("Toko Dua").await);
    let cloth = shop.product("Batik tulis").create().await;
    let crackers = shop.product("Keripik").with("category", json!("keripik")).create().await;
    let mut wanted = vec![crackers.id.clone()];
    for number in 0..3 {
        wanted.insert(0, other.product(&format!("Batik {number}")).create().await.id);
    }
    other.product("Batik tersembunyi").draft().create().await;
    other.product("Keripik lain").with("category", json!("keripik")).create().await;
    let reply = app.get(&format!("/v1/products/{}/related", cloth.slug)).send().await.expect(200);
    let found: Vec<String> = list(&reply.json()["items"]).iter().map(|row| text(&row["id"])).collect();
    assert_eq!(found, wanted);
    assert_eq!(reply.statements, 3);
    let few = app.get(&format!("/v1/products/{}/related?limit=2", cloth.id)).send().await.expect(200);
    assert_eq!((list(&few.json()["items"]).len(), few.statements), (2, 3));
    app.get("/v1/products/tidak-ada/related").send().await.expect_problem(404, "not-found");
    app.get(&format!("/v1/products/{}/related?limit=0", cloth.id))
        .send()
        .await
        .expect_problem(422, "invalid");
}

async fn changes(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/v1/products/changes{query}")).send().await.expect(200).json()
}

/// Follows the feed until nothing is under way any more; what is told twice counts once, as it was told last.
async fn follow(app: &TestApp, since: &str, limit: u32) -> (Vec<(String, String)>, String) {
    let (mut told, mut since) = (std::collections::BTreeMap::new(), since.to_owned());
    // Transactions of other databases of the cluster may hold a change back for a moment.
    for _ in 0..5_000 {
        let next = changes(app, &format!("?limit={limit}&since={since}")).await;
        for item in list(&next["items"]) {
            told.insert(text(&item["product_id"]), text(&item["state"]));
        }
        since = text(&next["next"]);
        if next["complete"] == true {
            return (told.into_iter().collect(), since);
        }
    }
    panic!("the feed does not come to rest");
}

async fn programs_follow_what_changed(app: TestApp) {
    let shop = app.vendor("Toko Umpan").await;
    let old = shop.product("Sudah lama").create().await;
    let start = changes(&app, "").await;
    assert_eq!((&start["items"], &start["complete"]), (&json!([]), &json!(true)));
    let cloth = shop.product("Batik tulis").create().await;
    shop.product("Rahasia").draft().create().await;
    let archive = shop.owner.post(&shop.path(&format!("/products/{}/archive", old.id)));
    archive.send().await.expect(200);
    let mut told = follow(&app, &text(&start["next"]), 500).await.0;
    told.sort();
    let mut expected = [(old.id.clone(), "gone".to_owned()), (cloth.id.clone(), "public".to_owned())];
    expected.sort();
    assert_eq!(told, expected);
    // Bit by bit it is the same.
    let (mut bits, end) = follow(&app, &text(&start["next"]), 1).await;
    bits.sort();
    assert_eq!(bits, told);
    assert_eq!(changes(&app, &format!("?since={end}")).await["items"], json!([]));
    app.get("/v1/products/changes?since=x").send().await.expect_problem(422, "invalid");
}

async fn what_was_forgotten_is_said_so(app: TestApp) {
    let shop = app.vendor("Toko Umpan").await;
    let start = changes(&app, "").await;
    shop.product("Batik tulis").create().await;
    let later = app.now() + chrono::Duration::days(30);
    while lapak::platform::feed::forget(&app.db, later).await.unwrap() > 0 {}
    let path = format!("/v1/products/changes?since={}", text(&start["next"]));
    app.get(&path).send().await.expect_problem(410, "changes-forgotten");
    // What was forgotten is younger here than transactions of other databases of the cluster; in a week they are over.
    for _ in 0..5_000 {
        let anew = changes(&app, "").await;
        let path = format!("/v1/products/changes?since={}", text(&anew["next"]));
        if app.get(&path).send().await.status == 200 {
            return;
        }
    }
    panic!("the place that was told cannot be followed from");
}
