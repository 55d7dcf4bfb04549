//! The measures themselves.

/// How many hits count.
pub const DEPTH: usize = 10;

/// How many hits count for recall.
pub const RECALL_DEPTH: usize = 100;

/// Normalised discounted cumulative gain of the first ten, with gain `2^grade - 1` and discount `log2(rank + 1)`.
pub fn ndcg(grades: &[u8], relevant: impl Iterator<Item = u8>) -> f64 {
    let mut ideal: Vec<u8> = relevant.collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(&ideal);
    if best > 0.0 { gain(grades) / best } else { 0.0 }
}

fn gain(grades: &[u8]) -> f64 {
    let ranks = (2_u32..).map(f64::from);
    grades
        .iter()
        .take(DEPTH)
        .zip(ranks)
        .map(|(grade, rank)| (2_f64.powi(i32::from(*grade)) - 1.0) / rank.log2())
        .sum()
}

/// One over the rank of the first hit of grade 2 or 3.
pub fn reciprocal_rank(grades: &[u8]) -> f64 {
    let ranks = (1_u32..).map(f64::from);
    grades.iter().zip(ranks).find(|(grade, _)| **grade >= 2).map_or(0.0, |(_, rank)| 1.0 / rank)
}

/// The share of what is good (grade 2 or 3) that is among the first hundred; of more than a hundred, a hundred are all.
pub fn recall(grades: &[u8], relevant: impl Iterator<Item = u8>) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count.min(RECALL_DEPTH)).unwrap_or(u32::MAX));
    let wanted = relevant.filter(|grade| *grade >= 2).count();
    let found = grades.iter().take(RECALL_DEPTH).filter(|grade| **grade >= 2).count();
    if wanted == 0 { 1.0 } else { number(found) / number(wanted) }
}

#[cfg(test)]
mod tests {
    use super::{ndcg, recall, reciprocal_rank};

    #[test]
    fn perfect_reversed_and_empty_answers() {
        assert!((ndcg(&[3, 2, 1], [1, 2, 3].into_iter()) - 1.0).abs() < 1e-12);
        let reversed = ndcg(&[1, 2, 3], [3, 2, 1].into_iter());
        assert!((reversed - 0.680_606).abs() < 1e-5, "{reversed}");
        assert!(ndcg(&[], [3].into_iter()).abs() < 1e-12);
        assert!((recall(&[3, 0, 1], [3, 2, 1].into_iter()) - 0.5).abs() < 1e-12);
        assert!((recall(&[3; 200], [3; 150].into_iter()) - 1.0).abs() < 1e-12);
        assert!((reciprocal_rank(&[0, 1, 2]) - 1.0 / 3.0).abs() < 1e-12);
    }
}
