//! Shops of the office's list get their owners.

use futures_util::future::join_all;
use lapak::vendors::entity::{bank_account, vendor};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::import;
use crate::support::shop::{list, text};
use crate::support::{Person, TestApp, both};

both![
    a_letter_makes_an_owner,
    a_code_goes_to_the_phone_on_record,
    of_two_who_claim_at_once_one_is_the_owner,
    an_officer_names_the_owner,
    a_wrong_claim_is_undone,
    a_shop_is_sent_few_codes_a_day,
    who_prints_a_letter_does_not_use_it,
    nothing_sells_that_nobody_claimed,
    unknown_shops_are_answered_like_known_ones,
];

const SHOPS: &str = "nama_usaha,pemilik,nik,nib,npwp,kecamatan,desa,alamat,telepon
Keripik Ani,Ani Suryani,3216105203979843,,,Cikarang Utara,Karangbaru,Jl. Raya 1,081299990001
Kue Budi,Budi,3216056203839443,,,Cikarang Utara,Karangbaru,Jl. Raya 2,081299990002
Tas Cici,Cici,3216191406629710,,,Tambun Selatan,Setiamekar,Jl. Raya 3,081299990003
";

/// The shops of the list by their names.
async fn listed(app: &TestApp) -> impl Fn(&str) -> vendor::Model {
    import(app, "", SHOPS.as_bytes()).await;
    let shops = vendor::Entity::find().all(app.db.read()).await.unwrap();
    move |name: &str| shops.iter().find(|shop| shop.name == name).unwrap().clone()
}

async fn letters(app: &TestApp) -> Vec<csv::StringRecord> {
    let request = app.officer().await.post("/v1/admin/claim-letters");
    let drawn = request.json(json!({"village_code": "32.16.09.2002"})).send().await.expect(200);
    assert_eq!(drawn.header("cache-control"), "private, no-store");
    let text = drawn.text();
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

fn claim(person: &Person, code: &str, vendor: Option<&str>) -> crate::support::Request {
    person.post("/v1/claims").json(json!({"code": code, "vendor": vendor}))
}

async fn owners(app: &TestApp, shop: &vendor::Model) -> usize {
    use lapak::identity::entity::membership;
    let held = membership::Entity::find().filter(membership::Column::ScopeId.eq(shop.id.0));
    held.all(app.db.read()).await.unwrap().len()
}

async fn a_letter_makes_an_owner(app: TestApp) {
    let shop = listed(&app).await;
    let first = letters(&app).await;
    let again = letters(&app).await;
    assert_eq!((first.len(), again.len()), (2, 2));
    assert_eq!((&again[0][0], &again[0][1], &again[0][3]), ("Keripik Ani", "Ani Suryani", "Karangbaru"));
    assert_eq!(app.audited("claim_letter.drawn").await.len(), 4);
    let ani = app.buyer("Ani").await;
    claim(&ani, &first[0][5], None).send().await.expect_problem(400, "claim-refused");
    claim(&ani, "ABCD-EFGH-JKMN", None).send().await.expect_problem(400, "claim-refused");
    let typed = again[0][5].to_lowercase().replace('-', " ");
    let claimed = claim(&ani, &typed, None).send().await.expect(200).json();
    assert_eq!((&claimed["name"], &claimed["status"]), (&json!("Keripik Ani"), &json!("draft")));
    claim(&ani, &typed, None).send().await.expect_problem(400, "claim-refused");
    let me = ani.get("/v1/me").send().await.expect(200).json();
    assert_eq!((&me["vendors"][0]["role"], &me["vendors"][0]["id"]), (&json!("owner"), &claimed["id"]));
    let code = again[0][5].replace('-', "");
    let stored = crate::support::state::dump(&app).await;
    assert!(!stored["claim_codes"].iter().any(|row| row.contains(&code)), "a code is stored");

    // The way on is the ordinary one.
    let id = text(&claimed["id"]);
    ani.post(&format!("/v1/vendors/{id}/submit")).send().await.expect(200);
    let path = format!("/v1/admin/vendors/{id}/verify");
    app.officer().await.post(&path).json(json!({})).send().await.expect(200);
    let funnel = app.officer().await.get("/v1/admin/claim-funnel").send().await.expect(200);
    assert_eq!(funnel.statements, 2);
    let funnel = funnel.json();
    let [one, other] = [&funnel["districts"][0], &funnel["districts"][1]];
    assert_eq!(
        (&one["district"], &one["listed"], &one["letters"]),
        (&json!("Tambun Selatan"), &json!(1), &json!(0))
    );
    let steps = ["listed", "letters", "codes", "claimed", "signed_in", "with_product", "with_order"];
    let counts: Vec<_> = steps.iter().map(|step| other[*step].as_i64().unwrap()).collect();
    assert_eq!(counts, [2, 2, 0, 1, 1, 0, 0]);
    assert_eq!(funnel["total"]["listed"], 3);
    // Printed later, the code is old.
    app.advance(chrono::Duration::days(91));
    claim(&ani, &again[1][5], None).send().await.expect_problem(400, "claim-refused");
    assert_eq!(shop("Kue Budi").status, vendor::Status::Unclaimed);
}

fn sent_code(app: &TestApp, phone: &str) -> Option<String> {
    let kept = app.messenger.kept();
    let message = kept.iter().rev().find(|kept| kept.message.to.as_str() == phone)?;
    let digits = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = message.message.text.split(|c: char| !c.is_ascii_digit());
    words.find(digits).map(str::to_owned)
}

async fn ask(app: &TestApp, person: &Person, vendor: &str) {
    person.post("/v1/claims/codes").json(json!({"vendor": vendor})).send().await.expect(202);
    app.run_jobs().await;
}

async fn a_code_goes_to_the_phone_on_record(app: TestApp) {
    let shops = listed(&app).await;
    let shop = shops("Kue Budi");
    let budi = app.buyer("Budi").await;
    ask(&app, &budi, &shop.slug).await;
    let code = sent_code(&app, "+6281299990002").unwrap();
    // The code alone is too short to find a shop by, and it is good for this shop only.
    claim(&budi, &code, None).send().await.expect_problem(400, "claim-refused");
    claim(&budi, &code, Some("keripik-ani")).send().await.expect_problem(400, "claim-refused");
    let claimed = claim(&budi, &code, Some(&shop.slug)).send().await.expect(200).json();
    assert_eq!(claimed["name"], "Kue Budi");
    assert_eq!(app.audited("vendor.claimed").await.len(), 1);
    // A shop that has an owner sends no more codes.
    app.run_jobs().await;
    let before = app.messenger.kept().len();
    ask(&app, &budi, &shop.slug).await;
    assert_eq!(app.messenger.kept().len(), before);
    guessing_ends(&app).await;
}

async fn guessing_ends(app: &TestApp) {
    let eka = app.buyer("Eka").await;
    ask(app, &eka, "tas-cici").await;
    let code = sent_code(app, "+6281299990003").unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        claim(&eka, wrong, Some("tas-cici")).send().await.expect_problem(400, "claim-refused");
    }
    claim(&eka, &code, Some("tas-cici")).send().await.expect_problem(429, "too-many-attempts");
    // Somebody else does not get more tries of the same code.
    let other = app.buyer("Lain").await;
    claim(&other, &code, Some("tas-cici")).send().await.expect_problem(400, "claim-refused");
}

async fn of_two_who_claim_at_once_one_is_the_owner(app: TestApp) {
    let shops = listed(&app).await;
    let shop = shops("Keripik Ani");
    let code = letters(&app).await[0][5].to_owned();
    let people = join_all((0..6).map(|number| app.buyer_named(number))).await;
    let tries = join_all(people.iter().map(|person| claim(person, &code, None).send())).await;
    let won = tries.iter().filter(|reply| reply.status == 200).count();
    let lost = tries.iter().filter(|reply| reply.status == 400).count();
    assert_eq!((won, lost), (1, 5));
    assert_eq!(owners(&app, &shop).await, 1);
    assert_eq!(app.audited("vendor.claimed").await.len(), 1);
}

async fn an_officer_names_the_owner(app: TestApp) {
    let shops = listed(&app).await;
    let shop = shops("Tas Cici");
    let (officer, cici) = (app.officer().await, app.buyer("Cici").await);
    let path = format!("/v1/admin/vendors/{}/claim", shop.id);
    let give = |user: String| officer.post(&path).json(json!({"user_id": user}));
    give(officer.id().to_string()).send().await.expect_problem(403, "not-permitted");
    let unknown = give(shop.id.to_string()).send().await.expect_problem(422, "invalid");
    assert_eq!(unknown["errors"][0]["pointer"], "/user_id");
    let given = give(cici.id().to_string()).send().await.expect(200).json();
    assert_eq!(given["status"], "draft");
    give(cici.id().to_string()).send().await.expect_problem(409, "vendor-state");
    let audited = app.audited("vendor.claimed").await;
    assert_eq!(audited[0].actor_id, Some(officer.id()));
    assert!(audited[0].detail.contains(&cici.id().to_string()));
    let funnel = officer.get("/v1/admin/claim-funnel").send().await.expect(200).json();
    assert_eq!((&funnel["total"]["claimed"], &funnel["total"]["signed_in"]), (&json!(1), &json!(0)));
    cici.get(&format!("/v1/vendors/{}/profile", shop.id)).send().await.expect(200);
    let funnel = officer.get("/v1/admin/claim-funnel").send().await.expect(200).json();
    assert_eq!(funnel["total"]["signed_in"], 1);
}

async fn a_wrong_claim_is_undone(app: TestApp) {
    let shops = listed(&app).await;
    let shop = shops("Kue Budi");
    let thief = app.buyer("Maling").await;
    ask(&app, &thief, &shop.slug).await;
    let code = sent_code(&app, "+6281299990002").unwrap();
    claim(&thief, &code, Some(&shop.slug)).send().await.expect(200);
    let profile = format!("/v1/vendors/{}/profile", shop.id);
    let seen = thief.get(&profile).send().await.expect(200);
    let patch = thief.patch(&profile).if_match(&seen);
    patch.json(json!({"phone": "081299998888"})).send().await.expect(200);
    app.run_jobs().await;
    let told = app.messenger.kept().last().unwrap().message.clone();
    assert_eq!(told.to.as_str(), "+6281299990002", "the phone on record hears of it");
    assert!(told.text.contains("Kue Budi"));
    let account = json!({"bank_code": "014", "number": "1234567890", "holder_name": "Maling"});
    let path = format!("/v1/vendors/{}/bank-account", shop.id);
    thief.put(&path).json(account).send().await.expect(200);

    let officer = app.officer().await;
    let undo = || officer.post(&format!("/v1/admin/vendors/{}/unclaim", shop.id));
    undo().json(json!({"reason": "x"})).send().await.expect_problem(422, "invalid");
    let reason = json!({"reason": "Pemilik yang sebenarnya datang"});
    let freed = undo().json(reason.clone()).send().await.expect(200).json();
    assert_eq!(freed["status"], "unclaimed");
    undo().json(reason).send().await.expect_problem(409, "vendor-state");
    thief.get(&profile).send().await.expect_problem(403, "role-missing");
    assert_eq!(owners(&app, &shop).await, 0);
    let accounts = bank_account::Entity::find().all(app.db.read()).await.unwrap();
    assert!(accounts.len() == 1 && accounts[0].replaced_at.is_some(), "nobody is paid there");
    assert_eq!(app.audited("vendor.unclaimed").await.len(), 1);
    // Codes go to the phone that the office knew, and its owner comes by the ordinary way.
    let budi = app.buyer("Budi").await;
    ask(&app, &budi, &shop.slug).await;
    assert!(sent_code(&app, "+6281299998888").is_none());
    let code = sent_code(&app, "+6281299990002").unwrap();
    claim(&budi, &code, Some(&shop.slug)).send().await.expect(200);
}

async fn a_shop_is_sent_few_codes_a_day(app: TestApp) {
    let shops = listed(&app).await;
    let (ani, budi) = (shops("Keripik Ani"), app.buyer("Budi").await);
    let sent = || app.messenger.kept().iter().filter(|kept| kept.message.to.as_str() == ani.phone).count();
    for ask in 0..8 {
        app.advance(chrono::Duration::minutes(20));
        let name = if ask % 2 == 0 { ani.slug.clone() } else { ani.id.to_string() };
        budi.post("/v1/claims/codes").json(json!({"vendor": name})).send().await.expect(202);
        app.run_jobs().await;
    }
    assert_eq!(sent(), 5);
    app.advance(chrono::Duration::days(1));
    self::ask(&app, &budi, &ani.slug).await;
    assert_eq!(sent(), 6);
}

async fn who_prints_a_letter_does_not_use_it(app: TestApp) {
    drop(listed(&app).await);
    let code = letters(&app).await[0][5].to_owned();
    claim(&app.officer().await, &code, None).send().await.expect_problem(400, "claim-refused");
    claim(&app.buyer("Ani").await, &code, None).send().await.expect(200);
}

async fn nothing_sells_that_nobody_claimed(app: TestApp) {
    let shops = listed(&app).await;
    let (shop, officer) = (shops("Tas Cici"), app.officer().await);
    let act = |act: &str| {
        let path = format!("/v1/admin/vendors/{}/{act}", shop.id);
        officer.post(&path).json(json!({"note": "Alasan yang cukup panjang"}))
    };
    act("verify").send().await.expect_problem(409, "vendor-state");
    act("suspend").send().await.expect(200);
    let back = act("reinstate").send().await.expect(200).json();
    assert_eq!(back["status"], "unclaimed", "it never had an owner");
}

async fn unknown_shops_are_answered_like_known_ones(app: TestApp) {
    import(&app, "", SHOPS.as_bytes()).await;
    let eka = app.buyer("Eka").await;
    let mut answers: Vec<Value> = Vec::new();
    for vendor in ["keripik-ani", "tidak-ada", "-- !", "01900000-0000-7000-8000-00000000dead"] {
        let reply = eka.post("/v1/claims/codes").json(json!({"vendor": vendor})).send().await.expect(202);
        answers.push(json!([reply.statements, reply.text()]));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    app.run_jobs().await;
    assert!(sent_code(&app, "+6281299990001").is_some());
    let mut refusals: Vec<Value> = Vec::new();
    for vendor in ["keripik-ani", "tidak-ada"] {
        let refused = claim(&eka, "999999", Some(vendor)).send().await.expect_problem(400, "claim-refused");
        refusals.push(json!([refused["title"], refused["detail"]]));
    }
    assert_eq!(refusals[0], refusals[1]);
    app.post("/v1/claims").json(json!({"code": "x"})).send().await.expect(401);
    let waiting =
        app.officer().await.get("/v1/admin/vendors?status=unclaimed").send().await.expect(200).json();
    assert_eq!(list(&waiting["items"]).len(), 3);
}

impl TestApp {
    async fn buyer_named(&self, number: usize) -> Person {
        let person = self.buyer(&format!("orang {number}")).await;
        person.token().await;
        person
    }
}
