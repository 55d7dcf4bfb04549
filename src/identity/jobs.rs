//! What follows from accounts and roles: `identity.invite` sends an invitation.

mod invitations;

pub use invitations::SendInvitation;
