//! How values are compared: names folded, texts by their words.

use std::collections::BTreeSet;

/// A name as it counts: small letters, one kind of separator.
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(['_', '.', ' '], "-")
}

/// The name in a reference, folded.
pub(crate) fn named(reference: &str) -> String {
    let rest = reference.rsplit(':').next().unwrap_or(reference);
    folded(rest.rsplit('/').next().unwrap_or(rest))
}

const SMALL: [&str; 24] = [
    "the", "and", "for", "with", "that", "this", "from", "are", "was", "its", "can", "has", "have", "will",
    "use", "used", "using", "into", "which", "you", "your", "our", "all", "not",
];

/// The words of a text that say something.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    let all = text.split(|character: char| !character.is_alphanumeric()).map(str::to_lowercase);
    all.filter(|word| word.len() > 2 && !SMALL.contains(&word.as_str())).collect()
}

/// How many words two names share.
pub(crate) fn shared(one: &str, other: &str) -> usize {
    words(one).intersection(&words(other)).count()
}

/// Are half of the words that people wrote in the other text?
pub(crate) fn half(human: &str, generated: &str) -> bool {
    let (human, generated) = (words(human), words(generated));
    human.intersection(&generated).count() * 2 >= human.len().max(1)
}

/// How alike two texts are by their words, 0 to 1.
pub(crate) fn alike(human: &str, generated: &str) -> f64 {
    let (human, generated) = (words(human), words(generated));
    let both = number(human.intersection(&generated).count());
    let all = number(human.len() + generated.len());
    if all == 0.0 { 0.0 } else { 2.0 * both / all }
}

/// A count as a number to calculate with.
pub(crate) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
