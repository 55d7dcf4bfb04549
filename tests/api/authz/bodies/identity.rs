//! Accounts, members and invitations.

use serde_json::{Value, json};

use crate::authz::objects::Objects;
use crate::support::people::PASSWORD;
use crate::support::shop::address;

pub fn good(id: &str, objects: &Objects) -> Option<Value> {
    Some(match id {
        "register" => json!({"name": "Mawar", "email": "mawar@contoh.id", "password": "kerupuk-udang-42"}),
        "create_address" => {
            let mut body = address();
            body["label"] = "Rumah".into();
            body
        }
        "update_address" => json!({"label": "Rumah baru"}),
        "put_consent" => json!({"given": true, "version": "1"}),
        "erase_user" => json!({"reason": "permintaan tertulis"}),
        "login" => json!({"login": "mawar@contoh.id", "password": "kerupuk-udang-42"}),
        "request_code" => json!({"phone": "081290009999"}),
        // A wrong one: whoever asks here must be able to go on.
        "change_password" => json!({"current": "bukan kata sandi", "new": "sambal terasi pedas 8"}),
        "reset_password" => json!({"token": "x", "password": "sambal terasi pedas 8"}),
        "change_contact" => json!({"email": "mawar.baru@contoh.id", "password": "bukan kata sandi"}),
        "confirm_contact" => json!({"token": "x"}),
        "create_api_key" => json!({"name": "kasir", "scopes": ["orders:read"], "expires_in_days": 30}),
        "step_up" => json!({"password": PASSWORD}),
        "appoint_unit_member" => json!({
            "user": objects.own("users", "user_id"), "role": "receiver", "decree": "800/12/2026", "valid_from": "2026-12-01",
        }),
        "update_appointment" => json!({"decree": "800/13/2026", "valid_to": "2027-12-31"}),
        "invite_to_unit" => json!({"role": "treasurer", "decree": "800/14/2026", "valid_from": "2026-12-01"}),
        _ => return None,
    })
}
