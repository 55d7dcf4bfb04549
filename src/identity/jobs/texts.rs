//! What the messages say, in Indonesian and English. Links are built from the configured address of the service only.

use std::time::Duration;

use super::Secured;
use crate::app::App;
use crate::identity::model::Purpose;
use crate::identity::service::secrets::Wanted;
use crate::platform::messages::Address;

/// Subject and body of a message; a short message has no subject.
pub struct Text {
    pub subject: String,
    pub body: String,
}

impl Text {
    fn new(subject: &str, body: impl Into<String>) -> Self {
        Self { subject: subject.to_owned(), body: body.into() }
    }
}

/// The message that carries a code or a link.
pub fn secret(app: &App, wanted: &Wanted, secret: &str) -> Text {
    let (subject, id, en, page) = match wanted.purpose {
        Purpose::VerifyEmail | Purpose::VerifyPhone => {
            ("Konfirmasi alamat Anda", "Konfirmasi alamat Anda di Lapak", "Confirm your address", "verify")
        }
        Purpose::ResetPassword => {
            ("Atur ulang kata sandi", "Atur ulang kata sandi Lapak", "Set a new password", "reset-password")
        }
        Purpose::LoginCode => ("Kode masuk", "Masuk ke Lapak", "Sign in to Lapak", "login"),
        Purpose::ChangeNew => {
            ("Alamat baru Anda", "Pakai alamat ini di Lapak", "Use this address", "confirm-contact")
        }
        Purpose::ChangeOld => (
            "Alamat Anda akan diganti",
            "Setujui penggantian alamat ini di Lapak",
            "Agree that this address is replaced",
            "confirm-contact",
        ),
    };
    let body = match wanted.to {
        Address::Phone(_) => {
            let minutes = minutes(app.config.auth.code_ttl);
            format!(
                "{id}: {secret}. Berlaku {minutes} menit; jangan berikan kepada siapa pun. {en}: {secret}. Never share it."
            )
        }
        Address::Email(_) => {
            let minutes = minutes(app.config.auth.link_ttl);
            let link = link(app, page, secret);
            format!(
                "{id}:\n\n{link}\n\nTautan berlaku {minutes} menit dan sekali pakai. Abaikan pesan ini jika bukan Anda yang meminta.\n\n{en}: the link works once, for {minutes} minutes. Ignore this message if you did not ask for it.\n"
            )
        }
    };
    Text::new(subject, body)
}

/// The token stands behind `#`, where no server and no log sees it.
fn link(app: &App, page: &str, token: &str) -> String {
    let base = app.config.server.base_url.as_str().trim_end_matches('/');
    format!("{base}/{page}#token={token}")
}

fn minutes(ttl: Duration) -> u64 {
    ttl.as_secs().div_ceil(60)
}

/// Somebody guesses.
pub fn locked() -> Text {
    Text::new(
        "Percobaan masuk ke akun Anda",
        "Ada yang berkali-kali salah memasukkan kata sandi akun Lapak Anda, jadi percobaan berikutnya harus menunggu. Jika itu bukan Anda, kata sandi Anda tetap aman; gantilah bila ragu. Somebody failed to sign in to your account several times and now has to wait. If in doubt, change your password.",
    )
}

/// The password is another one.
pub fn password_changed() -> Text {
    Text::new(
        "Kata sandi Anda diganti",
        "Kata sandi akun Lapak Anda baru saja diganti dan sesi lain diakhiri. Jika bukan Anda, segera atur ulang kata sandi. Your password was changed and other sessions ended. If that was not you, reset it now.",
    )
}

/// Another way into the account was opened or closed.
pub fn secured(what: Secured) -> Text {
    let (subject, id, en) = match what {
        Secured::FactorOn => (
            "Verifikasi dua langkah aktif",
            "Verifikasi dua langkah akun Lapak Anda diaktifkan",
            "A second factor was set up for your account",
        ),
        Secured::FactorOff => (
            "Verifikasi dua langkah dimatikan",
            "Verifikasi dua langkah akun Lapak Anda dimatikan",
            "The second factor of your account was removed",
        ),
        Secured::KeyMade => (
            "Kunci API baru",
            "Kunci API baru dibuat untuk akun Lapak Anda",
            "A new API key was made for your account",
        ),
    };
    Text::new(
        subject,
        format!(
            "{id}. Jika bukan Anda, segera ganti kata sandi. {en}. If that was not you, change your password now."
        ),
    )
}

/// The account has another address.
pub fn contact_changed(is_email: bool) -> Text {
    let (id, en) = if is_email { ("Alamat e-mail", "e-mail address") } else { ("Nomor HP", "phone number") };
    Text::new(
        "Alamat akun Anda diganti",
        format!(
            "{id} akun Lapak Anda diganti. Jika bukan Anda, segera hubungi kami. The {en} of your account was changed. If that was not you, contact us now."
        ),
    )
}
