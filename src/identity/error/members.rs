//! What can go wrong with roles, members and invitations.

use axum::http::StatusCode;
use sea_orm::DbErr;

use crate::kernel::fields::Fault;
use crate::kernel::{FieldError, Problem};
use crate::web::authz::not_permitted;

/// A refusal in the words of the business.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// No such person, member, work unit or invitation for this caller.
    #[error("there is no such thing")]
    NotFound,
    /// The caller's role there does not reach so far.
    #[error("not permitted")]
    NotPermitted,
    /// Without an operator nobody could give roles.
    #[error("this is the last operator")]
    LastOperator,
    /// Without an owner nobody could decide in the shop.
    #[error("this is the last owner of the shop")]
    LastOwner,
    /// The person is a member, or holds the role.
    #[error("the person holds a role here already")]
    AlreadyMember,
    /// The code names another work unit.
    #[error("the work unit exists")]
    WorkUnitExists,
    /// Unknown, used, expired, revoked, for somebody else, or from somebody who may no longer invite.
    #[error("the invitation is refused")]
    InvitationRefused,
    /// Used or revoked, so that nothing is left to revoke.
    #[error("the invitation is not open")]
    InvitationClosed,
    /// Invitations cost money and reach people who asked for none.
    #[error("too many invitations in a day")]
    TooManyInvitations,
    /// Somebody else changed the membership meanwhile.
    #[error("the membership was changed meanwhile")]
    Stale,
    /// A field of the request.
    #[error("a field is wrong")]
    Field(FieldError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl MemberError {
    /// Areas are for staff; others may work everywhere.
    pub fn staff_only() -> Self {
        let fault = Fault::new(
            "staff-only",
            "Hanya staf yang dapat dibatasi ke bidang tertentu.",
            "Only staff can be limited to areas.",
        );
        Self::Field(fault.at("/permissions"))
    }

    /// Nobody has this id, address or number.
    pub fn no_such_user() -> Self {
        let fault = Fault::new("unknown", "Akun ini tidak ada.", "There is no such account.");
        Self::Field(fault.at("/user"))
    }
}

impl From<MemberError> for Problem {
    fn from(error: MemberError) -> Self {
        let (code, id, en) = match error {
            MemberError::LastOperator => (
                "last-operator",
                "Operator terakhir tidak dapat dicabut atau diblokir.",
                "The last operator cannot be removed or blocked.",
            ),
            MemberError::LastOwner => (
                "last-owner",
                "Pemilik terakhir toko tidak dapat dikeluarkan.",
                "The last owner of a shop cannot leave.",
            ),
            MemberError::AlreadyMember => {
                ("already-member", "Orang ini sudah menjadi anggota.", "This person is a member already.")
            }
            MemberError::WorkUnitExists => {
                ("work-unit-exists", "Kode satuan kerja ini sudah dipakai.", "This work unit code is taken.")
            }
            MemberError::InvitationRefused => (
                "invitation-refused",
                "Undangan ini tidak berlaku, atau bukan untuk akun Anda.",
                "This invitation is not valid, or not for your account.",
            ),
            MemberError::InvitationClosed => (
                "invitation-closed",
                "Undangan ini sudah dipakai atau dicabut.",
                "This invitation was used or revoked.",
            ),
            MemberError::TooManyInvitations => return too_many(),
            MemberError::NotFound => return Self::not_found(),
            MemberError::NotPermitted => return not_permitted(),
            MemberError::Stale => return Self::stale(),
            MemberError::Field(fault) => return Self::field(fault),
            MemberError::Db(error) => return error.into(),
        };
        Self::new(StatusCode::CONFLICT, code, id, en)
    }
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-invitations",
        "Terlalu banyak undangan hari ini; coba lagi besok.",
        "Too many invitations today; try again tomorrow.",
    )
}
