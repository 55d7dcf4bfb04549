//! Who approves what, and which duties are of different people: data with dates.

use lapak::web::Role;
use serde_json::{Value, json};

use super::{serving, unit};
use crate::support::shop::text;
use crate::support::{Person, TestApp, both, list};

both![
    the_ladder_says_who_approves,
    a_small_school_may_have_fewer_people,
    rules_begin_on_their_day,
    rules_are_checked,
];

async fn needs(person: &Person, unit: &str, amount: i64) -> Value {
    let path = format!("/v1/work-units/{unit}/rules?amount={amount}");
    person.get(&path).send().await.expect(200).json()
}

async fn the_ladder_says_who_approves(app: TestApp) {
    let unit = unit(&app, "1.02.01", "skpd").await;
    let officer = serving(&app, &unit, "Pejabat", Role::ProcurementOfficer).await;
    let (first, second) = ("procurement_officer", "commitment_officer");
    let expected = [
        (10_000_000, json!([first]), "purchase_receipt"),
        (10_000_001, json!([first]), "receipt"),
        (50_000_000, json!([first]), "receipt"),
        (50_000_001, json!([first, second]), "work_order"),
        (200_000_000, json!([first, second]), "work_order"),
        (200_000_001, json!([second]), "agreement"),
    ];
    for (amount, steps, form) in expected {
        let found = needs(&officer, &unit, amount).await;
        assert_eq!((&found["steps"], &found["form"]), (&steps, &json!(form)), "{amount}");
        assert_eq!(list(&found["apart"]).len(), 6);
    }
    let path = format!("/v1/work-units/{unit}/rules");
    officer.get(&format!("{path}?amount=-1")).send().await.expect_problem(422, "invalid");
    let stranger = app.buyer("Orang lain").await;
    stranger.get(&format!("{path}?amount=1")).send().await.expect_problem(403, "role-missing");
    let nowhere = "/v1/work-units/01900000-0000-7000-8000-00000000dead/rules?amount=1";
    officer.get(nowhere).send().await.expect(404);
    app.operator().await.get(nowhere).send().await.expect(404);
}

async fn a_small_school_may_have_fewer_people(app: TestApp) {
    let operator = app.operator().await;
    let (school, office) = (unit(&app, "1.01.33", "school").await, unit(&app, "1.02.01", "skpd").await);
    let body = json!({
        "code": "sekolah-kecil", "unit_kind": "school", "above": 0, "valid_from": "2026-11-24", "source": "Perbup 12/2026",
        "apart": [["approver", "requester"], ["payer", "requester"], ["payer", "approver"], ["approver", "payer"]],
    });
    let added = operator.post("/v1/admin/duty-rules").json(body.clone()).send().await.expect(201).json();
    let three = json!([["requester", "approver"], ["requester", "payer"], ["approver", "payer"]]);
    assert_eq!(added["apart"], three);
    let twice = operator.post("/v1/admin/duty-rules").json(body).send().await;
    twice.expect_problem(409, "procurement-rule-exists");
    let found = needs(&operator, &school, 500_000).await;
    assert_eq!((&found["apart"], &found["duty_rule"]), (&three, &json!("sekolah-kecil")));
    assert_eq!(found["unit_kind"], "school");
    let found = needs(&operator, &office, 500_000).await;
    assert_eq!((list(&found["apart"]).len(), &found["duty_rule"]), (6, &json!("duties")));
    let rules = operator.get("/v1/admin/duty-rules").send().await.expect(200).json();
    assert_eq!(list(&rules["items"]).len(), 2);
}

async fn rules_begin_on_their_day(app: TestApp) {
    let operator = app.operator().await;
    let unit = unit(&app, "1.02.01", "skpd").await;
    let body = json!({
        "code": "up-to-50", "above": 25_000_000, "steps": ["commitment_officer"], "form": "work_order",
        "valid_from": "2026-11-25", "source": "Perbup 12/2026",
    });
    operator.post("/v1/admin/approval-rules").json(body.clone()).send().await.expect(201);
    let twice = operator.post("/v1/admin/approval-rules").json(body).send().await;
    twice.expect_problem(409, "procurement-rule-exists");
    assert_eq!(needs(&operator, &unit, 20_000_000).await["approval_rule"], "up-to-50");
    // The day begins at midnight in Jakarta, 14 hours after the clock of the tests starts.
    app.advance(chrono::Duration::hours(14));
    assert_eq!(needs(&operator, &unit, 20_000_000).await["approval_rule"], "up-to-10");
    let found = needs(&operator, &unit, 30_000_000).await;
    assert_eq!(
        (&found["approval_rule"], &found["steps"]),
        (&json!("up-to-50"), &json!(["commitment_officer"]))
    );
    let rules = operator.get("/v1/admin/approval-rules").send().await.expect(200).json();
    let codes: Vec<String> = list(&rules["items"]).iter().map(|rule| text(&rule["code"])).collect();
    assert_eq!(codes, ["over-200", "up-to-10", "up-to-200", "up-to-50", "up-to-50"]);
}

async fn rules_are_checked(app: TestApp) {
    let operator = app.operator().await;
    let duty = |apart: Value| json!({"code": "contoh", "above": 0, "apart": apart, "valid_from": "2027-01-01", "source": "Perbup"});
    let wrong = [json!([]), json!([["payer", "payer"]]), json!([["requester", "payer"]])];
    for apart in wrong {
        let sent = operator.post("/v1/admin/duty-rules").json(duty(apart)).send().await;
        assert_eq!(sent.expect_problem(422, "invalid")["errors"][0]["pointer"], "/apart");
    }
    let body = json!({
        "code": "x", "above": -1, "steps": [], "form": "receipt", "valid_from": "2027-01-02", "valid_to": "2027-01-01",
        "source": "",
    });
    let sent = operator.post("/v1/admin/approval-rules").json(body).send().await;
    assert_eq!(list(&sent.expect_problem(422, "invalid")["errors"]).len(), 5);
}
