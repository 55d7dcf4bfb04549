//! The life of a shop: opened, filled in, looked at by the office, stopped.

mod bank;
mod edits;
mod life;
mod office;
mod opening;
mod papers;
mod reading;
mod storefront;

use serde_json::{Value, json};

use crate::support::{Person, Reply};

pub const NIK: &str = "3216014101900001";

pub fn shop(name: &str) -> Value {
    json!({
        "name": name,
        "legal_form": "person",
        "phone": "0812-9000-1234",
        "address": {"line": "Jl. Raya 1", "district_code": "32.16.09", "post_code": "17534"},
    })
}

pub async fn open(owner: &Person, body: Value) -> Value {
    owner.post("/v1/vendors").json(body).send().await.expect(201).json()
}

pub async fn profile(who: &Person, id: &str) -> Reply {
    who.get(&format!("/v1/vendors/{id}/profile")).send().await
}

pub async fn act(officer: &Person, id: &str, act: &str, body: Value) -> Reply {
    let path = format!("/v1/admin/vendors/{id}/{act}");
    let request = officer.post(&path).json(body);
    if !matches!(act, "confirm" | "facts/refuse") {
        return request.send().await;
    }
    let seen = officer.get(&format!("/v1/admin/vendors/{id}")).send().await.expect(200);
    request.if_match(&seen).send().await
}

pub async fn submit(owner: &Person, id: &str) -> Reply {
    owner.post(&format!("/v1/vendors/{id}/submit")).send().await
}
