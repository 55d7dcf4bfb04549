//! Accounts and roles from the command line.

use lapak::identity::IdentityError;
use lapak::identity::model::{Login, Registration};
use lapak::identity::service::{accounts, office};
use lapak::web::Role;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp, both};

both![the_first_officer, roles_of_a_work_unit, a_new_password_ends_all_sessions,];

const OLD: &str = "keripik tempe 7";
const NEW: &str = "kerupuk udang 9";

fn siti() -> Login {
    Login::parse("siti@contoh.id").unwrap()
}

async fn make(app: &TestApp, role: Role) -> Result<(), IdentityError> {
    let form = Registration::parse("Siti", OLD, Some("siti@contoh.id"), None).unwrap();
    office::create(app, form, role).await.map(drop)
}

async fn login(app: &TestApp, password: &str) -> Reply {
    let body = json!({"login": "siti@contoh.id", "password": password});
    app.post("/v1/auth/login").json(body).send().await
}

async fn me(app: &TestApp, session: &Value) -> Reply {
    let token = session["access_token"].as_str().unwrap();
    app.get("/v1/me").bearer(token).send().await
}

async fn the_first_officer(app: TestApp) {
    make(&app, Role::Officer).await.unwrap();
    assert!(matches!(make(&app, Role::Officer).await, Err(IdentityError::AccountExists)));
    let session = login(&app, OLD).await.expect(200).json();
    assert_eq!(me(&app, &session).await.json()["roles"], json!(["buyer", "officer"]));
    office::revoke(&app, siti(), Role::Officer, None).await.unwrap();
    assert_eq!(me(&app, &session).await.json()["roles"], json!(["buyer"]));
    // Taking away what is not held changes nothing.
    office::revoke(&app, siti(), Role::Finance, None).await.unwrap();
    let nobody = Login::parse("budi@contoh.id").unwrap();
    let refused = office::grant(&app, nobody, Role::Officer, None).await;
    assert!(matches!(refused, Err(IdentityError::NoSuchAccount)));
}

async fn roles_of_a_work_unit(app: TestApp) {
    make(&app, Role::Auditor).await.unwrap();
    let id = office::create_unit(&app, "4.01", "Sekretariat Daerah").await.unwrap();
    let twice = office::create_unit(&app, "4.01", "Lain").await;
    assert!(matches!(twice, Err(IdentityError::WorkUnitExists)));
    for _ in 0..2 {
        office::grant(&app, siti(), Role::Receiver, Some("4.01")).await.unwrap();
    }
    for wrong in [None, Some("4.02")] {
        let refused = office::grant(&app, siti(), Role::Receiver, wrong).await;
        assert!(matches!(refused, Err(IdentityError::NoSuchWorkUnit)));
    }
    let session = login(&app, OLD).await.expect(200).json();
    let unit = json!([{"id": id, "code": "4.01", "name": "Sekretariat Daerah", "role": "receiver"}]);
    assert_eq!(me(&app, &session).await.json()["work_units"], unit);
}

async fn a_new_password_ends_all_sessions(app: TestApp) {
    make(&app, Role::Operator).await.unwrap();
    let (one, two) = (login(&app, OLD).await.json(), login(&app, OLD).await.json());
    accounts::reset_password(&app, siti(), NEW.into()).await.unwrap();
    for session in [one, two] {
        me(&app, &session).await.expect_problem(401, "unauthorized");
        let body = json!({"refresh_token": session["refresh_token"]});
        let refused = app.post("/v1/auth/refresh").json(body).send().await;
        refused.expect_problem(401, "refresh-refused");
    }
    login(&app, OLD).await.expect_problem(401, "login-failed");
    login(&app, NEW).await.expect(200);
}
