//! Refunds and payouts.

use super::Row;
use super::Side::{Person, Shop};

/// See the head of the module.
pub const ROWS: &[Row] = &[
    (
        "refund.owed",
        Person,
        ["Pengembalian dana", "Dana {rp:amount} dari pesanan {number} akan dikembalikan kepada Anda."],
        ["Refund", "{rp:amount} of order {number} will be returned to you."],
    ),
    (
        "refund.paid",
        Person,
        ["Dana dikembalikan", "Dana {rp:amount} dari pesanan {number} sudah dikembalikan."],
        ["Refund sent", "{rp:amount} of order {number} has been returned."],
    ),
    (
        "payout.sent",
        Shop,
        ["Pencairan dana", "Dana {rp:amount} sudah dikirim ke rekening toko."],
        ["Payout", "{rp:amount} has been sent to the account of the shop."],
    ),
    (
        "payout.failed",
        Shop,
        ["Pencairan gagal", "Pencairan {rp:amount} belum berhasil; mohon periksa rekening toko."],
        [
            "Payout failed",
            "A payout of {rp:amount} did not go through; please check the account of the shop.",
        ],
    ),
];
