//! Addresses as they are shown to others: enough to tell two people apart, not enough to reach them.

/// `s***@contoh.id`.
pub fn masked_email(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

/// `+628***1234`.
pub fn masked_phone(phone: &str) -> String {
    let count = phone.chars().count();
    let first: String = phone.chars().take(4).collect();
    let last: String = phone.chars().skip(count.saturating_sub(4).max(4)).collect();
    format!("{first}***{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_left_of_an_address() {
        assert_eq!(masked_email("siti@contoh.id"), "s***@contoh.id");
        assert_eq!(masked_email("siti"), "s***@");
        assert_eq!(masked_phone("+6281290001234"), "+628***1234");
        assert_eq!(masked_phone("+62812"), "+628***12");
        assert_eq!(masked_phone(""), "***");
    }
}
