//! What a code or a link that was sent to somebody is good for.

/// What a code or a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The e-mail address is the person's own.
    VerifyEmail,
    /// The phone number is the person's own.
    VerifyPhone,
    /// Setting a new password without the old one.
    ResetPassword,
    /// Signing in without a password.
    LoginCode,
    /// The new end of a change of address agrees.
    ChangeNew,
    /// The old end of a change of address agrees.
    ChangeOld,
}

impl Purpose {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::VerifyPhone => "verify_phone",
            Self::ResetPassword => "reset_password",
            Self::LoginCode => "login_code",
            Self::ChangeNew => "change_new",
            Self::ChangeOld => "change_old",
        }
    }
}
