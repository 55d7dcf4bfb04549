//! Whatever a feature tells has a text.

use std::collections::BTreeSet;

use lapak::notifications::texts;
use lapak::platform::news::Audience;
use lapak::web::Role;

use crate::architecture::sources;

#[test]
fn every_kind_that_is_told_has_a_text() {
    let known: BTreeSet<&str> = texts::kinds().collect();
    let mut told = BTreeSet::new();
    for source in sources(&["src"]) {
        if source.path.starts_with("src/notifications/") || !source.text.contains("platform::news") {
            continue;
        }
        // What is written into the audit trail is told to nobody.
        for (_, line) in source.code().filter(|(_, line)| !line.contains("action")) {
            told.extend(quoted(line).filter(|text| is_kind(text)).map(str::to_owned));
        }
    }
    assert!(told.len() > 10, "only {told:?}");
    let silent: Vec<&String> = told.iter().filter(|kind| !known.contains(kind.as_str())).collect();
    assert!(silent.is_empty(), "no text for {silent:?}");
}

/// A text for another side is none: whoever is told without one hears nothing.
#[test]
fn those_who_are_told_of_money_have_their_text() {
    let finance = Role::Finance.name();
    assert_eq!(Audience::FINANCE, Audience::Role(finance));
    for (kind, audience) in [
        ("payment.proof_submitted", finance),
        ("payment.event_in_review", finance),
        ("payment.lines_unmatched", finance),
        ("refund.refused", finance),
        ("payout.unknown", finance),
        ("payment.proof_rejected", Audience::USER),
        ("payment.charge_failed", Audience::USER),
        ("refund.account_needed", Audience::USER),
        ("refund.owed", Audience::USER),
        ("refund.owed", Audience::VENDOR),
        ("settlement.clawed_back", Audience::VENDOR),
        ("settlement.turnover_crossed", Audience::VENDOR),
        ("statement.issued", Audience::VENDOR),
    ] {
        assert!(texts::exists(kind, audience), "{kind} for {audience}");
    }
}

fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// `order.paid`: a noun that news are about, and what happened.
fn is_kind(text: &str) -> bool {
    const NOUNS: [&str; 12] = [
        "order",
        "shipment",
        "payment",
        "refund",
        "payout",
        "statement",
        "settlement",
        "return",
        "dispute",
        "message",
        "document",
        "tax",
    ];
    let small = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    text.split_once('.').is_some_and(|(noun, verb)| NOUNS.contains(&noun) && small(verb))
}
