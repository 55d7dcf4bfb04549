//! Payments, refunds and payouts.

use super::Row;
use super::Side::{Office, Person, Shop};

/// See the head of the module.
pub const ROWS: &[Row] = &[
    (
        "payment.proof_submitted",
        Office,
        [
            "Bukti transfer {reference}",
            "Pembeli mengirim bukti transfer {rp:amount} ({reference}). Mohon diperiksa.",
        ],
        [
            "Proof of transfer {reference}",
            "A buyer handed in a proof for {rp:amount} ({reference}). Please check it.",
        ],
    ),
    (
        "payment.proof_rejected",
        Person,
        [
            "Bukti transfer ditolak",
            "Bukti transfer {rp:amount} belum dapat diterima: {reason}. Mohon kirim bukti lain atau bayar dengan cara lain.",
        ],
        [
            "Proof of transfer rejected",
            "The proof of your transfer of {rp:amount} was not accepted: {reason}. Please send another one or pay in another way.",
        ],
    ),
    (
        "payment.charge_failed",
        Person,
        [
            "Pembayaran gagal",
            "Pembayaran {rp:amount} gagal atau sudah kedaluwarsa. Mohon coba lagi atau pilih cara bayar lain.",
        ],
        [
            "Payment failed",
            "The payment of {rp:amount} failed or ran out. Please try again or choose another way to pay.",
        ],
    ),
    (
        "payment.event_in_review",
        Office,
        [
            "Pesan {provider} perlu diperiksa",
            "Pesan dari {provider} tidak cocok ({reason}). Mohon diperiksa.",
        ],
        [
            "Message of {provider} to review",
            "A message of {provider} does not fit ({reason}). Please look at it.",
        ],
    ),
    (
        "payment.lines_unmatched",
        Office,
        ["Mutasi bank belum cocok", "{lines} baris mutasi bank belum cocok dengan pembayaran mana pun."],
        ["Unmatched bank lines", "{lines} lines of a bank statement fit no payment."],
    ),
    (
        "refund.refused",
        Office,
        [
            "Pengembalian ditolak {provider}",
            "{provider} tidak mengirim pengembalian {rp:amount}. Mohon ditransfer secara manual.",
        ],
        [
            "Refund refused by {provider}",
            "{provider} does not send back {rp:amount}. Please transfer it by hand.",
        ],
    ),
    (
        "refund.account_needed",
        Person,
        [
            "Rekening pengembalian diperlukan",
            "Dana {rp:amount} dikembalikan lewat transfer. Mohon isi rekening tujuan pada rincian pembayaran Anda.",
        ],
        [
            "Account for your refund needed",
            "{rp:amount} goes back to you by bank transfer. Please enter the account for it in the details of your payment.",
        ],
    ),
    (
        "refund.owed",
        Shop,
        ["Pengembalian dana", "Dana {rp:amount} dari pesanan {number} dikembalikan kepada pembeli."],
        ["Refund", "{rp:amount} of order {number} goes back to the buyer."],
    ),
    (
        "settlement.clawed_back",
        Shop,
        [
            "Utang toko",
            "Dana pesanan {number} sudah dicairkan sebelum dikembalikan; {rp:amount} menjadi utang toko dan dipotong dari penjualan berikutnya.",
        ],
        [
            "Debt of the shop",
            "Order {number} was paid out before money went back; the shop owes {rp:amount}, which is taken from its next sales.",
        ],
    ),
    (
        "settlement.turnover_crossed",
        Shop,
        [
            "Batas omzet terlewati",
            "Omzet toko di Lapak tahun {year} sudah melewati batas bebas pajak {rp:threshold}. Serahkan surat pernyataan paling lambat akhir bulan ini.",
        ],
        [
            "Turnover threshold crossed",
            "The turnover of the shop in {year} has crossed the tax-free threshold of {rp:threshold}. Please hand in the statement by the end of this month.",
        ],
    ),
    (
        "payout.unknown",
        Office,
        [
            "Hasil pencairan belum jelas",
            "Bank belum memastikan pencairan {rp:amount}. Mohon diperiksa pada mutasi sebelum dikirim lagi.",
        ],
        [
            "Payout without an answer",
            "The bank has not confirmed a payout of {rp:amount}. Please look at the bank statement before sending it again.",
        ],
    ),
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
