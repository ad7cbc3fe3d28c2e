//! Texts as names of entities.
//!
//! Makes what people and tools call things fit for a name. It does not make names unique. The invariant: a slug is
//! empty, or starts and ends with a letter or digit and holds only those and single dashes.

/// The longest name that an entity can have.
const MAX_NAME: usize = 63;

/// A text in lower-case words joined by dashes: `Shop API (v2)` is `shop-api-v2`, `cartItems` is `cart-items`.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() && c != '\'' {
            out.push('-');
        }
        before = c;
    }
    let cut = out.get(..MAX_NAME).unwrap_or(&out);
    cut.trim_end_matches('-').to_owned()
}

/// The text, unless a template has left its marks in it.
pub(super) fn without_marks(text: &str) -> Option<&str> {
    let marked = ["{{", "${", "<%", "{%", "__"].iter().any(|mark| text.contains(mark));
    (!marked).then(|| text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn words_are_joined_by_single_dashes() {
        assert_eq!(slug("Shop API (v2)"), "shop-api-v2");
        assert_eq!(slug("cartItems"), "cart-items");
        assert_eq!(slug("BlueAPI Control"), "blue-api-control");
        assert_eq!(slug("__x__"), "x");
        assert_eq!(slug("…"), "");
        assert_eq!(slug(&"a-".repeat(60)).len(), 63);
    }
}
